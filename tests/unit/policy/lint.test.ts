import { X509Certificate } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { compile, decide } from '../../../src/engine/index.ts';
import { sha256 } from '../../../src/model/brands.ts';
import type { RuleInput } from '../../../src/model/rule.ts';
import type { SettingsInput } from '../../../src/model/settings.ts';
import { LINT_CODES, type LintCode } from '../../../src/model/lint-codes.ts';
import { isAtLeast, type LintDiagnostic, type Risk } from '../../../src/policy/lint/lint-diagnostic.ts';
import { lintPolicy } from '../../../src/policy/lint/lint.ts';
import { toSarif } from '../../../src/policy/lint/sarif.ts';
import { FORMATS } from '../../../src/policy/formats/formats.ts';
import { parsePolicyFile, type PolicyFile } from '../../../src/policy/formats/json/policy-file.ts';
import { MACHINE, randomCase } from '../../fuzz/engine-case.ts';
import { Choices } from '../../fuzz/random.ts';
import { effort } from '../../effort.ts';

const HASH = 'a1'.repeat(32);
const NOW = Date.parse('2026-11-22');
const ENABLED = { enabled: true, defaultElevationResponse: 'denyAll' } as const satisfies SettingsInput;
/** A rule that nothing can be said against. */
const GOOD: RuleInput = {
  name: 'Good',
  type: 'userConfirmed',
  fileName: 'setup.exe',
  filePath: '%ProgramFiles%\\Vendor',
  fileHash: HASH,
};
const CERTIFICATE = { type: 'publisher', sha256: 'c3'.repeat(32) } as const;

function lint(
  rules: readonly object[],
  settings: SettingsInput | null = ENABLED,
  certificates: PolicyFile['certificates'] = [],
): readonly LintDiagnostic[] {
  const text = JSON.stringify({ version: 1, ...(settings === null ? {} : { settings }), rules }, undefined, 2);
  return lintPolicy({ ...parsePolicyFile(text), certificates }, NOW);
}

const { fileHash: _hash, ...UNHASHED } = GOOD;
const { filePath: _path, ...NOWHERE } = GOOD;

const DENY: RuleInput = { name: 'No', type: 'deny', fileName: 'bad.exe', certificate: CERTIFICATE };

