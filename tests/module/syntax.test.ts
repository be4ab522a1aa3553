import { readFileSync, readdirSync } from 'node:fs';
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
}

/** What the engine's own parser says about each script. */
const inspect = `
  $report = [ordered]@{}
  foreach ($file in $files) {
    $tokens = $null; $errors = $null
    $tree = [System.Management.Automation.Language.Parser]::ParseFile($file, [ref]$tokens, [ref]$errors)
    $all = $tree.FindAll({ $true }, $true)
    $commands = @($all | Where-Object { $_ -is [System.Management.Automation.Language.CommandAst] } | ForEach-Object { $_.GetCommandName() } | Where-Object { $_ })
    $report[$file] = @{
      errors  = @($errors | ForEach-Object { $_.Message })
      # Syntax that Windows PowerShell 5.1 cannot read.
      newer   = @($all | Where-Object { $_.GetType().Name -in 'TernaryExpressionAst', 'PipelineChainAst' -or ($_.PSObject.Properties['Background'] -and $_.Background) -or ($_.PSObject.Properties['NullConditional'] -and $_.NullConditional) } | ForEach-Object { [string]$_.Extent.Text }) +
                @($tokens | Where-Object { [string]$_.Kind -in 'QuestionQuestion', 'QuestionQuestionEquals', 'QuestionDot', 'QuestionLBracket', 'AndAnd', 'OrOr', 'Clean' } | ForEach-Object { $_.Text })
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
    const { errors, newer, refused, aliases } = of(file);
    expect({ errors, newer, refused, aliases }).toEqual({ errors: [], newer: [], refused: [], aliases: [] });
  });

  it('calls .NET only where full language was made sure of', () => {
    const callers = scripts.filter((file) => of(file).methods.length > 0).map(relative);
    expect(callers).toEqual([path.join('Private', 'Errors.ps1'), path.join('Private', 'PipeChannel.ps1')]);
    expect(of(path.join(moduleFolder, 'Private', 'Errors.ps1')).methods).toEqual([
      '[System.Management.Automation.ErrorRecord]::new',
      '[System.InvalidOperationException]::new',
      '[System.Management.Automation.ErrorDetails]::new',
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
