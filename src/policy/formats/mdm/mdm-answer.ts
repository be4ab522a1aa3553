/**
 * What an MDM server delivered, from what the device says of it.
 *
 * The Policy CSP keeps what each server sent below `PolicyManager\providers\<enrollment>\default\<scope>\<area>`, one
 * value with the payload per policy, and what came out of it below `PolicyManager\current\<scope>\<area>`: for a policy
 * of an ADMX file no payload, but `<policy>_ProviderSet`, `<policy>_WinningProvider` (the enrollment) and
 * `<policy>_ADMXInstanceData` (the key of that server). The scope is `device` or the SID of a user; the area of an
 * ingested file is `<application>~<type>~<category>` (Intune, "Use the Configure Office update channel policy", step
 * "Check the Intune registry keys"). The WMI bridge has one class for each area that Windows itself knows,
 * `MDM_Policy_Result01_<area>02`, made when Windows was built; it is asked first all the same.
 */
import { foldCase } from '../../../text/compare.ts';
import { diagnostic, type Diagnostic } from '../../../model/diagnostic.ts';
import { EpmError } from '../../../model/errors.ts';
import type { PortableScope } from '../../../model/policy.ts';
import { sid } from '../../../model/brands.ts';
import { ADMX_POLICIES } from '../../declaration/admx.ts';
import { OmaPolicies } from './oma-policy.ts';
import type { PolicyFile } from '../json/policy-file.ts';
import { policyUri } from './syncml.ts';

/** Largest number of entries in any list of an answer. */
const MAX_ENTRIES = 10_000;
/** Characters; a value of a CSP has at most 350,000. */
const MAX_TEXT = 1024 * 1024;

/** One policy of EPM's ADMX, as delivered. */
export interface MdmItem {
  readonly scope: PortableScope;
  readonly name: string;
  /** Enrollment that sent it; absent when the WMI bridge says what holds. */
  readonly provider?: string;
  /**
   * `lost`: another enrollment's value holds. `unused`: the device does not say that any holds. `missing`: it says that
   * this one holds and has no payload for it.
   */
  readonly state: 'inForce' | 'lost' | 'unused' | 'missing';
  /** As delivered; absent with `missing`. */
  readonly payload?: string;
}

export interface MdmDelivery {
  /** Whether the WMI bridge answered. `noClass`: it does, and has no class for an ingested ADMX file. */
  readonly bridge: 'answered' | 'noClass' | 'failed' | 'absent';
  readonly bridgeError?: string;
  /** Who manages the device; `state` 1 is enrolled (ENROLLMENT_STATE). */
  readonly enrollments: readonly { readonly id: string; readonly provider: string; readonly state: string }[];
  /** Versions of EPM's ADMX file that were ingested. */
  readonly admx: readonly { readonly enrollment: string; readonly id: string }[];
  readonly items: readonly MdmItem[];
  /** What the items in force come to, one policy for each scope. */
  readonly policies: readonly PolicyFile[];
  readonly problems: readonly Diagnostic[];
}

interface ScopedValues {
  readonly scope: string;
  readonly values: ReadonlyMap<string, string>;
}

/**
 * Reads the answer of the device.
 * @param answer as the script in windows/mdm gives it
 * @throws EpmError EPM_MDM_UNREADABLE when a part of the registry may not be read, or the answer is none
 */
export function readMdmAnswer(answer: unknown): MdmDelivery {
  const fields = record(answer);
  const denied = list(fields['denied']).map(text);
  if (denied.length > 0) {
    throw new EpmError('EPM_MDM_UNREADABLE', `HKLM\\${denied[0] ?? ''} may not be read by this account.`);
  }
  const bridge = record(fields['bridge']);
  const current = list(fields['current']).map(scopedValues);
  const providers = list(fields['providers']).map((entry) => ({
    id: enrollmentId(text(record(entry)['id'])),
    ...scopedValues(entry),
  }));
  const answered = list(bridge['instances']).map(values);
  const items = [
    ...answered.flatMap(bridgeItems),
    ...providers.flatMap((provider) => providerItems(provider, current)),
    ...current.flatMap((entry) => missingItems(entry, providers)),
  ].filter((item, index, all) => all.findIndex((other) => sameItem(item, other)) === index);
  const error = bridge['error'];
  return {
    bridge: bridgeState(bridge['state']),
    ...(typeof error === 'string' && error !== '' ? { bridgeError: error.slice(0, 1024) } : {}),
    enrollments: list(fields['enrollments']).map((entry) => ({
      id: enrollmentId(text(record(entry)['id'])),
      provider: text(record(entry)['provider']),
      state: text(record(entry)['state']),
    })),
    admx: list(fields['admx']).map((entry) => ({
      enrollment: enrollmentId(text(record(entry)['enrollment'])),
      id: text(record(entry)['id']),
    })),
    items,
    ...outcome(items),
  };
}

/** A bridge class that answers says what holds for the device. */
function bridgeItems(entry: ReadonlyMap<string, string>): readonly MdmItem[] {
  return [...entry]
    .filter(([name]) => name !== 'InstanceID' && name !== 'ParentID')
    .map(([name, payload]) => ({ scope: { kind: 'device' }, name, state: 'inForce', payload }));
}

