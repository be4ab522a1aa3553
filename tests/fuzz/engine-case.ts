/**
 * Random policies, requests and files out of few words, so that rules match often and fight over precedence. Every
 * attribute, every way to be rejected, hosts, packages, wildcards and variables occur.
 */
import { diagnostic } from '../../src/model/diagnostic.ts';
import { DEFAULT_WINDOWS_FOLDERS } from '../../src/engine/default-windows-folders.ts';
import { splitEntry } from '../oracle/rules.ts';
import { type Sid, fileHash, sha256, sid } from '../../src/model/brands.ts';
import type {
  FileFacts,
  InstallerFacts,
  SignatureFacts,
  VersionTextFact,
  VersionTexts,
} from '../../src/model/file-facts.ts';
import type { PolicyDocument } from '../../src/model/policy.ts';
import type { ElevationRequest, Grant, MachineFolders } from '../../src/model/request.ts';
import type { ChildProcessBehavior, RejectedRuleInput, RuleInput } from '../../src/model/rule.ts';
import type { SettingsInput } from '../../src/model/settings.ts';
import type { Choices } from './random.ts';

export interface EngineCase {
  readonly policies: readonly PolicyDocument[];
  readonly machine: MachineFolders;
  readonly request: ElevationRequest;
  readonly facts: FileFacts;
  readonly grants: readonly Grant[];
  /** On a device that tells the long form of folders in 8.3 names. */
  readonly longPath?: typeof longPathOfCase;
  /** Behaviour of the tree when the same request is decided as a child. */
  readonly childProcesses: ChildProcessBehavior;
}

export const MACHINE: MachineFolders = DEFAULT_WINDOWS_FOLDERS;

/** 8.3 names of the device of the random cases. */
const SHORT_NAMES: Readonly<Record<string, string>> = {
  Tools: 'TOOLS~1',
  'Program Files': 'PROGRA~1',
  Sub: 'SU12AB~1.DIR',
  App: 'APP~12',
  AppData: 'APPDAT~1',
  Local: 'LOCAL~1',
};

/** As GetLongPathName: nothing for a folder that is not there. */
export function longPathOfCase(folder: string): string | undefined {
  const long = folder.split('\\').map((name) => {
    const known = Object.entries(SHORT_NAMES).find(([, short]) => short === name.toUpperCase());
    return known === undefined ? name : known[0];
  });
  return long.some((name) => name.includes('~') || name === 'Later') ? undefined : long.join('\\');
}

/** The folder with some of its parts by their 8.3 names. */
function shortForm(choices: Choices, folder: string, probability: number): string {
  return folder
    .split('\\')
    .map((name) => (choices.chance(probability) ? (SHORT_NAMES[name] ?? name) : name))
    .join('\\');
}

