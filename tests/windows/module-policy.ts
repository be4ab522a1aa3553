/** Cmdlets that show and write policies and what the agent decides, against the packed agent. */
import { beforeAll, expect, it } from 'vitest';
import { identitySid } from '../bed/index.ts';
import { PROGRAM } from './agent-under-test.ts';
import { DENIED, describeModule, type Mode } from './module-under-test.ts';

export function describePolicy(mode: Mode): void {
  describeModule('policies and decisions in the PowerShell module', mode, (test) => {
    beforeAll(async () => test().startAgent());

    it('shows decisions without starting anything', async () => {
      const before = test().agent.probeRuns();
      const script = `Set-Location 'C:\\Program Files\\App'
          Get-ChildItem *.exe | Test-EPMElevation | ForEach-Object { "$($_.Outcome) $($_.Reason) $($_.Requirements -join '+') $($_.Rule) $(Split-Path $_.FilePath -Leaf)" } | Sort-Object
          Invoke-EPMElevation .\\probe.exe -WhatIf
          Invoke-EPMElevation ..\\App\\denied.exe -WhatIf`;
      expect(await test().lines(script)).toEqual([
        'denied defaultResponse   unknown é.exe',
        'denied denyRule  Denied denied.exe',
        'elevate   Probe probe.exe',
        'needs  confirmation+justification Bestätigt confirm.exe',
        `What if: Start "${PROGRAM}" with administrator rights: the rule "Probe" allows it.`,
        `What if: Refuse "${DENIED}": the rule "Denied" denies it.`,
      ]);
      expect(test().agent.probeRuns()).toBe(before);
    });

    it('writes and reads policies, and shows rules, settings and checks of the agent', async () => {
      const script = `Set-Location 'C:\\Users\\Public'
          Export-EPMPolicy Graph policy.json graph.json | ForEach-Object Format
          $rule = Get-EPMRule -FileName PROBE.exe; "$($rule.Name) $($rule.FileHash.Length) $($rule.State)"
          Get-EPMClientSetting -Name enabled | ForEach-Object { "$($_.Name) $($_.Value) $($_.Source) $(@($_.Policies)[0].PolicyId)" }
          $attribute = Get-EPMFileAttribute '${PROGRAM}'; "$($attribute.FileName) $($attribute.FileHash -eq $rule.FileHash)"
          Test-EPMAgent | Where-Object Id -in agentReachable, policyRules | ForEach-Object { "$($_.Id) $($_.State)" }`;
      expect(await test().lines(script)).toEqual([
        'Graph',
        'Probe 64 active',
        'enabled True policy tests',
        'probe.exe True',
        'agentReachable passed',
        'policyRules passed',
      ]);
      const imported = `Set-Location 'C:\\Users\\Public'
          $result = Import-EPMPolicy graph.json -From Graph -Confirm:$false; "$($result.Applied) $($result.Rejected)"
          (Get-EPMPolicy -Source Registry).RuleCount
          Compare-EPMPolicy policy.json -Device | ForEach-Object { "$($_.What) $($_.Name)" } | Where-Object { $_ -notlike 'id*' }`;
      expect(await test().lines(imported, 'administrator')).toEqual(['True 0', '3']);
      // The policy of the tests again, as the others expect it.
      expect(
        await test().lines(
          `(Import-EPMPolicy 'C:\\Users\\Public\\policy.json' -Confirm:$false).PolicyId`,
          'administrator',
        ),
      ).toEqual(['tests']);
      await test().agent.untilRules(3);
    });

    it('shows the policy, the agent and, to an administrator, everybody\u2019s records', async () => {
      const script = `$policy = Get-EPMPolicy; "$($policy.ClientState) $($policy.DefaultElevationResponse) $($policy.RuleCount)"
          (Get-EPMPolicy -Name 'best*').Type; (Get-EPMAgent).State
          (Get-EPMAudit -Newest 500 | ForEach-Object UserSid | Where-Object { $_ -ne '${identitySid.standardUser}' }).Count`;
      expect(await test().lines(script)).toEqual(['enabled denyAll 3', 'userConfirmed', 'running', '0']);
      const [first, second] = await test().lines(
        `(Get-EPMAudit -Newest 2 | ForEach-Object Sequence) -join ' '; (Get-EPMAudit | Select-Object -First 1).Event`,
        'administrator',
      );
      expect(first).toMatch(/^(\d+) \d+$/);
      expect(second).toBe('agentStarted');
    });
  });
}
