/** Keys of approvers, revocations and roles, through every format and every place. */
import { describe, expect, it } from 'vitest';
import { sid } from '../../../../src/model/brands.ts';
import type { PolicyApprovals } from '../../../../src/model/policy.ts';
import { comparePolicies } from '../../../../src/policy/authoring/compare.ts';
import { portable, writeAs } from '../../../../src/policy/formats/convert.ts';
import { POLICY_FORMATS } from '../../../../src/policy/formats/format.ts';
import { FORMATS } from '../../../../src/policy/formats/formats.ts';
import { parsePolicyFile, toPolicyDocuments } from '../../../../src/policy/formats/json/policy-file.ts';
import { readPolicy, writePolicy } from '../../../../src/policy/registry/registry-policy.ts';
import { approvalsInForce } from '../../../../src/agent/policy-in-force.ts';

const PUBLIC_KEY = Buffer.alloc(32, 9).toString('base64');
const USER = sid('S-1-5-21-1-2-3-1001');
const KEY = { publicKey: PUBLIC_KEY, approver: 'help@example.com' };

const fileOf = (lists: object) =>
  parsePolicyFile(JSON.stringify({ version: 1, settings: { enabled: true }, ...lists, rules: [] }));
const LISTS_OF_FILE = {
  approverKeys: {
    'help desk': {
      ...KEY,
      rights: { anyUser: true, deviceGroups: ['Finance, Berlin'] },
      validFrom: '2026-01-01T00:00Z',
      validUntil: '2027-01-01T00:00:30Z',
      limits: { publishers: ['CN=Contoso', 'ab'.repeat(32)], maximumHours: 48, singleUseOnly: true },
    },
    'Anna\u{1f511}': { ...KEY, approver: 's-1-5-21-1-2-3-1100', limits: { singleUseOnly: false } },
  },
  revocations: { '00112233445566ff': 'the laptop was stolen', 'help desk': '' },
  roles: { 'S-1-5-21-1-2-3-1200': ['readOnlyOperator', 'requests.modify'] },
  notifications: { desk: { kind: 'folder', path: 'D:\\requests', events: ['denied', 'requested'] } },
};
const READ: PolicyApprovals = {
  approverKeys: [
    {
      name: 'Anna\u{1f511}',
      publicKey: PUBLIC_KEY,
      approver: 'S-1-5-21-1-2-3-1100',
      rights: { anyUser: false, deviceGroups: [] },
      limits: {},
    },
    {
      name: 'help desk',
      publicKey: PUBLIC_KEY,
      approver: 'help@example.com',
      rights: { anyUser: true, deviceGroups: ['Finance, Berlin'] },
      limits: { publishers: ['CN=Contoso', 'ab'.repeat(32)], maximumHours: 48, singleUseOnly: true },
      validFrom: Date.UTC(2026, 0, 1),
      validUntil: Date.UTC(2027, 0, 1, 0, 0, 30),
    },
  ],
  revocations: [
    { of: '00112233445566ff', reason: 'the laptop was stolen' },
    { of: 'help desk', reason: '' },
  ],
  roles: [{ group: sid('S-1-5-21-1-2-3-1200'), given: ['readOnlyOperator', 'requests.modify'] }],
  notifications: [{ kind: 'folder', name: 'desk', path: 'D:\\requests', events: ['requested', 'denied'] }],
};

