/** What a device would take and refuse, as the readers of SyncML and of Intune profiles tell it. */
import { describe, expect, it } from 'vitest';
import { renderAdmx } from '../../../../../src/policy/declaration/admx.ts';
import { detectFormat } from '../../../../../src/policy/formats/detect-format.ts';
import { readIntuneProfile } from '../../../../../src/policy/formats/mdm/intune-profile.ts';
import { ADMX_INSTALL_URI, policyUri } from '../../../../../src/policy/formats/mdm/syncml.ts';
import { readSyncMlPolicies } from '../../../../../src/policy/formats/mdm/syncml-reader.ts';
import { effort } from '../../../../effort.ts';

const DENY = '{&quot;type&quot;:&quot;deny&quot;,&quot;fileName&quot;:&quot;x.exe&quot;}';
const RULES = `<enabled/><data id="Rules_List" value="r&#xF000;${DENY}"/>`;
const uri = (policy: string) => policyUri('device', policy);
const item = (verb: string, address: string, data = '', more = '') =>
  `<${verb}><CmdID>1</CmdID><Item><Target><LocURI>${address}</LocURI></Target>${more}${data === '' ? '' : `<Data>${data}</Data>`}</Item></${verb}>`;
const cdata = (data: string) => `<![CDATA[${data}]]>`;
const escaped = (data: string) => data.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
const body = (content: string) => `<SyncML xmlns="SYNCML:SYNCML1.2"><SyncBody>${content}<Final/></SyncBody></SyncML>`;
const read = (content: string) => readSyncMlPolicies(Buffer.from(body(content)));