/** What each check is found by: rules and settings, and the severity it is reported with. */
const CASES: readonly (readonly [LintCode, Risk, string, readonly object[], SettingsInput?])[] = [
  ['rule-rejected', 'high', 'no hash and no certificate (AC-92)', [{ ...UNHASHED }]],
  ['rule-rejected', 'high', 'a name with nothing but a wildcard (AC-92)', [{ ...GOOD, fileName: '*.exe' }]],
  ['rule-rejected', 'high', 'a product name alone (AC-92)', [{ name: 'x', type: 'automatic', productName: 'App' }]],
  ['rule-rejected', 'high', 'an unknown attribute', [{ ...GOOD, colour: 'red' }]],
  [
    'host-never-elevated',
    'high',
    'an interpreter that the policy names',
    [{ ...GOOD, type: 'automatic', fileName: 'tclsh.exe' }],
    { ...ENABLED, additionalInterpreters: ['TclSh.exe'] },
  ],
  [
    'hours-never',
    'high',
    'an end before the beginning',
    [{ ...GOOD, activeFrom: '2027-01-02', activeUntil: '2027-01-01' }],
  ],
  [
    'hours-never',
    'high',
    'a day of the week that the period lacks',
    [{ ...GOOD, activeFrom: '2026-12-01', activeUntil: '2026-12-02', activeHours: ['Mon'] }],
  ],
  ['hours-over', 'medium', 'a rule that has ended', [{ ...GOOD, activeUntil: '2026-11-20' }]],
  ['deny-hours', 'medium', 'a Deny of certain hours', [{ ...DENY, activeHours: ['18:00-08:00'] }]],
  ['path-missing', 'low', 'a hash without a path', [NOWHERE]],
  ['path-missing', 'medium', 'an automatic hash rule without a path', [{ ...NOWHERE, type: 'automatic' }]],
  [
    'kept-privileges-unused',
    'low',
    'privileges that are kept where none is reduced',
    [{ ...GOOD, keepPrivileges: ['SeLoadDriverPrivilege'] }],
  ],
  [
    'kept-privilege-reaches-others',
    'high',
    'debugging that is kept',
    [{ ...GOOD, keepPrivileges: ['SeDebugPrivilege', 'SeLoadDriverPrivilege'] }],
    { ...ENABLED, reducedPrivileges: true },
  ],
  [
    'privileges-not-reduced',
    'low',
    'a rule that reduces nothing',
    [{ ...GOOD, reducedPrivileges: false }],
    { ...ENABLED, reducedPrivileges: true },
  ],
  ['account-shared', 'low', 'an account for each person', [GOOD], { ...ENABLED, accountScope: 'user' }],
  ['user-folders', 'low', 'a program that works in folders of the person', [{ ...GOOD, showUserFolders: true }]],
  ['run-in-place', 'high', 'a program that starts where users may write', [{ ...GOOD, runInPlace: true }]],
  [
    'run-in-place',
    'medium',
    'the same with the gate, which keeps libraries out',
    [{ ...GOOD, runInPlace: true, libraryGate: true, certificate: CERTIFICATE }],
  ],
  ['gate-without-certificate', 'low', 'a gate that takes no signature', [{ ...GOOD, libraryGate: true }]],
  ['copied-folder', 'medium', 'what users put beside it', [{ ...GOOD, certificate: CERTIFICATE, copyFolder: true }]],
  ['neighbours-unsigned', 'medium', 'libraries that nothing signs', [{ ...GOOD, copyFolder: true }]],
  ['no-effect', 'low', 'the folder of a package', [{ ...GOOD, fileName: 'setup.msi', copyFolder: true }]],
  [
    'no-effect',
    'low',
    'a folder of files that are refused',
    [{ ...GOOD, copyFolder: true, userWritableFile: 'refuse' }],
  ],
  [
    'package-arguments',
    'high',
    'a package with another action',
    [{ ...GOOD, fileName: 'setup.msi', arguments: ['/qn INSTALLDIR=C:\\App', '/x'] }],
  ],
  ['request-directory', 'medium', 'a folder of the request', [{ ...GOOD, workingDirectory: 'request' }]],
  [
    'request-directory',
    'high',
    'a folder of the request for a script',
    [{ ...GOOD, fileName: 'fix.ps1', workingDirectory: 'request' }],
  ],
  [
    'path-missing',
    'medium',
    'a certificate without a path',
    [{ ...NOWHERE, fileHash: undefined, certificate: CERTIFICATE, productName: 'P', minimumVersion: '1' }],
  ],
  [
    'path-missing',
    'high',
    'an automatic certificate rule without a path',
    [
      {
        ...NOWHERE,
        fileHash: undefined,
        type: 'automatic',
        certificate: CERTIFICATE,
        productName: 'P',
        minimumVersion: '1',
      },
    ],
  ],
  ['path-writable', 'medium', 'a profile folder, with a hash', [{ ...GOOD, filePath: '%UserProfile%\\Downloads' }]],
  [
    'path-writable',
    'high',
    'ProgramData, automatic',
    [{ ...GOOD, type: 'automatic', filePath: 'C:\\ProgramData\\App' }],
  ],
  ['path-writable', 'medium', 'a folder below the drive', [{ ...GOOD, filePath: 'C:\\Tools' }]],
  ['path-writable', 'medium', 'another drive', [{ ...GOOD, filePath: 'D:\\Program Files\\App' }]],
  [
    'path-writable',
    'medium',
    'a folder of Windows that everybody can write',
    [{ ...GOOD, filePath: '%SystemRoot%\\Temp' }],
  ],
  ['path-wildcard-covers-writable', 'medium', 'all of Windows (AC-24)', [{ ...GOOD, filePath: 'C:\\Windows\\**' }]],
  ['path-wildcard-covers-writable', 'medium', 'any folder of Windows (AC-24)', [{ ...GOOD, filePath: '%windir%\\*' }]],
  [
    'path-wildcard-covers-writable',
    'medium',
    'downloads of everybody (AC-24)',
    [{ ...GOOD, filePath: 'C:\\Users\\*\\Downloads' }],
  ],
  [
    'certificate-and-name-only',
    'high',
    'publisher and name in a writable folder',
    [{ ...UNHASHED, filePath: 'C:\\Tools', certificate: CERTIFICATE }],
  ],
  [
    'certificate-broad',
    'medium',
    'publisher and name in a protected folder',
    [{ ...UNHASHED, certificate: CERTIFICATE }],
  ],
  [
    'authority-broad',
    'high',
    'an authority',
    [{ ...UNHASHED, certificate: { ...CERTIFICATE, type: 'issuingAuthority' } }],
  ],
  [
    'old-versions',
    'low',
    'a publisher without a version',
    [{ ...UNHASHED, certificate: CERTIFICATE, productName: 'P' }],
  ],
  [
    'package-texts',
    'medium',
    'a product of packages without a hash',
    [{ ...UNHASHED, fileName: 'setup.msi', certificate: CERTIFICATE, productName: 'P', minimumVersion: '1' }],
  ],
  ['package-texts', 'medium', 'a denial of a product', [{ name: 'No', type: 'deny', productName: 'P' }]],
  [
    'package-texts',
    'medium',
    'a denial of old packages of a publisher',
    [{ name: 'No', type: 'deny', fileName: 'setup*.msi', certificate: CERTIFICATE, minimumVersion: '1' }],
  ],
  [
    'automatic-without-hash',
    'medium',
    'an automatic certificate rule',
    [{ ...UNHASHED, type: 'automatic', certificate: CERTIFICATE, productName: 'P' }],
  ],
  ['host-without-arguments', 'high', 'PowerShell by name (AC-93)', [{ ...GOOD, fileName: 'PowerShell.exe' }]],
  ['host-without-arguments', 'high', 'an interpreter by internal name (AC-93)', [{ ...GOOD, internalName: 'python' }]],
  ['host-without-arguments', 'high', 'a tool that makes tasks (AC-93)', [{ ...GOOD, fileName: 'SCHTASKS.exe' }]],
  [
    'host-without-arguments',
    'high',
    'an automatic tool by internal name (AC-93)',
    [{ ...GOOD, type: 'automatic', internalName: 'reg.exe' }],
  ],
  ['host-never-elevated', 'high', 'an automatic host', [{ ...GOOD, type: 'automatic', fileName: 'cmd.exe' }]],
  [
    'host-without-arguments',
    'high',
    'a shell that stays open (AC-93)',
    [{ ...GOOD, fileName: 'cmd.exe', arguments: ['/c dir', '/k'] }],
  ],
  [
    'host-without-arguments',
    'high',
    'a prompt by switches alone (AC-93)',
    [{ ...GOOD, fileName: 'powershell.exe', arguments: ['-NoProfile -NoExit'] }],
  ],
  ['way-out', 'high', 'an editor', [{ ...GOOD, fileName: 'notepad.exe' }]],
  ['way-out', 'high', 'a prompt that a list leaves open', [{ ...GOOD, fileName: 'ftp.exe', arguments: ['-s:x'] }]],
  [
    'system-folder',
    'high',
    'all of Windows by certificate',
    [
      {
        ...NOWHERE,
        fileHash: undefined,
        fileName: undefined,
        filePath: '%windir%\\System32',
        certificate: CERTIFICATE,
      },
    ],
  ],
  ['browser', 'medium', 'a browser', [{ ...GOOD, fileName: 'Chrome.exe' }]],
  [
    'argument-path-writable',
    'high',
    'a script behind a way up',
    [{ ...GOOD, fileName: 'powershell.exe', arguments: ['-File "C:\\Program Files\\..\\Users\\Public\\x.ps1"'] }],
  ],
  [
    'argument-path-writable',
    'high',
    'a script on a share',
    [{ ...GOOD, fileName: 'powershell.exe', arguments: ['-File \\\\server\\share\\x.ps1'] }],
  ],
  [
    'argument-path-writable',
    'high',
    'a script in a profile',
    [{ ...GOOD, fileName: 'powershell.exe', arguments: ['-File C:\\Users\\Public\\x.ps1'] }],
  ],
  [
    'argument-path-writable',
    'medium',
    'a configuration below the drive',
    [{ ...GOOD, arguments: ['"/config:D:\\conf\\a b.ini"'] }],
  ],
  ['argument-unfixed', 'high', 'a relative script', [{ ...GOOD, fileName: 'cmd.exe', arguments: ['/c run.bat'] }]],
  [
    'argument-unfixed',
    'high',
    'a relative change of a package',
    [{ ...GOOD, fileName: 'a.msi', arguments: ['/qn TRANSFORMS=x.mst'] }],
  ],
  [
    'argument-address',
    'high',
    'a package from elsewhere',
    [{ ...GOOD, fileName: 'msiexec.exe', arguments: ['/i https://contoso.com/a.msi'] }],
  ],
  [
    'argument-encoded',
    'medium',
    'a command in base64',
    [{ ...GOOD, fileName: 'powershell.exe', arguments: ['-enc ZABpAHIA'] }],
  ],
  ['argument-secret', 'high', 'a password', [{ ...GOOD, arguments: ['/user:x /password:hunter2'] }]],
  ['argument-secret', 'high', 'a password behind a blank', [{ ...GOOD, arguments: ['--user x -Password hunter2'] }]],
  ['argument-secret', 'high', 'a key behind a blank', [{ ...GOOD, arguments: ['"--api-key" "abc"'] }]],
  ['argument-secret', 'high', 'a token', [{ ...GOOD, arguments: ['--token=abc'] }]],
  ['children-allowed', 'medium', 'children of a confirmed rule', [{ ...GOOD, childProcesses: 'allow' }]],
  [
    'children-allowed',
    'high',
    'children of an automatic rule',
    [{ ...GOOD, type: 'automatic', childProcesses: 'allow' }],
  ],
  ['current-user', 'medium', 'the own account', [{ ...GOOD, type: 'currentUser' }]],
  ['hash-and-wildcard', 'low', 'a wildcard and a hash', [{ ...GOOD, fileName: 'setup*.exe' }]],
  [
    'start-not-seen',
    'low',
    'a wildcard where requests are detected',
    [{ ...GOOD, fileName: 'setup*.exe' }],
    { ...ENABLED, allowElevationDetection: true },
  ],
  [
    'start-not-seen',
    'low',
    'no name where requests are detected',
    [{ name: 'Any', type: 'userConfirmed', fileHash: HASH }],
    { ...ENABLED, allowElevationDetection: true },
  ],
  ['deny-evaded', 'medium', 'a denial by name', [{ name: 'No', type: 'deny', fileName: 'bad.exe' }]],
  ['deny-evaded', 'medium', 'a denial by place', [{ name: 'No', type: 'deny', filePath: 'C:\\Bad' }]],
  ['deny-from-version', 'medium', 'a denial of new versions', [{ ...DENY, minimumVersion: '2.0' }]],
  ['deny-one-file', 'low', 'a denial by hash', [{ ...DENY, fileHash: HASH }]],
  ['deny-arguments', 'medium', 'a denial of a command line', [{ ...DENY, arguments: ['/x'] }]],
  [
    'automatic-validation',
    'medium',
    'validations that nobody is asked for',
    [{ ...GOOD, type: 'automatic', validations: ['authentication'] }],
  ],
  [
    'support-validation',
    'medium',
    'a password beside an approval',
    [{ ...GOOD, type: 'supportApproved', validations: ['authentication'] }],
  ],
  ['arguments-open', 'medium', 'any arguments', [{ ...GOOD, requireArguments: true }]],
  [
    'looser-wins',
    'medium',
    'more attributes and no question',
    [
      { ...NOWHERE, name: 'Strict', type: 'supportApproved' },
      { ...GOOD, type: 'automatic' },
    ],
  ],
  [
    'looser-wins',
    'medium',
    'more attributes and fewer validations',
    [
      { ...NOWHERE, name: 'Strict', validations: ['authentication'] },
      { ...GOOD, filePath: '%ProgramFiles%\\**' },
    ],
  ],
  [
    'disabled-restriction',
    'medium',
    'settings of a policy that disables',
    [],
    { enabled: false, denyEscapeTools: true },
  ],
  ['disabled-restriction', 'medium', 'a denial of a policy that disables', [DENY], { enabled: false }],
  ['shadowed', 'medium', 'two rules for one file', [GOOD, { ...GOOD, name: 'Good too', type: 'automatic' }]],
  ['shadowed', 'medium', 'a rule under a denial', [GOOD, { name: 'No', type: 'deny', fileHash: HASH }]],
  [
    'shadowed',
    'medium',
    'a rule under a denial of its folder',
    [GOOD, { name: 'No', type: 'deny', filePath: '%ProgramFiles%\\**' }],
  ],
  ['never-matches', 'medium', 'arguments out of none', [{ ...GOOD, requireArguments: true, arguments: [' '] }]],
  ['never-matches', 'medium', 'a product of a script', [{ ...GOOD, fileName: 'x.ps1', productName: 'P' }]],
  ['never-matches', 'medium', 'an internal name of a package', [{ ...GOOD, fileName: 'x.msi', internalName: 'P' }]],
  [
    'default-response-confirmation',
    'high',
    'confirmation for everything',
    [],
    { ...ENABLED, defaultElevationResponse: 'requireUserConfirmation' },
  ],
  ['validation-unused', 'low', 'a validation nobody asks', [], { ...ENABLED, defaultValidations: ['justification'] }],
  ['disabled', 'medium', 'a policy that disables', [], { enabled: false }],
  ['timestamp-refused', 'low', 'timestamps nowhere', [], { ...ENABLED, acceptTimestamped: false }],
  ['revocation-ignored', 'medium', 'revocation ignored', [], { ...ENABLED, revocationUnknown: 'accept' }],
  ['deny-without-children', 'medium', 'children past a Deny', [], { ...ENABLED, denyReachesChildren: false }],
];

