/**
 * A cursor over DER that reads what a grammar expects and throws on anything else. It is used in place of asn1js because
 * it keeps the offsets of every part (signatures are over bytes as they stand), builds nothing that was not asked for and
 * does not recurse.
 */
import type { MalformedContent } from '../malformed.ts';
import type { Turns } from '../turns.ts';
import { toDefiniteLengths } from './definite.ts';
import { malformed, readHeader, Walk } from './walk.ts';

/** Identifier octets of the types that signatures use, X.690 8.1.2 and X.680 8.6. */
export const TAG = {
  boolean: 0x01,
  integer: 0x02,
  bitString: 0x03,
  octetString: 0x04,
  null: 0x05,
  objectId: 0x06,
  utcTime: 0x17,
  generalizedTime: 0x18,
  sequence: 0x30,
  set: 0x31,
  /** Context-specific and constructed, as EXPLICIT tags and IMPLICIT ones of constructed types are. */
  context: (number: number) => 0xa0 | number,
  /** Context-specific and primitive. */
  contextPrimitive: (number: number) => 0x80 | number,
} as const;

/** Bytes and elements. Rewriting copies once a level; what is larger comes from tools that write DER. */
const MAX_REWRITTEN = 512 * 1024;
const MAX_REWRITTEN_ELEMENTS = 16_384;
/** Elements gone through at once, and the steps of one. */
const ELEMENTS_AT_ONCE = 16_384;
const ELEMENT_STEPS = 4;
/**
 * Octets of an object identifier. Those that a domain makes for its own purposes have about forty; each octet more is
 * work for everybody who writes it out.
 */
const MAX_OBJECT_ID = 64;

export class DerElement {
  readonly tag: number;
  /** The whole element. A view, not a copy. */
  readonly raw: Uint8Array;
  readonly content: Uint8Array;
  readonly #place: string;
  readonly #offset: number;

  constructor(tag: number, raw: Uint8Array, content: Uint8Array, place: string, offset: number) {
    this.tag = tag;
    this.raw = raw;
    this.content = content;
    this.#place = place;
    this.#offset = offset;
  }

