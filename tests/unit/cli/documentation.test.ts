/** What the documentation shows is what the programs take. */
import { existsSync, globSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { parseCaseFile } from '../../../src/policy/cases/case-file.ts';
import { POLICY_FORMATS } from '../../../src/policy/formats/format.ts';
import { parsePolicyFile } from '../../../src/policy/formats/json/policy-file.ts';
import { CERTIFICATES, graphPolicy, reusableSetting } from '../../compliance/graph-shorthand.ts';
import { buildProgram } from '../facts/pe-builder.ts';
import { newSigningKey, publicKeyText } from '../../../src/requests/ed25519.ts';
import { writeGrantText } from '../../../src/requests/grants/grant-text.ts';
import { writeKeyFile } from '../../../src/requests/key-file.ts';
import { writeRequestText } from '../../../src/requests/request-text.ts';
import { DAY, GRANT, requestOf } from '../requests/statements.ts';
import { epm } from './captured.ts';

const root = path.resolve(import.meta.dirname, '../../..');
const pages = globSync(['*.md', '{docs,native,testbed,tests}/**/*.md'], { cwd: root })
  .map((name) => name.split(path.sep).join('/'))
  .map((name) => ({ name, text: readFileSync(path.join(root, name), 'utf8') }));
const packageFile = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8')) as {
  readonly scripts: Readonly<Record<string, string>>;
};

/** A page without its code. */
const proseOf = (text: string): string => text.replace(/^ *```[\s\S]*?^ *```/gm, '').replace(/`[^`\n]*`/g, '');

/** Links of a page to files of the repository: path from its root, and the heading behind `#`. */
function linksOf({ name, text }: (typeof pages)[number]): readonly { target: string; heading: string | undefined }[] {
  return [...proseOf(text).matchAll(/\]\(([^)\s]+)\)/g)]
    .map(([, link]) => link ?? '')
    .filter((link) => !/^[a-z]+:/.test(link))
    .map((link) => {
      const [file = '', heading] = link.split('#');
      const target = file === '' ? name : path.posix.join(path.posix.dirname(name), decodeURI(file));
      return { target, heading };
    });
}

