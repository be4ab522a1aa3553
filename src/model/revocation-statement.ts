/**
 * What an approver signs to take an approval back on its devices (decisions G1, G3). It only ever takes away. The types, the codec
 * of revocation texts and the pages follow from the table.
 *
 * A field is one row. Rows are only added: a label is never used again for something else.
 */
import type { GrantDevice } from './grant.ts';

/** What a field can hold. */
const REVOCATION_KINDS = {
  subject: 'text: the identifier of a grant, or that of a request, whatever answers it',
  device: 'object: `kind` `device` and `id`, or `kind` `group` and `name`',
  time: 'whole number: milliseconds since 1970, UTC, whole seconds',
  reason: 'text: 1 to 256 characters on one line',
} as const;

export type RevocationKind = keyof typeof REVOCATION_KINDS;

interface KindTypes {
  readonly subject: string;
  readonly device: GrantDevice;
  readonly time: number;
  readonly reason: string;
}

interface RevocationFieldRow {
  /** Key of the member in the signed map. */
  readonly label: number;
  readonly kind: RevocationKind;
  readonly optional?: true;
  readonly meaning: string;
}

export const REVOCATION_FIELDS = {
  of: { label: 1, kind: 'subject', meaning: 'The grant, or the request whose answers no longer count.' },
  device: { label: 2, kind: 'device', meaning: 'The device on which it counts, or a group of devices.' },
  time: { label: 3, kind: 'time', meaning: 'When it was signed.' },
  reason: { label: 4, kind: 'reason', optional: true, meaning: 'What the approver says about it.' },
} as const satisfies Record<string, RevocationFieldRow>;

type RevocationField = keyof typeof REVOCATION_FIELDS;
type Rows = typeof REVOCATION_FIELDS;
type ValueOf<F extends RevocationField> = KindTypes[Rows[F]['kind']];
type OptionalField = {
  [F in RevocationField]: Rows[F] extends { readonly optional: true } ? F : never;
}[RevocationField];

/** What an approver signs. */
export type RevocationStatement = { readonly [F in Exclude<RevocationField, OptionalField>]: ValueOf<F> } & {
  readonly [F in OptionalField]?: ValueOf<F>;
};

/** The value of a field of this kind. */
export type RevocationValue<K extends RevocationKind> = KindTypes[K];
