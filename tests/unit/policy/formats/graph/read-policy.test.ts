import { describe, expect, it } from 'vitest';
import { isEpmError } from '../../../../../src/model/errors.ts';
import type { ReadOptions, ReadPolicies } from '../../../../../src/policy/formats/format.ts';
import { readGraph } from '../../../../../src/policy/formats/graph/index.ts';
import {
  CERTIFICATES,
  graphPolicy,
  pem,
  reusableSetting,
  ruleChildren,
  type Short,
  type ShortList,
} from '../../../../compliance/graph-shorthand.ts';
import { haveSamples, sample } from '../../samples.ts';

const RULE = 'device_vendor_msft_policy_privilegemanagement_elevationrules_{elevationrulename}';
const HASH = 'a'.repeat(64);
const self = { choose: '_self' };
const deny = { choose: '_deny' };
const rule = (more: Short = {}): Short => ({
  _name: 'rule',
  _filename: 'app.exe',
  _filehash: HASH,
  _ruletype: self,
  ...more,
});

const read = (file: unknown, options: ReadOptions = {}): ReadPolicies =>
  readGraph(Buffer.from(typeof file === 'string' ? file : JSON.stringify(file)), options);
const readRules = (...rules: ShortList[]) => {
  const [policy] = read(graphPolicy({ rules })).policies;
  if (policy === undefined) throw new Error('No policy.');
  return policy;
};
const reasonsOf = (...rules: ShortList[]): readonly string[] =>
  readRules(...rules).report.flatMap(({ reasons }) => reasons.map(({ code }) => code));

function errorOf(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    if (isEpmError(error)) return `${error.code} ${error.message}`;
    throw error;
  }
  return 'no error';
}

