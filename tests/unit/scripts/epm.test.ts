/** `npm run -s epm -- …` as a person types it, in another folder and with its output in a file. */
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isWindows, projectRoot } from '../../../testbed/machine.ts';
import { patient } from '../../../tooling/patience.mjs';
import { localPowerShell, whyNoPowerShell } from '../../../testbed/powershell.ts';

describe.skipIf(isWindows)('the command line of the project', () => {
  let folder: string;
  beforeAll(() => void (folder = mkdtempSync(path.join(tmpdir(), 'epm-script-'))));
  afterAll(() => rmSync(folder, { recursive: true }));
  const epm = (...values: readonly string[]): Promise<string> =>
    new Promise((resolve, reject) => {
      const words = ['--prefix', projectRoot, 'run', '-s', 'epm', '--', ...values];
      const child = spawn('npm', words, { cwd: folder });
      let text = '';
      child.stdout.on('data', (part: Buffer) => (text += part.toString()));
      child.once('error', reject).once('close', () => resolve(text));
    });

  it(
    'finds files from there, and standard output holds nothing else',
    async () => {
      writeFileSync(path.join(folder, 'policy.json'), '{"version":1,"settings":{"enabled":true}}');
      const convert = (): Promise<string> => epm('policy', 'convert', 'policy.json', '--to', 'json');
      // Both want to look after the build; one waits and says so.
      const texts = await Promise.all([convert(), convert()]);
      for (const text of texts) expect(JSON.parse(text)).toMatchObject({ version: 1, settings: { enabled: true } });
    },
    patient(300_000),
  );

  it(
    'asks the PowerShell of the project about a script',
    async ({ skip }) => {
      if (localPowerShell() === undefined) return skip(whyNoPowerShell());
      writeFileSync(path.join(folder, 'tool.ps1'), '. .\\lib.ps1\n');
      const facts: unknown = JSON.parse(await epm('file', 'tool.ps1', '--json'));
      expect(facts).toMatchObject({ script: { neighbours: [{ kind: 'dotSourced', text: '.\\lib.ps1', line: 1 }] } });
    },
    patient(300_000),
  );
});
