/**
 * Policies in Registry.pol, the file in which a Group Policy object keeps registry settings ([MS-GPREG] 2.2.1): a header
 * of eight bytes, then records `[key;value;type;size;data]` whose brackets and semicolons are UTF-16LE characters. Keys
 * have no root, since one file is for the machine and another for users.
 */
import { diagnostic, type Diagnostic } from '../../model/diagnostic.ts';
import { EpmError } from '../../model/errors.ts';
import type { PortablePolicy } from '../../model/policy.ts';
import { POLICY_KEY } from '../declaration/names.ts';
import type { ReadPolicies, WrittenPolicy } from './format.ts';
import { keyBelowRoot, OtherKeys, policiesOfMachine, policyFromTree } from '../registry/policy-keys.ts';
import { writePolicy } from '../registry/registry-policy.ts';
import { sameRegistryName, type RegistrySnapshot } from '../registry/registry-snapshot.ts';
import { RegistryTree } from '../registry/registry-tree.ts';
import { decodeValue, encodeValue } from '../registry/registry-value.ts';

/** "PReg" and version 1, both little-endian. */
const HEADER = Uint8Array.of(0x50, 0x52, 0x65, 0x67, 1, 0, 0, 0);
/** [MS-GPREG] 2.2.1: characters of a value's name, bytes of its data. */
const MAX_VALUE_NAME = 259;
const MAX_DATA = 65_535;
/** Longest path Windows gives a key here: 512 levels of 255 characters would not fit a record anyway. */
const MAX_KEY = 16_383;

/** True when the bytes start as every Registry.pol does. */
export function isRegistryPol(input: Uint8Array): boolean {
  return HEADER.subarray(0, 4).every((byte, index) => input[index] === byte);
}

/**
 * Reads what the registry holds after the file was applied to an empty one: records and directives in the order of the
 * file ([MS-GPREG] 3.2.5.1).
 * @throws EpmError EPM_POLICY_INVALID with the byte offset when the file is not of this format
 */
export function readRegistryPol(input: Uint8Array): ReadPolicies {
  const tree = new RegistryTree();
  const problems = [...applyRegistryPol(tree, input)];
  const snapshot = tree.snapshot(POLICY_KEY);
  if (snapshot !== undefined) {
    const read = policiesOfMachine(snapshot);
    return { policies: read.policies, problems: [...problems, ...read.problems] };
  }
  if (input.length > HEADER.length) return { policies: [], problems };
  const message = 'The file is a header alone: a side of a Group Policy object without settings.';
  problems.push(diagnostic('emptySide', message));
  return { policies: [policyFromTree({ values: [], subkeys: [] })], problems };
}

/**
 * Carries out on a registry what the file says of EPM's key.
 * @returns what has no effect
 * @throws EpmError EPM_POLICY_INVALID with the byte offset when the file is not of this format
 */
export function applyRegistryPol(tree: RegistryTree, input: Uint8Array): readonly Diagnostic[] {
  if (!HEADER.every((byte, index) => input[index] === byte)) throw invalid('It has no header of version 1.', 0);
  const bytes = Buffer.from(input.buffer, input.byteOffset, input.byteLength);
  const others = new OtherKeys();
  const problems: Diagnostic[] = [];
  let offset = HEADER.length;
  while (offset < bytes.length) {
    const { record, end } = readRecord(bytes, offset);
    if (!RegistryTree.canHold(record.key)) throw invalid(`"${record.key.slice(0, 64)}" is no name of a key.`, offset);
    if (isPolicyPath(record.key)) problems.push(...apply(tree, record, offset));
    else if (!(isAbove(record.key) && applyAbove(tree, record))) others.add(record.key);
    offset = end;
  }
  return [...problems, ...others.problems()];
}

interface PolRecord {
  readonly key: string;
  readonly name: string;
  readonly type: number;
  readonly data: Buffer;
}

function readRecord(bytes: Buffer, start: number): { readonly record: PolRecord; readonly end: number } {
  let offset = start;
  const sign = (character: string): void => {
    if (offset + 2 > bytes.length || bytes.readUInt16LE(offset) !== character.charCodeAt(0)) {
      throw invalid(`"${character}" is expected here.`, offset);
    }
    offset += 2;
  };
  const text = (longest: number): string => {
    const from = offset;
    for (; ; offset += 2) {
      if (offset + 2 > bytes.length) throw invalid('A name has no end.', from);
      if (bytes.readUInt16LE(offset) === 0) break;
      if (offset - from >= longest * 2) throw invalid(`A name has more than ${longest} characters.`, from);
    }
    offset += 2;
    return bytes.toString('utf16le', from, offset - 2);
  };
  const number = (): number => {
    if (offset + 4 > bytes.length) throw invalid('The file ends inside a record.', offset);
    offset += 4;
    return bytes.readUInt32LE(offset - 4);
  };
  sign('[');
  const key = text(MAX_KEY);
  sign(';');
  const name = text(MAX_VALUE_NAME);
  sign(';');
  const type = number();
  sign(';');
  const sizeAt = offset;
  const size = number();
  sign(';');
  if (size > MAX_DATA) throw invalid(`The data has ${size} bytes; ${MAX_DATA} are the limit.`, sizeAt);
  if (offset + size > bytes.length) throw invalid('The data reaches beyond the end of the file.', sizeAt);
  const data = bytes.subarray(offset, offset + size);
  offset += size;
  sign(']');
  return { record: { key, name, type, data }, end: offset };
}