const USERS: readonly Sid[] = [sid('S-1-5-21-1-2-3-1001'), sid('S-1-5-21-1-2-3-1002')];
const HASHES = ['a', 'b'].map((digit) => digit.repeat(64));
const LONG_HASHES = ['c'.repeat(96), 'd'.repeat(128)];
const CERTIFICATES = ['1', '2', '3', '4'].map((digit) => sha256(digit.repeat(64)));
const FILE_NAMES = [
  'app.exe',
  'App.EXE',
  'setup.exe',
  'setup-1.exe',
  'cmd.exe',
  'Setup.msi',
  'setup.msi',
  'run.ps1',
  'schtasks.exe',
  'tool.exe',
];
/** Names with a blank or an invisible character at an end, or inside, where it is ordinary. */
const BLANK_NAMES = [
  ' app.exe',
  'app.exe\u00a0',
  '\ufeffcmd.exe',
  'tool.exe\t',
  'app .exe',
  'to\u200bol.exe',
  '\u{e0020}app.exe',
];
const NAME_PATTERNS = [
  ...['app.exe', ' APP.exe ', 'setup.exe', 'setup.msi', 'run.ps1', 'cmd.exe', 'tool.exe', 'schtasks.exe'],
  ...['setup*.exe', 's*p*.exe', 'setup-?.exe', 'a?p.exe', '*p.exe', 'set*.msi', '*.exe', '???.exe', '*.*.exe'],
  ...['\tapp.exe\n', '\u00a0cmd.exe', 'a\tpp.exe', 'tool.exe\u3000'],
  ...['app.*', 'setup.m?i', 'app.txt', 'app', 'app*', 'a\\app.exe', '%x%.exe', ' ', '.exe', '*', 'tool.e*'],
];
const FOLDERS = [
  'C:\\Tools',
  'C:\\Tools\\Sub',
  'C:\\Tools\\Later',
  'C:\\Program Files\\App',
  'C:\\Users\\ann\\AppData\\Local\\App',
  'C:\\',
  'C:\\Users\\ann',
];
const ODD_FOLDERS = [
  ...[
    'C:\\Tools\u00a0',
    'C:\\Tools\u3000',
    'C:\\Tools\ufeff',
    'C:\\Tools\t',
    'C:\\ Tools',
    'C:\\Tools\u00a0\\Sub',
    'C:\\Too\u00a0ls',
  ],
  ...['C:\\Tools\\\u200bSub', ' C:\\Tools', 'C:\\Tools\\\u3000', 'C:\\Users\\ann\u00a0', '\\\\srv\\s'],
];
const PATH_PATTERNS = [
  ...[
    'C:\\Tools',
    'c:\\tools\\',
    'C:/Tools',
    'C:\\\\Tools\\Sub',
    'C:\\Tools\\*',
    'C:\\T*s',
    'C:\\?ools',
    'C:\\Tools\\**',
    'C:\\**',
    'C:\\',
  ],
  ...[
    'C:\\*\\Sub',
    'C:\\*',
    '%ProgramFiles%\\App',
    '%programw6432%\\*',
    '%LocalAppData%\\App',
    '%UserProfile%\\**',
    '%USERPROFILE%',
  ],
  ...[
    '%AppData%\\App',
    '%SystemDrive%\\Tools',
    '%ProgramFiles(x86)%\\App',
    'C:\\Tools\\app.exe',
    'C:\\Tools\\Setup.exe\\',
    'C:\\Tools\\setup*.exe',
  ],
  ...[
    '%Temp%\\x',
    'Tools',
    '\\Tools',
    '\\\\server\\share',
    '\\\\?\\C:\\Tools',
    'C:Tools',
    'C:',
    'C:\\Tools\\..',
    'C:\\a**\\b',
    'C:\\**\\Sub',
  ],
  ...[
    '\tC:\\Tools\u00a0',
    '\ufeffC:\\Tools',
    'C:\\Tools\u3000',
    'C:\\Too\u00a0ls',
    'C:\\Tools\u00a0\\Sub',
    'C:\\To\tols',
  ],
  ...[
    'C:\\TOOLS~1',
    'c:\\tools~1\\',
    'C:\\TOOLS~1\\*',
    'C:\\*\\SU12AB~1.DIR',
    'C:\\OTHER~1',
    'C:\\OTHER~1\\**',
    'C:\\TOOLS~1\\Later',
  ],
  ...[
    'C:\\PROGRA~1\\App',
    '%ProgramFiles%\\APP~12',
    '%UserProfile%\\APPDAT~1\\**',
    'C:\\PROGRA?~1',
    'C:\\TOOLS~1\\Later\\SU12AB~1.DIR',
  ],
  ...['C:\\Tools\\%x%', '%SystemRoot%x', 'C:\\a|b', '  ', '*', '%%', 'C:\\Users\\*\\AppData\\Local\\**'],
];
const TEXTS = [
  'Alpha',
  ' alpha ',
  'ALPHA',
  '\tAlpha\u00a0',
  'Al\tpha',
  'Beta',
  'strasse',
  'straße',
  'ı',
  'I',
  'ſ',
  'S',
  ' ',
];
const RESOURCE_NAMES = ['app', 'Cmd.Exe', 'CMD.EXE.MUI', 'pwsh.dll', 'schtasks.exe', 'Alpha', 'extra'];
const RULE_VERSIONS = [
  '1',
  '1.2',
  '1.2.3.4',
  '2.0.0.0',
  '0',
  '65535.1',
  '65536',
  '1.2.3.4.5',
  'one',
  '1, 2',
  ' 1.2 ',
  '01.02',
];
/** As a table of a version resource may spell them. */
const TEXT_NAMES = [
  'ProductName',
  'productname',
  'InternalName',
  'OriginalFilename',
  'ORIGINALFILENAME',
  'FileDescription',
  'FileVersion',
  'Comments',
];
const FILE_VERSIONS = ['1.2.3.4', '1, 2, 3, 4', '2', '1.2 beta', '', '1.2.3', '0.9'];
const ENTRIES = [
  '/a',
  '/a /b',
  '"/a" /b',
  '/A',
  '"a b"',
  '"unclosed',
  ' ',
  '\t',
  '\u00a0',
  '/a\t/b\t',
  '\u00a0/a\n',
  '',
  '/qn',
  'P=1 /QN',
  'p=1 /qn',
  'P=2 /qn',
  '""',
  'x\\"y',
  '"a""b"',
];
const VECTORS = [
  [],
  ['/a'],
  ['/a', '/b'],
  ['/A'],
  ['a b'],
  ['/qn'],
  ['P=1', '/qn'],
  ['p=1', '/QN'],
  ['P=2', '/qn'],
  [''],
  ['x"y'],
  ['TRANSFORMS=e.mst'],
];
const KEPT = ['SeBackupPrivilege', 'SeDebugPrivilege', 'SeTakeOwnershipPrivilege'] as const;
const MOMENTS = [
  '1969-12-31',
  '1970-01-01',
  '1970-01-01T00:00',
  ' 1970-01-01T05:30 ',
  '1969-12-31T18:00',
  '1970-01-02',
  '1970-02-30',
  '1970-01-01T24:00',
  '',
];
const WEEK_HOURS = [
  'Thu 00:00-12:00',
  'wed 12:00-24:00',
  'Wed-Thu',
  'Mon-Fri 08:00-18:00',
  'Sat,Sun',
  'Sun-Wed 10:00-02:30',
  '22:00-06:00',
  '06:00-22:00',
  'Wed 23:00-00:30',
  ' Thu ',
  '00:00-00:00',
  'Thursday',
  'Thu  08:00-09:00',
  '',
];
const TYPE_TEXTS = ['deny', 'Denied', 'x_deny', 'self', '', 'automatic', 'DENY all'];

