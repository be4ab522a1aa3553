/** A policy delivered as SyncML through the MDM client, and read back from the registry it wrote. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sid } from '../../../src/model/brands.ts';
import type { PolicyDocument } from '../../../src/model/policy.ts';
import { renderAdmx } from '../../../src/policy/declaration/admx.ts';
import { POLICY_KEY } from '../../../src/policy/declaration/names.ts';
import { readPolicy } from '../../../src/policy/registry/registry-policy.ts';
import {
  ADMX_INSTALL_URI,
  installOperation,
  policyOperations,
  policyUri,
  renderSyncMl,
} from '../../../src/policy/formats/mdm/syncml.ts';
import { foldCase } from '../../../src/text/compare.ts';
import { MdmClient } from '../../../testbed/mdm-client/mdm-client.ts';
import { MemoryRegistry, renderRegFile, type Hive } from '../../../testbed/mdm-client/registry.ts';
import { policyDocument } from './arbitrary-policy.ts';

const USER: Hive = 'S-1-5-21-1-2-3-1001';
const DEVICE = { kind: 'device' } as const;
const INSTALL = renderSyncMl([installOperation(renderAdmx())]);

class Device {
  readonly client = new MdmClient(USER);
  readonly registry = new MemoryRegistry();

  receive(syncMl: string): number[] {
    const { statuses, operations } = this.client.receive(syncMl);
    this.registry.apply(operations);
    return statuses.map(({ status }) => status);
  }

  policy(hive: Hive = 'HKLM'): PolicyDocument | undefined {
    const key = this.registry.snapshot(hive, POLICY_KEY);
    return key && readPolicy(key, hive === 'HKLM' ? DEVICE : { kind: 'user', sid: sid(hive) });
  }
}

function installed(): Device {
  const device = new Device();
  expect(device.receive(INSTALL)).toEqual([200]);
  return device;
}

const POLICY: PolicyDocument = {
  id: 'device',
  scope: DEVICE,
  settings: {
    enabled: true,
    defaultElevationResponse: 'denyAll',
    defaultValidations: ['justification'],
    sendData: false,
  },
  rules: [
    { name: 'Git <"&">', type: 'automatic', fileName: 'git.exe', fileHash: 'a'.repeat(64) },
    { name: 'No registry editor', type: 'deny', fileName: 'regedit.exe', arguments: ['/s "C:\\a b.reg"', ']]>\uf000'] },
  ],
  rejected: [],
};

describe('delivery as OMA-URI', () => {
  it('arrives in the registry as it was', () => {
    const device = installed();
    expect(new Set(device.receive(renderSyncMl(policyOperations(POLICY))))).toEqual(new Set([200]));
    expect(device.policy()).toEqual(POLICY);
  });

  it('arrives whole for every valid policy, and the next one replaces it', () => {
    fc.assert(
      fc.property(policyDocument, policyDocument, (first, second) => {
        const device = installed();
        device.receive(renderSyncMl(policyOperations(first)));
        expect(device.policy() ?? { ...first, id: 'device' }).toEqual(first);
        const statuses = device.receive(renderSyncMl(policyOperations(second, first)));
        expect(statuses.filter((status) => status !== 200)).toEqual([]);
        expect(device.policy() ?? { ...second, id: 'device' }).toEqual({
          ...second,
          rules: expect.anything() as unknown,
        });
        // Windows keeps a name as it was first written.
        const byName = (rules: PolicyDocument['rules']) =>
          rules.map((rule) => ({ ...rule, name: foldCase(rule.name) })).sort((a, b) => (a.name < b.name ? -1 : 1));
        expect(byName(device.policy()?.rules ?? [])).toEqual(byName(second.rules));
      }),
      { numRuns: 60 },
    );
  });

  it('reaches only the user it is assigned to', () => {
    const device = installed();
    const policy: PolicyDocument = { ...POLICY, id: 'user', scope: { kind: 'user', sid: sid(USER) } };
    device.receive(renderSyncMl(policyOperations(policy)));
    expect(device.policy()).toBeUndefined();
    expect(device.policy(USER)).toEqual(policy);
  });

  it('leaves nothing behind when policies are deleted one by one, or with the application', () => {
    const device = installed();
    device.receive(renderSyncMl(policyOperations(POLICY)));
    device.receive(renderSyncMl(policyOperations({ id: 'device', scope: DEVICE, rules: [], rejected: [] }, POLICY)));
    expect(device.policy()).toEqual({ id: 'device', scope: DEVICE, rules: [], rejected: [] });

    device.receive(renderSyncMl(policyOperations(POLICY)));
    const uninstall = ADMX_INSTALL_URI.split('/').slice(0, -2).join('/');
    expect(device.receive(renderSyncMl([{ verb: 'Delete', uri: uninstall }]))).toEqual([200, 200]);
    expect(device.policy()).toEqual({ id: 'device', scope: DEVICE, rules: [], rejected: [] });
    expect(device.receive(renderSyncMl(policyOperations(POLICY)))[0]).toBe(507);
  });

  it('does not touch values it did not write', () => {
    const device = installed();
    device.registry.apply([
      {
        kind: 'set',
        hive: 'HKLM',
        key: `${POLICY_KEY}\\Rules`,
        value: { name: 'own', type: 'REG_SZ', data: '{"type":"deny","fileName":"x.exe"}' },
      },
    ]);
    device.receive(renderSyncMl(policyOperations(POLICY)));
    device.receive(renderSyncMl(policyOperations({ ...POLICY, rules: [] }, POLICY)));
    expect(device.policy()?.rules.map(({ name }) => name)).toEqual(['own']);
  });

  it('can be written as a .reg file', () => {
    const client = new MdmClient(USER);
    client.receive(INSTALL);
    const { operations } = client.receive(renderSyncMl(policyOperations(POLICY)));
    const bytes = Buffer.from(
      renderRegFile([...operations, { kind: 'delete', hive: USER, key: 'Software\\X', name: '' }]),
    );
    const lines = bytes.toString('utf16le').split('\r\n');
    expect(lines[0]).toBe('\ufeffWindows Registry Editor Version 5.00');
    expect(lines).toContain('[HKEY_LOCAL_MACHINE\\Software\\Policies\\EPM]');
    expect(lines).toContain('"EnableEPM"=dword:00000001');
    expect(lines).toContain('[HKEY_LOCAL_MACHINE\\Software\\Policies\\EPM\\Rules]');
    expect(lines).toContain(
      `"Git <\\"&\\">"="{\\"type\\":\\"automatic\\",\\"fileName\\":\\"git.exe\\",\\"fileHash\\":\\"${'a'.repeat(64)}\\"}"`,
    );
    expect(lines).toContain(`[HKEY_USERS\\${USER}\\Software\\X]`);
    expect(lines).toContain('@=-');
  });
});

describe('the MDM client', () => {
  const replace = (policy: string, data: string) => ({
    verb: 'Replace' as const,
    uri: policyUri('device', policy),
    data,
  });

  it.each<[string, string, string, number]>([
    ['a policy nobody defined', 'Nothing', '<enabled/>', 404],
    ['other case in the address', 'enableepm', '<enabled/>', 404],
    ['no state', 'EnableEPM', '<data id="a" value="b"/>', 400],
    ['an element that is not the policy’s', 'EnableEPM', '<enabled/><data id="a" value="b"/>', 400],
    ['an element left out', 'DefaultElevationResponse', '<enabled/>', 400],
    [
      'an item that does not exist',
      'DefaultElevationResponse',
      '<enabled/><data id="DefaultElevationResponse_Value" value="7"/>',
      400,
    ],
    ['a list with half a pair', 'Rules', '<enabled/><data id="Rules_List" value="a&#xF000;b&#xF000;c"/>', 400],
    ['a text that is too long', 'PolicyId', `<enabled/><data id="PolicyId_Value" value="${'x'.repeat(129)}"/>`, 400],
    ['an entity', 'EnableEPM', '<enabled/>&b;', 400],
  ])('refuses %s', (_, policy, data, status) => {
    const device = installed();
    expect(device.receive(renderSyncMl([replace(policy, data)]))).toEqual([507, status]);
    expect(device.registry.snapshot('HKLM', POLICY_KEY)).toBeUndefined();
  });

  it('undoes an Atomic whose later command fails', () => {
    const device = installed();
    const statuses = device.receive(
      renderSyncMl([
        replace('EnableEPM', '<enabled/>'),
        replace('Nothing', '<enabled/>'),
        replace('SendData', '<enabled/>'),
      ]),
    );
    expect(statuses).toEqual([507, 216, 404, 215]);
    expect(device.registry.snapshot('HKLM', POLICY_KEY)).toBeUndefined();
  });

  it('follows the documented rules for Atomic, Add, Get and Exec', () => {
    const device = installed();
    const uri = policyUri('device', 'EnableEPM');
    const command = (verb: string, data = '') =>
      `<${verb}><CmdID>1</CmdID><Item><Target><LocURI>${uri}</LocURI></Target>${data}</Item></${verb}>`;
    const body = (content: string) =>
      `<SyncML xmlns="SYNCML:SYNCML1.2"><SyncBody>${content}<Final/></SyncBody></SyncML>`;
    const enabled = '<Data><![CDATA[<enabled/>]]></Data>';
    expect(device.receive(body(command('Get')))).toEqual([404]);
    expect(device.receive(body(command('Delete')))).toEqual([404]);
    expect(device.receive(body(command('Exec')))).toEqual([405]);
    expect(device.receive(body(`<Atomic><CmdID>1</CmdID>${command('Get')}</Atomic>`))).toEqual([507, 500]);
    expect(device.receive(body(`<Atomic><CmdID>1</CmdID><Atomic><CmdID>2</CmdID></Atomic></Atomic>`))).toEqual([
      507, 500,
    ]);
    expect(
      device.receive(body(`<Atomic><CmdID>1</CmdID>${command('Add', enabled)}${command('Replace', enabled)}</Atomic>`)),
    ).toEqual([507, 216, 500]);
    expect(device.receive(body(command('Add', enabled)))).toEqual([200]);
    expect(device.receive(body(command('Add', enabled)))).toEqual([418]);
    expect(device.client.receive(body(command('Get'))).statuses).toMatchObject([{ status: 200, data: '<enabled/>' }]);
    expect(device.receive(body(command('Replace', `<Meta><Format>int</Format></Meta>${enabled}`)))).toEqual([415]);
    expect(device.receive(INSTALL)).toEqual([418]);
  });

  it('refuses to ingest what writes where it must not, or has a prefix on its category', () => {
    for (const [from, to] of [
      ['Software\\Policies\\EPM"', 'Software\\Policies\\Microsoft\\Windows"'],
      ['<parentCategory ref="EPM"', '<parentCategory ref="epm:EPM"'],
    ] as const) {
      const device = new Device();
      expect(device.receive(renderSyncMl([installOperation(renderAdmx().replaceAll(from, to))]))).toEqual([500]);
    }
  });

  it.each([
    ['a document type', '<!DOCTYPE a [<!ENTITY b "c">]><SyncML><SyncBody/></SyncML>'],
    ['an unknown entity', '<SyncML><SyncBody>&b;</SyncBody></SyncML>'],
    ['deep nesting', `<SyncML><SyncBody>${'<Atomic>'.repeat(100_000)}`],
    ['too many elements', `<SyncML><SyncBody>${'<a/>'.repeat(60_000)}</SyncBody></SyncML>`],
    ['an open end', '<SyncML><SyncBody>'],
    ['nothing', ''],
  ])('refuses a message with %s', (_, message) => {
    expect(() => new Device().receive(message)).toThrow();
  });
});
