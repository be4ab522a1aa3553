/**
 * What an approver signs: one statement that admits one program for one purpose, and nothing else (decision G3). The
 * types, the codec of grant texts and the pages follow from the table.
 *
 * A field is one row. Labels are what stands for the names in a grant text. Rows are only added: a label is never used
 * again for something else, because grants that were signed live on in policies.
 */
import type { Sha256, Sid } from './brands.ts';

/** The device, or the group of devices, on which a grant counts. */
export type GrantDevice =
  /** `id`: 16 bytes as a GUID in lower case, the name of the device's own key. */
  | { readonly kind: 'device'; readonly id: string }
  /** One of the texts of the setting `deviceGroups`; only for keys with the right to it. */
  | { readonly kind: 'group'; readonly name: string };

/** What a field can hold. */
const GRANT_KINDS = {
  grantId: 'text: 16 hexadecimal digits, 8 random bytes',
  requestId: 'text: 22 characters of base64url, 16 random bytes',
  device: 'object: `kind` `device` and `id`, or `kind` `group` and `name`',
  sid: 'text: SID',
  digest: 'text: SHA-256, hexadecimal',
  fileName: 'text: 1 to 255 characters, a name without a folder',
  arguments: 'list of texts',
  time: 'whole number: milliseconds since 1970, UTC, whole seconds',
  uses: 'whole number: 1 to 65,535',
  reason: 'text: 1 to 256 characters on one line',
} as const;

export type GrantKind = keyof typeof GRANT_KINDS;

interface KindTypes {
  readonly grantId: string;
  readonly requestId: string;
  readonly device: GrantDevice;
  readonly sid: Sid;
  readonly digest: Sha256;
  readonly fileName: string;
  readonly arguments: readonly string[];
  readonly time: number;
  readonly uses: number;
  readonly reason: string;
}

interface GrantFieldRow {
  /** Key of the member in the signed map. */
  readonly label: number;
  readonly kind: GrantKind;
  readonly optional?: true;
  readonly meaning: string;
}

export const GRANT_FIELDS = {
  id: { label: 1, kind: 'grantId', meaning: 'Names the grant, in revocations and in the audit.' },
  requestId: { label: 2, kind: 'requestId', meaning: 'The support request that it answers.' },
  device: { label: 3, kind: 'device', meaning: 'The device on which it counts, or a group of devices.' },
  requester: {
    label: 4,
    kind: 'sid',
    optional: true,
    meaning: 'Who may use it. Absent: any user of the device.',
  },
  sha256: { label: 5, kind: 'digest', meaning: 'Digest of the file.' },
  fileName: { label: 6, kind: 'fileName', meaning: 'Name of the file, compared without case.' },
  arguments: {
    label: 7,
    kind: 'arguments',
    meaning: 'Arguments of the program, one text each. An empty list admits the call without arguments only.',
  },
  from: { label: 8, kind: 'time', meaning: 'From when on it counts.' },
  until: { label: 9, kind: 'time', meaning: 'Its end: at exactly that time it is over.' },
  uses: { label: 10, kind: 'uses', optional: true, meaning: 'How many starts it admits. Absent: any number.' },
  reason: { label: 11, kind: 'reason', optional: true, meaning: 'What the approver says about it.' },
} as const satisfies Record<string, GrantFieldRow>;

type GrantField = keyof typeof GRANT_FIELDS;

type Rows = typeof GRANT_FIELDS;
type ValueOf<F extends GrantField> = KindTypes[Rows[F]['kind']];
type OptionalField = { [F in GrantField]: Rows[F] extends { readonly optional: true } ? F : never }[GrantField];

/** What an approver signs. */
export type GrantStatement = { readonly [F in Exclude<GrantField, OptionalField>]: ValueOf<F> } & {
  readonly [F in OptionalField]?: ValueOf<F>;
};

/** The value of a field of this kind. */
export type GrantValue<K extends GrantKind> = KindTypes[K];