export function randomCase(choices: Choices): EngineCase {
  const facts = randomFacts(choices);
  const entry = spelling(choices, ['"', '"', '\\', 'a', ' '], 9);
  const vector = choices.chance(0.15) ? (splitEntry(entry) ?? []) : choices.of(VECTORS);
  const aim: Aim = { facts, vector, entry };
  const policies = choices.chance(0.03)
    ? []
    : [randomPolicy(choices, aim), ...choices.some(3, () => randomPolicy(choices, aim))];
  if (choices.chance(0.1) && policies[0] !== undefined) policies.push(policies[0]);
  const last = policies.at(-1);
  if (last?.scope.kind === 'user' && choices.chance(0.1)) policies.push({ ...last, trust: 'unconfirmed' });
  return {
    policies,
    machine: choices.chance(0.05) ? { ...MACHINE, programFilesX86: choices.of(['', 'relative']) } : MACHINE,
    request: {
      trigger: choices.of(['userInitiated', 'userInitiated', 'userInitiated', 'launch', 'detected']),
      requester: {
        sid: choices.of(USERS),
        isAdministrator: choices.chance(0.06),
        isElevatedByEpm: choices.chance(0.03),
        ...optional({
          profileFolder: choices.maybe(0.8, () =>
            choices.of([
              'C:\\Users\\ann',
              'C:\\Users\\ann',
              'C:\\Users\\bob',
              'C:\\users\\ANN\\',
              'C:\\Users\\ann\u00a0',
            ]),
          ),
        }),
      },
      arguments: vector,
      time: choices.of([99, 100, 150, 199, 200]),
      zoneOffset: choices.chance(0.5) ? 0 : choices.below(1681) - 840,
    },
    facts,
    grants: choices.some(2, () => randomGrant(choices, facts, vector)),
    ...optional({ longPath: choices.maybe(0.5, () => longPathOfCase) }),
    childProcesses: choices.of(['allow', 'allow', 'requireRule', 'requireRule', 'deny']),
  };
}

/** What rules are made to fit, most of the time. */
interface Aim {
  readonly facts: FileFacts;
  readonly vector: readonly string[];
  /** Another spelling of the vector, or of none. */
  readonly entry: string;
}

