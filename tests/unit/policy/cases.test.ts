import { describe, expect, it } from 'vitest';
import type { PolicyDocument } from '../../../src/model/policy.ts';
import type { RuleInput } from '../../../src/model/rule.ts';
import { parseCaseFile } from '../../../src/policy/cases/case-file.ts';
import { toJUnit } from '../../../src/policy/cases/junit.ts';
import { runCases } from '../../../src/policy/cases/run-cases.ts';
import { childrenOf, parseXml } from '../../../src/text/xml.ts';

const HASH = 'a1'.repeat(32);
const PUBLISHER = 'c3'.repeat(32);
const POLICY: PolicyDocument = {
  id: 'office',
  scope: { kind: 'device' },
  settings: { enabled: true, defaultElevationResponse: 'requireSupportApproval' },
  rules: [
    { name: 'Setup', type: 'userConfirmed', validations: ['justification'], fileName: 'setup.exe', fileHash: HASH },
    {
      name: 'Vendor',
      type: 'automatic',
      fileName: 'tool.exe',
      filePath: '%ProgramFiles%\\Vendor',
      certificate: { type: 'publisher', sha256: PUBLISHER },
      minimumVersion: '2.0',
    },
    { name: 'No games', type: 'deny', productName: 'Game', childProcesses: 'deny' },
    {
      name: 'Package',
      type: 'automatic',
      fileName: 'tool.msi',
      certificate: { type: 'publisher', sha256: PUBLISHER },
      minimumVersion: '2.0',
    },
    { name: 'Own', type: 'automatic', fileName: 'own.exe', fileHash: HASH, filePath: '%UserProfile%\\bin' },
  ],
  rejected: [],
};

const file = (...cases: readonly object[]): string => JSON.stringify({ version: 1, cases });
const run = (...cases: readonly object[]) =>
  runCases(parseCaseFile(file(...cases)), [POLICY], { time: 0, zoneOffset: 0 });

const SETUP = { path: 'C:\\Downloads\\setup.exe', sha256: HASH.toUpperCase() };
const TOOL = { path: 'C:\\Program Files\\Vendor\\tool.exe', version: '2.1', publisher: PUBLISHER };

const PACKAGE = { ...TOOL, path: 'C:\\Setups\\tool.msi' };

