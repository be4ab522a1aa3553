/** What stands in the argument list of a rule. */
import { splitArguments } from '../../engine/arguments.ts';
import { installerArguments } from '../../engine/installer-arguments.ts';
import { isEpmError } from '../../model/errors.ts';
import { unfixedFileOf, unfixedTransformOf, writableFileOf } from './argument-files.ts';
import { type CheckedRule, extensionOf } from './checked-rule.ts';
import { isEncoded, loadedAddress, relativeScript } from './command-lines.ts';
import type { LintMessage } from './lint-diagnostic.ts';
import { interpreterOf } from './program-checks.ts';
import { wayOutOf } from './ways-out/index.ts';

/** Options that carry a secret on many command lines, and the words people name secrets by. */
const SECRET = /(?:^|[\s/\-_;:"])(?:password|passwd|pwd|secret|token|api[-_]?key|client[-_]?secret)\s*[=:]\s*\S/i;

/** The same as an option whose value is the next element. */
const SECRET_OPTION =
  /(?:^|\s)"?(?:--?|\/)(?:[a-z]{1,16}[-_])?(?:password|passwd|pwd|secret|token|api[-_]?key)"?\s{1,8}"?[^\s"/-]/i;

export function checkArguments(checked: CheckedRule): readonly LintMessage[] {
  const { rule } = checked;
  return (rule.arguments ?? []).flatMap((entry, index): LintMessage[] => {
    const place = { pointer: `/arguments/${index}` };
    const found: LintMessage[] = [];
    if (SECRET.test(entry) || SECRET_OPTION.test(entry)) {
      found.push({
        code: 'argument-secret',
        place,
        message: 'Every user of the device can read the policy, and with it this secret.',
        hint: 'Let the program read the secret from a protected place.',
      });
    }
    const why = rule.type === 'deny' || extensionOf(checked.conditions) !== 'msi' ? undefined : whyNotPassed(entry);
    if (why !== undefined) {
      found.push({
        code: 'package-arguments',
        place,
        message: `No package is started with these arguments: ${why}`,
        hint: 'List display and restart switches, a log file, and properties such as NAME=value.',
      });
    }
    if (rule.type !== 'deny') found.push(...checkFiles(checked, entry).map((message) => ({ ...message, place })));
    return found;
  });
}

/** What the command line leads to that somebody else can change. */
function checkFiles(checked: CheckedRule, entry: string): readonly LintMessage[] {
  const isPackage = extensionOf(checked.conditions) === 'msi';
  const program = interpreterOf(checked) ?? wayOutOf(checked.conditions)?.program;
  const found: LintMessage[] = [];
  const exposed = writableFileOf(entry);
  if (exposed !== undefined) {
    found.push({
      code: 'argument-path-writable',
      severity: program === undefined ? 'warning' : 'error',
      message: `A standard user can put another file or a link at ${exposed}, which the elevated program opens.`,
      hint: 'Keep the file in a folder that only administrators can write.',
    });
  }
  const unfixed = isPackage
    ? unfixedTransformOf(entry)
    : program === undefined
      ? undefined
      : (unfixedFileOf(entry) ?? relativeScript(program, entry));
  if (unfixed !== undefined) {
    found.push({
      code: 'argument-unfixed',
      message: `Which file ${unfixed} is, is settled only when the program starts; a standard user can put one where it is looked for.`,
      hint: 'Write the full path, in a folder that only administrators can write.',
    });
  }
  if (program === undefined) return found;
  const address = loadedAddress(program, entry);
  if (address !== undefined) {
    found.push({
      code: 'argument-address',
      message: `${program}.exe loads and trusts whatever answers at ${address}.`,
      hint: 'Deliver the file to a folder that only administrators can write, and name it there.',
    });
  }
  if (isEncoded(program, entry)) {
    found.push({
      code: 'argument-encoded',
      message: 'Nobody who reads the policy sees which command is elevated.',
      hint: 'Write the command out, or name a script in a folder that only administrators can write.',
    });
  }
  return found;
}

/** What the agent says of a package with these arguments; undefined: it takes them. */
function whyNotPassed(entry: string): string | undefined {
  try {
    installerArguments(splitArguments(entry) ?? []);
    return undefined;
  } catch (error) {
    if (isEpmError(error)) return error.message;
    throw error;
  }
}