function randomPolicy(choices: Choices, aim: Aim): PolicyDocument {
  const user = choices.chance(0.35);
  const rules = choices.some(4, () => (choices.chance(0.7) ? aimedRule(choices, aim) : randomRule(choices)));
  // Two rules that differ in their validations only: by chance alone that step of precedence would hardly occur.
  if (choices.chance(0.03) && rules[0] !== undefined) {
    rules.push({ ...rules[0], name: 'r4', validations: ['justification', 'authentication'] });
  }
  return {
    id: choices.of(['p1', 'p2', 'p3', '\u{1f600}', '\uff5e']),
    scope: user ? { kind: 'user', sid: choices.of(USERS) } : { kind: 'device' },
    ...optional({ trust: choices.maybe(user ? 0.35 : 0, () => 'unconfirmed' as const) }),
    ...optional({ settings: choices.maybe(0.8, () => randomSettings(choices)) }),
    rules,
    rejected: choices.chance(0.2) ? [randomRejected(choices)] : [],
  };
}

function randomSettings(choices: Choices): SettingsInput {
  return optional({
    enabled: choices.maybe(0.4, () => choices.chance(0.9)),
    defaultElevationResponse: choices.maybe(0.6, () =>
      choices.of(['denyAll', 'requireUserConfirmation', 'requireSupportApproval'] as const),
    ),
    defaultValidations: choices.maybe(0.3, () =>
      choices.some(2, () => choices.of(['justification', 'authentication'] as const)),
    ),
    allowElevationDetection: choices.maybe(0.3, () => choices.chance(0.7)),
    revocationUnknown: choices.maybe(0.2, () => choices.of(['refuse', 'accept'] as const)),
    manageAdministrators: choices.maybe(0.2, () => choices.chance(0.5)),
    denyReachesChildren: choices.maybe(0.2, () => choices.chance(0.5)),
    denyEscapeTools: choices.maybe(0.3, () => choices.chance(0.5)),
    blockInternetFiles: choices.maybe(0.2, () => choices.chance(0.5)),
    acceptTimestamped: choices.maybe(0.2, () => choices.chance(0.5)),
    userWritableFile: choices.maybe(0.2, () => choices.of(['refuse', 'copy'] as const)),
    reducedPrivileges: choices.maybe(0.1, () => choices.chance(0.5)),
    secureConsent: choices.maybe(0.1, () => choices.chance(0.5)),
    accountScope: choices.maybe(0.1, () => choices.of(['launch', 'userAndRule', 'user'] as const)),
    maximumFileSize: choices.maybe(0.2, () => choices.of([1, 4096, 1_048_576] as const)),
    maximumElevationsPerDay: choices.maybe(0.1, () => choices.of([1, 20, 10_000])),
    maximumElevatedMinutesPerDay: choices.maybe(0.1, () => choices.of([1, 60, 1440])),
    fourEyes: choices.maybe(0.1, () => choices.chance(0.5)),
    requestsFrom: choices.maybe(0.1, () => choices.of(['anyUser', 'primaryUser'] as const)),
    deviceGroups: choices.maybe(0.1, () => choices.some(3, () => choices.of(['b', 'B', 'a', 'Finance']))),
    journalDays: choices.maybe(0.1, () => choices.of([1, 30, 90])),
    notifyUser: choices.maybe(0.1, () => choices.chance(0.5)),
    additionalInterpreters: choices.maybe(0.15, () => [
      choices.of(['tool', 'APP.exe', 'extra']),
      ...choices.some(2, () => choices.of(['app.exe', 'Tool', 'tool', '.exe'])),
    ]),
    supportContact: choices.maybe(0.1, () => [
      choices.of(['b', 'B', 'a']),
      ...choices.some(2, () => choices.of(['a', 'c'])),
    ]),
  });
}

function randomRule(choices: Choices): RuleInput {
  const type = choices.of(['automatic', 'userConfirmed', 'currentUser', 'supportApproved', 'deny'] as const);
  return { name: choices.of(['r1', 'r2', 'r3', 'R']), type, ...randomAttributes(choices, type === 'automatic') };
}