describe('policies of the field', () => {
  it.skipIf(!haveSamples)('are read: an elevation rules policy', () => {
    const { policies, problems } = read(sample('graph__elevation-rules.json'));
    expect(problems).toEqual([]);
    expect(policies).toMatchObject([
      {
        rules: [
          {
            name: 'test',
            type: 'userConfirmed',
            validations: ['justification', 'authentication'],
            childProcesses: 'requireRule',
            fileName: 'test.exe',
            filePath: 'c:\\path',
            fileHash: 'd5774b403ae04414c6c8e8eb2bc98fc55b1677684f8cee8a4b1c509e55e3d5c1',
          },
        ],
        report: [{ name: 'test', outcome: 'imported', place: { line: 11 } }],
        problems: [],
      },
    ]);
  });

  it.skipIf(!haveSamples)('are read: an elevation settings policy', () => {
    const { policies, problems } = read(sample('graph__elevation-settings.json'));
    expect([problems, policies[0]?.problems]).toEqual([[], []]);
    expect(policies[0]?.settings).toEqual({
      enabled: true,
      defaultElevationResponse: 'requireUserConfirmation',
      defaultValidations: ['justification'],
      allowElevationDetection: true,
      sendData: true,
      reportingScope: 'allElevations',
    });
  });

  it('are read with two rules of one name, a short path, blanks, and an empty hash on an automatic rule', () => {
    const policy = readRules(
      rule({ _name: 'Updater  A ', _filepath: 'C:\\PROGRA~2\\Vendor\\ ', _filehash: HASH.toUpperCase() }),
      rule({ _name: 'Updater  A ' }),
      rule({ _name: 'no hash', _filehash: '', _ruletype: { choose: '_automatic' } }),
    );
    expect(policy.rules.map(({ name, filePath, fileHash }) => [name, filePath, fileHash])).toEqual([
      ['Updater  A ', 'C:\\PROGRA~2\\Vendor\\ ', HASH.toUpperCase()],
      ['Updater  A  (2)', undefined, HASH],
    ]);
    expect(policy.report.map(({ outcome, reasons }) => [outcome, reasons.map(({ code }) => code)])).toEqual([
      ['importedWithWarnings', ['pathShortName']],
      ['importedWithWarnings', ['renamed']],
      ['rejected', ['noStrongAttribute']],
    ]);
  });

  it('are read when a path ends in the name of the file, or of another one', () => {
    expect(reasonsOf(rule({ _filepath: 'C:\\Tools\\app.exe' }))).toEqual(['pathRepeatsFileName']);
    expect(reasonsOf(rule({ _filepath: 'c:\\pathtoSomething.exe' }))).toEqual(['pathLooksLikeFile']);
  });

  it('are read as the PowerShell SDK exports them', () => {
    const pascal = (value: unknown): unknown => {
      if (Array.isArray(value)) return value.map(pascal);
      if (typeof value !== 'object' || value === null) return value;
      const entries = Object.entries(value).map(([key, member]) => [
        key.startsWith('@') ? key : key.charAt(0).toUpperCase() + key.slice(1),
        pascal(member),
      ]);
      const known = entries.filter(([key]) =>
        /^(Id|SettingDefinitionId|SettingInstance|Settings|Name)$/.test(String(key)),
      );
      const others = entries.filter((entry) => !known.includes(entry));
      return { ...Object.fromEntries(known), AdditionalProperties: Object.fromEntries(others) };
    };
    const list = {
      _arguments: { choose: '_arguments_allow', children: { _arguments_restrictargumentlist: { list: ['/a'] } } },
    };
    const policy = graphPolicy({
      name: 'exported',
      rules: [rule(list)],
      settings: { enableepm: { choose: 'enableepm_1' } },
    });
    const plain = read(policy).policies[0];
    const exported = read(pascal(policy)).policies[0];
    expect(exported?.rules).toEqual(plain?.rules);
    expect(exported).toMatchObject({ id: 'exported', settings: { enabled: true }, problems: [] });
    expect(exported?.rules[0]?.arguments).toEqual(['/a']);
    expect(exported?.report[0]?.place?.pointer).toBe(
      '/Settings/0/SettingInstance/AdditionalProperties/GroupSettingCollectionValue/0',
    );
  });

  it('are read as older Terraform configurations hold them, and without ids, types and children', () => {
    const instance = {
      settingDefinitionId: RULE,
      groupSettingCollectionValue: [
        {
          auditRuleInformation: null,
          children: [
            ...ruleChildren({ _name: 'rule', _filehash: HASH }),
            { settingDefinitionId: `${RULE}_ruletype`, choiceSettingValue: { value: `${RULE}_deny` } },
            {
              settingDefinitionId: `${RULE}_appliesto`,
              choiceSettingValue: { value: `${RULE}_allusers`, children: null },
            },
          ],
        },
      ],
    };
    const { policies } = read({ settingsDetails: [{ settingInstance: instance }] });
    expect(policies[0]?.rules).toEqual([{ name: 'rule', type: 'deny', fileHash: HASH }]);
    expect(policies[0]?.report[0]).toMatchObject({
      outcome: 'imported',
      place: { pointer: '/settingsDetails/0/settingInstance/groupSettingCollectionValue/0' },
    });
  });

  it('are read as a page of policies and as a page of settings', () => {
    const one = graphPolicy({ id: '1', name: 'one', rules: [rule()] }) as { settings: unknown };
    const two = graphPolicy({ name: 'two', settings: { enableepm: { choose: 'enableepm_0' } } });
    const page = read({ '@odata.context': 'x', value: [one, two] });
    expect(page.policies.map(({ id }) => id)).toEqual(['1', 'two']);
    expect(page.problems).toEqual([]);
    const more = read({ '@odata.nextLink': 'x', value: [one] });
    expect(more.problems.map(({ code }) => code)).toEqual(['moreFollows']);
    expect(read({ value: one.settings }).policies[0]?.rules).toHaveLength(1);
    expect(read(one.settings).policies[0]?.rules).toHaveLength(1);
  });
});

