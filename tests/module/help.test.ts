import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { moduleFolder, shell, value } from './powershell.ts';

interface Help {
  readonly name: string;
  readonly synopsis: string;
  readonly description: string;
  readonly outputTypes: readonly string[];
  readonly parameters: readonly { readonly name: string; readonly aliases: readonly string[]; readonly text: string }[];
  readonly examples: readonly { readonly code: string; readonly remarks: string }[];
}

const script = `
  $common = [System.Management.Automation.PSCmdlet]::CommonParameters
  @(foreach ($command in Get-Command -Module EPM) {
    $help = Get-Help $command.Name -Full
    [ordered]@{
      name = $command.Name
      synopsis = [string]$help.Synopsis
      description = [string]($help.description | ForEach-Object { $_.Text })
      outputTypes = @($command.OutputType | ForEach-Object { $_.Name })
      parameters = @($command.Parameters.Values | Where-Object { $_.Name -notin $common } | ForEach-Object {
        $name = $_.Name
        $entry = $help.parameters.parameter | Where-Object { $_.name -eq $name }
        [ordered]@{ name = $name; aliases = @($_.Aliases); text = [string]($entry.description | ForEach-Object { $_.Text }) }
      })
      examples = @($help.examples.example | ForEach-Object {
        [ordered]@{ code = [string]$_.code; remarks = [string]($_.remarks | ForEach-Object { $_.Text }) }
      })
    }
  })`;

describe.skipIf(shell === undefined)('help', () => {
  const all = shell === undefined ? [] : value<Help[]>(script);

  it('exists for every cmdlet', () => {
    expect(all.map(({ name }) => name)).toEqual([
      'Approve-EPMRequest',
      'Compare-EPMPolicy',
      'Deny-EPMRequest',
      'Export-EPMPolicy',
      'Get-EPMAgent',
      'Get-EPMAudit',
      'Get-EPMClientSetting',
      'Get-EPMElevation',
      'Get-EPMFileAttribute',
      'Get-EPMGrant',
      'Get-EPMPolicy',
      'Get-EPMReport',
      'Get-EPMRequest',
      'Get-EPMRole',
      'Get-EPMRule',
      'Import-EPMGrant',
      'Import-EPMPolicy',
      'Invoke-EPMElevation',
      'New-EPMApprovalKey',
      'New-EPMRule',
      'Repair-EPMAgent',
      'Revoke-EPMRequest',
      'Stop-EPMElevation',
      'Test-EPMAgent',
      'Test-EPMElevation',
      'Test-EPMPolicy',
    ]);
  });

  it.each(all.map((help) => [help.name, help] as const))('of %s is complete', (name, help) => {
    expect(help.synopsis).toMatch(/^[A-Z].*\.$/);
    expect(help.description.length).toBeGreaterThan(80);
    expect(help.outputTypes.join()).toMatch(/^EPM\.[A-Z]/);
    expect(help.examples.length).toBeGreaterThan(1);
    for (const { code, remarks } of help.examples) {
      expect(code).toContain(name);
      expect(remarks.trim(), code).toMatch(/\.$/);
    }
    const code = help.examples.map((example) => example.code).join('\n');
    for (const parameter of help.parameters) {
      expect(parameter.text, `${name} -${parameter.name} is described`).toMatch(/\S.*\./);
      expect(code, `an example of ${name} has -${parameter.name}`).toMatch(
        new RegExp(`-${parameter.name}\\b|${positional(name, parameter.name)}`),
      );
    }
  });

  /** A parameter by position, or fed by the pipeline, is shown without its name. */
  function positional(name: string, parameter: string): string {
    return ['RequestId', 'FileName', 'CertificateHash'].includes(parameter) ? `\\| ${name}` : '(?!)';
  }

  it('has a topic that names every cmdlet and is shown by Get-Help', () => {
    const topic = readFileSync(path.join(moduleFolder, 'en-US', 'about_EPM.help.txt'), 'utf8');
    for (const { name } of all) expect(topic).toContain(name);
    expect(Math.max(...topic.split('\n').map((line) => line.length))).toBeLessThanOrEqual(122);
  });
});
