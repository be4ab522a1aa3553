/** The reader against programs that other tools made. */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdtempSync,
  openSync,
  readFileSync,
  readSync,
  closeSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { machine } from '../../../../testbed/machine.ts';
import { refusalOf } from './inspect.ts';
import { inspectExecutable } from '../../../corpus/readers.ts';

const COMPILER = 'x86_64-w64-mingw32-gcc';
const windowsNode = machine?.windowsNode ?? '';
const RESOURCE_COMPILER = 'x86_64-w64-mingw32-windres';

const version = (language: string, number: string, texts: string): string => `
LANGUAGE ${language}
1 VERSIONINFO
FILEVERSION ${number}
PRODUCTVERSION 9,8,7,6
FILETYPE 1
BEGIN
  BLOCK "StringFileInfo"
  BEGIN
${texts}
  END
  BLOCK "VarFileInfo"
  BEGIN
    VALUE "Translation", 0x409, 1200, 0x407, 1200
  END
END
`;
const strings = (language: string, product: string): string => `
    BLOCK "${language}"
    BEGIN
      VALUE "ProductName", "${product}"
      VALUE "FileVersion", "1.2 (x)"
      VALUE "OriginalFilename", "tool.exe"
      VALUE "CompanyName", "Contoso"
    END`;

function isThere(program: string): boolean {
  try {
    execFileSync(program, ['--version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

describe.skipIf(!isThere(COMPILER) || !isThere(RESOURCE_COMPILER))('a program that mingw-w64 made', () => {
  let folder: string;
  let bytes: Buffer;

  beforeAll(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'epm-program-'));
    const file = (name: string): string => path.join(folder, name);
    writeFileSync(file('main.c'), 'int main(void) { return 0; }\n');
    writeFileSync(
      file('tool.manifest'),
      '<?xml version="1.0"?><assembly xmlns="urn:schemas-microsoft-com:asm.v1" manifestVersion="1.0">' +
        '<trustInfo xmlns="urn:schemas-microsoft-com:asm.v3"><security><requestedPrivileges>' +
        '<requestedExecutionLevel level="highestAvailable" uiAccess="false"/>' +
        '</requestedPrivileges></security></trustInfo></assembly>',
    );
    writeFileSync(
      file('tool.rc'),
      '1 ICON "tool.ico"\n1 24 "tool.manifest"\n' +
        version('7, 1', '5,0,0,0', strings('040704b0', 'Nur Deutsch')) +
        version('9, 1', '1,2,3,65535', strings('040904b0', 'English tool') + strings('040704b0', 'Werkzeug')) +
        version('17, 1', '6,0,0,0', strings('041104b0', 'Nihongo')),
    );
    // One icon of 1 by 1 pixels, so that there are other resources beside those that are read.
    writeFileSync(
      file('tool.ico'),
      Buffer.from(
        '000001000100010100000100200030000000160000' + '00' + '28000000010000000200000001002000' + '00'.repeat(32),
        'hex',
      ),
    );
    const options = { cwd: folder, stdio: 'pipe' } as const;
    execFileSync(RESOURCE_COMPILER, ['tool.rc', 'tool.o'], options);
    execFileSync(COMPILER, ['-s', '-mwindows', '-o', 'tool.exe', 'main.c', 'tool.o'], options);
    bytes = readFileSync(file('tool.exe'));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('tells its versions in each language, and those everybody gets', async () => {
    const { facts, content } = await inspectExecutable(fileSource(path.join(folder, 'tool.exe')));
    expect(facts).toMatchObject({
      fixedVersion: [1, 2, 3, 65535],
      fileVersionText: '1.2 (x)',
      productName: 'English tool',
      originalName: 'tool.exe',
      companyName: 'Contoso',
      executable: { machine: 'x64', subsystem: 'windows', requestedLevel: 'highestAvailable', uiAccess: false },
    });
    const tables = facts.executable?.versionTexts?.map(({ language, texts }) => [language, texts['ProductName']]);
    expect(tables).toEqual([
      ['040704b0', 'Nur Deutsch'],
      ['040904b0', 'English tool'],
      ['040704b0', 'Werkzeug'],
      ['041104b0', 'Nihongo'],
    ]);
    expect(content.signatures).toEqual([]);
  });

  it('AC-42 cut off anywhere inside it is refused', async () => {
    for (let place = 0; place < 200; place += 1) {
      const length = Math.floor((bytes.length * place) / 200);
      expect(await refusalOf(bytes.subarray(0, length)), `cut at ${length}`).toBeDefined();
    }
  });
});

describe.skipIf(!existsSync(windowsNode))('node.exe for Windows', () => {
  it('tells what Windows tells of it, and is signed for the digest of its ranges', async () => {
    const source = fileSource(windowsNode);
    const { facts, content } = await inspectExecutable(source);
    const numbers = /^(\d+)\.(\d+)\.(\d+)$/
      .exec(facts.fileVersionText ?? '')
      ?.slice(1)
      .map(Number);
    expect(facts).toMatchObject({
      fixedVersion: [...(numbers ?? []), 0],
      productName: 'Node.js',
      internalName: 'node',
      originalName: 'node.exe',
      companyName: 'Node.js',
      fileDescription: 'Node.js JavaScript Runtime',
      executable: { machine: 'x64', subsystem: 'console', requestedLevel: 'asInvoker', uiAccess: false },
    });
    expect(content.signatures).toHaveLength(1);
    if (content.coverage.kind !== 'ranges') throw new Error('Programs are digested by ranges.');
    const bytes = readFileSync(windowsNode);
    const hash = createHash('sha256');
    for (const { start, end } of content.coverage.ranges) hash.update(bytes.subarray(start, end));
    expect(Buffer.from(content.signatures[0]!).includes(hash.digest())).toBe(true);
  });

  it('AC-42 cut off at 200 places is refused everywhere', async () => {
    const bytes = readFileSync(windowsNode);
    for (let place = 0; place < 200; place += 1) {
      const length = Math.floor((bytes.length * place) / 200);
      expect(await refusalOf(bytes.subarray(0, length)), `cut at ${length}`).toBeDefined();
    }
    expect(await refusalOf(bytes.subarray(0, bytes.length - 1))).toMatch(/table ends outside/);
    expect(await refusalOf(bytes)).toBeUndefined();
  });
});

function fileSource(file: string) {
  return {
    size: statSync(file).size,
    read(offset: number, length: number): Uint8Array {
      const descriptor = openSync(file, 'r');
      try {
        const bytes = Buffer.alloc(length);
        return bytes.subarray(0, readSync(descriptor, bytes, 0, length, offset));
      } finally {
        closeSync(descriptor);
      }
    },
  };
}
