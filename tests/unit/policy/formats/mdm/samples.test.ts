/** Microsoft's published SyncML samples, sent to the MDM client as they are. */
import { describe, expect, it } from 'vitest';
import { MdmClient } from '../../../../../testbed/mdm-client/mdm-client.ts';
import type { Hive } from '../../../../../testbed/mdm-client/registry.ts';
import { haveSamples, sample } from '../../samples.ts';

const USER: Hive = 'S-1-5-21-1-2-3-1001';

/** The part of Windows' own ADMX files that the samples set, under the names the Policy CSP gives the policies. */
function inbox(policy: string): string {
  return `<policyDefinitions><policies>${policy}</policies></policyDefinitions>`;
}

const ELEMENTS = 'ms-docs__understanding-admx-backed-policies__';

describe.skipIf(!haveSamples)('published samples of ADMX elements', () => {
  it.each<[string, string, string, unknown[]]>([
    [
      'text',
      'InternetExplorer',
      `<policy name="DisableHomePageChange" class="User" key="Software\\Policies\\Microsoft\\Internet Explorer\\Control Panel" valueName="HomePage">
         <enabledValue><decimal value="1"/></enabledValue><disabledValue><decimal value="0"/></disabledValue>
         <elements><text id="EnterHomePagePrompt" key="Software\\Policies\\Microsoft\\Internet Explorer\\Main" valueName="Start Page" required="true"/></elements></policy>`,
      [
        [USER, 'Software\\Policies\\Microsoft\\Internet Explorer\\Control Panel', 'HomePage', 'REG_DWORD', 1],
        [USER, 'Software\\Policies\\Microsoft\\Internet Explorer\\Main', 'Start Page', 'REG_SZ', 'mystartpage'],
      ],
    ],
    [
      'multitext',
      'AppVirtualization',
      `<policy name="VirtualComponentsAllowList" class="Machine" key="SOFTWARE\\Policies\\Microsoft\\AppV\\Client\\Virtualization">
         <elements><multiText id="Virtualization_JITVAllowList_Prompt" valueName="ProcessesUsingVirtualComponents"/></elements></policy>`,
      [
        [
          'HKLM',
          'SOFTWARE\\Policies\\Microsoft\\AppV\\Client\\Virtualization',
          'ProcessesUsingVirtualComponents',
          'REG_MULTI_SZ',
          ['C:\\QuickPatch\\TEST\\snot.exe', 'C:\\QuickPatch\\TEST\\foo.exe', 'C:\\QuickPatch\\TEST\\bar.exe'],
        ],
      ],
    ],
    [
      'list',
      'InternetExplorer',
      `<policy name="DisableSecondaryHomePageChange" class="Both" key="Software\\Policies\\Microsoft\\Internet Explorer\\Main\\SecondaryStartPages">
         <elements><list id="SecondaryHomePagesList" additive="true"/></elements></policy>`,
      [
        [
          USER,
          'Software\\Policies\\Microsoft\\Internet Explorer\\Main\\SecondaryStartPages',
          'http://name1',
          'REG_SZ',
          'http://name1',
        ],
        [
          USER,
          'Software\\Policies\\Microsoft\\Internet Explorer\\Main\\SecondaryStartPages',
          'http://name2',
          'REG_SZ',
          'http://name2',
        ],
      ],
    ],
    [
      'decimal',
      'AppVirtualization',
      `<policy name="StreamingAllowReestablishmentInterval" class="Machine" key="SOFTWARE\\Policies\\Microsoft\\AppV\\Client\\Streaming">
         <elements><decimal id="Streaming_Reestablishment_Interval_Prompt" valueName="ReestablishmentInterval" minValue="0" maxValue="3600"/></elements></policy>`,
      [['HKLM', 'SOFTWARE\\Policies\\Microsoft\\AppV\\Client\\Streaming', 'ReestablishmentInterval', 'REG_DWORD', 4]],
    ],
    [
      'enum',
      'BitLocker',
      `<policy name="EncryptionMethodByDriveType" class="Machine" key="SOFTWARE\\Policies\\Microsoft\\FVE"><elements>
         <enum id="EncryptionMethodWithXtsOsDropDown_Name" valueName="EncryptionMethodWithXtsOs" required="true">
           <item displayName="a"><value><decimal value="3"/></value></item><item displayName="b"><value><decimal value="4"/></value></item></enum></elements></policy>`,
      [['HKLM', 'SOFTWARE\\Policies\\Microsoft\\FVE', 'EncryptionMethodWithXtsOs', 'REG_DWORD', 4]],
    ],
    [
      'boolean',
      'DeviceInstallation',
      `<policy name="PreventInstallationOfMatchingDeviceSetupClasses" class="Machine" key="Software\\Policies\\Microsoft\\Windows\\DeviceInstall\\Restrictions" valueName="DenyDeviceClasses">
         <enabledValue><decimal value="1"/></enabledValue><disabledValue><decimal value="0"/></disabledValue>
         <elements><list id="DeviceInstall_Classes_Deny_List" key="Software\\Policies\\Microsoft\\Windows\\DeviceInstall\\Restrictions\\DenyDeviceClasses" valuePrefix=""/>
         <boolean id="DeviceInstall_Classes_Deny_Retroactive" valueName="DenyDeviceClassesRetroactive">
           <trueValue><decimal value="1"/></trueValue><falseValue><decimal value="0"/></falseValue></boolean></elements></policy>`,
      [
        [
          'HKLM',
          'Software\\Policies\\Microsoft\\Windows\\DeviceInstall\\Restrictions',
          'DenyDeviceClasses',
          'REG_DWORD',
          1,
        ],
        [
          'HKLM',
          'Software\\Policies\\Microsoft\\Windows\\DeviceInstall\\Restrictions\\DenyDeviceClasses',
          '1',
          'REG_SZ',
          'deviceId1',
        ],
        [
          'HKLM',
          'Software\\Policies\\Microsoft\\Windows\\DeviceInstall\\Restrictions\\DenyDeviceClasses',
          '2',
          'REG_SZ',
          'deviceId2',
        ],
        [
          'HKLM',
          'Software\\Policies\\Microsoft\\Windows\\DeviceInstall\\Restrictions',
          'DenyDeviceClassesRetroactive',
          'REG_DWORD',
          1,
        ],
      ],
    ],
  ])('%s', (element, area, policy, expected) => {
    const client = new MdmClient(USER);
    client.addInboxArea(area, inbox(policy));
    const { statuses, operations } = client.receive(sample(`${ELEMENTS}${element}-element.xml`));
    expect(statuses.map(({ status }) => status)).toEqual([200]);
    expect(
      operations.map((o) => (o.kind === 'set' ? [o.hive, o.key, o.value.name, o.value.type, o.value.data] : o)),
    ).toEqual(expected);
  });
});

