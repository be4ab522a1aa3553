/** Options that several verbs take. */
import { InvalidArgumentError, Option } from 'commander';

export function jsonOption(text = 'print JSON'): Option {
  return new Option('--json', text);
}

export function wholeNumber(text: string): number {
  const number = Number(text);
  if (!/^\d{1,15}$/.test(text)) throw new InvalidArgumentError('A whole number is expected.');
  return number;
}