describe('a case', () => {
  it.each([
    ['by hash', SETUP, { outcome: 'needs', winner: 'Setup', requirements: ['justification', 'confirmation'] }],
    ['by publisher and version', TOOL, { outcome: 'elevate', winner: 'Vendor', childProcesses: 'requireRule' }],
    ['too old', { ...TOOL, version: '1.9' }, { outcome: 'needsApproval', winner: null }],
    ['not trusted', { ...TOOL, signature: 'untrusted' }, { outcome: 'needsApproval', winner: null }],
    ['expired', { ...TOOL, signature: 'expired' }, { outcome: 'needsApproval', winner: null }],
    ['expired, with a timestamp', { ...TOOL, signature: 'timestamped' }, { outcome: 'elevate', winner: 'Vendor' }],
    ['revoked', { ...TOOL, signature: 'revoked' }, { outcome: 'needsApproval', winner: null }],
    ['with unknown revocation', { ...TOOL, signature: 'unchecked' }, { outcome: 'needsApproval', winner: null }],
    [
      'denied',
      { path: 'C:\\a.exe', productName: 'game' },
      { outcome: 'denied', winner: 'No games', reason: 'denyRule' },
    ],
    ['in the profile', { path: 'C:/Users/somebody/bin/own.exe', sha256: HASH }, { outcome: 'elevate', winner: 'Own' }],
    ['a package whose texts are signed', { ...PACKAGE, textsSigned: true }, { outcome: 'elevate', winner: 'Package' }],
    ['a package', PACKAGE, { outcome: 'denied', winner: 'No games' }],
    [
      'a package with files beside it',
      { ...PACKAGE, textsSigned: true, externalFiles: true },
      { outcome: 'needsApproval', winner: null },
    ],
    ['of another type', { path: 'C:\\a.dll' }, { outcome: 'denied', winner: null, reason: 'fileRefused' }],
  ])('%s passes', (name, facts, expected) => {
    expect(run({ name, file: facts, expect: expected })).toMatchObject([{ name, passed: true, differences: [] }]);
  });

  it.each([
    ['an administrator', { user: { administrator: true } }, { outcome: 'notManaged', reason: 'administrator' }],
    ['a launch', { trigger: 'launch' }, { outcome: 'notManaged', winner: 'Setup', reason: 'notAutomatic' }],
  ])('of %s passes', (name, more, expected) => {
    expect(run({ name, file: SETUP, ...more, expect: expected })).toMatchObject([{ passed: true }]);
  });

  it('is decided at the local time that it names', () => {
    const hours = { activeHours: ['Mon-Fri 08:00-18:00'] };
    const policy = { ...POLICY, rules: [{ ...(POLICY.rules[0] as RuleInput), ...hours }] };
    const cases = [
      { name: 'in time', file: SETUP, localTime: '2026-11-30T08:00', expect: { outcome: 'needs', winner: 'Setup' } },
      { name: 'late', file: SETUP, localTime: '2026-11-30T18:00', expect: { outcome: 'needsApproval', winner: null } },
      // A Thursday at 20:00, by the clock of the machine.
      { name: 'now', file: SETUP, expect: { outcome: 'needsApproval', winner: null } },
    ];
    const results = runCases(parseCaseFile(file(...cases)), [policy], { time: 0, zoneOffset: 20 * 60 });
    expect(results.map(({ passed }) => passed)).toEqual([true, true, true]);
    expect(results[1]?.explanation).toContain('the time: expected Mon-Fri 08:00-18:00; found Mon 2026-11-30 18:00');
  });

  it('at a time that does not exist is an error', () => {
    const odd = { name: 'odd', file: SETUP, localTime: '2026-02-30T08:00', expect: { outcome: 'denied' } };
    expect(() => parseCaseFile(file(odd))).toThrowError(/localTime: There is no such time/);
  });

  it('of another person has that profile', () => {
    const own = { path: 'D:\\Profiles\\ann\\bin\\own.exe', sha256: HASH };
    const user = { sid: 'S-1-5-21-1-2-3-1001', profileFolder: 'D:\\Profiles\\ann' };
    expect(run({ name: 'Ann', file: own, user, expect: { outcome: 'elevate' } })).toMatchObject([{ passed: true }]);
    expect(run({ name: 'No one', file: own, expect: { outcome: 'elevate' } })).toMatchObject([{ passed: false }]);
  });

  it('that differs says in what, and why it was decided so', () => {
    const [result] = run({
      name: 'Wrong',
      file: SETUP,
      expect: { outcome: 'elevate', winner: 'Vendor', requirements: [], childProcesses: 'allow', reason: 'x' },
    });
    expect(result?.passed).toBe(false);
    expect(result?.differences).toEqual([
      'outcome is "needs", not "elevate".',
      'winner is "Setup", not "Vendor".',
      'requirements is "confirmation, justification", not none.',
      'reason is none, not "x".',
      'childProcesses is "requireRule", not "allow".',
    ]);
    expect(result?.explanation).toContain('Setup');
  });
});

describe('a case without a digest', () => {
  it('says so, and fits no rule by hash', () => {
    const [result] = run({
      name: 'none',
      file: { path: SETUP.path },
      expect: { outcome: 'needsApproval', winner: null },
    });
    expect(result).toMatchObject({ passed: true });
    expect(result?.explanation).toContain('SHA-256: (the case gives none)');
    expect(result?.explanation).toContain(`expected ${HASH}; found (the case gives none)`);
  });
});

