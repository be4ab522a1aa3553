/** Scripts that the packed agent elevates: PowerShell really runs them. */
import { createHash } from 'node:crypto';
import { cpSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { windowsPowerShell } from '../../testbed/powershell.ts';
import { describeWindows, identitySid } from '../bed/index.ts';
import { eventually } from '../eventually.ts';
import { AgentUnderTest, type Json } from './agent-under-test.ts';
import { machineValue } from './machine-value.ts';

const FOLDER = 'C:\\Users\\Public\\Scripts';
const CACHE = 'C:\\ProgramData\\EPM\\Cache';
const RESULT = 'C:\\ProgramData\\epm-script.json';

/** Writes down what it is and what it was given. */
const REPORT = `$ErrorActionPreference = 'Stop'
$report = [ordered]@{
    path = $PSCommandPath
    arguments = @($args | ForEach-Object { "$_" })
    types = @($args | ForEach-Object { if ($null -eq $_) { 'null' } else { $_.GetType().Name } })
    user = [Security.Principal.WindowsIdentity]::GetCurrent().User.Value
    directory = $PWD.ProviderPath
    home = $PSHOME
    policy = "$(Get-ExecutionPolicy)"
    modules = $env:PSModulePath
}
[IO.File]::WriteAllText('${RESULT}', (ConvertTo-Json -InputObject $report))
`;
const SETS_VALUE = `${REPORT}
New-Item -Path HKLM:\\Software -Name 'Field Scripts' -Force | Out-Null
Set-ItemProperty -Path 'HKLM:\\Software\\Field Scripts' -Name Greeting -Value $args[0]
exit 7
`;
const PARAMETERS = `param([string]$Name, [switch]$Force, [string[]]$More)
[IO.File]::WriteAllText('${RESULT}', (ConvertTo-Json -InputObject @{ name = $Name; force = [bool]$Force; more = @($More) }))
`;

interface Report {
  readonly path: string;
  readonly arguments: readonly string[];
  readonly user: string;
  readonly directory: string;
  readonly home: string;
  readonly policy: string;
}

describeWindows('a script that the packed agent elevates', ['epm', 'powerShell', 'screen'], (bed) => {
  let agent: AgentUnderTest;
  const rules: Json[] = [];

  /** Puts a script where users may write it, with a rule that takes any arguments. */
  const put = (name: string, text: string): string => {
    const file = `${FOLDER}\\${name}`;
    const bytes = Buffer.from(text, 'utf8');
    bed().putFile(file, bytes);
    const fileHash = createHash('sha256').update(bytes).digest('hex');
    rules.push({ name, type: 'automatic', fileName: name, fileHash, childProcesses: 'allow' });
    return file;
  };

  beforeAll(async () => {
    await bed().provideScreen();
    bed().provideWindowsPowerShell();
    agent = new AgentUnderTest(bed());
    put('report.ps1', REPORT);
    put('value.ps1', SETS_VALUE);
    put('parameters.ps1', PARAMETERS);
    put("it's; $(calc) `n {0} & (x) [1].ps1", REPORT);
    put('says.ps1', `Write-Output "hello $($args[0])"\n[Console]::Error.WriteLine('trouble')\nexit 3\n`);
    put('failing.ps1', "throw 'no'\n");
    put('dots.ps1', `. .\\neighbour.ps1\n${REPORT}`);
    put('root.ps1', `. "$PSScriptRoot\\neighbour.ps1"\n${REPORT}`);
    put('using.ps1', `using module .\\Neighbour.psm1\n${REPORT}`);
    put('needs.ps1', `#requires -Modules EpmNeighbour\n${REPORT}`);
    put('core.ps1', `#requires -Version 7\n${REPORT}`);
    const evil = `[IO.File]::WriteAllText('C:\\ProgramData\\evil.txt', 'evil')\n`;
    for (const name of ['neighbour.ps1', 'Neighbour.psm1', 'profile.ps1']) bed().putFile(`${FOLDER}\\${name}`, evil);
    bed().putFile(`${FOLDER}\\EpmNeighbour\\EpmNeighbour.psm1`, evil);
    await bed().letUsersWrite(FOLDER);
    await agent.apply({ id: 'tests', settings: { enabled: true, defaultElevationResponse: 'denyAll' }, rules });
    await agent.start();
  });
  afterAll(() => agent.stop());

  const elevate = async (name: string, values: readonly string[] = []): Promise<Json> =>
    (await agent.ask('elevate', { path: `${FOLDER}\\${name}`, arguments: values, wait: true })).body;
  const report = (): Report => JSON.parse(bed().readFile(RESULT).toString('utf8')) as Report;

  it('writes its files and values, under the account of the elevation', async () => {
    const body = await elevate('value.ps1', ['say "hello" to all']);
    expect(body).toMatchObject({
      outcome: 'finished',
      exitCode: 7,
      file: {
        host: expect.stringMatching(/^C:\\windows\\system32\\WindowsPowerShell\\v1\.0\\powershell\.exe$/i) as string,
      },
    });
    const { copy } = body['file'] as { copy: string };
    const seen = report();
    expect(seen).toMatchObject({ path: copy, policy: 'Bypass', user: (body['account'] as { sid: string }).sid });
    expect(seen.user).not.toBe(identitySid.standardUser);
    expect(seen.directory.toLowerCase()).toBe('c:\\windows\\system32');
    expect(await machineValue(bed(), 'Software\\Field Scripts', 'Greeting')).toBe('say "hello" to all');
    await eventually(() => expect(readdirSync(bed().hostPath(CACHE))).toEqual([]));
  });

  it('is elevated by the module, with the arguments as they are', async () => {
    const { output } = await bed().powerShell(
      `Import-Module '${agent.folder}\\EPM\\EPM.psd1'
$run = Invoke-EPMElevation '${FOLDER}\\value.ps1' -ArgumentList 'a "b" c', '$(calc)' -Wait
"$($run.Outcome) $($run.ExitCode) $($run.HostPath)"`,
    );
    expect(output).toMatch(/^finished 7 C:\\windows\\system32\\WindowsPowerShell\\v1\.0\\powershell\.exe\r?$/im);
    expect(report().arguments).toEqual(['a "b" c', '$(calc)']);
  });

  it('gives what it writes to the module, and the number it ends with', async () => {
    const { output } = await bed().powerShell(
      `Import-Module '${agent.folder}\\EPM\\EPM.psd1'
$lines = Invoke-EPMElevation '${FOLDER}\\says.ps1' -ArgumentList 'to all' -PassOutput -ErrorAction SilentlyContinue
"<$lines> $LASTEXITCODE"`,
    );
    expect(output).toMatch(/^<hello to all> 3\r?$/m);
  });

  it('AC-53 gets its arguments as texts, whatever they look like', async () => {
    const values = [
      'plain',
      'a b',
      '',
      "it's",
      'say "x"',
      '\\"',
      'back\\',
      'a b\\',
      '$(calc)',
      '$env:PATH',
      '; calc',
      '| calc',
      '& calc',
      '`n',
      '@(1,2)',
      '@{a=1}',
      '%PATH%',
      '^&|<>',
      '{calc}',
      '[calc]',
      '#x',
      '1,2',
      '0x10',
      '*',
      'ü€',
      'tab\there',
    ];
    expect(await elevate('report.ps1', values)).toMatchObject({ outcome: 'finished', exitCode: 0 });
    expect(report().arguments).toEqual(values);
  });

  it('AC-53 gets words behind a dash as names of its parameters, and nothing else', async () => {
    expect(await elevate('parameters.ps1', ['-Name', '$(calc); calc', '-Force:$false', '-More', 'a,b'])).toMatchObject({
      exitCode: 0,
    });
    expect(JSON.parse(bed().readFile(RESULT).toString())).toEqual({
      name: '$(calc); calc',
      force: false,
      more: ['a,b'],
    });
    expect(await elevate('parameters.ps1', ['-Force', '-Name:x y'])).toMatchObject({ exitCode: 0 });
    expect(JSON.parse(bed().readFile(RESULT).toString())).toMatchObject({ name: 'x y', force: true });
    // Switches of PowerShell itself mean nothing behind the script.
    for (const values of [['-Command', 'calc'], ['-EncodedCommand', 'YwBhAGwAYwA='], ['-NoExit']]) {
      expect(await elevate('report.ps1', values)).toMatchObject({ exitCode: 0 });
      expect(report().arguments).toEqual(values);
    }
  });

  it('AC-53 runs whatever its name looks like', async () => {
    const name = "it's; $(calc) `n {0} & (x) [1].ps1";
    expect(await elevate(name)).toMatchObject({ outcome: 'finished', exitCode: 0 });
    expect(report().path).toMatch(/\\it's; \$\(calc\) `n \{0\} & \(x\) \[1\]\.ps1$/);
  });

  it('ends with 1 when it fails', async () => {
    expect(await elevate('failing.ps1')).toMatchObject({ outcome: 'finished', exitCode: 1 });
  });

  it('AC-51 reaches nothing that lies beside it', async () => {
    for (const name of ['dots.ps1', 'root.ps1', 'using.ps1', 'needs.ps1']) {
      const body = await elevate(name);
      expect(body, name).toMatchObject({ outcome: 'finished' });
      if (name === 'using.ps1' || name === 'needs.ps1') expect(body['exitCode'], name).toBe(1);
      expect(bed().fileExists('C:\\ProgramData\\evil.txt'), name).toBe(false);
    }
  });

  it('is denied when it asks for a PowerShell that is not there, and gets the one of Program Files', async () => {
    expect(await elevate('core.ps1')).toMatchObject({ outcome: 'denied', reason: 'scriptHostMissing' });
    const home = 'C:\\Program Files\\PowerShell\\7';
    cpSync(path.dirname(windowsPowerShell() ?? ''), bed().hostPath(home), { recursive: true });
    expect(await elevate('core.ps1')).toMatchObject({ exitCode: 0, file: { host: `${home}\\pwsh.exe` } });
    expect(report().home).toBe(home);
    await bed().letUsersWrite(`${home}\\pwsh.exe`);
    expect(await elevate('core.ps1')).toMatchObject({ code: 'EPM_HOST_UNUSABLE' });
  });
});
