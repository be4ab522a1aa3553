/** How the cmdlets for requests to support handle the agent's answers, in constrained language. tests/windows/module-approvals.ts has the real agent. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { GRANT_FAULTS } from '../../src/model/grant-faults.ts';
import { namesOf } from '../../src/model/rule-action.ts';
import { SUPPORT_REQUEST_STATES } from '../../src/model/support-request.ts';
import { describeUnless } from '../describe-unless.ts';
import { lastError as show, noPrepared, PreparedInstallation, result } from './powershell.ts';

const ID = '-AECAwQFBgcICQoLDA0ODw';
const OTHER = 'BBECAwQFBgcICQoLDA0ODw';
const REQUEST = {
  id: ID,
  status: 'pending',
  requestedByUserId: 'S-1-5-21-1-2-3-1001',
  requestedByUserPrincipalName: 'CONTOSO\\ann',
  requestedOnDeviceId: '3f2504e0-4f89-11d3-9a0c-0305e82c3301',
  deviceName: 'PC1',
  requestCreatedDateTime: '2026-03-01T10:00:00.000Z',
  requestLastModifiedDateTime: '2026-03-01T11:00:00.000Z',
  requestExpiryDateTime: '2026-03-08T10:00:00.000Z',
  requestJustification: 'Ticket 4711',
  applicationDetail: { fileHash: 'aa11', fileName: 'setup.exe', filePath: 'C:\\Tools\\setup.exe' },
  arguments: ['/quiet', 'a b'],
  timesAsked: 2,
  rule: { policyId: 'p1', scope: 'device', name: 'Setup', type: 'supportApproved' },
};
const done = { ...REQUEST, id: OTHER, status: 'completed', requestedByUserPrincipalName: 'CONTOSO\\bob' };
const GRANT = {
  id: '0123456789abcdef',
  requestId: ID,
  device: REQUEST.requestedOnDeviceId,
  requester: REQUEST.requestedByUserId,
  sha256: 'aa11',
  fileName: 'setup.exe',
  arguments: ['/quiet', 'a b'],
  from: '2026-03-01T12:00:00.000Z',
  until: '2026-03-02T12:00:00.000Z',
  uses: 1,
  used: 0,
  key: 'desk',
  approver: 'desk@example.com',
  source: 'import',
};
const unknown = { kind: 'error', body: { code: 'EPM_SUPPORT_REQUEST_UNKNOWN', message: 'None.', hint: 'Look.' } };
const list = (...requests: object[]): object => result({ requests, all: true });

describeUnless(noPrepared, 'requests to support in constrained language', () => {
  let installation: PreparedInstallation;
  beforeEach(() => {
    installation = new PreparedInstallation();
  });
  afterEach(() => installation.remove());

  const output = (script: string): string => {
    const answer = installation.run(script);
    expect(answer.errors).toBe('');
    return answer.output;
  };

  it('are listed page by page, and selected', () => {
    const pages = [[result({ requests: [REQUEST], all: true, truncated: true })], [list(done)]];
    const queries = [
      '',
      '-Status Pending',
      "-UserName '*\\BOB'",
      "-UserName 'S-1-5-*' -Newest 1",
      "-FilePath 'D:\\*'",
      '-Newest 2',
    ];
    installation.prepare('support-requests', ...queries.flatMap(() => pages));
    const script = queries.map((query) => `(Get-EPMRequest ${query} | ForEach-Object RequestId) -join ','`).join('\n');
    expect(output(script).split('\n')).toEqual([`${ID},${OTHER}`, ID, OTHER, OTHER, '', `${OTHER},${ID}`, '']);
    expect(installation.requests('support-requests').slice(0, 2)).toEqual([{ after: 0 }, { after: 1 }]);
  });

  it('are asked for by their id, with text and certificates', () => {
    const chain = [{ sha256: 'bb22', subject: 'CN=Publisher', notAfter: 1_772_359_200_000, der: 'AAAA' }];
    const whole = { ...REQUEST, applicationDetail: { ...REQUEST.applicationDetail, certificateChain: chain } };
    const answer = result({ requests: [whole], all: false, text: 'EPMR1.abc' });
    installation.prepare('support-requests', [answer], [answer], [list(REQUEST, done)], [answer]);
    const script = `$r = Get-EPMRequest -Id '${ID}'
      $r.PSTypeNames[0]; $r.Status; $r.UserName; $r.FilePath; $r.Sha256; $r.ArgumentList.Count; $r.TimesAsked; $r.Rule; $r.Text; $r.CertificateChain[0].Subject
      Get-EPMRequest '${ID}' -Text
      Get-EPMRequest -Text`;
    expect(output(script).split('\n')).toEqual([
      'EPM.SupportRequest',
      'pending',
      'CONTOSO\\ann',
      'C:\\Tools\\setup.exe',
      'aa11',
      '2',
      '2',
      'Setup',
      'EPMR1.abc',
      'CN=Publisher',
      'EPMR1.abc',
      // Of the list only the one that waits has a text.
      'EPMR1.abc',
      '',
    ]);
    expect(installation.requests('support-requests')).toEqual([{ id: ID }, { id: ID }, { after: 0 }, { id: ID }]);
  });

  it('that have no text say why', () => {
    installation.prepare(
      'support-requests',
      [result({ requests: [done], all: true })],
      [result({ requests: [done], all: true })],
      [unknown],
    );
    const asked = installation.run(`Get-EPMRequest '${OTHER}' -Text ${show}`);
    expect(asked.output).toBe(`EPM.Request.NoText,Get-EPMRequest\nObjectNotFound\n${OTHER}\n`);
    const other = installation.run(`Get-EPMRequest '${ID}' ${show}`);
    expect(other.output).toBe(
      `EPM.Support.RequestUnknown,Get-EPMRequest
ObjectNotFound
${ID}
`,
    );
  });

  it('are denied and taken back, each after its own question', () => {
    const denied = result({ request: { ...REQUEST, status: 'denied', reviewerJustification: 'No.' } });
    const revoked = result({ request: { ...done, status: 'revoked' } });
    const right = { kind: 'error', body: { code: 'EPM_RIGHT_MISSING', message: 'No right.', hint: 'Ask.' } };
    installation.prepare('decide-request', [denied], [revoked], [right]);
    const objects = `New-Object psobject -Property @{ RequestId = '${ID}' }`;
    expect(output(`${objects} | Deny-EPMRequest -WhatIf; Revoke-EPMRequest '${OTHER}' -WhatIf`)).toMatch(
      /^What if: Deny the request to support -AEC.*\nWhat if: Take the approval of the request to support BBE.*\n$/,
    );
    const script = `${objects} | Deny-EPMRequest -Reason 'No.' | ForEach-Object { $_.Status; $_.ReviewerJustification }
      (Revoke-EPMRequest '${OTHER}' -Confirm:$false).Status
      Deny-EPMRequest '${ID}' ${show}`;
    expect(output(script)).toBe(`denied\nNo.\nrevoked\nEPM.Right.Missing,Deny-EPMRequest\nPermissionDenied\n${ID}\n`);
    expect(installation.requests('decide-request')).toEqual([
      { id: ID, decision: 'deny', reason: 'No.' },
      { id: OTHER, decision: 'revoke' },
      { id: ID, decision: 'deny' },
    ]);
    // A revocation is for good: without an answer nothing is taken back.
    installation.run(`Revoke-EPMRequest '${OTHER}'`, { input: 'n\n' });
    expect(installation.requests('decide-request')).toHaveLength(3);
  });

  it('are completed by those that a cmdlet can do something with', () => {
    const answers = Array.from({ length: 3 }, () => [list(REQUEST, done)]);
    installation.prepare('support-requests', ...answers);
    const complete = (cmdlet: string): string =>
      `(TabExpansion2 '${cmdlet} -RequestId ').CompletionMatches | ForEach-Object CompletionText`;
    const script = ['Deny-EPMRequest', 'Revoke-EPMRequest', 'Get-EPMRequest'].map(complete).join('\n');
    expect(output(script).split('\n')).toEqual([`'${ID}'`, `'${OTHER}'`, `'${ID}'`, `'${OTHER}'`, '']);
  });

  describe('and the grants that answer them', () => {
    it('come to the device as a text, in lines, and as an object', () => {
      const answers = Array.from({ length: 5 }, () => [result({ grant: GRANT, known: false })]);
      installation.prepare('import-grant', ...answers);
      const script = `$g = 'EPM1.abcd' | Import-EPMGrant; $g.PSTypeNames[0]; $g.GrantId; $g.RequestId; $g.Key
        'EPM1.', 'ab', ' cd ', '', 'EPM1.ef' | Import-EPMGrant | ForEach-Object FileName
        New-Object psobject -Property @{ Text = 'EPM1.gh' } | Import-EPMGrant | ForEach-Object FileName
        [string[]]$lines = 'EPM1.i', 'j'; Set-Content -LiteralPath grant.txt -Value $lines; (Import-EPMGrant -Path grant.txt).Until.ToUniversalTime().Hour; Remove-Item grant.txt`;
      expect(output(script)).toBe(`EPM.Grant\n0123456789abcdef\n${ID}\ndesk\nsetup.exe\nsetup.exe\nsetup.exe\n12\n`);
      expect(installation.requests('import-grant')).toEqual([
        { text: 'EPM1.abcd' },
        { text: 'EPM1.abcd' },
        { text: 'EPM1.ef' },
        { text: 'EPM1.gh' },
        { text: 'EPM1.ij' },
      ]);
    });

    it('are refused with their code', () => {
      const refused = {
        kind: 'error',
        body: { code: 'EPM_GRANT_REFUSED', message: 'No effect.', hint: 'Ask.', data: { fault: 'grantExpired' } },
      };
      installation.prepare('import-grant', [refused]);
      expect(output(`'EPM1.ab' | Import-EPMGrant ${show}`)).toMatch(/^EPM\.Grant\.Refused,Import-EPMGrant\n/);
      for (const text of ["'EPMR1.ab'", "''", "'C:\\grant.txt'"]) {
        expect(output(`${text} | Import-EPMGrant ${show}`)).toMatch(/^EPM\.Grant\.Invalid,Import-EPMGrant\n/);
      }
      expect(output(`Import-EPMGrant -Path missing.txt ${show}`)).toMatch(/^EPM\.File\.Unreadable,Import-EPMGrant\n/);
      expect(installation.requests('import-grant')).toHaveLength(1);
    });

    it('are listed with why one has no effect', () => {
      const expired = { ...GRANT, id: 'f'.repeat(16), fileName: 'other.exe', fault: 'grantExpired' };
      const answers = Array.from({ length: 4 }, () => [result({ grants: [GRANT, expired], all: true })]);
      installation.prepare('grants', ...answers);
      const script = `Get-EPMGrant | ForEach-Object { "$($_.GrantId) $($_.Fault) $($_.Explanation)" }
        (Get-EPMGrant ${'f'.repeat(16)}).FileName; (Get-EPMGrant -FileName set*).GrantId
        @(New-Object psobject -Property @{ RequestId = '${ID.toLowerCase()}' } | Get-EPMGrant).Count`;
      const { meaning, hint } = GRANT_FAULTS.grantExpired;
      expect(output(script)).toBe(
        `${GRANT.id}  \n${expired.id} grantExpired ${meaning} ${hint}\nother.exe\n${GRANT.id}\n0\n`,
      );
    });

    it('are brought to the device at once where that is asked for', () => {
      const statement = { ...GRANT, device: { kind: 'device', id: GRANT.device }, from: 0, until: 1_893_456_000_000 };
      const shown = { text: 'EPMR1.abc', shown: 'All of it', statement, request: {} };
      // The second word of `approve TEXT …`.
      installation.prepare('EPMR1.abc', [shown], [{ grant: 'EPM1.signed', statement }]);
      installation.prepare('support-requests', [result({ requests: [REQUEST], all: true, text: 'EPMR1.abc' })]);
      installation.prepare('import-grant', [result({ grant: GRANT, known: false })]);
      const answer = installation.run(
        `(Approve-EPMRequest -RequestId '${ID}' -KeyPath k.pem -Passphrase (ConvertTo-SecureString 'secret é' -AsPlainText -Force) -Import).Imported`,
        {
          input: 'y\n',
        },
      );
      expect(answer.errors).toBe('');
      expect(answer.output).toContain('Sign an approval.\nAll of it\nContinue?');
      expect(answer.output).toMatch(/True\n$/);
      expect(answer.output).not.toContain('secret');
      expect(installation.requests('EPMR1.abc').at(-1)).toEqual({ passphrase: 'secret é' });
      expect(installation.requests('import-grant')).toEqual([{ text: 'EPM1.signed' }]);
    });
  });

  describe('of a program that was started', () => {
    const answer = (more: object): object =>
      result({
        outcome: 'needsApproval',
        requestId: '0d9a',
        message: 'It waits.',
        hint: 'Ask.',
        rule: REQUEST.rule,
        ...more,
      });
    const asked = (more: object): object =>
      answer({
        supportRequest: {
          id: ID,
          status: 'pending',
          created: '2026-03-01T10:00:00.000Z',
          expires: '2026-03-08T10:00:00.000Z',
          timesAsked: 1,
          ...more,
        },
      });
    const start = `Invoke-EPMElevation 'C:\\Tools\\setup.exe' -ArgumentList 'a b' -Justification 'x'`;

    it('tell the request, its text and how to go on', () => {
      installation.prepare('elevate', [asked({ text: 'EPMR1.abc' })], [asked({ text: 'EPMR1.abc' })]);
      const script = `$r = ${start} ${show}; $e[0].ErrorDetails.RecommendedAction
        $r.PSTypeNames[0]; $r.Outcome; $r.Status; $r.RequestId; $r.Text; $r.FilePath; $r.ArgumentList; $r.TimesAsked; $r.Expires.ToUniversalTime().Day
        @(${start} -PassOutput -ErrorAction SilentlyContinue).Count`;
      expect(output(script).split('\n')).toEqual([
        'EPM.Approval.Pending,Invoke-EPMElevation',
        'PermissionDenied',
        'C:\\Tools\\setup.exe',
        `Start it again when support has approved it. Get-EPMRequest '${ID}' -Text has the text for support.`,
        'EPM.Approval',
        'needsApproval',
        'pending',
        ID,
        'EPMR1.abc',
        'C:\\Tools\\setup.exe',
        'a b',
        '1',
        '8',
        '0',
        '',
      ]);
    });

    const grantless = { status: 'approved', approvedUntil: '2026-03-02T10:00:00.000Z' };
    it.each([
      ...(['denied', 'expired', 'revoked'] as const).map(
        (status) => [{ status, comment: 'No games.' }, status] as const,
      ),
      ...namesOf(GRANT_FAULTS).map((fault) => [{ ...grantless, fault }, fault] as const),
      [{ status: 'revoked', fault: 'grantRevoked' }, 'revoked'] as const,
      [grantless, 'grantMissing'] as const,
    ])('%o has an id of its own', (more, code) => {
      installation.prepare('elevate', [asked(more)]);
      const id = `${code.charAt(0).toUpperCase()}${code.slice(1)}`;
      const [first, , , hint, status] = output(
        `$r = ${start} ${show}; $e[0].ErrorDetails.RecommendedAction; $r.Status`,
      ).split('\n');
      expect(first).toBe(`EPM.Approval.${id},Invoke-EPMElevation`);
      expect(hint).toBe('Ask.');
      expect(status).toBe(more.status);
    });

    it('and may not ask says so', () => {
      installation.prepare('elevate', [answer({ reason: 'notPrimaryUser' })]);
      expect(output(`$r = ${start} ${show}; $r.Reason; "<$($r.RequestId)>"`)).toBe(
        'EPM.Approval.NotPrimaryUser,Invoke-EPMElevation\nPermissionDenied\nC:\\Tools\\setup.exe\nnotPrimaryUser\n<>\n',
      );
    });

    it('ask for the reason in the name of support', () => {
      const needs = {
        outcome: 'needs',
        requestId: '0d9a',
        requirements: ['confirmation', 'justification'],
        ticket: 'f'.repeat(32),
        asksSupport: true,
        question: {
          program: 'setup.exe',
          path: 'C:\\Tools\\setup.exe',
          arguments: '',
          digest: 'aa11',
          fromInternet: false,
        },
        file: { path: 'C:\\Tools\\setup.exe', sha256: 'aa11' },
      };
      installation.prepare('elevate', [result(needs)], [asked({ text: 'EPMR1.abc' })]);
      const { output: screen } = installation.run(
        `(Invoke-EPMElevation 'C:\\Tools\\setup.exe' -ErrorAction SilentlyContinue).Status`,
        { input: 'Because\ny\n' },
      );
      expect(screen).toContain('Support reads it, and has to approve.');
      expect(screen).toContain('Ask support for "setup.exe"?');
      expect(screen).not.toContain('Start "setup.exe"');
      expect(screen).toMatch(/pending\n$/);
    });
  });

  it('rights say where they come from, and why they count for nothing', () => {
    const from = [{ group: 'S-1-5-32-544', groupName: 'BUILTIN\\Administrators', given: ['endpointPrivilegeManager'] }];
    const role = { userSid: 'S-1-5-21-1', rights: [], from, withheld: 'notHighIntegrity' };
    installation.prepare('role', [result(role)]);
    const script = `$r = Get-EPMRole; $r.PSTypeNames[0]; $r.Rights.Count; $r.Groups[0].Name; $r.Groups[0].Given; $r.Withheld; $r.Explanation`;
    expect(output(script)).toBe(
      'EPM.Role\n0\nBUILTIN\\Administrators\nendpointPrivilegeManager\nnotHighIntegrity\nThey give nothing here: start the program as administrator.\n',
    );
  });

  it('states are the words of -Status', () => {
    const names = namesOf(SUPPORT_REQUEST_STATES).map((name) => `${name.charAt(0).toUpperCase()}${name.slice(1)}`);
    const script = `(TabExpansion2 'Get-EPMRequest -Status ').CompletionMatches | ForEach-Object CompletionText`;
    expect(output(script).trim().split('\n')).toEqual(names);
  });
});
