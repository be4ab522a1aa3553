import { describe, expect, it } from 'vitest';
import { splitArguments } from '../../../../src/engine/arguments.ts';
import { compile, decide } from '../../../../src/engine/index.ts';
import { DEFAULT_WINDOWS_FOLDERS } from '../../../../src/engine/default-windows-folders.ts';
import type { AuditRecord } from '../../../../src/model/audit-record.ts';
import { sha256, sid } from '../../../../src/model/brands.ts';
import type { FileFacts, InstallerFacts, SignatureFacts } from '../../../../src/model/file-facts.ts';
import type { RuleInput } from '../../../../src/model/rule.ts';
import { newRule, type RuleChoices } from '../../../../src/policy/authoring/new-rule.ts';
import { sourceOfFacts, sourceOfRecord } from '../../../../src/policy/authoring/rule-source.ts';

const LEAF = sha256('c3'.repeat(32));
const SIGNATURE: SignatureFacts = {
  leaf: { sha256: LEAF, subject: 'CN=Vendor\\, Inc.,O=Vendor,C=DE', der: 'AQID' },
  issuers: [],
  trusted: true,
  validNow: true,
  validAtTimestamp: true,
  revocation: 'good',
};
const FACTS: FileFacts = {
  path: 'C:\\Program Files\\Vendor\\tool.exe',
  folder: 'C:\\Program Files\\Vendor',
  name: 'tool.exe',
  type: 'exe',
  refusal: undefined,
  size: 1,
  sha256: sha256('a1'.repeat(32)),
  fixedVersion: [2, 1, 0, 7],
  productName: ' Tool ',
  internalName: 'tool',
  fileDescription: '',
  signatures: [SIGNATURE],
};
const CHOICES: RuleChoices = { type: 'userConfirmed', identity: 'hash', samePath: true };

function decideFor(rule: RuleInput, facts: FileFacts, vector: readonly string[] = []): string {
  const compiled = compile(
    [{ id: 'p', scope: { kind: 'device' }, settings: { enabled: true }, rules: [rule], rejected: [] }],
    {
      machine: DEFAULT_WINDOWS_FOLDERS,
    },
  );
  const requester = { sid: sid('S-1-5-21-1-2-3-1001'), isAdministrator: false, isElevatedByEpm: false };
  return decide(compiled, { trigger: 'userInitiated', requester, arguments: vector, time: 0, zoneOffset: 0 }, facts, {})
    .outcome;
}

describe('a rule from a package', () => {
  const package_ = (installer: Partial<InstallerFacts>): FileFacts => ({
    ...FACTS,
    path: 'C:\\Setups\\setup.msi',
    name: 'setup.msi',
    type: 'msi',
    installer: { summary: {}, textsSigned: false, ...installer },
  });

  it('by publisher names the texts that the signature covers', () => {
    const signed = package_({ textsSigned: true });
    const { rule } = newRule(sourceOfFacts(signed), { ...CHOICES, identity: 'publisher', samePath: false });
    expect(rule).toMatchObject({ productName: 'Tool', minimumVersion: '2.1.0.7', certificate: { sha256: LEAF } });
    expect(decideFor(rule, signed)).toBe('needs');
    expect(decideFor(rule, package_({}))).toBe('denied');
  });

  it('by publisher is not made where the signature does not cover the texts, or nobody knows', () => {
    const choices: RuleChoices = { ...CHOICES, identity: 'publisher' };
    const record = {
      sequence: 1,
      filePath: 'C:\\Setups\\setup.MSI',
      certificatePayload: LEAF,
      productName: 'Tool',
    } as unknown as AuditRecord;
    for (const source of [sourceOfFacts(package_({})), sourceOfRecord(record)]) {
      expect(() => newRule(source, choices)).toThrow(/is not known to cover its product name and version/);
    }
  });

  it('by publisher that denies leaves the texts out, which would fit anyway', () => {
    const { rule } = newRule(sourceOfFacts(package_({})), { ...CHOICES, type: 'deny', identity: 'publisher' });
    expect(Object.keys(rule).sort()).toEqual(['certificate', 'fileName', 'filePath', 'name', 'type']);
  });

  it('AC-49 is not automatic where payload lies beside it', () => {
    const beside = package_({ externalFiles: { cabinets: ['a.cab'], cabinetCount: 1, uncompressed: false } });
    expect(() => newRule(sourceOfFacts(beside), { ...CHOICES, type: 'automatic' })).toThrow(
      /no Automatic rule takes it/,
    );
    expect(newRule(sourceOfFacts(beside), CHOICES).rule.fileHash).toBe(FACTS.sha256);
  });
});

