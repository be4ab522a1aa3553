/** Cmdlets that elevate, against the packed agent: by its pipe in full language, by the real epm.exe in constrained. */
import { beforeAll, describe, expect, it } from 'vitest';
import { PIPE_NAMES } from '../../src/ipc/protocol.ts';
import { powerShellIn } from '../../testbed/powershell.ts';
import { consoleOnly, identitySid, playedLogonOnly } from '../bed/index.ts';
import { eventually } from '../eventually.ts';
import { enabledGroups, PROGRAM, programRule } from './agent-under-test.ts';
import { CONFIRMED, DENIED, describeModule, type Mode, UNKNOWN } from './module-under-test.ts';
import { giveProfile, knownUser, makeUsersKnown } from './credentials-under-test.ts';
import { SWITCHES } from './shell-session.ts';

const OWN = 'C:\\Program Files\\App\\own.exe';
const ADMINISTRATORS = 'S-1-5-32-544';
/** STATUS_CONTROL_C_EXIT ([MS-ERREF] 2.3.1) as the signed number PowerShell shows. */
const ENDED_ON_REQUEST = 0xc000_013a | 0;

/** Shows the last error as a script sees it. */
const SHOW_ERROR = `-ErrorVariable failure -ErrorAction SilentlyContinue
  $last = $failure | Select-Object -Last 1
  "$($last.FullyQualifiedErrorId)|$($last.CategoryInfo.Category)|$($last.TargetObject)"; "$last"`;

/** Leaves out what a program starts, such as the console host of Windows. */
const ofPrograms = `Where-Object { $_.ProcessType -ne 'child' }`;

