import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SETTING_ENTRIES } from '../../src/policy/declaration/settings.ts';
import { quote, shell, value } from './powershell.ts';

const complete = (line: string): string[] =>
  value(
    `, @([System.Management.Automation.CommandCompletion]::CompleteInput(${quote(line)}, ${line.length}, $null).CompletionMatches | ForEach-Object { $_.CompletionText })`,
  );

describe.skipIf(shell === undefined)('completion of settings', () => {
  it('offers every setting of the declaration', () => {
    expect(complete('Get-EPMClientSetting -Name ')).toEqual(SETTING_ENTRIES.map(([name]) => name));
    expect(complete('Get-EPMClientSetting default')).toEqual(['defaultElevationResponse', 'defaultValidations']);
  });
});

describe.skipIf(shell === undefined)('completion of -FilePath', () => {
  let folder = '';
  beforeAll(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'epm-complete-'));
    for (const name of ['plain.exe', 'with space.msi', "it's.ps1", 'notes.txt'])
      writeFileSync(path.join(folder, name), '');
    mkdirSync(path.join(folder, 'sub'));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('offers folders and files that can be elevated, quoted where needed', () => {
    const at = (name: string): string => path.join(folder, name);
    const expected = [`'${at("it''s.ps1")}'`, at('plain.exe'), at('sub'), `'${at('with space.msi')}'`];
    for (const cmdlet of ['Get-EPMFileAttribute', 'Invoke-EPMElevation', 'New-EPMRule', 'Test-EPMElevation']) {
      expect(complete(`${cmdlet} -FilePath ${folder}/`).sort()).toEqual(expected.sort());
    }
  });

  it('goes on inside a quoted word', () => {
    expect(complete(`Test-EPMElevation '${folder}/with`)).toEqual([`'${path.join(folder, 'with space.msi')}'`]);
    expect(complete(`Test-EPMElevation '${folder}/it''s`)).toEqual([`'${path.join(folder, "it''s.ps1")}'`]);
  });

  it('takes brackets as they are', () => {
    const inner = path.join(folder, 'sub', 'a [1]');
    mkdirSync(inner);
    writeFileSync(path.join(inner, 'tool [x].exe'), '');
    expect(complete(`Test-EPMElevation '${inner}/`)).toEqual([`'${path.join(inner, 'tool [x].exe')}'`]);
    expect(complete(`Test-EPMElevation '${inner}/tool [`)).toEqual([`'${path.join(inner, 'tool [x].exe')}'`]);
  });
});
