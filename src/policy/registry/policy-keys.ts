/** Where policies lie in the registry, by the full names of keys, and what a tree of keys holds of them. */
import { foldCase } from '../../text/compare.ts';
import { type Sid, sid } from '../../model/brands.ts';
import { defined } from '../../model/defined.ts';
import { diagnostic, inside, type Diagnostic } from '../../model/diagnostic.ts';
import { EpmError, isEpmError } from '../../model/errors.ts';
import { LISTS, POLICY_DIGEST } from '../declaration/lists.ts';
import { POLICY_KEY, USERS_SUBKEY } from '../declaration/names.ts';
import { digestState } from '../declaration/policy-digest.ts';
import type { ReadPolicies } from '../formats/format.ts';
import type { PortableScope } from '../../model/policy.ts';
import type { PolicyFile } from '../formats/json/policy-file.ts';
import type { RuleImportResult } from '../declaration/rule-import-result.ts';
import { approvalsOf } from '../declaration/approvals.ts';
import { inRegistry, readPolicyTree } from './registry-policy.ts';
import { sameRegistryName, type RegistrySnapshot } from './registry-snapshot.ts';
import type { RegistryTree } from './registry-tree.ts';
import { stillDenies } from '../declaration/rejected-deny.ts';

const ROOTS: Readonly<Record<string, string>> = {
  HKLM: 'HKEY_LOCAL_MACHINE',
  HKU: 'HKEY_USERS',
  HKCU: 'HKEY_CURRENT_USER',
  HKCR: 'HKEY_CLASSES_ROOT',
  HKCC: 'HKEY_CURRENT_CONFIG',
};

const DEVICE_KEY = `HKEY_LOCAL_MACHINE\\${POLICY_KEY}`;

/** Keys of others that are named one by one before they are only counted. */
const NAMED = 8;

/** The key's name with its root in full and without a closing backslash; undefined when no registry has such a root. */
export function fullKeyName(name: string): string | undefined {
  const [root = '', ...rest] = name.replace(/\\+$/, '').split('\\');
  const upper = root.toUpperCase();
  const known = ROOTS[upper] ?? (Object.values(ROOTS).includes(upper) ? upper : undefined);
  return known && [known, ...rest].join('\\');
}

/** Name of the key that holds the policy of a scope. @throws EpmError EPM_POLICY_INVALID for a user who is not named */
export function policyKeyOf(scope: PortableScope): string {
  if (scope.kind === 'device') return DEVICE_KEY;
  if (scope.sid !== undefined && scope.place === 'machine') return `${DEVICE_KEY}\\${USERS_SUBKEY}\\${scope.sid}`;
  if (scope.sid !== undefined) return `HKEY_USERS\\${scope.sid}\\${POLICY_KEY}`;
  throw new EpmError('EPM_POLICY_INVALID', 'The policy is for users without saying which, and a key belongs to one.', {
    hint: 'Convert it to registry-pol and use it as the user side of a Group Policy object.',
  });
}

/** The same key without its root, as a Group Policy object names it; of users in general too. */
export function keyBelowRoot(scope: PortableScope): string {
  if (scope.kind === 'device' || scope.place === undefined) return POLICY_KEY;
  return policyKeyOf(scope).slice('HKEY_LOCAL_MACHINE\\'.length);
}

/** Whose policy lies in a key; undefined for a key that is no policy key. @param key full name */
export function scopeOfKey(key: string): PortableScope | undefined {
  const [root, ...rest] = key.split('\\');
  if (root === 'HKEY_LOCAL_MACHINE') {
    if (isPolicyKey(rest)) return { kind: 'device' };
    const [users, user] = rest.splice(DEPTH);
    if (rest.length < DEPTH || !isPolicyKey(rest) || !sameRegistryName(users ?? '', USERS_SUBKEY)) return undefined;
    const named = key.split('\\').length === DEPTH + 3 ? sidOrNone(user ?? '') : undefined;
    return named && { kind: 'user', sid: named, place: 'machine' };
  }
  if (root === 'HKEY_CURRENT_USER') return isPolicyKey(rest) ? { kind: 'user' } : undefined;
  if (root !== 'HKEY_USERS' || !isPolicyKey(rest.slice(1))) return undefined;
  const user = sidOrNone(rest[0] ?? '');
  return user && { kind: 'user', sid: user };
}

/** Levels of keys down to a policy. */
const DEPTH = POLICY_KEY.split('\\').length;

function sidOrNone(text: string): Sid | undefined {
  try {
    return sid(text);
  } catch (error) {
    if (isEpmError(error)) return undefined;
    throw error;
  }
}

function isPolicyKey(steps: readonly string[]): boolean {
  return sameRegistryName(steps.join('\\'), POLICY_KEY);
}

/** Collects keys that are not EPM's, so that none of them is dropped without a word. */
export class OtherKeys {
  readonly #seen = new Set<string>();
  readonly #named: Diagnostic[] = [];

