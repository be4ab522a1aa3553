import { expect, it } from 'vitest';
import { ask, saidOf } from './condition.ts';

it.each([
  ['tools\\app.exe', 'fileNameCharacter'],
  ['a|b.exe', 'fileNameCharacter'],
  ['%TEMP%.exe', 'variableMisplaced'],
  ['app.e*', 'wildcardInExtension'],
  ['app*', 'wildcardInExtension'],
  ['app.dll', 'fileNameExtension'],
  ['app', 'fileNameExtension'],
  ['*.exe', 'fileNameNoLiteral'],
])('rejects %s (%s)', (fileName, code) => {
  expect(saidOf({ fileName })).toEqual([code]);
});

it.each([
  ['APP.exe', 'app.EXE', true],
  [' app.exe ', 'app.exe', true],
  ['app*.exe', 'App-2.exe', true],
  ['ap?.exe', 'app.exe', true],
  ['ap?.exe', 'ap.exe', false],
  ['straße.exe', 'STRASSE.exe', false],
  ['ſetup.exe', 'setup.exe', false],
])('%s and the file %s: %s', (fileName, name, fits) => {
  const answer = ask('fileName', { fileName }, { facts: { name } });
  expect(answer).toEqual(fits || { expected: fileName.trim(), found: name });
});
