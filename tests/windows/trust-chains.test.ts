/** An authority that has two certificates of one key, which Windows may make the chain of: the one that it chose counts. */
import { sign } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { SignatureFacts } from '../../src/model/file-facts.ts';
import { describeWindows } from '../bed/index.ts';
import * as cms from '../corpus/cms.ts';
import * as der from '../corpus/der.ts';
import { makeCertificate, OID, signatureAlgorithm, type Identity } from '../corpus/pki.ts';
import { CERTIFICATE_DIRECTORY, imageDigest, program, withMessage } from '../corpus/programs.ts';
import { chainsIn, judgedIn, type Store, storeText, TrustMachine, withoutText } from './trust-machine.ts';
import type { Judged, TrustJob } from './trust-script.ts';
import { readSignatures, verifySignature } from '../corpus/readers.ts';

const LIST = '2.5.29.31';

describeWindows('two certificates of one authority', ['epm'], (bed) => {
  const root = makeCertificate({ commonName: 'EPM Test Two Chains Root', authority: true });
  let server: Server;
  let one: Identity;
  let other: Identity;
  let leaf: Identity;
  let asked: TrustMachine;
  const stores: (readonly [Store, Identity])[] = [];

  beforeAll(async () => {
    server = createServer((_, response) => {
      response.setHeader('content-type', 'application/pkix-crl');
      response.end(revocationList(root, one));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const address = { tag: 0x86, value: Buffer.from(`http://127.0.0.1:${port}/list.crl`) };
    const point = der.sequence(der.sequence(der.explicit(0, der.explicit(0, address))));
    const extensions = [[LIST, false, point]] as const;
    const authority = { commonName: 'EPM Test Two Chains CA', authority: true, issuer: root, extensions };
    one = makeCertificate({ ...authority, serial: 101 });
    other = makeCertificate({ ...authority, serial: 102, keyOf: one });
    leaf = makeCertificate({ commonName: 'EPM Test Two Chains', issuer: one, usages: [OID.codeSigning] });
    asked = await TrustMachine.install(bed());
    // What the machine knows is loaded with the first question; from then on Wine reads the registry.
    stores.push([['machine', 'Root'], root]);
  });

  afterAll(async () => {
    // A real machine goes on after the tests.
    await bed().importRegistry(stores.map(([store, { der: bytes }]) => withoutText(store, [bytes])).join(''));
    await new Promise((resolve) => server.close(resolve));
  });

  const signedWith = (...carried: readonly Identity[]): Buffer => {
    const bytes = program('two chains');
    bytes.writeUInt32LE(bytes.length, CERTIFICATE_DIRECTORY);
    const content = cms.imageContent('sha256', imageDigest(bytes, 'sha256'));
    const wish = { contentType: cms.CMS.indirectData, content, signer: leaf, certificates: [leaf, ...carried] };
    return withMessage(bytes, cms.makeMessage(wish));
  };

  /** What Windows says of a program that carries these, with what is in its stores; and our facts of it. */
  const judge = async (carried: readonly Identity[], ...known: readonly (readonly [Store, Identity])[]) => {
    const bytes = signedWith(...carried);
    const path = 'C:\\Corpus\\two-chains.exe';
    bed().putFile(path, bytes);
    const certificates = [leaf, ...carried].map((each) => each.der.toString('base64'));
    const [signature] = await readSignatures(messageIn(bytes));
    const message = Buffer.from(signature!.message).toString('base64');
    const question = { message, leaf: certificates[0]!, others: certificates, index: 0 };
    const files: TrustJob['files'] = [{ name: 'two', path, signatures: [question] }];
    stores.push(...known);
    const all = [[['machine', 'Root'], root] as const, ...known];
    const report = await asked.ask(files, all.map(([store, { der: each }]) => storeText(store, [each])).join('\n'));
    const judged = judgedIn(report, 'two');
    const facts = await verifySignature(signature!, {
      digest: signature!.digest,
      roots: [],
      machine: chainsIn(judged),
      now: Date.now(),
    });
    await bed().importRegistry(known.map(([store, { der: each }]) => withoutText(store, [each])).join(''));
    return { judged, facts };
  };
  const digest = ({ der: bytes }: Identity): string => cms.hash('sha256', bytes).toString('hex');
  const chainOf = ({ signer }: Judged): readonly string[] =>
    signer.certificates.map((each) => cms.hash('sha256', Buffer.from(each, 'base64')).toString('hex'));
  const everything = ({ leaf: first, issuers, extraCertificates = [] }: SignatureFacts): readonly string[] =>
    [first, ...issuers, ...extraCertificates].map(({ sha256 }) => sha256);

  it('AC-40 is a chain of the one that the file carries, or that Windows has in its place', async () => {
    for (const carried of [one, other]) {
      const { judged, facts } = await judge([carried]);
      expect(judged).toMatchObject({ verdict: { trusted: true }, signer: { endsAtRoot: true } });
      expect(chainOf(judged)).toEqual([digest(leaf), digest(carried), digest(root)]);
      expect(facts.trusted).toBe(true);
      expect(facts.issuers.map(({ sha256 }) => sha256)).toEqual([digest(carried), digest(root)]);
    }
  });

  it('AC-40 shows both to a Deny rule, whichever the file carries and Windows chose', async () => {
    for (const [carried, known] of [
      [one, other],
      [other, one],
    ] as const) {
      const { judged, facts } = await judge([carried], [['machine', 'CA'], known]);
      expect(facts.trusted).toBe(true);
      expect(chainOf(judged).slice(1)).toEqual(facts.issuers.map(({ sha256 }) => sha256));
      expect(everything(facts)).toEqual(expect.arrayContaining([digest(one), digest(other)]));
    }
  });

  it('AC-44 counts neither by the one that is disallowed', async () => {
    for (const carried of [[one], [one, other], [other, one]]) {
      const { judged, facts } = await judge(carried, [['machine', 'Disallowed'], one], [['machine', 'CA'], other]);
      const isTold = facts.issuers.some(({ sha256 }) => sha256 === digest(one));
      expect(judged.verdict.trusted && isTold).toBe(false);
      // Whichever Windows took, the judgement is about that one.
      expect(judged.verdict.trusted).toBe(!chainOf(judged).includes(digest(one)));
      expect(facts.trusted).toBe(judged.verdict.trusted);
    }
  });

  it('AC-43 counts neither by the one that is revoked', async () => {
    for (const carried of [[one], [one, other], [other, one]]) {
      const { judged, facts } = await judge(carried, [['machine', 'CA'], other]);
      const isTold = facts.issuers.some(({ sha256 }) => sha256 === digest(one));
      // Nobody publishes a list for the leaf, so the best there is is unknown.
      expect(judged.verdict.revocation).toBe(isTold ? 'revoked' : 'unknown');
    }
  });
});

function messageIn(bytes: Buffer): Buffer {
  const at = bytes.readUInt32LE(CERTIFICATE_DIRECTORY);
  return bytes.subarray(at + 8, at + bytes.readUInt32LE(at));
}

/** CertificateList of RFC 5280 5.1, that revokes one certificate. */
function revocationList(issuer: Identity, revoked: Identity): Buffer {
  const now = Date.now();
  const day = 24 * 60 * 60_000;
  const algorithm = signatureAlgorithm(issuer.key, 'sha256');
  const list = der.sequence(
    der.integer(1),
    algorithm,
    issuer.name,
    der.utcTime(now - day),
    der.utcTime(now + day),
    der.sequence(der.sequence(der.integer(revoked.serial), der.utcTime(now - day))),
  );
  return der.encode(der.sequence(list, algorithm, der.bits(sign('sha256', der.encode(list), issuer.key))));
}
