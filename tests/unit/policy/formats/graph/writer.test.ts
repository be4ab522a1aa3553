import { placeText } from '../../../../../src/model/diagnostic.ts';
import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { foldCase } from '../../../../../src/text/compare.ts';
import { sha256 } from '../../../../../src/model/brands.ts';
import { isEpmError } from '../../../../../src/model/errors.ts';
import type { PolicyCertificate, PolicyDocument } from '../../../../../src/model/policy.ts';
import type { RuleInput } from '../../../../../src/model/rule.ts';
import type { SettingsInput } from '../../../../../src/model/settings.ts';
import { readGraph, writeGraph } from '../../../../../src/policy/formats/graph/index.ts';
import { CERTIFICATES } from '../../../../compliance/graph-shorthand.ts';
import { CLIENT_CATALOG, RULE_CATALOG, TEMPLATE_CATALOG } from './catalog.ts';

const HASH = 'a'.repeat(64);
const RULE = 'device_vendor_msft_policy_privilegemanagement_elevationrules_{elevationrulename}';
const certificates: readonly PolicyCertificate[] = CERTIFICATES.map((der) => {
  const digest = sha256(createHash('sha256').update(Buffer.from(der, 'base64')).digest('hex'));
  return { name: digest, sha256: digest, der };
});
const [first] = certificates;
if (first === undefined) throw new Error('The tests have no certificate.');

const document = (more: Partial<PolicyDocument>): PolicyDocument => ({
  id: 'policy',
  scope: { kind: 'device' },
  rules: [],
  rejected: [],
  ...more,
});
const rule = (more: Partial<RuleInput> = {}): RuleInput => ({
  name: 'rule',
  type: 'userConfirmed',
  fileName: 'app.exe',
  fileHash: HASH,
  ...more,
});

interface Json {
  readonly [name: string]: Json;
}
const parsed = (policy: PolicyDocument): Json => JSON.parse(Buffer.from(writeGraph(policy).bytes).toString()) as Json;

/** Every object of a Graph file that has the name. */
function objectsWith(value: unknown, name: string): Json[] {
  if (typeof value !== 'object' || value === null) return [];
  const inner = Object.values(value).flatMap((member) => objectsWith(member, name));
  return name in value ? [value as Json, ...inner] : inner;
}

/** Rules, settings and certificates of every policy of what was written. */
function throughGraph(policy: PolicyDocument): {
  rules: readonly RuleInput[];
  settings: readonly SettingsInput[];
  certificates: readonly PolicyCertificate[];
  reports: readonly unknown[];
} {
  const written = writeGraph(policy);
  const { policies, problems } = readGraph(written.bytes, {});
  expect(problems).toEqual([]);
  expect(policies.flatMap((file) => [...file.problems, ...file.rejected])).toEqual([]);
  return {
    rules: policies.flatMap(({ rules }) => rules),
    settings: policies.flatMap(({ settings }) => settings ?? []),
    certificates: policies.flatMap((file) => file.certificates ?? []),
    reports: [...written.rules, ...written.problems],
  };
}

