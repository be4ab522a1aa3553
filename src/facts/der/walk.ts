/**
 * First look at hostile BER (ITU-T X.690): every length lies inside of its parent, and depth and number of elements are
 * bounded, before anything is built from it. Time is linear in the bytes and no memory is taken from a length of the
 * file.
 */
import { MalformedContent } from '../malformed.ts';

/** Deeper than any certificate or signature in use; a nested signature is an element of its own walk. */
export const MAX_DEPTH = 64;
/** Elements. Catalogs of Windows updates list many ten thousand files by fifteen to twenty-five elements each. */
const MAX_ELEMENTS = 5_000_000;
/** ContentInfo, its [0], SignedData, its [0]. */
const CERTIFICATES = [0x30, 0xa0, 0x30, 0xa0];
/** Bytes; a larger certificate is not looked into. */
const MAX_CERTIFICATE = 64 * 1024;
/** Certificates that are passed over; of more than a signature may carry the next one is refused. */
const MAX_PASSED_OVER = 64;

/** Where one element lies. All three are offsets in the bytes that were given. */
export interface Header {
  /** Identifier octet: class, constructed bit and number. */
  readonly tag: number;
  readonly content: number;
  /** -1: indefinite length. */
  readonly end: number;
}

/**
 * Reads identifier and length at `offset`.
 * @throws MalformedContent for tag numbers above 30, lengths that are not minimal or reach past `limit`
 */
export function readHeader(bytes: Uint8Array, offset: number, limit: number, place: string): Header {
  if (offset + 2 > limit) throw malformed(place, offset, 'An element is cut off.');
  const tag = bytes[offset] ?? 0;
  if ((tag & 0x1f) === 0x1f) throw malformed(place, offset, 'An element has a tag that no signature uses.');
  const first = bytes[offset + 1] ?? 0;
  if (first < 0x80) {
    if (first > limit - offset - 2) throw malformed(place, offset, 'An element ends outside of its parent.');
    return { tag, content: offset + 2, end: offset + 2 + first };
  }
  if (first === 0x80) {
    if ((tag & 0x20) === 0) throw malformed(place, offset, 'A primitive element has no length.');
    return { tag, content: offset + 2, end: -1 };
  }
  const count = first & 0x7f;
  const content = offset + 2 + count;
  if (count > 4 || content > limit) throw malformed(place, offset, 'The length of an element is not readable.');
  let length = 0;
  for (let at = offset + 2; at < content; at += 1) length = length * 256 + (bytes[at] ?? 0);
  if (length < 0x80 || bytes[offset + 2] === 0) {
    // A second way to write the same certificate would give it a second digest.
    throw malformed(place, offset, 'The length of an element is written longer than needed.');
  }
  if (length > limit - content) throw malformed(place, offset, 'An element ends outside of its parent.');
  return { tag, content, end: content + length };
}

interface Parent {
  readonly tag: number;
  readonly end: number;
  readonly limit: number;
}

/**
 * Goes through one element and everything in it, so many elements at a time: catalogs have millions.
 *
 * A certificate of a signed message that is not in DER is passed over whole: what nobody needs may be as odd as it
 * likes, and whoever needs it finds that it cannot be read.
 */
export class Walk {
  readonly #bytes: Uint8Array;
  readonly #place: string;
  readonly #isMessage: boolean;
  readonly #parents: Parent[] = [];
  readonly #passedOver = new Set<number>();
  #isDer = true;
  #elements = 0;
  #offset = 0;

  /** @param isMessage it is a signed message, which may have certificates */
  constructor(bytes: Uint8Array, place: string, isMessage = false) {
    this.#bytes = bytes;
    this.#place = place;
    this.#isMessage = isMessage;
  }

  /** Of the element, once it was gone through. */
  get end(): number {
    return this.#offset;
  }

  /** False: some of it has the forms that BER has and DER has not (indefinite length, octet strings in pieces). */
  get isDer(): boolean {
    return this.#isDer;
  }

  /** How many were gone through. */
  get elements(): number {
    return this.#elements;
  }

  /** Offsets of certificates that were passed over. */
  get passedOver(): ReadonlySet<number> {
    return this.#passedOver;
  }

  /**
   * @param most elements to go through
   * @returns whether the end was reached
   * @throws MalformedContent
   */
  go(most: number): boolean {
    const parents = this.#parents;
    const stop = this.#elements + most;
    do {
      if (this.#elements >= stop) return false;
      const parent = parents.at(-1);
      const limit = parent === undefined ? this.#bytes.length : parent.limit;
      if (parent !== undefined && parent.end === -1 && isEndOfContents(this.#bytes, this.#offset, limit)) {
        this.#offset += 2;
        parents.pop();
      } else if (parent !== undefined && this.#offset === parent.end) {
        parents.pop();
      } else {
        this.#element(limit);
      }
    } while (parents.length > 0);
    return true;
  }

  #element(limit: number): void {
    this.#elements += 1;
    if (this.#elements > MAX_ELEMENTS) throw malformed(this.#place, this.#offset, 'There are too many elements.');
    const { tag, content, end } = readHeader(this.#bytes, this.#offset, limit, this.#place);
    if (tag === 0) throw malformed(this.#place, this.#offset, 'An end mark stands where none belongs.');
    if ((tag & 0x20) === 0) {
      this.#offset = end;
    } else if (end !== -1 && tag === 0x30 && this.#isInCertificates()) {
      this.#certificate(end);
    } else {
      if (end === -1 || tag === 0x24) this.#isDer = false;
      if (this.#parents.length === MAX_DEPTH) {
        throw malformed(this.#place, this.#offset, 'Elements are nested too deep.');
      }
      this.#parents.push({ tag, end, limit: end === -1 ? limit : end });
      this.#offset = content;
    }
  }

  /** The certificates of SignedData, RFC 5652 5.1, wherever in a message it is. */
  #isInCertificates(): boolean {
    if (!this.#isMessage) return false;
    const at = this.#parents.length - CERTIFICATES.length;
    return at >= 0 && CERTIFICATES.every((tag, index) => this.#parents[at + index]?.tag === tag);
  }

  #certificate(end: number): void {
    const start = this.#offset;
    this.#offset = end;
    const inside = new Walk(this.#bytes.subarray(start, end), this.#place);
    try {
      if (end - start > MAX_CERTIFICATE) throw malformed(this.#place, start, 'A certificate is too large.');
      inside.go(Infinity);
      if (!inside.#isDer) throw malformed(this.#place, start, 'A certificate is not in DER.');
    } catch (error) {
      if (!(error instanceof MalformedContent) || this.#passedOver.size === MAX_PASSED_OVER) throw error;
      this.#passedOver.add(start);
    }
    this.#elements += inside.#elements;
  }
}

export function isEndOfContents(bytes: Uint8Array, offset: number, limit: number): boolean {
  return offset + 2 <= limit && bytes[offset] === 0 && bytes[offset + 1] === 0;
}

export function malformed(place: string, offset: number, problem: string): MalformedContent {
  return new MalformedContent(`${place}, offset 0x${offset.toString(16)}`, problem);
}
