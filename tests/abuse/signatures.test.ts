/** What a stranger can do to a signature, and what comes of it in the decision about the file. */
import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import { compile, decide } from '../../src/engine/index.ts';
import { MalformedContent } from '../../src/facts/malformed.ts';
import type { SignatureFacts } from '../../src/model/file-facts.ts';
import type { RuleInput } from '../../src/model/rule.ts';
import { caseOf } from '../compliance/row.ts';
import { corpusGaps, corpusIdentities, signedCorpus, whyNoCorpus, type CorpusFile } from '../corpus/index.ts';
import { judge, judgeCatalog, judgeFile } from '../corpus/judge.ts';
import * as der from '../corpus/der.ts';
import { hash } from '../corpus/cms.ts';
import { CORPUS_NOW, makeCertificate } from '../corpus/pki.ts';
import { flip, messageOf, withMessage } from '../corpus/programs.ts';
import { MACHINE } from '../fuzz/engine-case.ts';
import { inspectExecutable, readSignatures, verifySignature } from '../corpus/readers.ts';
import { CA, FILE, LEAF, message, ROOT } from '../unit/facts/authenticode/people.ts';

const reason = whyNoCorpus();

describe.skipIf(reason !== undefined)(reason === undefined ? 'signatures' : `skipped: ${reason}`, () => {
  const files = new Map<string, CorpusFile>();
  let gaps: readonly string[] = [];
  let names: Readonly<Record<string, string>> = {};
  beforeAll(async () => {
    for (const file of await signedCorpus()) files.set(file.name, file);
    gaps = (await corpusGaps()).map(({ name }) => name);
    names = await corpusIdentities();
  });

  const signaturesOf = (name: string): Promise<SignatureFacts[]> => {
    const { path, type, roots } = files.get(name)!;
    return judgeFile(path, type as 'exe', { roots });
  };
  const rule = (type: 'publisher' | 'issuingAuthority', who: string, more: Partial<RuleInput> = {}): RuleInput => ({
    name: 'rule',
    type: 'userConfirmed',
    fileName: 'app.exe',
    certificate: { type, sha256: names[who]! },
    ...more,
  });
  /** What the engine decides about a program with these signatures under one rule. */
  const outcomeOf = (signatures: readonly SignatureFacts[], one: RuleInput): string => {
    const { request, facts } = caseOf();
    const policy = { id: 'p', scope: { kind: 'device' }, settings: {}, rules: [one], rejected: [] } as const;
    return decide(compile([policy], { machine: MACHINE }), request, { ...facts, signatures }).outcome;
  };
  const isMatched = async (name: string, one: RuleInput): Promise<boolean> => {
    const outcome = outcomeOf(await signaturesOf(name), one);
    expect(['needs', 'denied']).toContain(outcome);
    return outcome === 'needs';
  };

  describe('AC-40 a certificate of the same name', () => {
    it('AC-40 never fits a rule for the real publisher or authority', async () => {
      for (const name of [
        'same-name-self-signed',
        'same-name-other-root',
        'same-name-no-chain',
        'same-name-real-authority',
      ]) {
        const [facts] = await signaturesOf(name);
        expect(facts).toMatchObject({ trusted: false, leaf: { subject: 'CN=EPM Test Publisher,O=EPM Tests,C=DE' } });
        expect(await isMatched(name, rule('publisher', 'leaf')), name).toBe(false);
        expect(await isMatched(name, rule('issuingAuthority', 'ca')), name).toBe(false);
        expect(await isMatched(name, rule('issuingAuthority', 'root')), name).toBe(false);
      }
      expect(await isMatched('signed', rule('publisher', 'leaf'))).toBe(true);
      expect(await isMatched('signed', rule('issuingAuthority', 'ca'))).toBe(true);
    });

    it('AC-40 does not fit a rule for itself either, while its root is not trusted', async () => {
      expect(await isMatched('same-name-self-signed', rule('publisher', 'selfSigned'))).toBe(false);
      expect(await isMatched('same-name-other-root', rule('publisher', 'otherLeaf'))).toBe(false);
    });

    it('AC-40 the certificate of an authority put into a signed file makes it no file of that authority', async () => {
      expect(await isMatched('extra-certificate', rule('issuingAuthority', 'otherRoot'))).toBe(false);
      expect(await isMatched('extra-certificate', rule('publisher', 'leaf'))).toBe(true);
    });

    it('AC-40 is denied by a Deny rule for it, however bad it is', async () => {
      const deny: Partial<RuleInput> = { type: 'deny' };
      for (const [name, who] of [
        ['same-name-self-signed', 'selfSigned'],
        ['same-name-other-root', 'otherCa'],
        ['same-name-other-root', 'otherRoot'],
        ['expired', 'expired'],
        ['weak-md5', 'ca'],
      ] as const) {
        expect(outcomeOf(await signaturesOf(name), rule('publisher', who, deny)), name).toBe('denied');
      }
    });
  });

  describe('AC-41 data that no signature covers', () => {
    it.each(['padded', 'overlaid'])('AC-41 a program that is %s is refused with the place', async (name) => {
      const bytes = readFileSync(files.get(name)!.path);
      const source = { size: bytes.length, read: (at: number, length: number) => bytes.subarray(at, at + length) };
      const error: unknown = await inspectExecutable(source).catch((cause: unknown) => cause);
      expect(error).toBeInstanceOf(MalformedContent);
      expect((error as MalformedContent).place).toMatch(/offset 0x[0-9a-f]+$/);
    });

    it('AC-41 bytes after the end of a script signature or an installer are never trusted', async () => {
      const more = Buffer.from('PK\x03\x04 appended archive');
      for (const name of ['script', 'installer', 'signed'].filter((each) => !gaps.includes(each))) {
        const { path, type, roots } = files.get(name)!;
        const appended = Buffer.concat([readFileSync(path), more]);
        const facts = await judge(appended, type as 'exe', { roots }).catch((error: unknown) => {
          expect(error).toBeInstanceOf(MalformedContent);
          return [];
        });
        expect(
          facts.some(({ trusted }) => trusted),
          name,
        ).toBe(false);
      }
    });
  });

  describe('AC-42 bytes changed after signing', () => {
    it.each(['tampered-header', 'tampered-section', 'tampered-signature', 'tampered-content'])(
      'AC-42 %s fits no rule for the publisher',
      async (name) => {
        expect(await isMatched(name, rule('publisher', 'leaf'))).toBe(false);
      },
    );

    it('AC-42 the checksum field, which signing itself changes, is not covered', async () => {
      expect(await isMatched('tampered-checksum', rule('publisher', 'leaf'))).toBe(true);
    });

    it('AC-42 a catalog vouches for the files it lists and for no other', async () => {
      const { path, roots } = files.get('unsigned')!;
      const catalog = readFileSync(files.get('catalog')!.path);
      const listed = await judgeCatalog(catalog, readFileSync(path), { roots });
      expect(outcomeOf([listed], rule('publisher', 'leaf'))).toBe('needs');
      for (const at of [0x48, 0x600]) {
        const other = await judgeCatalog(catalog, flip(readFileSync(path), at), { roots });
        expect(outcomeOf([other], rule('publisher', 'leaf'))).toBe('denied');
      }
    });
  });

  describe('AC-43 a certificate outside of its time, and revocation that nobody could ask for', () => {
    it('AC-43 an expired or future certificate fits nothing, and says which of the two it is', async () => {
      for (const [name, who, fault] of [
        ['expired', 'expired', 'expired'],
        ['not-yet-valid', 'future', 'notYetValid'],
        ['expired-authority', 'underExpired', 'expired'],
      ] as const) {
        expect((await signaturesOf(name))[0]).toMatchObject({ validNow: false, faults: [fault] });
        expect(await isMatched(name, rule('publisher', who))).toBe(false);
        expect(await isMatched(name, rule('publisher', who, { acceptTimestamped: true }))).toBe(false);
      }
    });

    it('AC-43 a timestamp helps unless policy forbids it, and only a good one', async ({ skip }) => {
      if (gaps.includes('expired-timestamped')) skip('this osslsigncode has no timestamp authority of its own');
      const accepting = rule('publisher', 'expired', { acceptTimestamped: true });
      for (const name of ['expired-timestamped', 'expired-token', 'expired-countersigned']) {
        expect(await isMatched(name, rule('publisher', 'expired')), name).toBe(true);
        expect(await isMatched(name, rule('publisher', 'expired', { acceptTimestamped: false })), name).toBe(false);
        expect(await isMatched(name, accepting), name).toBe(true);
      }
      for (const name of [
        'expired-timestamped-late',
        'timestamp-of-other-bytes',
        'timestamp-untrusted',
        'timestamp-by-publisher',
        'timestamp-by-expired',
        'timestamp-weak',
        'countersigned-other-bytes',
      ]) {
        expect(await isMatched(name, accepting), name).toBe(false);
      }
      const lifetime = rule('publisher', 'lifetime', { acceptTimestamped: true });
      expect(await isMatched('lifetime-timestamped', lifetime)).toBe(false);
    });

    it('AC-43 revocation is unknown from bytes alone, and so an Automatic rule does not match', async () => {
      const signatures = await signaturesOf('signed');
      expect(signatures[0]?.revocation).toBe('unknown');
      const automatic = rule('publisher', 'leaf', { type: 'automatic' });
      expect(outcomeOf(signatures, automatic)).toBe('denied');
      const good = signatures.map((one) => ({ ...one, revocation: 'good' as const }));
      expect(outcomeOf(good, automatic)).toBe('elevate');
      const revoked = signatures.map((one) => ({ ...one, revocation: 'revoked' as const }));
      expect(outcomeOf(revoked, rule('publisher', 'leaf'))).toBe('denied');
    });
  });

  describe('AC-45 weak digests, and a second signature by a stranger', () => {
    it.each(['weak-md5', 'weak-sha1'])('AC-45 %s fits no rule', async (name) => {
      expect(await isMatched(name, rule('publisher', 'leaf'))).toBe(false);
      expect(await isMatched(name, rule('issuingAuthority', 'ca'))).toBe(false);
    });

    it.each([
      ['weak-certificate', 'weakLeaf'],
      ['authority-weak', 'underWeak'],
    ])('AC-45 %s: a certificate signed with SHA-1 fits no rule', async (name, who) => {
      expect(await isMatched(name, rule('publisher', who))).toBe(false);
    });

    it('AC-45 the stronger of two signatures counts', async () => {
      expect(await isMatched('nested', rule('publisher', 'leaf'))).toBe(true);
    });

    it('AC-45 a signature of a stranger neither earns the stranger a rule nor spoils the good one', async () => {
      for (const [name, stranger] of [
        ['nested-by-stranger', 'otherLeaf'],
        ['nested-in-stranger', 'selfSigned'],
      ] as const) {
        expect(await isMatched(name, rule('publisher', stranger)), name).toBe(false);
        expect(await isMatched(name, rule('publisher', 'leaf')), name).toBe(true);
      }
    });
  });

  describe('AC-40 an authority with two certificates of one key', () => {
    const digest = (certificate: { readonly der: Uint8Array }): string =>
      hash('sha256', certificate.der).toString('hex');
    const other = makeCertificate({
      commonName: 'CA',
      authority: true,
      kind: 'ec',
      issuer: ROOT,
      keyOf: CA,
      serial: 2,
    });
    /** The file carries CA; Windows made its chain of this one, and knows the other. */
    const judgedBy = async (used: { readonly der: Uint8Array }, alternatives: readonly Uint8Array[] = []) => {
      const [signature] = await readSignatures(message());
      const signer = { certificates: [LEAF.der, used.der, ROOT.der], endsAtRoot: true };
      const machine = { signer, alternatives, timestamps: [] };
      return [await verifySignature(signature!, { digest: hash('sha256', FILE), roots: [], machine, now: CORPUS_NOW })];
    };
    const authority = (certificate: { readonly der: Uint8Array }, more: Partial<RuleInput> = {}): RuleInput =>
      rule('issuingAuthority', 'ca', {
        certificate: { type: 'issuingAuthority', sha256: digest(certificate) },
        ...more,
      });

    it('AC-40 fits a rule for the one that Windows judged, and none for the one that it did not', async () => {
      const signatures = await judgedBy(other);
      expect(outcomeOf(signatures, authority(other))).toBe('needs');
      expect(outcomeOf(signatures, authority(CA))).toBe('denied');
    });

    it('AC-40 is denied by either, whichever the file carries and Windows used', async () => {
      for (const signatures of [await judgedBy(other), await judgedBy(CA, [other.der])]) {
        for (const denied of [CA, other]) {
          expect(outcomeOf(signatures, authority(denied, { type: 'deny' }))).toBe('denied');
        }
      }
    });
  });

  it('AC-42 a certificate that cannot be read and that nobody needs refuses no file, and is denied', async () => {
    const { path, roots } = files.get('signed')!;
    const bytes = readFileSync(path);
    const odd: der.Node = { tag: 0x30, value: Buffer.from('0281020102', 'hex') };
    const changed = der.change(der.parsePadded(messageOf(bytes)), [1, 0, 3], (bag) => ({
      tag: bag.tag,
      value: [...der.inside(bag), odd],
    }));
    const signatures = await judge(withMessage(bytes, der.encode(changed)), 'exe', { roots });
    expect(outcomeOf(signatures, rule('publisher', 'leaf'))).toBe('needs');
    const certificate = { type: 'publisher', sha256: hash('sha256', der.encode(odd)).toString('hex') } as const;
    expect(outcomeOf(signatures, rule('publisher', 'leaf', { type: 'deny', certificate }))).toBe('denied');
  });

  it('AC-46 texts of a version resource count for nothing without the signature of the publisher', async () => {
    const copied = { productName: 'Product', internalName: 'product' };
    const { request, facts } = caseOf({ facts: copied });
    const decided = (signatures: readonly SignatureFacts[], one: RuleInput) => {
      const policy = { id: 'p', scope: { kind: 'device' }, settings: {}, rules: [one], rejected: [] } as const;
      return decide(compile([policy], { machine: MACHINE }), request, { ...facts, signatures }).outcome;
    };
    const both = rule('publisher', 'leaf', copied);
    expect(decided(await signaturesOf('unsigned'), both)).toBe('denied');
    expect(decided(await signaturesOf('same-name-self-signed'), both)).toBe('denied');
    expect(decided(await signaturesOf('signed'), both)).toBe('needs');
    const { certificate: _, ...alone } = both;
    expect(decided(await signaturesOf('signed'), alone)).toBe('denied');
  });
});