describe('a rule of Graph', () => {
  it('has its place and line, and each reason its own', () => {
    const text = JSON.stringify(
      graphPolicy({ rules: [rule(), rule({ _name: 'second', _fileversion: '1.x' })] }),
      null,
      1,
    );
    const [, report] = read(text).policies[0]?.report ?? [];
    const [reason] = report?.reasons ?? [];
    const lines = text.split('\n');
    expect(report).toMatchObject({ name: 'second', outcome: 'rejected' });
    expect(report?.place?.pointer).toBe('/settings/0/settingInstance/groupSettingCollectionValue/1');
    expect(reason?.code).toBe('versionInvalid');
    expect(reason?.place?.pointer).toBe(`${report?.place?.pointer}/children/4/simpleSettingValue/value`);
    expect(lines[(reason?.place?.line ?? 0) - 1]).toContain('1.x');
  });

  it('keeps everything that Graph has', () => {
    const [only] = readRules({
      _name: 'all',
      _description: 'Why',
      _appliesto: { choose: '_allusers' },
      _ruletype: {
        choose: '_userconfirmeduser',
        children: {
          _ruletype_userconfirmeduservalidation: { chooseAll: ['_ruletype_userconfirmeduservalidation_0'] },
          _ruletype_userconfirmeduservalidation_2: { chooseAll: ['_ruletype_userconfirmeduservalidation_2_0'] },
        },
      },
      _childprocessbehavior: { choose: '_deny' },
      _filename: 'Setup-?.msi',
      _filepath: '%ProgramFiles%\\Vendor',
      _filehash: HASH,
      _fileversion: '1.2.3.4',
      _filedescription: 'Description of the file',
      _productname: 'Product',
      _internalname: 'internal',
      _signaturesource: {
        choose: '_signaturesource_1',
        children: { _certificatefileupload: '@der', _certificatetype: { choose: '_issuingauthority' } },
      },
      _arguments: {
        choose: '_arguments_allow',
        children: { _arguments_restrictargumentlist: { list: ['/quiet', '/x "a b"'] } },
      },
    }).rules;
    expect(only).toMatchObject({
      name: 'all',
      description: 'Why',
      type: 'currentUser',
      validations: ['justification', 'authentication'],
      childProcesses: 'deny',
      fileName: 'Setup-?.msi',
      filePath: '%ProgramFiles%\\Vendor',
      fileHash: HASH,
      certificate: { type: 'issuingAuthority' },
      minimumVersion: '1.2.3.4',
      fileDescription: 'Description of the file',
      productName: 'Product',
      internalName: 'internal',
      arguments: ['/quiet', '/x "a b"'],
    });
  });

  it('resolves the option that two settings share by its setting', () => {
    const [first, second] = readRules(rule({ _childprocessbehavior: { choose: '_deny' } }), {
      _name: 'second',
      _filepath: 'C:\\A',
      _ruletype: deny,
    }).rules;
    expect([first?.type, first?.childProcesses, second?.type, second?.childProcesses]).toEqual([
      'userConfirmed',
      'deny',
      'deny',
      undefined,
    ]);
  });

  it('has a list of arguments that allows none when the list is missing, empty or null', () => {
    const withList = (children: Short): Short => rule({ _arguments: { choose: '_arguments_allow', children } });
    expect(readRules(withList({})).rules[0]?.arguments).toEqual([]);
    expect(readRules(withList({ _arguments_restrictargumentlist: { list: [] } })).rules[0]?.arguments).toEqual([]);
    const none = withList({ _arguments_restrictargumentlist: { raw: { simpleSettingCollectionValue: null } } });
    expect(readRules(none).rules[0]?.arguments).toEqual([]);
    const text = withList({
      _arguments_restrictargumentlist: { raw: { simpleSettingCollectionValue: 'System.Object[]' } },
    });
    expect(readRules(text).report[0]?.outcome).toBe('rejected');
    const number = withList({
      _arguments_restrictargumentlist: { raw: { simpleSettingCollectionValue: [{ value: 1 }] } },
    });
    expect(readRules(number).report[0]?.outcome).toBe('rejected');
  });

  it('is rejected when a value is of another kind than its setting', () => {
    expect(reasonsOf(rule({ _filepath: { choose: '_self' } }))).toEqual(['wrongType']);
    expect(reasonsOf(rule({ _childprocessbehavior: '_deny' }))).toEqual(['wrongType']);
    expect(reasonsOf(rule({ _filepath: { raw: { simpleSettingValue: { value: 7 } } } }))).toEqual(['wrongType']);
    expect(reasonsOf(rule({ _filepath: { raw: { simpleSettingValue: null } } }))).toEqual(['wrongType']);
    const both = { simpleSettingValue: { value: 'C:\\A' }, choiceSettingValue: { value: `${RULE}_self` } };
    expect(reasonsOf(rule({ _filepath: { raw: both } }))).toEqual(['wrongType']);
  });

  it('is rejected when it is no object, and called by its position', () => {
    const instance = {
      settingDefinitionId: RULE,
      groupSettingCollectionValue: [null, { children: 'System.Object[]' }],
    };
    const [policy] = read({ settings: [{ settingInstance: instance }] }).policies;
    expect(policy?.report.map(({ name, outcome, reasons }) => [name, outcome, reasons[0]?.code])).toEqual([
      ['rule 1', 'rejected', 'wrongType'],
      ['rule 2', 'rejected', 'wrongType'],
    ]);
  });

  it('loses line breaks of a description, with a warning', () => {
    const policy = readRules(rule({ _description: `one\r\ntwo${'x'.repeat(2000)}` }));
    expect(policy.report[0]?.reasons.map(({ code }) => code)).toEqual(['descriptionChanged']);
    expect(policy.rules[0]?.description).toMatch(/^one two/);
    expect(policy.rules[0]?.description).toHaveLength(1024);
  });

  it('still denies by what could be read, whatever hides its type', () => {
    const hidden = (type: unknown): Short => ({ _name: 'r', _filepath: 'C:\\A', _ruletype: { raw: type } });
    const denies = (given: ShortList): unknown => {
      const [report] = readRules(given).report;
      return [report?.outcome, report?.stillDenies ?? false];
    };
    expect(denies(hidden({ choiceSettingValue: { value: 'Denied' } }))).toEqual(['rejected', true]);
    expect(denies(hidden({ simpleSettingValue: { value: 'deny' } }))).toEqual(['rejected', true]);
    expect(denies(hidden({ choiceSettingValue: 'deny' }))).toEqual(['rejected', true]);
    expect(denies(hidden({ choiceSettingValue: { value: `${RULE}_self`, Value: `${RULE}_deny` } }))).toEqual([
      'rejected',
      true,
    ]);
    expect(denies(hidden({ choiceSettingValue: { value: `${'x'.repeat(300)}deny` } }))).toEqual(['rejected', true]);
    expect(denies([hidden({ choiceSettingValue: { value: `${RULE}_self` } }), { _ruletype: deny }])).toEqual([
      'rejected',
      true,
    ]);
    expect(denies(hidden({ choiceSettingValue: { value: '' } }))).toEqual(['rejected', false]);
    // The word in another setting says nothing about the type.
    const other = {
      _name: 'r',
      _filepath: 'C:\\A',
      _ruletype: { choose: '_new' },
      _childprocessbehavior: { choose: '_deny' },
    };
    expect(denies(other)).toEqual(['rejected', false]);
  });

  it('that is rejected keeps what could be read, and its reasons with places inside the rule', () => {
    const { rejected, rules } = readRules(rule({ _ruletype: deny, _filepath: 'C:\\A\u0000', _name: 'no' }));
    expect(rules).toEqual([]);
    expect(rejected).toMatchObject([
      {
        name: 'no',
        typeText: 'deny',
        readable: { fileName: 'app.exe', fileHash: HASH },
        reasons: [{ place: { pointer: '/children/4/simpleSettingValue/value' } }],
      },
    ]);
    expect(rejected[0]?.readable).not.toHaveProperty('filePath');
  });

  it('names unknown settings and options in its report', () => {
    const { report } = readRules(
      rule({ _futurething: 'x' }),
      rule({ _name: 'b', _appliesto: { choose: '_primaryuser' } }),
    );
    expect(report[0]?.reasons[0]?.message).toContain(`${RULE}_futurething`);
    expect(report[1]?.reasons[0]?.message).toContain(`${RULE}_primaryuser`);
  });

  it('warns of patterns that an interpreter fits, and of an interpreter by internal name', () => {
    expect(reasonsOf(rule({ _filename: 'power*.exe' }))).toEqual(['hostRule']);
    expect(reasonsOf(rule({ _internalname: 'POWERSHELL' }))).toEqual(['hostRule']);
    expect(reasonsOf(rule({ _filename: 'power*x.exe' }))).toEqual([]);
  });
});

