/**
 * Reads self-relative security descriptors ([MS-DTYP] 2.4.6) far enough to say who may change an object. Own code,
 * because the answer must not depend on whose token asks, which is how the access checks of Windows work.
 */
import { EpmError } from '../../model/errors.ts';

interface AccessEntry {
  readonly kind: 'allow' | 'deny' | 'other';
  /** Applies to objects below only, not to this one (INHERIT_ONLY_ACE). */
  readonly inheritOnly: boolean;
  /** ACCESS_MASK. */
  readonly mask: number;
  readonly sid: string;
}

export interface SecurityDescriptor {
  readonly owner: string | undefined;
  /** Nothing is inherited from the folder above (SE_DACL_PROTECTED). */
  readonly isProtected: boolean;
  /** Undefined: no DACL, which lets everyone do everything. */
  readonly dacl: readonly AccessEntry[] | undefined;
}

const SE_DACL_PRESENT = 0x0004;
const SE_DACL_PROTECTED = 0x1000;
const SE_SELF_RELATIVE = 0x8000;
const INHERIT_ONLY_ACE = 0x08;
const ACCESS_ALLOWED = 0;
const ACCESS_DENIED = 1;
/** Callback entries have the same layout followed by a condition; an allowing one counts as if it were true. */
const ACCESS_ALLOWED_CALLBACK = 9;
const ACCESS_DENIED_CALLBACK = 10;
/** Object entries ([MS-DTYP] 2.4.4.3) carry optional GUIDs before the SID. */
const ACCESS_ALLOWED_OBJECT = 5;
const ACCESS_ALLOWED_CALLBACK_OBJECT = 11;

/** @throws EpmError EPM_WINDOWS_API when the bytes are not a self-relative descriptor */
export function parseDescriptor(bytes: Uint8Array): SecurityDescriptor {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return damaged('security descriptor', () => {
    const control = view.getUint16(2, true);
    if (view.getUint8(0) !== 1 || (control & SE_SELF_RELATIVE) === 0) throw new RangeError('header');
    const ownerOffset = view.getUint32(4, true);
    const daclOffset = view.getUint32(16, true);
    return {
      owner: ownerOffset === 0 ? undefined : parseSid(view, ownerOffset),
      isProtected: (control & SE_DACL_PROTECTED) !== 0,
      dacl: (control & SE_DACL_PRESENT) === 0 || daclOffset === 0 ? undefined : parseAcl(view, daclOffset),
    };
  });
}

function damaged<T>(what: string, read: () => T): T {
  try {
    return read();
  } catch (cause) {
    if (!(cause instanceof RangeError)) throw cause;
    throw new EpmError('EPM_WINDOWS_API', `A ${what} is damaged.`, { cause });
  }
}

/**
 * Text of a binary SID.
 * @throws EpmError EPM_WINDOWS_API when the bytes are no SID
 */
export function sidText(bytes: Uint8Array): string {
  return damaged('SID', () => parseSid(new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength), 0));
}

/** [MS-DTYP] 2.4.2.2. */
function parseSid(view: DataView, offset: number): string {
  const count = view.getUint8(offset + 1);
  if (view.getUint8(offset) !== 1 || count > 15) throw new RangeError('SID');
  const authority = view.getUint16(offset + 2, false) * 2 ** 32 + view.getUint32(offset + 4, false);
  let text = `S-1-${authority < 2 ** 32 ? authority : `0x${authority.toString(16).padStart(12, '0')}`}`;
  for (let index = 0; index < count; index += 1) text += `-${view.getUint32(offset + 8 + index * 4, true)}`;
  return text;
}

/** [MS-DTYP] 2.4.5. */
function parseAcl(view: DataView, offset: number): readonly AccessEntry[] {
  const size = view.getUint16(offset + 2, true);
  const count = view.getUint16(offset + 4, true);
  const end = offset + size;
  const entries: AccessEntry[] = [];
  let at = offset + 8;
  for (let index = 0; index < count; index += 1) {
    const length = view.getUint16(at + 2, true);
    if (length < 8 || at + length > end) throw new RangeError('ACE');
    entries.push(parseEntry(view, at));
    at += length;
  }
  return entries;
}

function parseEntry(view: DataView, at: number): AccessEntry {
  const type = view.getUint8(at);
  const inheritOnly = (view.getUint8(at + 1) & INHERIT_ONLY_ACE) !== 0;
  const mask = view.getUint32(at + 4, true);
  switch (type) {
    case ACCESS_ALLOWED:
    case ACCESS_ALLOWED_CALLBACK:
      return { kind: 'allow', inheritOnly, mask, sid: parseSid(view, at + 8) };
    case ACCESS_DENIED:
    case ACCESS_DENIED_CALLBACK:
      return { kind: 'deny', inheritOnly, mask, sid: parseSid(view, at + 8) };
    case ACCESS_ALLOWED_OBJECT:
    case ACCESS_ALLOWED_CALLBACK_OBJECT: {
      const flags = view.getUint32(at + 8, true);
      const guids = ((flags & 1) !== 0 ? 16 : 0) + ((flags & 2) !== 0 ? 16 : 0);
      return { kind: 'allow', inheritOnly, mask, sid: parseSid(view, at + 12 + guids) };
    }
    default:
      return { kind: 'other', inheritOnly, mask, sid: '' };
  }
}