describe('a SyncML message', () => {
  it.each([
    ['in CDATA', cdata(RULES)],
    ['escaped', escaped(RULES)],
    [
      'with tags in other case and white space',
      cdata(`\n <Enabled />\n <Data id="Rules_List" value="r&#xF000;${DENY}"></Data>\n`),
    ],
  ])('holds rules %s', (_, data) => {
    const { policies, problems } = read(item('Replace', uri('Rules'), data));
    expect(problems).toEqual([]);
    expect(policies).toMatchObject([
      { scope: { kind: 'device' }, rules: [{ name: 'r', type: 'deny', fileName: 'x.exe' }] },
    ]);
  });

  it('may come without the scope in its address, in a Sequence, and for users', () => {
    const device = item('Add', './Vendor/MSFT/Policy/Config/EPM~Policy~EPM/EnableEPM', cdata('<enabled/>'));
    const user = item('Replace', policyUri('user', 'SendData'), cdata('<disabled/>'));
    expect(read(`<Sequence><CmdID>9</CmdID>${device}${user}</Sequence>`).policies).toMatchObject([
      { scope: { kind: 'device' }, settings: { enabled: true } },
      { scope: { kind: 'user' }, settings: { sendData: false } },
    ]);
  });

  it('takes a disabled list as an empty one, and no number that its policy does not have', () => {
    const enabled = item('Replace', uri('EnableEPM'), cdata('<enabled/>'));
    const off = read(
      enabled + item('Replace', uri('Rules'), cdata(RULES)) + item('Replace', uri('Rules'), cdata('<disabled/>')),
    );
    expect(off).toMatchObject({ policies: [{ settings: { enabled: true }, rules: [] }], problems: [] });
    for (const [value, size] of [
      ['1', 1],
      ['1048576', 1_048_576],
      ['0', undefined],
      ['1048577', undefined],
      ['+5', undefined],
      ['', undefined],
    ] as const) {
      const data = `<enabled/><data id="MaximumFileSizeMegabytes_Value" value="${value}"/>`;
      const { policies, problems } = read(enabled + item('Replace', uri('MaximumFileSizeMegabytes'), cdata(data)));
      expect(policies[0]?.settings?.maximumFileSize).toBe(size);
      expect(problems.map(({ code }) => code)).toEqual(size === undefined ? ['refusedItem'] : []);
    }
  });

  it('means what is left at its end: deleted policies are gone, with the ADMX all of them', () => {
    const set =
      item('Replace', uri('EnableEPM'), cdata('<enabled/>')) + item('Replace', uri('SendData'), cdata('<enabled/>'));
    expect(read(set + item('Delete', uri('SendData'))).policies).toMatchObject([{ settings: { enabled: true } }]);
    expect(read(set + item('Delete', ADMX_INSTALL_URI.split('/').slice(0, -2).join('/'))).policies).toEqual([]);
  });

  it('names what is not EPM’s, another ADMX, and settings a device would refuse, with their status', () => {
    const { policies, problems } = read(
      item('Add', ADMX_INSTALL_URI, cdata(renderAdmx())) +
        item('Add', `${ADMX_INSTALL_URI}_x`, cdata('<policyDefinitions/>')) +
        item('Replace', './Device/Vendor/MSFT/Policy/Config/Other/Thing', '1') +
        item(
          'Replace',
          uri('DefaultElevationResponse'),
          cdata('<enabled/><data id="DefaultElevationResponse_Value" value="7"/>'),
        ) +
        item('Exec', uri('EnableEPM')) +
        item('Add', uri('SendData'), cdata('<enabled/>')) +
        item('Add', uri('SendData'), cdata('<disabled/>')),
    );
    expect(policies).toMatchObject([{ settings: { sendData: true } }]);
    expect(problems.map(({ code, message }) => [code, /status (\d+)/.exec(message)?.[1]])).toEqual([
      ['otherAdmx', undefined],
      ['otherItem', undefined],
      ['refusedItem', '400'],
      ['refusedItem', '405'],
      ['refusedItem', '418'],
    ]);
  });

  it.each<[string, string, number]>([
    ['a list that is no list', item('Replace', uri('Rules'), cdata('<enabled/>')), 400],
    ['half a pair', item('Replace', uri('Rules'), cdata('<enabled/><data id="Rules_List" value="a"/>')), 400],
    [
      'two rules of one name',
      item('Replace', uri('Rules'), cdata(RULES.replace('"/>', `&#xF000;R&#xF000;${DENY}"/>`))),
      400,
    ],
    [
      'two rules of one name, the other way round',
      item('Replace', uri('Rules'), cdata(`<enabled/><data id="Rules_List" value="Ä&#xF000;{}&#xF000;ä&#xF000;{}"/>`)),
      400,
    ],
    ['data of what is disabled', item('Replace', uri('Rules'), cdata(RULES.replace('enabled', 'disabled'))), 400],
    ['a payload that is no XML', item('Replace', uri('Rules'), cdata('<enabled>')), 400],
    ['a payload with a document type', item('Replace', uri('Rules'), escaped('<!DOCTYPE a><enabled/>')), 400],
    ['a misspelt address', item('Replace', uri('Rules').replace('~Policy', '~ Policy'), cdata(RULES)), 404],
    ['an address that begins with a slash', item('Replace', uri('Rules').slice(1), cdata(RULES)), 404],
    ['a policy nobody knows', item('Replace', uri('Rule'), cdata(RULES)), 404],
    [
      'another format',
      item('Replace', uri('Rules'), cdata(RULES), '<Meta><Format xmlns="syncml:metinf">int</Format></Meta>'),
      415,
    ],
    [
      'a bad setting inside Atomic',
      `<Atomic><CmdID>1</CmdID>${item('Replace', uri('Rules'), cdata(RULES))}${item('Replace', uri('EnableEPM'), 'x')}</Atomic>`,
      400,
    ],
    ['Get inside Atomic', `<Atomic><CmdID>1</CmdID>${item('Get', uri('Rules'))}</Atomic>`, 500],
    ['Atomic inside Atomic', `<Atomic><CmdID>1</CmdID><Atomic><CmdID>2</CmdID></Atomic></Atomic>`, 500],
    [
      'Replace of what Atomic added',
      `<Atomic><CmdID>1</CmdID>${item('Add', uri('EnableEPM'), cdata('<enabled/>'))}${item('Replace', uri('EnableEPM'), cdata('<enabled/>'))}</Atomic>`,
      500,
    ],
  ])('AC-76 is refused where a device would lose rules: %s', (_, content, status) => {
    expect(() => read(content)).toThrow(
      expect.objectContaining({ code: 'EPM_POLICY_INVALID', data: expect.objectContaining({ status }) as unknown }),
    );
  });

  it.each([
    ['a command in other case', item('replace', uri('Rules'), cdata(RULES))],
    ['a command that OMA-DM does not have', item('Copy', uri('Rules'), cdata(RULES))],
    ['one of them in an Atomic', `<Atomic><CmdID>1</CmdID>${item('add', uri('Rules'), cdata(RULES))}</Atomic>`],
    ['two values in one item', item('Replace', uri('Rules'), cdata(RULES), '<Data>&lt;disabled/&gt;</Data>')],
    [
      'two addresses in one item',
      item('Replace', uri('Rules'), cdata(RULES), `<Target><LocURI>${uri('EnableEPM')}</LocURI></Target>`),
    ],
  ])('is refused for %s, which could lose a rule', (_, content) => {
    expect(() => read(content + item('Replace', uri('EnableEPM'), cdata('<enabled/>')))).toThrowError(
      expect.objectContaining({ code: 'EPM_POLICY_INVALID' }),
    );
  });

  it('AC-97 does not expand entities, and is refused before its cost grows', () => {
    const entities = `<!DOCTYPE a [<!ENTITY b "${'x'.repeat(100)}"><!ENTITY c "&b;&b;&b;">]><SyncML><SyncBody>&c;</SyncBody></SyncML>`;
    const spent = effort(() => {
      for (const text of [entities, '<?xml ?>' + '<!doctyp '.repeat(8000), body('<a>'.repeat(30_000))]) {
        expect(() => readSyncMlPolicies(Buffer.from(text))).toThrow(
          expect.objectContaining({ code: 'EPM_POLICY_INVALID' }),
        );
      }
    });
    expect(spent).toBeLessThan(1000);
  });
});

