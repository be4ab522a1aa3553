/** Where the program lies and starts, and what a standard user can put there. */
import { type CheckedRule, extensionOf } from './checked-rule.ts';
import type { LintMessage } from './lint-diagnostic.ts';
import { exposureOf } from './places.ts';

export function checkPath({ rule, conditions }: CheckedRule): readonly LintMessage[] {
  if (rule.type === 'deny') return [];
  const fitting = rule.fileName === undefined ? 'a file that fits' : `a file named ${rule.fileName}`;
  if (conditions.filePath === undefined) {
    const hashed = conditions.fileHash !== undefined;
    return [
      {
        code: 'path-missing',
        severity: pathMissingSeverity(hashed, rule.type === 'automatic'),
        message: hashed
          ? 'A standard user can copy the file beside a library planted in a folder of their own. Only the protected copy that runs instead keeps the library from being loaded as administrator.'
          : `A standard user can put ${fitting} in any folder.`,
        hint: 'Set filePath to the folder of the program, for example %ProgramFiles%\\Vendor.',
      },
    ];
  }
  const exposure = exposureOf(conditions.filePath);
  if (exposure.kind === 'protected') return [];
  const pattern = conditions.filePath.isWild;
  return [
    {
      code: pattern ? 'path-wildcard-covers-writable' : 'path-writable',
      // With a hash the file itself is safe, and what it loads from its folder is not.
      severity: conditions.fileHash === undefined || rule.type === 'automatic' ? 'error' : 'warning',
      place: { pointer: '/filePath' },
      message:
        conditions.fileHash === undefined
          ? `A standard user can put ${fitting} in ${exposure.example}.`
          : `A standard user can put a library that the program loads in ${exposure.example}.`,
      hint: pattern
        ? 'Name the one folder the program is in, or a folder below %ProgramFiles%.'
        : 'Install the program below %ProgramFiles%, or make sure that only administrators can write the folder.',
    },
  ];
}

/** By its hash it is this file in any folder; an automatic rule starts it there without a question. */
function pathMissingSeverity(hashed: boolean, automatic: boolean): 'error' | 'warning' | 'note' {
  if (hashed) return automatic ? 'warning' : 'note';
  return automatic ? 'error' : 'warning';
}

export function checkRunInPlace({ rule }: CheckedRule): readonly LintMessage[] {
  if (rule.type === 'deny' || rule.runInPlace !== true) return [];
  const { runInPlace: _, ...tighter } = rule;
  return [
    {
      code: 'run-in-place',
      // The gate keeps libraries out, and not what else lies beside the program.
      severity: rule.libraryGate === true ? 'warning' : 'error',
      place: { pointer: '/runInPlace' },
      message:
        rule.libraryGate === true
          ? 'A standard user can plant settings or a manifest beside the program, which it follows as administrator.'
          : 'A standard user can plant a library beside the program, which it loads as administrator.',
      hint: 'Leave runInPlace out, and install the program where only administrators may write. At least set libraryGate.',
      tighter,
    },
  ];
}

export function checkWorkingDirectory({ rule, conditions }: CheckedRule): readonly LintMessage[] {
  if (rule.type === 'deny' || rule.workingDirectory !== 'request') return [];
  const { workingDirectory: _, ...tighter } = rule;
  return [
    {
      code: 'request-directory',
      // A script takes in others by names that begin in that folder, and its copy keeps only what lies beside it away.
      severity: extensionOf(conditions) === 'ps1' ? 'error' : 'warning',
      place: { pointer: '/workingDirectory' },
      message:
        'The requester can choose a folder with a library or a file in it that the program loads as administrator.',
      hint: 'Leave workingDirectory out unless the program must start in that folder, and give it full paths as arguments.',
      tighter,
    },
  ];
}

export function checkUserFolders({ rule }: CheckedRule): readonly LintMessage[] {
  if (rule.type === 'deny' || rule.type === 'currentUser' || rule.showUserFolders !== true) return [];
  const { showUserFolders: _, ...tighter } = rule;
  return [
    {
      code: 'user-folders',
      place: { pointer: '/showUserFolders' },
      message: 'The elevated program opens and saves files where a standard user can put other files and links.',
      hint: 'Keep showUserFolders for programs that work with files of the person.',
      tighter,
    },
  ];
}
