/** The list of verbs and the folder of their files are the same. */
import { readdirSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { epm } from './captured.ts';

const folder = path.resolve(import.meta.dirname, '../../../src/cli/verbs');
const files = readdirSync(folder).map((name) => path.basename(name, '.ts'));
/** Words of a group, as its verbs begin; a group within a group comes first. */
const GROUPS = [
  ['agent', 'secret'],
  ['agent'],
  ['policy'],
  ['audit'],
  ['approval-key'],
  ['grant'],
  ['request'],
  ['notification'],
];

/** Words of the command line that a file is for: `policy-new-rule` is `policy new-rule`. */
function wordsOf(file: string): string[] {
  const group = GROUPS.find((words) => file.startsWith(`${words.join('-')}-`));
  return group === undefined ? [file] : [...group, file.slice(group.join('-').length + 1)];
}

/** Verbs that a help lists. */
async function listed(...words: string[]): Promise<string[]> {
  const { out } = await epm(...words, '--help');
  const commands = out.split(/^Commands:\n/m)[1]?.split(/\n\n/)[0] ?? '';
  return [...commands.matchAll(/^ {2}([a-z][a-z-]*)/gm)].flatMap(([, name = '']) => (name === 'help' ? [] : [name]));
}

describe('the verbs of epm', () => {
  it.each(files)('%s has its own help', async (file) => {
    const words = wordsOf(file);
    const { code, out, error } = await epm(...words, '--help');
    expect({ code, error }).toEqual({ code: 0, error: '' });
    expect(out).toMatch(new RegExp(`^Usage: epm ${words.join(' ')}\\b`));
    expect(out.split('\n\n')[1], 'its description').toMatch(/^\S/);
  });

  it('are those of the folder', async () => {
    const below = await Promise.all(
      GROUPS.map(async (group) => (await listed(...group)).map((name) => [...group, name])),
    );
    const all = [...(await listed()).map((name) => [name]), ...below.flat()];
    const expected = [...files.map(wordsOf), ...GROUPS].map(String);
    expect(all.map(String).sort()).toEqual([...new Set(expected)].sort());
  });

  it('are suggested when one is spelt wrong', async () => {
    expect((await epm('polcy')).error).toContain('Did you mean policy?');
    expect((await epm('policy', 'lnt', 'a.json')).error).toContain('Did you mean lint?');
  });

  it.each([
    [['help', 'policy'], 'epm policy'],
    [['audit', '--after', '5', 'verify', '--help'], 'epm audit verify'],
  ])('are found in %j', async (words, name) => {
    expect(await epm(...words)).toMatchObject({ code: 0, out: expect.stringContaining(`Usage: ${name} `) as string });
  });
});
