/** Cmdlets that need no agent, with the real command line behind them, in one language mode. */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isWindows } from '../../testbed/machine.ts';
import { buildProgram, versionResource } from '../unit/facts/pe-builder.ts';
import { shell } from './powershell.ts';
import { RealInstallation } from './real-installation.ts';

const HASH = 'a'.repeat(64);
const CERTIFICATE = 'b'.repeat(64);
const good = {
  version: 1,
  id: 'good',
  settings: { enabled: true, defaultElevationResponse: 'denyAll' },
  rules: [
    { name: 'Gerät', type: 'automatic', fileName: 'setup.exe', filePath: '%ProgramFiles%\\App', fileHash: HASH },
    {
      name: 'Publisher',
      type: 'userConfirmed',
      fileName: 'tool*.exe',
      filePath: '%ProgramFiles%\\Tool',
      certificate: { type: 'publisher', sha256: CERTIFICATE },
      productName: 'Tool',
      minimumVersion: '1.0',
      arguments: ['/a', '/b'],
    },
  ],
};
const bad = {
  ...good,
  id: 'bad',
  rules: [...good.rules, { name: 'Bad', type: 'userConfirmed', fileName: 'b[1]*.exe' }],
};
const SHOW =
  '-ErrorVariable e -ErrorAction SilentlyContinue; $e | Select-Object -Last 1 | ForEach-Object { "$($_.FullyQualifiedErrorId)|$($_.CategoryInfo.Category)" }';

/** Both modes are files of their own, so that they run at the same time. */
export function describeAuthoring(mode: 'full' | 'constrained'): void {
  describe.skipIf(shell === undefined || isWindows)(`authoring in ${mode} language`, () => {
    testsIn(mode);
  });
}

