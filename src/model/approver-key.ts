/** Keys whose signatures approve elevations on a device, as its policy lists them, and what takes approvals back (decision G3). */

/** Bytes of a public key of Ed25519 (RFC 8032, 5.1.5). */
export const PUBLIC_KEY_BYTES = 32;

/** What the holder of a key may approve besides a file for the one user of the one device who asked. */
export interface ApproverRights {
  /** For every user of the device at once. */
  readonly anyUser: boolean;
  /** For all devices that policy puts into one of these groups. */
  readonly deviceGroups: readonly string[];
}

/** What an approval of the key may not exceed; an absent member sets no limit. */
export interface ApproverLimits {
  /**
   * Who must have signed the file: each is the SHA-256 of a certificate of the chain in hexadecimal, or the name of a
   * publisher exactly as a trusted signature gives it.
   */
  readonly publishers?: readonly string[];
  /** From its beginning to its end. */
  readonly maximumHours?: number;
  readonly singleUseOnly?: true;
}

export interface ApproverKey {
  /** Names the key in policy, the audit and revocations. */
  readonly name: string;
  /** Ed25519, {@link PUBLIC_KEY_BYTES} bytes in base64. */
  readonly publicKey: string;
  /** Who holds the key: a SID, or a user principal name. */
  readonly approver: string;
  readonly rights: ApproverRights;
  readonly limits: ApproverLimits;
  /** Half-open interval in milliseconds since 1970, UTC; absent: without a beginning, without an end. */
  readonly validFrom?: number;
  readonly validUntil?: number;
}

/** What no longer counts, whatever else says that it does. */
export interface Revocation {
  /** Id of an approval, id of the request that it answers, or name of an approver's key. */
  readonly of: string;
  /** For people; empty: none was given. */
  readonly reason: string;
}
