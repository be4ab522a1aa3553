/** Times that an edition of PowerShell made of texts in JSON. */
import { describe, expect, it } from 'vitest';
import { isWindows } from '../../testbed/machine.ts';
import { importModule, run, shell } from './powershell.ts';

describe.skipIf(shell === undefined || isWindows)('a time that becomes text again', () => {
  it('has the form of JSON in every culture', () => {
    // Finnish writes times with points; the culture is made here, because not every system has all of them.
    const { output, errors } = run(`${importModule()}
      $culture = [cultureinfo]::new('')
      $culture.DateTimeFormat.TimeSeparator = '.'
      [cultureinfo]::CurrentCulture = $culture
      (Get-Date -Year 2026 -Month 3 -Day 1 -Hour 10 -Minute 30 -Second 5).ToString('HH:mm')
      $time = [datetime]::new(2026, 3, 1, 10, 30, 5, 250, [DateTimeKind]::Utc)
      & (Get-Module EPM) { param($Time) ConvertTo-EPMText -Value $Time } $time`);
    expect(errors).toBe('');
    expect(output).toBe('10.30\n2026-03-01T10:30:05.250Z\n');
  });
});