describe('an Intune profile', () => {
  const row = (omaUri: string, value: unknown, more: object = {}) => ({ omaUri, value, ...more });
  const profile = (...omaSettings: readonly object[]) => ({ omaSettings });
  const readProfile = (value: unknown) => readIntuneProfile(Buffer.from(JSON.stringify(value)));
  const XML = { '@odata.type': '#microsoft.graph.omaSettingStringXml' };

  it('holds texts, and files in base64 with or without a byte order mark', () => {
    const base64 = (text: string) => Buffer.from(text).toString('base64');
    for (const value of [
      profile(row(uri('Rules'), RULES)),
      profile(row(uri('Rules'), base64(RULES), XML)),
      profile(row(uri('Rules'), base64(`\ufeff${RULES}`), XML)),
      profile(row(uri('Rules'), Buffer.from(`\ufeff${RULES}`, 'utf16le').toString('base64'), XML)),
      [profile(row(uri('Rules'), RULES))],
      { value: [profile(row(uri('Rules'), RULES))] },
      { Id: '1', AdditionalProperties: { OmaSettings: [{ OmaUri: uri('Rules'), Value: RULES }] } },
    ]) {
      expect(readProfile(value)).toMatchObject({
        policies: [{ rules: [{ name: 'r', fileName: 'x.exe' }] }],
        problems: [],
      });
    }
  });

  it('with two rows for one list is refused, as nobody knows which of them counts', () => {
    const row = (omaUri: string, value: string) => ({
      '@odata.type': '#microsoft.graph.omaSettingString',
      omaUri,
      value,
    });
    const other = uri('Rules').replace('./Device/', './');
    const deny = RULES.replace('&#xF000;', '\uf000');
    for (const second of [uri('Rules'), other]) {
      const profile = { omaSettings: [row(uri('Rules'), deny), row(second, '<disabled/>')] };
      expect(() => readIntuneProfile(Buffer.from(JSON.stringify(profile)))).toThrowError(
        expect.objectContaining({ code: 'EPM_POLICY_INVALID', message: expect.stringContaining('418') as string }),
      );
    }
  });

  it('with hidden values is refused with the way to the plain text', () => {
    for (const hidden of [
      row(uri('Rules'), '****', { isEncrypted: true, secretReferenceValueId: 'ref-1' }),
      row(uri('Rules'), '****', { secretReferenceValueId: 'ref-1' }),
      row(uri('Rules'), null, { IsEncrypted: true, SecretReferenceValueId: 'ref-1' }),
    ]) {
      expect(() => readProfile(profile(hidden))).toThrow(
        expect.objectContaining({
          code: 'EPM_POLICY_INVALID',
          hint: expect.stringContaining(`getOmaSettingPlainTextValue(secretReferenceValueId='ref-1')`) as unknown,
        }),
      );
    }
  });

  it('is not taken for hidden where the plain text was put in, and the mark left', () => {
    const { policies } = readProfile(profile(row(uri('EnableEPM'), '<enabled/>', { isEncrypted: true })));
    expect(policies).toHaveLength(1);
  });

  it('names rows that are not EPM’s, hidden or not, and settings a device would refuse', () => {
    const { policies, problems } = readProfile(
      profile(
        row('./Device/Vendor/MSFT/Other', '****', { isEncrypted: true }),
        row(uri('SendData'), '<data/>'),
        row(uri('EnableEPM'), '<enabled/>'),
      ),
    );
    expect(policies).toMatchObject([{ settings: { enabled: true } }]);
    expect(problems.map(({ code, place }) => [code, place?.pointer, place?.line])).toEqual([
      ['otherItem', '/omaSettings/0', 1],
      ['refusedItem', '/omaSettings/1', 1],
    ]);
  });

  it.each<[string, unknown]>([
    [
      'a number where a text must be',
      profile(row(uri('Rules'), 1, { '@odata.type': '#microsoft.graph.omaSettingInteger' })),
    ],
    [
      'a text under another type',
      profile(row(uri('Rules'), 'AAAA', { '@odata.type': '#microsoft.graph.omaSettingBase64' })),
    ],
    ['a file that is no base64', profile(row(uri('Rules'), '<enabled/>', XML))],
    ['a list that a device would refuse', profile(row(uri('Rules'), '<enabled/>'))],
    ['a misspelt address', profile(row(uri('rules'), RULES))],
    ['a row without an address', profile({ value: RULES })],
    ['a row that is no object', { omaSettings: [1] }],
    ['no rows', { omaSettings: 1 }],
    ['one member twice but for case', { omaSettings: [], OmaSettings: [] }],
    ['one member twice by flattening', { omaSettings: [], AdditionalProperties: { omaSettings: [] } }],
    ['another thing', 7],
  ])('AC-76 is refused for %s', (_, value) => {
    expect(() => readProfile(value)).toThrow(expect.objectContaining({ code: 'EPM_POLICY_INVALID' }));
  });
});