describe('a rule from a file', () => {
  it('by hash names content, name and folder, and elevates this file', () => {
    const { rule, certificate } = newRule(sourceOfFacts(FACTS), CHOICES);
    expect(rule).toEqual({
      name: 'tool.exe',
      type: 'userConfirmed',
      fileName: 'tool.exe',
      filePath: 'C:\\Program Files\\Vendor',
      fileHash: FACTS.sha256,
    });
    expect(certificate).toBeUndefined();
    expect(decideFor(rule, FACTS)).toBe('needs');
    expect(decideFor(rule, { ...FACTS, sha256: sha256('a2'.repeat(32)) })).toBe('denied');
  });

  it('by publisher takes everything that the signature covers, and carries the certificate', () => {
    const { rule, certificate } = newRule(sourceOfFacts(FACTS), { ...CHOICES, identity: 'publisher', samePath: false });
    expect(rule).toEqual({
      name: 'tool.exe',
      type: 'userConfirmed',
      fileName: 'tool.exe',
      certificate: { type: 'publisher', sha256: LEAF },
      minimumVersion: '2.1.0.7',
      productName: 'Tool',
      internalName: 'tool',
    });
    expect(certificate).toEqual({ name: 'Vendor, Inc.', sha256: LEAF, der: 'AQID' });
    expect(decideFor(rule, FACTS)).toBe('needs');
    expect(decideFor(rule, { ...FACTS, fixedVersion: [2, 0, 0, 0] })).toBe('denied');
  });

  it('takes the choices of type, validation, child processes and name', () => {
    const { rule } = newRule(sourceOfFacts(FACTS), {
      ...CHOICES,
      name: 'Tool',
      validations: ['justification'],
      childProcesses: 'allow',
    });
    expect(rule).toMatchObject({ name: 'Tool', validations: ['justification'], childProcesses: 'allow' });
    expect(
      newRule(sourceOfFacts(FACTS), { ...CHOICES, type: 'deny', childProcesses: 'allow' }).rule,
    ).not.toHaveProperty('childProcesses');
  });

  it.each([
    ['no signature', []],
    ['only one that does not hold', [{ ...SIGNATURE, trusted: false, faults: ['digestMismatch' as const] }]],
  ])('is not made by publisher when there is %s', (_what, signatures) => {
    const source = sourceOfFacts({ ...FACTS, signatures });
    expect(() => newRule(source, { ...CHOICES, identity: 'publisher' })).toThrowError(
      expect.objectContaining({ code: 'EPM_RULE_SOURCE' }),
    );
  });

  it('at the root of a drive keeps its path', () => {
    const source = sourceOfFacts({ ...FACTS, path: 'D:\\tool.exe', folder: 'D:\\' });
    expect(newRule(source, CHOICES).rule.filePath).toBe('D:\\');
  });
});

