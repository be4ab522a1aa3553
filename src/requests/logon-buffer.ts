/**
 * The buffers that LsaLogonUser takes, as far as they are looked into before Windows is asked. Their first number says
 * what kind of logon they ask for (KERB_LOGON_SUBMIT_TYPE and MSV1_0_LOGON_SUBMIT_TYPE of ntsecapi.h, which give the
 * same numbers the same meaning). Some kinds need no secret, such as S4U (12) and those by the identifier of another
 * logon session (84), so only those that prove a person are let through.
 */

/** KerbInteractiveLogon and KerbWorkstationUnlockLogon: name and password. */
const PASSWORD_LOGONS: ReadonlySet<number> = new Set([2, 7]);
/**
 * KerbSmartCardLogon, KerbSmartCardUnlockLogon, KerbCertificateLogon, KerbCertificateUnlockLogon: a card, or the key that
 * Windows Hello keeps, and its PIN.
 */
const CARD_LOGONS: ReadonlySet<number> = new Set([6, 8, 13, 15]);

/** KERB_INTERACTIVE_LOGON of x64: the kind, then domain, name and password as UNICODE_STRING, each 16 bytes. */
const DOMAIN = 8;
const USER_NAME = 24;
const PASSWORD = 40;
const HEADER = 56;
/** KERB_INTERACTIVE_UNLOCK_LOGON has the identifier of a logon session besides. */
const UNLOCK_HEADER = 64;
const UNLOCK = 7;

export type LogonBuffer =
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
  const header = messageType === UNLOCK ? UNLOCK_HEADER : HEADER;
  if (!PASSWORD_LOGONS.has(messageType) || buffer.length < header) return refused;
  const [domain, userName, password] = [DOMAIN, USER_NAME, PASSWORD].map((at) => partOf(buffer, at, header));
  if (domain === undefined || userName === undefined || password === undefined) return refused;
  return {
    kind: 'password',
    domain: domain.toString('utf16le'),
    userName: userName.toString('utf16le'),
    passwordLength: password.length,
  };
}

/** The text of a UNICODE_STRING; undefined when it is not a part of the buffer behind the header. */
function partOf(buffer: Buffer, at: number, header: number): Buffer | undefined {
  const length = buffer.readUInt16LE(at);
  const place = buffer.readBigUInt64LE(at + 8);
  if (length === 0) return buffer.subarray(0, 0);
  if (length % 2 !== 0 || place < BigInt(header) || place + BigInt(length) > BigInt(buffer.length)) return undefined;
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
  buffer.writeUInt32LE(2, 0);
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
