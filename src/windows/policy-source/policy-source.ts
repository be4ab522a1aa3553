/**
 * Policies from the registry: of the device, of the places that it has for users, and of every user whose hive is loaded.
 * What a hive says is confirmed, or not, by what Windows itself keeps about it (decision D1).
 */
import type { PolicySourceReading, PolicySource } from '../../agent/ports.ts';
import { type Sid, sid } from '../../model/brands.ts';
import type { Diagnostic } from '../../model/diagnostic.ts';
import { isEpmError } from '../../model/errors.ts';
import type { PolicyDocument, PolicyScope } from '../../model/policy.ts';
import { POLICY_DIGEST } from '../../policy/declaration/lists.ts';
import { POLICY_KEY, USERS_SUBKEY } from '../../policy/declaration/names.ts';
import { foreignPlace } from '../../policy/registry/policy-keys.ts';
import { PolicyMemory, type PolicyPlace } from '../../policy/registry/policy-memory.ts';
import { readPlace } from '../../policy/registry/policy-place.ts';
import type { RegistrySnapshot } from '../../policy/registry/registry-snapshot.ts';
import type { Advapi32 } from '../dll/advapi32.ts';
import type { WindowsDlls } from '../dll/load.ts';
import type { EventLoop } from '../events/event-loop.ts';
import { keyPath, readKey, type RegistryDlls, type Root } from '../registry/key.ts';
import { readTree } from '../registry/snapshot.ts';
import { isUserHive, loadedUserHives } from '../registry/user-hives.ts';
import type { Confirms } from './confirmation.ts';
import { orPolicyUnreadable, refuseForeignWriter } from './key-trust.ts';
import { watchPolicies } from './policy-watch.ts';

/** Key below HKEY_LOCAL_MACHINE with the places of users. */
const USERS_KEY = `${POLICY_KEY}\\${USERS_SUBKEY}`;

export function createPolicySource(
  dlls: RegistryDlls & Pick<WindowsDlls, 'native'>,
  events: EventLoop,
  confirms: Confirms,
): PolicySource {
  const { advapi32, native } = dlls;
  const memory = new PolicyMemory();
  return {
    async read() {
      const found = sources(dlls, confirms, memory);
      memory.forgetOthers(new Set(found.map(({ root, key }) => keyPath(root, key))));
      return found.map(({ read }) => read());
    },
    async readDigested() {
      return sources(dlls, confirms, memory)
        .filter((source) => mayHaveBecomeWhole(advapi32, source, memory))
        .map(({ read }) => read());
    },
    isLoaded: (user) =>
      isUserHive(user) && orPolicyUnreadable('HKU', () => readKey(advapi32, 'HKU', user, () => true)) === true,
    watch: (changed) => watchPolicies(native, events, () => userHives(advapi32), changed),
  };
}

/** A source that there is now, and where it lies. */
interface Source {
  readonly root: Root;
  readonly key: string;
  readonly read: () => PolicySourceReading;
}

function sources(dlls: RegistryDlls, confirms: Confirms, memory: PolicyMemory): readonly Source[] {
  const { users, others } = machinePlaces(dlls.advapi32);
  return [
    { root: 'HKLM', key: POLICY_KEY, read: () => deviceReading(dlls, others, memory) },
    ...users.map((user): Source => {
      const key = `${USERS_KEY}\\${user}`;
      return { root: 'HKLM', key, read: () => placeReading(dlls, key, user, memory) };
    }),
    ...userHives(dlls.advapi32).map((hive): Source => {
      const key = `${hive}\\${POLICY_KEY}`;
      return { root: 'HKU', key, read: () => hiveReading(dlls, key, sid(hive), confirms, memory) };
    }),
  ];
}

/**
 * Carries a digest, and of the machine's places another one than before: thousands of values are read for it. What stands
 * in a hive may have been confirmed meanwhile. Not where that cannot be read: the reading of all sources tells it.
 */