/** A rule whose attributes are those of the file, written in some other way; now and then one that does not fit. */
function aimedRule(choices: Choices, { facts, vector, entry }: Aim): RuleInput {
  const type = choices.of([
    'automatic',
    'automatic',
    'userConfirmed',
    'currentUser',
    'supportApproved',
    'supportApproved',
    'deny',
  ] as const);
  const signature = facts.signatures[0];
  const certificates = signature === undefined ? [] : [signature.leaf, ...signature.issuers];
  const useHash = choices.chance(0.5) || certificates.length === 0;
  const literal = type === 'automatic' || choices.chance(0.5);
  const stem = facts.name.slice(0, facts.name.lastIndexOf('.'));
  const extension = facts.name.slice(facts.name.lastIndexOf('.'));
  const pattern = (): string =>
    choices.of([
      `${stem}*${extension}`,
      `${stem.slice(0, 1)}*${extension}`,
      `*${stem.slice(-1)}${extension}`,
      `${spelling(choices, ['a', 'b', '*', '*', '?'], 6)}${extension}`,
      `?${stem.slice(1)}${extension}`,
    ]);
  const folders =
    type === 'automatic'
      ? [facts.folder, `${facts.folder}\\${facts.name}`]
      : [facts.folder, `${facts.folder}\\**`, 'C:\\**', 'C:\\*', '%LocalAppData%\\App'];
  folders.push(
    shortForm(choices, type !== 'automatic' && choices.chance(0.3) ? `${facts.folder}\\*` : facts.folder, 0.7),
  );
  const quoted = vector
    .map((element) => (element === '' || element.includes(' ') ? `"${element}"` : element.replaceAll('"', '\\"')))
    .join(' ');
  const rule: RuleInput = {
    name: choices.of(['r1', 'r2', 'r3', 'R']),
    type,
    ...optional({
      fileName: choices.maybe(type === 'automatic' ? 1 : 0.6, () =>
        literal ? choices.of([facts.name, facts.name.toUpperCase()]) : pattern(),
      ),
      filePath: choices.maybe(0.3, () => choices.of(folders)),
      fileHash: useHash
        ? choices.of([
            facts.sha256,
            facts.sha256.toUpperCase(),
            ...[facts.sha384, facts.sha512].filter((each) => each !== undefined),
          ])
        : undefined,
      certificate: choices.maybe(useHash ? 0.2 : 1, () => certificateOf(choices, facts)),
      minimumVersion: choices.maybe(0.15, () => choices.of(['0', '1.2', '1.2.3.4'])),
      fileDescription: choices.maybe(0.15, () => writtenText(choices, facts, 'fileDescription')),
      productName: choices.maybe(0.2, () => writtenText(choices, facts, 'productName').toLowerCase()),
      internalName: choices.maybe(0.15, () => writtenText(choices, facts, 'internalName')),
      arguments: choices.maybe(0.3, () => [
        choices.of([quoted, quoted, entry, `\u00a0${quoted}\n`]),
        ...choices.some(1, () => choices.of(['/a', ' ', '/b'])),
      ]),
      requireArguments: choices.maybe(0.1, () => choices.chance(0.7)),
      validations: choices.maybe(0.4, () =>
        choices.some(2, () => choices.of(['justification', 'authentication'] as const)),
      ),
      childProcesses: choices.maybe(0.5, () => choices.of(['requireRule', 'deny', 'allow'] as const)),
      acceptTimestamped: choices.maybe(0.1, () => choices.chance(0.6)),
      userWritableFile: choices.maybe(0.1, () => choices.of(['refuse', 'copy'] as const)),
      runInPlace: choices.maybe(0.2, () => choices.chance(0.7)),
      libraryGate: choices.maybe(0.1, () => choices.chance(0.7)),
      copyFolder: choices.maybe(0.1, () => choices.chance(0.7)),
      ownDesktop: choices.maybe(0.1, () => choices.chance(0.7)),
      showUserFolders: choices.maybe(0.05, () => choices.chance(0.7)),
      workingDirectory: choices.maybe(0.1, () => choices.of(['system', 'request'] as const)),
      ...randomHours(choices),
      reducedPrivileges: choices.maybe(0.1, () => choices.chance(0.5)),
      keepPrivileges: choices.maybe(0.1, () => [...new Set(choices.some(3, () => choices.of(KEPT)))]),
    }),
  };
  return choices.chance(0.1) ? { ...rule, ...optional({ productName: 'Other' }) } : rule;
}

/** The text that Windows shows, or that of another language. */
function writtenText(choices: Choices, facts: FileFacts, fact: VersionTextFact): string {
  const texts = (facts.executable?.versionTexts ?? []).flatMap((table) => Object.entries(table.texts));
  const others = texts.filter(([name]) => name.toLowerCase() === fact.toLowerCase()).map(([, text]) => text);
  return others.length > 0 && choices.chance(0.5) ? choices.of(others) : (facts[fact] ?? ' ');
}

