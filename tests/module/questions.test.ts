/** How the cmdlets that ask handle the agent's answers, in constrained language. tests/windows/module-elevation.ts has the real agent. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { isWindows } from '../../testbed/machine.ts';
import { lastError as show, PreparedInstallation, result, shell } from './powershell.ts';

const rule = { policyId: 'p1', scope: 'device', name: 'Setup', type: 'userConfirmed' };

describe.skipIf(shell === undefined || isWindows)('questions to the agent in constrained language', () => {
  let installation: PreparedInstallation;
  beforeEach(() => {
    installation = new PreparedInstallation();
  });
  afterEach(() => installation.remove());

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

  it('read every page of audit records, and say when the agent stops in between', () => {
    const record = (sequence: number): object => ({
      kind: 'event',
      body: { record: { sequence, eventDateTime: '2026-03-01T10:00:00.000Z', event: 'agentStarted' } },
    });
    const whole = [
      [record(1), record(2), result({ count: 2, more: true, all: true })],
      [record(3), result({ count: 1, more: false, all: true })],
    ];
    installation.prepare('audit', ...whole, [record(1), record(2)]);
    const script = `(Get-EPMAudit | ForEach-Object Sequence) -join ','
      (Get-EPMAudit -ErrorAction SilentlyContinue | ForEach-Object Sequence) -join ','
      $Error[0].FullyQualifiedErrorId`;
    expect(installation.run(script).output).toBe('1,2,3\n1,2\nEPM.Agent.Unreachable,Get-EPMAudit\n');
    expect(installation.requests('audit').slice(0, 2)).toEqual([
      { after: 0, limit: 10_000 },
      { after: 2, limit: 10_000 },
    ]);
  });

  it('show the policy or its rules', () => {
    const policy = {
      digest: 'd',
      since: '2026-03-01T09:00:00.000Z',
      settings: { clientState: 'enabled', defaultElevationResponse: 'denyAll', defaultValidations: ['justification'] },
    };
    const rules = [
      { ...rule, state: 'active', reasons: [] },
      {
        ...rule,
        name: 'Bad',
        state: 'rejected',
        reasons: [{ code: 'typeUnreadable', severity: 'error', message: 'why' }],
      },
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
      { name: 'sendData', value: false, source: 'conflict', policies, effect: 'none yet' },
      { name: 'revocationUnknown', value: null, source: 'builtIn', policies: [] },
    ];
    installation.prepare('policy', [result({ settingSources })], [result({ settingSources })]);
    const script = `Get-EPMClientSetting | ForEach-Object { "$($_.Name) $($_.Value) $($_.Source) $(@($_.Policies).Count)$($_.Effect)" }
      (Get-EPMClientSetting -Name send*).Policies | ForEach-Object { "$($_.Setting) $($_.PolicyId) $($_.Scope) $($_.Value)" }`;
    expect(installation.run(script)).toEqual({
      exitCode: 0,
      errors: '',
      output:
        'enabled True policy 1\nsendData False conflict 2none yet\nrevocationUnknown  builtIn 0\nsendData p1 device True\nsendData p2 user False\n',
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
      warnings: [{ code: 'auditIncomplete', message: 'A gap.', hint: 'Make room.', data: { records: 3 } }],
    };
    const fault = { code: 'EPM_POLICY_INVALID', message: 'Not JSON.', hint: 'Mend it.' };
    const prerequisites = [
      { id: 'windowsBuild', title: 'Windows build', state: 'passed', found: '26100.1' },
      { id: 'userAccountControl', title: 'User Account Control', state: 'failed', found: 'off', hint: 'Turn it on.' },
    ];
    const checks = [
      { id: 'serviceRegistered', title: 'Service', state: 'passed', found: 'as it must be' },
      { id: 'serviceSecurity', title: 'Permissions', state: 'failed', found: 'open', hint: 'Repair it.' },
    ];
    const unreachable = { kind: 'error', body: { code: 'EPM_AGENT_UNREACHABLE', message: 'Silent.', hint: 'Start.' } };
    const untrusted = { kind: 'error', body: { code: 'EPM_AGENT_UNTRUSTED', message: 'Wrong.', hint: 'Report.' } };
    const userFault = { code: 'otherUserPolicyFault', message: 'Not JSON.', hint: 'Correct the keys.' };
    const unconfirmed = { code: 'unconfirmedUserPolicy', message: 'The hive alone.', hint: 'Deliver it.' };
    installation.prepare(
      'status',
      [result(status)],
      [unreachable],
      [untrusted],
      [result({ ...status, warnings: [userFault, unconfirmed] })],
    );
    installation.prepare('policy', [result({ fault })], [result({})]);
    // The word that stands where a channel stands otherwise, in `epm check --json`.
    installation.prepare('--json', [{ prerequisites }], [{ prerequisites }], [{ prerequisites }], [{ prerequisites }]);
    installation.prepare('check', [{ checks }], [{ checks }], [{ checks }], [{ checks }]);
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
      'userPolicies passed',
      'auditJournal failed Make room.',
      'journalState unknown The agent reads its journal after its start; ask again.',
      'journalEventLog warning Register the event log with "epm agent install"; until then nothing tells when the journal and the state of the agent are replaced together.',
      'dataRemoval warning Deliver a policy that enables EPM, or save the audit journal before.',
      'serviceRegistered passed',
      'serviceSecurity failed Repair it.',
      'windowsBuild passed',
      'userAccountControl failed Turn it on.',
    ]);
    expect(lines('-Failed')).toEqual([
      'agentReachable failed Start.',
      'agentGenuine unknown Make the agent answer first.',
      'policy unknown Make the agent answer first.',
      'policyRules unknown Make the agent answer first.',
      'userPolicies unknown Make the agent answer first.',
      'auditJournal unknown Make the agent answer first.',
      'journalState unknown Make the agent answer first.',
      'journalEventLog unknown Make the agent answer first.',
      'dataRemoval unknown Make the agent answer first.',
      'serviceSecurity failed Repair it.',
      'userAccountControl failed Turn it on.',
    ]);
    expect(lines('').slice(0, 2)).toEqual([
      'agentReachable unknown Find out which program it is: see the next check.',
      'agentGenuine failed Report.',
    ]);
    expect(lines('')).toEqual(
      expect.arrayContaining(['policy failed Correct the keys.', 'userPolicies warning Deliver it.']),
    );
  });

  it('repair the agent, each fault after its own question', () => {
    const checks = [
      { id: 'serviceRegistered', title: 'Service', state: 'passed', found: 'as it must be' },
      { id: 'serviceRecovery', title: 'Recovery', state: 'failed', found: 'none', hint: 'Repair it.' },
      { id: 'serviceKey', title: 'Key', state: 'failed', found: 'open', hint: 'Repair it.' },
      { id: 'dataFolder', title: 'Data', state: 'unknown', found: 'not told', hint: 'Ask as an administrator.' },
    ];
    const repairs = [
      { id: 'serviceRecovery', title: 'Recovery', before: 'none', repaired: true },
      { id: 'serviceKey', title: 'Key', before: 'open', repaired: false, left: 'open still', hint: 'Look.' },
    ];
    const line = '"$($_.Id) $($_.Repaired) $($_.Before) $($_.Left) $($_.Hint)"';
    installation.prepare('check', [{ checks }], [{ checks }], [{ checks: checks.slice(0, 1) }]);
    installation.prepare('repair', [{ repairs }]);
    const shown = installation.run(`Repair-EPMAgent -WhatIf | ForEach-Object { ${line} }`);
    expect(shown.output).toContain('"Recovery"');
    expect(shown.output).toContain('"Key"');
    expect(shown.output).not.toContain('"Service"');
    expect(shown.output).not.toContain('"Data"');
    // Nothing was asked to be mended yet.
    expect(installation.run(`Repair-EPMAgent -Confirm:$false | ForEach-Object { ${line} }`)).toMatchObject({
      output: 'serviceRecovery True none  \nserviceKey False open open still Look.\n',
      errors: '',
    });
    expect(installation.run('Repair-EPMAgent -Confirm:$false')).toMatchObject({ output: '', errors: '' });
  });

  it('report an epm.exe that gives no answer', () => {
    installation.prepare('status', []);
    expect(installation.run(`Get-EPMAgent ${show}`).output).toBe(
      'EPM.Agent.Unreachable,Get-EPMAgent\nResourceUnavailable\nEPM Agent\n',
    );
  });
});
