import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { diagnostic, inside, placeText } from '../../../src/model/diagnostic.ts';
import { DIAGNOSTIC_CODES } from '../../../src/model/diagnostic-codes.ts';
import { LINT_CODES } from '../../../src/model/lint-codes.ts';

const SOURCES = new URL('../../../src/', import.meta.url).pathname;

describe('the list of codes', () => {
  it('has none that nothing says', () => {
    const sources = readdirSync(SOURCES, { recursive: true, encoding: 'utf8' })
      .filter((path) => path.endsWith('.ts') && !path.endsWith('-codes.ts'))
      .map((path) => readFileSync(join(SOURCES, path), 'utf8'))
      .join('\n');
    expect(Object.keys(DIAGNOSTIC_CODES).filter((code) => !sources.includes(`'${code}'`))).toEqual([]);
  });

  it('gives each code one meaning', () => {
    const meanings = Object.values(DIAGNOSTIC_CODES).map(({ meaning }) => meaning);
    expect(new Set(meanings).size).toBe(meanings.length);
    expect(Object.keys(DIAGNOSTIC_CODES)).toEqual(expect.arrayContaining(Object.keys(LINT_CODES)));
  });
});

describe('a diagnostic', () => {
  const said = diagnostic('hashInvalid', 'It is no hash.', { pointer: '/fileHash' });

  it('has the severity of its code, and no place where it is about the whole', () => {
    expect(said).toMatchObject({ code: 'hashInvalid', severity: 'error' });
    expect(diagnostic('renamed', 'It has another name.')).toEqual({
      code: 'renamed',
      severity: 'warning',
      message: 'It has another name.',
    });
  });

  it('of a rule in a file has its place in the file', () => {
    expect(inside(said, { pointer: '/rules/0', line: 3 }).place).toEqual({ pointer: '/rules/0/fileHash', line: 3 });
    expect(inside(said, { pointer: '/rules/0', line: 3 }, 5).place).toEqual({ pointer: '/rules/0/fileHash', line: 5 });
    expect(inside(diagnostic('tooLong', 'It is too long.'), { pointer: '/rules/0' }).place).toEqual({
      pointer: '/rules/0',
    });
  });

  it('of a rule in a registry value has the value and the pointer into it', () => {
    const { place } = inside(said, { registry: 'Rules\\Setup' });
    expect(place).toEqual({ registry: 'Rules\\Setup', pointer: '/fileHash' });
    expect(placeText(place)).toBe('Rules\\Setup/fileHash');
    expect(placeText(undefined)).toBe('');
  });
});
