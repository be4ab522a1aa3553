import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { REPORTS } from '../../src/audit/reports/index.ts';
import { SETTING_ENTRIES } from '../../src/policy/declaration/settings.ts';
import { HASH_ALGORITHMS } from '../../src/model/file-facts.ts';
import { ELEVATION_TYPES, namesOf } from '../../src/model/rule-action.ts';
import { RISKS } from '../../src/policy/lint/lint-diagnostic.ts';
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

describe.skipIf(shell === undefined)('words that the core knows', () => {
  const pascal = (names: readonly string[]): string[] =>
    names.map((name) => `${name.charAt(0).toUpperCase()}${name.slice(1)}`);

  it('are offered', () => {
    expect(complete('New-EPMRule -Type ')).toEqual(pascal(namesOf(ELEVATION_TYPES)));
    expect(complete('Get-EPMReport By')).toEqual(['ByApplication', 'ByPublisher', 'ByUser']);
    expect(complete('Get-EPMReport -Name ')).toHaveLength(Object.keys(REPORTS).length);
    expect(complete('Test-EPMPolicy -FailOn ')).toEqual([...RISKS]);
    expect(complete('New-EPMRule -ChildProcess r')).toEqual(['RequireRule']);
    expect(complete('Get-EPMFileAttribute -HashAlgorithm ')).toEqual(pascal(HASH_ALGORITHMS));
    expect(complete('Export-EPMPolicy -As ')).toEqual([...complete('Import-EPMPolicy -From '), 'Admx']);
  });

  it('are the only ones that are taken, in whatever case', () => {
    const refusals = [
      "New-EPMRule -FilePath a -Type 'elevate'",
      "New-EPMRule -FilePath a -Validation Justification, ''",
      'Import-EPMPolicy -Path a -From Admx',
      'Export-EPMPolicy -As registry',
    ].map((line) => `try { ${line} } catch { $_.FullyQualifiedErrorId; $_.Exception.Message }`);
    const [id, message, ...others] = value<string[]>(refusals.join('\n'));
    expect(id).toBe('ParameterArgumentValidationError,New-EPMRule');
    expect(message).toContain('"elevate" is none of Automatic, UserConfirmed, CurrentUser, SupportApproved, Deny.');
    expect(others.filter((_, index) => index % 2 === 0)).toEqual([
      'ParameterArgumentValidationError,New-EPMRule',
      'ParameterArgumentValidationError,Import-EPMPolicy',
      'ParameterArgumentValidationError,Export-EPMPolicy',
    ]);
    const kept = `Export-EPMPolicy -As ADMX -ErrorVariable e -ErrorAction SilentlyContinue; $e[0].FullyQualifiedErrorId`;
    expect(value(kept)).toBe('EPM.Argument,Export-EPMPolicy');
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

  it('offers folders and files that can be elevated, quoted', () => {
    const expected = ["it''s.ps1", 'plain.exe', 'sub', 'with space.msi'].map((name) => `'${path.join(folder, name)}'`);
    for (const cmdlet of ['Get-EPMFileAttribute', 'Invoke-EPMElevation', 'New-EPMRule', 'Test-EPMElevation']) {
      expect(complete(`${cmdlet} -FilePath ${folder}/`).sort()).toEqual(expected.sort());
    }
  });

  it('goes on inside a quoted word', () => {
    expect(complete(`Test-EPMElevation '${folder}/with`)).toEqual([`'${path.join(folder, 'with space.msi')}'`]);
    expect(complete(`Test-EPMElevation '${folder}/it''s`)).toEqual([`'${path.join(folder, "it''s.ps1")}'`]);
  });

  it.each(['FullLanguage', 'ConstrainedLanguage'])('accepting a hostile name runs nothing of it in %s', (mode) => {
    const inner = path.join(folder, mode);
    mkdirSync(inner);
    const hostile = [
      'a\u2019;$x = 1;\u2018.exe',
      'b\u201A;$x = 1;\u201B.exe',
      "c';$x = 1;'.exe",
      'd\u201D;$x = 1;\u201C.exe',
      'e$($x = 1).exe',
      'f`n;$x = 1.exe',
      'g(1).exe',
      '-FilePath.exe',
    ];
    for (const name of hostile) writeFileSync(path.join(inner, name), '');
    const offered = complete(`Test-EPMElevation ${inner}/`);
    expect(offered).toHaveLength(hostile.length);
    // The shell reads what was accepted as one text, which is the name of the file, and runs nothing.
    const script = `$x = 0
      $ExecutionContext.SessionState.LanguageMode = '${mode}'
      , @(${offered.map((text) => `(${text})`).join(', ')}; $x)`;
    expect(value<unknown[]>(script).sort()).toEqual([0, ...hostile.map((name) => path.join(inner, name))].sort());
  });

  it('goes on from a name with a quotation mark of any kind', () => {
    writeFileSync(path.join(folder, 'o\u2019clock.exe'), '');
    const offered = [`'${path.join(folder, 'o\u2019\u2019clock.exe')}'`];
    expect(complete(`Test-EPMElevation '${folder}/o\u2019\u2019`)).toEqual(offered);
    expect(complete(`Test-EPMElevation \u2018${folder}/o\u2019\u2019cl`)).toEqual(offered);
    rmSync(path.join(folder, 'o\u2019clock.exe'));
  });

  it('takes brackets as they are', () => {
    const inner = path.join(folder, 'sub', 'a [1]');
    mkdirSync(inner);
    writeFileSync(path.join(inner, 'tool [x].exe'), '');
    expect(complete(`Test-EPMElevation '${inner}/`)).toEqual([`'${path.join(inner, 'tool [x].exe')}'`]);
    expect(complete(`Test-EPMElevation '${inner}/tool [`)).toEqual([`'${path.join(inner, 'tool [x].exe')}'`]);
  });
});
