/** Programs that do what their arguments say, and those that show pages: interpreters and browsers. */
import type { Conditions } from '../../engine/attributes/index.ts';
import { neverElevatesInterpreter } from '../../engine/interpreter-rules.ts';
import { matchesWildcard } from '../../engine/wildcard.ts';
import type { CheckedRule } from './checked-rule.ts';
import { waitsForCommands } from './command-lines.ts';
import type { LintMessage } from './lint-diagnostic.ts';

const BROWSERS: ReadonlySet<string> = new Set(
  ['chrome', 'chromium', 'msedge', 'firefox', 'iexplore', 'brave', 'opera', 'vivaldi', 'librewolf', 'waterfox'].map(
    (name) => `${name.toUpperCase()}.EXE`,
  ),
);

export function checkInterpreter(checked: CheckedRule): readonly LintMessage[] {
  const { rule, conditions } = checked;
  if (rule.type === 'deny') return [];
  const interpreter = interpreterOf(checked);
  if (interpreter === undefined) return [];
  const entries = rule.arguments ?? [];
  const isOpen = (entry: string): boolean =>
    conditions.fileName?.wildcard === undefined && waitsForCommands(interpreter, entry);
  const open = entries.findIndex(isOpen);
  if (open !== -1 && rule.allowInterpreter !== true) {
    return [
      {
        code: 'host-without-arguments',
        place: { pointer: `/arguments/${open}` },
        message: `With these arguments ${interpreter}.exe waits for commands, and runs what a standard user types as administrator.`,
        hint: 'Name the one script or command in the argument list.',
        tighter: { ...rule, arguments: entries.filter((entry) => !isOpen(entry)) },
      },
    ];
  }
  // A pattern is about other programs as well, which the rule does elevate.
  if (neverElevatesInterpreter(rule, conditions) && conditions.fileName?.wildcard === undefined) {
    return [
      {
        code: 'host-never-elevated',
        place: { pointer: '/fileName' },
        message: `${interpreter}.exe runs what its arguments say, so this rule never elevates it.`,
        hint: 'Add an argument list with the command lines you allow, or a rule for the script itself.',
      },
    ];
  }
  const isFree =
    rule.type !== 'automatic' && conditions.fileName?.literal !== undefined && rule.arguments === undefined;
  if (!isFree || rule.allowInterpreter === true) return [];
  return [
    {
      code: 'host-without-arguments',
      place: { pointer: '/fileName' },
      message: `A standard user can run any command as administrator by giving it to ${interpreter}.exe.`,
      hint: 'List the command lines you allow in arguments, or elevate the one script it runs.',
      tighter: { ...rule, arguments: [] },
    },
  ];
}

export function checkBrowser({ rule, conditions }: CheckedRule): readonly LintMessage[] {
  const { fileName: name } = conditions;
  if (rule.type === 'deny' || name?.literal === undefined || !BROWSERS.has(name.literal)) return [];
  return [
    {
      code: 'browser',
      place: { pointer: '/fileName' },
      message:
        'A standard user can open any program from the file dialog of the browser, and a web page attacks an administrator.',
      hint: 'Let people open web pages without elevation; elevate the program that a page asks to download instead.',
    },
  ];
}

/** The interpreter a rule names. */
export function interpreterOf({ conditions, interpreters }: Omit<CheckedRule, 'rule'>): string | undefined {
  return programOf(interpreters.names, conditions)?.toLowerCase();
}

/** The program a rule names, by file name or by the internal name of the version resource. */
function programOf(names: readonly string[], { fileName, internalName }: Conditions): string | undefined {
  return names.find((interpreter) => {
    const folded = interpreter.toUpperCase();
    const program = `${folded}.EXE`;
    if (internalName?.folded === folded || internalName?.folded === program) return true;
    return (
      fileName?.literal === program || (fileName?.wildcard !== undefined && matchesWildcard(fileName.wildcard, program))
    );
  });
}
