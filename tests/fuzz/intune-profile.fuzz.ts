/** Any text as an Intune profile: read or refused with a code, and what is read survives being written. */
import { readIntuneProfile } from '../../src/policy/formats/mdm/intune-profile.ts';
import { fuzzFormat } from './policy-format.ts';

const AREA = './Device/Vendor/MSFT/Policy/Config/EPM~Policy~EPM';
const RULES =
  '<enabled/><data id="Rules_List" value="r&#xF000;{&quot;type&quot;:&quot;deny&quot;,&quot;fileName&quot;:&quot;x.exe&quot;}"/>';
const row = (omaUri: string, value: string, type = 'String') => ({
  '@odata.type': `#microsoft.graph.omaSetting${type}`,
  omaUri,
  value,
});
const profile = (...omaSettings: readonly object[]) =>
  JSON.stringify({ '@odata.type': '#microsoft.graph.windows10CustomConfiguration', omaSettings });

export const corpus: readonly string[] = [
  profile(row(`${AREA}/EnableEPM`, '<enabled/>'), row(`${AREA}/Rules`, RULES)),
  profile(row(`${AREA}/Rules`, Buffer.from(RULES).toString('base64'), 'StringXml')),
  profile({ omaUri: `${AREA}/Rules`, isEncrypted: true, value: '****', secretReferenceValueId: 'a' }),
  `{"value":[{"AdditionalProperties":{"omaSettings":[{"OmaUri":"${AREA}/SendData","value":"<disabled/>"}]}}]}`,
  profile(row('./Device/Vendor/MSFT/Policy/ConfigOperations/ADMXInstall/EPM/Policy/EPM_1', '<a/>')),
  '{"__proto__":{"omaSettings":[]},"omaSettings":[],"OMASETTINGS":[]}',
];

/** @throws on a finding. */
export function fuzz(bytes: Uint8Array): void {
  fuzzFormat(bytes, 'intune-profile', readIntuneProfile);
}