describe('a file of cases', () => {
  it('may have comments, and names its policies', () => {
    const text =
      '\ufeff// office\n{ "version": 1, "policies": ["a.json"], "cases": [\n{ "name": "x", "file": { "path": "C:\\\\a.exe" }, "expect": { "outcome": "denied" } }] }';
    expect(parseCaseFile(text)).toMatchObject({ policies: ['a.json'], cases: [{ name: 'x', line: 3 }] });
  });

  it.each([
    ['no JSON', '{', /line 1/],
    ['another version', '{"version":2,"cases":[]}', /\/version/],
    [
      'a slip of the pen',
      file({ name: 'x', file: { path: 'C:\\a.exe' }, expect: { outcome: 'elevated' } }),
      /\/cases\/0\/expect\/outcome/,
    ],
    [
      'an unknown member',
      file({ name: 'x', file: { path: 'C:\\a.exe', hash: '1' }, expect: { outcome: 'denied' } }),
      /"hash" is not known/,
    ],
    ['no case, which would pass without a word', '{"version":1,"cases":[]}', /\/cases: This must not be empty/],
    [
      'a path that is not whole',
      file({ name: 'x', file: { path: 'a.exe' }, expect: { outcome: 'denied' } }),
      /\/file\/path/,
    ],
    [
      'a path with one backslash too many',
      file({ name: 'x', file: { path: 'C:\\Tools\\\\a.exe' }, expect: { outcome: 'denied' } }),
      /\/file\/path/,
    ],
    [
      'a path with a way up',
      file({ name: 'x', file: { path: 'C:\\Tools\\..\\a.exe' }, expect: { outcome: 'denied' } }),
      /\/file\/path/,
    ],
    [
      'a folder in place of a file',
      file({ name: 'x', file: { path: 'C:\\Tools\\' }, expect: { outcome: 'denied' } }),
      /\/file\/path/,
    ],
    [
      'a version with a letter',
      file({ name: 'x', file: { path: 'C:\\a.exe', version: '1.2.x' }, expect: { outcome: 'denied' } }),
      /\/file\/version/,
    ],
    [
      'a version beyond its numbers',
      file({ name: 'x', file: { path: 'C:\\a.exe', version: '1.65536' }, expect: { outcome: 'denied' } }),
      /\/file\/version/,
    ],
    [
      'a state of a signature without a publisher',
      file({ name: 'x', file: { path: 'C:\\a.exe', signature: 'revoked' }, expect: { outcome: 'denied' } }),
      /\/file\/signature: .* needs \"publisher\"/,
    ],
    [
      'authorities without a publisher',
      file({ name: 'x', file: { path: 'C:\\a.exe', authorities: [PUBLISHER] }, expect: { outcome: 'denied' } }),
      /needs \"publisher\"/,
    ],
    [
      'a person who cannot exist',
      file({ name: 'x', file: { path: 'C:\\a.exe' }, user: { sid: 'S-1-5-x' }, expect: { outcome: 'denied' } }),
      /\/user\/sid/,
    ],
    [
      'a profile that is no folder',
      file({ name: 'x', file: { path: 'C:\\a.exe' }, user: { profileFolder: 'ann' }, expect: { outcome: 'denied' } }),
      /\/user\/profileFolder/,
    ],
    ['a name given twice', '{"version":1,"version":1,"cases":[]}', /given twice/],
    ['a policy in its place', JSON.stringify({ version: 1, rules: [] }), /This is a policy/],
    ['too much nesting', '['.repeat(100), /line 1/],
    [
      'a wrong digest',
      file({ name: 'x', file: { path: 'C:\\a.exe', sha256: 'zz' }, expect: { outcome: 'denied' } }),
      /sha256/,
    ],
  ])('is refused with %s', (_what, text, message) => {
    expect(() => parseCaseFile(text)).toThrowError(
      expect.objectContaining({ code: 'EPM_CASES_INVALID', message: expect.stringMatching(message) as string }),
    );
  });
});

describe('a JUnit report', () => {
  it('is well-formed whatever cases are called, and counts what failed', () => {
    const results = run(
      { name: 'a <b> "c" & \u0001\ud800\u{1f600}', file: SETUP, expect: { outcome: 'needs' } },
      { name: 'wrong', file: TOOL, expect: { outcome: 'denied' } },
    );
    const root = parseXml(toJUnit([{ path: 'cases & more.json', results }]));
    expect(root).toMatchObject({ name: 'testsuites', attributes: { tests: '2', failures: '1', errors: '0' } });
    const [suite] = childrenOf(root, 'testsuite');
    const [good, wrong] = childrenOf(suite, 'testcase');
    expect(good).toMatchObject({ attributes: { name: 'a <b> "c" & \ufffd\ufffd\u{1f600}' }, children: [] });
    const [failure] = childrenOf(wrong, 'failure');
    expect(failure?.attributes['message']).toBe('outcome is "elevate", not "denied".');
    expect(failure?.text).toContain('Vendor');
  });

  it('is XML whatever an explanation says', () => {
    const explanation = 'a\u0001<b>]]>&\ud800\ufffe\nnext';
    const result = { name: 'n', line: 1, passed: false, differences: ['x'], explanation, duration: 0 };
    const written = toJUnit([{ path: 'cases.json', results: [result] }]);
    expect(written.isWellFormed()).toBe(true);
    expect(written).not.toMatch(/[\u0000-\u0008\ufffe\uffff]/);
    const [testcase] = childrenOf(childrenOf(parseXml(written), 'testsuite')[0], 'testcase');
    expect(childrenOf(testcase, 'failure')[0]?.text).toBe('a\ufffd<b>]]>&\ufffd\ufffd\nnext');
  });
});
