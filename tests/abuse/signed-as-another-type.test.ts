/**
 * A signature that was made for a file of another type. Each type has its own way to a digest over parts of a file, so
 * that bytes which a publisher signed as one could be arranged to a file of another.
 */
import { describe, expect, it } from 'vitest';
import { gatherFacts } from '../../src/facts/gather.ts';
import { SIGNATURE_STREAM } from '../../src/facts/msi/package-digest.ts';
import { inspectExecutable } from '../../src/facts/pe/index.ts';
import { inspectScript } from '../../src/facts/script/index.ts';
import type { SignedContent } from '../../src/facts/signed-content.ts';
import { Turns } from '../../src/facts/turns.ts';
import type { FileFacts, FileType } from '../../src/model/file-facts.ts';
import * as cms from '../corpus/cms.ts';
import type * as der from '../corpus/der.ts';
import { CORPUS_NOW } from '../corpus/index.ts';
import { CA, LEAF, ROOT } from '../unit/facts/authenticode/people.ts';
import { CountingSource, digestOf } from '../unit/facts/msi/inspect.ts';
import { writeInstaller } from '../unit/facts/msi/installer-writer.ts';
import { buildProgram, certificateEntry, withCertificateTable } from '../unit/facts/pe-builder.ts';

/** What a message may say it is about, made for a digest. */
const SUBJECTS: Readonly<Record<FileType | 'cabinet', (digest: Uint8Array) => der.Node>> = {
  exe: (digest) => cms.imageContent('sha256', digest),
  msi: (digest) => cms.sipContent(cms.READERS.msi, 'sha256', digest),
  ps1: (digest) => cms.sipContent(cms.READERS.ps1, 'sha256', digest),
  cabinet: (digest) => cms.sipContent('00'.repeat(16), 'sha256', digest),
};
type Subject = keyof typeof SUBJECTS;

const messageFor = (subject: Subject, digest: Uint8Array): Buffer =>
  cms.makeMessage({
    contentType: cms.CMS.indirectData,
    content: SUBJECTS[subject](digest),
    signer: LEAF,
    certificates: [LEAF, CA],
  });

async function digestOfRanges(bytes: Uint8Array, { coverage }: SignedContent): Promise<Uint8Array> {
  if (coverage.kind === 'own') return coverage.digest('sha256');
  const parts = coverage.ranges.map(({ start, end }) => bytes.subarray(start, end));
  return cms.hash('sha256', Buffer.concat([...parts, Buffer.alloc(coverage.zeros ?? 0)]));
}

/** A whole file of each type, signed right but for what the message says it is about. */
const FILES: Readonly<Record<FileType, (subject: Subject) => Promise<Uint8Array>>> = {
  async exe(subject) {
    const program = buildProgram();
    const { content } = await inspectExecutable(new CountingSource(program), new Turns({}));
    return withCertificateTable(program, [
      certificateEntry(messageFor(subject, await digestOfRanges(program, content))),
    ]);
  },
  async msi(subject) {
    const digest = Buffer.from(await digestOf(writeInstaller().bytes), 'hex');
    return writeInstaller({ more: [{ name: SIGNATURE_STREAM, bytes: messageFor(subject, digest) }] }).bytes;
  },
  async ps1(subject) {
    const block = (base64: string): string => {
      const lines = base64.replace(/.{1,64}/g, '# $&\r\n');
      return `\r\n# SIG # Begin signature block\r\n${lines}# SIG # End signature block\r\n`;
    };
    // The digest leaves the block out, whatever is in it.
    const draft = Buffer.from(`Get-Date${block('MAMCAQE=')}`);
    const digest = await digestOfRanges(draft, (await inspectScript(draft, new Turns({}))).content);
    return Buffer.from(`Get-Date${block(messageFor(subject, digest).toString('base64'))}`);
  },
};

const factsOf = (type: FileType, bytes: Uint8Array): Promise<FileFacts> =>
  gatherFacts({
    path: `C:\\Tools\\a.${type}`,
    source: new CountingSource(bytes),
    roots: [ROOT.der],
    now: () => CORPUS_NOW,
  });

const types = Object.keys(FILES) as FileType[];

describe('a signature made for another type of file', () => {
  it.each(types)('AC-42 on a file of its own type is good: %s', async (type) => {
    const facts = await factsOf(type, await FILES[type](type));
    expect(facts).toMatchObject({ type, refusal: undefined, signatures: [{ trusted: true, faults: [] }] });
  });

  it.each(types.flatMap((type) => (Object.keys(SUBJECTS) as Subject[]).map((subject) => [type, subject] as const)))(
    'AC-42 refuses a file .%s that is signed as %s, though its digest is right',
    async (type, subject) => {
      if (subject === type) return;
      const facts = await factsOf(type, await FILES[type](subject));
      expect(facts).toMatchObject({
        type: undefined,
        signatures: [],
        refusal: { reason: 'malformed', place: 'signature' },
      });
      expect(facts.refusal?.message).toMatch(/made for another type of file/);
    },
  );
});
