/** What every declared thing says to people. */
import type { Effect } from '../../model/effect.ts';

export interface Described {
  readonly title: string;
  readonly text: string;
  /** What holds when nothing says otherwise. */
  readonly defaultText: string;
  readonly effect?: Effect;
}

/** One of a few values. */
export interface TitledValue<Value extends string = string> {
  readonly value: Value;
  readonly title: string;
  readonly effect?: Effect;
}

/** What has an effect of its own, or values that have one. */
export interface WithEffect {
  readonly effect?: Effect;
  readonly choices?: readonly TitledValue[];
}

/**
 * What comes of a thing that has this value, as far as this version does nothing about it.
 * @param value one of the choices, or a list of them
 */
export function effectOf({ effect, choices = [] }: WithEffect, value: unknown): Effect | undefined {
  if (effect !== undefined) return effect;
  const values: readonly unknown[] = Array.isArray(value) ? value : [value];
  return choices.find((choice) => choice.effect !== undefined && values.includes(choice.value))?.effect;
}

/** How a thing that does not work yet says so, as the end of a sentence. */
export const EFFECT_WORDS: Readonly<Record<Effect, string>> = {
  'none yet': 'has no effect in this version',
  'refused yet': 'elevates nothing in this version',
};

/** The whole text, what is said of its effect included. */
export function wholeText({ text, effect }: Pick<Described, 'text' | 'effect'>): string {
  if (effect === undefined) return text;
  const words = EFFECT_WORDS[effect];
  return `${text} ${words.charAt(0).toUpperCase()}${words.slice(1)}.`;
}

/** The title of a value, what is said of its effect included. */
export function wholeTitle({ title, effect }: Pick<TitledValue, 'title' | 'effect'>): string {
  return effect === undefined ? title : `${title} (${EFFECT_WORDS[effect]})`;
}
