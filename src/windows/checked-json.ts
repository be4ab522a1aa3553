/**
 * Reads members of the native part's JSON. What is absent, of another kind or out of range is an error that names the
 * member: a fact nobody has may never become a value somebody decides by.
 */
import type { ErrorCode } from '../model/error-codes.ts';
import { EpmError } from '../model/errors.ts';

/** Longest text and list that any fact of the interface has. */
const MAX_TEXT = 65_536;
const MAX_ITEMS = 4_096;

export class CheckedObject {
  readonly #value: Readonly<Record<string, unknown>>;
  readonly #where: string;
  readonly #code: ErrorCode;

  /** @throws EpmError `code` when `value` is not an object */
  constructor(value: unknown, where: string, code: ErrorCode) {
    this.#where = where;
    this.#code = code;
    if (typeof value !== 'object' || value === null || Array.isArray(value)) throw this.#wrong('it is not an object');
    this.#value = value as Readonly<Record<string, unknown>>;
  }

  text(name: string): string {
    const value = this.#member(name);
    if (typeof value !== 'string' || value.length > MAX_TEXT) throw this.#wrong(`"${name}" is not a text`);
    return value;
  }

  textOrNull(name: string): string | null {
    return this.#member(name) === null ? null : this.text(name);
  }

  /** A whole number of `min` to `max`. */
  integer(name: string, min: number, max: number): number {
    const value = this.#member(name);
    if (typeof value !== 'number' || !Number.isSafeInteger(value) || value < min || value > max) {
      throw this.#wrong(`"${name}" is not a whole number from ${min} to ${max}`);
    }
    return value;
  }

  integerOrNull(name: string, min: number, max: number): number | null {
    return this.#member(name) === null ? null : this.integer(name, min, max);
  }

  boolean(name: string): boolean {
    const value = this.#member(name);
    if (typeof value !== 'boolean') throw this.#wrong(`"${name}" is neither true nor false`);
    return value;
  }

  booleanOrNull(name: string): boolean | null {
    return this.#member(name) === null ? null : this.boolean(name);
  }

  oneOf<T extends string>(name: string, choices: readonly T[]): T {
    const value = this.text(name);
    const found = choices.find((choice) => choice === value);
    if (found === undefined) throw this.#wrong(`"${name}" is none of ${choices.join(', ')}`);
    return found;
  }

  matching(name: string, pattern: RegExp): string {
    const value = this.text(name);
    if (!pattern.test(value)) throw this.#wrong(`"${name}" does not have the form it must have`);
    return value;
  }

  matchingOrNull(name: string, pattern: RegExp): string | null {
    return this.#member(name) === null ? null : this.matching(name, pattern);
  }

  object(name: string): CheckedObject {
    return new CheckedObject(this.#member(name), `${this.#where}.${name}`, this.#code);
  }

  objectOrNull(name: string): CheckedObject | null {
    return this.#member(name) === null ? null : this.object(name);
  }

  objects(name: string): readonly CheckedObject[] {
    return this.#items(name).map(
      (item, index) => new CheckedObject(item, `${this.#where}.${name}[${index}]`, this.#code),
    );
  }

  texts(name: string): readonly string[] {
    return this.#items(name).map((item) => {
      if (typeof item !== 'string' || item.length > MAX_TEXT)
        throw this.#wrong(`"${name}" has an item that is not a text`);
      return item;
    });
  }

  textsOrNull(name: string): readonly string[] | null {
    return this.#member(name) === null ? null : this.texts(name);
  }

  #items(name: string): readonly unknown[] {
    const value = this.#member(name);
    if (!Array.isArray(value) || value.length > MAX_ITEMS) throw this.#wrong(`"${name}" is not a list`);
    return value;
  }

  #member(name: string): unknown {
    if (!Object.hasOwn(this.#value, name)) throw this.#wrong(`"${name}" is absent`);
    return this.#value[name];
  }

  #wrong(why: string): EpmError {
    return new EpmError(this.#code, `The answer of the native part about ${this.#where} cannot be used: ${why}.`, {
      hint: 'Nothing was started. See that epm.exe and epmnative.dll are of one version.',
    });
  }
}
