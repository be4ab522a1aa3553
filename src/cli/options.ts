/** Options that several verbs take. */
import { Option } from 'commander';

export function jsonOption(text = 'print JSON'): Option {
  return new Option('--json', text);
}
