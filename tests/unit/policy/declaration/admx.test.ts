import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { validateXML } from 'xmllint-wasm';
import { checkAdmx } from '../../../../testbed/mdm-client/admx-check.ts';
import { ADMX_POLICIES, renderAdml, renderAdmx } from '../../../../src/policy/declaration/admx.ts';
import { haveSamples, sample } from '../samples.ts';

const NAMESPACE = 'http://schemas.microsoft.com/GroupPolicy/2006/07/PolicyDefinitions';

async function validate(...files: { fileName: string; contents: string }[]) {
  // Two differences between published schemas and real files: the namespace, and `\$`, which is no escape in XSD 1.0.
  const schema = (name: string) => sample(`admx-schema/${name}`).replaceAll('\\$', '[$]');
  return validateXML({
    xml: files.map(({ fileName, contents }) => ({
      fileName,
      contents: contents.replaceAll(NAMESPACE, 'http://www.microsoft.com/GroupPolicy/PolicyDefinitions'),
    })),
    schema: [{ fileName: 'PolicyDefinitionFiles.xsd', contents: schema('PolicyDefinitionFiles.xsd') }],
    preload: ['BaseTypes.xsd', 'PolicyDefinitions.xsd'].map((fileName) => ({ fileName, contents: schema(fileName) })),
  });
}

describe('EPM.admx', () => {
  it('has none of the known traps', () => {
    expect(checkAdmx(renderAdmx(), renderAdml())).toEqual([]);
  });

  it('is what is checked in', () => {
    const folder = resolve(import.meta.dirname, '../../../../policy-definitions');
    expect(readFileSync(join(folder, 'EPM.admx'), 'utf8')).toBe(renderAdmx());
    expect(readFileSync(join(folder, 'en-US', 'EPM.adml'), 'utf8')).toBe(renderAdml());
  });

  it('keeps the names of list entries and adds lists of several Group Policy objects up', () => {
    for (const { element } of ADMX_POLICIES) {
      if (element.kind !== 'list') continue;
      expect(renderAdmx()).toContain(
        `<list id="${element.id}" key="${element.key}" explicitValue="true" additive="true" />`,
      );
    }
  });

  it.skipIf(!haveSamples)('fits the schemas of [MS-GPREG]', async () => {
    const files = [
      { fileName: 'EPM.admx', contents: renderAdmx() },
      { fileName: 'EPM.adml', contents: renderAdml() },
    ];
    expect(await validate(...files)).toMatchObject({ valid: true, errors: [] });
    // The schema is in force: the same file without a required attribute does not fit.
    const broken = { fileName: 'EPM.admx', contents: renderAdmx().replace(' class="Both"', '') };
    expect(await validate(broken)).toMatchObject({ valid: false });
  });
});

describe('checkAdmx', () => {
  const good = renderAdmx();
  const adml = renderAdml();

  it.each<[string, string, string | RegExp, string]>([
    ['prefix', 'a prefix on a parent category', '<parentCategory ref="EPM"', '<parentCategory ref="epm:EPM"'],
    ['prefix', "Windows' own supportedOn", 'ref="SUPPORTED_EPM_1"', 'ref="windows:SUPPORTED_Windows_10_0"'],
    ['danglingReference', 'a category of another file', '<category name="EPM"', '<category name="Other"'],
    ['danglingReference', 'an undefined supportedOn', '<definition name="SUPPORTED_EPM_1"', '<definition name="X"'],
    ['noReference', 'a policy without category', '<parentCategory ref="EPM" />', ''],
    [
      'otherFile',
      'another namespace',
      '<target',
      '<using prefix="windows" namespace="Microsoft.Policies.Windows" /><target',
    ],
    ['refusedRoot', "Microsoft's key", 'key="Software\\Policies\\EPM"', 'key="Software\\Policies\\Microsoft\\EPM"'],
    ['refusedRoot', 'a system key', 'key="Software\\Policies\\EPM"', 'key="SYSTEM\\CurrentControlSet"'],
    ['key', 'a hive', 'key="Software\\Policies\\EPM"', 'key="HKLM\\Software\\Policies\\EPM"'],
    ['maxLength', 'a text of default length', 'valueName="PolicyId" maxLength="128"', 'valueName="PolicyId"'],
    ['nameTwice', 'a policy twice', '<policy name="SendData"', '<policy name="EnableEPM"'],
    ['name', 'a blank in a name', '<policy name="SendData"', '<policy name="Send Data"'],
    ['missingResource', 'a string nobody defines', '$(string.EnableEPM)', '$(string.Nothing)'],
    ['noControl', 'an element without control', 'id="PolicyId_Value"', 'id="Other_Value"'],
    ['notXml', 'a document type', '<policyDefinitions', '<!DOCTYPE a [<!ENTITY b "c">]><policyDefinitions'],
    ['notXml', 'broken XML', '</policies>', ''],
    ['root', 'another root', /policyDefinitions/g as RegExp, 'definitions'],
  ])('finds %s: %s', (reason, _, from, to) => {
    const broken = typeof from === 'string' ? good.replace(from, () => to) : good.replaceAll(from, () => to);
    expect(broken).not.toBe(good);
    expect(checkAdmx(broken, adml).map((problem) => problem.reason)).toContain(reason);
  });

  it('finds a combo box and a control without element', () => {
    const reasons = checkAdmx(good, adml.replace(/<textBox.*<\/textBox>/, '<comboBox refId="x"/>')).map(
      ({ reason }) => reason,
    );
    expect(reasons).toEqual(expect.arrayContaining(['comboBox', 'noElement', 'noControl']));
  });

  it('allows the exceptions among the refused roots', () => {
    expect(checkAdmx(good.replaceAll('Software\\Policies\\EPM', 'Software\\Policies\\Microsoft\\Office\\EPM'))).toEqual(
      [],
    );
    expect(checkAdmx(good.replaceAll('Software\\Policies\\EPM', 'Software\\Microsoft\\EdgeOther'))).not.toEqual([]);
  });
});
