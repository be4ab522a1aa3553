/**
 * Policies from OMA-URIs and their values, whatever brings them: what a device with EPM's ADMX would write into its
 * registry, and which items it would refuse with which status ("Policy CSP", "OMA DM protocol support").
 */
import { diagnostic, type Diagnostic } from '../../../model/diagnostic.ts';
import { isEpmError } from '../../../model/errors.ts';
import type { PortableScope } from '../../../model/policy.ts';
import { LIST_SEPARATOR, listEntries, PayloadError, readPayload, requireElements } from './admx-payload.ts';
import { ADMX_POLICIES, renderAdmx, type AdmxElement } from '../../declaration/admx.ts';
import { ADMX_APPLICATION, ADMX_SETTING_TYPE } from '../../declaration/names.ts';
import { policyFromTree } from '../../registry/policy-keys.ts';
import type { PolicyFile } from '../json/policy-file.ts';
import type { RegistrySnapshot, RegistryValue } from '../../registry/registry-snapshot.ts';
import { policyUri } from './syncml.ts';

/** What a device makes of one item. */
export type ItemOutcome =
  | { readonly kind: 'done' }
  /** Not EPM's: this reader has nothing to say about it. */
  | { readonly kind: 'other' }
  | { readonly kind: 'refused'; readonly status: number; readonly message: string; readonly isList: boolean };

const DONE: ItemOutcome = { kind: 'done' };
const OTHER: ItemOutcome = { kind: 'other' };

type Values = readonly RegistryValue[];
type ScopeKind = PortableScope['kind'];

const INSTALL = `./Device/Vendor/MSFT/Policy/ConfigOperations/ADMXInstall/${ADMX_APPLICATION}`;
const AREA = (kind: ScopeKind): string => policyUri(kind, '');
/** An address that was meant for EPM, however it is spelt: with blanks, in other case, or with a wrong start. */
const LOOKS_LIKE_OURS = new RegExp(`policy/config/${ADMX_APPLICATION}~|admxinstall/${ADMX_APPLICATION}(?:/|$)`, 'i');
const POLICIES = new Map(ADMX_POLICIES.map(({ name, element }) => [name, element]));

/** The registry values that OMA-URIs set, by scope. */
export class OmaPolicies {
  readonly #set = { device: new Map<string, Values>(), user: new Map<string, Values>() };
  readonly #problems: Diagnostic[] = [];