describe('a policy', () => {
  it.each(CASES.map(([code, risk, what, rules, settings = ENABLED]) => ({ code, risk, what, rules, settings })))(
    '$code ($risk): $what',
    ({ code, risk, rules, settings }) => {
      const found = lint(rules, settings);
      expect(found.find((finding) => finding.code === code)).toMatchObject({
        code,
        risk,
        message: expect.stringMatching(/^\S.*\.$/s) as string,
        hint: expect.stringMatching(/\.$/) as string,
      });
    },
  );

  it('without anything to say passes', () => {
    expect(lint([GOOD])).toEqual([]);
    expect(lint([GOOD], { ...ENABLED, allowElevationDetection: true })).toEqual([]);
    expect(lint([{ ...UNHASHED, certificate: CERTIFICATE, productName: 'P', minimumVersion: '1.2' }])).toEqual([]);
    expect(lint([{ ...GOOD, fileName: 'powershell.exe', allowInterpreter: true }])).toEqual([]);
    expect(lint([{ ...GOOD, fileName: 'powershell.exe', arguments: ['-File "C:\\Program Files\\V\\x.ps1"'] }])).toEqual(
      [],
    );
    expect(lint([{ name: 'No', type: 'deny', fileName: 'bad.exe', productName: 'Bad' }])).toEqual([]);
    expect(lint([{ ...GOOD, fileName: 'net.exe', arguments: ['start spooler'] }])).toEqual([]);
    expect(lint([{ ...GOOD, fileName: 'reg.exe', allowInterpreter: true }])).toEqual([]);
    expect(lint([{ ...GOOD, fileName: 'network.exe' }])).toEqual([]);
    expect(lint([{ ...GOOD, fileName: 'cmd.exe', arguments: ['/cwhoami', '/d /c "whoami /all"'] }])).toEqual([]);
    expect(lint([{ ...GOOD, fileName: 'python.exe', arguments: ['--version', '-m pip'] }])).toEqual([]);
    expect(lint([{ ...GOOD, arguments: ['/token-file C:\\Windows\\a.txt /password -x', '/secret'] }])).toEqual([]);
  });

  it('says of a rejected Deny that it still denies, and of another rejected rule that it has no effect', () => {
    const messages = (rule: object): readonly string[] =>
      lint([{ name: 'x', ...rule }])
        .filter(({ code }) => code === 'rule-rejected')
        .map(({ message }) => message);
    // What the reader rejects, and what only the engine does.
    for (const more of [{ filePat: 'C:\\' }, { minimumVersion: 'v1' }]) {
      expect(messages({ type: 'deny', fileName: 'a.exe', ...more })).toEqual([
        expect.stringContaining('still denies') as string,
      ]);
      expect(messages({ type: 'automatic', fileName: 'a.exe', fileHash: HASH, ...more })).toEqual([
        expect.stringContaining('has no effect') as string,
      ]);
    }
    // A Deny of which nothing could be read is no rule that elevates nothing.
    expect(messages({ type: 'deny', fileHash: 'zz' })).toEqual([expect.stringContaining('has no effect') as string]);
  });

  it('with a digest that does not fit, or without one in a format that carries it, says so', () => {
    const codes = (policy: PolicyFile) => lintPolicy(policy, NOW).map(({ code, risk }) => [code, risk]);
    const document = {
      id: 'device',
      scope: { kind: 'device' },
      settings: ENABLED,
      rules: [GOOD],
      rejected: [],
    } as const;
    const [policy] = FORMATS.reg.read(FORMATS.reg.write(document).bytes, {}).policies;
    expect(codes(policy!)).toEqual([]);
    const text = Buffer.from(FORMATS.reg.write(document).bytes).toString('utf16le');
    const read = (changed: string) => FORMATS.reg.read(Buffer.from(changed, 'utf16le'), {}).policies[0]!;
    expect(codes(read(text.replace('setup.exe', 'setub.exe')))).toEqual([['digest-differs', 'high']]);
    expect(codes(read(text.replace(/"PolicyDigest".*\r\n/, '')))).toEqual([['digest-missing', 'low']]);
    expect(codes(read(text.replace(/^"(?!PolicyDigest).*\r\n/gm, '')))).toEqual([['digest-differs', 'high']]);
  });

  it('with rules and no settings says that another one must enable EPM', () => {
    expect(lint([GOOD], null).map(({ code }) => code)).toContain('nothing-enabled');
  });

  it('names the attack, the folder and a tighter rule', () => {
    const [finding] = lint([
      {
        ...UNHASHED,
        name: 'Open',
        filePath: 'C:\\Users\\*\\Downloads',
        certificate: CERTIFICATE,
        productName: 'P',
        minimumVersion: '1',
      },
    ]);
    expect(finding).toMatchObject({
      code: 'path-wildcard-covers-writable',
      severity: 'error',
      risk: 'high',
      rule: 'Open',
      place: { pointer: '/rules/0/filePath', line: 12 },
      message: 'A standard user can put a file named setup.exe in C:\\Users\\*\\Downloads.',
    });
    const [children] = lint([{ ...GOOD, childProcesses: 'allow' }]);
    expect(children?.tighter).toEqual({ ...GOOD, childProcesses: 'requireRule' });
    expect(lint([{ ...GOOD, ...children?.tighter }])).toEqual([]);
  });

  it('names the line of what a finding is about, and of the rule where that is not there', () => {
    const lines = (...given: Parameters<typeof lint>) => lint(...given).map(({ code, place }) => [code, place?.line]);
    expect(lines([{ ...GOOD, childProcesses: 'allow' }])).toEqual([['children-allowed', 14]]);
    expect(lines([NOWHERE])).toEqual([['path-missing', 8]]);
    expect(lines([], { ...ENABLED, acceptTimestamped: false })).toEqual([['timestamp-refused', 6]]);
    expect(lines([GOOD], null)).toEqual([['nothing-enabled', 1]]);
  });

  it('has every finding it can have in this table', () => {
    const dated: readonly LintCode[] = [
      'certificate-expired',
      'certificate-expires-soon',
      'certificate-not-yet-valid',
      'nothing-enabled',
      'digest-differs',
      'digest-missing',
      'key-without-end',
      'key-expired',
      'key-any-user',
      'group-unknown',
      'revocation-unknown',
      'role-for-everybody',
      'notification-secret',
      'notification-events-untold',
    ];
    expect(new Set([...CASES.map(([id]) => id), ...dated])).toEqual(new Set(Object.keys(LINT_CODES)));
  });

  it('with the worst first where a limit is asked', () => {
    expect(isAtLeast('high', 'medium')).toBe(true);
    expect(isAtLeast('medium', 'medium')).toBe(true);
    expect(isAtLeast('low', 'medium')).toBe(false);
  });
});

describe('a tighter rule', () => {
  const RANK: Readonly<Record<string, number>> = { elevate: 3, needs: 2, needsApproval: 1, denied: 0, notManaged: 0 };

  it('never elevates more than the rule it replaces, and is free of every finding', () => {
    let compared = 0;
    for (let seed = 0; seed < 1_500; seed++) {
      const { policies, request, facts: file, grants } = randomCase(new Choices(seed));
      // Where nothing else can be said against the rule: by hash, in a folder that only administrators write.
      const facts = { ...file, path: `C:\\Program Files\\App\\${file.name}` };
      const known = { filePath: '%ProgramFiles%\\App', fileHash: facts.sha256 };
      const rules = policies.flatMap((policy) => policy.rules);
      for (const rule of [...rules, ...rules.map((written): RuleInput => ({ ...written, ...known }))]) {
        for (const { code, tighter } of lint([rule], { enabled: true })) {
          if (tighter === undefined) continue;
          compared += 1;
          const decided = (only: RuleInput) =>
            decide(
              compile(
                [{ id: '', scope: { kind: 'device' }, settings: { enabled: true }, rules: [only], rejected: [] }],
                { machine: MACHINE },
              ),
              { ...request, trigger: 'userInitiated' },
              facts,
              { grants },
            );
          const before = decided(rule);
          const after = decided(tighter);
          expect(RANK[after.outcome], `seed ${seed}: ${code}`).toBeLessThanOrEqual(RANK[before.outcome] ?? -1);
          if (before.outcome === 'needs' && after.outcome === 'needs') {
            const asks = { before: before.requirements, after: after.requirements };
            expect(asks.after, `seed ${seed}: ${code}`).toEqual(expect.arrayContaining([...asks.before]));
          }
          expect(lint([tighter], { enabled: true }), `seed ${seed}: ${code}`).toEqual([]);
        }
      }
    }
    expect(compared).toBeGreaterThan(500);
  });

  it('of a rule that matches nothing, or elevates without asking, is not offered', () => {
    const nothing = lint([{ ...GOOD, fileName: 'x.msi', internalName: 'P' }]);
    expect(nothing.find(({ code }) => code === 'never-matches')?.tighter).toBeUndefined();
    const automatic = lint([{ ...UNHASHED, type: 'automatic', certificate: CERTIFICATE, productName: 'P' }]);
    expect(automatic.find(({ code }) => code === 'automatic-without-hash')?.tighter).toBeUndefined();
  });
});

/** Made once with OpenSSL: CN=Test, valid from 2026-01-01 to 2027-01-01. */
const DER =
  'MIIBGTCBvwIURHjuYu6dwi0y8t85NGkEdxgB8/MwCgYIKoZIzj0EAwIwDzENMAsGA1UEAwwEVGVzdDAeFw0yNjAxMDEwMDAwMDBaFw0yNzAxMDEwMDAwMDBaMA8xDTALBgNVBAMMBFRlc3QwWTATBgcqhkjOPQIBBggqhkjOPQMBBwNCAARvtuZts3Gw2z6oGd8PZ8w4bAwKp7yIrrNX9SklIAZOTnNwPsqsS8RBpXJet+kS5zJDK2Kj41zTd53ThrC4j9zkMAoGCCqGSM49BAMCA0kAMEYCIQC+zFInqnkuhE++gPvXolQuEDq0n2S6ajCJYgx2hLszbAIhANZGIg1FqHPwQSxzV1IocHyKGPhsLp3NFnAFD1w9xitg';

describe('a certificate', () => {
  const der = new X509Certificate(Buffer.from(DER, 'base64'));
  const digest = sha256(der.fingerprint256.replaceAll(':', ''));
  const rule = {
    ...UNHASHED,
    certificate: { type: 'publisher', sha256: digest },
    productName: 'P',
    minimumVersion: '1',
  };
  const at = (time: string, more: object = {}, settings: SettingsInput = ENABLED): readonly string[] => {
    const text = JSON.stringify({ version: 1, settings, rules: [{ ...rule, ...more }] });
    const policy = { ...parsePolicyFile(text), certificates: [{ name: 'Test', sha256: digest, der: DER }] };
    return lintPolicy(policy, Date.parse(time)).map(({ code, risk }) => `${code} ${risk}`);
  };

  it.each([
    ['2025-12-31', ['certificate-not-yet-valid medium']],
    ['2026-06-01', []],
    ['2026-11-22', ['certificate-expires-soon medium']],
    ['2027-01-02', ['certificate-expired low']],
  ])('is judged by its dates: on %s %j', (time, expected) => {
    expect(at(time)).toEqual(expected);
  });

  it('that expired is advice only where timestamps count, and nothing on a denial', () => {
    expect(at('2027-01-02', { acceptTimestamped: false })).toEqual(['certificate-expired high']);
    const nowhere = { ...ENABLED, acceptTimestamped: false };
    expect(at('2027-01-02', {}, nowhere)).toContain('certificate-expired high');
    expect(at('2027-01-02', { acceptTimestamped: true }, nowhere)).toContain('certificate-expired low');
    expect(at('2027-01-02', { type: 'deny', minimumVersion: undefined })).toEqual([]);
  });
});

describe('keys of approvers, revocations and roles', () => {
  const KEY = {
    publicKey: 'CQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQk=',
    approver: 'help@example.com',
    validUntil: '2027-06-01T00:00Z',
  };
  const at = (lists: object, settings: SettingsInput = ENABLED): readonly string[] => {
    const text = JSON.stringify({ version: 1, settings, ...lists, rules: [GOOD] }, undefined, 1);
    return lintPolicy(parsePolicyFile(text), NOW)
      .filter(({ code }) => code !== 'no-effect' && code !== 'rule-rejected')
      .map(({ code, risk, place }) => `${code} ${risk} ${place?.pointer ?? ''}`);
  };

  it.each<[string, object, readonly string[]]>([
    [
      'nothing',
      {
        approverKeys: { a: KEY },
        revocations: { a: '', '00112233445566ff': '' },
        roles: { 'S-1-5-21-1-2-3-1100': ['readOnlyOperator'] },
      },
      [],
    ],
    [
      'a key without end',
      { approverKeys: { a: { ...KEY, validUntil: undefined } } },
      ['key-without-end medium /approverKeys/a'],
    ],
    [
      'a key that is over',
      { approverKeys: { a: { ...KEY, validUntil: '2026-11-22T00:00Z' } } },
      ['key-expired medium /approverKeys/a/validUntil'],
    ],
    [
      'a key for every user',
      { approverKeys: { a: { ...KEY, rights: { anyUser: true } } } },
      ['key-any-user medium /approverKeys/a/rights/anyUser'],
    ],
    [
      'an unknown group',
      { approverKeys: { a: { ...KEY, rights: { deviceGroups: ['Kiosk'] } } } },
      ['group-unknown low /approverKeys/a/rights/deviceGroups'],
    ],
    [
      'a revoked key, of which nothing is said',
      { approverKeys: { a: { ...KEY, rights: { anyUser: true } } }, revocations: { a: 'lost' } },
      [],
    ],
    [
      'a revocation of nothing',
      { revocations: { 'help/desk': 'lost' } },
      ['revocation-unknown medium /revocations/help~1desk'],
    ],
    [
      'a role for everybody',
      { roles: { 'S-1-5-32-545': ['requests.view'], 'S-1-5-21-7-8-9-513': ['requests.view'] } },
      ['role-for-everybody high /roles/S-1-5-21-7-8-9-513', 'role-for-everybody high /roles/S-1-5-32-545'],
    ],
  ])('are checked: %s', (_, lists, expected) => {
    expect(at(lists)).toEqual(expected);
  });

  it.each<[string, object, readonly string[]]>([
    ['nothing', { kind: 'webhook', urlSecret: 'teams-desk', secret: 'desk-hmac-2026' }, []],
    ['a password', { kind: 'eventLog', password: 'x' }, ['notification-secret high /notifications/r/password']],
    [
      'a secret that is no name',
      { kind: 'webhook', url: 'https://a', secret: 'p@ss' },
      ['notification-secret high /notifications/r/secret'],
    ],
    [
      'a key where its name belongs',
      { kind: 'webhook', url: 'https://a', secret: 'aG9sZCBteSBiZWVyIDEyMzQ1' },
      ['notification-secret high /notifications/r/secret'],
    ],
    [
      'an address with a signature',
      { kind: 'webhook', url: 'https://prod.logic.azure.com/invoke?api-version=1&sig=abc' },
      ['notification-secret high /notifications/r/url'],
    ],
    [
      'an address that is a secret',
      { kind: 'webhook', url: 'https://hooks.slack.com/services/T0/B0/x', format: 'slack' },
      ['notification-secret high /notifications/r/url'],
    ],
    [
      'nobody for new requests',
      { kind: 'eventLog', events: ['denied'] },
      ['notification-events-untold low /notifications'],
    ],
  ])('and receivers of notifications: %s', (_, receiver, expected) => {
    expect(at({ notifications: { r: receiver } })).toEqual(expected);
  });

  it('and a password that stands in the registry', () => {
    const text = '{"kind":"eventLog","password":"x"}'.replaceAll('"', '\\"');
    const reg = `Windows Registry Editor Version 5.00\r\n\r\n[HKEY_LOCAL_MACHINE\\Software\\Policies\\EPM\\Notifications]\r\n"r"="${text}"\r\n`;
    const [policy] = FORMATS.reg.read(Buffer.from(`\ufeff${reg}`, 'utf16le'), {}).policies;
    const found = policy === undefined ? [] : lintPolicy(policy, NOW);
    expect(found.map(({ code, place }) => `${code} ${place?.registry ?? ''}`)).toContain(
      'notification-secret Notifications\\r',
    );
  });

  it('know the groups of the settings', () => {
    const lists = { approverKeys: { a: { ...KEY, rights: { deviceGroups: ['Kiosk'] } } } };
    expect(at(lists, { ...ENABLED, deviceGroups: ['Kiosk'] })).toEqual([]);
  });
});

describe('a shadowed rule', () => {
  it('never decides anything, in any of many random policies', () => {
    let shadowed = 0;
    for (let seed = 0; seed < 4_000; seed++) {
      const { policies, request, facts } = randomCase(new Choices(seed));
      const rules = policies.flatMap((policy) => policy.rules).map((rule, index) => ({ ...rule, name: `r${index}` }));
      const file: PolicyFile = {
        rules,
        rejected: [],
        report: rules.map(({ name }, index) => ({
          name,
          outcome: 'imported',
          place: { pointer: `/rules/${index}` },
          reasons: [],
        })),
        problems: [],
        settings: { enabled: true },
      };
      const names = lintPolicy(file, NOW)
        .filter(({ code }) => code === 'shadowed')
        .map(({ rule }) => rule);
      shadowed += names.length;
      const compiled = compile(
        [{ id: '', scope: { kind: 'device' }, settings: { enabled: true }, rules, rejected: [] }],
        { machine: MACHINE },
      );
      const { basis } = decide(compiled, request, facts, {});
      if (basis.kind === 'rule') expect(names, `seed ${seed}`).not.toContain(basis.rule.name);
    }
    // The generator makes enough of them for this to mean something.
    expect(shadowed).toBeGreaterThan(500);
  });
});

describe('a looser rule', () => {
  const told = (...rules: readonly object[]): readonly (string | undefined)[] =>
    lint(rules)
      .filter(({ code }) => code === 'looser-wins')
      .map(({ rule }) => rule);
  const strict = { ...NOWHERE, name: 'Strict', type: 'supportApproved' };

  it('is told at the rule that it beats', () => {
    expect(told(strict, GOOD)).toEqual(['Strict']);
    expect(told(GOOD, { ...strict, filePath: GOOD.filePath })).toEqual([]);
  });

  it('is what people want where it names a command line, another file, or the file by its hash', () => {
    const { filePath: _, ...asked } = { ...GOOD, arguments: ['/repair'] };
    expect(told(strict, asked)).toEqual([]);
    expect(told(strict, { ...GOOD, fileHash: 'b2'.repeat(32) })).toEqual([]);
    const signed = { ...strict, fileHash: undefined, certificate: CERTIFICATE };
    expect(told(signed, GOOD)).toEqual([]);
    expect(told({ ...strict, fileName: 'other.exe' }, GOOD)).toEqual([]);
    expect(
      told({ ...strict, type: 'userConfirmed', validations: ['authentication'] }, { ...GOOD, type: 'currentUser' }),
    ).toEqual([]);
    const { fileName: __, ...nameless } = strict;
    expect(told(nameless, GOOD)).toEqual(['Strict']);
  });
});

describe('lint of the most rules of a policy', () => {
  const timed = (rules: readonly RuleInput[]): number => {
    const file: PolicyFile = {
      rules,
      rejected: [],
      report: rules.map(({ name }, index) => ({
        name,
        outcome: 'imported',
        place: { pointer: `/rules/${index}` },
        reasons: [],
      })),
      problems: [],
      settings: ENABLED,
    };
    return effort(() => lintPolicy(file, NOW));
  };

  it('does not take the square of rules or arguments', () => {
    const shared = Array.from({ length: 250 }, (_, index) => `/${index}`);
    const rules = Array.from({ length: 3_000 }, (_, index): RuleInput => {
      return { ...GOOD, name: `r${index}`, arguments: [...shared, `/last${index}`] };
    });
    // Rules of one file whose long lists differ in the last entry: minutes when each is compared with each.
    expect(timed(rules)).toBeLessThan(15_000);
  });
});

describe('a SARIF log', () => {
  it.each([
    ['policies/a#b?c%.json', 'policies/a%23b%3Fc%25.json'],
    ['C:\\My policies\\a.json', 'file:///C:/My%20policies/a.json'],
    ['/srv/a.json', 'file:///srv/a.json'],
    ['\\\\server\\share\\a.json', 'file://server/share/a.json'],
    ['\\\\?\\C:\\My policies\\a.json', 'file:///C:/My%20policies/a.json'],
    ['\\\\?\\UNC\\server\\share\\a.json', 'file://server/share/a.json'],
    ['\ud800.json', '%EF%BF%BD.json'],
    ['a:b.json', 'a%3Ab.json'],
  ])('names the file %j as %s', (path, uri) => {
    const log = toSarif([{ path, findings: lint([{ ...GOOD, childProcesses: 'allow' }]) }], '1');
    expect(JSON.parse(log)).toMatchObject({
      runs: [{ results: [{ locations: [{ physicalLocation: { artifactLocation: { uri } } }] }] }],
    });
  });

  it('has every check, and each finding with level, place and line', () => {
    const findings = lint([{ ...GOOD, childProcesses: 'allow' }]);
    const log = JSON.parse(toSarif([{ path: 'policies\\office pc.json', findings }], '1.2.3')) as {
      runs: { tool: { driver: { rules: { id: string }[] } }; results: Record<string, unknown>[] }[];
    };
    expect(log).toMatchObject({ version: '2.1.0', runs: [{ tool: { driver: { version: '1.2.3' } } }] });
    expect(log.runs[0]?.tool.driver.rules.map(({ id }) => id)).toEqual(Object.keys(LINT_CODES));
    expect(log.runs[0]?.results).toMatchObject([
      {
        ruleId: 'children-allowed',
        ruleIndex: Object.keys(LINT_CODES).indexOf('children-allowed'),
        level: 'warning',
        message: { text: expect.stringContaining('Rule "Good"') as string },
        locations: [
          {
            physicalLocation: {
              artifactLocation: { uri: 'policies/office%20pc.json' },
              region: { startLine: expect.any(Number) as number },
            },
          },
        ],
      },
    ]);
  });
});
