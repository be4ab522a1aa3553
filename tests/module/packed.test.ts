/** The module as it is installed: one file in place of those it is written in. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { writeInstalledModule } from '../installed-module.ts';
import { importModule, moduleFolder, quote, run, shell } from './powershell.ts';

describe.skipIf(shell === undefined)('the installed module', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'epm-packed-'));
  const packed = path.join(folder, 'EPM');
  const names = writeInstalledModule(packed);

  afterAll(() => rmSync(folder, { recursive: true }));

  /** What a session shows of the module in a folder. */
  const shown = (of: string, script: string, constrained = false): string => {
    const { output, errors } = run(`${importModule(of)}\n${script}`, { constrained });
    expect(errors).toBe('');
    expect(output).not.toBe('');
    return output;
  };
  const both = (script: string, constrained = false): void =>
    expect(shown(packed, script, constrained)).toBe(shown(moduleFolder, script, constrained));

  it('is one script, and its manifest lists what is there', () => {
    expect(names.filter((name) => /\.psm?1$/.test(name))).toEqual(['EPM.psm1']);
    const script = `(Import-PowerShellDataFile ${quote(path.join(packed, 'EPM.psd1'))}).FileList | Sort-Object
      (Test-ModuleManifest ${quote(path.join(packed, 'EPM.psd1'))}).Name`;
    const listed = names.map((name) => name.replaceAll(path.sep, '\\'));
    const { output, errors } = run(script);
    expect({ errors, lines: output.trim().split('\n').sort() }).toEqual({
      errors: '',
      lines: [...listed, 'EPM'].sort(),
    });
  });

  it.each([false, true])('has the same functions, with the same text (constrained language: %s)', (constrained) => {
    both(
      `& (Get-Module EPM) { Get-ChildItem function: | Where-Object { $_.Source -eq 'EPM' } | Sort-Object Name |
        ForEach-Object { $_.Name; [string]$_.Definition } }; (Get-Command -Module EPM).Name`,
      constrained,
    );
  });

  it('has the same help and completes the same', () => {
    both(`Get-Command -Module EPM | ForEach-Object { Get-Help $_.Name -Full | Out-String -Width 200 }
      (TabExpansion2 'New-EPMRule -ElevationType ' 27).CompletionMatches.CompletionText`);
  });
});
