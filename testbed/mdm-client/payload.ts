/** The payload of an ADMX-backed policy, and the registry values it stands for. */
import type { RegistryValue } from '../../src/policy/registry/registry-snapshot.ts';
import {
  LIST_SEPARATOR,
  listEntries,
  PayloadError,
  readPayload,
  requireElements,
} from '../../src/policy/formats/mdm/admx-payload.ts';
import { namedValue, type PolicyDefinition, type PolicyElement } from './admx-model.ts';

export interface PolicyWrite {
  readonly key: string;
  readonly value: RegistryValue;
}

/**
 * What a payload writes.
 * @param text `<enabled/>` or `<disabled/>`, then one `<data id value/>` per element; a fragment without a root. The
 *   case of the tags varies in practice.
 * @throws PayloadError
 */
export function policyWrites(policy: PolicyDefinition, text: string): readonly PolicyWrite[] {
  const { enabled, data } = readPayload(text);
  const own = (value: RegistryValue | undefined): PolicyWrite[] =>
    value === undefined ? [] : [{ key: policy.key, value }];
  if (!enabled) return policy.valueName === undefined ? [] : own(namedValue(policy.valueName, policy.disabledValue));
  const values = requireElements(
    data,
    policy.elements.map((element) => element.id),
  );
  const writes = policy.valueName === undefined ? [] : own(namedValue(policy.valueName, policy.enabledValue));
  for (const element of policy.elements) {
    writes.push(
      ...elementValues(element, values.get(element.id) ?? '').map((written) => ({ key: element.key, value: written })),
    );
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
      return [{ name, type: 'REG_MULTI_SZ', data: text.split(LIST_SEPARATOR) }];
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
  return listEntries(element.id, text).map(([name, data]) => ({ name, type: 'REG_SZ', data }));
}