describe('a policy file', () => {
  it('says who approves, what is revoked and who has which rights', () => {
    const file = fileOf(LISTS_OF_FILE);
    expect(file.problems).toEqual([]);
    expect(file.approvals).toEqual(READ);
    expect(fileOf({}).approvals).toBeUndefined();
  });

  it.each<[string, object, readonly string[]]>([
    ['no key', { publicKey: undefined }, ['missing /approverKeys/k/publicKey']],
    [
      'a key with which anybody can sign',
      { publicKey: `AQ${'A'.repeat(41)}=` },
      ['approverKeyInvalid /approverKeys/k/publicKey'],
    ],
    ['a short key', { publicKey: 'AAAA' }, ['badCharacters /approverKeys/k/publicKey']],
    [
      'a second spelling of a key',
      { publicKey: `${'A'.repeat(42)}B=` },
      ['approverKeyInvalid /approverKeys/k/publicKey'],
    ],
    ['nobody', { approver: 'help desk' }, ['badCharacters /approverKeys/k/approver']],
    ['an unknown right', { rights: { anyDevice: true } }, ['unknownMember /approverKeys/k/rights/anyDevice']],
    ['an unknown limit', { limits: { elevation: 'any' } }, ['unknownMember /approverKeys/k/limits/elevation']],
    ['no publisher', { limits: { publishers: [] } }, ['empty /approverKeys/k/limits/publishers']],
    ['a local time', { validUntil: '2027-01-01T00:00' }, ['badCharacters /approverKeys/k/validUntil']],
    ['a day that is not', { validUntil: '2027-02-30T00:00Z' }, ['approverKeyInvalid /approverKeys/k/validUntil']],
    [
      'an end before',
      { validFrom: '2027-01-02T00:00Z', validUntil: '2027-01-01T00:00Z' },
      ['approverKeyInvalid /approverKeys/k/validUntil'],
    ],
  ])('with a key that has %s is read without that key, which is told', (_, more, expected) => {
    const file = fileOf({ approverKeys: { k: { ...KEY, ...more }, other: KEY } });
    expect(file.approvals?.approverKeys.map(({ name }) => name)).toEqual(['other']);
    expect(file.problems.map(({ code, place }) => `${code} ${place?.pointer ?? ''}`)).toEqual(expected);
    expect(file.problems[0]?.place?.line).toBe(1);
  });

  it('gives no role that it does not know, and those beside it', () => {
    const file = fileOf({
      roles: { 'S-1-5-21-1-2-3-1200': ['readOnlyOperator', 'root'], Helpers: ['readOnlyOperator'] },
    });
    expect(file.approvals?.roles).toEqual([{ group: 'S-1-5-21-1-2-3-1200', given: ['readOnlyOperator'] }]);
    expect(file.problems.map(({ code }) => code)).toEqual(['roleUnknown', 'roleUnknown']);
  });

  it.each([
    [{ approverKeys: [] }],
    [{ approverKeys: { a: 'key' } }],
    [{ revocations: { a: 1 } }],
    [{ roles: { 'S-1-1-0': 'readOnlyOperator' } }],
  ])('of another shape is refused: %j', (lists) => {
    expect(() => fileOf(lists)).toThrowError(expect.objectContaining({ code: 'EPM_POLICY_INVALID' }) as Error);
  });

  it('with a name twice, whatever its case, is refused', () => {
    const text = `{"version":1,"revocations":{"Key":"a","kEY":"b"},"rules":[]}`;
    expect(() => parsePolicyFile(text)).toThrowError(/twice/);
  });
});

describe('every format', () => {
  it.each(POLICY_FORMATS.filter((format) => format !== 'graph'))(
    '%s carries them, byte for byte the same again',
    (format) => {
      const file = fileOf(LISTS_OF_FILE);
      const written = writeAs(file, format);
      expect(written.problems).toEqual([]);
      const { policies } = FORMATS[format].read(written.bytes, {});
      const back = policies.find(({ approvals }) => approvals !== undefined) ?? policies[0];
      expect(back?.approvals).toEqual(READ);
      expect(back?.problems).toEqual([]);
      expect(Buffer.from(writeAs(back ?? file, format).bytes)).toEqual(Buffer.from(written.bytes));
    },
  );

  it('graph says that it cannot', () => {
    const { problems } = writeAs(fileOf(LISTS_OF_FILE), 'graph');
    expect(problems.map(({ code }) => code)).toEqual(['approvalsNotCarried']);
  });
});

