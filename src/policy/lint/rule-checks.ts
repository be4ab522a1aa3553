/** What can be said about one rule by itself. */
import { win32 } from 'node:path';
import { ESCAPE_TOOL_SET, type ProgramSet } from '../../engine/interpreters.ts';
import { splitArguments } from '../../engine/arguments.ts';
import { ATTRIBUTE_LIST, TEXT_FACTS, type Conditions } from '../../engine/attributes/index.ts';
import { installerArguments } from '../../engine/installer-arguments.ts';
import { DEFAULT_WINDOWS_FOLDERS } from '../../engine/default-windows-folders.ts';
import { parsePath } from '../../engine/path-pattern.ts';
import { matchesWildcard } from '../../engine/wildcard.ts';
import { checkRuleEffects } from './effect-checks.ts';
import { isEpmError } from '../../model/errors.ts';
import type { RuleInput } from '../../model/rule.ts';
import type { SettingsInput } from '../../model/settings.ts';
import type { LintMessage } from './lint-diagnostic.ts';
import { exposureOf } from './places.ts';
import { checkPrivileges } from './privilege-checks.ts';

/** Options that carry a secret on many command lines, and the words people name secrets by. */
const SECRET = /(?:^|[\s/\-_;:"])(?:password|passwd|pwd|secret|token|api[-_]?key|client[-_]?secret)\s*[=:]\s*\S/i;
/** The same as an option whose value is the next element. */
const SECRET_OPTION =
  /(?:^|\s)"?(?:--?|\/)(?:[a-z]{1,16}[-_])?(?:password|passwd|pwd|secret|token|api[-_]?key)"?\s{1,8}"?[^\s"/-]/i;

/** Interpreters that wait for commands when no element of the command line says what to run. */
const INTERACTIVE: ReadonlySet<string> = new Set([
  ...['cmd', 'powershell', 'powershell_ise', 'pwsh', 'bash', 'wsl', 'python', 'node', 'deno'],
]);
/** Switches with which they only say something and end. */
const INFORMING = /^(?:--?|\/)(?:version|help|v|h|shutdown|update|status)$/i;

const BROWSERS: ReadonlySet<string> = new Set(
  ['chrome', 'msedge', 'firefox', 'iexplore', 'brave', 'opera', 'vivaldi'].map((name) => `${name.toUpperCase()}.EXE`),
);

interface CheckedRule {
  readonly rule: RuleInput;
  readonly conditions: Conditions;
  /** Those of the policy's settings included. */
  readonly interpreters: ProgramSet;
  /** Of the same policy. */
  readonly settings: SettingsInput | undefined;
}

type Check = (checked: CheckedRule) => readonly LintMessage[];

const CHECKS: readonly Check[] = [
  checkPath,
  checkRunInPlace,
  checkUserFolders,
  checkWorkingDirectory,
  checkCertificate,
  checkPackageTexts,
  checkAutomatic,
  checkInterpreter,
  checkBrowser,
  checkArguments,
  checkChildren,
  checkIdentity,
  checkWildcard,
  checkDeny,
  checkAttributes,
  ({ rule, settings }) => checkPrivileges(rule, settings),
  ({ rule }) => checkRuleEffects(rule),
];

/** @param checked a rule that the engine takes */
export function checkRule(checked: CheckedRule): readonly LintMessage[] {
  return CHECKS.flatMap((check) => check(checked));
}

function checkPath({ rule, conditions }: CheckedRule): readonly LintMessage[] {
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

function checkRunInPlace({ rule }: CheckedRule): readonly LintMessage[] {
  if (rule.type === 'deny' || rule.runInPlace !== true) return [];
  const { runInPlace: _, ...tighter } = rule;
  return [
    {
      code: 'run-in-place',
      place: { pointer: '/runInPlace' },
      message: 'A standard user can plant a library beside the program, which it loads as administrator.',
      hint: 'Leave runInPlace out, and install the program where only administrators may write.',
      tighter,
    },
  ];
}

function checkWorkingDirectory({ rule, conditions }: CheckedRule): readonly LintMessage[] {
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

function checkUserFolders({ rule }: CheckedRule): readonly LintMessage[] {
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

function checkCertificate({ rule, conditions }: CheckedRule): readonly LintMessage[] {
  const { certificate } = conditions;
  if (certificate === undefined || rule.type === 'deny' || conditions.fileHash !== undefined) return [];
  const found: LintMessage[] = [];
  const narrowed = TEXT_FACTS.some((name) => conditions[name] !== undefined);
  const guarded = conditions.filePath !== undefined && exposureOf(conditions.filePath).kind === 'protected';
  const isPackage = extensionOf(conditions) === 'msi';
  // Of a package the signature covers its texts only together with a digest over names and sizes.
  const hint = isPackage
    ? 'Add a fileHash, or a productName if the signature covers the texts of the package: `epm file` says so.'
    : `Add ${eitherOf(TEXT_FACTS)}, which the signature covers, or a fileHash.`;
  if (!narrowed && certificate.type === 'issuingAuthority') {
    found.push({
      code: 'authority-broad',
      place: { pointer: '/certificate' },
      message: 'Everybody who has a certificate of this authority can sign a program that the rule elevates.',
      hint,
    });
  } else if (!narrowed && !guarded) {
    found.push({
      code: 'certificate-and-name-only',
      place: { pointer: '/certificate' },
      message: `A standard user can rename any other program of the publisher to ${rule.fileName ?? 'what the rule takes'} and elevate it.`,
      hint,
    });
  } else if (!narrowed) {
    found.push({
      code: 'certificate-broad',
      place: { pointer: '/certificate' },
      message: 'The rule elevates every program of the publisher that is installed in the folder under this name.',
      hint,
    });
  }
  if (conditions.minimumVersion === undefined) {
    found.push({
      code: 'old-versions',
      place: { pointer: '/certificate' },
      message: 'A standard user can bring an older version with a known weakness.',
      hint: isPackage
        ? 'Add the fileHash of the package you have checked, or a minimumVersion if its signature covers the texts.'
        : 'Set minimumVersion to the version you have checked.',
    });
  }
  return found;
}

/** Texts that a package may have under a signature that does not cover them (decision M10). */
function checkPackageTexts({ rule, conditions }: CheckedRule): readonly LintMessage[] {
  const extension = extensionOf(conditions);
  if (extension !== undefined && extension !== 'msi') return [];
  const asked = ATTRIBUTE_LIST.filter(([name, { isPackageText }]) => isPackageText && conditions[name] !== undefined);
  const [first] = asked;
  if (first === undefined || conditions.fileHash !== undefined) return [];
  const place = { pointer: `/${first[0]}` };
  const names = asked.map(([name]) => name).join(' and ');
  if (rule.type === 'deny') {
    const which = conditions.certificate === undefined ? 'every package' : 'every package with the certificate';
    return [
      {
        code: 'package-texts',
        place,
        message: `The rule also denies ${which} whose signature does not cover its texts, whatever its ${names} says.`,
        hint:
          extension === undefined
            ? 'Add the fileName of the program that is meant, or the certificate of its publisher.'
            : 'Deny the package by hash, or add the certificate of its publisher.',
      },
    ];
  }
  // A rule that names no type is rarely meant for packages.
  if (extension === undefined) return [];
  return [
    {
      code: 'package-texts',
      place,
      message: `The rule matches no package whose signature does not cover its texts, even with this ${names}.`,
      hint: 'Add the fileHash of the package. `epm file` says whether the signature covers its texts.',
    },
  ];
}

/** Lower case; undefined: the rule has no file name, or one with another extension. */
function extensionOf({ fileName }: Conditions): string | undefined {
  return /\.(exe|msi|ps1)$/i.exec(fileName?.text ?? '')?.[1]?.toLowerCase();
}

function eitherOf(names: readonly string[]): string {
  return [names.slice(0, -1).join(', '), ...names.slice(-1)].join(' or ');
}

function checkAutomatic({ rule, conditions }: CheckedRule): readonly LintMessage[] {
  if (rule.type !== 'automatic' || conditions.fileHash !== undefined) return [];
  return [
    {
      code: 'automatic-without-hash',
      place: { pointer: '/type' },
      // No tighter rule: one that asks the person also takes interpreters, and certificates whose revocation is unknown.
      message: 'Every file that fits is elevated at each start, without a question and without a sign of it.',
      hint: 'Add a fileHash, or let the person confirm (userConfirmed).',
    },
  ];
}

function checkInterpreter(checked: CheckedRule): readonly LintMessage[] {
  const { rule, conditions } = checked;
  if (rule.type === 'deny') return [];
  const interpreter = interpreterOf(checked);
  if (interpreter === undefined) return checkTool(rule, conditions);
  const entries = rule.arguments ?? [];
  const listed = entries.some((entry) => entry.trim() !== '');
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
  const free = rule.type !== 'automatic' && conditions.fileName?.literal !== undefined && rule.arguments === undefined;
  if (!listed && !free && conditions.fileName?.literal !== undefined) {
    return [
      {
        code: 'host-never-elevated',
        place: { pointer: '/fileName' },
        message: `${interpreter}.exe runs what its arguments say, so this rule never elevates it.`,
        hint: 'Add an argument list with the command lines you allow, or a rule for the script itself.',
      },
    ];
  }
  if (!free || rule.allowInterpreter === true) return [];
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

function checkBrowser({ rule, conditions }: CheckedRule): readonly LintMessage[] {
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

/** Whether an interpreter, called with nothing but bare switches, names nothing to run and reads commands instead. */
function waitsForCommands(interpreter: string, entry: string): boolean {
  const elements = splitArguments(entry) ?? [];
  if (elements.length === 0 || !INTERACTIVE.has(interpreter)) return false;
  // What follows /c directly, without a blank, is the command.
  if (interpreter === 'cmd') return elements.every((element) => /^\/(?!c)[a-z](?::[a-z]{1,8})?$/i.test(element));
  return elements.every((element) => /^(?:--?|\/)[a-z][a-z-]{0,32}$/i.test(element) && !INFORMING.test(element));
}

/** A tool that makes tasks, services, accounts or registry values: who chooses its arguments needs no shell. */
function checkTool(rule: RuleInput, conditions: Conditions): readonly LintMessage[] {
  const tool = programOf(ESCAPE_TOOL_SET.names, conditions)?.toLowerCase();
  if (tool === undefined || rule.arguments !== undefined || rule.allowInterpreter === true) return [];
  return [
    {
      code: 'host-without-arguments',
      place: { pointer: '/fileName' },
      message: `A standard user can become an administrator by the arguments given to ${tool}.exe.`,
      hint: 'List the command lines you allow in arguments.',
      tighter: { ...rule, arguments: [] },
    },
  ];
}

/** The interpreter a rule names. */
function interpreterOf({ conditions, interpreters }: Omit<CheckedRule, 'rule'>): string | undefined {
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

function checkArguments(checked: CheckedRule): readonly LintMessage[] {
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

function checkChildren({ rule }: CheckedRule): readonly LintMessage[] {
  if (rule.type === 'deny' || rule.childProcesses !== 'allow') return [];
  return [
    {
      code: 'children-allowed',
      severity: rule.type === 'automatic' ? 'error' : 'warning',
      place: { pointer: '/childProcesses' },
      message: 'Everything the program starts runs as administrator, a shell from its file dialog included.',
      hint: 'Use requireRule and give the children that are needed rules of their own.',
      tighter: { ...rule, childProcesses: 'requireRule' },
    },
  ];
}

function checkIdentity({ rule }: CheckedRule): readonly LintMessage[] {
  if (rule.type !== 'currentUser') return [];
  return [
    {
      code: 'current-user',
      place: { pointer: '/type' },
      message: 'Programs of the person that are not elevated can change settings and files this one reads.',
      hint: 'Use userConfirmed, which runs under an isolated account, unless the program fails with it.',
      // Windows authentication is part of the type that is left.
      tighter: {
        ...rule,
        type: 'userConfirmed',
        validations: [
          ...(rule.validations?.includes('justification') === true ? ['justification' as const] : []),
          'authentication',
        ],
      },
    },
  ];
}

function checkWildcard({ rule, conditions }: CheckedRule): readonly LintMessage[] {
  if (conditions.fileHash === undefined || conditions.fileName?.wildcard === undefined) return [];
  return [
    {
      code: 'hash-and-wildcard',
      place: { pointer: '/fileName' },
      message: `The hash names one file, so "${rule.fileName ?? ''}" only hides which.`,
      hint: 'Write the name of the file, or leave it out.',
    },
  ];
}

function checkDeny({ rule, conditions }: CheckedRule): readonly LintMessage[] {
  if (rule.type !== 'deny') return [];
  // What identifies a file, or what it says of itself, stays with every copy of it.
  const stays = ATTRIBUTE_LIST.filter(([, { isStrong, isTextFact }]) => isStrong === true || isTextFact === true);
  if (stays.some(([name]) => conditions[name] !== undefined)) return [];
  return [
    {
      code: 'deny-evaded',
      place: { pointer: conditions.fileName === undefined ? '/filePath' : '/fileName' },
      message: 'A standard user can copy the file under another name or to another folder, where this does not deny.',
      hint: 'Deny by certificate or product name, or by hash for one version.',
    },
  ];
}

/** Attributes that files of the rule's type never have. */
function checkAttributes({ rule, conditions }: CheckedRule): readonly LintMessage[] {
  const extension = extensionOf(conditions);
  return ATTRIBUTE_LIST.filter(
    ([attribute, { absentFrom }]) =>
      conditions[attribute] !== undefined && absentFrom?.some((type) => type === extension) === true,
  ).map(([attribute]) => ({
    // No tighter rule: without the attribute it matches files that it does not match now.
    code: 'never-matches',
    place: { pointer: `/${attribute}` },
    message: `Files like ${rule.fileName ?? 'this'} have no ${attribute}, so the rule matches none.`,
    hint: `Remove ${attribute}.`,
  }));
}