  /** Reader of what is inside of a constructed element. */
  open(): DerReader {
    return new DerReader(this.content, this.#place, this.#offset + this.raw.length - this.content.length);
  }

  fail(problem: string): MalformedContent {
    return malformed(this.#place, this.#offset, problem);
  }
}

export class DerReader {
  readonly #bytes: Uint8Array;
  readonly #place: string;
  /** Offset of the first byte in the whole, for messages. */
  readonly #base: number;
  #at = 0;

  constructor(bytes: Uint8Array, place: string, base = 0) {
    this.#bytes = bytes;
    this.#place = place;
    this.#base = base;
  }

  get more(): boolean {
    return this.#at < this.#bytes.length;
  }

  /** Identifier octet of the next element; undefined at the end. */
  get tag(): number | undefined {
    return this.#bytes[this.#at];
  }

  /** The next element, whatever it is. */
  any(): DerElement {
    const start = this.#at;
    const { tag, content, end } = readHeader(this.#bytes, start, this.#bytes.length, this.#place);
    if (end === -1) throw this.fail('An element has no length.');
    this.#at = end;
    const raw = this.#bytes.subarray(start, end);
    return new DerElement(tag, raw, this.#bytes.subarray(content, end), this.#place, this.#base + start);
  }

  /** The next element, which must have this identifier octet. */
  next(tag: number): DerElement {
    if (this.tag !== tag) throw this.fail(`An element of type 0x${tag.toString(16)} is missing.`);
    return this.any();
  }

  optional(tag: number): DerElement | undefined {
    return this.tag === tag ? this.any() : undefined;
  }

  sequence(): DerReader {
    return this.next(TAG.sequence).open();
  }

  set(): DerReader {
    return this.next(TAG.set).open();
  }

  /** Content octets of an object identifier in hexadecimal, as {@link oid} gives them. */
  objectId(): string {
    const element = this.next(TAG.objectId);
    const { content } = element;
    if (content.length === 0 || content.length > MAX_OBJECT_ID) {
      throw element.fail(`An object identifier has not between 1 and ${MAX_OBJECT_ID} bytes.`);
    }
    return Buffer.from(content.buffer, content.byteOffset, content.length).toString('hex');
  }

  /** A whole number from 0 to 2³¹-1. */
  smallInteger(): number {
    const element = this.next(TAG.integer);
    const { content } = element;
    if (content.length === 0 || content.length > 4 || (content[0] ?? 0) >= 0x80) {
      throw element.fail('A number is out of range.');
    }
    return content.reduce((value, byte) => value * 256 + byte, 0);
  }

  boolean(): boolean {
    const element = this.next(TAG.boolean);
    if (element.content.length !== 1) throw element.fail('A truth value has not one byte.');
    return element.content[0] !== 0;
  }

  octets(): Uint8Array {
    return this.next(TAG.octetString).content;
  }

  /** Octets of a bit string that ends on a whole octet. */
  bits(): Uint8Array {
    const element = this.next(TAG.bitString);
    if (element.content[0] !== 0) throw element.fail('A bit string does not end on a whole byte.');
    return element.content.subarray(1);
  }

  /** @throws MalformedContent when something follows */
  end(): void {
    if (this.more) throw this.fail('Something follows where nothing may.');
  }

  fail(problem: string): MalformedContent {
    return malformed(this.#place, this.#base + this.#at, problem);
  }
}

interface HostileOptions {
  /** What the bytes are, for messages. */
  readonly place: string;
  /** Bytes. */
  readonly limit: number;
  /** Most zero bytes that may follow, as a certificate table pads them. */
  readonly padding?: number;
  /** It is a signed message: take indefinite lengths and octet strings in pieces too, and rewrite them. */
  readonly ber?: boolean;
}

/**
 * Reads one small element that strangers made, such as a certificate.
 * @throws MalformedContent
 */
export function openHostile(bytes: Uint8Array, options: HostileOptions): DerElement {
  checkSize(bytes, options);
  const walk = new Walk(bytes, options.place, options.ber);
  walk.go(Infinity);
  return opened(bytes, walk, options);
}

/**
 * The same in turns, for what may have megabytes.
 * @throws MalformedContent; what `turns` throws
 */
export async function openLarge(bytes: Uint8Array, options: HostileOptions, turns: Turns): Promise<DerElement> {
  checkSize(bytes, options);
  const walk = new Walk(bytes, options.place, options.ber);
  while (!walk.go(ELEMENTS_AT_ONCE)) await turns.take(ELEMENTS_AT_ONCE * ELEMENT_STEPS);
  await turns.take((walk.elements % ELEMENTS_AT_ONCE) * ELEMENT_STEPS);
  return opened(bytes, walk, options);
}

function checkSize({ length }: Uint8Array, { place, limit }: HostileOptions): void {
  if (length > limit) throw malformed(place, 0, `It has ${length} bytes; at most ${limit} are read.`);
}

function opened(
  bytes: Uint8Array,
  { end, isDer, elements, passedOver }: Walk,
  { place, padding = 0, ber = false }: HostileOptions,
): DerElement {
  const rest = bytes.subarray(end);
  if (rest.length > padding || rest.some((byte) => byte !== 0)) {
    throw malformed(place, end, 'Something follows its end.');
  }
  const whole = bytes.subarray(0, end);
  if (isDer) return new DerReader(whole, place).any();
  if (!ber || end > MAX_REWRITTEN || elements > MAX_REWRITTEN_ELEMENTS) throw malformed(place, 0, 'It is not in DER.');
  return new DerReader(toDefiniteLengths(whole, place, passedOver), place).any();
}

/** Content octets of a dotted object identifier in hexadecimal: the form in which they are compared. */
export function oid(dotted: string): string {
  const [first = 0, second = 0, ...arcs] = dotted.split('.').map(Number);
  return [first * 40 + second, ...arcs].map(arcOctets).join('');
}

function arcOctets(arc: number): string {
  const groups = [arc & 0x7f];
  for (let rest = Math.floor(arc / 128); rest > 0; rest = Math.floor(rest / 128)) groups.unshift((rest & 0x7f) | 0x80);
  return Buffer.from(groups).toString('hex');
}

/** Dotted form of an object identifier, for people. */
export function dottedOid(hex: string): string {
  const arcs: bigint[] = [];
  let arc = 0n;
  for (const byte of Buffer.from(hex, 'hex')) {
    arc = (arc << 7n) | BigInt(byte & 0x7f);
    if (byte < 0x80) {
      arcs.push(arc);
      arc = 0n;
    }
  }
  const [head = 0n, ...rest] = arcs;
  const first = head < 80n ? head / 40n : 2n;
  return [first, head - first * 40n, ...rest].join('.');
}

const TIME_PATTERNS: Readonly<Record<number, RegExp>> = {
  [TAG.utcTime]: /^(?<year>\d\d)(?<month>\d\d)(?<day>\d\d)(?<hour>\d\d)(?<minute>\d\d)(?<second>\d\d)?Z$/,
  [TAG.generalizedTime]:
    /^(?<year>\d{4})(?<month>\d\d)(?<day>\d\d)(?<hour>\d\d)(?<minute>\d\d)(?<second>\d\d)(?:\.\d{1,9})?Z$/,
};

/** UTCTime or GeneralizedTime as RFC 5280 4.1.2.5 wants them, fractions of a second allowed (RFC 3161). */
export function readTime(reader: DerReader): number {
  const element = reader.any();
  const text = Buffer.from(element.content).toString('latin1');
  const pattern = TIME_PATTERNS[element.tag];
  const match = pattern?.exec(text);
  if (!match) throw element.fail('A time is not readable.');
  const part = (name: string) => Number(match.groups?.[name] ?? 0);
  const short = part('year');
  const year = element.tag === TAG.utcTime ? (short < 50 ? 2000 : 1900) + short : short;
  const time = Date.UTC(year, part('month') - 1, part('day'), part('hour'), part('minute'), part('second'));
  const written = [year, part('month') - 1, part('day'), part('hour'), part('minute'), part('second')];
  const back = new Date(time);
  const read = [
    back.getUTCFullYear(),
    back.getUTCMonth(),
    back.getUTCDate(),
    back.getUTCHours(),
    back.getUTCMinutes(),
    back.getUTCSeconds(),
  ];
  if (written.some((value, index) => value !== read[index])) throw element.fail('A time is not one of the calendar.');
  return time;
}
