/** The one form in which something is said about an input: a rule, a setting, a policy, a file of test cases. */
import { DIAGNOSTIC_CODES, type DiagnosticCode, type Severity } from './diagnostic-codes.ts';
import type { SafeData } from './errors.ts';
import { defined } from './defined.ts';

/** Where in its input something is. An input has the members that its format has; none: the input as a whole. */
export interface Place {
  /** JSON pointer (RFC 6901); of a diagnostic in a rejected rule from the rule, elsewhere from the root of the input. */
  readonly pointer?: string;
  /** Key or value of the registry: from the key of the policy, or in full. */
  readonly registry?: string;
  readonly omaUri?: string;
  /** From 1. */
  readonly line?: number;
  /** From 1. */
  readonly column?: number;
  /** UTF-16 units of a text, or bytes of a binary format, from the start. */
  readonly offset?: number;
}

/** @typeParam Code narrower than every code where only some can be */
export interface Diagnostic<Code extends DiagnosticCode = DiagnosticCode> {
  /** What programs read. */
  readonly code: Code;
  readonly severity: Severity;
  /** What is wrong, for a person; never parsed. */
  readonly message: string;
  /** The next step, where the message does not say it. */
  readonly hint?: string;
  /** Absent: the rule, or the input, as a whole. */
  readonly place?: Place;
  /** Facts of the message for programs. */
  readonly data?: SafeData;
}

/** A diagnostic with the severity that its code has. */
export function diagnostic<Code extends DiagnosticCode>(code: Code, message: string, place?: Place): Diagnostic<Code> {
  return { code, severity: DIAGNOSTIC_CODES[code].severity, message, ...defined({ place }) };
}

/** Where a JSON pointer leads, and the line, from 1, where the format has lines. */
export function pointerPlace(pointer: string, line?: number): Place {
  return { pointer, ...defined({ line }) };
}

/** The place as one text without its line; empty for the whole input. */
export function placeText({ pointer = '', registry, omaUri }: Place = {}): string {
  return (registry ?? omaUri ?? '') + pointer;
}

/**
 * What is said of a part, at its place in the whole.
 * @param base where the part stands; its line counts unless `line` gives that of the place itself
 */
export function inside<Part extends Diagnostic>(part: Part, base: Place, line = base.line): Part {
  const inner = part.place?.pointer;
  const pointer = base.pointer === undefined ? inner : base.pointer + (inner ?? '');
  const whole = { ...part.place, ...base, ...defined({ pointer }) };
  return { ...part, place: line === undefined ? whole : { ...whole, line } };
}
