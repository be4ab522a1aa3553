/** How the cmdlets handle the agent's answers, in constrained language. tests/windows/module.test.ts has the real agent. */
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { isWindows } from '../bed/machine.ts';
import { canConstrain, PreparedInstallation } from './powershell.ts';

const file = { path: 'C:\\Tools\\setup.exe', sha256: 'aa11' };
const rule = { policyId: 'p1', scope: 'device', name: 'Setup', type: 'userConfirmed' };
const started = {
  outcome: 'started',
  requestId: '0d9a',
  processId: 4711,
  startTime: '2026-03-01T10:00:00.000Z',
  file,
  rule,
  account: { sid: 'S-1-5-96-1', name: 'EPM\\user1' },
  accountFactory: 'virtualAccount',
  childProcesses: 'requireRule',
};
const result = (body: object): object => ({ kind: 'result', body });
const needs = (...requirements: string[]): object =>
  result({
    outcome: 'needs',
    requestId: '0d9a',
    requirements,
    ticket: 'f'.repeat(32),
    expires: '2026-03-01T10:02:00.000Z',
    file,
    rule,
  });
const show =
  '-ErrorVariable e -ErrorAction SilentlyContinue; $e | Select-Object -Last 1 | ForEach-Object { $_.FullyQualifiedErrorId; [string]$_.CategoryInfo.Category; $_.TargetObject }';