describe('certificates of a rule', () => {
  const id = '0ddba11c-0000-4000-8000-000000000001';
  const reference = (source = '_signaturesource_0', more: Short = {}): Short =>
    rule({
      _signaturesource: {
        choose: source,
        children: {
          _certificatepayloadwithreusablesetting: { reference: id.toUpperCase() },
          _certificatetype: { choose: '_publisher' },
          ...more,
        },
      },
    });
  const bytes = (value: unknown): Uint8Array => Buffer.from(JSON.stringify(value));

  it('come from the reusable settings of the second input, with their names', () => {
    const file = graphPolicy({ rules: [reference()] });
    const options = { certificates: [bytes(reusableSetting(id, '@pem', 'Contoso signing'))] };
    const [policy] = read(file, options).policies;
    expect(policy?.report[0]?.outcome).toBe('imported');
    expect(policy?.certificates).toEqual([
      { name: 'Contoso signing', sha256: policy?.rules[0]?.certificate?.sha256, der: CERTIFICATES[0] },
    ]);
  });

  it('are kept once, however many rules use them, and not when no rule does', () => {
    const rules = [reference(), { ...reference(), _name: 'b' }];
    const second = '0ddba11c-0000-4000-8000-000000000002';
    const certificates = [bytes([reusableSetting(id, '@pem')]), bytes({ value: [reusableSetting(second, '@der2')] })];
    expect(read(graphPolicy({ rules }), { certificates }).policies[0]?.certificates).toHaveLength(1);
  });

  it('of the source that is not chosen are ignored when the other is there', () => {
    const file = graphPolicy({ rules: [reference('_signaturesource_1', { _certificatefileupload: '@der2' })] });
    const [policy] = read(file).policies;
    expect(policy?.report[0]?.reasons.map(({ code }) => code)).toEqual(['underOtherOption']);
    expect(policy?.certificates?.[0]?.der).toBe(CERTIFICATES[1]);
  });

  it('without a signature source are ignored, with a warning', () => {
    const policy = readRules(rule({ _certificatefileupload: '@der', _certificatetype: { choose: '_publisher' } }));
    expect(policy.report[0]?.reasons.map(({ code }) => code)).toEqual(['underOtherOption', 'underOtherOption']);
    expect(policy.rules[0]).not.toHaveProperty('certificate');
  });

  it.each([
    ['a word', 'contoso'],
    ['a digest', HASH],
    ['other bytes', Buffer.alloc(64, 3).toString('base64')],
  ])('that are %s reject the rule', (_, text) => {
    const children = { _certificatefileupload: text, _certificatetype: { choose: '_publisher' } };
    const { report } = readRules(rule({ _signaturesource: { choose: '_signaturesource_1', children } }));
    expect(report[0]).toMatchObject({ outcome: 'rejected', reasons: [{ code: 'certificateUnreadable' }] });
  });

  it('that cannot be read in the second input reject the rules that refer to them, and are reported', () => {
    const certificates = [bytes([reusableSetting(id, 'nothing'), { id: 'x', settingDefinitionId: 'firewall' }])];
    const { policies, problems } = read(graphPolicy({ rules: [reference(), rule({ _name: 'b' })] }), { certificates });
    expect(problems.map(({ code }) => code)).toEqual(['certificateUnreadable', 'unknownSetting']);
    expect(policies[0]?.report.map(({ outcome }) => outcome)).toEqual(['rejected', 'imported']);
  });

  it.each([
    ['two of one id', bytes([reusableSetting(id, '@pem'), reusableSetting(id.toUpperCase(), '@der')])],
    ['names that collide', bytes({ ...reusableSetting(id, '@pem'), ID: 'x' })],
    ['a certificate file', Buffer.from(CERTIFICATES[0] ?? '', 'base64')],
    ['a PEM file', Buffer.from(pem(CERTIFICATES[0] ?? ''))],
    ['no JSON', Buffer.from('certificate')],
    ['a number', Buffer.from('7')],
  ])('import nothing when the second input has %s', (_, input) => {
    const run = (): unknown => read(graphPolicy({ rules: [rule()] }), { certificates: [input] });
    expect(errorOf(run)).toMatch(/^EPM_POLICY_INVALID Certificate input 1/);
  });
});

