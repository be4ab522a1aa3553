/** Whether what Windows keeps in HKEY_LOCAL_MACHINE confirms the policy in a user's hive. */
import { describe, expect, it } from 'vitest';
import { ENROLLMENT, MdmClient } from '../../../testbed/mdm-client/mdm-client.ts';
import type { RegistryOperation } from '../../../testbed/mdm-client/registry.ts';
import { DEFAULT_WINDOWS_FOLDERS } from '../../../src/engine/default-windows-folders.ts';
import type { PortablePolicy } from '../../../src/model/policy.ts';
import { renderAdmx } from '../../../src/policy/declaration/admx.ts';
import { POLICY_DIGEST } from '../../../src/policy/declaration/lists.ts';
import { POLICY_KEY } from '../../../src/policy/declaration/names.ts';
import { installOperation, policyOperations, renderSyncMl } from '../../../src/policy/formats/mdm/syncml.ts';
import { writeRegistryPol } from '../../../src/policy/formats/registry-pol.ts';
import { writePolicy } from '../../../src/policy/registry/registry-policy.ts';
import type { RegistrySnapshot, RegistryValue } from '../../../src/policy/registry/registry-snapshot.ts';
import { encodeValue } from '../../../src/policy/registry/registry-value.ts';
import { FakeWindows } from './fake-policy-source.ts';
import { descriptor, fakeKey, number, text } from './fake-registry.ts';

const USER = 'S-1-5-21-1-2-3-1001';
const DIGEST = POLICY_DIGEST.valueName;
const AREA = 'EPM~Policy~EPM';
const CURRENT = `SOFTWARE\\Microsoft\\PolicyManager\\current\\${USER}\\${AREA}`;
const PROVIDER = `SOFTWARE\\Microsoft\\PolicyManager\\providers\\${ENROLLMENT}\\default\\${USER}\\${AREA}`;
const STATE = `SOFTWARE\\Microsoft\\Windows\\CurrentVersion\\Group Policy\\State\\${USER}\\GPO-List`;
const POLICY: PortablePolicy = {
  id: 'own',
  scope: { kind: 'user' },
  settings: { enabled: true, defaultElevationResponse: 'requireUserConfirmation', additionalInterpreters: ['tool'] },
  rules: [
    { name: 'Git', type: 'automatic', fileName: 'git.exe', fileHash: 'a'.repeat(64) },
    { name: 'No', type: 'deny', fileName: 'no.exe' },
  ],
  rejected: [],
};
const OBJECT = '{31B2F340-016D-11D2-945F-00C04FB984F9}';
const { systemRoot, programData } = DEFAULT_WINDOWS_FOLDERS;
const LOCAL = `${systemRoot}\\System32\\GroupPolicy\\User\\Registry.pol`;
const OF_DOMAIN = `${programData}\\Microsoft\\GroupPolicy\\Users\\${USER}\\DataStore\\0\\SysVol\\example.com\\Policies\\${OBJECT}\\User\\Registry.pol`;

class Device {
  readonly fake = new FakeWindows();
  readonly client = new MdmClient(USER);

  constructor() {
    this.client.receive(renderSyncMl([installOperation(renderAdmx())]));
  }

  /** As an MDM server delivers it: in the hive and in the record, or in one of the two. */
  deliver(policy: PortablePolicy, into: readonly ('hive' | 'record')[] = ['hive', 'record']): this {
    return this.receive(operationsOf(policy), into);
  }

  receive(sent: ReturnType<typeof operationsOf>, into: readonly ('hive' | 'record')[] = ['hive', 'record']): this {
    const { operations, records } = this.client.receive(renderSyncMl(sent));
    if (into.includes('hive')) this.apply(operations);
    if (into.includes('record')) this.apply(records);
    return this;
  }

  apply(operations: readonly RegistryOperation[]): void {
    for (const operation of operations) {
      const root = operation.hive === 'HKLM' ? this.fake.registry.machine : this.fake.registry.users;
      const key = operation.hive === 'HKLM' ? operation.key : `${operation.hive}\\${operation.key}`;
      if (operation.kind === 'set') this.set(root, key, operation.value);
      else this.fake.registry.find(root, key)?.values.delete(operation.name);
    }
  }