describe.skipIf(!canConstrain || isWindows)('cmdlets in constrained language', () => {
  let installation: PreparedInstallation;
  beforeEach(() => {
    installation = new PreparedInstallation();
  });
  afterEach(() => installation.remove());

  it('start a program, passing path and arguments exactly', () => {
    installation.prepare('elevate', [
      { kind: 'event', body: { event: 'started', ...started } },
      result({ ...started, outcome: 'finished', endTime: '2026-03-01T10:00:02.500Z', exitCode: 3 }),
    ]);
    const script = `$r = Invoke-EPMElevation 'C:\\Tools\\setup.exe' -ArgumentList 'a b', '', '"q"', 'é', '2026-01-01T00:00:00Z' -Wait
      $r.PSTypeNames[0]; $r.ExitCode; $r.Duration.TotalSeconds; $r.ArgumentList.Count; $r.Rule`;
    expect(installation.run(script)).toEqual({ exitCode: 0, errors: '', output: 'EPM.Elevation\n3\n2.5\n5\nSetup\n' });
    expect(installation.requests('elevate')).toEqual([
      { path: 'C:\\Tools\\setup.exe', arguments: ['a b', '', '"q"', 'é', '2026-01-01T00:00:00Z'], wait: true },
    ]);
  });

  it('ask for what a rule needs and send it with the ticket', () => {
    installation.prepare('elevate', [needs('confirmation', 'justification')], [result(started)]);
    const answer = installation.run(`(Invoke-EPMElevation 'C:\\Tools\\setup.exe').ProcessId`, {
      input: 'Because of é\ny\n',
    });
    expect(answer.errors).toBe('');
    expect(answer.output).toContain('Why does "C:\\Tools\\setup.exe" need administrator rights?');
    expect(answer.output).toContain('The rule "Setup" asks for your confirmation.');
    expect(answer.output).toMatch(/4711\n$/);
    expect(installation.requests('elevate')).toEqual([
      { path: file.path, arguments: [], wait: false },
      { path: file.path, arguments: [], wait: false, justification: 'Because of é', ticket: 'f'.repeat(32) },
    ]);
  });

  it('start nothing when the person says no', () => {
    installation.prepare('elevate', [needs('confirmation')], [result(started)]);
    const answer = installation.run(`Invoke-EPMElevation 'C:\\Tools\\setup.exe'`, { input: 'n\n' });
    expect(answer.output).not.toContain('4711');
    expect(installation.requests('elevate')).toHaveLength(1);
  });

  it.each([
    ['confirmation', 'EPM.Confirmation.Required,Invoke-EPMElevation\nPermissionDenied\nC:\\Tools\\setup.exe\n'],
    ['justification', 'EPM.Justification.Required,Invoke-EPMElevation\nInvalidArgument\nC:\\Tools\\setup.exe\n'],
    ['authentication', 'EPM.Validation.Unsupported,Invoke-EPMElevation\nNotImplemented\nC:\\Tools\\setup.exe\n'],
  ])('say that a %s is missing where nobody can be asked', (requirement, expected) => {
    installation.prepare('elevate', [needs(requirement)]);
    expect(installation.run(`Invoke-EPMElevation 'C:\\Tools\\setup.exe' ${show}`)).toEqual({
      exitCode: 0,
      errors: '',
      output: expected,
    });
    expect(installation.requests('elevate')).toHaveLength(1);
  });

  it.each(['-Force', '-Confirm:$false'])('take %s as the confirmation', (consent) => {
    installation.prepare('elevate', [needs('confirmation', 'justification')], [result(started)]);
    const answer = installation.run(
      `(Invoke-EPMElevation 'C:\\Tools\\setup.exe' -Justification 'ticket 7' ${consent}).Outcome`,
    );
    expect(answer).toEqual({ exitCode: 0, errors: '', output: 'started\n' });
    expect(installation.requests('elevate')[1]).toMatchObject({ ticket: 'f'.repeat(32), justification: 'ticket 7' });
  });

  it('ask once with -Confirm, before anything is sent', () => {
    installation.prepare('elevate', [needs('confirmation')], [result(started)]);
    const no = installation.run(`Invoke-EPMElevation 'C:\\Tools\\setup.exe' -Confirm`, { input: 'n\n' });
    expect(no.output).toContain('Start "C:\\Tools\\setup.exe" with administrator rights.');
    expect(installation.requests('elevate')).toHaveLength(0);
    const yes = installation.run(`(Invoke-EPMElevation 'C:\\Tools\\setup.exe' -Confirm).Outcome`, { input: 'y\n' });
    expect(yes.output).toMatch(/started\n$/);
  });

  it('stop when the agent asks again and again', () => {
    installation.prepare(
      'elevate',
      [needs('confirmation')],
      [needs('confirmation')],
      [needs('confirmation')],
      [result(started)],
    );
    const answer = installation.run(`Invoke-EPMElevation 'C:\\Tools\\setup.exe' -Force ${show}`);
    expect(answer.output).toBe('EPM.Ticket.Invalid,Invoke-EPMElevation\nPermissionDenied\nC:\\Tools\\setup.exe\n');
    expect(installation.requests('elevate')).toHaveLength(3);
  });

  it.each([
    [
      result({ outcome: 'denied', requestId: '1', reason: 'denyRule', message: 'No.', hint: 'Ask.' }),
      'EPM.Denied.ByRule,Invoke-EPMElevation\nPermissionDenied\n',
    ],
    [
      result({ outcome: 'denied', requestId: '1', reason: 'defaultResponse', message: 'No.', hint: 'Ask.' }),
      'EPM.Denied.ByDefault,Invoke-EPMElevation\nPermissionDenied\n',
    ],
    [
      result({ outcome: 'denied', requestId: '1', reason: 'hostNeedsArguments', message: 'No.', hint: 'Ask.' }),
      'EPM.Denied.HostNeedsArguments,Invoke-EPMElevation\nPermissionDenied\n',
    ],
    [
      result({ outcome: 'needsApproval', requestId: '1', message: 'No.', hint: 'Ask.' }),
      'EPM.Approval.Pending,Invoke-EPMElevation\nPermissionDenied\n',
    ],
    [
      result({ outcome: 'notManaged', requestId: '1', reason: 'noPolicy', message: 'No.', hint: 'Wait.' }),
      'EPM.NotManaged.NoPolicy,Invoke-EPMElevation\nInvalidOperation\n',
    ],
    [
      { kind: 'error', body: { code: 'EPM_FILE_NOT_FOUND', message: 'No.', hint: 'Look.' } },
      'EPM.File.NotFound,Invoke-EPMElevation\nObjectNotFound\n',
    ],
    [
      { kind: 'error', body: { code: 'EPM_FROM_THE_FUTURE', message: 'No.', hint: 'Look.' } },
      'EPM.From.TheFuture,Invoke-EPMElevation\nNotSpecified\n',
    ],
  ])('turn %o into its error', (message, expected) => {
    installation.prepare('elevate', [message]);
    const answer = installation.run(`Invoke-EPMElevation 'C:\\Tools\\setup.exe' ${show}`);
    expect(answer.output).toBe(`${expected}C:\\Tools\\setup.exe\n`);
  });

  it('go on with the next file after an error', () => {
    installation.prepare(
      'elevate',
      [result({ outcome: 'denied', requestId: '1', reason: 'denyRule', message: 'No.', hint: 'Ask.' })],
      [result(started)],
    );
    const answer = installation.run(
      `'C:\\a.exe', 'C:\\b.exe' | Invoke-EPMElevation -ErrorAction SilentlyContinue | ForEach-Object Outcome`,
    );
    expect(answer.output).toBe('started\n');
    expect(installation.requests('elevate')).toMatchObject([{ path: 'C:\\a.exe' }, { path: 'C:\\b.exe' }]);
  });

  it('take files from the pipeline and relative paths from the file system location', () => {
    writeFileSync(path.join(installation.folder, "it's [1].exe"), '');
    const decision = { outcome: 'elevate', requirements: [], file, trace: {}, explanation: '' };
    installation.prepare('test', [result(decision)], [result(decision)]);
    const directory = installation.folder;
    installation.run(
      `Get-ChildItem '*.exe' | Where-Object Name -like 'it*' | Test-EPMElevation; Test-EPMElevation "it's [1].exe"`,
      { directory },
    );
    const expected = { path: path.join(directory, "it's [1].exe"), arguments: [] };
    expect(installation.requests('test')).toEqual([expected, expected]);
  });

  it('know the file system location from every other place', () => {
    writeFileSync(path.join(installation.folder, 'tool.exe'), '');
    const resolve = (text: string): string => `& (Get-Module EPM) { Resolve-EPMFilePath -Path '${text}' }`;
    const script = `Set-Location variable:\n${['tool.exe', './tool.exe', '../other.exe', 'C:\\x.exe', '\\\\server\\x.exe'].map(resolve).join('\n')}`;
    const lines = installation.run(script, { directory: installation.folder }).output.trim().split('\n');
    const found = path.join(installation.folder, 'tool.exe');
    expect(lines.slice(0, 2)).toEqual([found, found]);
    expect(lines.slice(3)).toEqual(['C:\\x.exe', '\\\\server\\x.exe']);
  });

  it('show the decision with -WhatIf and start nothing', () => {
    installation.prepare('test', [
      result({
        outcome: 'needs',
        requirements: ['confirmation', 'justification'],
        rule,
        file,
        trace: {},
        explanation: '',
      }),
    ]);
    const answer = installation.run(`Invoke-EPMElevation 'C:\\Tools\\setup.exe' -ArgumentList '/x' -WhatIf`);
    expect(answer).toEqual({
      exitCode: 0,
      errors: '',
      output:
        'What if: Start "C:\\Tools\\setup.exe" with administrator rights after confirmation and justification: the rule "Setup" asks for it.\n',
    });
    expect(installation.requests('elevate')).toEqual([]);
    expect(installation.requests('test')).toEqual([{ path: file.path, arguments: ['/x'] }]);
  });

  it('select audit records', () => {
    const record = (sequence: number, more: object): object => ({
      kind: 'event',
      body: {
        record: {
          sequence,
          eventDateTime: `2026-03-01T10:00:0${sequence}.000Z`,
          event: 'elevationDenied',
          deviceName: 'PC1',
          previousHash: '',
          recordHash: '',
          ...more,
        },
      },
    });
    const records = [
      record(1, { filePath: 'C:\\Tools\\a.exe', userSid: 'S-1-5-21-1', requestId: 'r1' }),
      record(2, { filePath: 'C:\\Other\\b.exe', userSid: 'S-1-5-21-2', requestId: 'r2' }),
      record(3, { filePath: 'C:\\Tools\\c.exe', userSid: 'S-1-5-21-2', requestId: 'r1' }),
      result({ count: 3 }),
    ];
    const status = result({ journal: { records: 3, headHash: '' } });
    installation.prepare('audit', ...Array.from({ length: 7 }, () => records));
    installation.prepare('status', [status], [status]);
    const queries = [
      '',
      "-FilePath 'C:\\Tools\\*'",
      "-UserSid 'S-1-5-21-2'",
      '-Newest 2',
      "-Newest 1 -FilePath 'C:\\Tools\\*'",
      "-After ([datetime]'2026-03-01T10:00:02Z')",
    ];
    const script = `${queries.map((query) => `(Get-EPMAudit ${query} | ForEach-Object Sequence) -join ','`).join('\n')}
      (New-Object psobject -Property @{ RequestId = 'r1' } | Get-EPMAudit | ForEach-Object Sequence) -join ','`;
    expect(installation.run(script)).toEqual({ exitCode: 0, errors: '', output: '1,2,3\n1,3\n2,3\n3,2\n3\n3\n1,3\n' });
    expect(installation.requests('audit')[0]).toEqual({ after: 0, limit: 10_000 });
  });

  it('show the policy or its rules', () => {
    const policy = {
      digest: 'd',
      since: '2026-03-01T09:00:00.000Z',
      settings: { clientState: 'enabled', defaultElevationResponse: 'denyAll', defaultValidations: ['justification'] },
    };
    const rules = [
      { ...rule, state: 'active', reasons: [] },
      { ...rule, name: 'Bad', state: 'rejected', reasons: ['why'] },
    ];
    installation.prepare(
      'policy',
      [result({ ...policy, rules })],
      [result({ ...policy, rules: [] })],
      [result({ ...policy, rules })],
    );
    const script = `$p = Get-EPMPolicy; $p.RuleCount; $p.RejectedRuleCount; $p.DefaultValidations.Count; (Get-EPMPolicy).Rules.Count; (Get-EPMPolicy -Name 'b*').Reasons`;
    expect(installation.run(script)).toEqual({ exitCode: 0, errors: '', output: '1\n1\n1\n0\nwhy\n' });
  });

  it('read a policy of any number of rules, page by page', () => {
    const page = (names: string[], more: object): object =>
      result({
        digest: 'd',
        since: '2026-03-01T09:00:00.000Z',
        settings: { clientState: 'enabled', defaultElevationResponse: 'denyAll', defaultValidations: [] },
        rules: names.map((name) => ({ ...rule, name, fileName: `${name}.exe`, state: 'active', reasons: [] })),
        ...more,
      });
    const pages = [[page(['a', 'b'], { truncated: true })], [page(['c'], {})]];
    installation.prepare('policy', ...pages, ...pages, [page(['a'], { truncated: true })], [page([], { digest: 'e' })]);
    const script = `(Get-EPMPolicy).RuleCount; Get-EPMRule -FileName C.EXE | ForEach-Object Name; Get-EPMRule ${show}`;
    const answer = installation.run(script);
    expect(answer.errors).toBe('');
    expect(answer.output).toMatch(/^3\nc\n/);
    expect(answer.output).toContain('EPM.Agent.Busy,Get-EPMRule');
    expect(installation.requests('policy').slice(0, 2)).toEqual([{}, { after: 2 }]);
  });

  it('show where settings come from', () => {
    const policies = [
      { id: 'p1', scope: 'device', value: true },
      { id: 'p2', scope: 'user', value: false },
    ];
    const settingSources = [
      { name: 'enabled', value: true, source: 'policy', policies: policies.slice(0, 1) },
      { name: 'sendData', value: false, source: 'conflict', policies },
      { name: 'revocationUnknown', value: null, source: 'builtIn', policies: [] },
    ];
    installation.prepare('policy', [result({ settingSources })], [result({ settingSources })]);
    const script = `Get-EPMClientSetting | ForEach-Object { "$($_.Name) $($_.Value) $($_.Source) $(@($_.Policies).Count)" }
      (Get-EPMClientSetting -Name send*).Policies | ForEach-Object { "$($_.Setting) $($_.PolicyId) $($_.Scope) $($_.Value)" }`;
    expect(installation.run(script)).toEqual({
      exitCode: 0,
      errors: '',
      output:
        'enabled True policy 1\nsendData False conflict 2\nrevocationUnknown  builtIn 0\nsendData p1 device True\nsendData p2 user False\n',
    });
  });

  it('check the agent and the machine', () => {
    const status = {
      version: '0.1.0',
      state: 'degraded',
      processId: 1,
      clientState: 'enabled',
      policySince: '2026-03-01T09:00:00.000Z',
      rules: 2,
      rejectedRules: 1,
      journal: { records: 9 },
      accountFactory: 'virtualAccount',
      dataRemoval: '2026-03-08T09:00:00.000Z',
      warnings: ['3 audit records could not be written; nothing is elevated until they can.'],
    };
    const fault = { code: 'EPM_POLICY_INVALID', message: 'Not JSON.', hint: 'Mend it.' };
    const prerequisites = [
      { id: 'windowsBuild', title: 'Windows build', state: 'passed', found: '26100.1' },
      { id: 'userAccountControl', title: 'User Account Control', state: 'failed', found: 'off', hint: 'Turn it on.' },
    ];
    const unreachable = { kind: 'error', body: { code: 'EPM_AGENT_UNREACHABLE', message: 'Silent.', hint: 'Start.' } };
    const untrusted = { kind: 'error', body: { code: 'EPM_AGENT_UNTRUSTED', message: 'Wrong.', hint: 'Report.' } };
    installation.prepare('status', [result(status)], [unreachable], [untrusted]);
    installation.prepare('policy', [result({ fault })]);
    // The word that stands where a channel stands otherwise, in `epm check --json`.
    installation.prepare('--json', [{ prerequisites }], [{ prerequisites }], [{ prerequisites }]);
    const lines = (switches: string): string[] =>
      installation
        .run(`Test-EPMAgent ${switches} | ForEach-Object { "$($_.Id) $($_.State) $($_.Hint)" }`)
        .output.trim()
        .split('\n')
        .map((line) => line.trim());
    expect(lines('')).toEqual([
      'agentReachable passed',
      'agentGenuine passed',
      'policy failed Mend it.',
      'policyRules warning Get-EPMRule | Where-Object State -eq rejected shows them and why.',
      "auditJournal failed Make room on the system drive, and check the folder of the agent's data.",
      'dataRemoval warning Deliver a policy that enables EPM, or save the audit journal before.',
      'windowsBuild passed',
      'userAccountControl failed Turn it on.',
    ]);
    expect(lines('-Failed')).toEqual([
      'agentReachable failed Start.',
      'agentGenuine unknown',
      'policy unknown',
      'policyRules unknown',
      'auditJournal unknown',
      'dataRemoval unknown',
      'userAccountControl failed Turn it on.',
    ]);
    expect(lines('').slice(0, 2)).toEqual(['agentReachable unknown', 'agentGenuine failed Report.']);
  });

  it('report an epm.exe that gives no answer', () => {
    installation.prepare('status', []);
    expect(installation.run(`Get-EPMAgent ${show}`).output).toBe(
      'EPM.Agent.Unreachable,Get-EPMAgent\nResourceUnavailable\nEPM Agent\n',
    );
  });
});