describe('the registry', () => {
  const entry = (subkey: string, name: string, data: string) => ({
    values: [],
    subkeys: [{ name: subkey, key: { values: [{ name, type: 'REG_SZ' as const, data }], subkeys: [] } }],
  });
  const device = { kind: 'device' } as const;

  it.each([
    ['ApproverKeys', 'k', '{"publicKey":1}', 'ApproverKeys\\k'],
    ['ApproverKeys', 'k', `{"approver":"a@b","approver":"c@d","publicKey":"${PUBLIC_KEY}"}`, 'ApproverKeys\\k'],
    ['ApproverKeys', 'k', 'no JSON', 'ApproverKeys\\k'],
    ['Roles', 'S-1-5-32-544', 'root', 'Roles\\S-1-5-32-544'],
    ['Notifications', 'n', '{"kind":"eventLog","kind":"mail"}', 'Notifications\\n'],
  ])('%s with a value that cannot be read tells its place', (subkey, name, data, place) => {
    const { approvals, problems } = readPolicy(entry(subkey, name, data), device);
    expect(approvals).toBeUndefined();
    expect(problems?.[0]?.place).toEqual({ registry: place });
  });

  it('revokes what a value names, whatever its data is', () => {
    const key = { values: [{ name: 'help desk', type: 'REG_DWORD' as const, data: 1 }], subkeys: [] };
    const { approvals, problems } = readPolicy({ values: [], subkeys: [{ name: 'Revocations', key }] }, device);
    expect(approvals?.revocations).toEqual([{ of: 'help desk', reason: '' }]);
    expect(problems?.map(({ code }) => code)).toEqual(['wrongType']);
  });

  it('takes one role or right after another', () => {
    const { approvals } = readPolicy(entry('Roles', 'S-1-5-32-544', ' readOnlyOperator,requests.modify ,'), device);
    expect(approvals?.roles).toEqual([{ group: 'S-1-5-32-544', given: ['readOnlyOperator', 'requests.modify'] }]);
  });
});

describe('what counts', () => {
  const snapshot = writePolicy(portable(fileOf(LISTS_OF_FILE)));
  const grants = {
    name: 'Grants',
    key: { values: [{ name: '00112233445566ff', type: 'REG_SZ' as const, data: 'EPM1.x' }], subkeys: [] },
  };
  const content = { ...snapshot, subkeys: [...snapshot.subkeys, grants] };

  it('D1 comes from the place of the device alone, and elsewhere is told', () => {
    const device = readPolicy(content, { kind: 'device' });
    const user = readPolicy(content, { kind: 'user', sid: USER });
    const hive = { ...device, trust: 'unconfirmed' } as const;
    expect(user.approvals).toBeUndefined();
    expect(user.problems?.map(({ code, place }) => `${code} ${place?.registry ?? ''}`)).toEqual([
      'deviceOnly ApproverKeys',
      'deviceOnly Revocations',
      'deviceOnly Roles',
      'deviceOnly Notifications',
    ]);
    expect(approvalsInForce([device])).toEqual({ ...READ, grants: [{ id: '00112233445566ff', text: 'EPM1.x' }] });
    expect(approvalsInForce([user])).toMatchObject({ approverKeys: [], revocations: [], roles: [], notifications: [] });
    expect(approvalsInForce([hive])).toEqual({
      approverKeys: [],
      revocations: [],
      roles: [],
      notifications: [],
      grants: [],
    });
  });

  it('of a file for a user is left out and told as well', () => {
    const [document] = toPolicyDocuments(fileOf(LISTS_OF_FILE), { kind: 'user', sid: USER });
    expect(document?.approvals).toBeUndefined();
    expect(document?.problems?.map(({ code }) => code)).toEqual(Array(4).fill('deviceOnly'));
  });

  it('is no part of the digest as far as it comes one by one', () => {
    const digestOf = (lists: object) => writePolicy(portable(fileOf(lists))).values[0];
    const { revocations: _, ...others } = LISTS_OF_FILE;
    expect(digestOf(others)).toEqual(digestOf(LISTS_OF_FILE));
    expect(digestOf({})).not.toEqual(digestOf(LISTS_OF_FILE));
  });

  it('is compared by name', () => {
    const left = portable(fileOf(LISTS_OF_FILE));
    const changed = { ...LISTS_OF_FILE.approverKeys, 'help desk': KEY };
    const right = portable(fileOf({ approverKeys: changed, revocations: LISTS_OF_FILE.revocations }));
    expect(comparePolicies(left, right).map(({ what, name }) => `${what} ${name ?? ''}`)).toEqual([
      'approver key help desk',
      'role S-1-5-21-1-2-3-1200',
      'notification desk',
    ]);
    expect(comparePolicies(left, left)).toEqual([]);
  });
});
