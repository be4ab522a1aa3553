import { expect, it } from 'vitest';
import { placesOf } from '../../../src/windows/processes/host-programs.ts';

const FOLDERS = { systemRoot: 'D:\\Windows', programFiles: 'D:\\Programs' };

it('looks for the programs of Windows in its own folder only', () => {
  const none = () => expect.unreachable('nothing is listed');
  expect(placesOf('windowsInstaller', FOLDERS, none)).toEqual(['D:\\Windows\\System32\\msiexec.exe']);
  expect(placesOf('windowsPowerShell', FOLDERS, none)).toEqual([
    'D:\\Windows\\System32\\WindowsPowerShell\\v1.0\\powershell.exe',
  ]);
});

it('takes the highest release of PowerShell, and never a preview or what only looks like one', () => {
  const listed: string[] = [];
  const names = ['7', '10', '6', '7-preview', '07', '0', '7.5', ' 11', '9999', 'Modules'];
  const list = (folder: string) => (listed.push(folder), names);
  expect(placesOf('powerShell', FOLDERS, list)).toEqual(
    ['10', '7', '6'].map((name) => `D:\\Programs\\PowerShell\\${name}\\pwsh.exe`),
  );
  expect(listed).toEqual(['D:\\Programs\\PowerShell']);
  expect(placesOf('powerShell', FOLDERS, () => [])).toEqual([]);
});
