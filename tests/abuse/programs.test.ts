/** Programs that were changed where a signature does not reach, or that are not what they seem. */
import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import { gatherFacts } from '../../src/facts/gather.ts';
import type { FileFacts } from '../../src/model/file-facts.ts';
import { CORPUS_NOW, signedCorpus, whyNoCorpus } from '../corpus/index.ts';
import { CERTIFICATE_DIRECTORY, certificateTable, CHECKSUM_FIELD } from '../corpus/programs.ts';
import { memorySource } from '../unit/agent/fake-machine.ts';
import { writeInstaller } from '../unit/facts/msi/installer-writer.ts';
import { buildProgram, OPTIONAL_OFFSET, PE_OFFSET } from '../unit/facts/pe-builder.ts';

let roots: readonly Uint8Array[] = [];

function factsOf(bytes: Uint8Array, name = 'setup.exe'): Promise<FileFacts> {
  return gatherFacts({ path: `C:\\Tools\\${name}`, source: memorySource(bytes), roots, now: () => CORPUS_NOW });
}

async function expectMalformed(bytes: Uint8Array, message: RegExp): Promise<void> {
  const facts = await factsOf(bytes);
  expect(facts).toMatchObject({ type: undefined, signatures: [], refusal: { reason: 'malformed' } });
  expect(facts.refusal?.message).toMatch(message);
}