  set(root: ReturnType<typeof fakeKey>, key: string, value: RegistryValue): void {
    if (this.fake.registry.find(root, key) === undefined) this.fake.registry.put(root, key, fakeKey());
    this.fake.registry.find(root, key)?.values.set(value.name, encodeValue(value));
  }

  /** The hive as it would be made by anybody. */
  hive(content: RegistrySnapshot, key = `${USER}\\${POLICY_KEY}`): this {
    if (this.fake.registry.find(this.fake.registry.users, key) === undefined) {
      this.fake.registry.put(this.fake.registry.users, key, fakeKey());
    }
    for (const value of content.values) this.set(this.fake.registry.users, key, value);
    for (const { name, key: inner } of content.subkeys) this.hive(inner, `${key}\\${name}`);
    return this;
  }

  machine(key: string, values: Parameters<typeof fakeKey>[0]): this {
    this.fake.registry.put(this.fake.registry.machine, key, fakeKey(values));
    return this;
  }

  async trust(): Promise<'confirmed' | 'unconfirmed' | 'none'> {
    const policy = (await this.fake.policies()).find(({ scope }) => scope.kind === 'user');
    return policy === undefined ? 'none' : (policy.trust ?? 'confirmed');
  }
}

/** Policies without a digest, so that a change of one is not found to be incomplete first. */
const operationsOf = (policy: PortablePolicy): ReturnType<typeof policyOperations> =>
  policyOperations(policy).filter(({ uri }) => !uri.endsWith(DIGEST));
const hiveOf = (policy: PortablePolicy): RegistrySnapshot => {
  const { values, subkeys } = writePolicy(policy);
  return { values: values.filter(({ name }) => name !== DIGEST), subkeys };
};