function certificateOf(choices: Choices, facts: FileFacts): RuleInput['certificate'] {
  const signature = facts.signatures[0];
  if (signature === undefined) return { type: 'publisher', sha256: choices.of(CERTIFICATES) };
  const authority = signature.issuers[0];
  if (authority !== undefined && choices.chance(0.4))
    return { type: 'issuingAuthority', sha256: authority.sha256.toUpperCase() };
  return { type: 'publisher', sha256: signature.leaf.sha256 };
}

function randomAttributes(choices: Choices, literal: boolean): Omit<RuleInput, 'name' | 'type'> {
  const names = literal ? NAME_PATTERNS.slice(0, 9) : NAME_PATTERNS;
  return optional({
    fileName: choices.maybe(literal ? 0.95 : 0.6, () => choices.of(names)),
    filePath: choices.maybe(0.3, () => choices.of(PATH_PATTERNS)),
    fileHash: choices.maybe(0.45, () =>
      choices.chance(0.9)
        ? choices.of(HASHES)
        : choices.of([...LONG_HASHES, HASHES[0]?.toUpperCase() ?? '', 'abc', ' ']),
    ),
    certificate: choices.maybe(0.4, () => ({
      type: choices.of(['publisher', 'issuingAuthority'] as const),
      sha256: choices.chance(0.95) ? choices.of(CERTIFICATES) : 'nonsense',
    })),
    minimumVersion: choices.maybe(0.15, () => choices.of(RULE_VERSIONS)),
    fileDescription: choices.maybe(0.1, () => choices.of(TEXTS)),
    productName: choices.maybe(0.15, () => choices.of(TEXTS)),
    internalName: choices.maybe(0.1, () => choices.of([...TEXTS, 'app'])),
    arguments: choices.maybe(0.25, () => choices.some(3, () => choices.of(ENTRIES))),
    requireArguments: choices.maybe(0.1, () => choices.chance(0.7)),
    validations: choices.maybe(0.3, () =>
      choices.some(2, () => choices.of(['justification', 'authentication'] as const)),
    ),
    childProcesses: choices.maybe(0.4, () => choices.of(['requireRule', 'deny', 'allow'] as const)),
    acceptTimestamped: choices.maybe(0.1, () => choices.chance(0.6)),
    userWritableFile: choices.maybe(0.1, () => choices.of(['refuse', 'copy'] as const)),
    runInPlace: choices.maybe(0.2, () => choices.chance(0.7)),
    libraryGate: choices.maybe(0.1, () => choices.chance(0.7)),
    copyFolder: choices.maybe(0.1, () => choices.chance(0.7)),
    ownDesktop: choices.maybe(0.1, () => choices.chance(0.7)),
    showUserFolders: choices.maybe(0.05, () => choices.chance(0.7)),
    workingDirectory: choices.maybe(0.1, () => choices.of(['system', 'request'] as const)),
    ...randomHours(choices),
    reducedPrivileges: choices.maybe(0.1, () => choices.chance(0.5)),
    keepPrivileges: choices.maybe(0.1, () => [...new Set(choices.some(3, () => choices.of(KEPT)))]),
  });
}

/** The clocks of the cases stand between Wednesday and Thursday, and show up to 14 hours more or less. */
function randomHours(choices: Choices): Pick<RuleInput, 'activeFrom' | 'activeUntil' | 'activeHours'> {
  return optional({
    activeFrom: choices.maybe(0.06, () => choices.of(MOMENTS)),
    activeUntil: choices.maybe(0.06, () => choices.of(MOMENTS)),
    activeHours: choices.maybe(0.12, () => choices.some(3, () => choices.of(WEEK_HOURS))),
  });
}

function randomRejected(choices: Choices): RejectedRuleInput {
  return {
    name: choices.of(['r1', 'x']),
    typeText: choices.of(TYPE_TEXTS),
    readable: randomAttributes(choices, false),
    reasons: [diagnostic('unknownSetting', 'The setting is not known.', { pointer: '/extra' })],
  };
}

