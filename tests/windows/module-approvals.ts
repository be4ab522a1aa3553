/** Approvals by the cmdlets, against the packed agent: from the start of a standard user to the elevation, and to each refusal. */
import { beforeAll, describe, expect, it } from 'vitest';
import { identitySid } from '../bed/index.ts';
import { Approver } from '../unit/agent/approvals/approver.ts';
import { type Json, programRule } from './agent-under-test.ts';
import { describeModule, type Mode } from './module-under-test.ts';
import { SETTINGS } from './policy-keys.ts';

const FILE = 'C:\\Program Files\\App\\approved.exe';
const KEY = 'C:\\Users\\Public\\desk.pem';
const PASSPHRASE = `-Passphrase (ConvertTo-SecureString 'pässphrase "of" a key' -AsPlainText -Force)`;
/** Who approves: no administrator, and not the user who asks. */
const APPROVER = 'otherUser';

/** Shows the last error as a script sees it. */
const SHOW_ERROR = `-ErrorVariable failure -ErrorAction SilentlyContinue
  $last = $failure | Select-Object -Last 1
  "$($last.FullyQualifiedErrorId)|$($last.CategoryInfo.Category)"; "$last"; $last.ErrorDetails.RecommendedAction`;

export function describeApprovals(mode: Mode): void {
  describeModule('approvals by the PowerShell module', mode, (test) => {
    const start = (which: string, more = ''): string =>
      `Invoke-EPMElevation '${FILE}' -ArgumentList '${which}' -Wait ${more}`;
    const foreign = new Approver({ name: 'foreign' });

    /** Asks support as the user. */
    const ask = async (which: string): Promise<{ readonly id: string; readonly text: string }> => {
      const script = `$asked = ${start(which, `-Justification 'Ticket 4711 ü' ${SHOW_ERROR}`)}
        $asked | Select-Object Outcome, Status, RequestId, Text, FilePath | ConvertTo-Json -Compress`;
      const [shown, message, hint, json] = await test().lines(script);
      expect(shown).toBe('EPM.Approval.Pending,Invoke-EPMElevation|PermissionDenied');
      const asked = JSON.parse(json ?? '') as Record<string, string>;
      expect(asked).toMatchObject({ Outcome: 'needsApproval', Status: 'pending', FilePath: FILE });
      const { RequestId: id = '', Text: text = '' } = asked;
      expect(message).toContain(id);
      expect(hint).toContain(`Get-EPMRequest '${id}' -Text`);
      return { id, text };
    };
    /** Signs as the approver, who has the text only. */
    const approve = async (text: string, more = ''): Promise<string> => {
      const script = `('${text}' | Approve-EPMRequest -KeyPath '${KEY}' ${PASSPHRASE} -Confirm:$false ${more}).Text`;
      const [grant = ''] = await test().lines(script, APPROVER);
      expect(grant).toMatch(/^EPM1\./);
      return grant;
    };
    const outcome = async (which: string, more = ''): Promise<string[]> =>
      test().lines(`$answer = ${start(which, more)} ${SHOW_ERROR}; $answer.Status`);

    beforeAll(async () => {
      const { agent } = test();
      const sha256 = agent.putProbe(FILE, 'approved');
      const make = `(New-EPMApprovalKey '${KEY}' -Name desk -Approver '${identitySid[APPROVER]}' ${PASSPHRASE}).Policy | ConvertTo-Json -Depth 5 -Compress`;
      const [made] = await test().lines(make, APPROVER);
      const { approverKeys } = JSON.parse(made ?? '') as { readonly approverKeys: Json };
      const rule = programRule(sha256, { name: 'Approved', type: 'supportApproved', fileName: 'approved.exe' });
      await agent.apply({ id: 'tests', settings: SETTINGS, rules: [rule], approverKeys });
      await agent.start();
    });

    it('lead from the request of a standard user over the yes of another person to the elevation', async () => {
      const { id, text } = await ask('/run');
      expect(await test().lines(`Get-EPMRequest -Newest 1 -Text; (Get-EPMRequest '${id}').Justification`)).toEqual([
        text,
        'Ticket 4711 ü',
      ]);
      // Who approves is nobody special on the device: they see what the text says, and no request.
      const seen = await test().lines(
        `'${text}' | Approve-EPMRequest -KeyPath '${KEY}' -WhatIf 6>&1; @(Get-EPMRequest).Count; @(Get-EPMRole).Rights.Count`,
        APPROVER,
      );
      const screen = seen.join('\n');
      for (const part of [identitySid.standardUser, 'Ticket 4711 ü', FILE, '/run', 'What you would sign:']) {
        expect(screen).toContain(part);
      }
      expect(seen.slice(-2)).toEqual(['0', '0']);
      const grant = await approve(text, `-Hours 1 -SingleUse -Reason 'Go on.'`);
      const imported = `'${grant}' | Import-EPMGrant | ForEach-Object { "$($_.RequestId) $($_.Key) $($_.Source) $($_.Uses) <$($_.Fault)>" }
        (Get-EPMGrant).Count; (Get-EPMRequest '${id}').Status`;
      expect(await test().lines(imported)).toEqual([`${id} desk import 1 <>`, '1', 'approved']);
      const before = test().agent.probeRuns();
      expect(await test().lines(`$run = ${start('/run')}; $run.Outcome; $run.ExitCode; $run.Rule`)).toEqual([
        'finished',
        '0',
        'Approved',
      ]);
      expect(test().agent.probeRuns()).toBe(before + 1);
      const told = `Get-EPMRequest '${id}' | ForEach-Object { "$($_.Status) $($_.ReviewerJustification)" }
        (Get-EPMRequest '${id}' | Get-EPMAudit | ForEach-Object Event) -join ','`;
      const [state, events] = await test().lines(told);
      expect(state).toBe('completed Go on.');
      expect(events).toMatch(
        /^supportRequestCreated,elevationPending,.*grantImported,.*elevationStarting.*,elevationEnded/,
      );
      // It was for one start: support has to be asked again, with a reason.
      const [error] = await outcome('/run');
      expect(error).toBe('EPM.Justification.Required,Invoke-EPMElevation|InvalidArgument');
      const [used] = await test().lines(`'${grant}' | Import-EPMGrant ${SHOW_ERROR}; (Get-EPMGrant).Fault`);
      expect(used).toBe('EPM.Grant.Refused,Import-EPMGrant|PermissionDenied');
      expect(test().agent.probeRuns()).toBe(before + 1);
    });

    it('are given on the device at once by who may see its requests', async () => {
      const { id } = await ask('/device');
      const script = `Get-EPMRequest -Status Pending -FilePath '*approved.exe' | Approve-EPMRequest -KeyPath '${KEY}' ${PASSPHRASE} -Confirm:$false -Import |
          ForEach-Object { "$($_.RequestId) $($_.Imported)" }
        (Get-EPMRole).Rights -contains 'requests.modify'`;
      expect(await test().lines(script, 'administrator')).toEqual([`${id} True`, 'True']);
      expect(await test().lines(`(${start('/device')}).Outcome`)).toEqual(['finished']);
      // AC-89: and taken back by them, and by nobody else.
      const [refused] = await test().lines(`Revoke-EPMRequest '${id}' -Confirm:$false ${SHOW_ERROR}`);
      expect(refused).toBe('EPM.Right.Missing,Revoke-EPMRequest|PermissionDenied');
      const revoke = `(Revoke-EPMRequest '${id}' -Reason 'Enough.' -Confirm:$false).Status`;
      expect(await test().lines(revoke, 'administrator')).toEqual(['revoked']);
      const [error, message] = await outcome('/device');
      expect(error).toBe('EPM.Approval.Revoked,Invoke-EPMElevation|PermissionDenied');
      expect(message).toContain('Enough.');
    });

    it('that are denied say so to the user, with the reason', async () => {
      const { id } = await ask('/deny');
      const [refused] = await test().lines(`Deny-EPMRequest '${id}' ${SHOW_ERROR}`);
      expect(refused).toBe('EPM.Right.Missing,Deny-EPMRequest|PermissionDenied');
      const deny = `(Deny-EPMRequest '${id}' -Reason 'Use the portal.').Status`;
      expect(await test().lines(deny, 'administrator')).toEqual(['denied']);
      const [error, message, hint, status] = await outcome('/deny');
      expect(error).toBe('EPM.Approval.Denied,Invoke-EPMElevation|PermissionDenied');
      expect(message).toContain('Use the portal.');
      expect(hint).not.toBe('');
      expect(status).toBe('denied');
    });

    describe('AC-86 as grants are refused', () => {
      it('that somebody else signed, or that were changed', async () => {
        const { text } = await ask('/refused');
        const grants = [
          [foreign.approve(text, Date.now()), 'EPM.Grant.Refused'],
          [`${(await approve(text)).slice(0, -8)}AAAAAAAA`, 'EPM.Grant.Refused'],
          ['EPM1.AAAA', 'EPM.Grant.Invalid'],
          [text, 'EPM.Grant.Invalid'],
        ] as const;
        for (const [grant, id] of grants) {
          const [error, message, hint] = await test().lines(`'${grant}' | Import-EPMGrant ${SHOW_ERROR}`);
          expect(error).toMatch(new RegExp(`^${id},Import-EPMGrant\\|`));
          expect(message).not.toBe('');
          expect(hint).not.toBe('');
        }
        expect((await outcome('/refused'))[0]).toBe('EPM.Approval.Pending,Invoke-EPMElevation|PermissionDenied');
      });

      it('and one person cannot see or answer what another one asked', async () => {
        const { id } = await ask('/mine');
        const [error] = await test().lines(`Get-EPMRequest '${id}' ${SHOW_ERROR}`, APPROVER);
        expect(error).toBe('EPM.Support.RequestUnknown,Get-EPMRequest|ObjectNotFound');
      });
    });
  });
}