describe('the record of MDM', () => {
  it('confirms what MDM delivered, and what takes it back', async () => {
    const device = new Device().deliver(POLICY);
    expect(await device.trust()).toBe('confirmed');
    device.deliver({ ...POLICY, rules: POLICY.rules.slice(0, 1) });
    expect(await device.trust()).toBe('confirmed');
  });

  it('confirms a policy with its digest, and half of one is not asked about', async () => {
    const device = new Device().receive(policyOperations(POLICY));
    expect(await device.trust()).toBe('confirmed');
    device.fake.registry.find(device.fake.registry.users, `${USER}\\${POLICY_KEY}\\Rules`)?.values.delete('No');
    expect([...(await device.fake.faults())]).toMatchObject([[USER, { code: 'EPM_POLICY_INCOMPLETE' }]]);
  });

  it('confirms it where the payload lies in the key of the enrollment alone', async () => {
    const device = new Device().deliver(POLICY);
    const current = device.fake.registry.find(device.fake.registry.machine, CURRENT);
    for (const name of current?.values.keys() ?? [])
      if (!name.endsWith('_WinningProvider')) current?.values.delete(name);
    expect(await device.trust()).toBe('confirmed');
    device.fake.registry.find(device.fake.registry.machine, PROVIDER)?.values.delete('Rules');
    expect(await device.trust()).toBe('unconfirmed');
  });

  it('is what a hive made by its user lacks', async () => {
    expect(await new Device().hive(hiveOf(POLICY)).trust()).toBe('unconfirmed');
    expect(await new Device().deliver(POLICY, ['record']).trust()).toBe('none');
  });

  it.each<[string, (device: Device) => void]>([
    [
      'has one more rule',
      (device) =>
        device.hive({
          values: [],
          subkeys: [
            {
              name: 'Rules',
              key: { values: [{ name: 'More', type: 'REG_SZ', data: '{"type":"automatic"}' }], subkeys: [] },
            },
          ],
        }),
    ],
    [
      'has one more setting',
      (device) => device.hive({ values: [{ name: 'BlockInternetFiles', type: 'REG_DWORD', data: 0 }], subkeys: [] }),
    ],
    [
      'has another text of a rule',
      (device) =>
        device.hive({
          values: [],
          subkeys: [
            {
              name: 'Rules',
              key: {
                values: [{ name: 'Git', type: 'REG_SZ', data: '{"type":"automatic","fileName":"cmd.exe"}' }],
                subkeys: [],
              },
            },
          ],
        }),
    ],
    [
      'has another number',
      (device) =>
        device.hive({ values: [{ name: 'DefaultElevationResponse', type: 'REG_DWORD', data: 2 }], subkeys: [] }),
    ],
    [
      'has a value of another type',
      (device) => device.hive({ values: [{ name: 'EnableEPM', type: 'REG_SZ', data: '1' }], subkeys: [] }),
    ],
    [
      'has a key of its own with a value',
      (device) =>
        device.hive({
          values: [],
          subkeys: [{ name: 'Grants', key: { values: [{ name: 'x', type: 'REG_SZ', data: 'y' }], subkeys: [] } }],
        }),
    ],
    [
      'lacks a rule that denies',
      (device) =>
        device.fake.registry.find(device.fake.registry.users, `${USER}\\${POLICY_KEY}\\Rules`)?.values.delete('No'),
    ],
    [
      'lacks a setting',
      (device) =>
        device.fake.registry
          .find(device.fake.registry.users, `${USER}\\${POLICY_KEY}`)
          ?.values.delete('AdditionalInterpreters'),
    ],
  ])('confirms nothing when the hive %s', async (_what, change) => {
    const device = new Device().deliver(POLICY);
    expect(await device.trust()).toBe('confirmed');
    change(device);
    expect(await device.trust()).toBe('unconfirmed');
  });

  it.each<[string, (device: Device) => void]>([
    [
      'of another user',
      (device) => {
        const manager = device.fake.registry.find(
          device.fake.registry.machine,
          'SOFTWARE\\Microsoft\\PolicyManager\\current',
        );
        const record = manager?.keys.get(USER);
        manager?.keys.delete(USER);
        if (record !== undefined) manager?.keys.set('S-1-5-21-1-2-3-1002', record);
      },
    ],
    [
      'without the server that won',
      (device) => {
        const current = device.fake.registry.find(device.fake.registry.machine, CURRENT);
        for (const name of current?.values.keys() ?? [])
          if (name.endsWith('_WinningProvider')) current?.values.delete(name);
      },
    ],
    [
      'with a payload that means nothing',
      (device) => device.machine(CURRENT, { Rules: text('<enabled/>'), Rules_WinningProvider: text(ENROLLMENT) }),
    ],
    [
      'with a policy that EPM does not have',
      (device) =>
        device.fake.registry
          .find(device.fake.registry.machine, CURRENT)
          ?.values.set('Other_WinningProvider', text(ENROLLMENT)),
    ],
    [
      'that names another key as the server',
      (device) => {
        const current = device.fake.registry.find(device.fake.registry.machine, CURRENT);
        current?.values.delete('Rules');
        current?.values.set('Rules_WinningProvider', text('..\\..\\x'));
      },
    ],
    [
      'that cannot be read',
      (device) => {
        const current = device.fake.registry.find(device.fake.registry.machine, CURRENT);
        if (current !== undefined) current.error = 5;
      },
    ],
  ])('confirms nothing when it is one %s', async (_what, change) => {
    const device = new Device().deliver(POLICY);
    change(device);
    expect(await device.trust()).toBe('unconfirmed');
  });

  it.each([
    CURRENT,
    CURRENT.replace(`\\${AREA}`, ''),
    'SOFTWARE\\Microsoft\\PolicyManager\\current',
    'SOFTWARE\\Microsoft\\PolicyManager',
  ])('AC-72 confirms nothing while the user may write %s', async (key) => {
    const device = new Device().deliver(POLICY);
    const loose = device.fake.registry.find(device.fake.registry.machine, key);
    if (loose !== undefined) loose.security = descriptor('S-1-5-18', [[0, 0, 0x2, USER]]);
    expect(await device.trust()).toBe('unconfirmed');
  });
});

