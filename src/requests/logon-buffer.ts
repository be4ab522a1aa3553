/**
 * The buffers that LsaLogonUser takes, as far as they are looked into before Windows is asked. Their first number says
 * what kind of logon they ask for (KERB_LOGON_SUBMIT_TYPE and MSV1_0_LOGON_SUBMIT_TYPE of ntsecapi.h, which give the
 * same numbers the same meaning). Some kinds need no secret, such as S4U (12) and those by the identifier of another
 * logon session (84), and those that unlock name a logon session that may be somebody else's: so only what the credential
 * dialog gives for a new logon is let through.
 */

/** KerbInteractiveLogon: name and password. */
const PASSWORD_LOGON = 2;
/** KerbSmartCardLogon and KerbCertificateLogon: a card, or the key that Windows Hello keeps, and its PIN. */
const CARD_LOGONS: ReadonlySet<number> = new Set([6, 13]);

/** KERB_INTERACTIVE_LOGON of x64: the kind, then domain, name and password as UNICODE_STRING, each 16 bytes. */
const DOMAIN = 8;
const USER_NAME = 24;
const PASSWORD = 40;
const HEADER = 56;

type LogonBuffer =
  | {
      readonly kind: 'password';
      readonly domain: string;
      readonly userName: string;
      /** Bytes. */
      readonly passwordLength: number;
    }
  | { readonly kind: 'card' }
  /** Of a kind that proves nobody, or not as Windows makes it. */
  | { readonly kind: 'refused'; readonly messageType: number | undefined };

/** What a packed buffer, in which texts are given by their place in it, asks Windows for. The password is not read. */
export function readLogonBuffer(bytes: Uint8Array): LogonBuffer {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const messageType = buffer.length < 4 ? undefined : buffer.readUInt32LE(0);
  const refused = { kind: 'refused', messageType } as const;
  if (messageType === undefined) return refused;
  if (CARD_LOGONS.has(messageType)) return { kind: 'card' };
  if (messageType !== PASSWORD_LOGON || buffer.length < HEADER) return refused;
  const [domain, userName, password] = [DOMAIN, USER_NAME, PASSWORD].map((at) => partOf(buffer, at));
  if (domain === undefined || userName === undefined || password === undefined) return refused;
  return {
    kind: 'password',
    domain: domain.toString('utf16le'),
    userName: userName.toString('utf16le'),
    passwordLength: password.length,
  };
}

/** The text of a UNICODE_STRING; undefined when it is not a part of the buffer behind the header. */
function partOf(buffer: Buffer, at: number): Buffer | undefined {
  const length = buffer.readUInt16LE(at);
  const place = buffer.readBigUInt64LE(at + 8);
  if (length === 0) return buffer.subarray(0, 0);
  if (length % 2 !== 0 || place < BigInt(HEADER) || place + BigInt(length) > BigInt(buffer.length)) return undefined;
  return buffer.subarray(Number(place), Number(place) + length);
}

/**
 * A packed KERB_INTERACTIVE_LOGON.
 * @param password UTF-16, little-endian
 * @returns bytes that the caller overwrites after use
 */
export function writeLogonBuffer(domain: string, userName: string, password: Uint8Array): Uint8Array {
  const parts = [Buffer.from(domain, 'utf16le'), Buffer.from(userName, 'utf16le'), password];
  const buffer = Buffer.alloc(HEADER + parts.reduce((sum, { length }) => sum + length, 0));
  buffer.writeUInt32LE(PASSWORD_LOGON, 0);
  let place = HEADER;
  for (const [index, part] of parts.entries()) {
    const at = DOMAIN + 16 * index;
    buffer.writeUInt16LE(part.length, at);
    buffer.writeUInt16LE(part.length, at + 2);
    buffer.writeBigUInt64LE(BigInt(place), at + 8);
    buffer.set(part, place);
    place += part.length;
  }
  return buffer;
}
