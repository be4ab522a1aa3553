/** Signatures that others made, of files as they are shipped. */
import { createHash } from 'node:crypto';
import { globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { checkSigner, findSigner, readSignerInfo } from '../../../../src/facts/authenticode/signed-data.ts';
import { oid } from '../../../../src/facts/der/reader.ts';
import { Turns } from '../../../../src/facts/turns.ts';
import { judgeFile } from '../../../corpus/judge.ts';
import { osslsigncodeVerdicts, whyNoRecentOsslsigncode } from '../../../corpus/osslsigncode.ts';
import { memorySource } from '../../agent/fake-machine.ts';
import { EDGE, nuGetFile, REAL_FILES, realRoots, ROOTS_FILE, TIMESTAMP_ROOTS_FILE } from './real-files.ts';
import { inspectExecutable, readCatalog, readSignatures, verifySignature } from '../../../corpus/readers.ts';

/** While the certificates of all these files are valid, or at least were not yet forgotten. */
const NOW = Date.UTC(2026, 10, 1);
const NOT_INSTALLED = 'the file is not installed (npm run bootstrap)';

const NO_ROOTS = 'no .NET SDK with trusted roots is installed';

describe.each(REAL_FILES.map((file) => [file.name, file] as const))('the signature of %s', (_, real) => {
  const { path: file, type, signatures } = real;
  const told = signatures.map(({ publisher, leaf, digest }, index) => ({
    leaf: expect.objectContaining({ subject: publisher, sha256: leaf }),
    digestAlgorithm: digest,
    origin: index === 0 ? 'embedded' : 'nested',
  }));

  it('is the one of its publisher, over the file as it is', async ({ skip }) => {
    if (file === undefined) return skip(NOT_INSTALLED);
    const facts = await judgeFile(file, type, { roots: [], now: NOW });
    expect(facts).toMatchObject(told.map((each) => ({ ...each, trusted: false })));
    // Without roots nothing is trusted, but nothing else may be wrong either.
    for (const [index, { faults = [] }] of facts.entries()) {
      const accepted = ['chainIncomplete', 'rootUntrusted', 'timestampInvalid', 'expired'];
      if (signatures[index]?.digest === 'sha1') accepted.push('weakDigest');
      expect(faults.filter((fault) => !accepted.includes(fault))).toEqual([]);
    }
  });

  it('AC-45 is trusted by way of its root and valid when it was timestamped, unless it is weak', async ({ skip }) => {
    if (file === undefined) return skip(NOT_INSTALLED);
    const roots = await rootsFor();
    if (roots.length === 0) return skip(NO_ROOTS);
    const facts = await judgeFile(file, type, { roots, now: NOW });
    expect(facts).toMatchObject(
      signatures.map(({ digest }) =>
        digest === 'sha1'
          ? { trusted: false, validAtTimestamp: false, timestamp: { kind: 'countersignature', trusted: false } }
          : { trusted: true, validAtTimestamp: true, timestamp: { kind: 'rfc3161', trusted: true } },
      ),
    );
    expect(facts.map(({ faults = [] }) => faults.filter((fault) => fault !== 'expired'))).toEqual(
      signatures.map(({ digest }) => (digest === 'sha1' ? ['weakDigest', 'timestampInvalid'] : [])),
    );
    expect(facts.map(({ issuers }) => issuers.at(-1))).toMatchObject(
      signatures.map(({ root }) => ({ subject: root.name, sha256: root.sha256 })),
    );
  });

  it('is judged alike by osslsigncode, which takes SHA-1 too', ({ skip }) => {
    if (file === undefined) return skip(NOT_INSTALLED);
    if (ROOTS_FILE === undefined || TIMESTAMP_ROOTS_FILE === undefined) return skip(NO_ROOTS);
    const reason = whyNoRecentOsslsigncode();
    if (reason !== undefined) return skip(reason);
    const trusted = { roots: ROOTS_FILE, timestampRoots: TIMESTAMP_ROOTS_FILE, now: NOW };
    expect(osslsigncodeVerdicts(['-in', file], trusted)).toEqual(signatures.map(() => 'ok'));
  });

  /** The roots of the machine; else the root in the file, which is the right one when its digest is. */
  async function rootsFor(): Promise<readonly Uint8Array[]> {
    if (real.carriesRoot !== true) return realRoots();
    const [facts] = await judgeFile(file ?? '', type, { roots: [], now: NOW });
    return (facts?.issuers ?? [])
      .filter(({ sha256 }) => sha256 === signatures[0]?.root.sha256)
      .map(({ der }) => Buffer.from(der ?? '', 'base64'));
  }
});

describe('what Microsoft signed', () => {
  const COUNTERSIGNATURE = oid('1.2.840.113549.1.9.6');

  it.for(REAL_FILES.filter(({ signatures }) => signatures[0]?.digest === 'sha1'))(
    'has a countersignature of PKCS#9 that holds: $name',
    async ({ path: file }, { skip }) => {
      if (file === undefined) return skip(NOT_INSTALLED);
      const { content } = await inspectExecutable(memorySource(readFileSync(file)));
      const [signature] = await readSignatures(...content.signatures);
      const { signer, certificates } = signature!.signedData;
      const [value] = signer.unsignedAttributes.get(COUNTERSIGNATURE) ?? [];
      const countersigner = readSignerInfo(value!);
      const turns = new Turns({});
      const authority = findSigner(countersigner, certificates)!;
      expect(await checkSigner(countersigner, authority, signer.signature, undefined, turns)).toBe('good');
      const other = Buffer.from(signer.signature);
      other.writeUInt8(other.readUInt8(0) ^ 1);
      expect(await checkSigner(countersigner, authority, other, undefined, turns)).toBe('bad');
    },
  );

  it('is not taken to be signed where it is not: the addons of edge-js', async ({ skip }) => {
    if (EDGE === undefined) return skip(NOT_INSTALLED);
    const addons = globSync(path.join(EDGE, '*', '*', '*.node'));
    expect(addons.length).toBeGreaterThan(10);
    for (const addon of addons) expect(await judgeFile(addon, 'exe', { roots: [], now: NOW })).toEqual([]);
  });

  it('is a catalog that lists files by their digest', async ({ skip }) => {
    const folder = 'microsoft.management.infrastructure.runtime.win/3.0.0/_manifest/spdx_2.2';
    const file = nuGetFile(`${folder}/manifest.cat`);
    if (file === undefined) return skip(NOT_INSTALLED);
    const catalog = await readCatalog(readFileSync(file));
    const digest = (name: string): Buffer =>
      createHash('sha256')
        .update(readFileSync(path.join(path.dirname(file), name)))
        .digest();
    expect(catalog.lists(digest('bsi.json'))).toBe(true);
    expect(catalog.lists(digest('manifest.cat'))).toBe(false);
    const facts = await verifySignature(catalog.signature, { digest: digest('bsi.json'), roots: [], now: NOW });
    expect(facts).toMatchObject({
      origin: 'catalog',
      digestAlgorithm: 'sha256',
      leaf: { subject: 'CN=Build Manifest Signing,O=Microsoft Corporation,L=Redmond,ST=Washington,C=US' },
      timestamp: { kind: 'rfc3161' },
      faults: ['chainIncomplete', 'expired', 'timestampInvalid'],
    });
    const other = await verifySignature(catalog.signature, { digest: digest('manifest.cat'), roots: [], now: NOW });
    expect(other.faults).toContain('digestMismatch');
  });
});
