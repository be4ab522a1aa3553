/** What stands in the argument list of a rule. */
import { win32 } from 'node:path';
import { splitArguments } from '../../engine/arguments.ts';
import { DEFAULT_WINDOWS_FOLDERS } from '../../engine/default-windows-folders.ts';
import { installerArguments } from '../../engine/installer-arguments.ts';
import { parsePath } from '../../engine/path-pattern.ts';
import { isEpmError } from '../../model/errors.ts';
import { type CheckedRule, extensionOf } from './checked-rule.ts';
import type { LintMessage } from './lint-diagnostic.ts';
import { exposureOf } from './places.ts';
import { interpreterOf } from './program-checks.ts';

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
    const exposed = rule.type === 'deny' ? undefined : writableFileOf(entry);
    if (exposed !== undefined) {
      found.push({
        code: 'argument-path-writable',
        severity: interpreterOf(checked) === undefined ? 'warning' : 'error',
        place,
        message: `A standard user can change ${exposed}, which the elevated program reads.`,
        hint: 'Keep the file in a folder that only administrators can write.',
      });
    }
    return found;
  });
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

/** The first element of a command line that is a path a standard user can write. */
function writableFileOf(entry: string): string | undefined {
  for (const element of splitArguments(entry) ?? []) {
    const written = /(?:[A-Za-z]:[\\/]|\\\\(?![?.]\\)[^\\/]+\\)[^"*?<>|]*$/.exec(element)?.[0];
    if (written === undefined) continue;
    // Windows resolves `..` before it opens a file, so that a folder's beginning says nothing.
    const path = win32.normalize(written);
    if (path.startsWith('\\\\')) return path;
    const end = path.lastIndexOf('\\');
    const folder = end <= 2 ? path.slice(0, 3) : path.slice(0, end);
    const parsed = parsePath(folder, undefined, { folders: DEFAULT_WINDOWS_FOLDERS });
    if ('path' in parsed && exposureOf(parsed.path).kind === 'writable') return path;
  }
  return undefined;
}
