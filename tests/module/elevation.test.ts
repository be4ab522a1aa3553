/** How the cmdlets that elevate handle the agent's answers, in constrained language. tests/windows/module-elevation.ts has the real agent. */
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { isWindows } from '../../testbed/machine.ts';
import { lastError as show, PreparedInstallation, result, shell } from './powershell.ts';

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
const needs = (...requirements: string[]): object =>
  result({
    outcome: 'needs',
    requestId: '0d9a',
    requirements,
    ticket: 'f'.repeat(32),
    expires: '2026-03-01T10:02:00.000Z',
    question: {
      program: 'setup.exe',
      path: file.path,
      arguments: '/quiet "a b"',
      rule: 'Setup',
      digest: 'aa11',
      fromInternet: true,
    },
    file,
    rule,
    ...(requirements.includes('authentication') ? { authentication } : {}),
  });
const authentication = { key: 'a2V5', userSid: 'S-1-5-21-1-2-3-1001', userName: 'CONTOSO\\ann' };
const password = `New-Object -TypeName PSCredential -ArgumentList 'CONTOSO\\ann', (ConvertTo-SecureString 'pä$$' -AsPlainText -Force)`;
describe.skipIf(shell === undefined || isWindows)('elevation in constrained language', () => {
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
      {
        path: 'C:\\Tools\\setup.exe',
        arguments: ['a b', '', '"q"', 'é', '2026-01-01T00:00:00Z'],
        wait: true,
        endsWithClient: true,
      },
    ]);
  });

  it('ask for what a rule needs and send it with the ticket', () => {
    installation.prepare('elevate', [needs('confirmation', 'justification')], [result(started)]);
    const answer = installation.run(`(Invoke-EPMElevation 'C:\\Tools\\setup.exe').ProcessId`, {
      input: 'Because of é\ny\n',
    });
    expect(answer.errors).toBe('');
    const seen = [
      'Program:   setup.exe',
      'Publisher: unknown publisher',
      'Path:      C:\\Tools\\setup.exe',
      'Arguments: /quiet "a b"',
      'Rule:      Setup',
      'SHA-256:   aa11...',
      'The file came from the internet.',
    ].join('\n');
    expect(answer.output).toContain(`${seen}\nWhy do you need administrator rights?`);
    expect(answer.output).toContain(`${seen}\nStart "setup.exe" with administrator rights?`);
    expect(answer.output).toMatch(/4711\n$/);
    expect(installation.requests('elevate')).toEqual([
      { path: file.path, arguments: [], wait: false },
      { path: file.path, arguments: [], wait: false, justification: 'Because of é', ticket: 'f'.repeat(32) },
    ]);
  });

  it('have epm.exe ask for a credential in the dialog of Windows, and send what it sealed', () => {
    installation.prepare('elevate', [needs('confirmation', 'authentication')], [result(started)]);
    installation.prepare('--json', [{ credential: 'c2VhbGVk' }]);
    const answer = installation.run(`(Invoke-EPMElevation 'C:\\Tools\\setup.exe' -Force).Outcome`);
    expect(answer).toEqual({ exitCode: 0, errors: '', output: 'started\n' });
    expect(installation.requests('--json')).toEqual([
      { ticket: 'f'.repeat(32), authentication, question: { program: 'setup.exe' } },
    ]);
    expect(installation.requests('elevate')[1]).toMatchObject({ ticket: 'f'.repeat(32), credential: 'c2VhbGVk' });
  });

  it('have epm.exe seal the credential that is given', () => {
    installation.prepare('elevate', [needs('confirmation', 'authentication')], [result(started)]);
    installation.prepare('--json', [{ credential: 'c2VhbGVk' }]);
    const answer = installation.run(
      `(Invoke-EPMElevation 'C:\\Tools\\setup.exe' -Force -Credential (${password})).Outcome`,
    );
    expect(answer).toEqual({ exitCode: 0, errors: '', output: 'started\n' });
    expect(installation.requests('--json')).toEqual([
      expect.objectContaining({ credential: { userName: 'CONTOSO\\ann', password: 'pä$$' } }),
    ]);
    expect(JSON.stringify(installation.requests('elevate'))).not.toContain('$$');
  });

  const wrong = { kind: 'error', body: { code: 'EPM_AUTHENTICATION_FAILED', message: 'No.', hint: 'Again.' } };

  it('have the dialog say that the password was wrong, and ask for nothing else again', () => {
    const asks = [needs('confirmation', 'justification', 'authentication')];
    installation.prepare('elevate', asks, [wrong], asks, [wrong], asks, [result(started)]);
    installation.prepare('--json', ...['Zmlyc3Q=', 'c2Vjb25k', 'dGhpcmQ='].map((credential) => [{ credential }]));
    const answer = installation.run(`(Invoke-EPMElevation 'C:\\Tools\\setup.exe').Outcome`, { input: 'Because\ny\n' });
    expect(answer.errors).toBe('');
    expect(answer.output).toMatch(/started\n$/);
    expect(answer.output.match(/Start "setup.exe" with administrator rights\?/g)).toHaveLength(1);
    expect(installation.requests('--json').map((question) => (question as { again?: true }).again)).toEqual([
      undefined,
      true,
      true,
    ]);
    const requests = installation.requests('elevate') as { ticket?: string; credential?: string }[];
    expect(requests.map(({ credential }) => credential)).toEqual([
      undefined,
      'Zmlyc3Q=',
      undefined,
      'c2Vjb25k',
      undefined,
      'dGhpcmQ=',
    ]);
    expect(requests.map(({ ticket }) => ticket !== undefined)).toEqual([false, true, false, true, false, true]);
  });

  it('end after the third wrong password with the error of the agent', () => {
    const asks = [needs('confirmation', 'authentication')];
    installation.prepare('elevate', asks, [wrong], asks, [wrong], asks, [wrong], asks, [result(started)]);
    installation.prepare('--json', ...[1, 2, 3, 4].map(() => [{ credential: 'c2VhbGVk' }]));
    const answer = installation.run(`Invoke-EPMElevation 'C:\\Tools\\setup.exe' -Force ${show}`);
    expect(answer.output).toBe(
      'EPM.Authentication.Failed,Invoke-EPMElevation\nPermissionDenied\nC:\\Tools\\setup.exe\n',
    );
    expect(installation.requests('elevate')).toHaveLength(6);
  });

  it('confirm anew after a wrong password when the file has changed meanwhile', () => {
    const asks = needs('confirmation', 'authentication') as { body: object };
    const other = { ...asks, body: { ...asks.body, file: { ...file, sha256: 'bb22' } } };
    installation.prepare('elevate', [asks], [wrong], [other], [result(started)]);
    installation.prepare('--json', [{ credential: 'c2VhbGVk' }], [{ credential: 'c2VhbGVk' }]);
    const answer = installation.run(`Invoke-EPMElevation 'C:\\Tools\\setup.exe'`, { input: 'y\nn\n' });
    expect(answer.output.match(/Start "setup.exe" with administrator rights\?/g)).toHaveLength(2);
    expect(answer.output).not.toContain('4711');
    expect(installation.requests('elevate')).toHaveLength(3);
  });

  it('send a credential that was given once only', () => {
    const asks = [needs('confirmation', 'authentication')];
    installation.prepare('elevate', asks, [wrong], asks, [result(started)]);
    installation.prepare('--json', [{ credential: 'c2VhbGVk' }], [{ credential: 'c2VhbGVk' }]);
    const script = `Invoke-EPMElevation 'C:\\Tools\\setup.exe' -Force -Credential (${password}) ${show}`;
    expect(installation.run(script).output).toBe(
      'EPM.Authentication.Failed,Invoke-EPMElevation\nPermissionDenied\nC:\\Tools\\setup.exe\n',
    );
    expect(installation.requests('elevate')).toHaveLength(2);
  });

  it('start nothing when the credential dialog was closed', () => {
    installation.prepare('elevate', [needs('confirmation', 'authentication')], [result(started)]);
    installation.prepare('--json', [{ credential: null }]);
    const answer = installation.run(`Invoke-EPMElevation 'C:\\Tools\\setup.exe' -Force`);
    expect(answer).toEqual({ exitCode: 0, errors: '', output: '' });
    expect(installation.requests('elevate')).toHaveLength(1);
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
    ['retina', 'EPM.Validation.Unsupported,Invoke-EPMElevation\nNotImplemented\nC:\\Tools\\setup.exe\n'],
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
      '\nOutcome    : needsApproval\nFilePath   : C:\\Tools\\setup.exe\nTimesAsked : 0\n\nEPM.Approval.Pending,Invoke-EPMElevation\nPermissionDenied\n',
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

  it.each([
    ['directly', (call: string) => call],
    ['with a pipe behind', (call: string) => `${call} | Out-Null`],
    ['with a pipe before', (call: string) => `'C:\\a.exe', 'C:\\b.exe' | ${call.replace(" 'C:\\a.exe'", '')}`],
    ['between pipes', (call: string) => `'C:\\a.exe' | ${call.replace(" 'C:\\a.exe'", '')} | ForEach-Object { $_ }`],
  ])('have every error in -ErrorVariable, called %s', (_how, piped) => {
    const denied = result({ outcome: 'denied', requestId: '1', reason: 'denyRule', message: 'No.', hint: 'Ask.' });
    installation.prepare('elevate', [denied], [denied]);
    const call = piped("Invoke-EPMElevation 'C:\\a.exe' -ErrorVariable failures -ErrorAction SilentlyContinue");
    const { output } = installation.run(
      `${call}; $failures | ForEach-Object { "$($_.TargetObject) $($_.FullyQualifiedErrorId)" }`,
    );
    const asked = installation.requests('elevate').map((request) => (request as { readonly path: string }).path);
    expect(output.trim().split('\n')).toEqual(asked.map((path) => `${path} EPM.Denied.ByRule,Invoke-EPMElevation`));
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

  it('never take another file for the folder itself', () => {
    mkdirSync(path.join(installation.folder, 'inner'));
    writeFileSync(path.join(installation.folder, 'inner', 'first.exe'), '');
    const inner = path.join(installation.folder, 'inner');
    const places = ['.', './', './.', '././first.exe', '../inner/.', '..', `${inner}/.`, 'first.exe'];
    const script = places.map((text) => `& (Get-Module EPM) { Resolve-EPMFilePath -Path '${text}' }`).join('\n');
    const lines = installation.run(script, { directory: inner }).output.trim().split('\n');
    const without = lines.map((line) => line.replace(/\/$/, ''));
    const first = path.join(inner, 'first.exe');
    expect(without).toEqual([inner, inner, inner, first, inner, installation.folder, inner, first]);
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
});