function isPolicyPath(key: string): boolean {
  const depth = POLICY_KEY.split('\\').length;
  return sameRegistryName(key.split('\\').slice(0, depth).join('\\'), POLICY_KEY);
}

function isAbove(key: string): boolean {
  const depth = key.split('\\').length;
  return sameRegistryName(POLICY_KEY.split('\\').slice(0, depth).join('\\'), key);
}

/** A directive that deletes keys reaches the policy from above. */
function applyAbove(tree: RegistryTree, record: PolRecord): boolean {
  if (directiveOf(record.name)?.kind !== 'deletekeys') return false;
  for (const name of namesIn(record)) tree.deleteKey(`${record.key}\\${name}`);
  return true;
}

const DIRECTIVES = ['**delvals.', '**del.', '**deletevalues', '**deletekeys', '**securekey', '**soft.'] as const;

function directiveOf(name: string): { readonly kind: string; readonly rest: string } | undefined {
  if (!name.startsWith('**')) return undefined;
  const lower = name.toLowerCase();
  const known = DIRECTIVES.find((directive) =>
    directive.endsWith('.') ? lower.startsWith(directive) : lower === directive,
  );
  if (known === undefined) return { kind: 'unknown', rest: name };
  return { kind: known.replace(/[*.]/g, ''), rest: name.slice(known.length) };
}

function apply(tree: RegistryTree, record: PolRecord, offset: number): readonly Diagnostic[] {
  const { key, name, type, data } = record;
  const directive = directiveOf(name);
  if (directive === undefined) {
    // A record without value and data makes the key.
    if (name === '' && type === 0 && data.length === 0) tree.create(key);
    else tree.set(key, decodeValue(name, type, data));
    return [];
  }
  switch (directive.kind) {
    case 'del':
      tree.deleteValue(key, directive.rest);
      return [];
    case 'delvals':
      tree.deleteValues(key);
      return [];
    case 'deletevalues':
      for (const value of namesIn(record)) tree.deleteValue(key, value);
      return [];
    case 'deletekeys':
      for (const subkey of namesIn(record)) tree.deleteKey(`${key}\\${subkey}`);
      return [];
    case 'soft':
      if (!tree.has(key, directive.rest)) tree.set(key, decodeValue(directive.rest, type, data));
      return [];
    case 'securekey':
      return [noEffect(record, offset, 'It changes who may write the key, which is no part of a policy.')];
    default:
      return [noEffect(record, offset, 'This directive is not known.')];
  }
}

function noEffect({ key, name }: PolRecord, offset: number, why: string): Diagnostic {
  return diagnostic('noEffect', `${why} (byte ${offset})`, { registry: `${key}\\${name}`.slice(0, 512), offset });
}

/** Names with semicolons between, in a text. */
function namesIn({ data }: PolRecord): readonly string[] {
  const text = data.toString('utf16le').replace(/\0+$/, '');
  return text.split(';').filter((name) => name !== '' && RegistryTree.canHold(name));
}

/** @throws EpmError EPM_POLICY_INVALID when something is longer than a record holds, or a name is one of a directive */
export function writeRegistryPol(document: PortablePolicy): WrittenPolicy {
  const parts: Uint8Array[] = [HEADER];
  writeKey(parts, keyBelowRoot(document.scope), writePolicy(document));
  return { bytes: Buffer.concat(parts), rules: [], problems: [] };
}

function writeKey(parts: Uint8Array[], key: string, content: RegistrySnapshot): void {
  for (const value of content.values) {
    const { type, data } = encodeValue(value);
    if (value.name.startsWith('**')) {
      const shown = value.name.slice(0, 64);
      throw new EpmError(
        'EPM_POLICY_INVALID',
        `"${shown}" cannot stand in Registry.pol, where "**" starts a directive.`,
        {
          hint: 'Give the rule or the certificate another name.',
        },
      );
    }
    if (value.name.length > MAX_VALUE_NAME || data.length > MAX_DATA) {
      throw new EpmError('EPM_POLICY_INVALID', `"${value.name.slice(0, 64)}" is too long for Registry.pol.`, {
        hint: `A name has at most ${MAX_VALUE_NAME} characters and data at most ${MAX_DATA} bytes.`,
      });
    }
    const numbers = Buffer.alloc(12);
    numbers.writeUInt32LE(type, 0);
    numbers.write(';', 4, 'utf16le');
    numbers.writeUInt32LE(data.length, 6);
    numbers.write(';', 10, 'utf16le');
    parts.push(Buffer.from(`[${key}\0;${value.name}\0;`, 'utf16le'), numbers, data, Buffer.from(']', 'utf16le'));
  }
  for (const subkey of content.subkeys) writeKey(parts, `${key}\\${subkey.name}`, subkey.key);
}

function invalid(reason: string, offset: number): EpmError {
  return new EpmError('EPM_POLICY_INVALID', `Registry.pol cannot be read at byte ${offset}. ${reason}`, {
    hint: 'Copy the file again from the Group Policy object.',
    data: { offset },
  });
}