describe('the format of an input', () => {
  it.each([
    ['// c\n{"version":1}', 'json'],
    ['{"Version":1,"rules":[]}', 'json'],
    ['{"version":1,"rules":[],"cases":[]}', 'json'],
    ['{"settings":[]}', 'graph'],
    ['[{"SettingInstance":{}}]', 'graph'],
    ['{"value":[{"templateReference":{},"settings":[]}]}', 'graph'],
    ['{"AdditionalProperties":{"omaSettings":[]}}', 'intune-profile'],
    ['{"key":"HKLM\\\\Software\\\\Policies\\\\EPM","values":[]}', 'registry'],
    ['\ufeff<?xml version="1.0"?>\n<!-- a --><s:SyncML xmlns:s="x"/>', 'syncml'],
    ['REGEDIT4\r\n', 'reg'],
    ['PReg', 'registry-pol'],
  ])('%j is %s', (text, format) => {
    expect(detectFormat(Buffer.from(text))).toBe(format);
  });

  it.each([
    ['{}', /no format of a policy/],
    ['[]', /no format of a policy/],
    ['{"version":1,"rules":[],"omaSettings":[]}', /may be json or intune-profile/],
    ['{"version":1,"rules":[}', /line 1, column/],
    ['<html/>', /root "html"/],
    ['<DeclaredConfiguration/>', /not published/],
    ['hello', /neither JSON/],
    ['', /neither JSON/],
    ['{"__proto__":{"version":1}}', /no format of a policy/],
    ['{"rules":[{"name":"Setup"}]}', /has rules and no version/],
    ['{"version":1,"policies":["policy.json"],"cases":[]}', /file of test cases/],
  ])('%j is not guessed', (text, reason) => {
    expect(() => detectFormat(Buffer.from(text))).toThrow(reason);
  });
});
