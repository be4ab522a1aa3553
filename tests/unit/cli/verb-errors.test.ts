/** What verbs say when they are given the wrong thing: which one it is, what is wrong with it, and what to do. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildProgram } from '../facts/pe-builder.ts';
import { epm } from './captured.ts';

let folder: string;
const at = (name: string): string => path.join(folder, name);
const FILES: Readonly<Record<string, string>> = {
  'good.json': '{"version":1,"settings":{"enabled":true}}',
  'empty.json': '',
  'text.json': 'hello',
  'other.json': '{"a":1}',
  'broken.json': '{"version":1,',
  'typo.json':
    '{"version":1,"settings":{"enabled":true,\n"enabeld":true},\n"rules":[{"name":"Typo","type":"deny","fileNam":"a.exe"}]}',
  'deny.json': '{"version":1,"rules":[{"name":"No","type":"deny","fileName":"a.exe","minimumVersion":"v1"}]}',
  'facts.json': JSON.stringify({
    path: 'C:\\a.exe',
    folder: 'C:',
    name: 'a.exe',
    size: 1,
    sha256: 'a'.repeat(64),
    type: 'exe',
    signatures: [],
  }),
};

beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'epm-said-'));
  for (const [name, text] of Object.entries(FILES)) writeFileSync(at(name), text);
  mkdirSync(at('folder'));
});
afterAll(() => rmSync(folder, { recursive: true }));

/** Words of a command line, with paths for the names of files. */
const words = (line: string): string[] =>
  line.split(' ').map((word) => (word in FILES || word === 'folder' || word === 'none.json' ? at(word) : word));

const VERBS = [
  'policy convert @ --to json',
  'policy compare good.json @',
  'policy compare @ good.json',
  'policy inspect @',
  'policy lint good.json @',
  'policy test @ --policy good.json',
  'policy show --policy @',
  'policy apply @ --check',
  'decide --policy good.json @ --facts facts.json',
  'decide --policy good.json --facts @',
  'policy new-rule --file @',
  'policy new-rule --record @',
  'policy new-rule --audit-record 1 --journal @',
  'audit verify --journal @',
  'file @',
];

describe.each(VERBS)('epm %s', (verb) => {
  it.each([
    ['none.json', 'does not exist'],
    ['folder', /is a folder|is not a file/],
  ])('%s', async (name, reason) => {
    const { code, out, error } = await epm(...words(verb.replace('@', name)));
    expect(code).toBe(3);
    expect(out).toBe('');
    expect(error).toContain(`"${at(name)}"`);
    expect(error).toMatch(reason);
    expect(error).toMatch(/\n {5}(Check the path|Give the path of a file)\.\n/);
  });
});

describe.each(VERBS.filter((verb) => !/--file|--record|--audit-record|--journal|--facts @|^file/.test(verb)))(
  'a file that is no policy: epm %s',
  (verb) => {
    it.each(['empty.json', 'text.json', 'other.json', 'broken.json'])('%s', async (name) => {
      const { code, out, error } = await epm(...words(verb.replace('@', name)));
      expect(code).toBe(3);
      expect(out).toBe('');
      expect(error).toContain(`"${at(name)}"`);
      if (name === 'empty.json' && !verb.startsWith('policy test')) expect(error).toContain('is empty');
    });
  },
);

it('a wrong command line names the help of its verb', async () => {
  for (const [line, help] of [
    ['policy convert good.json', 'epm policy convert --help'],
    ['policy lint', 'epm policy lint --help'],
    ['policy nonsense', 'epm policy --help'],
    ['audit verify --nonsense', 'epm audit verify --help'],
    ['nonsense', 'epm --help'],
  ] as const) {
    expect((await epm(...words(line))).error, line).toContain(`See \`${help}\`.`);
  }
});

it('an option of another program leads to --, where a verb passes arguments on', async () => {
  const { code, error } = await epm('elevate', 'C:\\setup.exe', '--silent');
  expect([code, error.includes('go after --.')]).toEqual([2, true]);
  expect((await epm('status', '--silent')).error).not.toContain('go after --');
});

it('a rejected rule is told once', async () => {
  const { code, error } = await epm(...words('policy convert typo.json --to json'));
  expect(code).toBe(2);
  expect(error.match(/rule "Typo"/g)).toHaveLength(1);
  expect(error).toContain('line 3, /rules/0/fileNam: "fileNam" is not known here.');
});

it('a decision says which rules it is without, and a finding outside of rules has its line', async () => {
  const decided = await epm(...words('decide --policy typo.json --facts facts.json'));
  expect(decided.out).toMatch(/^denied/);
  expect(decided.error).toContain('rule "Typo" is rejected: ');
  expect(decided.error).toContain('line 2, /settings/enabeld: ');
  const denied = await epm(...words('decide --policy deny.json --facts facts.json'));
  expect(denied.error).toContain('rule "No" is rejected, but still denies: ');
  const found = await epm(...words('policy lint typo.json'));
  expect(found.out).toContain(`${at('typo.json')}:2  medium  Rule or setting is rejected [rule-rejected]`);
});

it('a journal without records proves nothing', async () => {
  expect(await epm('audit', 'verify', '--journal', at('empty.json'))).toMatchObject({
    code: 1,
    error: expect.stringContaining('nothing is proved'),
  });
});

it.skipIf(process.platform === 'win32')('a rule for a folder that is none of Windows says so', async () => {
  writeFileSync(at('setup.exe'), buildProgram());
  const { code, error } = await epm('policy', 'new-rule', '--file', at('setup.exe'), '--same-path');
  expect(code).toBe(3);
  expect(error).toContain(`"setup.exe": filePath "${folder}": A path must be absolute`);
  expect(error).toContain('write filePath by hand');
});
