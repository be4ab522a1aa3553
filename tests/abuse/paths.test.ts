import { describe, expect, it } from 'vitest';
import { displayText } from '../../src/text/display.ts';
import { gatherFacts } from '../../src/facts/gather.ts';
import { checkRequestPath } from '../../src/facts/request-path.ts';
import { EpmError } from '../../src/model/errors.ts';
import { createAgent } from '../../src/agent/index.ts';
import { caller, context, memorySource, program, SETUP, FakeMachine } from '../unit/agent/fake-machine.ts';
import { writeInstaller } from '../unit/facts/msi/installer-writer.ts';
import { ORDINARY_PATHS, PATH_TRICKS, VARIABLES } from './path-cases.ts';

function refusal(text: string): unknown {
  try {
    checkRequestPath(text);
  } catch (error) {
    if (error instanceof EpmError && error.code === 'EPM_FILE_NAME_REFUSED') return error.data?.['reason'];
    throw error;
  }
  return undefined;
}

describe('AC-20, AC-22 names that are refused before anything is opened', () => {
  describe.each(PATH_TRICKS)('$trick', ({ cases }) => {
    it.each(cases)('%j', (text, reason) => {
      expect(refusal(text)).toBe(reason);
    });
  });

  it.each(ORDINARY_PATHS)('takes %j', (text, expected) => {
    expect(checkRequestPath(text)).toBe(expected);
  });

  it('opens nothing, and judges the final name of what was opened again', async () => {
    const machine = new FakeMachine().withRule();
    const agent = await createAgent(machine.ports(), { version: '1', processId: 1 });
    await expect(agent.elevate(caller(), { path: 'C:\\Tools\\setup.exe:x' }, context().value)).rejects.toMatchObject({
      code: 'EPM_FILE_NAME_REFUSED',
    });
    expect(machine.opened).toEqual([]);
    for (const file of machine.files.values()) file.finalPath = 'C:\\Tools\\setup.exe:x';
    await expect(agent.elevate(caller(), { path: SETUP }, context().value)).rejects.toMatchObject({
      code: 'EPM_FILE_NAME_REFUSED',
    });
    expect(machine.accountRequests).toEqual([]);
    expect(machine.openHandles).toBe(0);
    expect(machine.records().at(-1)).toMatchObject({ event: 'elevationDenied', errorCode: 'EPM_FILE_NAME_REFUSED' });
  });
});

describe('AC-23, AC-81 texts that would mislead are shown with their code points', () => {
  it.each([
    ['C:\\a\u202egnp.exe', 'C:\\a<U+202E>gnp.exe'],
    ['a\r\nb', 'a<U+000D><U+000A>b'],
    ['\u001b[31mred', '<U+001B>[31mred'],
    ['zero\u200bwidth', 'zero<U+200B>width'],
    ['a\u00a0b', 'a<U+00A0>b'],
    ['\ud83d\ude00 ok', '\ud83d\ude00 ok'],
    ['half \ud83d', 'half <U+D83D>'],
    ['<b>html</b>', '<b>html</b>'],
  ])('%j', (text, expected) => {
    expect(displayText(text)).toBe(expected);
  });

  it('keeps both ends of a long text and tells two of them apart', () => {
    const one = `C:\\${'x'.repeat(10_000)}1${'y'.repeat(10_000)}.exe`;
    const shown = displayText(one, 120);
    expect(shown.length).toBeLessThanOrEqual(120);
    expect(shown).toMatch(/^C:\\x+…\[20008 characters, [0-9a-f]{16}\]…y+\.exe$/);
    expect(displayText(one.replace('1', '2'), 120)).not.toBe(shown);
    expect(displayText('\u202e'.repeat(5_000), 100)).not.toContain('\u202e');
  });
});

