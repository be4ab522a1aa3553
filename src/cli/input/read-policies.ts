/** Policies from wherever a verb is pointed: a file in any format, standard input, or on Windows a key of the registry. */
import { compareCodePoints } from '../../text/compare.ts';
import { displayText } from '../../text/display.ts';
import { defined } from '../../model/defined.ts';
import { diagnostic } from '../../model/diagnostic.ts';
import { EpmError, isEpmError } from '../../model/errors.ts';
import type { PolicyFormat, ReadPolicies } from '../../policy/formats/format.ts';
import { joinParts } from '../../policy/registry/join-parts.ts';
import type { PolicyFile } from '../../policy/formats/json/policy-file.ts';
import { type RegistrySnapshot, sameRegistryName } from '../../policy/registry/registry-snapshot.ts';
import type { PortableScope } from '../../model/policy.ts';
import { USERS_SUBKEY } from '../../policy/declaration/names.ts';
import { readPolicies } from '../../policy/formats/formats.ts';
import {
  fullKeyName,
  keyBelowRoot,
  policyFromTree,
  policyKeyOf,
  scopeOfKey,
} from '../../policy/registry/policy-keys.ts';
import { loadDlls, readTree } from '../../windows/index.ts';
import type { Io } from '../io.ts';
import { namedUser } from './named-user.ts';
import { readBytes } from './read-file.ts';

/** Bytes of one input: as Graph writes it, the most rules of a policy are a little less. */
const LONGEST_INPUT = 128 * 1024 * 1024;

interface PolicyInput {
  readonly from?: PolicyFormat;
  /** Files with reusable settings of Graph. */
  readonly certificates?: readonly string[];
}

/**
 * Reads the policies of an input.
 * @param place a path, `-`, or the name of a policy key
 * @throws EpmError EPM_POLICY_INVALID, the codes of reading files, and for a key EPM_PLATFORM, EPM_WINDOWS_API,
 *   EPM_POLICY_UNREADABLE
 */
export async function readPoliciesFrom(
  io: Io,
  place: string,
  { from, certificates = [] }: PolicyInput,
): Promise<ReadPolicies & { readonly format: PolicyFormat }> {
  if (isKeyName(place)) return { ...readKeyPolicy(place), format: 'registry' };
  const input = await readInput(io, place);
  const options = { certificates: await Promise.all(certificates.map(readBytes)) };
  const read = ofInput(place, () => readPolicies(input, from, options));
  if (certificates.length === 0 || read.format === 'graph') return read;
  const message = `Only policies of Graph refer to reusable settings; --certificates has no effect on ${read.format}.`;
  return { ...read, problems: [...read.problems, diagnostic('certificatesUnused', message)] };
}

/** The bytes of a policy. @throws EpmError EPM_POLICY_INVALID when there are none or too many; the codes of reading files */
export async function readInput(io: Io, place: string): Promise<Uint8Array> {
  const input = place === '-' ? await io.input(LONGEST_INPUT) : await readBytes(place);
  if (input.length === 0) {
    throw new EpmError('EPM_POLICY_INVALID', `${nameOf(place)} is empty.`, {
      hint: 'Give a policy; what was to write it may have failed.',
    });
  }
  if (input.length > LONGEST_INPUT) {
    throw new EpmError('EPM_POLICY_INVALID', `${nameOf(place)} has more than ${LONGEST_INPUT} bytes.`);
  }
  return input;
}

/** Names the input in what is wrong with it: a verb may have several. */
export function ofInput<T>(place: string, read: () => T): T {
  try {
    return read();
  } catch (cause) {
    if (!isEpmError(cause)) throw cause;
    const { code, message, hint, data } = cause;
    throw new EpmError(code, `${nameOf(place)}: ${message}`, { hint, cause, ...defined({ data }) });
  }
}

function nameOf(place: string): string {
  return place === '-' ? 'Standard input' : `"${displayText(place)}"`;
}

/**
 * Reads an input that stands for one policy: settings and rules of Intune, which are policies of their own there, are
 * taken together.
 * @throws EpmError as {@link readPoliciesFrom}; EPM_ARGUMENT when the input holds policies that do not make one
 */
export async function readOnePolicy(
  io: Io,
  place: string,
  input: PolicyInput,
): Promise<PolicyFile & { readonly format: PolicyFormat }> {
  const { policies, problems, format } = await readPoliciesFrom(io, place, input);
  const joined = joinParts(policies);
  if (joined !== undefined) return { ...joined, problems: [...problems, ...joined.problems], format };
  throw new EpmError(
    'EPM_ARGUMENT',
    `"${displayText(place)}" holds ${policies.length} policies that cannot be one: they are for different people, or several have settings.`,
    { hint: 'Split them with `epm policy convert IN --to json --out FOLDER`.' },
  );
}

function isKeyName(place: string): boolean {
  return fullKeyName(place) !== undefined && place.includes('\\');
}

function readKeyPolicy(name: string): ReadPolicies {
  const [root, ...rest] = (fullKeyName(name) ?? '').split('\\');
  const full = [root, ...rest].join('\\');
  const scope = scopeOfKey(full) ?? scopeOfAccount(full);
  const hive = root === 'HKEY_LOCAL_MACHINE' ? 'HKLM' : root === 'HKEY_USERS' ? 'HKU' : undefined;
  if (scope === undefined || hive === undefined) {
    throw new EpmError('EPM_ARGUMENT', `"${name.slice(0, 256)}" is not the key of a policy.`, {
      hint: 'Give HKLM\\Software\\Policies\\EPM, HKLM\\Software\\Policies\\EPM\\Users\\<SID> or HKU\\<SID>\\Software\\Policies\\EPM.',
    });
  }
  // The places of users are inputs of their own.
  const key = hive === 'HKLM' ? keyBelowRoot(scope) : rest.join('\\');
  const tree = readTree(loadDlls(), hive, key, undefined, scope.kind === 'device' ? [USERS_SUBKEY] : []);
  if (tree === undefined) {
    throw new EpmError('EPM_POLICY_INVALID', `There is no key ${name.slice(0, 256)}: no policy of this scope.`, {
      hint: 'Deliver a policy first.',
    });
  }
  return { policies: [policyFromTree(inOrder(tree), scope)], problems: [] };
}

/** The place of a user who is named by their account there: `HKLM\\Software\\Policies\\EPM\\Users\\CONTOSO\\ann`. */
function scopeOfAccount(key: string): PortableScope | undefined {
  const start = `${policyKeyOf({ kind: 'device' })}\\${USERS_SUBKEY}\\`;
  if (!sameRegistryName(key.slice(0, start.length), start)) return undefined;
  return { kind: 'user', sid: namedUser(key.slice(start.length)), place: 'machine' };
}

/** The registry promises no order, so a policy is read from it in the order of its names, the same on every device. */
function inOrder({ values, subkeys }: RegistrySnapshot): RegistrySnapshot {
  const byName = (left: { readonly name: string }, right: { readonly name: string }): number =>
    compareCodePoints(left.name, right.name);
  return {
    values: values.toSorted(byName),
    subkeys: subkeys.map(({ name, key }) => ({ name, key: inOrder(key) })).sort(byName),
  };
}
