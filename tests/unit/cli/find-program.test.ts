import { describe, expect, it } from 'vitest';
import { findProgram } from '../../../src/cli/input/find-program.ts';

const CURRENT = 'C:\\Users\\alice\\Downloads';
const FILES = [
  `${CURRENT}\\here.exe`,
  `${CURRENT}\\bin\\sub.exe`,
  'C:\\Users\\alice\\up.exe',
  'C:\\Tools\\tool.exe',
  'C:\\Tools\\plain',
  'C:\\Tools\\script.ps1',
  'C:\\Tools\\setup.msi',
  'C:\\Other Tools\\tool.exe',
  'C:\\Other Tools\\second.exe',
  'C:\\Other Tools\\second.cmd',
  'C:\\Other Tools\\my.tool.exe',
];

function find(name: string, variables: Readonly<Record<string, string>> = {}): string {
  const PATH = 'C:\\Tools;"C:\\Other Tools"';
  return findProgram(name, CURRENT, {
    variables: { PATH, ...variables },
    isFile: (path) => FILES.some((file) => file.toLowerCase() === path.toLowerCase()),
  });
}

describe('the program that somebody means', () => {
  it.each([
    ['tool', 'C:\\Tools\\tool.EXE'],
    ['tool.exe', 'C:\\Tools\\tool.exe'],
    ['TOOL', 'C:\\Tools\\TOOL.EXE'],
    ['second.exe', 'C:\\Other Tools\\second.exe'],
    ['my.tool', 'C:\\Other Tools\\my.tool.EXE'],
    ['script', 'C:\\Tools\\script.PS1'],
    ['setup', 'C:\\Tools\\setup.MSI'],
  ])('%s is the first in PATH', (name, expected) => {
    expect(find(name)).toBe(expected);
  });

  it.each([
    ['.\\here', `${CURRENT}\\here.EXE`],
    ['./here.exe', `${CURRENT}\\here.exe`],
    ['bin\\sub.exe', `${CURRENT}\\bin\\sub.exe`],
    ['..\\up', 'C:\\Users\\alice\\up.EXE'],
    ['C:\\Tools\\tool.exe', 'C:\\Tools\\tool.exe'],
    ['\\Tools\\tool.exe', 'C:\\Tools\\tool.exe'],
  ])('%s is a path from the current folder', (name, expected) => {
    expect(find(name)).toBe(expected);
  });

  it.each([
    ['here', {}],
    ['here.exe', {}],
    ['here', { PATH: `.;;bin;%CD%;C:;${CURRENT.slice(2)};C:\\Tools` }],
    ['sub', { PATH: 'bin;.\\bin' }],
    ['plain', {}],
    ['missing', {}],
    ['', {}],
    ['.', {}],
    ['..', {}],
    ['.\\missing', {}],
    ['tool', { PATH: '' }],
  ])('%j is never taken from the current folder by its name, nor found where nothing is', (name, variables) => {
    expect(() => find(name, variables)).toThrow(expect.objectContaining({ code: 'EPM_FILE_NOT_FOUND' }));
  });

  it('is what a shell would start, elevated or not', () => {
    expect(find('second', { PATHEXT: '.COM;.CMD;.EXE' })).toBe('C:\\Other Tools\\second.CMD');
    expect(find('second', { PATHEXT: '.EXE;.CMD' })).toBe('C:\\Other Tools\\second.EXE');
    // What is no extension is not put behind a name.
    expect(find('tool', { PATHEXT: '\\..\\x;.;.EXE' })).toBe('C:\\Tools\\tool.EXE');
  });

  it('says how a program of the current folder is meant', () => {
    expect(() => find('here')).toThrow(
      expect.objectContaining({ hint: expect.stringContaining('".\\here"') as string }),
    );
  });
});
