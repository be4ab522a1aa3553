/**
 * Answers of a device, written for the tests: no device was recorded. Names and shapes are those that Microsoft
 * documents for the keys of the Policy CSP and for the classes of the WMI bridge, see src/policy/formats/mdm/mdm-answer.ts.
 */
export const INTUNE = '4d8f3c52-7b0a-4f0e-9a5d-0d4a9a7f6b11';
export const OTHER = '9c1e2b70-1111-4222-8333-944445555666';
export const USER = 'S-1-12-1-1111111111-2222222222-3333333333-444444444';
export const AREA = 'EPM~Policy~EPM';

export interface Value {
  readonly name: string;
  readonly data: string;
}

export const rulePayload = (name: string, rule: object): string =>
  `<enabled/><data id="Rules_List" value="${name}&#xF000;${JSON.stringify(rule).replaceAll('"', '&quot;')}"/>`;

export const PAYLOADS: Readonly<Record<string, string>> = {
  EnableEPM: '<enabled/>',
  DefaultElevationResponse: '<enabled/><data id="DefaultElevationResponse_Value" value="1"/>',
  Rules: rulePayload('Tool', { type: 'deny', fileName: 'tool.exe' }),
};

/** Values of the merged key for policies of an ADMX file: the payload itself is not among them. */
export function won(provider: string, names: readonly string[], scope = 'Device'): readonly Value[] {
  return names.flatMap((name) => [
    { name: `${name}_ProviderSet`, data: '1' },
    { name: `${name}_WinningProvider`, data: provider },
    {
      name: `${name}_ADMXInstanceData`,
      data: `SOFTWARE\\Microsoft\\PolicyManager\\providers\\${provider}\\default\\${scope}\\${AREA}`,
    },
  ]);
}

export const values = (payloads: Readonly<Record<string, string>>): readonly Value[] =>
  Object.entries(payloads).flatMap(([name, data]) => [
    { name, data },
    { name: `${name}_LastWrite`, data: '1' },
  ]);

export const ANSWER = {
  bridge: { state: 'noClass', error: '', instances: [] as readonly { readonly values: readonly Value[] }[] },
  current: [{ id: '', scope: 'device', values: won(INTUNE, Object.keys(PAYLOADS)) }],
  providers: [{ id: INTUNE.toUpperCase(), scope: 'Device', values: values(PAYLOADS) }],
  admx: [{ enrollment: INTUNE, id: 'EPM_1_1' }],
  enrollments: [{ id: INTUNE, provider: 'MS DM Server', state: '1' }],
  denied: [] as readonly string[],
};
