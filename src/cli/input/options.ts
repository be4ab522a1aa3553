/** Options and arguments that several verbs take, each declared once. */
import { InvalidArgumentError, Option } from 'commander';
import { POLICY_FORMS } from '../../policy/formats/format.ts';

export const ANY_FORM = 'in any form that `epm policy convert` reads';

export function jsonOption(text = 'print JSON'): Option {
  return new Option('--json', text);
}

/** Policies to decide by. */
export function policiesOption(): Option {
  return new Option('--policy <file...>', `policies, ${ANY_FORM}`);
}

/** The form of an input, which else tells it by its content. */
export function fromOption(): Option {
  return new Option('--from <form>', 'form of the input; otherwise told by its content').choices(POLICY_FORMS);
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

export function journalOption(): Option {
  return new Option('--journal <file>', 'a journal file; otherwise the agent is asked for its records');
}

/** For the value of an option. @throws InvalidArgumentError */
export function wholeNumber(text: string): number {
  const number = Number(text);
  if (!/^\d{1,15}$/.test(text)) throw new InvalidArgumentError('A whole number is expected.');
  return number;
}
