/**
 * Writing DER, and DER as a tree that tests can change. Written apart from the reader in src/, so that a mistake there
 * is not repeated here.
 */

/** `value`: bytes of a primitive element, or the elements inside of a constructed one. `tag` is the identifier octet. */
export interface Node {
  readonly tag: number;
  readonly value: Uint8Array | readonly Node[];
}

const node = (tag: number, value: Node['value']): Node => ({ tag, value });

export const sequence = (...inside: readonly Node[]): Node => node(0x30, inside);
/** DER orders the members of a SET OF by their encoding. */
export const setOf = (...inside: readonly Node[]): Node =>
  node(
    0x31,
    [...inside].sort((left, right) => Buffer.compare(encode(left), encode(right))),
  );
export const octets = (bytes: Uint8Array): Node => node(0x04, bytes);
export const bits = (bytes: Uint8Array, unused = 0): Node => node(0x03, Buffer.concat([Buffer.from([unused]), bytes]));
export const nothing = (): Node => node(0x05, Buffer.alloc(0));
export const truth = (value: boolean): Node => node(0x01, Buffer.from([value ? 0xff : 0]));
export const utf8 = (text: string): Node => node(0x0c, Buffer.from(text));
export const printable = (text: string): Node => node(0x13, Buffer.from(text, 'latin1'));
export const utcTime = (time: number): Node => node(0x17, Buffer.from(timeDigits(time).slice(2)));
export const generalTime = (time: number): Node => node(0x18, Buffer.from(timeDigits(time)));
/** RFC 5280 4.1.2.5: UTCTime until 2049. */
export const anyTime = (time: number): Node => (time < Date.UTC(2050, 0) ? utcTime(time) : generalTime(time));
export const explicit = (number: number, inside: Node): Node => node(0xa0 + number, [inside]);
/** IMPLICIT tagging of a constructed or primitive element. */
export const implicit = (number: number, inside: Node): Node => node((inside.tag & 0x20) | 0x80 | number, inside.value);
export const raw = (der: Uint8Array): Node => parse(der);

export function integer(value: number | bigint | Uint8Array): Node {
  if (typeof value === 'object')
    return node(0x02, (value[0] ?? 0) < 0x80 ? value : Buffer.concat([Buffer.alloc(1), value]));
  const digits = value.toString(16);
  return integer(Buffer.from(digits.length % 2 === 0 ? digits : `0${digits}`, 'hex'));
}

export function objectId(dotted: string): Node {
  const [first = 0, second = 0, ...arcs] = dotted.split('.').map(Number);
  const bytes = [first * 40 + second, ...arcs].flatMap((arc) => {
    const groups = [arc & 0x7f];
    for (let rest = Math.floor(arc / 128); rest > 0; rest = Math.floor(rest / 128))
      groups.unshift((rest & 0x7f) | 0x80);
    return groups;
  });
  return node(0x06, Buffer.from(bytes));
}

function timeDigits(time: number): string {
  return `${new Date(time).toISOString().slice(0, 19).replaceAll(/\D/g, '')}Z`;
}

export function encode({ tag, value }: Node): Buffer {
  const content = value instanceof Uint8Array ? value : Buffer.concat(value.map(encode));
  return Buffer.concat([Buffer.from([tag]), lengthOctets(content.length), content]);
}

function lengthOctets(length: number): Buffer {
  if (length < 0x80) return Buffer.from([length]);
  const digits = length.toString(16);
  const bytes = Buffer.from(digits.length % 2 === 0 ? digits : `0${digits}`, 'hex');
  return Buffer.concat([Buffer.from([0x80 | bytes.length]), bytes]);
}

/** Reads one well-formed DER element; for what tests made themselves. */
export function parse(der: Uint8Array): Node {
  const { node: first, end } = parseAt(der, 0);
  if (end !== der.length) throw new Error(`${der.length - end} bytes follow the element.`);
  return first;
}

/** Like {@link parse}, with zero bytes after the element left out, as a certificate table pads them. */
export function parsePadded(der: Uint8Array): Node {
  return parseAt(der, 0).node;
}

function parseAt(der: Uint8Array, start: number): { node: Node; end: number } {
  const tag = der[start] ?? 0;
  const first = der[start + 1] ?? 0;
  const more = first < 0x80 ? 0 : first & 0x7f;
  const content = start + 2 + more;
  const length = more === 0 ? first : Buffer.from(der).readUIntBE(start + 2, more);
  const end = content + length;
  if ((tag & 0x20) === 0) return { node: node(tag, der.subarray(content, end)), end };
  const inside: Node[] = [];
  for (let at = content; at < end;) {
    const child = parseAt(der, at);
    inside.push(child.node);
    at = child.end;
  }
  return { node: node(tag, inside), end };
}

/** Elements of a constructed node. */
export function inside(of: Node): readonly Node[] {
  if (of.value instanceof Uint8Array) throw new Error('The element is primitive.');
  return of.value;
}

/** The same node with one member, found by its path of positions, made another. */
export function change(of: Node, path: readonly number[], make: (old: Node) => Node): Node {
  const [position, ...rest] = path;
  if (position === undefined) return make(of);
  return node(
    of.tag,
    inside(of).map((child, index) => (index === position ? change(child, rest, make) : child)),
  );
}