describe('Graph JSON as a whole', () => {
  it.each([
    ['nothing', ''],
    ['no JSON', '{"settings": ['],
    ['a text', '"settings"'],
    ['an empty list', '[]'],
    ['an empty page', '{"value": []}'],
    ['an object of something else', '{"version": 1, "rules": []}'],
    ['a policy without its settings', '{"name": "a", "settingCount": 3}'],
    ['settings that are a text', '{"settings": "System.Object[]"}'],
    ['both names for settings', '{"settings": [{}], "settingsDetails": [{}]}'],
    ['a setting that is null', '{"settings": [null]}'],
    ['a policy of something else', '{"settings": [{"settingInstance": {"settingDefinitionId": "firewall"}}]}'],
    [
      'rules that are no list',
      `{"settings": [{"settingInstance": {"settingDefinitionId": "${RULE}", "groupSettingCollectionValue": 1}}]}`,
    ],
    ['rules that are missing', `{"settings": [{"settingInstance": {"settingDefinitionId": "${RULE}"}}]}`],
    ['names that collide in a setting', '{"settings": [{"settingInstance": {}, "SettingInstance": {}}]}'],
    ['equal names', '{"settings": [], "settings": []}'],
    ['nesting without end', '['.repeat(100_000)],
    ['bytes that are no text', '\ud800'],
  ])('is refused when it is %s', (_, text) => {
    const input = text === '\ud800' ? Buffer.from([0xc3, 0x28]) : Buffer.from(text);
    expect(errorOf(() => readGraph(input, {}))).toMatch(/^EPM_POLICY_INVALID /);
  });

  it('gives no meaning to names that JavaScript has one for', () => {
    const text = `{"__proto__": {"settings": []}, "constructor": 1, "settings": [{"settingInstance":
      {"settingDefinitionId": "${RULE}", "groupSettingCollectionValue": [{"__proto__": {"name": "x"}, "children":
      [{"settingDefinitionId": "__proto__", "simpleSettingValue": {"value": "x"}},
       {"settingDefinitionId": "${RULE}_name", "simpleSettingValue": {"__proto__": {"value": "x"}, "value": "toString"}}]}]}}]}`;
    const [policy] = read(text).policies;
    expect(policy?.report).toMatchObject([{ name: 'toString', outcome: 'rejected' }]);
    expect(({} as { name?: string }).name).toBeUndefined();
  });

  it('keeps reports short, whatever the input', () => {
    const many = Array.from({ length: 5000 }, (_, index) => ({
      settingInstance: { settingDefinitionId: `x${index}` },
    }));
    const policy = graphPolicy({ rules: [rule(Object.fromEntries(many.map((__, index) => [`_x${index}`, 'x'])))] }) as {
      settings: unknown[];
    };
    policy.settings.push(...many);
    const [result] = read(policy).policies;
    expect(result?.problems).toHaveLength(257);
    expect(result?.report[0]?.reasons).toHaveLength(33);
    expect(result?.problems.at(-1)?.code).toBe('moreFindings');
  });

  it('has at most so many rules and policies', () => {
    const group = (count: number): object => ({
      settings: [
        {
          settingInstance: {
            settingDefinitionId: RULE,
            groupSettingCollectionValue: Array.from({ length: count }, () => ({})),
          },
        },
      ],
    });
    expect(errorOf(() => read(group(10_001)))).toMatch(/more than 10000 rules/);
    expect(errorOf(() => read([group(9000), group(9000), group(9000)]))).toMatch(/more than 20000 rules/);
    expect(errorOf(() => read(Array.from({ length: 1001 }, () => group(1))))).toMatch(/more than 1000 policies/);
  });

  it('does not choose between two places of additional properties', () => {
    const additional = { simpleSettingValue: { value: 'C:\\A' } };
    const twice = { AdditionalProperties: additional, additionalProperties: additional };
    expect(reasonsOf(rule({ _filepath: { raw: twice } }))[0]).toBe('givenTwice');
    const nested = { AdditionalProperties: { additionalProperties: additional } };
    expect(readRules(rule({ _filepath: { raw: nested } })).rules[0]?.filePath).toBe('C:\\A');
  });

  it('has a template id that fits what it holds, and none fits rules and settings together', () => {
    const settings = { enableepm: { choose: 'enableepm_1' } };
    const [ofRules, ofSettings] = ['cff02aad-51b1-498d-83ad-81161a393f56_1', 'e7dcaba4-959b-46ed-88f0-16ba39b14fd8_1'];
    const problems = (policy: object): unknown =>
      read(graphPolicy(policy)).policies.flatMap((file) => file.problems.map(({ code }) => code));
    expect(problems({ rules: [rule()], template: ofRules?.toUpperCase() })).toEqual([]);
    expect(problems({ settings, template: ofSettings })).toEqual([]);
    expect(problems({ settings, template: ofRules })).toEqual(['templateDiffers']);
    for (const template of [ofRules, ofSettings]) {
      expect(problems({ rules: [rule()], settings, template })).toEqual(['templateDiffers']);
    }
  });

  it('names a policy by the id that Graph gave it, else by its name, and not by what cannot be one', () => {
    const idOf = (more: object): unknown => read({ ...graphPolicy({ rules: [rule()] }), ...more }).policies[0]?.id;
    expect(idOf({ id: 'guid', name: 'n' })).toBe('guid');
    expect(idOf({ id: '', name: 'n' })).toBe('n');
    expect(idOf({ name: 'n\u0000' })).toBeUndefined();
    expect(idOf({ name: 'n'.repeat(200) })).toBeUndefined();
  });
});
