import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { expect, it } from 'vitest';

it('a reader that stops early ends the program without a word', async () => {
  const main = path.resolve(import.meta.dirname, '../../../src/cli/main.ts');
  const child = spawn(process.execPath, [main, '--help'], { stdio: ['ignore', 'pipe', 'pipe'] });
  child.stdout.destroy();
  let error = '';
  child.stderr.on('data', (part: Buffer) => (error += part.toString()));
  await once(child, 'close');
  expect(error).toBe('');
});
