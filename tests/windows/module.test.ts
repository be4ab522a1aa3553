/** The cmdlets against the packed agent, by its real pipe (full language) and by the real epm.exe (constrained). */
import path from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { PIPE_NAME } from '../../src/ipc/channels.ts';
import { describeWindows, type Identity, identitySid, type Outcome } from '../bed/index.ts';
import { windowsPowerShell } from '../bed/machine.ts';
import { AgentUnderTest, enabledGroups, PROGRAM, programRule } from './agent-under-test.ts';

const CONFIRMED = 'C:\\Program Files\\App\\confirm.exe';
const DENIED = 'C:\\Program Files\\App\\denied.exe';
const UNKNOWN = 'C:\\Program Files\\App\\unknown é.exe';
const ADMINISTRATORS = 'S-1-5-32-544';
/** STATUS_CONTROL_C_EXIT ([MS-ERREF] 2.3.1) as the signed number PowerShell shows. */
const ENDED_ON_REQUEST = 0xc000_013a | 0;

const program = windowsPowerShell()?.program;
/** Only the test host can be told to be constrained. */
const MODES =
  program !== undefined && path.basename(program).startsWith('powershell-host')
    ? (['full', 'constrained'] as const)
    : (['full'] as const);
type Mode = (typeof MODES)[number];

/** Shows the last error as a script sees it. */
const SHOW_ERROR = `-ErrorVariable failure -ErrorAction SilentlyContinue
  $last = $failure | Select-Object -Last 1
  "$($last.FullyQualifiedErrorId)|$($last.CategoryInfo.Category)|$($last.TargetObject)"; "$last"`;