describe('a policy written for Graph', () => {
  it('leaves out a rule of certain hours, which would hold at every time there, and a Deny denies more', () => {
    const hours = { activeFrom: '2026-12-01', activeUntil: '2026-12-24', activeHours: ['Mon-Fri'] };
    const { rules, reports } = throughGraph(
      document({ rules: [rule({ name: 'Some', ...hours }), rule({ name: 'No', type: 'deny', activeHours: ['Sat'] })] }),
    );
    expect(rules.map(({ name, activeHours }) => [name, activeHours])).toEqual([['No', undefined]]);
    const text = JSON.stringify(reports);
    for (const name of Object.keys(hours)) expect(text).toContain(`Graph has no \\"${name}\\"`);
    expect(text).toContain('a rule holds at every time there');
  });

  it('has the shape of a configuration policy', () => {
    const policy = parsed(document({ rules: [rule()] }));
    expect(policy).toMatchObject({
      name: 'policy',
      platforms: 'windows10',
      technologies: 'endpointPrivilegeManagement',
      settingCount: 1,
      templateReference: {
        templateId: 'cff02aad-51b1-498d-83ad-81161a393f56_1',
        templateFamily: 'endpointSecurityEndpointPrivilegeManagement',
      },
      settings: [
        {
          settingInstance: {
            '@odata.type': '#microsoft.graph.deviceManagementConfigurationGroupSettingCollectionInstance',
            settingDefinitionId: RULE,
            settingInstanceTemplateReference: { settingInstanceTemplateId: 'ee3d2e5f-6b3d-4cb1-af9b-37b02d3dbae2' },
          },
        },
      ],
    });
    expect(policy).not.toHaveProperty('id');
  });

  it('has template ids in the first rule only, and no other than the known ones', () => {
    const all: RuleInput = {
      ...rule(),
      description: 'd',
      filePath: 'C:\\A',
      minimumVersion: '1',
      fileDescription: 'f',
      productName: 'p',
      internalName: 'i',
      childProcesses: 'allow',
      certificate: { type: 'publisher', sha256: first.sha256 },
      arguments: ['/a'],
    };
    const policy = parsed(document({ certificates, rules: [all, { ...all, name: 'second' }] }));
    const groups = policy['settings']?.[0]?.['settingInstance']?.['groupSettingCollectionValue'];
    const templates = (group: unknown): Record<string, unknown> =>
      Object.fromEntries(
        objectsWith(group, 'settingInstanceTemplateReference').flatMap((instance) => {
          const value = objectsWith(instance, 'settingValueTemplateReference')[0]?.['settingValueTemplateReference'];
          const instanceId = instance['settingInstanceTemplateReference']?.['settingInstanceTemplateId'];
          if (instanceId === undefined) return [];
          return [
            [
              String(instance['settingDefinitionId']).slice(RULE.length),
              [instanceId, value?.['settingValueTemplateId']],
            ],
          ];
        }),
      );
    const { _enableepm, ...known } = TEMPLATE_CATALOG;
    expect(templates(groups?.[0])).toEqual(known);
    expect(templates(groups?.[1])).toEqual({});
    expect(Object.keys(groups?.[1] ?? {})).toEqual(['settingValueTemplateReference', 'children']);
  });

  it('uses only settings and options that the catalog has', () => {
    const types = ['automatic', 'userConfirmed', 'currentUser', 'supportApproved', 'deny'] as const;
    const rules = types.map((type) =>
      rule({
        name: type,
        type,
        validations: ['justification', 'authentication'],
        childProcesses: 'allow',
        arguments: [],
      }),
    );
    const settings: SettingsInput = {
      enabled: true,
      defaultElevationResponse: 'requireUserConfirmation',
      defaultValidations: ['justification', 'authentication'],
      allowElevationDetection: false,
      sendData: true,
      reportingScope: 'managedElevations',
    };
    const known = new Set([
      RULE,
      ...Object.entries(RULE_CATALOG).flatMap(([id, options]) => [id, ...options].map((suffix) => RULE + suffix)),
      ...Object.entries(CLIENT_CATALOG).flatMap(([id, options]) => [id, ...options.map((suffix) => id + suffix)]),
    ]);
    const file = parsed(document({ rules, settings }));
    const ids = objectsWith(file, 'settingDefinitionId').map((instance) => String(instance['settingDefinitionId']));
    const options = objectsWith(file, 'choiceSettingValue').map((each) =>
      String(each['choiceSettingValue']?.['value']),
    );
    expect(ids.length).toBeGreaterThan(30);
    for (const id of [...ids, ...options]) expect(known).toContain(id);
  });

  it('gives the whole policy back', () => {
    const rules: RuleInput[] = [
      rule({ validations: ['justification'], childProcesses: 'requireRule', arguments: [] }),
      rule({ name: 'b', type: 'currentUser', validations: ['justification', 'authentication'] }),
      rule({ name: 'c', certificate: { type: 'issuingAuthority', sha256: first.sha256 } }),
      { name: 'd', type: 'deny', filePath: 'C:\\A', arguments: ['/x "a b"', '/y'] },
    ];
    const settings: SettingsInput = { enabled: true, sendData: true, reportingScope: 'diagnosticOnly' };
    expect(throughGraph(document({ rules, settings, certificates }))).toEqual({
      rules,
      settings: [settings],
      certificates: [first],
      reports: [],
    });
  });

  it('is one object when it is one policy, and a list of named ones when it is several', () => {
    const rules = Array.from({ length: 201 }, (_, index) => rule({ name: `rule ${index}` }));
    const file = parsed(document({ rules, settings: { enabled: true } })) as unknown as readonly Json[];
    expect(file.map((policy) => policy['name'])).toEqual([
      'policy (settings)',
      'policy (rules 1 of 3)',
      'policy (rules 2 of 3)',
      'policy (rules 3 of 3)',
    ]);
    expect(parsed(document({ settings: { enabled: false } }))).toMatchObject({
      name: 'policy',
      templateReference: { templateId: 'e7dcaba4-959b-46ed-88f0-16ba39b14fd8_1' },
      technologies: 'mdm,endpointPrivilegeManagement',
    });
  });

  it('is refused when there is nothing to write', () => {
    for (const policy of [document({}), document({ rules: [rule({ requireArguments: true })] })]) {
      try {
        writeGraph(policy);
        expect.unreachable();
      } catch (error) {
        expect(isEpmError(error) && error.code).toBe('EPM_POLICY_INVALID');
      }
    }
  });
});

