/** Argument list: the calls that a rule allows, on a Deny those that it denies (decisions A1–A5). */
import { canonicalMsiVector, onlyDisplayAndRestart, quoteArgument, sameVector, splitArguments } from '../arguments.ts';
import type { MatchInput } from '../match-input.ts';
import type { Attribute, Fit, Miss, RuleContext, RulePair } from './attribute.ts';

/** Vectors that a list names. */
export class ArgumentList {
  readonly vectors: readonly (readonly string[])[];
  #msiVectors: readonly (readonly string[])[] | undefined;
  #texts: ReadonlySet<string> | undefined;

  constructor(vectors: readonly (readonly string[])[]) {
    this.vectors = vectors;
  }

  has(file: MatchInput): boolean {
    const vectors = file.isMsi ? (this.#msiVectors ??= this.vectors.map(canonicalMsiVector)) : this.vectors;
    return vectors.some((vector) => sameVector(vector, file.comparedArguments));
  }

  /** Whether every vector of `other` is one of this list. When there are too many questions: no. */
  includes(other: ArgumentList, work: RulePair['work']): boolean {
    const asked = other.#asTexts();
    work.left -= asked.size;
    const allowed = this.#asTexts();
    return work.left > 0 && [...asked].every((vector) => allowed.has(vector));
  }

  #asTexts(): ReadonlySet<string> {
    this.#texts ??= new Set(this.vectors.map((vector) => JSON.stringify(vector)));
    return this.#texts;
  }
}

export const argumentList: Attribute<'arguments', ArgumentList> = {
  words: {
    title: 'Argument list',
    text: 'Allowed command lines after the program name, each compared as a whole and with case. Never put a secret here.',
    defaultText: 'any arguments',
    inSentence: 'the arguments',
  },
  limits: { maxLength: 8191, maxItems: 256 },
  example: ['/install /quiet'],
  subject: 'call',

  read(written, reading) {
    const vectors: string[][] = [];
    written.forEach((given, index) => {
      // Blanks around an entry are no part of it, those that part no arguments included, such as a line end.
      const entry = given.trim();
      if (entry === '') return;
      const vector = splitArguments(entry);
      if (vector === undefined) {
        reading.reject('argumentQuote', 'A quotation mark of the entry is never closed.', `/${index}`);
      } else if (!vectors.some((known) => sameVector(known, vector))) vectors.push(vector);
    });
    if (reading.type === 'deny' && vectors.length === 0) {
      reading.warn('denyListEmpty', 'The argument list has no entry; the rule denies every call.');
      return undefined;
    }
    return new ArgumentList(vectors);
  },

  matches: (list, file, rule) => argumentFault(list, file, rule) === undefined,

  describeMiss: (list, file, rule) => describe(list, file, rule),

  fits: (list, call, rule) => fitsOf(list, call, rule),

  covers(wide, narrow, rules) {
    const isIncluded = narrow !== undefined && wide.includes(narrow, rules.work);
    if (rules.wide.type === 'deny') return isIncluded && rules.narrow.requireArguments;
    return coversCalls(rules) && isIncluded;
  },

  whenOpen: {
    matches: (file, rule) => argumentFault(undefined, file, rule) === undefined,
    describeMiss: (file, rule) => describe(undefined, file, rule),
    fits: (call, rule) => fitsOf(undefined, call, rule),
    covers: (narrow, rules) => rules.wide.type === 'deny' || (coversCalls(rules) && narrow === undefined),
  },
};

type ArgumentFault = 'argumentsNotInList' | 'argumentsRequired' | 'argumentsNotAllowed' | 'hostNeedsArguments';

/** Why the arguments keep the rule from matching; undefined when they pass. */
function argumentFault(list: ArgumentList | undefined, file: MatchInput, rule: RuleContext): ArgumentFault | undefined {
  const count = file.arguments.length;
  if (rule.type === 'deny') return list === undefined || list.has(file) ? undefined : 'argumentsNotInList';
  if (count === 0 && rule.requireArguments) return 'argumentsRequired';
  const listed = list !== undefined && count > 0 && list.has(file);
  if (list !== undefined && count > 0 && !listed) return 'argumentsNotInList';
  // A consent rule that names the interpreter literally may start it, as people's rules do; a list is then binding.
  const mayElevate = rule.type !== 'automatic' && rule.namesProgram && list === undefined;
  if (!listed && !mayElevate && file.isInterpreter) return 'hostNeedsArguments';
  if (list === undefined && file.isMsi && !onlyDisplayAndRestart(file.arguments)) return 'argumentsNotAllowed';
  return undefined;
}

/** Arguments are counted, not shown: they may hold secrets. */
function describe(list: ArgumentList | undefined, file: MatchInput, rule: RuleContext): Miss {
  const count = file.arguments.length;
  const found = count === 0 ? 'no arguments' : count === 1 ? '1 argument' : `${count} arguments`;
  switch (argumentFault(list, file, rule)) {
    case 'argumentsRequired':
      return { expected: 'at least one argument', found };
    case 'hostNeedsArguments':
      return { expected: 'arguments that the rule lists, because this program runs what its arguments say', found };
    case 'argumentsNotAllowed':
      return { expected: 'display and restart switches only, because the rule has no argument list', found };
    case 'argumentsNotInList':
    case undefined: {
      const listed = list?.vectors.length ?? 0;
      if (listed === 0) return { expected: 'no arguments', found };
      const free = rule.type === 'deny' || rule.requireArguments || file.isInterpreter ? '' : 'no arguments, or ';
      const lines =
        listed === 1 ? 'the one command line the rule lists' : `one of ${listed} command lines the rule lists`;
      return { expected: `${free}${lines}`, found };
    }
  }
}

/** Arguments are not shown. A switch that every rule without a list takes stands for any argument. */
function fitsOf(
  list: ArgumentList | undefined,
  call: MatchInput,
  { type, requireArguments }: RuleContext,
): readonly Fit[] {
  const [listed] = list?.vectors ?? [];
  const given = call.arguments.length > 0;
  const fits: Fit[] = [];
  if (listed !== undefined)
    fits.push({ clause: (rule) => `with a command line that ${rule} lists`, arguments: listed });
  else if (requireArguments && !given) fits.push({ clause: () => 'with an argument', arguments: ['/quiet'] });
  if (!given) return fits;
  fits.push({ clause: () => 'without arguments', arguments: [] });
  if (type !== 'deny') {
    const line = call.arguments.map(quoteArgument).join(' ');
    fits.push({ clause: (rule) => `if ${rule} listed these arguments`, rule: { arguments: [line] } });
  }
  return fits;
}

/** Whether the wide rule, lists apart, takes every call that the narrow one takes, of a package or interpreter too. */
function coversCalls({ wide, narrow }: RulePair): boolean {
  if (narrow.type === 'deny') return false;
  if (wide.requireArguments && !narrow.requireArguments) return false;
  // An interpreter may be elevated by a rule that is not automatic and has a literal name, and by no other without a list.
  if (wide.type === 'automatic' && narrow.type !== 'automatic') return false;
  return wide.namesProgram || !narrow.namesProgram;
}