function testsIn(mode: 'full' | 'constrained'): void {
  let installation: RealInstallation;
  let tool = '';
  const program = buildProgram({ mark: 'authoring' });
  const sha256 = createHash('sha256').update(program).digest('hex');
  const run = async (script: string): Promise<string> => (await installation.run(script)).output;
  const list = <T = Record<string, unknown>>(script: string): Promise<T[]> => installation.list<T>(script);
  const at = (name: string): string => path.join(installation.folder, name);

  beforeAll(async () => {
    installation = new RealInstallation();
    await installation.start({ constrained: mode === 'constrained' });
    installation.put('good.json', good);
    installation.put('bad.json', bad);
    installation.put('plain.json', { ...good, rules: good.rules.slice(0, 1) });
    installation.put('cases.json', {
      version: 1,
      policies: ['good.json'],
      cases: [
        {
          name: 'Setup',
          file: { path: 'C:\\Program Files\\App\\setup.exe', sha256: HASH },
          expect: { outcome: 'elevate' },
        },
        { name: 'Other', file: { path: 'C:\\Other\\other.exe' }, expect: { outcome: 'elevate' } },
      ],
    });
    tool = at("it's [1] ü.exe");
    writeFileSync(tool, program);
  });
  afterAll(() => installation.remove());

  it('checks policies and cases', async () => {
    const found = await list(`Test-EPMPolicy bad.json -TestFile cases.json | ForEach-Object {
      $_ | Select-Object @{ n = 'Kind'; e = { $_.PSTypeNames[0] } }, Risk, Code, Rule, Line, Name, Passed, Differences }`);
    expect(found).toContainEqual(
      expect.objectContaining({ Kind: 'EPM.PolicyFinding', Risk: 'high', Code: 'rule-rejected', Rule: 'Bad' }),
    );
    const cases = found.filter(({ Kind }) => Kind === 'EPM.PolicyTestResult');
    expect(cases).toMatchObject([
      { Name: 'Setup', Passed: true },
      { Name: 'Other', Passed: false, Differences: ['outcome is "denied", not "elevate".'] },
    ]);
  });

  it('writes no report with -WhatIf, and takes no text for an option of epm.exe', async () => {
    const reports = '-SarifPath what.sarif -TestFile cases.json -JUnitPath what.xml -WhatIf';
    const kinds = await run(`Test-EPMPolicy bad.json ${reports} | ForEach-Object { $_.PSObject.TypeNames[0] }`);
    expect(kinds).toMatch(/What if: .*what\.sarif.*What if: .*what\.xml.*EPM\.PolicyFinding.*EPM\.PolicyTestResult/s);
    await run(`Get-EPMFileAttribute '${tool.replaceAll("'", "''")}' -CertificateOutputPath what -WhatIf`);
    expect(['what.sarif', 'what.xml', 'what'].filter((name) => existsSync(at(name)))).toEqual([]);
    const missing = await run(`Get-EPMFileAttribute -FilePath '--help:x' ${SHOW}`);
    expect(missing).toBe('EPM.File.NotFound,Get-EPMFileAttribute|ObjectNotFound\n');
  });

  it('fails on findings when told to, and writes reports', async () => {
    const script = (limit: string, more = ''): string =>
      `Get-ChildItem good.json, bad.json | Test-EPMPolicy -FailOn ${limit} ${more} ${SHOW}`;
    expect(await run(`$null = Test-EPMPolicy good.json -FailOn high ${SHOW}`)).toBe('');
    const output = await run(
      `${script('high', '-SarifPath f.sarif -TestFile cases.json -JUnitPath c.xml')} | Where-Object { $_ -is [string] }`,
    );
    expect(output.trim().split('\n').at(-1)).toBe('EPM.Policy.Findings,Test-EPMPolicy|InvalidData');
    const sarif = readFileSync(at('f.sarif'), 'utf8');
    expect(JSON.parse(sarif)).toMatchObject({ version: '2.1.0' });
    expect(sarif).toContain('bad.json');
    expect(readFileSync(at('c.xml'), 'utf8')).toContain('failures="1"');
  });

  it('shows the rules of a file and finds them', async () => {
    const names = (query: string): Promise<string[]> =>
      list<string>(`Get-EPMRule -Path bad.json ${query} | ForEach-Object Name`);
    expect(await names('')).toEqual(['Gerät', 'Publisher', 'Bad']);
    expect(await names('-Name ger*')).toEqual(['Gerät']);
    expect(await names('-FileName SETUP.exe')).toEqual(['Gerät']);
    expect(await names('-FileName toolbox.exe')).toEqual(['Publisher']);
    expect(await names("-FileName 'b[1]x.exe'")).toEqual(['Bad']);
    expect(await names("-FileName 'b1x.exe'")).toEqual([]);
    expect(await names(`-CertificateHash ${CERTIFICATE.toUpperCase()}`)).toEqual(['Publisher']);
    expect(await list(`Get-EPMRule -Path bad.json -Name Publisher`)).toMatchObject([
      {
        State: 'active',
        CertificateType: 'publisher',
        CertificateHash: CERTIFICATE,
        MinimumVersion: '1.0',
        ProductName: 'Tool',
        AllowedArguments: ['/a', '/b'],
        PolicyId: 'bad',
      },
    ]);
    expect(await list(`Get-EPMPolicy -Path bad.json | Select-Object Source, Id, RuleCount, RejectedRuleCount`)).toEqual(
      [{ Source: 'File', Id: 'bad', RuleCount: 2, RejectedRuleCount: 1 }],
    );
    const found = await run(`Get-EPMPolicy -Source Mdm -Path good.json ${SHOW}`);
    expect(found).toBe('EPM.Argument,Get-EPMPolicy|InvalidArgument\n');
  });

  it('compares policies', async () => {
    const script = `Compare-EPMPolicy good.json bad.json | Select-Object What, Name, Reference, @{ n = 'Other'; e = { $null -ne $_.Difference } }`;
    expect(await list(script)).toEqual([
      { What: 'id', Name: null, Reference: 'good', Other: true },
      { What: 'rule', Name: 'Bad', Reference: null, Other: true },
    ]);
    expect(await list('Compare-EPMPolicy good.json good.json')).toEqual([]);
  });

  it.each(['Json', 'Graph', 'SyncML', 'IntuneCustomProfile', 'Reg', 'RegistryPol'])(
    'writes %s that says the same',
    async (format) => {
      // Graph holds certificates, and the digest of one is not enough for it.
      const source = format === 'Graph' ? 'plain.json' : 'good.json';
      const file = `same.${format}`;
      expect(await list(`Export-EPMPolicy ${format} ${source} ${file} | Select-Object Format, Path`)).toEqual([
        { Format: format, Path: at(file) },
      ]);
      const differences = await list(`Compare-EPMPolicy ${source} ${file} | ForEach-Object What`);
      expect(differences.filter((what) => String(what) !== 'id')).toEqual([]);
    },
  );

  it('warns of what a format cannot carry', async () => {
    const script = `$result = Export-EPMPolicy Graph good.json lost.json -WarningVariable w -WarningAction SilentlyContinue
      $result.Rejected; $result.Findings[0].Rule; $w.Count`;
    expect(await list(script)).toEqual([1, 'Publisher', 1]);
  });

  it('leaves out of Graph what would be looser there, unless -AllowLooser is given', async () => {
    const file = { fileName: 'tool.exe', fileHash: 'a'.repeat(64) };
    const rule = { name: 'Tool', type: 'userConfirmed', ...file, requireArguments: true };
    const deny = { name: 'No', type: 'deny', fileName: 'no.exe' };
    writeFileSync(at('loose.json'), JSON.stringify({ version: 1, rules: [rule, deny] }));
    const script = `foreach ($more in @{}, @{ AllowLooser = $true }) {
        $result = Export-EPMPolicy Graph loose.json loose-graph.json -Force -WarningAction SilentlyContinue @more
        "$($result.Rejected) $($result.Warnings) $(@(Get-EPMPolicy -Path loose-graph.json).RuleCount)"
      }`;
    expect(await list(script)).toEqual(['1 0 1', '0 1 2']);
    expect(await run(`Export-EPMPolicy Json loose.json -AllowLooser ${SHOW}`)).toBe(
      'EPM.Argument,Export-EPMPolicy|InvalidArgument\n',
    );
  });

  it('writes text without a file, and nothing over another', async () => {
    const [text] = await list<string>(`Export-EPMPolicy -As Json -InputPath good.json`);
    expect(JSON.parse(text ?? '')).toEqual(good);
    const before = readFileSync(at('cases.json'), 'utf8');
    const over = (more: string): Promise<string> => run(`Export-EPMPolicy Json good.json cases.json ${more}`);
    expect(await over(SHOW)).toBe('EPM.File.Unwritable,Export-EPMPolicy|WriteError\n');
    expect(await over('-Force -WhatIf')).toContain(`What if: Write "${at('cases.json')}" as Json.`);
    expect(readFileSync(at('cases.json'), 'utf8')).toBe(before);
    expect(await run(`Export-EPMPolicy RegistryPol good.json ${SHOW}`)).toBe(
      'EPM.Argument,Export-EPMPolicy|InvalidArgument\n',
    );
  });

  it('writes the administrative template of the installation', async () => {
    mkdirSync(at('store'));
    const paths = await list<string>(`Export-EPMPolicy Admx -OutputPath store | ForEach-Object Path`);
    expect(paths).toEqual([at('store/EPM.admx'), at('store/en-US/EPM.adml')]);
    const source = at('PolicyDefinitions');
    for (const file of ['EPM.admx', 'en-US/EPM.adml']) {
      expect(readFileSync(at(`store/${file}`)).equals(readFileSync(path.join(source, file)))).toBe(true);
    }
  });

  it('refuses to import what is rejected, and says what it is', async () => {
    const script = (more: string): string =>
      `Import-EPMPolicy bad.json ${more} | ForEach-Object { "$($_.PSTypeNames[0])|$($_.Applied)|$($_.Rejected)|$(@($_.Findings)[0].Rule)" }`;
    const output = await run(script(SHOW.split(';')[0] ?? '') + `; $e[-1].FullyQualifiedErrorId`);
    expect(output).toBe('EPM.ImportResult|False|1|Bad\nEPM.Policy.RuleRejected,Import-EPMPolicy\n');
    const forced = await run(script('-Force -WhatIf'));
    expect(forced).toContain('What if: Make');
    installation.put('wide.json', {
      version: 1,
      rules: [{ name: 'Shell', type: 'userConfirmed', fileName: 'cmd.exe', fileHash: 'a'.repeat(64) }],
    });
    const asked = await run(
      `Import-EPMPolicy wide.json -User S-1-5-21-1-2-3-1001 -WhatIf | ForEach-Object { "$($_.Key)|$(@($_.Risks | Where-Object Risk -eq high)[0].Code)" }`,
    );
    expect(asked).toMatch(
      /the policy of the user S-1-5-21-1-2-3-1001 on this device.*The linter finds 1 high.*rule "Shell": /,
    );
    expect(asked).toContain('\\Users\\S-1-5-21-1-2-3-1001|host-without-arguments');
    expect(forced).toContain('EPM.ImportResult|False|1|Bad');
    // Somebody changes the file while the person reads the question.
    installation.put('changing.json', { version: 1, settings: { enabled: true }, rules: [] });
    const changed = await run(`& (Get-Module EPM) {
        $script:question = \${function:Test-EPMShouldProcess}
        function script:Test-EPMShouldProcess { Copy-Item wide.json changing.json -Force; $true }
      }
      Import-EPMPolicy changing.json ${SHOW}
      & (Get-Module EPM) { Set-Item function:script:Test-EPMShouldProcess $script:question }`);
    expect(changed).toBe('EPM.Policy.Invalid,Import-EPMPolicy|InvalidData\n');
    // Elsewhere than on Windows there is no registry to write to.
    const written = await run(`Import-EPMPolicy good.json -Confirm:$false ${SHOW}`);
    expect(written).toBe('EPM.Platform,Import-EPMPolicy|NotImplemented\n');
  });

  it('shows the attributes of files', async () => {
    const literal = `-FilePath '${tool.replaceAll("'", "''")}'`;
    expect(
      await list(
        `Get-EPMFileAttribute ${literal} | Select-Object FileName, FilePath, FileHash, HashAlgorithm, Type, Signature`,
      ),
    ).toEqual([
      {
        FileName: path.basename(tool),
        FilePath: installation.folder,
        FileHash: sha256,
        HashAlgorithm: 'Sha256',
        Type: 'exe',
        Signature: 'none',
      },
    ]);
    const sha512 = createHash('sha512').update(program).digest('hex');
    expect(await list(`Get-EPMFileAttribute -Path "it*.exe" -HashAlgorithm Sha512 | ForEach-Object FileHash`)).toEqual([
      sha512,
    ]);
    const missing = await run(`'none.exe' | Get-EPMFileAttribute ${SHOW}`);
    expect(missing).toBe('EPM.File.NotFound,Get-EPMFileAttribute|ObjectNotFound\n');
  });

  it('makes rules that become a policy', async () => {
    const name = 'quo"te \\';
    const made = await list(`$file = Get-ChildItem -Path "it*.exe"
      $file | New-EPMRule -Name '${name}' -Type CurrentUser -ChildProcess RequireRule -Validation Justification
      $file | Get-EPMFileAttribute | New-EPMRule
      $file | New-EPMRule -Name 'Hours' -ActiveFrom 2026-12-01 -ActiveUntil '2026-12-24T18:00' -ActiveHour 'Mon-Fri 08:00-18:00', Sat`);
    const fileName = path.basename(tool);
    expect(made).toEqual([
      {
        name,
        type: 'currentUser',
        validations: ['justification'],
        childProcesses: 'requireRule',
        fileName,
        fileHash: sha256,
      },
      { name: fileName, type: 'userConfirmed', fileName, fileHash: sha256 },
      {
        name: 'Hours',
        type: 'userConfirmed',
        activeFrom: '2026-12-01',
        activeUntil: '2026-12-24T18:00',
        activeHours: ['Mon-Fri 08:00-18:00', 'Sat'],
        fileName,
        fileHash: sha256,
      },
    ]);
    const record = `New-Object psobject -Property @{ Sequence = 7; FilePath = 'C:\\Tools\\a.exe'; Sha256 = '${HASH}'; ArgumentList = @('/q', 'a b'); Truncated = $false; Justification = $null }`;
    const policy = `$record = ${record}; Add-Member -InputObject $record -TypeName 'EPM.AuditRecord'
      $record | New-EPMRule -SamePath -SameArgument -AsPolicy | ConvertTo-Json -Depth 5`;
    const [text] = await list<string>(policy);
    expect(JSON.parse(text ?? '')).toMatchObject({
      version: 1,
      rules: [{ fileName: 'a.exe', filePath: 'C:\\Tools', fileHash: HASH, arguments: ['/q "a b"'] }],
    });
    const refused = (script: string): Promise<string> => run(`${script} ${SHOW}`);
    const shell = `Copy-Item -LiteralPath "${fileName}" -Destination cmd.exe`;
    expect(await refused(`${shell}; New-EPMRule cmd.exe`)).toBe('EPM.Rule.Source,New-EPMRule|InvalidData\n');
    expect(await list(`New-EPMRule cmd.exe -ArgumentList '/c', '--x y'; Remove-Item -LiteralPath cmd.exe`)).toEqual([
      expect.objectContaining({ arguments: ['/c "--x y"'] }),
    ]);
    expect(await refused(`New-EPMRule good.json -SameArgument`)).toBe('EPM.Rule.Source,New-EPMRule|InvalidData\n');
    expect(await refused(`New-EPMRule good.json -By Publisher`)).toBe('EPM.Rule.Source,New-EPMRule|InvalidData\n');
    expect(await refused(`7 | New-EPMRule`)).toBe('EPM.Rule.Source,New-EPMRule|InvalidData\n');
  });

  it('shows what a file says of itself without the commands for the console in it', async () => {
    const text = 'A\u001B[31mB\u202EC';
    const tables = { '040904b0': { ProductName: text, FileDescription: text, CompanyName: text, InternalName: text } };
    writeFileSync(at('texts.exe'), buildProgram({ resources: [{ type: 16, data: versionResource({ tables }) }] }));
    const shown = await run('Get-EPMFileAttribute texts.exe; Get-EPMFileAttribute texts.exe | New-EPMRule');
    expect(shown).toContain('A<U+001B>[31mB<U+202E>C');
    expect(shown).not.toMatch(/[\u001B\u202E]/);
    expect(await list('(Get-EPMFileAttribute texts.exe).ProductName')).toEqual([text]);
    rmSync(at('texts.exe'));
  });

  it('warns of what is dangerous about a rule that it makes', async () => {
    writeFileSync(at('signtool.exe'), buildProgram());
    const told = await run('New-EPMRule signtool.exe 3>&1 | Where-Object { $_.Message } | ForEach-Object { "$_" }');
    expect(told).toMatch(/^high risk: .* \[way-out\] .+\n$/);
    rmSync(at('signtool.exe'));
  });

  it('leaves nothing behind', () => {
    const names = readdirSync(installation.folder).filter((name) => name.startsWith('tmp'));
    expect(names).toEqual([]);
    expect(existsSync(at('EPM/EPM.psd1'))).toBe(true);
  });
}