const noCorpus = whyNoCorpus();
describe.skipIf(noCorpus !== undefined)(`a signed program${noCorpus === undefined ? '' : ` (${noCorpus})`}`, () => {
  let signed: Buffer;
  let table: { readonly offset: number; readonly size: number };
  const withTable = (change: (table: Buffer) => Buffer, size?: number): Buffer => {
    const changed = change(Buffer.from(signed.subarray(table.offset)));
    const bytes = Buffer.concat([signed.subarray(0, table.offset), changed]);
    bytes.writeUInt32LE(size ?? changed.length, CERTIFICATE_DIRECTORY + 4);
    return bytes;
  };

  beforeAll(async () => {
    const file = (await signedCorpus()).find(({ name }) => name === 'signed');
    signed = readFileSync(file?.path ?? '');
    roots = file?.roots ?? [];
    table = certificateTable(signed);
  });

  it('is described as it is', async () => {
    expect(await factsOf(signed)).toMatchObject({
      type: 'exe',
      refusal: undefined,
      signatures: [{ trusted: true, faults: [] }],
    });
  });

  it('with another checksum stays the same, since no signature covers it', async () => {
    const changed = Buffer.from(signed);
    changed.writeUInt32LE(0x1234, CHECKSUM_FIELD);
    expect(await factsOf(changed)).toMatchObject({ type: 'exe', signatures: [{ trusted: true }] });
  });

  it.each([1, 7, 8, 512, 100_000])('AC-41 with %i bytes behind the certificate table is refused', async (length) => {
    await expectMalformed(Buffer.concat([signed, Buffer.alloc(length)]), /follows the table/);
  });

  it.each([
    ['content', Buffer.from('PAYLOAD!')],
    ['zeros only', Buffer.alloc(16)],
    ['much content', Buffer.alloc(4096, 'x')],
  ])('AC-41 with %s behind the message inside of the entry is refused', async (_, payload) => {
    const bytes = withTable((old) => {
      old.writeUInt32LE(old.length + payload.length, 0);
      return Buffer.concat([old, payload]);
    });
    await expectMalformed(bytes, /not that of its PKCS#7 message/);
  });

  it('AC-41 with content in the padding to eight bytes is refused', async () => {
    // One more byte in the message makes room for padding whatever its length is.
    const { bytes, padding } = [0, 1, 2, 3, 4, 5, 6, 7]
      .map((more) => {
        const message = messageWith(signed.subarray(table.offset), more);
        const size = Math.ceil((8 + message.length) / 8) * 8;
        const entry = Buffer.alloc(size);
        entry.writeUInt32LE(size, 0);
        entry.writeUInt32LE(0x0002_0200, 4);
        message.copy(entry, 8);
        return { bytes: withTable(() => entry), padding: size - 8 - message.length };
      })
      .find((each) => each.padding > 0)!;
    bytes.writeUInt8(1, bytes.length - padding);
    await expectMalformed(bytes, /padding behind the PKCS#7 message has content/);
  });

  it.each([
    ['an X.509 certificate', 0x0001, 0x0200],
    ['an unknown type', 0x0ef1, 0x0200],
    ['an old revision', 0x0002, 0x0100],
  ])('AC-41 with a second entry of %s is refused', async (_, type, revision) => {
    const bytes = withTable((old) => {
      const second = Buffer.alloc(64, 'x');
      second.writeUInt32LE(second.length, 0);
      second.writeUInt16LE(revision, 4);
      second.writeUInt16LE(type, 6);
      return Buffer.concat([old, second]);
    });
    await expectMalformed(bytes, /something else|not of revision/);
  });

  it('AC-41 with a second copy of its entry has no more trust than the first gives', async () => {
    const facts = await factsOf(withTable((old) => Buffer.concat([old, old])));
    expect(facts.signatures.every(({ trusted }) => trusted)).toBe(true);
    expect(new Set(facts.signatures.map(({ leaf }) => leaf.sha256)).size).toBe(1);
  });

  it('AC-41 with a table that is told to be shorter, longer or elsewhere is refused', async () => {
    for (const more of [-8, -1, 1, 8, 0x7fff_0000]) {
      await expectMalformed(
        withTable((old) => old, table.size + more),
        /follows the table|outside of the file/,
      );
    }
    for (const more of [-8, 8, 1, -table.offset, 0x7fff_0000]) {
      const bytes = Buffer.from(signed);
      bytes.writeUInt32LE(table.offset + more, CERTIFICATE_DIRECTORY);
      await expectMalformed(bytes, /follows the table|outside of the file|multiple of 8|inside of the program/);
    }
  });

  it('AC-41 whose table is moved into the program is refused', async () => {
    const bytes = Buffer.from(signed);
    bytes.writeUInt32LE(table.offset - 512, CERTIFICATE_DIRECTORY);
    bytes.writeUInt32LE(table.size + 512, CERTIFICATE_DIRECTORY + 4);
    await expectMalformed(bytes, /inside of the program/);
  });

  it('AC-42 changed anywhere is refused or no longer well signed', async () => {
    const uncovered = (at: number): boolean => at >= CHECKSUM_FIELD && at < CHECKSUM_FIELD + 4;
    for (let at = 0; at < table.offset; at += 7) {
      if (uncovered(at)) continue;
      const bytes = Buffer.from(signed);
      bytes.writeUInt8(bytes.readUInt8(at) ^ 0x80, at);
      const facts = await factsOf(bytes);
      const isTrusted = facts.type !== undefined && facts.signatures.some(({ trusted }) => trusted);
      expect(isTrusted, `byte ${at}`).toBe(false);
    }
  });

  it('AC-42 cut off at 200 places is refused', async () => {
    for (let place = 0; place < 200; place += 1) {
      const length = Math.floor((signed.length * place) / 200);
      const facts = await factsOf(signed.subarray(0, length));
      expect(facts.type, `cut at ${length}`).toBeUndefined();
      expect(facts.refusal?.reason).toMatch(/^(?:malformed|typeMismatch)$/);
    }
  });
});

describe('AC-42 a program for another processor', () => {
  it.each([
    ['Itanium', 0x0200],
    ['ARM', 0x01c4],
    ['RISC-V', 0x5064],
    ['EFI byte code', 0x0ebc],
    ['none', 0],
    ['x64 of another system', 0xfd1d],
  ])('%s is refused', async (_, machine) => {
    const bytes = buildProgram();
    bytes.writeUInt16LE(machine, PE_OFFSET + 4);
    await expectMalformed(bytes, /another processor than x86, x64 and ARM64/);
  });

  it('whose header says 32-bit and 64-bit at once is refused', async () => {
    const bytes = buildProgram();
    bytes.writeUInt16LE(0x10b, OPTIONAL_OFFSET);
    await expectMalformed(bytes, /not of the kind that the processor has/);
  });
});

describe('AC-26 files that are two things at once', () => {
  // Local file header of a stored file "a" (APPNOTE.TXT 4.3.7): like every binary format it has zeros.
  const zip = Buffer.from('504b03041400000000000000000043beb7e8010000000100000001000000' + '6161', 'hex');
  const script = Buffer.from('\r\nWrite-Output "hello"\r\n');
  const html = Buffer.from('<html><script>1</script></html>');
  const withText = Buffer.from(buildProgram());
  script.copy(withText, 0x40);

  it.each<[string, string, Uint8Array, FileFacts['type'] | 'refused']>([
    // What follows a program is the program's own; only as one it starts.
    ['a program with an archive behind it', 'a.exe', buildProgram({ overlay: zip }), 'exe'],
    ['a program with a script in its DOS header', 'a.exe', withText, 'exe'],
    ['the same under the name of a script', 'a.ps1', withText, 'refused'],
    ['the same under the name of a package', 'a.msi', withText, 'refused'],
    ['a script with a program behind it', 'a.ps1', Buffer.concat([script, buildProgram()]), 'refused'],
    ['a script with an archive in it', 'a.ps1', Buffer.concat([Buffer.from('#'), zip]), 'refused'],
    ['a page with scripts as a program', 'a.exe', html, 'refused'],
    ['a DOS program', 'a.exe', Buffer.from('MZ'.padEnd(1024, '\0'), 'latin1'), 'refused'],
    ['a package with a program in front', 'a.msi', Buffer.concat([buildProgram(), writeInstaller().bytes]), 'refused'],
    ['a package as a program', 'a.exe', writeInstaller().bytes, 'refused'],
    ['an archive as a program', 'a.exe', zip, 'refused'],
  ])('%s', async (_, name, bytes, expected) => {
    const facts = await factsOf(bytes, name);
    expect(facts.type ?? 'refused').toBe(expected);
    expect(facts.refusal === undefined).toBe(expected !== 'refused');
  });
});

/** The message of an entry with `more` bytes of content, so that its length is another. */
function messageWith(entry: Buffer, more: number): Buffer {
  const length = 4 + entry.readUInt16BE(10);
  const message = Buffer.concat([entry.subarray(8, 8 + length), Buffer.alloc(more, 5)]);
  message.writeUInt16BE(length - 4 + more, 2);
  return message;
}
