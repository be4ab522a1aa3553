import { expect, it } from 'vitest';
import { ask, saidOf } from './condition.ts';

it.each([
  ['\\\\server\\share', 'pathUnc'],
  ['\\\\?\\C:\\Tools', 'pathDevice'],
  ['Tools', 'pathRelative'],
  ['C:Tools', 'pathDriveRelative'],
  ['C:\\Tools\\..\\x', 'pathDotSegment'],
  ['C:\\%Temp%', 'variableMisplaced'],
  ['%Temp%\\x', 'variableUnknown'],
])('rejects %s (%s)', (filePath, code) => {
  expect(saidOf({ filePath })).toEqual([code]);
});

it('says that a path repeats the file name', () => {
  expect(saidOf({ filePath: 'C:\\Tools\\app.exe', fileName: 'app.exe' })).toEqual(['pathRepeatsFileName']);
});

it.each([
  ['C:/tools//', 'C:\\TOOLS', true],
  ['C:\\', 'C:\\', true],
  ['C:\\Tools', 'C:\\Tools\\', true],
  ['C:\\Tools', 'C:\\Tools\\x', false],
  ['C:\\Tools\\**', 'C:\\Tools', true],
  ['C:\\Tools\\**', 'C:\\Tools\\x\\y', true],
  ['C:\\T*s', 'C:\\Tools', true],
  ['%UserProfile%\\App', 'C:\\users\\ANN\\app', true],
  ['%LocalAppData%', 'C:\\Users\\ann\\AppData\\Local', true],
  ['%UserProfile%', 'C:\\Users\\annette', false],
])('%s and the folder %s: %s', (filePath, folder, fits) => {
  expect(ask('filePath', { filePath }, { facts: { folder } }) === true).toBe(fits);
});

it('says of a folder outside of the profile that it is', () => {
  const answer = ask('filePath', { filePath: '%UserProfile%\\App' }, { facts: { folder: 'C:\\App' } });
  expect(answer).toMatchObject({ found: 'C:\\App (not in the profile folder of the requester)' });
});
