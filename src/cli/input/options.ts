/** Options and arguments that several verbs take, each declared once. */
import { InvalidArgumentError, Option } from 'commander';
import { POLICY_FORMATS } from '../../policy/formats/format.ts';

export const ANY_FORMAT = 'in any format that `epm policy convert` reads';

export function jsonOption(text = 'print JSON'): Option {
  return new Option('--json', text);
}

export function forceOption(text: string): Option {
  return new Option('--force', text);
}

/** Policies to decide by. */
export function policiesOption(): Option {
  return new Option('--policy <file...>', `policies, ${ANY_FORMAT}`);
}

/** The format of an input, which else tells it by its content. */
export function fromOption(): Option {
  return new Option('--from <format>', 'format of the input; by default detected by its content').choices(
    POLICY_FORMATS,
  );
}

export function certificatesOption(): Option {
  return new Option('--certificates <file...>', 'reusable settings of Graph that a policy refers to');
}

export function rootsOption(): Option {
  return new Option('--roots <file...>', 'root certificates to judge signatures by, in place of those of Windows');
}

/** @param more what else the verb takes for the file */
export function factsOption(more = ''): Option {
  return new Option('--facts <file>', `facts of a file, as \`epm file --json\` prints them${more}`);
}

export function journalsOption(): Option {
  return new Option(
    '--journal <path...>',
    'journals, each of one device: its folder, or a file; otherwise the agent is asked for its records',
  );
}

export function journalOption(): Option {
  return new Option(
    '--journal <path>',
    'a journal: its folder, or a file; otherwise the agent is asked for its records',
  );
}

/** For the value of an option. @throws InvalidArgumentError */
export function wholeNumber(text: string): number {
  const number = Number(text);
  if (!/^\d{1,15}$/.test(text)) throw new InvalidArgumentError('A whole number is expected.');
  return number;
}

/**
 * For the value of an option. Without a zone a time would be another one on another machine.
 * @returns milliseconds since 1970, UTC
 * @throws InvalidArgumentError
 */
export function time(text: string): number {
  const value = /^\d{4}-\d\d-\d\d(?:T\d\d:\d\d(?::\d\d(?:\.\d{1,3})?)?(?:Z|[+-]\d\d:\d\d))?$/.test(text)
    ? Date.parse(text)
    : NaN;
  if (Number.isNaN(value)) throw new InvalidArgumentError('A date, or a time with Z or an offset, is expected.');
  return value;
}
