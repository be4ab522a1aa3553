/** Certificates as administrators have them: DER, PEM, PEM in base64, base64 with line breaks. */
import { MalformedContent } from '../malformed.ts';
import { Certificate, MAX_CERTIFICATE_SIZE } from './certificate.ts';

const PLACE = 'certificate file';
/** Characters: base64 of PEM of the largest certificate, with line breaks. */
const MAX_TEXT = MAX_CERTIFICATE_SIZE * 2;
const PEM = /-----BEGIN ([A-Z0-9 ]{1,40})-----([A-Za-z0-9+/=\s]*)-----END \1-----/g;

/**
 * Reads the one certificate that a `.cer` file or a pasted text holds.
 * @returns its DER
 * @throws MalformedContent when it is none, several, or something else such as a private key
 */
export function readCertificate(input: Uint8Array | string): Uint8Array {
  if (typeof input === 'string') return fromText(input, true);
  if (input.length > MAX_TEXT) throw tooLong();
  return input[0] === 0x30 ? checked(input) : fromText(textOf(input), true);
}

function textOf(bytes: Uint8Array): string {
  // Windows tools write text with a byte order mark as UTF-16.
  const encoding = bytes[0] === 0xff && bytes[1] === 0xfe ? 'utf-16le' : 'utf-8';
  return new TextDecoder(encoding).decode(bytes);
}

/** @param packed whether base64 may hold PEM again */
function fromText(text: string, packed: boolean): Uint8Array {
  if (text.length > MAX_TEXT) throw tooLong();
  if (text.includes('-----BEGIN')) return fromPem(text);
  const bytes = fromBase64(text);
  if (packed && bytes[0] === 0x2d) return fromText(bytes.toString('latin1'), false);
  return checked(bytes);
}

function fromPem(text: string): Uint8Array {
  const blocks = [...text.matchAll(PEM)];
  const [block] = blocks;
  if (block === undefined || text.split('-----BEGIN').length !== blocks.length + 1) {
    throw new MalformedContent(PLACE, 'A PEM block is not complete.');
  }
  if (blocks.length > 1) throw new MalformedContent(PLACE, 'It holds several certificates; give one.');
  if (block[1] !== 'CERTIFICATE') throw new MalformedContent(PLACE, 'The PEM block is not a certificate.');
  return checked(fromBase64(block[2] ?? ''));
}

function fromBase64(text: string): Buffer {
  const compact = text.replace(/\s+/g, '');
  if (compact === '' || compact.length % 4 !== 0 || !/^[A-Za-z0-9+/]+={0,2}$/.test(compact)) {
    throw new MalformedContent(PLACE, 'It is neither DER, PEM nor base64.');
  }
  return Buffer.from(compact, 'base64');
}

/** The bytes, when they are one certificate. */
function checked(bytes: Uint8Array): Uint8Array {
  return new Certificate(bytes, PLACE).der;
}

function tooLong(): MalformedContent {
  return new MalformedContent(PLACE, `It is longer than ${MAX_TEXT} bytes.`);
}
