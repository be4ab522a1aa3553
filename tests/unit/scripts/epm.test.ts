/** `npm run -s epm -- …` as a person types it, in another folder and with its output in a file. */
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, it } from 'vitest';
import { projectRoot } from '../../../testbed/machine.ts';

it.skipIf(process.platform === 'win32')(
  'finds files from there, and standard output holds nothing else',
  async () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'epm-script-'));
    try {
      writeFileSync(path.join(folder, 'policy.json'), '{"version":1,"settings":{"enabled":true}}');
      const convert = (): Promise<string> =>
        new Promise((resolve, reject) => {
          const words = ['--prefix', projectRoot, 'run', '-s', 'epm', '--'];
          const child = spawn('npm', [...words, 'policy', 'convert', 'policy.json', '--to', 'json'], { cwd: folder });
          let text = '';
          child.stdout.on('data', (part: Buffer) => (text += part.toString()));
          child.once('error', reject).once('close', () => resolve(text));
        });
      // Both want to look after the build; one waits and says so.
      const texts = await Promise.all([convert(), convert()]);
      for (const text of texts) expect(JSON.parse(text)).toMatchObject({ version: 1, settings: { enabled: true } });
    } finally {
      rmSync(folder, { recursive: true });
    }
  },
  60_000,
);
