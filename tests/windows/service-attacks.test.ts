/** What programs and users do to the service itself: stop it, change it, squat its pipes, open its process. */
import { afterAll, beforeAll, expect } from 'vitest';
import { describeWindows, type Outcome, windowsOnly } from '../bed/index.ts';
import { AgentUnderTest } from './agent-under-test.ts';

describeWindows('AC-74 AC-75 the service that runs', ['epm'], (bed) => {
  let agent: AgentUnderTest;
  const onWindows = (): boolean => bed().kind === 'windows';
  beforeAll(async () => {
    agent = new AgentUnderTest(bed());
    if (onWindows()) expect(await agent.verb(['agent', 'install'], 'administrator')).toMatchObject({ exitCode: 0 });
  });
  afterAll(async () => {
    if (onWindows()) await agent.verb(['agent', 'uninstall', '--force'], 'administrator');
    await agent.stop();
  });

  const ENFORCED = 'permissions of services, keys and files are not enforced';
  const TOOLS: readonly (readonly string[])[] = [
    ['sc.exe', 'stop', 'EPMAgent'],
    ['sc.exe', 'config', 'EPMAgent', 'start=', 'disabled'],
    ['sc.exe', 'config', 'EPMAgent', 'binPath=', 'C:\\Windows\\System32\\cmd.exe'],
    ['sc.exe', 'failure', 'EPMAgent', 'reset=', '0', 'actions=', ''],
    ['sc.exe', 'sdset', 'EPMAgent', 'D:(A;;0xf01ff;;;WD)'],
    ['sc.exe', 'delete', 'EPMAgent'],
    [
      'reg.exe',
      'add',
      'HKLM\\SYSTEM\\CurrentControlSet\\Services\\EPMAgent',
      '/v',
      'Start',
      '/t',
      'REG_DWORD',
      '/d',
      '4',
      '/f',
    ],
    ['reg.exe', 'delete', 'HKLM\\SYSTEM\\CurrentControlSet\\Services\\EPMAgent', '/f'],
    ['reg.exe', 'delete', 'HKLM\\SYSTEM\\CurrentControlSet\\Services\\EventLog\\EPM', '/f'],
    ['taskkill.exe', '/f', '/im', 'epm.exe', '/fi', 'USERNAME eq SYSTEM'],
  ];

  windowsOnly(
    'AC-75 a user can neither end, suspend, debug nor open the agent',
    'access to processes is not enforced',
    async () => {
      const { processId } = (await agent.ask('status')).body;
      const script = `
      Add-Type -Namespace W -Name K -MemberDefinition '[DllImport("kernel32.dll", SetLastError = true)] public static extern IntPtr OpenProcess(uint a, bool i, int p); [DllImport("kernel32.dll", SetLastError = true)] public static extern bool DebugActiveProcess(int p);'
      foreach ($right in 0x1, 0x2, 0x8, 0x10, 0x20, 0x40, 0x800, 0x40000, 0x80000) {
        if ([W.K]::OpenProcess($right, $false, ${String(processId)}) -ne [IntPtr]::Zero) { "opened $right" }
      }
      if ([W.K]::DebugActiveProcess(${String(processId)})) { 'debugged' }
      'done'`;
      expect((await bed().powerShell(script)).output.trim()).toBe('done');
      await agent.expectAlive();
    },
  );

  windowsOnly('AC-75 a user cannot stop, change or delete it, nor its keys', ENFORCED, async () => {
    for (const [tool = '', ...words] of TOOLS) {
      await bed().run({ program: `C:\\Windows\\System32\\${tool}`, arguments: words });
      expect(await agent.verb(['agent', 'check'], 'administrator'), tool).toMatchObject({ exitCode: 0 });
    }
    await agent.expectAlive();
  });

  windowsOnly('AC-74 neither can a program that EPM elevated', ENFORCED, async () => {
    // By its hash and exact arguments a rule lets the tools themselves run elevated.
    const folder = 'C:\\Program Files\\Tools';
    const rules = TOOLS.map(([tool = '', ...words], index) => {
      bed().putFile(`${folder}\\${tool}`, bed().readFile(`C:\\Windows\\System32\\${tool}`));
      return {
        name: `Tool ${index}`,
        type: 'automatic',
        fileName: tool,
        filePath: folder,
        arguments: [words.map(quoted).join(' ')],
      };
    });
    await agent.apply({ id: 'tests', settings: { enabled: true }, rules });
    await agent.untilRules(rules.length);
    for (const [tool = '', ...words] of TOOLS) {
      const run = await agent.ask('elevate', { path: `${folder}\\${tool}`, arguments: words, wait: true });
      expect(run.body, tool).toMatchObject({ outcome: 'finished' });
      expect(await agent.verb(['agent', 'check'], 'administrator'), `${tool} ${words.join(' ')}`).toMatchObject({
        exitCode: 0,
      });
    }
    await agent.expectAlive();
  });

  windowsOnly('AC-72 nobody but administrators can write what it is made of', ENFORCED, async () => {
    const script = `
      $ErrorActionPreference = 'Stop'
      foreach ($file in '${agent.folder}\\new.dll', '${agent.folder}\\EPM\\new.psm1', 'C:\\ProgramData\\EPM\\state.json', 'C:\\ProgramData\\EPM\\Audit\\journal.jsonl') {
        try { [IO.File]::OpenWrite($file).Dispose(); "wrote $file" } catch { }
      }
      try { Get-Content C:\\ProgramData\\EPM\\secret.bin | Out-Null; 'read the secret' } catch { }
      'done'`;
    expect((await bed().powerShell(script)).output.trim()).toBe('done');
  });

  windowsOnly(
    'AC-02 no client talks to a pipe that a user made before the service',
    'anybody may create the names',
    async () => {
      expect(await agent.verb(['agent', 'uninstall', '--keep-data', '--force'], 'administrator')).toMatchObject({
        exitCode: 0,
      });
      const script = `
      foreach ($name in 'agent', 'administration') {
        try { [System.IO.Pipes.NamedPipeServerStream]::new("ProtectedPrefix\\Administrators\\EPM\\$name", 'InOut'); "made $name" } catch { }
      }
      'done'`;
      expect((await bed().powerShell(script)).output.trim()).toBe('done');
      expect(await agent.verb(['agent', 'install'], 'administrator')).toMatchObject({ exitCode: 0 });
      await agent.expectAlive();
    },
  );

  windowsOnly('AC-11 a caller with low integrity is not served', 'integrity levels are not kept', async () => {
    const low = 'C:\\Users\\Public\\low-epm.exe';
    for (const name of ['epm.exe', 'epmnative.dll', 'koffi.node'])
      bed().putFile(
        `C:\\Users\\Public\\${name === 'epm.exe' ? 'low-epm.exe' : name}`,
        bed().readFile(`${agent.folder}\\${name}`),
      );
    await bed().run({
      program: 'C:\\Windows\\System32\\icacls.exe',
      arguments: [low, '/setintegritylevel', 'low'],
      as: 'administrator',
    });
    const outcome: Outcome = await bed().run({ program: low, arguments: ['status'] });
    expect(outcome).toMatchObject({ exitCode: 3 });
    expect(outcome.errors).toMatch(/EPM_AGENT_UNREACHABLE|EPM_CALLER_REFUSED/);
  });

  windowsOnly('AC-11 a caller in the session of services is not served', 'there is one session', async () => {
    const { output } = await bed().powerShell(
      `$action = New-ScheduledTaskAction -Execute '${agent.epm}' -Argument 'status'
       Register-ScheduledTask -TaskName EPMSession0 -Action $action -User 'NT AUTHORITY\\LOCAL SERVICE' | Out-Null
       Start-ScheduledTask EPMSession0
       do { Start-Sleep -Milliseconds 200 } while ((Get-ScheduledTask EPMSession0).State -eq 'Running')
       (Get-ScheduledTaskInfo EPMSession0).LastTaskResult
       Unregister-ScheduledTask EPMSession0 -Confirm:$false`,
      { as: 'administrator' },
    );
    expect(output.trim()).toBe('3');
  });
});

function quoted(word: string): string {
  return /[\s"]/.test(word) || word === '' ? `"${word}"` : word;
}
