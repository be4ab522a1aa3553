/**
 * The script that asks a device, in a real PowerShell on the real registry functions of the system. Wine has no
 * MDM client and nothing behind the CIM cmdlets: the keys are written by the test, and two functions stand in for
 * Get-CimClass and Get-CimInstance where the WMI bridge is asked.
 */
import { beforeAll, describe, expect, it } from 'vitest';
import { type MdmDelivery, readMdmAnswer } from '../../src/policy/formats/mdm/mdm-answer.ts';
import { MDM_QUESTION } from '../../src/windows/mdm/read-mdm.ts';
import { READ_MDM } from '../../src/windows/mdm/script.ts';
import { describeWindows } from '../bed/index.ts';
import { powerShellIn } from '../../testbed/powershell.ts';
import { ANSWER, AREA, INTUNE, PAYLOADS, USER, won } from '../unit/policy/formats/mdm/mdm-answers.ts';

const MANAGER = 'HKEY_LOCAL_MACHINE\\SOFTWARE\\Microsoft\\PolicyManager';
const quoted = (text: string): string => `"${text.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`;
const key = (name: string, entries: readonly { readonly name: string; readonly data: string }[]): string =>
  [`[${name}]`, ...entries.map(({ name: value, data }) => `${quoted(value)}=${quoted(data)}`), ''].join('\r\n');
const payloads = Object.entries(PAYLOADS).map(([name, data]) => ({ name, data }));

/** A device that Intune manages, as .reg text. */
const DEVICE = [
  'Windows Registry Editor Version 5.00',
  '',
  key(`${MANAGER}\\current\\device\\${AREA}`, won(INTUNE, Object.keys(PAYLOADS))),
  key(`${MANAGER}\\current\\${USER}\\${AREA}`, won(INTUNE, ['EnableEPM'], USER)),
  key(`${MANAGER}\\current\\device\\Update`, [{ name: 'AllowAutoUpdate', data: '1' }]),
  key(`${MANAGER}\\providers\\${INTUNE}\\default\\Device\\${AREA}`, payloads),
  key(`${MANAGER}\\providers\\${INTUNE}\\default\\${USER}\\${AREA}`, [{ name: 'EnableEPM', data: '<disabled/>' }]),
  key(`${MANAGER}\\AdmxInstalled\\${INTUNE}\\EPM\\Policy\\EPM_1_1`, []),
  key(`HKEY_LOCAL_MACHINE\\SOFTWARE\\Microsoft\\Enrollments\\${INTUNE}`, [
    { name: 'ProviderID', data: 'MS DM Server' },
    { name: 'EnrollmentState', data: '1' },
  ]),
  '',
].join('\r\n');

const NO_CMDLETS = `$PSModuleAutoLoadingPreference = 'None'`;
const NO_CLASS = `
function Get-CimClass { [CmdletBinding()] param($Namespace, $ClassName) if ($ClassName -notlike '*EPM*') { 'one' } }`;
const NO_BRIDGE = `
function Get-CimClass { [CmdletBinding()] param($Namespace, $ClassName) if ($ClassName -notlike '*EPM*') { throw 'Access denied' } }`;
const A_CLASS = `
function Get-CimClass { [CmdletBinding()] param($Namespace, $ClassName) [pscustomobject]@{ CimClassName = 'MDM_Policy_Result01_EPM02' } }
function Get-CimInstance { [CmdletBinding()] param($Namespace, $ClassName)
  $property = { param($name, $value) [pscustomobject]@{ Name = $name; Value = $value } }
  [pscustomobject]@{ CimInstanceProperties = @((& $property 'InstanceID' 'EPM'), (& $property 'EnableEPM' '<disabled/>'), (& $property 'Rules' $null)) } }`;

describeWindows('what a device is asked about its MDM policies', ['powerShell'], (bed) => {
  let count = 0;
  async function ask(standIns = ''): Promise<MdmDelivery> {
    count += 1;
    const file = `C:\\Users\\Public\\mdm-${count}.ps1`;
    const question = JSON.stringify(MDM_QUESTION);
    const script = `$ErrorActionPreference = 'Stop'\n$InputData = '${question}' | ConvertFrom-Json\n${standIns}\n`;
    bed().putFile(file, `\uFEFF${script}& {\n${READ_MDM}\n} | ConvertTo-Json -Depth 8 -Compress\n`);
    const { output, errors } = await bed().run({
      ...powerShellIn(bed()),
      arguments: ['-NoProfile', '-NonInteractive', '-ExecutionPolicy', 'Bypass', '-File', file],
      as: 'system',
    });
    expect(errors).toBe('');
    return readMdmAnswer(JSON.parse(output));
  }

  it('is told as nothing where nobody manages it', async () => {
    expect(await ask()).toMatchObject({ items: [], policies: [], problems: [], admx: [], enrollments: [] });
  });

  describe('that Intune manages', () => {
    beforeAll(() => bed().importRegistry(DEVICE));

    it('is read from the keys of the Policy CSP', async () => {
      const delivery = await ask();
      // Wine answers no question of CIM.
      if (bed().kind === 'wine') expect(delivery.bridge).toBe('failed');
      expect(delivery.enrollments).toEqual(ANSWER.enrollments);
      expect(delivery.admx).toEqual(ANSWER.admx);
      expect(delivery.items.filter(({ scope }) => scope.kind === 'device')).toEqual(
        expect.arrayContaining([...readMdmAnswer(ANSWER).items]),
      );
      expect(delivery.policies).toMatchObject([
        { scope: { kind: 'device' }, settings: { enabled: true }, rules: [{ name: 'Tool' }] },
        { scope: { kind: 'user', sid: USER }, settings: { enabled: false } },
      ]);
      expect(delivery.problems).toEqual([]);
    });

    it('says that there is no bridge, that it has no class for it, or does not answer', async () => {
      expect(await ask(NO_CMDLETS)).toMatchObject({ bridge: 'absent', problems: [] });
      expect(await ask(NO_CLASS)).toMatchObject({ bridge: 'noClass', problems: [] });
      const failed = await ask(NO_BRIDGE);
      expect(failed).toMatchObject({ bridge: 'failed', bridgeError: 'Access denied' });
      expect(failed.policies).toHaveLength(2);
    });

    it('takes the word of the bridge where it has one', async () => {
      const delivery = await ask(A_CLASS);
      expect(delivery.bridge).toBe('answered');
      expect(delivery.policies).toMatchObject([{ settings: { enabled: false }, rules: [{ name: 'Tool' }] }, {}]);
    });
  });
});
