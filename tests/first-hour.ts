/** The page of the first hour as steps: files to save, command lines to type, and what they print. */
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect } from 'vitest';
import { projectRoot } from '../testbed/machine.ts';

export interface Commands {
  readonly kind: 'sh' | 'powershell';
  /** Words behind `epm`, line by line. */
  readonly lines: readonly (readonly string[])[];
  /** What all of them print; empty where the page shows nothing. */
  readonly prints: string;
}
export type Step = Commands | { readonly kind: 'file'; readonly name: string; readonly text: string };

const PAGE = path.join(projectRoot, 'docs/first-hour.md');
/** What stands on the page for the digest of the reader's own installer. */
const DIGEST = /6cd2…[^"]*(?=")/g;

/**
 * The steps of the page, in order.
 * @param installer whose digest is written where the page says "your own"
 * @throws Error when a block is of no kind that this reads, so that no line of the page goes unnoticed
 */
export function stepsOf(installer: Uint8Array): readonly Step[] {
  const digest = createHash('sha256').update(installer).digest('hex');
  const steps: Step[] = [];
  const parts = readFileSync(PAGE, 'utf8').split(/^```/m);
  for (let at = 1; at < parts.length; at += 2) {
    const [language = '', ...rest] = (parts[at] ?? '').split('\n');
    const text = rest.join('\n');
    const last = steps.at(-1);
    if (language === 'jsonc') {
      const name = [...(parts[at - 1] ?? '').matchAll(/`(\w+\.json)`/g)].at(-1)?.[1];
      if (name === undefined) throw new Error(`a file without a name: ${text}`);
      steps.push({ kind: 'file', name, text: text.replace(DIGEST, digest) });
    } else if (language === 'sh' || language === 'powershell') {
      steps.push({ kind: language, lines: text.trimEnd().split('\n').map(wordsOf), prints: '' });
    } else if (language === 'text' && last !== undefined && last.kind !== 'file') {
      steps[steps.length - 1] = { ...last, prints: text };
    } else throw new Error(`a block that nobody follows: ${language}`);
  }
  return steps;
}

function wordsOf(line: string): readonly string[] {
  const [program, ...words] = [...line.matchAll(/"([^"]*)"|(\S+)/g)].map(([, quoted, plain]) => quoted ?? plain ?? '');
  if (program !== 'epm') throw new Error(`not a line of epm: ${line}`);
  return words;
}

/** Expects output to be what the page shows; `…` stands for anything on its line, and alone on one for any lines. */
export function expectPrinted(printed: string, shown: string): void {
  const lines = (text: string): string => text.replaceAll('\r', '').trimEnd();
  const pattern = lines(shown)
    .replaceAll(/[\\^$.*+?()[\]{}|]/g, '\\$&')
    .replaceAll(/^…\n/gm, '(?:.*\n)*')
    .replaceAll('…', '.*');
  expect(lines(printed)).toMatch(new RegExp(`^${pattern}$`));
}

/** Follows what of the page works on any system, in a folder that holds `setup.exe` and nothing else. */
export async function followOnAnySystem(folder: string): Promise<void> {
  for (const step of stepsOf(readFileSync(path.join(folder, 'setup.exe')))) {
    if (step.kind === 'file') writeFileSync(path.join(folder, step.name), step.text);
    if (step.kind !== 'sh') continue;
    let printed = '';
    for (const words of step.lines) {
      const { code, output, errors } = await epmIn(folder, words);
      expect({ words, code, errors }).toEqual({ words, code: 0, errors: '' });
      printed += output;
    }
    expectPrinted(printed, step.prints);
  }
}

/** The program itself, from its sources, as a process of its own: a working directory is the process's. */
function epmIn(
  folder: string,
  words: readonly string[],
): Promise<{ readonly code: number; readonly output: string; readonly errors: string }> {
  const main = path.join(projectRoot, 'src/cli/main.ts');
  return new Promise((resolve, reject) => {
    const child = execFile(process.execPath, [main, ...words], { cwd: folder }, (_failed, output, errors) =>
      resolve({ code: child.exitCode ?? -1, output, errors }),
    );
    child.on('error', reject);
  });
}
