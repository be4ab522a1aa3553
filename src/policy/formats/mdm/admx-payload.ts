/**
 * The payload of an ADMX-backed policy: `<enabled/>` or `<disabled/>`, then one `<data id value/>` per element
 * ("Understanding ADMX policies").
 */
import { foldCase } from '../../../text/compare.ts';
import { parsePolicyXml } from '../input.ts';

/** Separates names and values of a list, and lines of a text, in a payload. */
export const LIST_SEPARATOR = '\uf000';

/** A payload that does not fit its policy; a device answers it with status 400. */
export class PayloadError extends Error {}

interface Payload {
  readonly enabled: boolean;
  /** Values by the identifier of their element. */
  readonly data: ReadonlyMap<string, string>;
}

/**
 * Reads a payload.
 * @param text a fragment without a root; the case of the tags varies in practice
 * @throws PayloadError; EpmError EPM_POLICY_INVALID when it is no XML
 */
export function readPayload(text: string): Payload {
  const [state, ...parts] = parsePolicyXml(`<payload>${text}</payload>`).children;
  const stateName = state?.name.toLowerCase();
  if (stateName !== 'enabled' && stateName !== 'disabled') throw new PayloadError('Neither enabled nor disabled.');
  if (stateName === 'disabled' && parts.length > 0) throw new PayloadError('A disabled policy has no data.');
  const data = new Map<string, string>();
  for (const { name, attributes } of parts) {
    const { id, value } = attributes;
    if (name.toLowerCase() !== 'data' || id === undefined || value === undefined) {
      throw new PayloadError(`Unexpected <${name.slice(0, 64)}>.`);
    }
    if (data.has(id)) throw new PayloadError(`${id.slice(0, 64)} is given twice.`);
    data.set(id, value);
  }
  return { enabled: stateName === 'enabled', data };
}

/** The values, when they are those of exactly these elements. @throws PayloadError */
export function requireElements(data: Payload['data'], ids: readonly string[]): Payload['data'] {
  for (const id of data.keys()) {
    if (!ids.includes(id)) throw new PayloadError(`${id.slice(0, 64)} is no element.`);
  }
  for (const id of ids) if (!data.has(id)) throw new PayloadError(`${id} is not given.`);
  return data;
}

/** Names and values of a list, in their order. @throws PayloadError for half a pair or a name given twice */
export function listEntries(id: string, text: string): readonly (readonly [name: string, value: string])[] {
  const parts = text === '' ? [] : text.split(LIST_SEPARATOR);
  if (parts.length % 2 !== 0) throw new PayloadError(`${id} has a name without a value.`);
  const names = new Set<string>();
  const entries: [string, string][] = [];
  for (let index = 0; index < parts.length; index += 2) {
    const name = parts[index] ?? '';
    if (names.has(foldCase(name))) throw new PayloadError(`${id} has two entries of the name "${name.slice(0, 64)}".`);
    names.add(foldCase(name));
    entries.push([name, parts[index + 1] ?? '']);
  }
  return entries;
}
