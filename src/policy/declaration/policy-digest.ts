/**
 * The digest that a policy carries, so that its reader knows when all of it has arrived: a policy comes value by value,
 * and half of one may lack a Deny. It protects against nobody: whoever may write the policy may write its digest.
 *
 * Of each value below the policy's key one SHA-256 is made, over the UTF-16LE units of
 *
 *   KEY NUL NAME NUL TYPE NUL DATA
 *
 * with the name of the subkey (none for values of the key itself) and of the value in upper case, the type as winnt.h
 * calls it, and of the data: a text itself, a number in decimal digits, each of several texts with a NUL behind it,
 * bytes in lower-case hexadecimal digits. The digest of the policy is the SHA-256 of all of them as lower-case
 * hexadecimal digits, sorted, one after another without anything between. Neither the order of values nor the spelling of
 * a name counts, which Windows keeps as it was first written. Values that this version does not know count as well, so
 * that a newer version's policy fits here.
 */
import { hash } from 'node:crypto';
import { foldCase } from '../../text/compare.ts';
import { sameRegistryName, type RegistrySnapshot, type RegistryValue } from '../registry/registry-snapshot.ts';
import { LISTS, POLICY_DIGEST } from './lists.ts';
import { USERS_SUBKEY } from './names.ts';

/** Whether a policy says which content it has, and has it. */
export type DigestState = 'fits' | 'differs' | 'absent';

/**
 * Approvals and what takes them back come one by one, the former signed themselves; policies of users carry digests of
 * their own.
 */
const NOT_COVERED: readonly string[] = [LISTS.grants.subkey, LISTS.revocations.subkey, USERS_SUBKEY];

/** What is known of values that were seen before, so that only new ones are digested. A value always lies in one key. */
export type DigestMemory = WeakMap<RegistryValue, string>;

/** @param content the policy's key; a digest that it holds does not count */
export function policyDigest(content: RegistrySnapshot, memory?: DigestMemory): string {
  const digests: string[] = [];
  const covered = { ...content, values: content.values.filter((value) => !isDigest(value)) };
  addDigests(digests, '', covered, { memory, room: new Room() });
  return sha256(Buffer.from(digests.sort().join(''), 'latin1'));
}

/** Compares what a policy's key holds with the digest that it carries. */
export function digestState(content: RegistrySnapshot, memory?: DigestMemory): DigestState {
  const value = digestOf(content);
  if (value === undefined) return 'absent';
  return value.type === 'REG_SZ' && value.data.toLowerCase() === policyDigest(content, memory) ? 'fits' : 'differs';
}

/** The value that says which content a policy has; undefined: it does not say. */
export function digestOf(content: RegistrySnapshot): RegistryValue | undefined {
  return content.values.find(isDigest);
}

/** The content with its digest, which comes first: a place that has it is not read before the rest has come. */
export function withDigest(content: RegistrySnapshot): RegistrySnapshot {
  const digest: RegistryValue = { name: POLICY_DIGEST.valueName, type: 'REG_SZ', data: policyDigest(content) };
  return { ...content, values: [digest, ...content.values] };
}

/** Depth is bounded by whoever read the tree. */
function addDigests(
  digests: string[],
  key: string,
  { values, subkeys }: RegistrySnapshot,
  parts: { readonly memory: DigestMemory | undefined; readonly room: Room },
): void {
  const { memory, room } = parts;
  for (const value of values) {
    const digest = memory?.get(value) ?? valueDigest(key, value, room);
    memory?.set(value, digest);
    digests.push(digest);
  }
  for (const { name, key: subkey } of subkeys) {
    if (key === '' && NOT_COVERED.some((other) => sameRegistryName(name, other))) continue;
    addDigests(digests, key === '' ? name : `${key}\\${name}`, subkey, parts);
  }
}

/** Where texts are encoded one after the other: a buffer for each of thousands of values stays for a while. */
class Room {
  #bytes = Buffer.alloc(4096);

  /** @returns the UTF-16LE units of a text, until the next call */
  encode(text: string): Uint8Array {
    const length = text.length * 2;
    if (length > this.#bytes.length) this.#bytes = Buffer.alloc(length);
    this.#bytes.write(text, 'utf16le');
    return this.#bytes.subarray(0, length);
  }
}

function valueDigest(key: string, value: RegistryValue, room: Room): string {
  const text = [foldCase(key), foldCase(value.name), value.type, dataText(value)].join('\0');
  return sha256(room.encode(text));
}

function dataText({ data }: RegistryValue): string {
  if (data instanceof Uint8Array) return Buffer.from(data).toString('hex');
  return typeof data === 'object' ? data.map((text) => `${text}\0`).join('') : String(data);
}

function isDigest({ name }: RegistryValue): boolean {
  return sameRegistryName(name, POLICY_DIGEST.valueName);
}

/** At once: an object of its own for each of thousands of values holds memory of OpenSSL until it is collected. */
function sha256(bytes: Uint8Array): string {
  return hash('sha256', bytes);
}
