/**
 * Any bytes as a signed text, at five depths: as the text itself, as what its base64url stands for, as its headers, as its
 * content, and as changes of single members of a content in the right form. The last three have a signature that fits;
 * otherwise nothing would ever get behind it.
 */
import { createPrivateKey, type KeyObject } from 'node:crypto';
import { decode } from 'cborg';
import type { ErrorCode } from '../../src/model/error-codes.ts';
import { isEpmError } from '../../src/model/errors.ts';
import { bytesOf, cbor, textOf, wrap } from '../unit/requests/statements.ts';

const DEPTHS = ['text', 'bytes', 'headers', 'content', 'members'] as const;
type Depth = (typeof DEPTHS)[number];

/** A key that is the same in each run, so that a finding can be repeated. */
export function fixedKey(fill: number): KeyObject {
  // PKCS#8 of Ed25519 (RFC 8410) in front of any 32 bytes.
  const der = Buffer.concat([Buffer.from('302e020100300506032b657004220420', 'hex'), Buffer.alloc(32, fill)]);
  return createPrivateKey({ key: der, format: 'der', type: 'pkcs8' });
}

interface Kind<T> {
  readonly prefix: string;
  readonly code: ErrorCode;
  readonly key: KeyObject;
  read(text: string): T;
  /** Whether the key signed what was read. */
  isSigned(read: T): boolean;
  /** Writes what was read again, with the key. */
  write(read: T): string;
}

/** Each text at each depth. */
export function corpusOf(texts: readonly string[]): readonly Uint8Array[] {
  return texts.flatMap((text) => {
    const bytes = bytesOf(text);
    const [headers, , content] = decode(bytes, { useMaps: true }) as readonly Uint8Array[];
    // Two changes of members that leave all as it was.
    const none = Buffer.of(0, 0, 0, 1, 0, 0);
    return [Buffer.from(text), bytes, headers ?? bytes, content ?? bytes, none].map((part, depth) =>
      Buffer.concat([Buffer.of(depth), part]),
    );
  });
}

/** @returns how deep the input was, and whether it was read. @throws on a finding */
export function fuzzText<T>(
  { prefix, code, key, ...kind }: Kind<T>,
  bytes: Uint8Array,
  model: string,
): { readonly depth: Depth; readonly isRead: boolean } {
  const depth = DEPTHS[(bytes[0] ?? 0) % DEPTHS.length] ?? 'text';
  const part = bytes.subarray(1);
  const text = textAt(depth, part, { prefix, key, model });
  let read: T;
  try {
    read = kind.read(text);
  } catch (error) {
    if (!isEpmError(error) || error.code !== code || typeof error.data?.['reason'] !== 'string') throw error;
    return { depth, isRead: false };
  }
  // One text for a statement and a key: what the key signed is exactly what it would write again.
  if (kind.write(read) !== text.replace(/\s+/g, '') && kind.isSigned(read)) throw new Error('A second text was taken.');
  return { depth, isRead: true };
}

function textAt(
  depth: Depth,
  part: Uint8Array,
  { prefix, key, model }: { readonly prefix: string; readonly key: KeyObject; readonly model: string },
): string {
  if (depth === 'text') return Buffer.from(part).toString('utf8');
  if (depth === 'bytes') return wrap(prefix, part);
  const [headers = part, , content = part] = decode(bytesOf(model), { useMaps: true }) as readonly Uint8Array[];
  if (depth === 'headers') return textOf({ prefix, headers: part, content }, key);
  return textOf({ prefix, headers, content: depth === 'content' ? part : changed(content, part) }, key);
}

/** Values of every type, right and wrong. */
const VALUES: readonly unknown[] = [
  null,
  true,
  false,
  0,
  1,
  -1,
  23,
  24,
  65_535,
  65_536,
  2 ** 32,
  Number.MAX_SAFE_INTEGER,
  1.5,
  '',
  'a',
  'a\0',
  '\n',
  ' a',
  '\u202e',
  '\ufeff',
  '\u{1f600}',
  'C:\\a',
  'a'.repeat(256),
  'a'.repeat(1024),
  Buffer.alloc(0),
  Buffer.alloc(8),
  Buffer.alloc(16),
  Buffer.alloc(32),
  Buffer.from('010100000000000512000000', 'hex'),
  [],
  [''],
  ['a', 'b'],
  [1],
  [[]],
  ['p', 0, 'n', 'deny'],
  new Map(),
  new Map([[1, 1]]),
];

/** @param steps three bytes a change: which member, what is done, with which value */
function changed(content: Uint8Array, steps: Uint8Array): Uint8Array {
  const root = decode(content, { useMaps: true }) as Map<unknown, unknown>;
  for (let at = 0; at + 2 < steps.length && at < 24; at += 3) {
    const [which = 0, what = 0, value = 0] = steps.subarray(at, at + 3);
    const members = membersOf(root);
    const member = members[which % members.length];
    if (member === undefined) continue;
    const [map, label] = member;
    const before = map.get(label);
    if (what % 6 === 1) map.delete(label);
    else if (what % 6 === 2) map.set(label, VALUES[value % VALUES.length]);
    else if (what % 6 === 3) map.set(value % 20, VALUES[(value >> 2) % VALUES.length]);
    else if (what % 6 === 4 && typeof before === 'number') map.set(label, before + (value - 128));
    else if (what % 6 === 4 && typeof before === 'string') map.set(label, before + String.fromCodePoint(value));
    else if (what % 6 >= 4 && before instanceof Uint8Array && before.length > 0)
      map.set(label, before.with(value % before.length, which));
  }
  return cbor(root);
}

function membersOf(map: Map<unknown, unknown>): readonly (readonly [map: Map<unknown, unknown>, label: unknown])[] {
  return [...map].flatMap(([label, value]) => [
    [map, label] as const,
    ...(value instanceof Map ? membersOf(value) : []),
    ...(Array.isArray(value) ? value.flatMap((each) => (each instanceof Map ? membersOf(each) : [])) : []),
  ]);
}
