import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { SignedContent } from '../../../../src/facts/signed-content.ts';
import { memorySource } from '../../agent/fake-machine.ts';
import {
  buildProgram,
  certificateEntry,
  CHECKSUM_OFFSET,
  derSequence,
  directoryOffset,
  OPTIONAL_OFFSET,
  withCertificateTable,
} from '../pe-builder.ts';
import { changed, refusalOf } from './inspect.ts';
import { inspectExecutable } from '../../../corpus/readers.ts';

async function contentOf(bytes: Uint8Array): Promise<SignedContent> {
  return (await inspectExecutable(memorySource(bytes))).content;
}

async function digestOf(bytes: Uint8Array): Promise<string> {
  const { coverage } = await contentOf(bytes);
  if (coverage.kind !== 'ranges') throw new Error('Programs are digested by ranges.');
  const hash = createHash('sha256');
  for (const { start, end } of coverage.ranges) hash.update(bytes.subarray(start, end));
  return hash.update(new Uint8Array(coverage.zeros ?? 0)).digest('hex');
}

describe('the certificate table', () => {
  it.each([1, 8, 20, 127, 128, 250, 5000])('holds a message of %i bytes of content', async (length) => {
    const message = derSequence(length);
    const bytes = withCertificateTable(buildProgram(), [certificateEntry(message)]);
    expect((await contentOf(bytes)).signatures.map((each) => Buffer.from(each))).toEqual([message]);
  });

  it('holds several messages in order', async () => {
    const messages = [derSequence(30), derSequence(300), derSequence(16)];
    const bytes = withCertificateTable(
      buildProgram(),
      messages.map((each) => certificateEntry(each)),
    );
    expect((await contentOf(bytes)).signatures.map((each) => Buffer.from(each))).toEqual(messages);
  });

  it('holds no more than 16', async () => {
    const entries = Array.from({ length: 17 }, () => certificateEntry(derSequence(8)));
    expect(await refusalOf(withCertificateTable(buildProgram(), entries.slice(1)))).toBeUndefined();
    expect(await refusalOf(withCertificateTable(buildProgram(), entries))).toMatch(/more than 16/);
  });

  it('may say the length of an entry without its padding', async () => {
    const message = derSequence(9);
    const entry = changed(certificateEntry(message), (copy) => copy.writeUInt32LE(8 + message.length, 0));
    const bytes = withCertificateTable(buildProgram(), [entry]);
    expect((await contentOf(bytes)).signatures.map((each) => Buffer.from(each))).toEqual([message]);
  });

  it('of size 0 is none', async () => {
    const bytes = changed(buildProgram(), (copy) => copy.writeUInt32LE(4096, directoryOffset(4)));
    expect((await contentOf(bytes)).signatures).toEqual([]);
  });

  it('of more than 8 MiB is refused before it is read', async () => {
    const bytes = withCertificateTable(buildProgram(), [certificateEntry(derSequence(8))]);
    const size = 8 * 1024 ** 2 + 8;
    bytes.writeUInt32LE(size, directoryOffset(4) + 4);
    const start = bytes.readUInt32LE(directoryOffset(4));
    const source = {
      size: start + size,
      read: (offset: number, length: number) =>
        offset >= start ? expect.unreachable() : bytes.subarray(offset, offset + length),
    };
    await expect(inspectExecutable(source)).rejects.toThrow(/more than 8388608 bytes/);
  });

  const message = derSequence(300);
  const entry = certificateEntry(message);
  const sized = (length: number): Buffer => changed(entry, (copy) => copy.writeUInt32LE(length, 0));
  it.each<[string, RegExp, Buffer[]]>([
    ['revision 1.0', /not of revision 2.0/, [certificateEntry(message, { revision: 0x0100 })]],
    ['an X.509 certificate', /something else/, [certificateEntry(message, { type: 1 })]],
    ['an EFI signature', /something else/, [certificateEntry(message, { type: 0x0ef1 })]],
    ['another type behind a signature', /something else/, [entry, certificateEntry(message, { type: 0x0ef0 })]],
    ['no sequence', /DER sequence/, [certificateEntry(Buffer.from('MZ and so on'))]],
    ['an indefinite length', /not definite/, [certificateEntry(Buffer.from('3080020100000000', 'hex'))]],
    ['a length in five bytes', /not definite/, [certificateEntry(Buffer.from('308500000000010000', 'hex'))]],
    ['a length beyond the table', /not that of its PKCS#7/, [certificateEntry(Buffer.from('3084ffffffff0000', 'hex'))]],
    ['an entry beyond the table', /entry ends outside/, [sized(4096)]],
    ['an entry shorter than its message', /not that of its PKCS#7/, [sized(entry.length - 16)]],
    ['an entry without content', /shorter than/, [Buffer.from('0800000000020200', 'hex')]],
    ['an entry of length 0', /not that of its PKCS#7/, [sized(0)]],
    ['half an entry behind a signature', /shorter than/, [entry, Buffer.alloc(4, 1)]],
  ])('with %s is refused', async (_, problem, entries) => {
    expect(await refusalOf(withCertificateTable(buildProgram(), entries))).toMatch(problem);
  });
});

describe('the Authenticode digest', () => {
  const program = buildProgram({ mark: 'one', overlay: Buffer.from('files of an installer') });
  const signed = withCertificateTable(program, [certificateEntry(derSequence(300))]);

  it('leaves out the checksum, the entry of the table and the table, and nothing else', async () => {
    expect(await contentOf(signed)).toMatchObject({
      coverage: {
        ranges: [
          { start: 0, end: CHECKSUM_OFFSET },
          { start: CHECKSUM_OFFSET + 4, end: directoryOffset(4) },
          { start: directoryOffset(4) + 8, end: signed.length - 8 - 304 },
        ],
      },
    });
    const aligned = Buffer.concat([program, Buffer.alloc(-program.length & 7)]);
    expect(await digestOf(signed)).toBe(await digestOf(aligned));
    // Before it is signed too, so that a catalog may list it.
    expect(await digestOf(signed)).toBe(await digestOf(program));
    expect(await digestOf(changed(signed, (copy) => copy.writeUInt32LE(7, CHECKSUM_OFFSET)))).toBe(
      await digestOf(signed),
    );
  });

  it('changes with every other byte', async () => {
    const digest = await digestOf(signed);
    const others = new Set([digest]);
    const skipped = new Set<number>();
    for (let at = 0; at < program.length; at += 1) {
      const other = changed(signed, (copy) => copy.writeUInt8(copy.readUInt8(at) ^ 0xff, at));
      const isCovered = !(
        (at >= CHECKSUM_OFFSET && at < CHECKSUM_OFFSET + 4) ||
        (at >= directoryOffset(4) && at < directoryOffset(4) + 8)
      );
      if (!isCovered || (await refusalOf(other)) !== undefined) skipped.add(at);
      else others.add(await digestOf(other));
    }
    expect(others.size + skipped.size).toBe(program.length + 1);
    expect(skipped.size).toBeLessThan(100);
  });

  it('of a program without a directory for the table leaves out the checksum', async () => {
    const bytes = changed(buildProgram(), (copy) => copy.writeUInt32LE(4, OPTIONAL_OFFSET + 108));
    expect(await contentOf(bytes)).toMatchObject({
      coverage: {
        ranges: [
          { start: 0, end: CHECKSUM_OFFSET },
          { start: CHECKSUM_OFFSET + 4, end: bytes.length },
        ],
      },
    });
  });
});