/** Anchors of the headings of a page, as GitHub makes them. */
const anchorsOf = (text: string): readonly string[] =>
  [...text.matchAll(/^#+ (.+)$/gm)].map(([, title]) =>
    (title ?? '')
      .toLowerCase()
      .replace(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  );

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

  it.each(pages.map((page) => [page.name, page] as const))('%s leads only to what is there', (_name, page) => {
    const broken = linksOf(page).filter(({ target, heading }) => {
      if (!existsSync(path.join(root, target))) return true;
      const linked = pages.find(({ name }) => name === target);
      return heading !== undefined && !anchorsOf(linked?.text ?? '').includes(heading);
    });
    expect(broken).toEqual([]);
  });

  it('can be reached from the README, page by page', () => {
    const reached = new Set(['README.md']);
    for (const name of reached) {
      const page = pages.find((each) => each.name === name);
      for (const { target } of page === undefined ? [] : linksOf(page)) reached.add(target);
    }
    const shown = pages.filter(({ name }) => /^(?:docs\/)?[^/]+$/.test(name));
    expect(shown.map(({ name }) => name).filter((name) => !reached.has(name))).toEqual([]);
  });

  it('calls a user neither he nor him, in pages, help and policy editors', () => {
    const texts = [
      ...pages.map(({ name }) => name),
      ...globSync(['module/**/*', 'policy-definitions/**/*.adml'], { cwd: root }),
    ]
      .filter((name) => path.extname(name) !== '')
      .map((name) => ({
        name,
        words: readFileSync(path.join(root, name), 'utf8').match(/\b(?:he|him|his|himself)\b/gi),
      }));
    expect(texts.filter(({ name, words }) => words !== null && name !== 'CONTRIBUTING.md')).toEqual([]);
  });

  it('names only files that exist', () => {
    const top = 'src|tests|testbed|scripts|tooling|module|native|docs|policy-definitions';
    const named = pages
      .filter(({ name }) => name !== 'CHANGELOG.md')
      .flatMap(({ name, text }) =>
        [...text.matchAll(new RegExp(`\`((?:${top})/[^\`\\s]+)\``, 'g'))].map(([, file]) => ({
          name,
          file: file ?? '',
        })),
      );
    expect(named.length).toBeGreaterThan(30);
    expect(named.filter(({ file }) => globSync(file, { cwd: root }).length === 0)).toEqual([]);
  });

  it('describes each format of a policy', () => {
    const page = readFileSync(path.join(root, 'docs/convert.md'), 'utf8');
    const rows = [...page.matchAll(/^\| `([a-z-]+)` \|/gm)].map(([, format]) => format);
    expect(rows.toSorted()).toEqual(POLICY_FORMATS.toSorted());
  });

  it('names only scripts that exist', () => {
    const named = pages.flatMap(({ name, text }) =>
      [...text.matchAll(/(?:^ *|`)(?:npm (?:run )?(?:-s )?([a-z][a-z:-]*)|node (scripts\/[\w/-]+\.mjs))/gm)].map(
        ([words, script, file]) => ({ name, words, script: script ?? '', file }),
      ),
    );
    const ofNpm = ['ci', 'install'];
    const missing = named.filter(({ script, file }) =>
      file === undefined
        ? !ofNpm.includes(script) && !(script in packageFile.scripts)
        : !existsSync(path.join(root, file)),
    );
    expect(named.length).toBeGreaterThan(5);
    expect(missing).toEqual([]);
  });

  it('names a test for each point of the security model, or says why there is none', () => {
    const text = readFileSync(path.join(root, 'docs/security-model.md'), 'utf8');
    const points = text
      .split(/^## (?:How a wrong|Limits).*$/m)
      .slice(1)
      .flatMap((chapter) => chapter.split(/^## /m)[0]?.split(/^- /m).slice(1) ?? []);
    expect(points.length).toBeGreaterThan(25);
    for (const point of points) {
      const [, proof = ''] = /^ {2}\*(Tests: .*|No test: .*)\.\*$/m.exec(point) ?? [];
      expect(proof, point).not.toBe('');
      if (proof.startsWith('Tests'))
        expect(proof).toMatch(/^Tests: (?:\[[^\]]+\]\(\.\.\/tests\/[^)]+\.test\.ts\)(?:, )?)+$/);
    }
  });

  describe('shows what runs', () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'epm-documentation-'));
    const at = (name: string): string => path.join(folder, name);
    const policy = JSON.stringify({
      version: 1,
      settings: { enabled: true },
      rules: [{ name: 'Setup', type: 'deny', fileName: 'setup.exe', productName: 'Setup' }],
    });
    const cases = JSON.stringify({
      version: 1,
      policies: ['policy.json'],
      cases: [{ name: 'Setup', file: { path: 'C:\\other.exe' }, expect: { outcome: 'denied' } }],
    });
    const graph = JSON.stringify(
      graphPolicy({
        rules: [{ _name: 'Setup', _filename: 'setup.exe', _filehash: 'a'.repeat(64), _ruletype: { choose: '_self' } }],
      }),
    );
    const certificate = Buffer.from(CERTIFICATES[0] ?? '', 'base64');
    const files: Readonly<Record<string, string | Uint8Array>> = {
      'setup.exe': buildProgram(),
      'policy.json': policy,
      'policies/office.json': policy,
      'cases.json': cases,
      'tests/office.json': cases.replace('policy.json', '../policy.json'),
      'export.json': graph,
      'intune-export.json': graph,
      'reusable.json': JSON.stringify(reusableSetting('3f2504e0-4f89-11d3-9a0c-0305e82c3301', '@pem')),
      'company-root.cer': certificate,
      'received.xml': '',
      'journal.jsonl': '',
      ...approverFiles(),
    };
    beforeEach(async () => {
      rmSync(folder, { recursive: true, force: true });
      for (const [name, content] of Object.entries(files)) {
        mkdirSync(path.dirname(at(name)), { recursive: true });
        writeFileSync(at(name), content);
      }
      writeFileSync(at('received.xml'), (await epm('policy', 'convert', at('policy.json'), '--to', 'syncml')).out);
    });
    afterAll(() => rmSync(folder, { recursive: true, force: true }));

    /** Names of files lie in the folder; what a shell would expand is expanded. */
    const inFolder = (word: string): string[] => {
      if (/[*]\.json$/.test(word)) return [at(word.replace('*', 'office'))];
      return /^(?:\.\/)?[\w/-]+\.(?:exe|json|cer|xml|pol|sarif|jsonl|pem|txt|svg)$|^\.\/chain$/.test(word)
        ? [at(word)]
        : [word];
    };
    // What asks an agent, a broker, the registry, MDM or a journal with records is for Windows; an unsigned program has no publisher, and its
    // folder here is none of Windows.
    const elsewhere =
      /^agent|^status|^check|^elevate|^audit|HKLM|device$|--source|^policy show$|--audit-record|publisher|--same-path|--broker|C:\\/;
    // Its lines follow one another: first-hour.test.ts runs them in order.
    const here = commands.filter(([page, command]) => page !== 'docs/first-hour.md' && !elsewhere.test(command));

    it('in many lines', () => expect(here.length).toBeGreaterThan(15));

    it.each(here)('%s: epm %s', async (_page, command) => {
      const answer = await epm(...command.split(/\s+/).flatMap(inFolder));
      expect(answer.error).not.toMatch(/EPM_|error:/);
      expect([0, 1, 4]).toContain(answer.code);
    });
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
      const { approverKeys = [], notifications = [] } = policy.approvals ?? {};
      expect(policy.rules.length + approverKeys.length + notifications.length).toBeGreaterThan(0);
    },
  );
});

/** A key, a request and a grant, as they lie in front of an approver. */
function approverFiles(): Readonly<Record<string, string>> {
  const passphrase = 'a passphrase for tests';
  const key = newSigningKey();
  const device = newSigningKey();
  const from = Math.floor(Date.now() / 1000) * 1000;
  const publicKey = publicKeyText(key);
  return {
    'passphrase.txt': passphrase,
    'desk.pem': writeKeyFile(key, passphrase),
    'request.txt': writeRequestText(requestOf(publicKeyText(device)), device),
    'grant.txt': writeGrantText({ ...GRANT, from, until: from + DAY }, key),
    'keys.json': JSON.stringify({
      version: 1,
      approverKeys: { helpdesk: { publicKey, approver: 'helpdesk@example.com' } },
    }),
  };
}

function isSubverb(verb: string | undefined, word: string): boolean {
  const below: Readonly<Record<string, readonly string[]>> = {
    agent: ['install', 'uninstall'],
    audit: ['verify'],
    'approval-key': ['new', 'show'],
    grant: ['show'],
    request: ['watch'],
  };
  return below[verb ?? '']?.includes(word) === true;
}
