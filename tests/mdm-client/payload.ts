/** The payload of an ADMX-backed policy, and the registry values it stands for. */
import type { RegistryValue } from '../../src/policy/registry-snapshot.ts';
import { parseXml } from '../../src/policy/xml.ts';
import { namedValue, type PolicyDefinition, type PolicyElement } from './admx-model.ts';

export interface PolicyWrite {
  readonly key: string;
  readonly value: RegistryValue;
}

/** A payload that does not fit its policy. */
export class PayloadError extends Error {}

const SEPARATOR = '\uf000';

/**
 * What a payload writes.
 * @param text `<enabled/>` or `<disabled/>`, then one `<data id value/>` per element; a fragment without a root. The
 *   case of the tags varies in practice.
 * @throws PayloadError
 */
export function policyWrites(policy: PolicyDefinition, text: string): readonly PolicyWrite[] {
  const parts = parseXml(`<payload>${text}</payload>`).children.map((element) => ({
    ...element,
    name: element.name.toLowerCase(),
  }));
  const [state, ...data] = parts;
  if (state?.name !== 'enabled' && state?.name !== 'disabled') throw new PayloadError('Neither enabled nor disabled.');
  const own = (value: RegistryValue | undefined): PolicyWrite[] =>
    value === undefined ? [] : [{ key: policy.key, value }];
  if (state.name === 'disabled') {
    if (data.length > 0) throw new PayloadError('A disabled policy has no data.');
    return policy.valueName === undefined ? [] : own(namedValue(policy.valueName, policy.disabledValue));
  }

  const values = new Map<string, string>();
  for (const { name, attributes } of data) {
    const { id, value } = attributes;
    if (name !== 'data' || id === undefined || value === undefined) throw new PayloadError(`Unexpected <${name}>.`);
    if (values.has(id)) throw new PayloadError(`${id} is given twice.`);
    if (!policy.elements.some((element) => element.id === id)) throw new PayloadError(`${id} is no element.`);
    values.set(id, value);
  }
  const writes = policy.valueName === undefined ? [] : own(namedValue(policy.valueName, policy.enabledValue));
  for (const element of policy.elements) {
    const value = values.get(element.id);
    if (value === undefined) throw new PayloadError(`${element.id} is not given.`);
    writes.push(...elementValues(element, value).map((written) => ({ key: element.key, value: written })));
  }
  return writes;
}

function elementValues(element: PolicyElement, text: string): readonly RegistryValue[] {
  const name = element.valueName;
  if (element.required && text === '') throw new PayloadError(`${element.id} is required.`);
  switch (element.kind) {
    case 'text':
      if (text.length > element.maxLength) throw new PayloadError(`${element.id} is longer than ${element.maxLength}.`);
      return [{ name, type: element.expandable ? 'REG_EXPAND_SZ' : 'REG_SZ', data: text }];
    case 'multiText':
      return [{ name, type: 'REG_MULTI_SZ', data: text.split(SEPARATOR) }];
    case 'list':
      return listValues(element, text);
    case 'decimal': {
      const number = Number(text);
      if (!/^\d{1,10}$/.test(text) || number < element.minValue || number > element.maxValue) {
        throw new PayloadError(`${element.id} is not within ${element.minValue} to ${element.maxValue}.`);
      }
      return [element.storeAsText ? { name, type: 'REG_SZ', data: text } : { name, type: 'REG_DWORD', data: number }];
    }
    case 'boolean': {
      if (text !== 'true' && text !== 'false') throw new PayloadError(`${element.id} is neither true nor false.`);
      const value = namedValue(name, text === 'true' ? element.trueValue : element.falseValue);
      return value === undefined ? [] : [value];
    }
    case 'enum': {
      const item = element.items.find((candidate) => candidate.type !== 'delete' && String(candidate.data) === text);
      const value = item && namedValue(name, item);
      if (value === undefined) throw new PayloadError(`${element.id} has no item of value ${text}.`);
      return [value];
    }
  }
}

/** The server supplies names and values; attributes of the list such as a prefix do not matter to the client. */
function listValues(element: PolicyElement, text: string): readonly RegistryValue[] {
  const parts = text === '' ? [] : text.split(SEPARATOR);
  if (parts.length % 2 !== 0) throw new PayloadError(`${element.id} has a name without a value.`);
  const values: RegistryValue[] = [];
  for (let index = 0; index < parts.length; index += 2) {
    values.push({ name: parts[index] ?? '', type: 'REG_SZ', data: parts[index + 1] ?? '' });
  }
  return values;
}
