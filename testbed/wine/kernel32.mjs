/**
 * Whether the kernel serves 32-bit programs. Wine asks it by `int 0x80` for the segment of their thread block, also in a
 * 64-bit process; some virtual machines do not serve that interrupt, and there each 32-bit program ends at once.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

const ADDRESS = 0x08048000;
const HEADERS = 52 + 32;
/** `mov eax, 1` (exit), `mov ebx, 42`, `int 0x80`. */
const CODE = Buffer.from('b801000000bb2a000000cd80', 'hex');

/** The smallest program for Linux on i386: it ends with 42. */
function smallestProgram() {
  const elf = Buffer.alloc(HEADERS + CODE.length);
  elf.write('7f454c46010101', 'hex');
  elf.writeUInt16LE(2, 16); // an executable
  elf.writeUInt16LE(3, 18); // of i386
  elf.writeUInt32LE(1, 20);
  elf.writeUInt32LE(ADDRESS + HEADERS, 24); // begins here
  elf.writeUInt32LE(52, 28); // program headers
  elf.writeUInt16LE(52, 40);
  elf.writeUInt16LE(32, 42);
  elf.writeUInt16LE(1, 44);
  [1, 0, ADDRESS, ADDRESS, elf.length, elf.length, 5, 0x1000].forEach((value, at) =>
    elf.writeUInt32LE(value, 52 + at * 4),
  );
  CODE.copy(elf, HEADERS);
  return elf;
}

/** @returns false when such a program does not run */
export function runs32Bit() {
  const folder = mkdtempSync(path.join(tmpdir(), 'epm-32-'));
  try {
    const file = path.join(folder, 'program');
    writeFileSync(file, smallestProgram(), { mode: 0o755 });
    return spawnSync(file).status === 42;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
