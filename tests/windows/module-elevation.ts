/** Cmdlets that elevate, against the packed agent: by its pipe in full language, by the real epm.exe in constrained. */
import { beforeAll, describe, expect, it } from 'vitest';
import { PIPE_NAME } from '../../src/ipc/protocol.ts';
import { identitySid } from '../bed/index.ts';
import { enabledGroups, PROGRAM } from './agent-under-test.ts';
import { CONFIRMED, DENIED, describeModule, type Mode, UNKNOWN } from './module-under-test.ts';

const ADMINISTRATORS = 'S-1-5-32-544';
/** STATUS_CONTROL_C_EXIT ([MS-ERREF] 2.3.1) as the signed number PowerShell shows. */
const ENDED_ON_REQUEST = 0xc000_013a | 0;

/** Shows the last error as a script sees it. */
const SHOW_ERROR = `-ErrorVariable failure -ErrorAction SilentlyContinue
  $last = $failure | Select-Object -Last 1
  "$($last.FullyQualifiedErrorId)|$($last.CategoryInfo.Category)|$($last.TargetObject)"; "$last"`;

export function describeElevation(mode: Mode): void {
  describeModule('elevation by the PowerShell module', mode, (test) => {
    describe('without an agent', () => {
      it('says that the agent does not answer', async () => {
        const [id, message] = await test().lines(`Invoke-EPMElevation '${PROGRAM}' ${SHOW_ERROR}`);
        expect(id).toBe(`EPM.Agent.Unreachable,Invoke-EPMElevation|ResourceUnavailable|${PROGRAM}`);
        expect(message).not.toBe('');
      });
    });

    describe('with somebody else in the place of the agent', () => {
      it('AC-02 refuses to talk to him', async () => {
        const server = `$security = [System.IO.Pipes.PipeSecurity]::new()
        $security.SetSecurityDescriptorSddlForm('D:P(A;;FA;;;WD)')
        $pipe = [System.IO.Pipes.NamedPipeServerStreamAcl]::Create('${PIPE_NAME.replace('\\\\.\\pipe\\', '')}', 'InOut', 1, 'Message', 'Asynchronous', 65536, 65536, $security)
        'listening'; $pipe.WaitForConnection()
        $buffer = [byte[]]::new(1024); "read $($pipe.Read($buffer, 0, 1024))"`;
        test().bed.putFile('C:\\Users\\Public\\server.ps1', server);
        const running = await test().bed.start({
          program: test().program,
          arguments: ['-NoProfile', '-ExecutionPolicy', 'Bypass', '-File', 'C:\\Users\\Public\\server.ps1'],
          as: 'administrator',
        });
        await expect.poll(() => running.output()).toContain('listening');
        const [id] = await test().lines(`Invoke-EPMElevation '${PROGRAM}' ${SHOW_ERROR}`);
        expect(id).toBe(`EPM.Agent.Untrusted,Invoke-EPMElevation|SecurityError|${PROGRAM}`);
        const { output } = await running.exited;
        expect(output).toMatch(/read 0\s*$/);
      });
    });

    describe('with the agent', () => {
      beforeAll(async () => test().startAgent());

      it('runs a program elevated for a standard user and shows its records', async () => {
        const script = `$run = Invoke-EPMElevation '${PROGRAM}' -ArgumentList '--exit', '7', 'a b', '', 'q"uote', 'ü€' -Wait
          $run | Select-Object Outcome, ProcessId, ExitCode, Rule, Account, AccountSid, ArgumentList, RequestId | ConvertTo-Json -Compress
          $run | Get-EPMAudit | ForEach-Object { "$($_.Event) $($_.UserSid) $($_.ExitCode) $($_.ArgumentList -join ',')" }`;
        const [json, ...records] = await test().lines(script);
        const run = JSON.parse(json ?? '') as Record<string, unknown>;
        expect(run).toMatchObject({ Outcome: 'finished', ExitCode: 7, Rule: 'Probe' });
        const report = test().agent.report(run['ProcessId']);
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
        expect(await test().lines(script)).toEqual(['Grund: ü']);
      });

      it('asks the person where there is one', async () => {
        const yes = await test().linesWithPerson(`(Invoke-EPMElevation '${CONFIRMED}' -Wait).Outcome`, 'Because\ny\n');
        expect(yes.join('\n')).toContain('The rule "Bestätigt" asks for your confirmation.');
        expect(yes.at(-1)).toMatch(/finished$/);
        const before = test().agent.probeRuns();
        await test().linesWithPerson(`Invoke-EPMElevation '${CONFIRMED}' -Wait`, 'Because\nn\n');
        expect(test().agent.probeRuns()).toBe(before);
      });

      it.each([
        [CONFIRMED, '-Force', 'EPM.Justification.Required', 'InvalidArgument'],
        [CONFIRMED, "-Justification 'x'", 'EPM.Confirmation.Required', 'PermissionDenied'],
        [DENIED, '', 'EPM.Denied.ByRule', 'PermissionDenied'],
        [UNKNOWN, '', 'EPM.Denied.ByDefault', 'PermissionDenied'],
        ['C:\\Program Files\\App\\missing.exe', '', 'EPM.File.NotFound', 'ObjectNotFound'],
        ['\\\\server\\share\\x.exe', '', 'EPM.File.NameRefused', 'SecurityError'],
      ])('refuses %s %s with %s', async (file, parameters, id, category) => {
        const before = test().agent.probeRuns();
        const [shown] = await test().lines(`Invoke-EPMElevation '${file}' ${parameters} ${SHOW_ERROR}`);
        expect(shown).toBe(`${id},Invoke-EPMElevation|${category}|${file}`);
        expect(test().agent.probeRuns()).toBe(before);
      });

      if (mode === 'full') {
        it('ends the program when the pipeline is stopped, as Ctrl+C does', async () => {
          // The cmdlet runs in a second session, which the first one stops. It needs the cmdlets of the first one.
          const script = `$state = [initialsessionstate]::CreateDefault2()
        Get-Command -CommandType Cmdlet | Where-Object { $_.ImplementingType.Assembly -ne [psobject].Assembly } | ForEach-Object {
          $state.Commands.Add([System.Management.Automation.Runspaces.SessionStateCmdletEntry]::new($_.Name, $_.ImplementingType, $null)) }
        $state.ImportPSModule('${test().agent.folder}\\EPM\\EPM.psd1')
        $space = [runspacefactory]::CreateRunspace($state); $space.Open()
        $inner = [powershell]::Create(); $inner.Runspace = $space
        $null = $inner.AddScript("Invoke-EPMElevation '${PROGRAM}' -ArgumentList '--sleep', '600000' -Wait")
        $null = $inner.BeginInvoke()
        while (-not ($inner.Streams.Progress | Where-Object { $_.StatusDescription -like 'Running as process*' })) { Start-Sleep -Milliseconds 50 }
        $inner.Stop()
        $inner.InvocationStateInfo.State
        Get-EPMAudit -Newest 1 | ForEach-Object { "$($_.Event) $($_.ExitCode)" }`;
          const shown = await test().lines(script);
          expect(shown[0]).toBe('Stopped');
          expect(shown[1]).toMatch(/^elevationEnded /);
          expect(Number(shown[1]?.split(' ')[1]) | 0).toBe(ENDED_ON_REQUEST);
          await expect.poll(() => test().bed.leftovers().join()).not.toContain('probe.exe');
        });
      }
    });
  });
}
