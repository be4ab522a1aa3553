/** What the documentation shows is what the programs take. */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { parseCaseFile } from '../../../src/policy/cases/case-file.ts';
import { parsePolicyFile } from '../../../src/policy/policy-file.ts';
import { epm } from './spoken.ts';

const root = path.resolve(import.meta.dirname, '../../..');
const pages = ['README.md', ...readdirSync(path.join(root, 'docs')).map((name) => `docs/${name}`)]
  .filter((name) => name.endsWith('.md'))
  .map((name) => ({ name, text: readFileSync(path.join(root, name), 'utf8') }));

/** Fenced blocks of one of these languages. */
function blocks(text: string, languages: readonly string[]): readonly string[] {
  return [...text.matchAll(/^ *```(\w+)\n([\s\S]*?)^ *```/gm)]
    .filter(([, language]) => languages.includes(language ?? ''))
    .map(([, , content]) => content ?? '');
}

/** Command lines of epm in the blocks of all pages, with the page. */
const commands = pages.flatMap(({ name, text }) =>
  blocks(text, ['sh', 'powershell', 'yaml']).flatMap((block) =>
    [...block.matchAll(/^\s*(?:- run: )?(?:npm run -s epm -- |epm(?:\.exe)? )([^#\n]+)/gm)].map(
      ([, command]) => [name, (command ?? '').trim()] as const,
    ),
  ),
);

describe('the documentation', () => {
  it('shows command lines', () => expect(commands.length).toBeGreaterThan(20));

  it.each(commands)('%s: epm %s', async (_page, command) => {
    const words = command.split(/\s+/);
    const verb: string[] = [];
    for (const word of words) {
      if (!/^[a-z][a-z-]*$/.test(word) || (verb[0] !== 'policy' && verb.length === 1 && !isSubverb(verb[0], word)))
        break;
      if (verb.length === 2) break;
      verb.push(word);
    }
    const help = await epm(...verb, '--help');
    expect(help).toMatchObject({ code: 0, error: '' });
    for (const option of words.filter((word) => word.startsWith('--') && word.length > 2)) {
      expect(help.out, option).toMatch(new RegExp(`${option}\\b`));
    }
  });

  it.each(pages.flatMap(({ name, text }) => blocks(text, ['jsonc']).map((block) => [name, block] as const)))(
    '%s: a file as it can be written',
    (_page, block) => {
      const text = block.replace(/"6cd2…[^"]*"/g, `"${'6cd2'.repeat(16)}"`);
      if (text.includes('"cases"')) {
        expect(parseCaseFile(text).cases.length).toBeGreaterThan(0);
        return;
      }
      const policy = parsePolicyFile(text);
      expect(policy.problems).toEqual([]);
      expect(policy.report.map(({ outcome }) => outcome)).toEqual(policy.rules.map(() => 'imported'));
      expect(policy.rules.length).toBeGreaterThan(0);
    },
  );
});

function isSubverb(verb: string | undefined, word: string): boolean {
  return (verb === 'agent' && ['install', 'uninstall'].includes(word)) || (verb === 'audit' && word === 'verify');
}
