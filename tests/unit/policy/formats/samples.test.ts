/** What becomes of every published sample when it is given as a policy: taken, or refused for a reason that is true of it. */
import { readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { readDeclaredConfigurations } from '../../../../src/policy/formats/mdm/declared-configuration.ts';
import { readPolicies } from '../../../../src/policy/formats/formats.ts';
import { haveSamples, sample, samplesFolder } from '../samples.ts';

const APP = 'ms-docs__win32-and-centennial-app-policy-configuration__';
const ELEMENT = 'ms-docs__understanding-admx-backed-policies__';
const WINDC = 'ms-docs__declaredconfiguration-csp__';

/** `taken`: number of rules. Otherwise what the refusal says. */
const SAMPLES: Readonly<Record<string, { readonly taken: number } | { readonly refused: RegExp }>> = {
  'README.md': { refused: /neither JSON, XML/ },
  'graph__elevation-rules.json': { taken: 1 },
  'graph__elevation-settings.json': { taken: 0 },
  'mozilla.admx': { refused: /ADMX file/ },
  [`${APP}contoso-admx.xml`]: { refused: /ADMX file/ },
  [`${APP}admx-ingest.xml`]: { refused: /ContosoCompanyApp.*not EPM/ },
  [`${APP}enable-app-policy.xml`]: { refused: /ContosoCompanyApp.*not EPM/ },
  [`${APP}disable-app-policy.xml`]: { refused: /ContosoCompanyApp.*not EPM/ },
  [`${APP}not-configured-app-policy.xml`]: { refused: /ContosoCompanyApp.*not EPM/ },
  [`${ELEMENT}boolean-element.xml`]: { refused: /DeviceInstallation.*not EPM/ },
  [`${ELEMENT}decimal-element.xml`]: { refused: /AppVirtualization.*not EPM/ },
  [`${ELEMENT}enum-element.xml`]: { refused: /BitLocker.*not EPM/ },
  [`${ELEMENT}list-element.xml`]: { refused: /InternetExplorer.*not EPM/ },
  [`${ELEMENT}multitext-element.xml`]: { refused: /AppVirtualization.*not EPM/ },
  [`${ELEMENT}text-element.xml`]: { refused: /InternetExplorer.*not EPM/ },
  [`${WINDC}abandon-document.xml`]: { refused: /DeclaredConfiguration.*not EPM/ },
  [`${WINDC}delete-document.xml`]: { refused: /DeclaredConfiguration.*not EPM/ },
  [`${WINDC}unabandon-document.xml`]: { refused: /DeclaredConfiguration.*not EPM/ },
  [`${WINDC}windc-document.xml`]: { refused: /not published/ },
  [`${WINDC}windc-generic-alert.xml`]: { refused: /not published/ },
  'admx-schema/BaseTypes.xsd': { refused: /root "schema"/ },
  'admx-schema/PolicyDefinitionFiles.xsd': { refused: /root "schema"/ },
  'admx-schema/PolicyDefinitions.xsd': { refused: /root "schema"/ },
  'admx-schema/README.md': { refused: /neither JSON, XML/ },
};

describe.skipIf(!haveSamples)('published samples as policies', () => {
  it('are all in the table', () => {
    const files = readdirSync(samplesFolder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => `${entry.parentPath.slice(samplesFolder.length + 1)}/${entry.name}`.replace(/^\//, ''));
    expect(files.sort()).toEqual(Object.keys(SAMPLES).sort());
  });

  it.each(Object.entries(SAMPLES))('%s', (name, expected) => {
    const read = () => readPolicies(Buffer.from(sample(name)), undefined);
    if ('refused' in expected) {
      expect(read).toThrow(expect.objectContaining({ code: 'EPM_POLICY_INVALID' }));
      expect(read).toThrow(expected.refused);
    } else {
      const { policies } = read();
      expect(policies.flatMap(({ rules }) => rules)).toHaveLength(expected.taken);
      expect(policies.flatMap(({ rejected }) => rejected)).toEqual([]);
    }
  });

  it('tell the frame of declared configurations', () => {
    const read = (name: string) => readDeclaredConfigurations(Buffer.from(sample(`${WINDC}${name}.xml`)));
    expect(read('windc-document')).toMatchObject([
      { kind: 'document', context: 'Device', scenario: 'MSFTExtensibilityMIProviderConfig', items: [] },
    ]);
    expect(read('windc-generic-alert')).toMatchObject([
      { kind: 'alert', state: { number: 60, meaning: 'configured', failed: false, permanent: true } },
    ]);
  });
});