describe('AC-25 variables in a request', () => {
  it.each(VARIABLES)('%j is refused', (text) => {
    expect(refusal(text)).toBe('variable');
  });

  it('are opened under their literal name', async () => {
    const machine = new FakeMachine().withRule();
    const agent = await createAgent(machine.ports(), { version: '1', processId: 1 });
    await expect(agent.elevate(caller(), { path: 'C:\\%TEMP%\\x.exe' }, context().value)).rejects.toMatchObject({
      code: 'EPM_FILE_NOT_FOUND',
    });
    expect(machine.opened).toEqual(['C:\\%TEMP%\\x.exe']);
  });
});

describe('AC-26 content that does not fit the extension', () => {
  const msi = writeInstaller().bytes;
  const transform = writeInstaller({ classId: '82100c0000000000c000000000000046' }).bytes;
  const library = Buffer.from(program());
  library.writeUInt16LE(0x2022, 0x80 + 22);
  const farHeader = Buffer.from(program());
  farHeader.writeUInt32LE(0xffffffff, 0x3c);
  const text = Buffer.from('Write-Output "hello"\r\n');
  const utf16 = Buffer.from('\ufeffWrite-Output "hé"', 'utf16le');

  it.each([
    ['a.exe', program(), 'exe'],
    ['a.EXE', program(), 'exe'],
    ['a.msi', msi, 'msi'],
    ['a.ps1', text, 'ps1'],
    ['a.ps1', utf16, 'ps1'],
    ['a.ps1', Buffer.from('Größe', 'latin1'), 'ps1'],
    ['a.ps1', Buffer.from('fffe00002700000027000000', 'hex'), 'ps1'],
    ['a.ps1', Buffer.from("Write-Host '\u001b[31mred\u001b[0m'\f\u0007\u001a"), 'ps1'],
    ['a.exe', msi, 'typeMismatch'],
    ['a.exe', text, 'typeMismatch'],
    ['a.exe', library, 'typeMismatch'],
    ['a.exe', farHeader, 'typeMismatch'],
    ['a.exe', Buffer.from('MZ'), 'typeMismatch'],
    ['a.exe', Buffer.alloc(0), 'typeMismatch'],
    ['a.msi', program(), 'typeMismatch'],
    ['a.msi', transform, 'typeMismatch'],
    ['a.msi', msi.subarray(0, 600), 'typeMismatch'],
    ['a.ps1', program(), 'typeMismatch'],
    ['a.ps1', msi, 'typeMismatch'],
    ['a.ps1', Buffer.from('PK\u0003\u0004'), 'typeMismatch'],
    ['a.ps1', Buffer.from('Write-Output\0'), 'malformed'],
    ['a.ps1', Buffer.from('\ufeffWrite-Output\0', 'utf16le'), 'malformed'],
    ['a.ps1', Buffer.concat([utf16, Buffer.from([0x41])]), 'malformed'],
    ['a.com', program(), 'typeUnknown'],
    ['a.exe.txt', program(), 'typeUnknown'],
    ['exe', program(), 'typeUnknown'],
    ['a.еxe', program(), 'typeUnknown'],
  ])('%s', async (name, bytes, expected) => {
    const facts = await gatherFacts({ path: `C:\\Tools\\${name}`, source: memorySource(bytes) });
    expect(facts.type ?? facts.refusal?.reason).toBe(expected);
    expect(facts.type === undefined).toBe(facts.refusal !== undefined);
  });

  it('is denied with the reason, although a rule names the hash', async () => {
    const machine = new FakeMachine();
    const file = machine.addFile(SETUP, msi);
    const { sha256 } = await gatherFacts({ path: SETUP, source: memorySource(file.bytes) });
    machine.addPolicy([{ name: 'Setup', type: 'automatic', fileName: 'setup.exe', fileHash: sha256 }]);
    const agent = await createAgent(machine.ports(), { version: '1', processId: 1 });
    const result = await agent.elevate(caller(), { path: SETUP }, context().value);
    expect(result).toMatchObject({
      outcome: 'denied',
      reason: 'fileRefused',
      message: expect.stringContaining('not a Windows program'),
    });
  });
});
