/**
 * The key tree of a policy as JSON, for tools that read a registry themselves:
 * `{ "key": "HKEY_LOCAL_MACHINE\\Software\\Policies\\EPM", "values": [{ "name", "type", "data" }], "subkeys": [{ "name",
 * "values", "subkeys" }] }`. Numbers of 64 bits are texts of decimal digits, bytes are hexadecimal.
 */
import { foldCase } from '../../text/compare.ts';
import { EpmError } from '../../model/errors.ts';
import type { PortablePolicy } from '../../model/policy.ts';
import { LIMITS } from '../declaration/limits.ts';
import type { ReadPolicies, WrittenPolicy } from './format.ts';
import { pointerStep } from '../../text/json-pointer.ts';
import { parseJson, valueOf, type JsonNode } from '../../text/json-text.ts';
import { fullKeyName, policiesOfMachine, policyFromTree, policyKeyOf, scopeOfKey } from '../registry/policy-keys.ts';
import { toJson } from '../declaration/canonical.ts';
import { writePolicy } from '../registry/registry-policy.ts';
import type { RegistrySnapshot, RegistryValue } from '../registry/registry-snapshot.ts';
import { decodePolicyText } from './input.ts';

/** The policy's key, its lists and their values, and one level more for what is reported as unknown. */
const MAX_LEVELS = 4;
/** Two levels of JSON for each level of keys, and the data of a value. */
const MAX_DEPTH = MAX_LEVELS * 2 + 4;

/** @throws EpmError EPM_POLICY_INVALID with the line when the text is not of this format */
export function readRegistryJson(input: Uint8Array): ReadPolicies {
  const text = decodePolicyText(input).replace(/^\ufeff/, '');
  if (text.length > LIMITS.policyFile) throw invalid(`It has more than ${LIMITS.policyFile} characters.`);
  const parsed = parseJson(text, { comments: true, maxDepth: MAX_DEPTH });
  if ('fault' in parsed) throw invalid(parsed.fault.message, parsed.fault.place.line);
  const members = membersOnce(parsed.root, ['key', 'values', 'subkeys'], '');
  const key = textOf(members.get('key'), '/key', parsed.root);
  const full = fullKeyName(key);
  const scope = full === undefined ? undefined : scopeOfKey(full);
  if (scope === undefined) throw invalid(`"${key.slice(0, 128)}" is not the key of a policy.`, parsed.root.line);
  const snapshot = readKey(members, '', 0);
  return scope.kind === 'device'
    ? policiesOfMachine(snapshot, scope)
    : { policies: [policyFromTree(snapshot, scope)], problems: [] };
}

export function writeRegistryJson(document: PortablePolicy): WrittenPolicy {
  const tree = { key: policyKeyOf(document.scope), ...jsonKey(writePolicy(document)) };
  return { bytes: Buffer.from(`${toJson(tree, 2)}\n`), rules: [], problems: [] };
}

function jsonKey({ values, subkeys }: RegistrySnapshot): object {
  return {
    values: values.map(({ name, type, data }) => ({ name, type, data: jsonData(data) })),
    subkeys: subkeys.map(({ name, key }) => ({ name, ...jsonKey(key) })),
  };
}

function jsonData(data: RegistryValue['data']): unknown {
  if (typeof data === 'bigint') return data.toString();
  return data instanceof Uint8Array ? Buffer.from(data).toString('hex') : data;
}

function readKey(members: ReadonlyMap<string, JsonNode>, pointer: string, level: number): RegistrySnapshot {
  if (level > MAX_LEVELS) throw invalid(`${pointer}: Keys are nested more than ${MAX_LEVELS} deep.`);
  const valueNames = new Set<string>();
  const values = elementsOf(members.get('values'), `${pointer}/values`).map((node, index): RegistryValue => {
    const at = `${pointer}/values/${index}`;
    const value = readValue(membersOnce(node, ['name', 'type', 'data'], at), node, at);
    return once(value, valueNames, at, node);
  });
  const keyNames = new Set<string>();
  const subkeys = elementsOf(members.get('subkeys'), `${pointer}/subkeys`).map((node, index) => {
    const at = `${pointer}/subkeys/${index}`;
    const inner = membersOnce(node, ['name', 'values', 'subkeys'], at);
    const name = textOf(inner.get('name'), `${at}/name`, node);
    return once({ name, key: readKey(inner, at, level + 1) }, keyNames, at, node);
  });
  return { values, subkeys };
}