function randomFacts(choices: Choices): FileFacts {
  const name = choices.chance(0.2)
    ? `${spelling(choices, ['a', 'b'], 6)}.exe`
    : choices.of(choices.chance(0.04) ? BLANK_NAMES : FILE_NAMES);
  const folder = choices.of(choices.chance(0.08) ? ODD_FOLDERS : FOLDERS);
  const type = name.toLowerCase().endsWith('.msi') ? 'msi' : name.endsWith('.ps1') ? 'ps1' : 'exe';
  const refused = choices.chance(0.06);
  const text = (probability: number, from: readonly string[]): string | undefined =>
    choices.maybe(probability, () => choices.of(from));
  return {
    path: folder.endsWith('\\') ? folder + name : `${folder}\\${name}`,
    folder,
    name,
    ...optional({ shortFolder: choices.maybe(0.6, () => shortForm(choices, folder, 0.7)) }),
    type: refused ? undefined : type,
    refusal: refused ? { reason: 'typeMismatch', message: 'Its content is not that of a program.' } : undefined,
    size: 1,
    sha256: sha256(choices.of(HASHES)),
    signatures: choices.some(2, () => randomSignature(choices)),
    ...optional({
      sha384: choices.maybe(0.3, () => fileHash('c'.repeat(96))),
      sha512: choices.maybe(0.3, () => fileHash('d'.repeat(128))),
      fixedVersion: choices.maybe(0.4, () =>
        choices.of([
          [1, 2, 3, 4],
          [2, 0, 0, 0],
          [0, 0, 0, 0],
        ] as const),
      ),
      fileVersionText: text(0.5, FILE_VERSIONS),
      productName: text(0.6, TEXTS),
      internalName: text(0.5, [...TEXTS, ...RESOURCE_NAMES]),
      originalName: text(0.3, RESOURCE_NAMES),
      fileDescription: text(0.5, TEXTS),
      executable: choices.maybe(type === 'exe' ? 0.3 : 0, () => ({
        machine: 'x64',
        subsystem: 'windows',
        versionTexts: choices.some(3, () => randomTable(choices)),
      })),
      installer: type === 'msi' ? choices.maybe(0.85, () => randomInstaller(choices)) : undefined,
      writableByUsers: choices.maybe(0.6, () => choices.chance(0.5)),
      place: choices.maybe(0.5, () => optional({ fileWritableByUsers: choices.maybe(0.7, () => choices.chance(0.4)) })),
      fromInternet: choices.maybe(0.2, () => choices.chance(0.6)),
    }),
  };
}

function randomTable(choices: Choices): VersionTexts {
  const entries = choices.some(5, () => {
    const name = choices.of(TEXT_NAMES);
    const values = name === 'FileVersion' ? FILE_VERSIONS : /name$/i.test(name) ? [...TEXTS, ...RESOURCE_NAMES] : TEXTS;
    return [name, choices.of(values)] as const;
  });
  return { language: choices.of(['040904b0', '040704b0', '00000000']), texts: Object.fromEntries(entries) };
}

/** Only what rules ask about. */
function randomInstaller(choices: Choices): InstallerFacts {
  const beside = { cabinets: ['Data1.cab'], cabinetCount: 1, uncompressed: false };
  return {
    summary: {},
    textsSigned: choices.chance(0.6),
    ...optional({ externalFiles: choices.maybe(0.3, () => beside) }),
  };
}

function randomSignature(choices: Choices): SignatureFacts {
  const certificate = () => ({ sha256: choices.of(CERTIFICATES), subject: 'CN=Example' });
  return {
    leaf: certificate(),
    issuers: choices.some(2, certificate),
    ...optional({ extraCertificates: choices.maybe(0.3, () => choices.some(2, certificate)) }),
    trusted: choices.chance(0.9),
    validNow: choices.chance(0.8),
    validAtTimestamp: choices.chance(0.6),
    revocation: choices.of(['good', 'good', 'good', 'unknown', 'revoked']),
  };
}

function randomGrant(choices: Choices, facts: FileFacts, vector: readonly string[]): Grant {
  return {
    id: choices.of(['g1', 'g2', 'g3']),
    ...optional({ requester: choices.maybe(0.5, () => choices.of(USERS)) }),
    sha256: choices.chance(0.85) ? facts.sha256 : choices.of(HASHES),
    fileName: choices.chance(0.85) ? facts.name.toUpperCase() : choices.of(FILE_NAMES),
    arguments: choices.chance(0.8) ? vector : choices.of(VECTORS),
    start: 100,
    end: 200,
  };
}

/** A text of up to `longest` of the given units, at least one. */
function spelling(choices: Choices, units: readonly string[], longest: number): string {
  return Array.from({ length: 1 + choices.below(longest) }, () => choices.of(units)).join('');
}

type Present<T> = { [Name in keyof T]?: Exclude<T[Name], undefined> };

/** The members that are there: an absent member and one that is undefined are different things to the types. */
function optional<T extends object>(members: T): Present<T> {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined)) as Present<T>;
}
