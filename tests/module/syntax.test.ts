import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { moduleFolder, quote, shell, value } from './powershell.ts';

const scripts = readdirSync(moduleFolder, { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile() && /\.ps(?:1|m1|d1)$/.test(entry.name))
  .map((entry) => path.join(entry.parentPath, entry.name));
const relative = (file: string): string => path.relative(moduleFolder, file);

interface Findings {
  readonly errors: string[];
  readonly newer: string[];
  readonly refused: string[];
  readonly aliases: string[];
  readonly methods: string[];
  /** Commands from outside of the module, and each with its parameters. */
  readonly foreign: string[];
  /** Comparisons with sentences, or of what holds sentences. */
  readonly prose: string[];
  /** What constrained language refuses besides static calls. */
  readonly unconstrained: string[];
}

/** Cmdlets and parameters that both Windows PowerShell 5.1 and PowerShell 7 have, as far as the module needs them. */
const BOTH = new Set(
  [
    'Add-Member InputObject TypeName MemberType Name Value',
    'ConvertFrom-Json InputObject',
    'ConvertTo-Json InputObject Depth Compress',
    'Copy-Item LiteralPath Destination Force',
    'Export-ModuleMember Function',
    'ForEach-Object Process',
    'Get-ChildItem LiteralPath Filter File',
    'Get-Command Name',
    'Get-Content LiteralPath TotalCount',
    'Get-Item Path LiteralPath Force',
    'Get-ItemProperty LiteralPath',
    'Get-Location PSProvider',
    'Join-Path Path ChildPath',
    'New-Item Path ItemType Force',
    'New-Object TypeName Property ArgumentList',
    'Read-Host Prompt AsSecureString',
    'Register-ArgumentCompleter CommandName ParameterName ScriptBlock',
    'Select-Object First Unique',
    'Set-StrictMode Version',
    'Split-Path Path Parent',
    'Test-Path LiteralPath PathType',
    'Where-Object',
    'Write-Debug',
    'Write-Error Message ErrorId Category TargetObject RecommendedAction',
    'Write-Host',
    'Write-Progress Activity Status Completed',
    'Write-Verbose',
    'Write-Warning',
  ].flatMap((line) => {
    const [command = '', ...parameters] = line.split(' ');
    return [command, ...[...parameters, 'ErrorAction'].map((parameter) => `${command} -${parameter}`)];
  }),
);

/** What the engine's own parser says about each script. */
const inspect = `
  $report = [ordered]@{}
  # A member that holds words for a person, or a text of several words.
  $words = '\\.(?:message|hint|found|title|explanation|advice|reasons)\\b|[''"][^''"]*[a-z] [a-z][^''"]*[''"]'
  $core = 'bool', 'byte', 'char', 'datetime', 'double', 'hashtable', 'int', 'long', 'ordered', 'pscredential', 'psobject', 'securestring', 'string', 'switch'
  $members = 'AddMilliseconds', 'Substring', 'ToLocalTime', 'ToLowerInvariant', 'ToString', 'ToUniversalTime', 'ToUpperInvariant'
  foreach ($file in $files) {
    $tokens = $null; $errors = $null
    $tree = [System.Management.Automation.Language.Parser]::ParseFile($file, [ref]$tokens, [ref]$errors)
    $all = $tree.FindAll({ $true }, $true)
    $commands = @($all | Where-Object { $_ -is [System.Management.Automation.Language.CommandAst] } | ForEach-Object { $_.GetCommandName() } | Where-Object { $_ })
    $report[$file] = @{
      errors  = @($errors | ForEach-Object { $_.Message })
      # Syntax that Windows PowerShell 5.1 cannot read.
      newer   = @($all | Where-Object { $_.GetType().Name -in 'TernaryExpressionAst', 'PipelineChainAst' -or ($_.GetType().Name -eq 'VariableExpressionAst' -and [string]$_.VariablePath -in 'IsWindows', 'IsLinux', 'IsMacOS', 'IsCoreCLR', 'PSStyle') -or ($_.PSObject.Properties['Background'] -and $_.Background) -or ($_.PSObject.Properties['NullConditional'] -and $_.NullConditional) } | ForEach-Object { [string]$_.Extent.Text }) +
                @($tokens | Where-Object { [string]$_.Kind -in 'QuestionQuestion', 'QuestionQuestionEquals', 'QuestionDot', 'QuestionLBracket', 'AndAnd', 'OrOr', 'Clean' -or ([string]$_.Kind -eq 'Number' -and $_.Text -match '[0-9](?:u?[yslYSL]|[unUN])$' -and $_.Text -notmatch '^0x|[0-9][lL]$') -or ([string]$_.Kind -in 'StringExpandable', 'HereStringExpandable' -and $_.Text -match '\\x60[eu]') } | ForEach-Object { $_.Text }) +
                @($all | Where-Object { $_ -is [System.Management.Automation.Language.BinaryExpressionAst] -and [string]$_.Operator -match 'replace$' -and $_.Right.Find({ $args[0] -is [System.Management.Automation.Language.ScriptBlockExpressionAst] }, $false) } | ForEach-Object { $_.Extent.Text })
      foreign = @($all | Where-Object { $_ -is [System.Management.Automation.Language.CommandAst] -and $_.GetCommandName() -match '^[A-Za-z]+-(?!EPM)[A-Za-z]+$' } | ForEach-Object {
          $name = $_.GetCommandName(); $name
          foreach ($element in $_.CommandElements) { if ($element -is [System.Management.Automation.Language.CommandParameterAst]) { "$name -$($element.ParameterName)" } }
        } | Select-Object -Unique)
      unconstrained = @($all | Where-Object { $_ -is [System.Management.Automation.Language.TypeDefinitionAst] -or $_ -is [System.Management.Automation.Language.UsingStatementAst] } | ForEach-Object { $_.Extent.Text }) +
                @($all | Where-Object { ($_ -is [System.Management.Automation.Language.TypeExpressionAst] -or $_ -is [System.Management.Automation.Language.TypeConstraintAst]) -and ($_.TypeName.FullName -replace '\\[\\]$', '') -notin $core } | ForEach-Object { $_.TypeName.FullName }) +
                @($all | Where-Object { $_ -is [System.Management.Automation.Language.InvokeMemberExpressionAst] -and -not $_.Static -and [string]$_.Member.Extent.Text -notin $members } | ForEach-Object { $_.Extent.Text })
      prose = @($all | Where-Object {
          ($_ -is [System.Management.Automation.Language.BinaryExpressionAst] -and [string]$_.Operator -match '^[ic](?:not)?(?:match|like|eq|ne|contains|in|split|gt|lt|ge|le)$' -and (($_.Left, $_.Right | ForEach-Object { $_.Extent.Text }) -match $words)) -or
          ($_ -is [System.Management.Automation.Language.InvokeMemberExpressionAst] -and [string]$_.Member -in 'Contains', 'StartsWith', 'EndsWith', 'IndexOf', 'Equals' -and $_.Extent.Text -match $words) -or
          ($_ -is [System.Management.Automation.Language.SwitchStatementAst] -and (@($_.Condition.Extent.Text) + @($_.Clauses | ForEach-Object { $_.Item1.Extent.Text }) -match $words)) -or
          ($_ -is [System.Management.Automation.Language.CommandAst] -and $_.GetCommandName() -eq 'Select-String')
        } | ForEach-Object { $_.Extent.Text })
      refused = @($commands | Where-Object { $_ -in 'Invoke-Expression', 'Add-Type', 'Invoke-Command', 'Start-Process', 'Start-Job', 'Set-ExecutionPolicy' })
      aliases = @($commands | Where-Object { $_ -notmatch '^[A-Z][A-Za-z]+-[A-Z]' -and $_ -notmatch '^\\.' })
      methods = @($all | Where-Object { $_ -is [System.Management.Automation.Language.InvokeMemberExpressionAst] -and $_.Static } | ForEach-Object { [string]$_.Expression.Extent.Text + '::' + [string]$_.Member.Extent.Text })
    }
  }
  $report`;

describe.skipIf(shell === undefined)('every script of the module', () => {
  const report =
    shell === undefined ? {} : value<Record<string, Findings>>(`$files = ${scripts.map(quote).join(', ')}\n${inspect}`);
  const of = (file: string): Findings => report[file]!;

  it.each(scripts.map((file) => [relative(file), file]))('%s', (_, file) => {
    const { errors, newer, refused, aliases, prose } = of(file);
    expect({ errors, newer, refused, aliases, prose }).toEqual({
      errors: [],
      newer: [],
      refused: [],
      aliases: [],
      prose: [],
    });
  });

  it.each(scripts.map((file) => [relative(file), file]))('%s uses what both editions have', (_, file) => {
    expect(of(file).foreign.filter((use) => !BOTH.has(use))).toEqual([]);
  });

  it('calls .NET only where full language was made sure of', () => {
    const callers = scripts.filter((file) => of(file).methods.length > 0).map(relative);
    const dotNet = ['Credential.ps1', 'Errors.ps1', 'PipeChannel.ps1'];
    expect(callers).toEqual(dotNet.map((file) => path.join('Private', file)));
    expect(of(path.join(moduleFolder, 'Private', 'Errors.ps1')).methods).toEqual([
      '[System.Management.Automation.ErrorRecord]::new',
      '[System.InvalidOperationException]::new',
      '[System.Management.Automation.ErrorDetails]::new',
    ]);
    const others = scripts.filter((file) => !dotNet.includes(path.basename(file)));
    expect(others.flatMap((file) => of(file).unconstrained)).toEqual([
      '$Cmdlet.ShouldProcess($Action, "$Action`nContinue?", $Caption)',
      "$Cmdlet.ShouldContinue($Question, 'Confirm elevation')",
      // Of a credential, which constrained language allows too.
      '$credential.GetNetworkCredential()',
      // Of a hashtable, whose methods constrained language lets be called.
      "$body.Remove('ticket')",
      "$body.Remove('credential')",
    ]);
  });

  it.each(scripts.map((file) => [relative(file), file]))(
    '%s is ASCII, which both editions read alike, and neat',
    (_, file) => {
      const text = readFileSync(file, 'utf8');
      expect(text).toMatch(/^[\n\x20-\x7e]*\n$/);
      expect(text).not.toMatch(/ \n/);
    },
  );

  it('keeps one cmdlet a file in Public', () => {
    const names = value<Record<string, string[]>>(
      `$report = @{}
       Get-ChildItem ${quote(path.join(moduleFolder, 'Public'))} | ForEach-Object {
         $tree = [System.Management.Automation.Language.Parser]::ParseFile($_.FullName, [ref]$null, [ref]$null)
         $report[$_.Name] = @($tree.FindAll({ $args[0] -is [System.Management.Automation.Language.FunctionDefinitionAst] }, $true) | ForEach-Object { $_.Name })
       }
       $report`,
    );
    expect(Object.keys(names).length).toBeGreaterThan(0);
    for (const [file, functions] of Object.entries(names)) expect(functions).toEqual([path.basename(file, '.ps1')]);
  });
});

describe.skipIf(shell === undefined)('what the checks are to find', () => {
  const found = (script: string): Findings => {
    const folder = mkdtempSync(path.join(tmpdir(), 'epm-syntax-'));
    try {
      const file = path.join(folder, 'planted.ps1');
      writeFileSync(file, `${script}\n`);
      return value<Record<string, Findings>>(`$files = @(${quote(file)})\n${inspect}`)[file]!;
    } finally {
      rmSync(folder, { recursive: true });
    }
  };

  it('is found', () => {
    const newer = [
      '$a ? 1 : 2',
      '$a ?? 1',
      '$a ??= 1',
      '${a}?.Length',
      '${a}?[0]',
      'Get-Item a && Get-Item b',
      'Get-Item a || Get-Item b',
      'Get-Item a &',
      '$IsWindows',
      '$PSStyle.Reset',
      '10uy',
      '5n',
      '"`u{20ac}"',
      '"`e[0m"',
      "'a' -replace 'a', { 'b' }",
    ];
    const all = found(newer.map((line) => `$null = @(${line})`).join('\n'));
    expect(all.errors).toEqual([]);
    const told = ['$a ? 1 : 2', '${a}?.Length', '${a}?[0]', 'Get-Item a && Get-Item b', 'Get-Item a || Get-Item b'];
    told.push('Get-Item a', '$IsWindows', '$PSStyle', '??', '??=', '?.', '?[', '&&', '||', '10uy', '5n');
    expect(all.newer).toEqual([...told, '"`u{20ac}"', '"`e[0m"', "'a' -replace 'a', { 'b' }"]);
    expect(found("'a' -replace 'b', 'c'; 12; 0x1f; 3MB; [long]4").newer).toEqual([]);
  });

  it('is found where a script reads sentences', () => {
    const planted = [
      "$status.warnings | Where-Object { $_ -match 'audit records could not' }",
      "$text -like 'The policy of*'",
      '$failure.message -eq $other',
      "$_.Exception.Message -cmatch 'denied'",
      "$answer.hint.StartsWith('Run')",
      "switch -Regex ($x.Message) { 'a' { 1 } }",
      "switch ($x) { 'it is denied' { 1 } }",
      "$x | Select-String 'a'",
    ];
    expect(found(planted.join('\n')).prose).toHaveLength(planted.length);
    const codes =
      "$warning.code -ceq 'auditIncomplete'; $path -match '[\\\\/]'; \"$($x.message) $($x.hint)\"; if ($x.hint) { 1 }";
    expect(found(codes).prose).toEqual([]);
  });

  it('is found for constrained language', () => {
    const { methods, unconstrained, refused, aliases, foreign } = found(
      `class Tool { [int]$x }
       [System.IO.File]::ReadAllText('a'); $file.Delete(); [xml]'<a/>'; [Math]::Abs(1); [string[]]@(); 'a'.ToString()
       Add-Type -TypeDefinition 'x'; Invoke-Expression 'x'; gci; ForEach-Object -Parallel { }; Get-Content -AsByteStream a`,
    );
    expect(methods).toEqual(['[System.IO.File]::ReadAllText', '[Math]::Abs']);
    expect(unconstrained).toEqual(['class Tool { [int]$x }', 'System.IO.File', 'xml', 'Math', '$file.Delete()']);
    expect(refused).toEqual(['Add-Type', 'Invoke-Expression']);
    expect(aliases).toEqual(['gci']);
    expect(foreign.filter((use) => !BOTH.has(use))).toEqual(
      expect.arrayContaining(['ForEach-Object -Parallel', 'Get-Content -AsByteStream']),
    );
  });
});