  /** Carries out one item. @param verb a SyncML command that is not a container */
  apply(verb: string, uri: string, data: string): ItemOutcome {
    const address = uri.replace(/^\.\/Vendor\//, './Device/Vendor/');
    for (const kind of ['device', 'user'] as const) {
      if (address.startsWith(AREA(kind))) return this.#policy(verb, kind, address.slice(AREA(kind).length), data);
    }
    if (address === INSTALL || address.startsWith(`${INSTALL}/`)) return this.#install(verb, address, data);
    if (!LOOKS_LIKE_OURS.test(uri.replace(/\s/g, ''))) return OTHER;
    return refused(404, 'The address is misspelt; OMA-URIs are compared with case.', true);
  }

  /** One policy for each scope that something was set for, and what was noticed. */
  policies(): { readonly policies: readonly PolicyFile[]; readonly problems: readonly Diagnostic[] } {
    const policies = (['device', 'user'] as const).flatMap((kind) => {
      const snapshot = this.snapshot(kind);
      return snapshot === undefined ? [] : [policyFromTree(snapshot, { kind })];
    });
    return { policies, problems: this.#problems };
  }

  /** What the policy key of a scope then holds; undefined when nothing was set. */
  snapshot(kind: ScopeKind): RegistrySnapshot | undefined {
    const set = this.#set[kind];
    return set.size === 0 ? undefined : snapshotOf(set);
  }

  #policy(verb: string, kind: ScopeKind, name: string, data: string): ItemOutcome {
    const element = POLICIES.get(name);
    if (element === undefined) return refused(404, `EPM's ADMX has no policy of this name.`, true);
    const isList = element.kind === 'list';
    const set = this.#set[kind];
    if (verb === 'Get') return DONE;
    if (verb === 'Delete') {
      set.delete(name);
      return DONE;
    }
    if (verb !== 'Add' && verb !== 'Replace') return refused(405, `A policy has no command ${verb}.`, isList);
    if (verb === 'Add' && set.has(name)) return refused(418, 'It exists already.', isList);
    try {
      set.set(name, elementValues(element, data));
      return DONE;
    } catch (error) {
      if (!(error instanceof PayloadError || isEpmError(error))) throw error;
      return refused(400, error.message, isList);
    }
  }

  #install(verb: string, address: string, data: string): ItemOutcome {
    if (verb === 'Get') return DONE;
    if (verb === 'Delete') {
      // Takes along everything that was set by the file ("Win32 and Desktop Bridge app ADMX policy ingestion").
      for (const set of Object.values(this.#set)) set.clear();
      return DONE;
    }
    const steps = address.slice(INSTALL.length).split('/');
    if ((verb !== 'Add' && verb !== 'Replace') || steps.length !== 3 || steps[1] !== ADMX_SETTING_TYPE) {
      return refused(405, `${INSTALL}/${ADMX_SETTING_TYPE}/… takes Add, Replace and Delete.`, true);
    }
    if (dense(data) !== dense(renderAdmx())) {
      const message = 'The ADMX is not the one of this version of EPM; policies are read as this version knows them.';
      this.#problems.push(diagnostic('otherAdmx', message, { omaUri: address.slice(0, 512) }));
    }
    return DONE;
  }
}

function dense(text: string): string {
  return text.replace(/^\ufeff/, '').replace(/\s+/g, '');
}

function refused(status: number, message: string, isList: boolean): ItemOutcome {
  return { kind: 'refused', status, message, isList };
}

/** In the order of the ADMX, whatever the order of the items. */
function snapshotOf(set: ReadonlyMap<string, Values>): RegistrySnapshot {
  const ordered = ADMX_POLICIES.map(({ name, element }) => ({ name, element, values: set.get(name) ?? [] }));
  return {
    values: ordered.flatMap(({ element, values }) => (element.kind === 'list' ? [] : values)),
    subkeys: ordered.flatMap(({ name, element, values }) =>
      element.kind === 'list' && values.length > 0 ? [{ name, key: { values, subkeys: [] } }] : [],
    ),
  };
}

/** @throws PayloadError, EpmError EPM_POLICY_INVALID */
function elementValues(element: AdmxElement, payload: string): Values {
  const { enabled, data } = readPayload(payload);
  if (element.kind === 'switch') {
    requireElements(data, []);
    return [{ name: element.valueName, type: 'REG_DWORD', data: enabled ? 1 : 0 }];
  }
  if (!enabled) return [];
  const text = requireElements(data, [element.id]).get(element.id) ?? '';
  switch (element.kind) {
    case 'enum':
    case 'decimal': {
      const number = Number(text);
      const fits =
        element.kind === 'enum'
          ? element.items.some((item) => item.number === number)
          : number >= element.minimum && number <= element.maximum;
      if (!/^\d{1,10}$/.test(text) || !fits)
        throw new PayloadError(`${element.id} has no value "${text.slice(0, 64)}".`);
      return [{ name: element.valueName, type: 'REG_DWORD', data: number }];
    }
    case 'text':
      if (text === '' || text.length > element.maxLength) {
        throw new PayloadError(`${element.id} must have 1 to ${element.maxLength} characters.`);
      }
      return [{ name: element.valueName, type: 'REG_SZ', data: text }];
    case 'multiText': {
      // What each text must be is for the reader of the value to say, who keeps those that are right.
      const texts = text.split(LIST_SEPARATOR);
      if (texts.length > element.maxItems || texts.some((each) => each === '' || each.length > element.maxLength)) {
        throw new PayloadError(
          `${element.id} must have 1 to ${element.maxItems} texts of 1 to ${element.maxLength} characters.`,
        );
      }
      return [{ name: element.valueName, type: 'REG_MULTI_SZ', data: texts }];
    }
    case 'list':
      return listEntries(element.id, text).map(([name, value]) => ({ name, type: 'REG_SZ', data: value }));
  }
}