/** A registry has no two entries of one name, and which of them was meant cannot be told. */
function once<T extends { readonly name: string }>(entry: T, names: Set<string>, pointer: string, node: JsonNode): T {
  const folded = foldCase(entry.name);
  if (names.has(folded)) throw invalid(`${pointer}: "${entry.name.slice(0, 64)}" is given twice.`, node.line);
  names.add(folded);
  return entry;
}

function readValue(members: ReadonlyMap<string, JsonNode>, node: JsonNode, pointer: string): RegistryValue {
  const name = textOf(members.get('name'), `${pointer}/name`, node);
  const type = textOf(members.get('type'), `${pointer}/type`, node);
  const dataNode = members.get('data');
  const data = dataNode === undefined ? undefined : valueOf(dataNode);
  switch (type) {
    case 'REG_SZ':
    case 'REG_EXPAND_SZ':
      if (typeof data === 'string') return { name, type, data };
      break;
    case 'REG_DWORD':
      if (typeof data === 'number' && Number.isInteger(data) && data >= 0 && data <= 0xffffffff)
        return { name, type, data };
      break;
    case 'REG_QWORD':
      if (typeof data === 'string' && /^\d{1,20}$/.test(data) && BigInt(data) < 2n ** 64n) {
        return { name, type, data: BigInt(data) };
      }
      break;
    case 'REG_MULTI_SZ':
      if (Array.isArray(data) && data.every((text) => typeof text === 'string')) return { name, type, data };
      break;
    case 'REG_BINARY':
    case 'REG_NONE':
    case 'REG_OTHER':
      if (typeof data === 'string' && /^(?:[0-9a-f]{2})*$/i.test(data))
        return { name, type, data: Buffer.from(data, 'hex') };
      break;
    default:
      throw invalid(`${pointer}/type: "${type.slice(0, 64)}" is no type of a registry value.`, node.line);
  }
  throw invalid(`${pointer}/data: This is no data of type ${type}.`, node.line);
}

function membersOnce(node: JsonNode, known: readonly string[], pointer: string): ReadonlyMap<string, JsonNode> {
  if (node.type !== 'Object') throw invalid(`${pointer || '/'}: This must be a JSON object.`, node.line);
  const members = new Map<string, JsonNode>();
  for (const member of node.members) {
    const name = member.name;
    const at = `${pointer}${pointerStep(name.slice(0, 64))}`;
    if (!known.includes(name)) throw invalid(`${at}: This is not known here.`, member.value.line);
    if (members.has(name)) throw invalid(`${at}: This is given twice.`, member.value.line);
    members.set(name, member.value);
  }
  return members;
}

function elementsOf(node: JsonNode | undefined, pointer: string): readonly JsonNode[] {
  if (node === undefined) return [];
  if (node.type !== 'Array') throw invalid(`${pointer}: This must be a list.`, node.line);
  return node.elements;
}

function textOf(node: JsonNode | undefined, pointer: string, parent: JsonNode): string {
  if (node?.type === 'String') return node.value;
  throw invalid(`${pointer}: This must be a text.`, (node ?? parent).line);
}

function invalid(reason: string, line?: number): EpmError {
  const where = line === undefined ? '' : ` at line ${line}`;
  return new EpmError('EPM_POLICY_INVALID', `The key tree cannot be read${where}. ${reason}`, {
    hint: 'Write it with `epm policy convert --to registry`.',
    ...(line === undefined ? {} : { data: { line } }),
  });
}
