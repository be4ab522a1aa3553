/** A statement as a map with numbers for names, by a table of its members. */
import { isDeepStrictEqual } from 'node:util';
import type { CborMap, CborValue } from './strict-cbor.ts';
import { type TextForm, textError } from './signed-text.ts';

/** How a value is written and read. What cannot be read is never written. */
export interface ValueCodec<T> {
  /** @returns undefined: the member is left out, which stands for `absent` */
  write(value: T): CborValue | undefined;
  /** @param value anything that CBOR can hold @returns undefined for a value that is not one of these */
  read(value: unknown): T | undefined;
  /** What a member that is left out stands for. */
  readonly absent?: T;
}

interface MemberRow {
  readonly kind: string;
  readonly label?: number;
  readonly optional?: true;
}

type MemberTable = Readonly<Record<string, MemberRow>>;
export class StatementForm<T extends object> {
  readonly #rows: readonly (readonly [name: string, row: MemberRow & { readonly label: number }])[];
  readonly #codecs: Readonly<Record<string, ValueCodec<unknown>>>;

  constructor(table: MemberTable, codecs: Readonly<Record<string, ValueCodec<unknown>>>) {
    this.#rows = Object.entries(table).flatMap(([name, row]) =>
      row.label === undefined ? [] : [[name, { ...row, label: row.label }] as const],
    );
    this.#codecs = codecs;
  }

  /** @throws EpmError of the form, reason `member`, for a value that nobody could read */
  write(form: TextForm, statement: T): CborMap {
    const map = new Map<number, CborValue>();
    for (const [name, { label, kind, optional }] of this.#rows) {
      const value = (statement as Readonly<Record<string, unknown>>)[name];
      if (value === undefined && optional === true) continue;
      const codec = this.#codec(kind);
      const written = value === undefined ? undefined : codec.write(value);
      const read = written === undefined ? codec.absent : codec.read(written);
      if (value === undefined || !isDeepStrictEqual(read, value)) throw textError(form, 'member', name);
      if (written !== undefined) map.set(label, written);
    }
    return map;
  }

  /** @throws EpmError of the form, reason `member`, for a member that is missing, unknown or wrong */
  read(form: TextForm, map: ReadonlyMap<unknown, unknown>): T {
    const statement: Record<string, unknown> = {};
    let known = 0;
    for (const [name, { label, kind, optional }] of this.#rows) {
      const codec = this.#codec(kind);
      const present = map.has(label);
      if (present) known += 1;
      else if (optional === true) continue;
      const value = present ? codec.read(map.get(label)) : codec.absent;
      // What stands for its absence has no second form.
      if (value === undefined || (present && isDeepStrictEqual(value, codec.absent)))
        throw textError(form, 'member', name);
      statement[name] = value;
    }
    if (known !== map.size) throw textError(form, 'member');
    return statement as T;
  }

  #codec(kind: string): ValueCodec<unknown> {
    const codec = this.#codecs[kind];
    if (codec === undefined) throw new TypeError(kind);
    return codec;
  }
}