function providerItems(provider: ScopedValues & { readonly id: string }, current: readonly ScopedValues[]): MdmItem[] {
  const here = current.find(({ scope }) => foldCase(scope) === foldCase(provider.scope));
  return [...provider.values]
    .filter(([name]) => !/_LastWrite$/i.test(name))
    .map(([name, payload]) => {
      const winner = here?.values.get(`${name}_WinningProvider`);
      const state = winner === undefined ? 'unused' : enrollmentId(winner) === provider.id ? 'inForce' : 'lost';
      return { scope: scopeOf(provider.scope), name, provider: provider.id, state, payload };
    });
}

function missingItems(
  entry: ScopedValues,
  providers: readonly (ScopedValues & { readonly id: string })[],
): readonly MdmItem[] {
  return [...entry.values].flatMap(([valueName, winner]): MdmItem[] => {
    const name = /^(.+)_WinningProvider$/.exec(valueName)?.[1];
    if (name === undefined) return [];
    const found = providers.some(
      (provider) =>
        provider.id === enrollmentId(winner) &&
        foldCase(provider.scope) === foldCase(entry.scope) &&
        provider.values.has(name),
    );
    return found ? [] : [{ scope: scopeOf(entry.scope), name, provider: enrollmentId(winner), state: 'missing' }];
  });
}

/** The bridge comes first and says again what the registry says. */
function sameItem(left: MdmItem, right: MdmItem): boolean {
  return (
    left.name === right.name &&
    sameScope(left.scope, right.scope) &&
    (left.provider === right.provider || (left.state === 'inForce' && right.state === 'inForce'))
  );
}

function sameScope(left: PortableScope, right: PortableScope): boolean {
  return left.kind === right.kind && (left.kind === 'device' || (right.kind === 'user' && left.sid === right.sid));
}

/** Carries out what is in force as a device would, one scope at a time. */
function outcome(items: readonly MdmItem[]): Pick<MdmDelivery, 'policies' | 'problems'> {
  const problems: Diagnostic[] = [];
  const scopes = items.map(({ scope }) => scope);
  const policies = scopes
    .filter((scope, index) => scopes.findIndex((other) => sameScope(scope, other)) === index)
    .flatMap((scope) => {
      const oma = new OmaPolicies();
      for (const item of items.filter((candidate) => sameScope(candidate.scope, scope))) {
        const problem = problemOf(item, oma);
        if (problem !== undefined) problems.push(problem);
      }
      return oma.policies().policies.map((policy) => ({ ...policy, scope }));
    });
  return { policies, problems };
}

function problemOf(item: MdmItem, oma: OmaPolicies): Diagnostic | undefined {
  const place = { omaUri: policyUri(item.scope.kind, item.name).slice(0, 512) };
  if (!ADMX_POLICIES.some(({ name }) => name === item.name)) {
    return diagnostic('unknownMember', 'EPM has no policy of this name.', place);
  }
  if (item.state === 'lost' || item.state === 'unused') return undefined;
  if (item.payload === undefined) {
    return diagnostic('payloadMissing', 'The device says that it holds, and has no payload for it.', place);
  }
  const done = oma.apply('Replace', policyUri(item.scope.kind, item.name), item.payload);
  return done.kind === 'refused' ? diagnostic('payloadRefused', done.message, place) : undefined;
}

function bridgeState(value: unknown): MdmDelivery['bridge'] {
  const states = ['answered', 'noClass', 'failed', 'absent'] as const;
  return states.find((state) => state === value) ?? unreadable('bridge');
}

/** `device` in any case, or a user's SID. */
function scopeOf(name: string): PortableScope {
  return foldCase(name) === foldCase('device') ? { kind: 'device' } : { kind: 'user', sid: sid(name) };
}

/** Written with and without braces, in either case. */
function enrollmentId(name: string): string {
  return name.replace(/^\{|\}$/g, '').toLowerCase();
}

function scopedValues(entry: unknown): ScopedValues {
  const scope = text(record(entry)['scope']);
  if (!/^(?:device|S-1-(?:\d{1,10}-){1,14}\d{1,10})$/i.test(scope)) return unreadable('scope');
  return { scope, values: values(entry) };
}

function values(entry: unknown): ReadonlyMap<string, string> {
  return new Map(
    list(record(entry)['values']).map((value) => [text(record(value)['name']), text(record(value)['data'])]),
  );
}

function record(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null
    ? (value as Readonly<Record<string, unknown>>)
    : unreadable('object');
}

function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) && value.length <= MAX_ENTRIES ? value : unreadable('list');
}

function text(value: unknown): string {
  return typeof value === 'string' && value.length <= MAX_TEXT ? value : unreadable('text');
}

function unreadable(what: string): never {
  throw new EpmError('EPM_MDM_UNREADABLE', `The answer of the device cannot be read: a ${what} is not as expected.`, {
    hint: 'Report it with the version of Windows.',
  });
}
