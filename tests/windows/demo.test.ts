import { execFile } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { describeWindows } from '../bed/index.ts';

const root = path.resolve(import.meta.dirname, '../..');
const demo = () => promisify(execFile)(process.execPath, ['scripts/demo/main.ts'], { cwd: root });

describeWindows('npm run demo', ['epm', 'powerShell'], () => {
  it('does in every step what it says, and warns of nothing', async () => {
    // A demo that fails has said where.
    const told = await demo().catch((error: unknown) => error as Awaited<ReturnType<typeof demo>>);
    expect(told.stderr).toBe('');
    expect(told.stdout).toMatch(/── Done in [\d.]+ s ─+\n$/);
  });
});
