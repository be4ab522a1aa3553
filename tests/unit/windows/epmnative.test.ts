import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { NATIVE_FUNCTIONS, NATIVE_STRUCTURES } from '../../../src/windows/dll/epmnative.ts';

const HEADER = readFileSync(new URL('../../../native/include/epmnative.h', import.meta.url), 'utf8');
const CODE = HEADER.replace(/\/\/.*/g, '');

/** A declaration of C as koffi spells its type. */
function typeOf(declaration: string): string {
  const type = declaration.trim().replace(/\s*\w+$/, '');
  if (type === 'const char16_t*') return 'str16';
  return type.replace(/^char\*$/, 'uint8_t*');
}

/** Without what only koffi needs, and without names. */
function plain(parameter: string): string {
  return parameter
    .replace('_Out_ ', '')
    .replace(/\s*\w+$/, '')
    .replace(/ \*$/, '*');
}

function list(parameters: string): readonly string[] {
  return parameters === '' || parameters === 'void' ? [] : parameters.split(',');
}

describe('the declarations of epmnative.dll', () => {
  it('have the structures of its header', () => {
    const structures = [...CODE.matchAll(/struct (\w+) \{([^}]*)\};/g)].map(([, name = '', members = '']) => [
      name,
      members
        .split(';')
        .filter((member) => member.trim() !== '')
        .map((member) => [/\w+$/.exec(member.trim())?.[0], typeOf(member)]),
    ]);
    const declared = Object.entries(NATIVE_STRUCTURES).map(([name, members]) => [
      name,
      Object.entries(members).map(([member, type]) => {
        // The environment is a text with NUL characters, so it is given as bytes.
        if (member === 'environment') return [member, 'str16'];
        return [member, type === 'uint8_t *' ? 'const uint8_t*' : type];
      }),
    ]);
    expect(structures).toHaveLength(3);
    expect(declared).toEqual(structures);
  });

  it('have its functions, with its parameters', () => {
    const functions = [...CODE.matchAll(/EPM_API \w+ (\w+)\(([^)]*)\);/g)].map(([, name = '', parameters = '']) => [
      name,
      list(parameters.replace(/\s+/g, ' ')).map(typeOf),
    ]);
    const declared = Object.entries(NATIVE_FUNCTIONS).map(([name, parameters]) => [
      name,
      list(parameters).map((parameter) => plain(parameter.trim())),
    ]);
    expect(functions).toHaveLength(60);
    expect(declared).toEqual(functions);
  });
});
