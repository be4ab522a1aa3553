/**
 * A probe asks this machine for one fact of Windows that the product relies on. An adapter records what Windows answers;
 * the answer is compared here, as data, so that an answer that was recorded on another machine is judged in the same way.
 */

/** What Windows answered: plain JSON, without names of people, machines or files of theirs. */
export interface Answer {
  readonly [name: string]: AnswerValue;
}
type AnswerValue = string | number | boolean | null | readonly AnswerValue[] | Answer;

/** What a member of the answer must be: that value, or what the condition says. */
type Expected = string | number | boolean | Condition;

export interface Condition {
  /** For a person, after "expected". */
  readonly words: string;
  holds(value: AnswerValue): boolean;
}

/** Who may ask. `system`: the local system account, as the agent is. */
export type Needs = 'administrator' | 'system';

export interface Probe {
  /** What programs read; never used again for another question. */
  readonly id: string;
  readonly title: string;
  /** What of the product would not hold where the answer differs. */
  readonly relies: string;
  /** Where the fact comes from. */
  readonly source: string;
  readonly needs: Needs;
  /** What it changes and how that is put back. */
  readonly restores: string;
  /** Members of the answer that must be so; others are only recorded. */
  readonly expected: Readonly<Record<string, Expected>>;
}

export type ProbeState = 'asExpected' | 'differs' | 'notPossible';

/** Members that are not as expected, for a person; empty: all are. */
export function differences(probe: Probe, answer: Answer): readonly string[] {
  return Object.entries(probe.expected).flatMap(([name, expected]) => {
    const value = Object.hasOwn(answer, name) ? answer[name] : undefined;
    if (value !== undefined && fits(expected, value)) return [];
    const words = typeof expected === 'object' ? expected.words : JSON.stringify(expected);
    return [`${name} is ${value === undefined ? 'not answered' : JSON.stringify(value)}, expected ${words}`];
  });
}

function fits(expected: Expected, value: AnswerValue): boolean {
  return typeof expected === 'object' ? expected.holds(value) : value === expected;
}

export function oneOf(...values: readonly (string | number | boolean)[]): Condition {
  return { words: values.map((value) => JSON.stringify(value)).join(' or '), holds: (value) => isAmong(values, value) };
}

export function anythingBut(...values: readonly (string | number | boolean)[]): Condition {
  return {
    words: `anything but ${values.map((value) => JSON.stringify(value)).join(' and ')}`,
    holds: (value) => !isAmong(values, value),
  };
}

/** A list, or an object, with nothing in it. */
export const NOTHING: Condition = {
  words: 'nothing',
  holds: (value) => typeof value === 'object' && value !== null && Object.keys(value).length === 0,
};

function isAmong(values: readonly AnswerValue[], value: AnswerValue): boolean {
  return values.includes(value);
}
