/** A list of texts that cannot be taken whole still says what can be read of it, since less would elevate more. */
import { describe, expect, it } from 'vitest';
import { placeText } from '../../../../src/model/diagnostic.ts';
import { SETTINGS } from '../../../../src/model/settings.ts';
import { settingsFromJson, settingsFromRegistry } from '../../../../src/policy/declaration/settings-codec.ts';
import type { RegistryValue } from '../../../../src/policy/registry/registry-snapshot.ts';

const NAME = 'AdditionalInterpreters';
const MANY = Array.from({ length: SETTINGS.additionalInterpreters.maxItems + 1 }, (_, index) => `tool${index}.exe`);

function fromRegistry(value: RegistryValue) {
  const { settings, problems } = settingsFromRegistry([value]);
  return { list: settings?.additionalInterpreters, places: problems.map(({ place }) => placeText(place)) };
}

function fromJson(value: unknown) {
  const { settings, problems } = settingsFromJson({ additionalInterpreters: value });
  return { list: settings?.additionalInterpreters, isReported: problems.length > 0 };
}

describe('a list of texts in the registry', () => {
  it('is a REG_MULTI_SZ', () => {
    const data = ['tclsh.exe', 'gawk', 'mein programm'];
    expect(fromRegistry({ name: NAME, type: 'REG_MULTI_SZ', data })).toEqual({ list: data, places: [] });
  });

  it.each<[string, RegistryValue, readonly string[] | undefined]>([
    ['a path', { name: NAME, type: 'REG_MULTI_SZ', data: ['C:\\a.exe', 'gawk'] }, ['gawk']],
    ['a wildcard', { name: NAME, type: 'REG_MULTI_SZ', data: ['ga*k', 'gawk'] }, ['gawk']],
    ['a blank at an end', { name: NAME, type: 'REG_MULTI_SZ', data: ['gawk ', ' gawk', 'gawk.'] }, undefined],
    ['a long name', { name: NAME, type: 'REG_MULTI_SZ', data: ['a'.repeat(65), 'a'.repeat(64)] }, ['a'.repeat(64)]],
    ['no entry', { name: NAME, type: 'REG_MULTI_SZ', data: [] }, undefined],
    ['too many', { name: NAME, type: 'REG_MULTI_SZ', data: MANY }, MANY.slice(0, -1)],
    ['another type', { name: NAME, type: 'REG_SZ', data: 'gawk' }, ['gawk']],
    ['a number', { name: NAME, type: 'REG_DWORD', data: 1 }, undefined],
  ])('with %s is reported, and the rest counts', (_what, value, list) => {
    expect(fromRegistry(value)).toEqual({ list, places: [NAME] });
  });
});

it.each([
  ['a path', ['a/b', 'gawk'], ['gawk']],
  ['something else', ['gawk', 1], ['gawk']],
  ['no list', 'gawk', ['gawk']],
  ['an empty list', [], undefined],
])('%s in a policy file is reported, and the rest counts', (_what, value, list) => {
  expect(fromJson(value)).toEqual({ list, isReported: true });
});