describe('what Graph has no place for', () => {
  const reports = (...rules: RuleInput[]): unknown => {
    const written = writeGraph(document({ rules: [...rules, rule({ name: 'other' })] }));
    return written.rules.map(({ name, outcome, reasons }) => [
      name,
      outcome,
      ...reasons.map(({ code, place }) => `${code} ${placeText(place)}`),
    ]);
  };
  const names = (...rules: RuleInput[]): readonly string[] =>
    throughGraph(document({ rules: [...rules, rule({ name: 'other' })] })).rules.map(({ name }) => name);

  const SHA384 = 'b'.repeat(96);
  it.each<[string, Partial<RuleInput>, ...string[]]>([
    ['requireArguments', { requireArguments: true }, 'leftOut /rules/0/requireArguments'],
    ['an interpreter with a list', { fileName: 'cmd.exe', arguments: ['/c x'] }, 'leftOut /rules/0/arguments'],
    ['an interpreter with a blank list', { internalName: 'pwsh.dll', arguments: [' '] }, 'leftOut /rules/0/arguments'],
    ['an automatic interpreter', { type: 'automatic', fileName: 'Python.exe' }, 'leftOut /rules/0/fileName'],
    ['an interpreter by pattern', { fileName: 'power*.exe' }, 'leftOut /rules/0/fileName'],
    ['both', { fileName: 'cmd.exe', arguments: ['/c x'], requireArguments: true }, 'requireArguments', 'arguments'],
  ])('leaves out a rule that would be looser there: %s', (_, more, ...places) => {
    const at = places.map((place) => (place.includes(' ') ? place : `leftOut /rules/0/${place}`));
    expect(reports(rule(more))).toEqual([['rule', 'rejected', ...at]]);
    expect(names(rule(more))).toEqual(['other']);
    const asked = writeGraph(document({ rules: [rule(more)] }), { allowLooser: true });
    expect(asked.rules).toMatchObject([
      {
        outcome: 'importedWithWarnings',
        reasons: at.map((place) => ({ code: 'looser', place: { pointer: place.slice(8) } })),
      },
    ]);
    const { requireArguments: __, ...kept } = rule(more);
    expect(structuredClone(readGraph(asked.bytes, {}).policies[0]?.rules)).toEqual([kept]);
  });

  it.each<[string, Partial<RuleInput>, string]>([
    ['SHA-384', { fileHash: SHA384 }, 'fileHash'],
    ['SHA-512', { fileHash: ` ${'C'.repeat(128)}` }, 'fileHash'],
    ['a folder with everything below it', { filePath: 'C:/Tools/**\\' }, 'filePath'],
  ])('writes a rule that may match less there, and says so: %s', (_, more, attribute) => {
    for (const type of ['supportApproved', 'userConfirmed'] as const) {
      const given = rule({ type, ...more });
      expect(reports(given)).toEqual([['rule', 'importedWithWarnings', `uncertain /rules/0/${attribute}`]]);
      expect(throughGraph(document({ rules: [given] })).rules).toEqual([given]);
    }
  });

  it.each<[string, Partial<RuleInput>]>([
    ['an interpreter by name alone, which elevates here too', { fileName: 'cmd.exe' }],
    ['a list without an interpreter', { arguments: ['/x'] }],
    ['a wildcard inside a folder', { filePath: 'C:\\Users\\*\\Downloads\\' }],
  ])('takes %s', (_, more) => {
    expect(reports(rule(more))).toEqual([]);
  });

  it.each<[string, Omit<RuleInput, 'name'>, string]>([
    ['neither hash nor certificate', { type: 'userConfirmed', fileName: 'a.exe' }, ''],
    ['a pattern in an automatic rule', { type: 'automatic', fileName: 'a*.exe', fileHash: HASH }, 'fileName'],
    ['a name without a literal character', { type: 'userConfirmed', fileName: '*.exe', fileHash: HASH }, 'fileName'],
    ['an open quotation mark', { type: 'userConfirmed', fileHash: HASH, arguments: ['"a'] }, 'arguments'],
    ['a version that is none', { type: 'userConfirmed', fileHash: HASH, minimumVersion: 'v1' }, 'minimumVersion'],
  ])('never writes a rule that elevates nothing here: %s', (_, more, attribute) => {
    const dead = { name: 'rule', ...more };
    expect(reports(dead)).toEqual([['rule', 'rejected', `leftOut /rules/0/${attribute}`]]);
    const asked = writeGraph(document({ rules: [dead, rule({ name: 'other' })] }), { allowLooser: true });
    expect(asked.rules).toMatchObject([{ name: 'rule', outcome: 'rejected' }]);
    expect(readGraph(asked.bytes, {}).policies.flatMap((file) => file.report.map(({ name }) => name))).toEqual([
      'other',
    ]);
  });

  it('leaves a rule out whose certificate is known by its digest alone, even when asked', () => {
    const signed = rule({ certificate: { type: 'publisher', sha256: HASH } });
    expect(reports(signed)).toEqual([['rule', 'rejected', 'leftOut /rules/0/certificate']]);
    expect(names(signed)).toEqual(['other']);
    const asked = writeGraph(document({ rules: [signed, rule({ name: 'other' })] }), { allowLooser: true });
    expect(asked.rules).toMatchObject([{ name: 'rule', outcome: 'rejected' }]);
  });

  it('asks for the Windows authentication that the type implies here', () => {
    const [, ...written] = throughGraph(
      document({ rules: [rule({ name: 'other' }), rule({ type: 'currentUser', validations: ['justification'] })] }),
    ).rules;
    expect(written.map(({ validations }) => validations)).toEqual([['justification', 'authentication']]);
    expect(reports(rule({ type: 'currentUser' }))).toEqual([
      ['rule', 'importedWithWarnings', 'validationAdded /rules/0/validations'],
    ]);
  });

  it('keeps a rule with a warning when it would not', () => {
    for (const more of [
      { allowInterpreter: true },
      { acceptTimestamped: true },
      { requireArguments: false },
    ] as const) {
      const [attribute] = Object.keys(more);
      expect(reports(rule(more))).toEqual([['rule', 'importedWithWarnings', `attributeDropped /rules/0/${attribute}`]]);
      expect(names(rule(more))).toEqual(['rule', 'other']);
    }
    expect(reports(rule({ type: 'supportApproved', validations: ['justification'] }))).toEqual([
      ['rule', 'importedWithWarnings', 'attributeDropped /rules/0/validations'],
    ]);
    expect(reports(rule({ type: 'deny', childProcesses: 'allow', requireArguments: true }))).toEqual([
      [
        'rule',
        'importedWithWarnings',
        'attributeDropped /rules/0/requireArguments',
        'attributeDropped /rules/0/childProcesses',
      ],
    ]);
  });

  const certificate = { type: 'publisher', sha256: HASH } as const;
  type Deny = Omit<RuleInput, 'name' | 'type'>;
  it.each<[string, Deny, Deny, ...string[]]>([
    ['a digest of a certificate', { filePath: 'C:\\A', certificate }, { filePath: 'C:\\A' }, 'certificate'],
    ['SHA-512', { fileName: 'a.exe', fileHash: 'a'.repeat(128) }, { fileName: 'a.exe' }, 'fileHash'],
    ['everything below', { fileName: 'a.exe', filePath: 'C:\\A\\**' }, { fileName: 'a.exe' }, 'filePath'],
    ['*.exe, which names nothing', { fileName: '*.exe', filePath: 'C:\\A' }, { filePath: 'C:\\A' }, 'fileName'],
    ['tool.*', { fileName: 'tool.*', productName: 'p' }, { productName: 'p' }, 'fileName'],
    ['a version that is none', { fileName: 'a.exe', minimumVersion: 'v1' }, { fileName: 'a.exe' }, 'minimumVersion'],
    ['an empty list', { fileName: 'a.exe', arguments: ['', ' '] }, { fileName: 'a.exe' }, 'arguments'],
    ['a list that cannot be read', { fileName: 'a.exe', arguments: ['/x', '"y'] }, { fileName: 'a.exe' }, 'arguments'],
  ])('makes a Deny broader rather than weaker: %s', (_, given, left, ...attributes) => {
    for (const allowLooser of [false, true]) {
      const written = writeGraph(document({ rules: [{ name: 'rule', type: 'deny', ...given }] }), { allowLooser });
      expect(written.rules).toMatchObject([
        {
          outcome: 'importedWithWarnings',
          reasons: attributes.map((attribute) => ({
            code: 'attributeDropped',
            place: { pointer: `/rules/0/${attribute}` },
          })),
        },
      ]);
      const { policies } = readGraph(written.bytes, {});
      expect(policies.flatMap(({ rejected }) => rejected)).toEqual([]);
      expect(structuredClone(policies.flatMap(({ rules }) => rules))).toEqual([
        { name: 'rule', type: 'deny', ...left },
      ]);
    }
  });

  it.each<[string, Deny, string, boolean]>([
    ['a certificate without content', { certificate }, 'certificate', false],
    ['tool.*', { fileName: 'tool.*' }, 'fileName', true],
    ['*.exe', { fileName: '*.exe' }, 'fileName', true],
  ])('leaves out a Deny of which nothing is certain there: %s', (_, given, attribute, isWritten) => {
    const deny: RuleInput = { name: 'rule', type: 'deny', ...given };
    expect(reports(deny)).toEqual([['rule', 'rejected', `leftOut /rules/0/${attribute}`]]);
    const asked = writeGraph(document({ rules: [deny, rule({ name: 'other' })] }), { allowLooser: true });
    const kept = readGraph(asked.bytes, {}).policies.flatMap(({ report }) => report.map(({ name }) => name));
    expect(kept).toEqual(isWritten ? ['rule', 'other'] : ['other']);
  });

  it.each<[string, Deny, string]>([
    ['SHA-384', { fileHash: SHA384 }, 'fileHash'],
    ['everything below', { filePath: 'C:\\A\\**' }, 'filePath'],
  ])('writes a Deny that may count there rather than none: %s', (_, given, attribute) => {
    const deny: RuleInput = { name: 'rule', type: 'deny', ...given };
    expect(reports(deny)).toEqual([['rule', 'importedWithWarnings', `uncertain /rules/0/${attribute}`]]);
    expect(throughGraph(document({ rules: [deny] })).rules).toEqual([deny]);
  });

  it.each<[string, Deny]>([
    ['a hash that is none', { fileHash: 'zz' }],
    ['a long hash that is none', { fileHash: 'z'.repeat(96) }],
  ])('writes no Deny of which nothing can be read: %s', (_, given) => {
    const deny: RuleInput = { name: 'rule', type: 'deny', ...given };
    expect(reports(deny)).toEqual([['rule', 'rejected', 'leftOut /rules/0/fileHash']]);
  });

  it('writes of a Deny what may count there without what cannot be read', () => {
    const deny: RuleInput = { name: 'rule', type: 'deny', fileHash: 'zz', filePath: 'C:\\A\\**' };
    expect(reports(deny)).toEqual([
      ['rule', 'importedWithWarnings', 'uncertain /rules/0/filePath', 'attributeDropped /rules/0/fileHash'],
    ]);
    expect(throughGraph(document({ rules: [deny] })).rules).toEqual([
      { name: 'rule', type: 'deny', filePath: 'C:\\A\\**' },
    ]);
  });

  it.each([
    ['C:/Tools//Old\\\\x', undefined, 'C:\\Tools\\Old\\x'],
    ['C:\\Tools\\APP.exe', 'app.exe', 'C:\\Tools\\'],
    ['C:\\Tools\\app.exe\\', 'app.exe', 'C:\\Tools\\'],
    ['C:\\Tools\\', 'app.exe', undefined],
    ['%ProgramFiles%\\A', undefined, undefined],
  ])('writes the folder of a Deny as it is compared: %s', (filePath, fileName, plain) => {
    const deny: RuleInput = { name: 'rule', type: 'deny', filePath, ...(fileName === undefined ? {} : { fileName }) };
    const changed = [['rule', 'importedWithWarnings', 'attributeChanged /rules/0/filePath']];
    expect(reports(deny)).toEqual(plain === undefined ? [] : changed);
    const [back] = throughGraph(document({ rules: [deny, rule({ name: 'other' })] })).rules;
    expect(back?.filePath).toBe(plain ?? filePath);
  });

  it('does not take the wrong certificate for the one of a digest', () => {
    const wrong: PolicyCertificate = { name: 'x', sha256: sha256(HASH), der: CERTIFICATES[0] ?? '' };
    const rules = [rule({ certificate: { type: 'publisher', sha256: HASH } }), rule({ name: 'b' })];
    const written = writeGraph(document({ rules, certificates: [wrong] }));
    expect(written.rules).toMatchObject([{ name: 'rule', outcome: 'rejected' }]);
  });

  it('writes a rejected Deny as what it still denies, and names rejected rules that are left out', () => {
    const rejected = [
      { name: 'gone', typeText: 'automatic', readable: { fileHash: HASH }, reasons: [] },
      { name: 'deny', typeText: 'deny', readable: { filePath: 'C:\\A' }, reasons: [] },
    ];
    const policy = document({ rejected });
    const written = writeGraph(policy);
    expect(written.rules.map(({ name, outcome }) => [name, outcome])).toEqual([
      ['gone', 'rejected'],
      ['deny', 'importedWithWarnings'],
    ]);
    expect(readGraph(written.bytes, {}).policies[0]?.rules).toEqual([
      { name: 'deny', type: 'deny', filePath: 'C:\\A' },
    ]);
  });

  it('gives rules of one name, without case, names of their own', () => {
    const written = writeGraph(document({ rules: [rule(), rule({ name: 'RULE' })] }));
    expect(written.rules).toMatchObject([{ name: 'RULE (2)', reasons: [{ code: 'renamed' }] }]);
    // A reader renames as well, so that the text itself is looked at.
    expect(JSON.parse(Buffer.from(written.bytes).toString())).toSatisfy((file: unknown) => {
      return objectsWith(file, 'value').filter(({ value }) => String(value) === 'RULE (2)').length === 1;
    });
    expect(readGraph(written.bytes, {}).policies[0]?.rules.map(({ name }) => name)).toEqual(['rule', 'RULE (2)']);
  });

  it('warns of a name that Intune does not allow', () => {
    expect(reports(rule({ name: 'a/b' }))).toEqual([['a/b', 'importedWithWarnings', 'nameSlash /rules/0/name']]);
  });

  const STRICT: readonly SettingsInput[] = [
    { denyEscapeTools: true },
    { maximumFileSize: 100 },
    { revocationUnknown: 'refuse' },
    { manageAdministrators: true },
    { blockInternetFiles: true },
  ];
  it.each(STRICT)('refuses a policy with %j, without which every rule is looser, unless asked', (strict) => {
    const [setting = ''] = Object.keys(strict);
    const policy = document({ settings: { enabled: true, ...strict }, rules: [rule()] });
    expect(() => writeGraph(policy)).toThrow(
      expect.objectContaining({
        code: 'EPM_POLICY_INVALID',
        message: expect.stringContaining(`"${setting}"`) as string,
        hint: expect.stringContaining('--allow-looser') as string,
      }),
    );
    const { problems, bytes } = writeGraph(policy, { allowLooser: true });
    expect(problems).toMatchObject([{ code: 'settingDropped', place: { pointer: `/settings/${setting}` } }]);
    expect(problems[0]?.message).toContain('without it more is elevated');
    expect(readGraph(bytes, {}).policies.flatMap((file) => file.rules)).toHaveLength(1);
  });

  it('leaves out other settings that Graph does not have', () => {
    const settings: readonly SettingsInput[] = [
      { acceptTimestamped: true },
      { acceptTimestamped: false },
      // Its default says the same, and is not refused either.
      { denyReachesChildren: true },
      { maximumFileSize: 8192 },
      { denyEscapeTools: false },
      { revocationUnknown: 'accept' },
    ];
    for (const each of settings) {
      const { problems } = writeGraph(document({ settings: { enabled: true, ...each }, rules: [rule()] }));
      expect(problems).toMatchObject([{ code: 'settingDropped' }]);
      expect(problems[0]?.message).not.toContain('more is elevated');
    }
  });

  it('reports settings, and writes what others stand below', () => {
    const problems = (settings: SettingsInput): unknown => [
      writeGraph(document({ settings, rules: [rule()] })).problems.map(
        ({ code, place }) => `${code} ${placeText(place)}`,
      ),
      throughGraph(document({ settings, rules: [rule()] })).settings,
    ];
    expect(problems({ enabled: true, denyEscapeTools: false })).toEqual([
      ['settingDropped /settings/denyEscapeTools'],
      [{ enabled: true }],
    ]);
    expect(problems({ blockInternetFiles: false })).toEqual([['settingDropped /settings/blockInternetFiles'], []]);
    expect(problems({ reportingScope: 'diagnosticOnly' })).toEqual([
      ['settingAdded /settings/sendData', 'settingAdded /settings/enabled'],
      [{ enabled: true, sendData: true, reportingScope: 'diagnosticOnly' }],
    ]);
    expect(writeGraph(document({ settings: { sendData: true } })).problems[0]?.message).toContain(
      'wins over a policy that disables',
    );
    expect(problems({ enabled: true, defaultValidations: ['justification'] })).toEqual([
      ['settingDropped /settings/defaultValidations'],
      [{ enabled: true }],
    ]);
    expect(problems({ enabled: false, allowElevationDetection: true })).toEqual([
      ['settingDropped /settings/allowElevationDetection'],
      [{ enabled: false }],
    ]);
  });
});

