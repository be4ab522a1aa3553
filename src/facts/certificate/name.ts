/** Distinguished names as text: RFC 4514, made safe to show. */
import { displayText } from '../../text/display.ts';
import { dottedOid, oid, type DerElement } from '../der/reader.ts';

/** Short names of RFC 4514 3, and of RFC 4519, RFC 2985 and the guidelines for extended validation that people know. */
const TYPES: ReadonlyMap<string, string> = new Map([
  [oid('2.5.4.3'), 'CN'],
  [oid('2.5.4.7'), 'L'],
  [oid('2.5.4.8'), 'ST'],
  [oid('2.5.4.10'), 'O'],
  [oid('2.5.4.11'), 'OU'],
  [oid('2.5.4.6'), 'C'],
  [oid('2.5.4.9'), 'STREET'],
  [oid('0.9.2342.19200300.100.1.25'), 'DC'],
  [oid('0.9.2342.19200300.100.1.1'), 'UID'],
  [oid('2.5.4.5'), 'serialNumber'],
  [oid('2.5.4.12'), 'title'],
  [oid('2.5.4.15'), 'businessCategory'],
  [oid('2.5.4.17'), 'postalCode'],
  [oid('2.5.4.97'), 'organizationIdentifier'],
  [oid('1.2.840.113549.1.9.1'), 'emailAddress'],
  [oid('1.3.6.1.4.1.311.60.2.1.1'), 'jurisdictionL'],
  [oid('1.3.6.1.4.1.311.60.2.1.2'), 'jurisdictionST'],
  [oid('1.3.6.1.4.1.311.60.2.1.3'), 'jurisdictionC'],
]);
const MAX_PARTS = 64;
/** UTF-16 units; longer names keep both ends and a digest. */
const MAX_TEXT = 1024;

/**
 * @param name Name of X.501 in DER
 * @returns one line, most specific part first
 * @throws MalformedContent
 */
export function nameText(name: DerElement): string {
  const parts: string[] = [];
  const reader = name.open();
  while (reader.more) {
    if (parts.length === MAX_PARTS) throw reader.fail('A name has too many parts.');
    const set = reader.set();
    const attributes: string[] = [];
    while (set.more) {
      if (attributes.length === MAX_PARTS) throw set.fail('A name has too many parts.');
      const attribute = set.sequence();
      attributes.push(attributeText(attribute.objectId(), attribute.any()));
      attribute.end();
    }
    parts.push(attributes.join('+'));
  }
  return displayText(parts.reverse().join(','), MAX_TEXT);
}

function attributeText(type: string, value: DerElement): string {
  const short = TYPES.get(type);
  const text = short === undefined ? undefined : decode(value);
  // RFC 4514 2.4: what has no short name or no text is written as its encoding.
  if (text === undefined) return `${short ?? dottedOid(type)}=#${Buffer.from(value.raw).toString('hex')}`;
  return `${short ?? ''}=${escape(text)}`;
}

/** Text of the string types of X.520 DirectoryString and IA5String; undefined for another type or broken text. */
function decode({ tag, content }: DerElement): string | undefined {
  const bytes = Buffer.from(content);
  switch (tag) {
    case 0x0c:
      return decodeStrictly('utf-8', bytes);
    // PrintableString, TeletexString (in practice Latin-1), IA5String.
    case 0x13:
    case 0x14:
    case 0x16:
      return bytes.toString('latin1');
    // BMPString.
    case 0x1e:
      return bytes.length % 2 === 0 ? decodeStrictly('utf-16be', bytes) : undefined;
    default:
      return undefined;
  }
}

/** Making a decoder takes longer than most names. */
const DECODERS = {
  'utf-8': new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }),
  'utf-16be': new TextDecoder('utf-16be', { fatal: true, ignoreBOM: true }),
};

function decodeStrictly(encoding: keyof typeof DECODERS, bytes: Uint8Array): string | undefined {
  try {
    return DECODERS[encoding].decode(bytes);
  } catch {
    return undefined;
  }
}

/** RFC 4514 2.4. */
function escape(text: string): string {
  return text
    .replace(/[\\"+,;<>]/g, '\\$&')
    .replaceAll('\u0000', '\\00')
    .replace(/^[ #]/, '\\$&')
    .replace(/ $/, '\\ ');
}
