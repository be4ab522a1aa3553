import { readdirSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { moduleFolder, quote, run, shell, value } from './powershell.ts';

const files = (folder: string): string[] =>
  readdirSync(path.join(moduleFolder, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(moduleFolder, path.join(entry.parentPath, entry.name)).replaceAll('/', '\\'))
    .sort();
const names = files('Public').map((file) => path.win32.basename(file, '.ps1'));

describe.skipIf(shell === undefined)('the manifest', () => {
  const manifest = (expression: string): string =>
    `$manifest = Import-PowerShellDataFile ${quote(path.join(moduleFolder, 'EPM.psd1'))}; ${expression}`;

  it('is valid by the engine', () => {
    const answer = run(`(Test-ModuleManifest ${quote(path.join(moduleFolder, 'EPM.psd1'))}).Name`);
    expect(answer).toEqual({ exitCode: 0, output: 'EPM\n', errors: '' });
  });

  it('exports exactly the cmdlets in Public, by name', () => {
    expect(value(manifest('$manifest.FunctionsToExport'))).toEqual(names);
    const others = manifest(
      `@('CmdletsToExport', 'VariablesToExport', 'AliasesToExport' | ForEach-Object { @($manifest[$_]).Count })`,
    );
    expect(value(others)).toEqual([0, 0, 0]);
    expect(value(`(Get-Module EPM).ExportedCommands.Keys | Sort-Object`)).toEqual(names);
  });

  it('lists every file of the module', () => {
    expect(value<string[]>(manifest('$manifest.FileList')).sort()).toEqual(files('.'));
  });

  it('is for both editions of PowerShell', () => {
    expect(value(manifest('@{ e = $manifest.CompatiblePSEditions; v = $manifest.PowerShellVersion }'))).toEqual({
      e: ['Desktop', 'Core'],
      v: '5.1',
    });
    const tags = value<string[]>(manifest('$manifest.PrivateData.PSData.Tags'));
    expect(tags).toEqual(expect.arrayContaining(['Windows', 'PSEdition_Desktop', 'PSEdition_Core']));
  });

  it('names its cmdlets with approved verbs and the prefix', () => {
    const verbs = value<string[]>(
      `[psobject].Assembly.GetTypes() | Where-Object { $_.IsPublic -and $_.Namespace -eq 'System.Management.Automation' -and $_.Name -clike 'Verbs*' } |
        ForEach-Object { $_.GetFields() | ForEach-Object { [string]$_.GetValue($null) } }`,
    );
    expect(verbs.length).toBeGreaterThan(90);
    for (const name of names) {
      const [verb, noun] = name.split('-');
      expect(verbs).toContain(verb);
      expect(noun).toMatch(/^EPM(?:[A-Z][a-z]+)+$/);
    }
  });

  it('leaves nothing behind in the session but its cmdlets', () => {
    const script = `$before = Get-Command | ForEach-Object Name; $variables = (Get-ChildItem variable:).Name
      Import-Module ${quote(path.join(moduleFolder, 'EPM.psd1'))}
      Get-Command | ForEach-Object Name | Where-Object { $_ -notin $before }
      (Get-ChildItem variable:).Name | Where-Object { $_ -notin $variables -and $_ -notin 'variables', 'before', '_', 'PSItem', '^', '$', '?' }`;
    expect(run(script).output.trim().split('\n').sort()).toEqual(names);
  });
});
