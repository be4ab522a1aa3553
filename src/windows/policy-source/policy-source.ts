/** Policies from the registry: of the device, and of every user whose hive is loaded. */
import type { PolicySourceReading, PolicySource } from '../../agent/ports.ts';
import { sid } from '../../model/brands.ts';
import { defined } from '../../model/defined.ts';
import { EpmError, isEpmError } from '../../model/errors.ts';
import type { PolicyDocument, PolicyScope } from '../../model/policy.ts';
import { POLICY_KEY } from '../../policy/declaration/names.ts';
import { readPolicy } from '../../policy/registry/registry-policy.ts';
import type { Advapi32 } from '../dll/advapi32.ts';
import type { EpmNative } from '../dll/epmnative.ts';
import type { EventLoop } from '../events/event-loop.ts';
import { keyPath, type OpenKey, readKey, type Root } from '../registry/key.ts';
import { readTree } from '../registry/snapshot.ts';
import { isUserHive, loadedUserHives } from '../registry/user-hives.ts';
import { parseDescriptor } from '../security/descriptor.ts';
import { KEY_WRITE_RIGHTS, untrustedWriter } from '../security/writers.ts';
import { watchPolicies } from './policy-watch.ts';

export function createPolicySource(advapi32: Advapi32, native: EpmNative, events: EventLoop): PolicySource {
  return {
    async read() {
      return [
        readSource(advapi32, 'HKLM', POLICY_KEY, { kind: 'device' }),
        ...userHives(advapi32).map((hive) =>
          readSource(advapi32, 'HKU', `${hive}\\${POLICY_KEY}`, { kind: 'user', sid: sid(hive) }),
        ),
      ];
    },
    isLoaded: (user) =>
      isUserHive(user) && orPolicyUnreadable('HKU', () => readKey(advapi32, 'HKU', user, () => true)) === true,
    watch: (changed) => watchPolicies(native, events, () => userHives(advapi32), changed),
  };
}

/** SIDs whose hives are loaded. */
function userHives(advapi32: Advapi32): readonly string[] {
  return orPolicyUnreadable('HKU', () => loadedUserHives(advapi32));
}

function readSource(advapi32: Advapi32, root: Root, name: string, scope: PolicyScope): PolicySourceReading {
  try {
    const policy = policyBelow(advapi32, root, name, scope);
    return { scope, policies: policy === undefined ? [] : [policy] };
  } catch (error) {
    if (!isEpmError(error)) throw error;
    return { scope, fault: error };
  }
}

/** Reads one policy; undefined when its key does not exist. */
function policyBelow(advapi32: Advapi32, root: Root, name: string, scope: PolicyScope): PolicyDocument | undefined {
  const snapshot = orPolicyUnreadable(keyPath(root, name), () => {
    const tree = readTree(advapi32, root, name, refuseForeignWriter);
    // An account that can write the parent can replace this key by another.
    if (tree !== undefined) readKey(advapi32, root, name.slice(0, name.lastIndexOf('\\')), refuseForeignWriter);
    return tree;
  });
  return snapshot === undefined ? undefined : readPolicy(snapshot, scope);
}

function refuseForeignWriter(key: OpenKey): void {
  const writer = untrustedWriter(parseDescriptor(key.security()), KEY_WRITE_RIGHTS);
  if (writer === undefined) return;
  throw new EpmError(
    'EPM_POLICY_UNREADABLE',
    `The policy in ${key.path} is not used, because ${writer} may change it.`,
    {
      hint: 'Let only SYSTEM and administrators write the key.',
      data: { key: key.path, writer },
    },
  );
}

/** A key that exists and cannot be read whole is an error of the policy, never an empty policy. */
function orPolicyUnreadable<T>(key: string, read: () => T): T {
  try {
    return read();
  } catch (cause) {
    if (!isEpmError(cause) || cause.code !== 'EPM_WINDOWS_API') throw cause;
    throw new EpmError('EPM_POLICY_UNREADABLE', `The policy in ${key} cannot be read: ${cause.message}`, {
      cause,
      ...defined({ data: cause.data }),
    });
  }
}