describe('the files of Group Policy', () => {
  const pol = (policy: PortablePolicy): Uint8Array => {
    const bytes = Buffer.from(writeRegistryPol(policy).bytes);
    // The digest is the first record, behind a header of eight bytes.
    return Buffer.concat([bytes.subarray(0, 8), bytes.subarray(bytes.indexOf('][', 8, 'utf16le') + 2)]);
  };
  const listed = (device: Device, values: Parameters<typeof fakeKey>[0], index = 0): Device =>
    device.machine(`${STATE}\\${index}`, values);

  it('confirm what the local object and one of the domain put there', async () => {
    const local = listed(new Device().hive(hiveOf(POLICY)), { GPOID: text('LocalGPO') });
    local.fake.files.set(LOCAL, pol(POLICY));
    expect(await local.trust()).toBe('confirmed');
    const domain = listed(new Device().hive(hiveOf(POLICY)), { GPOID: text(OBJECT), AccessDenied: number(0) });
    domain.fake.files.set(OF_DOMAIN, pol(POLICY));
    expect(await domain.trust()).toBe('confirmed');
  });

  it('confirm a hive that several of them made together, and one beside MDM', async () => {
    const device = new Device();
    device.hive(hiveOf(POLICY));
    listed(device, { GPOID: text('LocalGPO') });
    listed(device, { GPOID: text(OBJECT) }, 1);
    device.fake.files.set(LOCAL, pol({ ...POLICY, settings: { enabled: false } }));
    device.fake.files.set(OF_DOMAIN, pol(POLICY));
    expect(await device.trust()).toBe('confirmed');
    const both = new Device().deliver(POLICY);
    listed(both, { GPOID: text('LocalGPO') });
    both.fake.files.set(LOCAL, pol({ ...POLICY, rules: [{ name: 'Late', type: 'deny', fileName: 'late.exe' }] }));
    expect(await both.trust()).toBe('unconfirmed');
    both.hive(hiveOf({ ...POLICY, rules: [{ name: 'Late', type: 'deny', fileName: 'late.exe' }] }));
    expect(await both.trust()).toBe('confirmed');
  });

  it.each<[string, (device: Device) => void]>([
    ['no list names the object', (device) => device.fake.registry.machine.keys.clear()],
    [
      'the object was denied to the user',
      (device) => listed(device, { GPOID: text('LocalGPO'), AccessDenied: number(1) }),
    ],
    ['the object is disabled', (device) => listed(device, { GPOID: text('LocalGPO'), 'GPO-Disabled': number(1) })],
    ['a filter leaves it out', (device) => listed(device, { GPOID: text('LocalGPO'), WQLFilterPass: number(0) })],
    ['its file is gone', (device) => device.fake.files.clear()],
    ['its file is none', (device) => device.fake.files.set(LOCAL, Uint8Array.of(1, 2, 3))],
    [
      'its file has another policy',
      (device) => device.fake.files.set(LOCAL, pol({ ...POLICY, settings: { enabled: true } })),
    ],
    ['AC-72 somebody else may change its file or a folder above', (device) => device.fake.files.set(LOCAL, 'loose')],
    ['the identifier leads out of the folder', (device) => listed(device, { GPOID: text('..\\..\\x') })],
    [
      'the user may write the list',
      (device) => {
        const list = device.fake.registry.find(device.fake.registry.machine, STATE);
        if (list !== undefined) list.security = descriptor('S-1-5-18', [[0, 0, 0x4, USER]]);
      },
    ],
  ])('confirm nothing when %s', async (_what, change) => {
    const device = listed(new Device().hive(hiveOf(POLICY)), { GPOID: text('LocalGPO') });
    device.fake.files.set(LOCAL, pol(POLICY));
    expect(await device.trust()).toBe('confirmed');
    change(device);
    expect(await device.trust()).toBe('unconfirmed');
  });
});