function mayHaveBecomeWhole(advapi32: Advapi32, { root, key }: Source, memory: PolicyMemory): boolean {
  try {
    const digest = readKey(advapi32, root, key, (open) => open.value(POLICY_DIGEST.valueName));
    return digest !== undefined && !(root === 'HKLM' && memory.isWholeWith(keyPath(root, key), digest));
  } catch (error) {
    if (!isEpmError(error)) throw error;
    return false;
  }
}

/** SIDs whose hives are loaded. */
function userHives(advapi32: Advapi32): readonly string[] {
  return orPolicyUnreadable('HKU', () => loadedUserHives(advapi32));
}

/** SIDs that the machine has a place for, and what else stands there. */
function machinePlaces(advapi32: Advapi32): { readonly users: readonly Sid[]; readonly others: readonly string[] } {
  const names = orPolicyUnreadable(keyPath('HKLM', USERS_KEY), () =>
    readKey(advapi32, 'HKLM', USERS_KEY, (key) => ({ keys: key.subkeyNames(), values: key.valueNames() })),
  ) ?? { keys: [], values: [] };
  return {
    users: names.keys.filter(isUserHive).map((name) => sid(name)),
    others: [...names.values, ...names.keys.filter((name) => !isUserHive(name))],
  };
}

/** @param others names below the key of users that are no places */
function deviceReading(dlls: RegistryDlls, others: readonly string[], memory: PolicyMemory): PolicySourceReading {
  const scope = { kind: 'device' } as const;
  return reading({ scope }, () => {
    const tree = readTrusted(dlls, 'HKLM', POLICY_KEY, [USERS_SUBKEY]);
    const place = readPlace(tree, keyPath('HKLM', POLICY_KEY), scope, memory);
    const problems = others.map(foreignPlace);
    return { ...place, policies: place.policies.map((policy) => withProblems(policy, problems)) };
  });
}

function placeReading(dlls: RegistryDlls, key: string, user: Sid, memory: PolicyMemory): PolicySourceReading {
  const scope = { kind: 'user', sid: user } as const;
  return reading({ scope, place: 'machine' }, () => {
    const tree = readTrusted(dlls, 'HKLM', key);
    // Who can write the device's key can replace that of the users.
    const above = tree === undefined ? [] : [POLICY_KEY, parentOf(POLICY_KEY)];
    for (const name of above) readKey(dlls.advapi32, 'HKLM', name, refuseForeignWriter);
    return readPlace(tree, keyPath('HKLM', key), scope, memory);
  });
}

function hiveReading(
  dlls: RegistryDlls,
  key: string,
  user: Sid,
  confirms: Confirms,
  memory: PolicyMemory,
): PolicySourceReading {
  const scope = { kind: 'user', sid: user } as const;
  return reading({ scope }, () => {
    const tree = readTrusted(dlls, 'HKU', key);
    const place = readPlace(tree, keyPath('HKU', key), scope, memory);
    if (tree === undefined || confirms(user, tree)) return place;
    return { ...place, policies: place.policies.map((policy) => ({ ...policy, trust: 'unconfirmed' as const })) };
  });
}

function reading(
  source: { readonly scope: PolicyScope; readonly place?: 'machine' },
  read: () => PolicyPlace,
): PolicySourceReading {
  try {
    return { ...source, ...read() };
  } catch (error) {
    if (!isEpmError(error)) throw error;
    return { ...source, fault: error };
  }
}

/** Reads a key whose content only the system and administrators can change; undefined when it does not exist. */
function readTrusted(
  dlls: RegistryDlls,
  root: Root,
  name: string,
  leaveOut?: readonly string[],
): RegistrySnapshot | undefined {
  return orPolicyUnreadable(keyPath(root, name), () => {
    const tree = readTree(dlls, root, name, refuseForeignWriter, leaveOut);
    // An account that can write the parent can replace this key by another.
    if (tree !== undefined) readKey(dlls.advapi32, root, parentOf(name), refuseForeignWriter);
    return tree;
  });
}

function parentOf(name: string): string {
  return name.slice(0, name.lastIndexOf('\\'));
}

function withProblems(policy: PolicyDocument, problems: readonly Diagnostic[]): PolicyDocument {
  return problems.length === 0 ? policy : { ...policy, problems: [...(policy.problems ?? []), ...problems] };
}