describe('a rule from facts', () => {
  it.each([{ originalName: 'Cmd.Exe' }, { internalName: 'pwsh.dll' }])(
    'knows a renamed interpreter by %j',
    (resource) => {
      const source = sourceOfFacts({ ...FACTS, ...resource });
      expect(() => newRule(source, CHOICES)).toThrow(/runs what its arguments say/);
      const { rule } = newRule(source, { ...CHOICES, arguments: ['/c', 'a b'] });
      expect(rule.arguments).toEqual(['/c "a b"']);
      expect(decideFor(rule, { ...FACTS, ...resource })).toBe('denied');
      expect(decideFor(rule, { ...FACTS, ...resource }, ['/c', 'a b'])).toBe('needs');
    },
  );

  it.each<[string, Partial<FileFacts>]>([
    ['is malformed', { refusal: { reason: 'malformed', message: 'Its content is broken.' } }],
    ['is none of the three types', { type: undefined }],
    ['has an invisible character in its name', { name: '\u200btool.exe' }],
  ])('is not made for one that %s, which nothing elevates', (_what, refused) => {
    expect(() => sourceOfFacts({ ...FACTS, ...refused })).toThrow(/is refused whatever a rule says/);
  });

  it('is made for one that is refused only where it is', () => {
    const refusal = { reason: 'networkFile', message: 'It is on another machine.' } as const;
    expect(newRule(sourceOfFacts({ ...FACTS, refusal }), CHOICES).rule.fileHash).toBe(FACTS.sha256);
  });

  it.each([
    ['names a release', { productName: 'Tool 2.1' }, 'productName'],
    ['names a release by a letter', { fileDescription: 'Tool v3' }, 'fileDescription'],
    ['names a year', { productName: 'Tool 2024' }, 'productName'],
    ['names the version', { internalName: 'Tool 2' }, 'internalName'],
  ])('leaves out a text that %s, and says so', (_what, text, name) => {
    const made = newRule(sourceOfFacts({ ...FACTS, ...text }), { ...CHOICES, identity: 'publisher' });
    expect(made.rule).not.toHaveProperty(name);
    expect(made.notes).toEqual([expect.stringContaining(`${name} "`)]);
    const next: FileFacts = { ...FACTS, ...text, [name]: 'Tool 3.0', fixedVersion: [3, 0, 0, 0] };
    expect(decideFor(made.rule, next)).toBe('needs');
  });

  it('says of a certificate for three days that the next release has another', () => {
    const leaf = { ...SIGNATURE.leaf, notBefore: 0, notAfter: 3 * 86_400_000 };
    const made = newRule(sourceOfFacts({ ...FACTS, signatures: [{ ...SIGNATURE, leaf }] }), {
      ...CHOICES,
      identity: 'publisher',
    });
    expect(made.notes).toEqual([expect.stringContaining('is valid for 3 days')]);
  });

  it('keeps texts with numbers that are part of a name', () => {
    const texts = { productName: '7-Zip', fileDescription: 'Win32 x64 Tool', internalName: 'v2ray' };
    const made = newRule(sourceOfFacts({ ...FACTS, ...texts, fixedVersion: [23, 1, 0, 0] }), {
      ...CHOICES,
      identity: 'publisher',
    });
    expect(made.rule).toMatchObject({ productName: '7-Zip', fileDescription: 'Win32 x64 Tool' });
  });

  it('that denies by publisher takes older versions too, and a signature that counts for nothing else', () => {
    const weak = { ...SIGNATURE, trusted: false, digestAlgorithm: 'sha1' as const, faults: ['weakDigest' as const] };
    const source = sourceOfFacts({ ...FACTS, signatures: [weak] });
    const choices: RuleChoices = { ...CHOICES, identity: 'publisher' };
    expect(() => newRule(source, choices)).toThrow(/no signature that counts: it uses SHA-1, which can be forged/);
    const { rule } = newRule(source, { ...choices, type: 'deny' });
    expect(rule.certificate).toEqual({ type: 'publisher', sha256: LEAF });
    expect(rule.minimumVersion).toBeUndefined();
  });

  it.each([
    ['a name of another type', { ...FACTS, path: 'C:\\a\\readme.txt' }, CHOICES],
    ['a network path', { ...FACTS, path: '\\\\server\\share\\tool.exe' }, CHOICES],
    ['a name with control characters', FACTS, { ...CHOICES, name: 'a\u001b[31m' }],
    [
      'a product with control characters',
      { ...FACTS, productName: 'a\u0007b' },
      { ...CHOICES, identity: 'publisher' as const },
    ],
  ])('is refused for %s, which the agent would reject', (_what, facts, choices) => {
    expect(() => newRule(sourceOfFacts(facts), choices)).toThrowError(
      expect.objectContaining({ code: 'EPM_RULE_SOURCE' }),
    );
  });

  it('leaves out a version that no rule may have', () => {
    const { fixedVersion: _, ...rest } = FACTS;
    const made = newRule(sourceOfFacts({ ...rest, fileVersionText: '70000.1' }), { ...CHOICES, identity: 'publisher' });
    expect(made.rule.minimumVersion).toBeUndefined();
    expect(decideFor(made.rule, FACTS)).toBe('needs');
  });
});

describe('a rule from an audit record', () => {
  const record = {
    sequence: 7,
    event: 'elevationDenied',
    filePath: 'C:\\Windows\\System32\\cmd.exe',
    hash: 'a1'.repeat(32),
    arguments: ['/c', 'echo "a b"', ''],
    certificatePayload: LEAF,
  } as unknown as AuditRecord;

  it('for an interpreter always lists the command line, split back into the same arguments', () => {
    const { rule } = newRule(sourceOfRecord(record), CHOICES);
    expect(rule.arguments).toHaveLength(1);
    expect(splitArguments(rule.arguments?.[0] ?? '')).toEqual(record.arguments);
    const facts: FileFacts = {
      ...FACTS,
      path: record.filePath ?? '',
      folder: 'C:\\Windows\\System32',
      name: 'cmd.exe',
    };
    expect(decideFor(rule, facts, record.arguments)).toBe('needs');
    expect(decideFor(rule, facts, ['/c', 'calc'])).toBe('denied');
    expect(decideFor(rule, facts)).toBe('denied');
  });

  it('that denies an interpreter denies every command line of it', () => {
    const { rule } = newRule(sourceOfRecord(record), { ...CHOICES, type: 'deny' });
    expect(rule.arguments).toBeUndefined();
    const facts: FileFacts = {
      ...FACTS,
      path: record.filePath ?? '',
      folder: 'C:\\Windows\\System32',
      name: 'cmd.exe',
    };
    expect(decideFor(rule, facts, ['/c', 'calc'])).toBe('denied');
    expect(
      newRule(sourceOfRecord(record), { ...CHOICES, type: 'deny', sameArguments: true }).rule.arguments,
    ).toHaveLength(1);
  });

  it('knows the publisher by the digest of the certificate', () => {
    expect(newRule(sourceOfRecord(record), { ...CHOICES, identity: 'publisher' }).rule.certificate).toEqual({
      type: 'publisher',
      sha256: LEAF,
    });
  });

  it('is refused when the record is about no file', () => {
    const started = { sequence: 1, event: 'agentStarted' } as unknown as AuditRecord;
    expect(() => sourceOfRecord(started)).toThrowError(expect.objectContaining({ code: 'EPM_RULE_SOURCE' }));
  });
});