describe.skipIf(!haveSamples)('published samples of an ingested application policy', () => {
  const text = (name: string) => sample(`ms-docs__win32-and-centennial-app-policy-configuration__${name}.xml`);
  const KEY = 'software\\policies\\contoso\\companyApp';
  const set = (name: string, type: string, data: unknown) => ({
    kind: 'set',
    hive: 'HKLM',
    key: KEY,
    value: { name, type, data },
  });
  const gone = (name: string) => ({ kind: 'delete', hive: 'HKLM', key: KEY, name });

  it('are ingested, enabled, disabled and removed', () => {
    const client = new MdmClient(USER);
    expect(client.receive(text('admx-ingest'))).toMatchObject({ statuses: [{ status: 200 }], operations: [] });
    // The published addresses have a stray blank behind the application's name, so that they name nothing.
    expect(client.receive(text('enable-app-policy'))).toMatchObject({ statuses: [{ status: 404 }], operations: [] });
    const corrected = (name: string) => client.receive(text(name).replace('~ Policy~', '~Policy~'));
    expect(corrected('enable-app-policy')).toMatchObject({
      statuses: [{ id: '103', verb: 'Replace', status: 200 }],
      operations: [
        set('configurationmode', 'REG_DWORD', 1),
        set('serveraddressinternal', 'REG_SZ', 'TextValue1'),
        set('serveraddressexternal', 'REG_SZ', 'TextValue2'),
      ],
    });
    expect(corrected('disable-app-policy').operations).toEqual([
      gone('serveraddressinternal'),
      gone('serveraddressexternal'),
      set('configurationmode', 'REG_DWORD', 0),
    ]);
    expect(corrected('not-configured-app-policy').operations).toEqual([gone('configurationmode')]);
    expect(corrected('not-configured-app-policy').statuses).toMatchObject([{ status: 404 }]);
  });

  it('the ADMX of a vendor without policies is ingested', () => {
    const client = new MdmClient(USER);
    const data = `<![CDATA[${sample('mozilla.admx')}]]>`;
    const uri = './Device/Vendor/MSFT/Policy/ConfigOperations/ADMXInstall/Mozilla/Policy/One';
    const message = `<SyncML><SyncBody><Add><CmdID>1</CmdID><Item><Target><LocURI>${uri}</LocURI></Target><Data>${data}</Data></Item></Add></SyncBody></SyncML>`;
    expect(client.receive(message).statuses).toMatchObject([{ status: 200 }]);
  });
});
