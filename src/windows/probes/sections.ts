/** Records the answers of the probes of mapped files: what a lock on the file does not reach. */
import * as fs from 'node:fs';
import { win32 as paths } from 'node:path';
import type { Answer } from '../../agent/selftest/probe.ts';
import type { Handle } from '../dll/kernel32.ts';
import type { Address } from '../dll/native-memory.ts';
import { windowsError } from '../dll/win32-error.ts';
import { LOCKED, ntOpen } from '../files/nt-open.ts';
import { file } from './locks.ts';
import { GENERIC_READ, GENERIC_WRITE, keep, makeFolder, open, type ProbeTools, statusText } from './tools.ts';

const PAGE_READONLY = 0x2;
const PAGE_READWRITE = 0x4;
const SEC_IMAGE = 0x100_0000;
const FILE_MAP_WRITE = 0x2;
const FILE_MAP_READ = 0x4;
/** In the text "This program cannot be run in DOS mode" of the DOS stub: changes nothing of how the image is mapped. */
const IN_STUB = 0x4e;

export function staleSection(tools: ProbeTools): Answer {
  const program = paths.join(makeFolder(tools), 'program.exe');
  fs.copyFileSync(paths.join(tools.dlls.systemFolder, 'cmd.exe'), program);
  // Opened before the image is mapped: later nobody gets to write.
  const writer = fs.openSync(program, 'r+');
  try {
    const before = mappedByte(tools, program);
    fs.writeSync(writer, Uint8Array.of(before.value ^ 1), 0, 1, IN_STUB);
    fs.fsyncSync(writer);
    return {
      file: fs.readFileSync(program)[IN_STUB] === before.value ? 'old' : 'changed',
      image: mappedByte(tools, program).value === before.value ? 'old' : 'changed',
    };
  } finally {
    fs.closeSync(writer);
  }
}

export function writableView(tools: ProbeTools): Answer {
  const path = file(tools);
  const { kernel32 } = tools.dlls;
  const handle = kernel32.CreateFileW(path, GENERIC_READ | GENERIC_WRITE, 7, null, 3, 0, 0);
  const view = map(tools, handle, PAGE_READWRITE, FILE_MAP_WRITE);
  kernel32.CloseHandle(handle);
  const { status, handle: locked } = ntOpen(tools.dlls, `\\??\\${path}`, LOCKED);
  if (status === 0) keep(tools, 'NtCreateFile', locked);
  tools.dlls.probes().write(view, Buffer.from('CHANGED'));
  return {
    opened: statusText(status),
    file: fs.readFileSync(path, 'utf8').startsWith('CHANGED') ? 'changed' : 'old',
  };
}

/** A byte of the stub as an image of the file has it; the image stays mapped until the probe is over. */
function mappedByte(tools: ProbeTools, program: string): { readonly value: number } {
  const view = map(tools, open(tools, program, GENERIC_READ), PAGE_READONLY | SEC_IMAGE, FILE_MAP_READ);
  return { value: tools.dlls.probes().bytes(view, IN_STUB + 1)[IN_STUB] ?? 0 };
}

/** @throws EpmError EPM_WINDOWS_API */
function map(tools: ProbeTools, handle: Handle, protection: number, access: number): Address {
  const { dlls, putBack } = tools;
  const calls = dlls.probes();
  const mapping = calls.CreateFileMappingW(handle, null, protection, 0, 0, null);
  if (mapping === 0) throw windowsError('CreateFileMappingW', dlls.kernel32.GetLastError());
  const view = calls.MapViewOfFile(mapping, access, 0, 0, 0);
  const win32 = dlls.kernel32.GetLastError();
  // The view keeps the mapping.
  dlls.kernel32.CloseHandle(mapping);
  if (view === null) throw windowsError('MapViewOfFile', win32);
  putBack('a view of a file', () => void calls.UnmapViewOfFile(view));
  return view;
}
