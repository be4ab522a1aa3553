/** An ADMX file as the Policy CSP reads it: categories, and policies with their elements ([MS-GPREG] 2.2). */
import { isAllowedPolicyKey } from './admx-check.ts';
import type { RegistryValue } from '../../src/policy/registry/registry-snapshot.ts';
import { childOf, childrenOf, parseXml, type XmlElement } from '../../src/text/xml.ts';

/** The value part of `enabledValue`, `trueValue`, an enum item and the like. */
export type FixedValue =
  | { readonly type: 'REG_DWORD'; readonly data: number }
  | { readonly type: 'REG_SZ'; readonly data: string }
  | { readonly type: 'delete' };

export interface PolicyElement {
  readonly kind: 'text' | 'multiText' | 'list' | 'decimal' | 'boolean' | 'enum';
  readonly id: string;
  readonly key: string;
  readonly valueName: string;
  readonly required: boolean;
  readonly expandable: boolean;
  readonly storeAsText: boolean;
  readonly maxLength: number;
  readonly minValue: number;
  readonly maxValue: number;
  readonly trueValue: FixedValue;
  readonly falseValue: FixedValue;
  readonly items: readonly FixedValue[];
}

export interface PolicyDefinition {
  readonly name: string;
  readonly class: 'Machine' | 'User' | 'Both';
  /** Category names from the outermost parent down. */
  readonly categories: readonly string[];
  readonly key: string;
  readonly valueName: string | undefined;
  readonly enabledValue: FixedValue;
  readonly disabledValue: FixedValue;
  readonly elements: readonly PolicyElement[];
}

/** Something that keeps a file from being ingested. */
export class IngestError extends Error {}

/**
 * Reads an ADMX file.
 * @param ingested Whether it comes through ADMXInstall, which refuses some registry roots; Windows' own files may use them.
 * @throws IngestError
 */
export function readAdmx(text: string, ingested: boolean): readonly PolicyDefinition[] {
  const root = parseXml(text);
  if (root.name !== 'policyDefinitions') throw new IngestError(`The root is ${root.name}.`);
  const parents = new Map<string, string | undefined>();
  for (const category of childrenOf(childOf(root, 'categories'), 'category')) {
    parents.set(attribute(category, 'name'), childOf(category, 'parentCategory')?.attributes['ref']);
  }
  const policies = childrenOf(childOf(root, 'policies'), 'policy').map((policy) => readPolicy(policy, parents));
  if (ingested) {
    for (const policy of policies) {
      const refused = [policy.key, ...policy.elements.map((element) => element.key)].find(
        (key) => !isAllowedPolicyKey(key),
      );
      if (refused !== undefined) throw new IngestError(`${policy.name} writes to ${refused}.`);
    }
  }
  return policies;
}

function readPolicy(policy: XmlElement, parents: ReadonlyMap<string, string | undefined>): PolicyDefinition {
  const name = attribute(policy, 'name');
  const key = attribute(policy, 'key');
  for (const unsupported of ['enabledList', 'disabledList']) {
    if (childOf(policy, unsupported) !== undefined) throw new IngestError(`${name} has ${unsupported}.`);
  }
  const policyClass = attribute(policy, 'class');
  if (policyClass !== 'Machine' && policyClass !== 'User' && policyClass !== 'Both') {
    throw new IngestError(`${name} has class ${policyClass}.`);
  }
  return {
    name,
    class: policyClass,
    categories: categoryPath(childOf(policy, 'parentCategory')?.attributes['ref'], parents),
    key,
    valueName: policy.attributes['valueName'],
    enabledValue: fixedValue(childOf(policy, 'enabledValue')) ?? { type: 'REG_DWORD', data: 1 },
    disabledValue: fixedValue(childOf(policy, 'disabledValue')) ?? { type: 'delete' },
    elements: (childOf(policy, 'elements')?.children ?? []).map((element) => readElement(element, key)),
  };
}

/** Prefixes are not resolved, not even the file's own. */
function categoryPath(start: string | undefined, parents: ReadonlyMap<string, string | undefined>): readonly string[] {
  const path: string[] = [];
  for (let category = start; category !== undefined; category = parents.get(category)) {
    if (!parents.has(category)) throw new IngestError(`Category ${category} is not defined.`);
    if (path.includes(category)) throw new IngestError(`Category ${category} is its own parent.`);
    path.unshift(category);
  }
  return path;
}

const KINDS = ['text', 'multiText', 'list', 'decimal', 'boolean', 'enum'] as const;

function readElement(element: XmlElement, policyKey: string): PolicyElement {
  const kind = KINDS.find((known) => known === element.name);
  if (kind === undefined) throw new IngestError(`Element ${element.name} is not known.`);
  const { attributes } = element;
  return {
    kind,
    id: attribute(element, 'id'),
    key: attributes['key'] ?? policyKey,
    valueName: attributes['valueName'] ?? '',
    required: attributes['required'] === 'true',
    expandable: attributes['expandable'] === 'true',
    storeAsText: attributes['storeAsText'] === 'true',
    maxLength: Number(attributes['maxLength'] ?? 1023),
    minValue: Number(attributes['minValue'] ?? 0),
    maxValue: Number(attributes['maxValue'] ?? 9999),
    trueValue: fixedValue(childOf(element, 'trueValue')) ?? { type: 'REG_DWORD', data: 1 },
    falseValue: fixedValue(childOf(element, 'falseValue')) ?? { type: 'REG_DWORD', data: 0 },
    items: childrenOf(element, 'item').flatMap((item) => fixedValue(childOf(item, 'value')) ?? []),
  };
}

function fixedValue(holder: XmlElement | undefined): FixedValue | undefined {
  const value = holder?.children[0];
  switch (value?.name) {
    case 'decimal':
      return { type: 'REG_DWORD', data: Number(attribute(value, 'value')) };
    case 'string':
      return { type: 'REG_SZ', data: value.text };
    case 'delete':
      return { type: 'delete' };
    default:
      return undefined;
  }
}

/** A fixed value under its name; undefined: the value is deleted. */
export function namedValue(name: string, value: FixedValue): RegistryValue | undefined {
  return value.type === 'delete' ? undefined : { name, ...value };
}

function attribute(element: XmlElement, name: string): string {
  const value = element.attributes[name];
  if (value === undefined) throw new IngestError(`${element.name} has no ${name}.`);
  return value;
}