/** Text that is kept as it is: no control characters, and something to read. */
const text = (maxLength: number): fc.Arbitrary<string> =>
  fc
    .string({
      unit: fc.oneof(
        fc.constantFrom('"', "'", '\\', '{', '}', '[', '%', ' ', 'é', 'ß', 'ı', '漢', '\u{1f511}', '\u2028', '\u202e'),
        fc.string({ minLength: 1, maxLength: 1, unit: 'binary' }),
      ),
      minLength: 1,
      maxLength,
    })
    .filter((value) => value.trim() !== '' && value.length <= maxLength && !/[\u0000-\u001f\u007f-\u009f]/.test(value));
const name = text(60).filter((value) => !/[/\uf000\ufffe\uffff]|\p{Cs}/u.test(value));
/** Part of a file or folder name, literal. */
const fileText = text(20).map((value) => `x${value.replace(/[<>:"|*?\\/%~]/g, '')}x`);
const argument = fc
  .array(
    fc.oneof(
      text(10).map((value) => value.replace(/["\\]/g, '')),
      text(8).map((value) => `"${value.replace(/["\\]/g, '')}"`),
    ),
    {
      maxLength: 4,
    },
  )
  .map((parts) => parts.join(' '));

const arbitraryRule = fc
  .record(
    {
      name,
      type: fc.constantFrom('automatic', 'userConfirmed', 'currentUser', 'supportApproved', 'deny'),
      fileHash: fc.stringMatching(/^[0-9a-fA-F]{64}$/),
      fileName: fc.tuple(fileText, fc.constantFrom('.exe', '.MSI', '.Ps1')).map((parts) => parts.join('')),
      description: text(80),
      validations: fc.subarray(['justification', 'authentication'] as const, { minLength: 1 }),
      childProcesses: fc.constantFrom('requireRule', 'deny', 'allow'),
      filePath: fc.array(fileText, { maxLength: 3 }).map((parts) => ['C:', ...parts, ''].join('\\')),
      certificate: fc.record({
        type: fc.constantFrom('publisher', 'issuingAuthority'),
        sha256: fc.constantFrom(...certificates.map((certificate) => certificate.sha256)),
      }),
      minimumVersion: fc.constantFrom('1', '1.2', '65535.0.0.1'),
      fileDescription: text(40),
      productName: text(40),
      internalName: text(40),
      arguments: fc.array(argument, { maxLength: 4 }),
    },
    { requiredKeys: ['name', 'type', 'fileHash', 'fileName'] },
  )
  .map(({ validations, childProcesses, arguments: list, ...rest }): RuleInput => {
    const chosen =
      rest.type === 'currentUser'
        ? [...(validations ?? []).filter((each) => each === 'justification'), 'authentication']
        : rest.type === 'userConfirmed'
          ? validations
          : undefined;
    const narrows = rest.type !== 'deny' || list?.some((entry) => entry.trim() !== '') === true;
    return {
      ...rest,
      ...(chosen !== undefined ? { validations: chosen } : {}),
      ...(rest.type !== 'deny' && childProcesses !== undefined ? { childProcesses } : {}),
      ...(list !== undefined && narrows ? { arguments: list } : {}),
    } as RuleInput;
  });

const arbitrarySettings = fc.oneof(
  fc.constant<SettingsInput>({ enabled: false }),
  fc
    .record(
      {
        response: fc.constantFrom('denyAll', 'requireUserConfirmation', 'requireSupportApproval'),
        validations: fc.subarray(['justification', 'authentication'] as const),
        detection: fc.boolean(),
        sendData: fc.boolean(),
        scope: fc.constantFrom('diagnosticOnly', 'managedElevations', 'allElevations'),
      },
      { requiredKeys: [] },
    )
    .map(({ response, validations, detection, sendData, scope }): SettingsInput => ({
      enabled: true,
      ...(response === undefined ? {} : { defaultElevationResponse: response as 'denyAll' }),
      ...(response === 'requireUserConfirmation' && validations !== undefined
        ? { defaultValidations: validations }
        : {}),
      ...(detection === undefined ? {} : { allowElevationDetection: detection }),
      ...(sendData === undefined ? {} : { sendData }),
      ...(sendData === true && scope !== undefined ? { reportingScope: scope as 'diagnosticOnly' } : {}),
    })),
);

const withoutCase = ({ name: given }: RuleInput): string => foldCase(given);

describe('any policy that Graph can hold', () => {
  it('is the same after Graph', () => {
    const policies = fc.record({
      rules: fc.uniqueArray(arbitraryRule, { selector: withoutCase, minLength: 1, maxLength: 6 }),
      settings: arbitrarySettings,
    });
    fc.assert(
      fc.property(policies, ({ rules, settings }) => {
        const back = throughGraph(document({ rules, settings, certificates }));
        expect(back.reports).toEqual([]);
        expect(structuredClone(back.rules)).toEqual(rules);
        expect(structuredClone(back.settings)).toEqual([settings]);
      }),
      { numRuns: 300 },
    );
  });

  it('is the same after Graph with 1,000 rules, in ten policies', () => {
    const [sample] = fc.sample(fc.uniqueArray(arbitraryRule, { selector: withoutCase, minLength: 40, maxLength: 40 }), {
      numRuns: 1,
      seed: 1,
    });
    const rules = Array.from({ length: 25 }, (_, copy) =>
      (sample ?? []).map((each) => ({ ...each, name: `${copy}${each.name}` })),
    ).flat();
    const written = writeGraph(document({ rules, certificates }));
    const { policies } = readGraph(written.bytes, {});
    expect(written.problems.map(({ code }) => code)).toEqual(['split']);
    expect(policies.map((policy) => policy.rules.length)).toEqual(Array.from({ length: 10 }, () => 100));
    expect(structuredClone(policies.flatMap((policy) => policy.rules))).toEqual(rules);
  });
});
