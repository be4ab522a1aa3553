/** Scripts read codes: with other words in every answer the module decides the same. */
import { describe, expect, it } from 'vitest';
import { STATUS_CODES } from '../../src/agent/status-codes.ts';
import { isWindows } from '../../testbed/machine.ts';
import { reworded } from '../reworded.ts';
import { PreparedInstallation, result, shell } from './powershell.ts';

const said = { message: 'This is why.', hint: 'Do that.' };
const failure = (code: string): object => ({ kind: 'error', body: { code, ...said } });
const status = (...codes: string[]): object =>
  result({
    version: '1',
    state: 'degraded',
    startTime: '2026-03-01T08:00:00.000Z',
    processId: 1,
    clientState: 'enabled',
    policySince: '2026-03-01T09:00:00.000Z',
    policyDigest: 'd',
    rules: 2,
    rejectedRules: 1,
    running: 0,
    counters: { elevated: 0, denied: 0, failed: 0, refusedClients: 0 },
    journal: {
      records: 9,
      headHash: 'h',
      firstRecord: 1,
      state: codes.includes('journalIncomplete') ? 'cut' : 'whole',
      eventLog: 'available',
    },
    accountFactory: 'virtualAccount',
    warnings: codes.map((code) => ({ code, ...said, data: { records: 3 } })),
  });
const fault = { code: 'EPM_POLICY_INVALID', ...said };
const prerequisites = ['passed', 'warning', 'failed', 'unknown'].map((state) => ({
  id: `is${state}`,
  title: 'Title',
  state,
  found: 'this',
  hint: 'Do that.',
}));
const policy = (more: object): object =>
  result({
    digest: 'd',
    since: '2026-03-01T09:00:00.000Z',
    settings: { clientState: 'enabled', defaultElevationResponse: 'denyAll', defaultValidations: [] },
    settingSources: [],
    rules: [
      {
        policyId: 'p',
        scope: 'device',
        name: 'Bad',
        type: 'unreadable',
        state: 'rejected',
        reasons: [{ code: 'typeUnreadable', severity: 'error', ...said }],
      },
    ],
    ...more,
  });
const finding = { code: 'path-missing', severity: 'error', risk: 'high', rule: 'Setup', ...said };

/** What epm.exe answers, by the word that follows its name. */
const ANSWERS: Readonly<Record<string, readonly (readonly object[])[]>> = {
  status: [
    [status(...Object.keys(STATUS_CODES))],
    ...Object.keys(STATUS_CODES).map((code) => [status(code)]),
    [failure('EPM_AGENT_UNTRUSTED')],
    [failure('EPM_AGENT_UNREACHABLE')],
  ],
  policy: [],
  elevate: [
    [result({ outcome: 'denied', reason: 'denyRule', requestId: 'r', ...said })],
    [result({ outcome: 'denied', reason: 'defaultResponse', requestId: 'r', ...said })],
    [result({ outcome: 'needsApproval', requestId: 'r', ...said })],
    [result({ outcome: 'notManaged', reason: 'noPolicy', requestId: 'r', ...said })],
    [failure('EPM_AUDIT_WRITE')],
  ],
};
const CHECKS = Object.keys(STATUS_CODES).length + 2;

/** Everything that a script can compare, one line each. */
const SCRIPT = `
  Get-EPMAgent | ForEach-Object { $_.State; $_.Warnings | ForEach-Object { $_.Code } }
  1..${CHECKS} | ForEach-Object { Test-EPMAgent | ForEach-Object { "$($_.Id) $($_.State)" } }
  1..5 | ForEach-Object {
    $null = Invoke-EPMElevation -FilePath 'C:\\a.exe' -Confirm:$false -ErrorVariable e -ErrorAction SilentlyContinue
    "$($e[0].FullyQualifiedErrorId) $($e[0].CategoryInfo.Category)"
  }
  Get-EPMRule | ForEach-Object { "$($_.Name) $($_.State) $($_.Diagnostics | ForEach-Object { $_.Code })" }
  Test-EPMPolicy -Path 'a.json' -FailOn high -ErrorVariable e -ErrorAction SilentlyContinue | ForEach-Object { "$($_.Code) $($_.Risk)" }
  $e[0].FullyQualifiedErrorId`;

/** @param words gives each answer other words, or leaves it as it is */
function decisions(words: (answer: object) => object): { readonly decided: string; readonly errors: string } {
  const installation = new PreparedInstallation();
  try {
    // The words of the verbs are "check --json", "agent check" and "policy lint …": a channel's name, or an option, comes second.
    const policies = [...Array.from({ length: CHECKS }, (_, index) => [policy(index === 2 ? { fault } : {})])];
    const answers = {
      ...ANSWERS,
      policy: [...policies.slice(0, CHECKS - 2), [policy({})]],
      '--json': Array.from({ length: CHECKS }, () => [{ prerequisites }]),
      check: Array.from({ length: CHECKS }, () => [{ checks: prerequisites }]),
      lint: [[[{ path: 'a.json', findings: [finding] }]]],
    };
    for (const [word, rounds] of Object.entries(answers)) {
      installation.prepare(word, ...rounds.map((messages) => messages.map(words)));
    }
    const { output, errors } = installation.run(SCRIPT);
    return { decided: output, errors };
  } finally {
    installation.remove();
  }
}

describe.skipIf(shell === undefined || isWindows)('with other words', () => {
  it('the module decides the same', () => {
    const usual = decisions((answer) => answer);
    const other = decisions(reworded);
    expect(usual.errors).toBe('');
    expect(other).toEqual(usual);
    for (const line of [
      'auditJournal failed',
      'auditJournal passed',
      'journalState failed',
      'journalState passed',
      'journalEventLog passed',
      'policy failed',
      'policy passed',
      'agentGenuine failed',
      'isfailed failed',
      'EPM.Denied.ByRule,Invoke-EPMElevation PermissionDenied',
      'EPM.Approval.Pending,Invoke-EPMElevation PermissionDenied',
      'EPM.NotManaged.NoPolicy,Invoke-EPMElevation InvalidOperation',
      'EPM.Audit.Write,Invoke-EPMElevation WriteError',
      'Bad rejected typeUnreadable',
      'path-missing high',
      'EPM.Policy.Findings,Test-EPMPolicy',
    ]) {
      expect(usual.decided.split('\n').map((text) => text.trim())).toContain(line);
    }
  });
});