describeWindows('the PowerShell module with the packed agent', ['epm', 'powerShell'], (bed) => {
  let agent: AgentUnderTest;
  let count = 0;

  async function shell(mode: Mode, script: string, options: { input?: string; as?: Identity } = {}): Promise<Outcome> {
    count += 1;
    const file = `C:\\Users\\Public\\script-${count}.ps1`;
    bed().putFile(file, `\uFEFFImport-Module '${agent.folder}\\EPM\\EPM.psd1'\n${script}\n`);
    return bed().run({
      program: bed().windowsPath(program ?? ''),
      arguments: [
        ...['-NoProfile', '-ExecutionPolicy', 'Bypass'],
        ...(options.input === undefined ? ['-NonInteractive'] : []),
        ...(mode === 'constrained' ? ['-ConstrainedLanguage'] : []),
        ...['-File', file],
      ],
      as: options.as ?? 'standardUser',
      ...(options.input === undefined ? {} : { input: options.input }),
    });
  }

  async function lines(mode: Mode, script: string, options: { input?: string; as?: Identity } = {}): Promise<string[]> {
    const { output, errors } = await shell(mode, script, options);
    expect(errors).toBe('');
    return output.trimEnd().split(/\r?\n/);
  }

  beforeAll(() => {
    agent = new AgentUnderTest(bed());
  });

  describe.each(MODES)('without an agent, in %s language', (mode) => {
    it('says that the agent does not answer', async () => {
      const [id, message] = await lines(mode, `Invoke-EPMElevation '${PROGRAM}' ${SHOW_ERROR}`);
      expect(id).toBe(`EPM.Agent.Unreachable,Invoke-EPMElevation|ResourceUnavailable|${PROGRAM}`);
      expect(message).not.toBe('');
    });
  });

  describe.each(MODES)('with somebody else in the place of the agent, in %s language', (mode) => {
    it('AC-02 refuses to talk to him', async () => {
      const server = `$security = [System.IO.Pipes.PipeSecurity]::new()
        $security.SetSecurityDescriptorSddlForm('D:P(A;;FA;;;WD)')
        $pipe = [System.IO.Pipes.NamedPipeServerStreamAcl]::Create('${PIPE_NAME.replace('\\\\.\\pipe\\', '')}', 'InOut', 1, 'Message', 'Asynchronous', 65536, 65536, $security)
        'listening'; $pipe.WaitForConnection()
        $buffer = [byte[]]::new(1024); "read $($pipe.Read($buffer, 0, 1024))"`;
      bed().putFile('C:\\Users\\Public\\server.ps1', server);
      const running = await bed().start({
        program: bed().windowsPath(program ?? ''),
        arguments: ['-NoProfile', '-ExecutionPolicy', 'Bypass', '-File', 'C:\\Users\\Public\\server.ps1'],
        as: 'administrator',
      });
      await expect.poll(() => running.output(), { timeout: 20_000 }).toContain('listening');
      const [id] = await lines(mode, `Invoke-EPMElevation '${PROGRAM}' ${SHOW_ERROR}`);
      expect(id).toBe(`EPM.Agent.Untrusted,Invoke-EPMElevation|SecurityError|${PROGRAM}`);
      const { output } = await running.exited;
      expect(output).toMatch(/read 0\s*$/);
    });
  });

  describe('with the agent', () => {
    beforeAll(async () => {
      const sha256 = agent.putProbe();
      const confirmed = agent.putProbe(CONFIRMED, 'confirm');
      const denied = agent.putProbe(DENIED, 'denied');
      agent.putProbe(UNKNOWN, 'unknown');
      await agent.apply({
        id: 'tests',
        settings: { enabled: true, defaultElevationResponse: 'denyAll' },
        rules: [
          programRule(sha256),
          programRule(confirmed, {
            name: 'Bestätigt',
            type: 'userConfirmed',
            fileName: 'confirm.exe',
            validations: ['justification'],
          }),
          programRule(denied, { name: 'Denied', type: 'deny', fileName: 'denied.exe' }),
        ],
      });
      await agent.start();
    });

    describe.each(MODES)('in %s language', (mode) => {
      it('runs a program elevated for a standard user and shows its records', async () => {
        const script = `$run = Invoke-EPMElevation '${PROGRAM}' -ArgumentList '--exit', '7', 'a b', '', 'q"uote', 'ü€' -Wait
          $run | Select-Object Outcome, ProcessId, ExitCode, Rule, Account, AccountSid, ArgumentList, RequestId | ConvertTo-Json -Compress
          $run | Get-EPMAudit | ForEach-Object { "$($_.Event) $($_.UserSid) $($_.ExitCode) $($_.ArgumentList -join ',')" }`;
        const [json, ...records] = await lines(mode, script);
        const run = JSON.parse(json ?? '') as Record<string, unknown>;
        expect(run).toMatchObject({ Outcome: 'finished', ExitCode: 7, Rule: 'Probe' });
        const report = agent.report(run['ProcessId']);
        expect(report?.token.user).toBe(run['AccountSid']);
        expect(report?.arguments.slice(1)).toEqual(['--exit', '7', 'a b', '', 'q"uote', 'ü€']);
        expect(report === undefined ? [] : enabledGroups(report)).toContain(ADMINISTRATORS);
        expect(records).toEqual([
          `elevationStarting ${identitySid.standardUser}  --exit,7,a b,,q"uote,ü€`,
          `elevationEnded ${identitySid.standardUser} 7 --exit,7,a b,,q"uote,ü€`,
        ]);
      });

      it('takes the confirmation and the justification from parameters', async () => {
        const script = `(Invoke-EPMElevation '${CONFIRMED}' -Justification 'Grund: ü' -Force -Wait | Get-EPMAudit | Select-Object -First 1).Justification`;
        expect(await lines(mode, script)).toEqual(['Grund: ü']);
      });

      it('asks the person where there is one', async () => {
        const yes = await lines(mode, `(Invoke-EPMElevation '${CONFIRMED}' -Wait).Outcome`, { input: 'Because\ny\n' });
        expect(yes.join('\n')).toContain('The rule "Bestätigt" asks for your confirmation.');
        expect(yes.at(-1)).toMatch(/finished$/);
        const before = agent.probeRuns();
        const no = await shell(mode, `Invoke-EPMElevation '${CONFIRMED}' -Wait`, { input: 'Because\nn\n' });
        expect(no.errors).toBe('');
        expect(agent.probeRuns()).toBe(before);
      });

      it.each([
        [CONFIRMED, '-Force', 'EPM.Justification.Required', 'InvalidArgument'],
        [CONFIRMED, "-Justification 'x'", 'EPM.Confirmation.Required', 'PermissionDenied'],
        [DENIED, '', 'EPM.Denied.ByRule', 'PermissionDenied'],
        [UNKNOWN, '', 'EPM.Denied.ByDefault', 'PermissionDenied'],
        ['C:\\Program Files\\App\\missing.exe', '', 'EPM.File.NotFound', 'ObjectNotFound'],
        ['\\\\server\\share\\x.exe', '', 'EPM.File.NameRefused', 'SecurityError'],
      ])('refuses %s %s with %s', async (file, parameters, id, category) => {
        const before = agent.probeRuns();
        const [shown] = await lines(mode, `Invoke-EPMElevation '${file}' ${parameters} ${SHOW_ERROR}`);
        expect(shown).toBe(`${id},Invoke-EPMElevation|${category}|${file}`);
        expect(agent.probeRuns()).toBe(before);
      });

      it('shows decisions without starting anything', async () => {
        const before = agent.probeRuns();
        const script = `Set-Location 'C:\\Program Files\\App'
          Get-ChildItem *.exe | Test-EPMElevation | ForEach-Object { "$($_.Outcome) $($_.Reason) $($_.Requirements -join '+') $($_.Rule) $(Split-Path $_.FilePath -Leaf)" } | Sort-Object
          Invoke-EPMElevation .\\probe.exe -WhatIf
          Invoke-EPMElevation ..\\App\\denied.exe -WhatIf`;
        expect(await lines(mode, script)).toEqual([
          'denied defaultResponse   unknown é.exe',
          'denied denyRule  Denied denied.exe',
          'elevate   Probe probe.exe',
          'needs  confirmation+justification Bestätigt confirm.exe',
          `What if: Start "${PROGRAM}" with administrator rights: the rule "Probe" allows it.`,
          `What if: Refuse "${DENIED}": the rule "Denied" denies it.`,
        ]);
        expect(agent.probeRuns()).toBe(before);
      });

      it('writes and reads policies, and shows rules, settings and checks of the agent', async () => {
        const script = `Set-Location 'C:\\Users\\Public'
          Export-EPMPolicy Graph policy.json graph-${mode}.json | ForEach-Object Form
          $rule = Get-EPMRule -FileName PROBE.exe; "$($rule.Name) $($rule.FileHash.Length) $($rule.State)"
          Get-EPMClientSetting -Name enabled | ForEach-Object { "$($_.Name) $($_.Value) $($_.Source) $(@($_.Policies)[0].PolicyId)" }
          $attribute = Get-EPMFileAttribute '${PROGRAM}'; "$($attribute.FileName) $($attribute.FileHash -eq $rule.FileHash)"
          Test-EPMAgent | Where-Object Id -in agentReachable, policyRules | ForEach-Object { "$($_.Id) $($_.State)" }`;
        expect(await lines(mode, script)).toEqual([
          'Graph',
          'Probe 64 active',
          'enabled True policy tests',
          'probe.exe True',
          'agentReachable passed',
          'policyRules passed',
        ]);
        const imported = `Set-Location 'C:\\Users\\Public'
          $result = Import-EPMPolicy graph-${mode}.json -From Graph -Confirm:$false; "$($result.Applied) $($result.Rejected)"
          (Get-EPMPolicy -Source Registry).RuleCount
          Compare-EPMPolicy policy.json -Device | ForEach-Object { "$($_.What) $($_.Name)" } | Where-Object { $_ -notlike 'id*' }`;
        expect(await lines(mode, imported, { as: 'administrator' })).toEqual(['True 0', '3']);
        // The policy of the tests again, as the others expect it.
        expect(
          await lines(mode, `(Import-EPMPolicy 'C:\\Users\\Public\\policy.json' -Confirm:$false).PolicyId`, {
            as: 'administrator',
          }),
        ).toEqual(['tests']);
        await agent.untilRules(3);
      });

      it('shows the policy, the agent and, to an administrator, everybody\u2019s records', async () => {
        const script = `$policy = Get-EPMPolicy; "$($policy.ClientState) $($policy.DefaultElevationResponse) $($policy.RuleCount)"
          (Get-EPMPolicy -Name 'best*').Type; (Get-EPMAgent).State
          (Get-EPMAudit -Newest 500 | ForEach-Object UserSid | Where-Object { $_ -ne '${identitySid.standardUser}' }).Count`;
        expect(await lines(mode, script)).toEqual(['enabled denyAll 3', 'userConfirmed', 'running', '0']);
        const [first, second] = await lines(
          mode,
          `(Get-EPMAudit -Newest 2 | ForEach-Object Sequence) -join ' '; (Get-EPMAudit | Select-Object -First 1).Event`,
          { as: 'administrator' },
        );
        expect(first).toMatch(/^(\d+) \d+$/);
        expect(second).toBe('agentStarted');
      });
    });

    it('ends the program when the pipeline is stopped, as Ctrl+C does', async () => {
      // The cmdlet runs in a second session, which the first one stops. It needs the cmdlets of the first one.
      const script = `$state = [initialsessionstate]::CreateDefault2()
        Get-Command -CommandType Cmdlet | Where-Object { $_.ImplementingType.Assembly -ne [psobject].Assembly } | ForEach-Object {
          $state.Commands.Add([System.Management.Automation.Runspaces.SessionStateCmdletEntry]::new($_.Name, $_.ImplementingType, $null)) }
        $state.ImportPSModule('${agent.folder}\\EPM\\EPM.psd1')
        $space = [runspacefactory]::CreateRunspace($state); $space.Open()
        $inner = [powershell]::Create(); $inner.Runspace = $space
        $null = $inner.AddScript("Invoke-EPMElevation '${PROGRAM}' -ArgumentList '--sleep', '600000' -Wait")
        $null = $inner.BeginInvoke()
        while (-not ($inner.Streams.Progress | Where-Object { $_.StatusDescription -like 'Running as process*' })) { Start-Sleep -Milliseconds 50 }
        $inner.Stop()
        $inner.InvocationStateInfo.State
        Get-EPMAudit -Newest 1 | ForEach-Object { "$($_.Event) $($_.ExitCode)" }`;
      const shown = await lines('full', script);
      expect(shown[0]).toBe('Stopped');
      expect(shown[1]).toMatch(/^elevationEnded /);
      expect(Number(shown[1]?.split(' ')[1]) | 0).toBe(ENDED_ON_REQUEST);
      await expect.poll(() => bed().leftovers().join(), { timeout: 10_000 }).not.toContain('probe.exe');
      await agent.stop();
    });
  });
});