  add(key: string, line?: number): void {
    const folded = foldCase(key);
    if (this.#seen.has(folded)) return;
    this.#seen.add(folded);
    if (this.#named.length === NAMED) return;
    const message = 'This key is no part of an EPM policy and has no effect.';
    const place = { registry: key.slice(0, 512), ...defined({ line }) };
    this.#named.push(diagnostic('otherKey', message, place));
  }

  problems(): readonly Diagnostic[] {
    const more = this.#seen.size - this.#named.length;
    if (more === 0) return this.#named;
    return [...this.#named, diagnostic('otherKey', `${more} more keys are no part of an EPM policy.`)];
  }
}

/** True when a key is, or lies in, the policy key of somebody. @param key full name */
export function isOfPolicy(key: string): boolean {
  const steps = key.split('\\');
  const depth = (steps[0] === 'HKEY_USERS' ? 2 : 1) + DEPTH;
  return scopeOfKey(steps.slice(0, depth).join('\\')) !== undefined;
}

/** Every policy in a registry, the device's first. */
export function policiesIn(tree: RegistryTree, problems: readonly Diagnostic[]): ReadPolicies {
  const keys = [
    `HKEY_CURRENT_USER\\${POLICY_KEY}`,
    ...tree.subkeyNames('HKEY_USERS').map((user) => `HKEY_USERS\\${user}\\${POLICY_KEY}`),
  ];
  const ofHives = keys.flatMap((key): readonly PolicyFile[] => {
    const scope = scopeOfKey(key);
    const snapshot = scope && tree.snapshot(key);
    return snapshot === undefined ? [] : [policyFromTree(snapshot, scope)];
  });
  const ofMachine = policiesOfMachine(tree.snapshot(DEVICE_KEY), { kind: 'device' });
  return {
    policies: [...ofMachine.policies, ...ofHives],
    problems: [...problems, ...ofMachine.problems],
  };
}

/**
 * The policy of a machine's key, and those of the users that it has a place for. Where it holds nothing but places of
 * users, it is there for them and is no policy itself.
 * @param snapshot undefined: there is no such key
 * @param scope of the policy that is nobody's in particular; undefined: the format does not say
 */
export function policiesOfMachine(snapshot: RegistrySnapshot | undefined, scope?: PortableScope): ReadPolicies {
  if (snapshot === undefined) return { policies: [], problems: [] };
  const { own, users, others } = splitUsers(snapshot);
  const hasOwn = users.length === 0 || own.values.length > 0 || own.subkeys.length > 0;
  return {
    policies: [
      ...(hasOwn ? [policyFromTree(own, scope)] : []),
      ...users.map(({ user, key }) => policyFromTree(key, { kind: 'user', sid: user, place: 'machine' })),
    ],
    problems: others.map(foreignPlace),
  };
}

/** What a machine's key holds for everybody, what for single users, and what below the users' key is no place of a user. */
export function splitUsers({ values, subkeys }: RegistrySnapshot): {
  readonly own: RegistrySnapshot;
  readonly users: readonly { readonly user: Sid; readonly key: RegistrySnapshot }[];
  readonly others: readonly string[];
} {
  const own = subkeys.filter(({ name }) => !sameRegistryName(name, USERS_SUBKEY));
  const places = subkeys.flatMap(({ name, key }) => (sameRegistryName(name, USERS_SUBKEY) ? [key] : []));
  const named = places.flatMap((place) => place.subkeys.map(({ name, key }) => ({ name, user: sidOrNone(name), key })));
  return {
    own: { values, subkeys: own },
    users: named.flatMap(({ user, key }) => (user === undefined ? [] : [{ user, key }])),
    others: [
      ...places.flatMap((place) => place.values.map(({ name }) => name)),
      ...named.flatMap(({ name, user }) => (user === undefined ? [name] : [])),
    ],
  };
}

/** Something below the users' key that is no place of a user. */
export function foreignPlace(name: string): Diagnostic {
  const message = 'It stands where users have their places, and is not the SID of one. It has no effect.';
  return diagnostic('unknownMember', message, { registry: `${USERS_SUBKEY}\\${name.slice(0, 256)}` });
}

/**
 * One policy from the tree of its key, with a report for every rule.
 * @throws EpmError EPM_POLICY_INVALID when the tree is not shaped like a policy
 */
export function policyFromTree(snapshot: RegistrySnapshot, scope?: PortableScope): PolicyFile {
  const { id, settings, rules, rejected, results, certificates, grants, ...read } = readPolicyTree(snapshot);
  const { approvals, problems: elsewhere } = approvalsOf(scope, read.approvals);
  const report = results.map((result): RuleImportResult => {
    const name = 'rule' in result ? result.rule.name : result.rejected.name;
    const place = { registry: `${LISTS.rules.subkey}\\${name}` };
    if ('rule' in result) return { name, outcome: 'imported', place, reasons: [] };
    const reasons = result.rejected.reasons.map((reason) => inside(reason, place));
    return {
      name,
      outcome: 'rejected',
      place,
      ...(stillDenies(result.rejected) ? { stillDenies: true } : {}),
      reasons,
    };
  });
  const message = `${grants.length} support approvals are kept beside the policy and are no part of it; nothing in this version reads them.`;
  const left = grants.length === 0 ? [] : [diagnostic('grantsNotCarried', message, { registry: LISTS.grants.subkey })];
  const digest = digestState(snapshot);
  return {
    ...(id === undefined || id === scope?.kind ? {} : { id }),
    ...defined({ scope, settings }),
    rules,
    rejected,
    ...(certificates.length === 0 ? {} : { certificates }),
    ...defined({ approvals }),
    report,
    problems: [
      ...read.problems,
      ...elsewhere.map(inRegistry),
      ...(digest === 'differs' ? [digestDiffers()] : []),
      ...left,
    ],
    digest,
  };
}

function digestDiffers(): Diagnostic {
  const message =
    'The digest does not fit what is here: something is missing, is left of another policy, or was changed by hand. A device keeps its last good policy.';
  return diagnostic('digestDiffers', message, { registry: POLICY_DIGEST.valueName });
}