export function describeElevation(mode: Mode): void {
  describeModule('elevation by the PowerShell module', mode, (test) => {
    describe('without an agent', () => {
      it('says that the agent does not answer', async () => {
        const [id, message] = await test().lines(`Invoke-EPMElevation '${PROGRAM}' ${SHOW_ERROR}`);
        expect(id).toBe(`EPM.Agent.Unreachable,Invoke-EPMElevation|ResourceUnavailable|${PROGRAM}`);
        expect(message).not.toBe('');
      });
    });

    describe('with another program in the place of the agent', () => {
      it('AC-02 refuses to talk to it', async () => {
        const server = `$security = [System.IO.Pipes.PipeSecurity]::new()
        $security.SetSecurityDescriptorSddlForm('D:P(A;;FA;;;WD)')
        $pipe = [System.IO.Pipes.NamedPipeServerStreamAcl]::Create('${PIPE_NAMES.user.replace('\\\\.\\pipe\\', '')}', 'InOut', 1, 'Message', 'Asynchronous', 65536, 65536, $security)
        'listening'; $pipe.WaitForConnection()
        $buffer = [byte[]]::new(1024); "read $($pipe.Read($buffer, 0, 1024))"`;
        test().bed.putFile('C:\\Users\\Public\\server.ps1', server);
        // That one is under no lockdown.
        if (mode === 'constrained') await test().lockDown(false);
        const running = await test().bed.start({
          ...powerShellIn(test().bed),
          arguments: [...SWITCHES, '-File', 'C:\\Users\\Public\\server.ps1'],
          as: 'administrator',
        });
        await eventually(() => expect(running.output()).toContain('listening'));
        if (mode === 'constrained') await test().lockDown(true);
        const [id] = await test().lines(`Invoke-EPMElevation '${PROGRAM}' ${SHOW_ERROR}`);
        expect(id).toBe(`EPM.Agent.Untrusted,Invoke-EPMElevation|SecurityError|${PROGRAM}`);
        const { output } = await running.exited;
        expect(output).toMatch(/read 0\s*$/);
      });
    });

    describe('with the agent', () => {
      beforeAll(async () => {
        const own = { name: 'Own', type: 'currentUser', fileName: 'own.exe' };
        await test().startAgent([programRule(test().agent.putProbe(OWN, 'own'), own)]);
      });

      it('runs a program elevated for a standard user and shows its records', async () => {
        const script = `$run = Invoke-EPMElevation '${PROGRAM}' -ArgumentList '--exit', '7', 'a b', '', 'q"uote', 'ü€' -Wait
          $run | Select-Object Outcome, ProcessId, ExitCode, Rule, Account, AccountSid, ArgumentList, RequestId | ConvertTo-Json -Compress
          $run | Get-EPMAudit | ${ofPrograms} | ForEach-Object { "$($_.Event) $($_.UserSid) $($_.ExitCode) $($_.ArgumentList -join ',')" }`;
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

      it('passes on what a program writes, with its exit code', async () => {
        const script = `$line = Invoke-EPMElevation '${PROGRAM}' -ArgumentList '--exit', '7', 'ü€' -PassOutput -TimeoutSec 60
          $LASTEXITCODE; @($line).Count; $report = ConvertFrom-Json -InputObject "$line"; $report.image; $report.arguments[3]`;
        expect(await test().lines(script)).toEqual(['7', '1', PROGRAM, 'ü€']);
      });

      it('lists a program that runs with what it started, and ends it with all of that', async () => {
        const start = `$run = Invoke-EPMElevation '${PROGRAM}' -ArgumentList '--hold', 'C:\\Users\\Public\\never.txt', '--spawn', '${UNKNOWN}'
          do { $found = Get-EPMElevation -RequestId $run.RequestId } until ($found.ChildrenDenied -eq 1)
          $found | Select-Object RequestId, FilePath, ProcessId, UserSid, Rule, ChildProcesses, HasEnded | ConvertTo-Json -Compress
          $found.Children | Where-Object Outcome -eq ended | ForEach-Object { "$($_.Reason) $($_.FilePath)" }
          $run.ProcessId`;
        const [json, ...others] = await test().lines(start);
        const found = JSON.parse(json ?? '') as Record<string, unknown>;
        expect(found).toMatchObject({
          FilePath: PROGRAM,
          UserSid: identitySid.standardUser,
          Rule: 'Probe',
          ChildProcesses: 'requireRule',
          HasEnded: false,
        });
        expect(others).toEqual([`noRule ${UNKNOWN}`, String(found['ProcessId'])]);
        const id = String(found['RequestId']);

        // Nobody else sees it, or can end it, but administrators.
        const other = `@(Get-EPMElevation).Count; Stop-EPMElevation '${id}' ${SHOW_ERROR}`;
        expect((await test().lines(other, 'otherUser')).slice(0, 2)).toEqual([
          '0',
          `EPM.Elevation.Unknown,Stop-EPMElevation|ObjectNotFound|${id}`,
        ]);
        const administrators = `(Get-EPMElevation -FilePath '*\\probe.exe').RequestId`;
        expect(await test().lines(administrators, 'administrator')).toEqual([id]);

        const stop = `Stop-EPMElevation '${id}' -WhatIf | Out-Null; @(Get-EPMElevation).Count
          Get-EPMElevation | Stop-EPMElevation -Confirm:$false | ForEach-Object { "$($_.RequestId) $($_.Outcome)" }
          @(Get-EPMElevation).Count`;
        const lines = await test().lines(stop);
        expect(lines.slice(-3)).toEqual(['1', `${id} ended`, '0']);
        const record = `Get-EPMAudit -RequestId '${id}' | ${ofPrograms} | Select-Object -Last 1 | ForEach-Object { "$($_.Event) $($_.Reason)" }`;
        expect(await test().lines(record)).toEqual(['elevationEnded stopped']);
        await expect.poll(() => test().bed.leftovers().join()).not.toContain('probe.exe');
      });

      it('ends a program that takes too long', async () => {
        const script = `$run = Invoke-EPMElevation '${PROGRAM}' -ArgumentList '--sleep', '600000' -Wait -TimeoutSec 2 -ErrorVariable failure -ErrorAction SilentlyContinue
          $run.Outcome; $run.ExitCode -band 0xffff; $failure[0].FullyQualifiedErrorId`;
        expect(await test().lines(script)).toEqual(['timedOut', '314', 'EPM.Program.TimedOut,Invoke-EPMElevation']);
      });

      it('takes the confirmation and the justification from parameters', async () => {
        const script = `(Invoke-EPMElevation '${CONFIRMED}' -Justification 'Grund: ü' -Force -Wait | Get-EPMAudit | Select-Object -First 1).Justification`;
        expect(await test().lines(script)).toEqual(['Grund: ü']);
      });

      playedLogonOnly('authenticates by a credential, and refuses that of another user', async () => {
        const user = knownUser('EPMBED\\standard', identitySid.standardUser);
        const other = knownUser('EPMBED\\other', identitySid.otherUser);
        await makeUsersKnown(test().bed, [user, other]);
        await giveProfile(test().bed, user.sid, 'C:\\Users\\standard');
        const credential = ({ name, password }: typeof user): string =>
          `(New-Object -TypeName PSCredential -ArgumentList '${name}', (ConvertTo-SecureString '${password}' -AsPlainText -Force))`;
        const run = `Invoke-EPMElevation '${OWN}' -Force -Wait -Credential`;
        expect(await test().lines(`$run = ${run} ${credential(user)}; $run.Outcome; $run.AccountSid`)).toEqual([
          'finished',
          identitySid.standardUser,
        ]);
        const [shown] = await test().lines(`${run} ${credential(other)} ${SHOW_ERROR}`);
        // Wine has no keys of this kind for .NET, so that epm.exe seals in full language too, and knows the users of the bed.
        expect(shown).toMatch(/^EPM\.Credential\.Invalid,Invoke-EPMElevation\|/);
      });

      playedLogonOnly('shows the credential dialog again after a wrong password', async () => {
        const { bed } = test();
        const user = knownUser('EPMBED\\standard', identitySid.standardUser);
        await makeUsersKnown(bed, [user]);
        await giveProfile(bed, user.sid, 'C:\\Users\\standard');
        const file = 'C:\\Users\\Public\\wrong.ps1';
        bed.putFile(file, `\uFEFF${test().importModule}\n(Invoke-EPMElevation '${OWN}' -Force -Wait).Outcome\n`);
        const { output, errors } = await bed.run({
          ...powerShellIn(bed),
          arguments: [...SWITCHES, '-File', file],
          environment: {
            EPM_TEST_PROMPT: `${user.name}|${user.password}!`,
            EPM_TEST_PROMPT_AGAIN: `${user.name}|${user.password}`,
          },
        });
        expect({ output: output.trim(), errors }).toEqual({ output: 'finished', errors: '' });
        const shown = `"$($_.Event)$(if ($_.Event -eq 'elevationDenied') { " $($_.Reason)" })"`;
        expect(
          await test().lines(`Get-EPMAudit | ${ofPrograms} | Select-Object -Last 5 | ForEach-Object { ${shown} }`),
        ).toEqual([
          'elevationPending',
          'elevationDenied wrongCredential',
          'elevationPending',
          'elevationStarting',
          'elevationEnded',
        ]);
      });

      consoleOnly('asks the person where there is one', async () => {
        const yes = await test().withPerson(
          `(Invoke-EPMElevation '${CONFIRMED}' -ArgumentList '--exit', '0', 'a b' -Wait).Outcome`,
          'Because ü\ny\n',
        );
        // The console wraps lines.
        const screen = yes.screen.replaceAll(/\s+/g, ' ');
        expect(screen).toContain('need administrator rights?: Because ü ');
        expect(screen).toContain('Publisher: unknown publisher');
        expect(screen).toContain('Arguments: --exit 0 "a b"');
        expect(screen).toContain('Rule: Bestätigt');
        expect(yes.lines).toEqual(['finished']);
        const before = test().agent.probeRuns();
        await test().withPerson(`Invoke-EPMElevation '${CONFIRMED}' -Wait`, 'Because\nn\n');
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

      it('has its errors in -ErrorVariable between pipes too', async () => {
        const script = `'${DENIED}', '${UNKNOWN}' | Invoke-EPMElevation -ErrorVariable failures -ErrorAction SilentlyContinue | ForEach-Object { $_ }
          $failures | ForEach-Object FullyQualifiedErrorId`;
        expect(await test().lines(script)).toEqual([
          'EPM.Denied.ByRule,Invoke-EPMElevation',
          'EPM.Denied.ByDefault,Invoke-EPMElevation',
        ]);
      });

      for (const how of ['-Wait', '-PassOutput']) {
        consoleOnly(`ends the program when the person presses Ctrl+C, with ${how}`, async () => {
          const { bed } = test();
          const [file, pressed] = [`C:\\Users\\Public\\long${how}.ps1`, `C:\\Users\\Public\\pressed${how}`];
          const wait = `Invoke-EPMElevation '${PROGRAM}' -ArgumentList '--sleep', '600000' ${how}`;
          bed.putFile(file, `\uFEFF${test().importModule}\n${wait}\n'not stopped'\n`);
          const before = test().agent.probeRuns();
          const running = await bed.start({
            ...powerShellIn(bed),
            arguments: [...SWITCHES, '-File', file],
            interruptFile: pressed,
          });
          await eventually(() => expect(test().agent.probeRuns()).toBe(before + 1));
          if (how === '-PassOutput') await eventually(() => expect(running.output()).not.toBe(''));
          bed.putFile(pressed, '');
          const { output, errors } = await running.exited;
          expect(errors).toBe('');
          // What the program wrote before it was ended has been passed on.
          expect(output).toMatch(how === '-Wait' ? /^$/ : /^\{"processId":[^\n]*\}\r?\n$/);
          // The shell may be gone before the agent has seen it go.
          const [, code] = await eventually(async () => {
            const script = `Get-EPMAudit -Newest 1 | ForEach-Object { $_.Event; $_.ExitCode }`;
            const record = await test().lines(script);
            expect(record[0]).toBe('elevationEnded');
            return record;
          });
          expect(Number(code) | 0).toBe(ENDED_ON_REQUEST);
          await eventually(() => expect(bed.leftovers().join()).not.toContain('probe.exe'));
        });
      }

      consoleOnly('ends the program with a PowerShell that is ended, with -Wait', async () => {
        const { bed } = test();
        const file = 'C:\\Users\\Public\\ended.ps1';
        const wait = `Invoke-EPMElevation '${PROGRAM}' -ArgumentList '--sleep', '600000' -Wait`;
        bed.putFile(file, `\uFEFF${test().importModule}\n${wait}\n`);
        const before = test().agent.probeRuns();
        const running = await bed.start({ ...powerShellIn(bed), arguments: [...SWITCHES, '-File', file] });
        await eventually(() => expect(test().agent.probeRuns()).toBe(before + 1));
        await running.stop();
        await eventually(async () => {
          const script = `Get-EPMAudit -Newest 1 | ForEach-Object { $_.Event; $_.Reason; $_.ExitCode }`;
          const [event, reason, code] = await test().lines(script);
          expect([event, reason, Number(code) | 0]).toEqual(['elevationEnded', 'clientGone', ENDED_ON_REQUEST]);
        });
        await eventually(() => expect(bed.leftovers().join()).not.toContain('probe.exe'));
      });
    });
  });
}
