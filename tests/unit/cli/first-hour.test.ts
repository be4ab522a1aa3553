/** The page of the first hour, followed word by word with a real installer, up to what needs a device. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { makeSetup } from '../../../testbed/installers.ts';
import { followOnAnySystem, stepsOf } from '../../first-hour.ts';
import { POLICY_FORMATS } from '../../../src/policy/formats/format.ts';

const hasNsis = spawnSync('makensis', ['-VERSION']).error === undefined;

describe('the first hour', () => {
  it('writes every format, and compares each with the policy', () => {
    const lines = stepsOf(new Uint8Array()).flatMap((step) => (step.kind === 'sh' ? step.lines : []));
    const written = lines.filter(([, verb]) => verb === 'convert');
    expect(written.map((words) => words[words.indexOf('--to') + 1]).toSorted()).toEqual(POLICY_FORMATS.toSorted());
    const compared = lines.filter(([, verb]) => verb === 'compare').map((words) => words.at(-1));
    expect(compared).toEqual(written.map((words) => words.at(-1)));
  });

  describe.skipIf(!hasNsis)(hasNsis ? 'as it is written' : 'skipped: makensis is not installed', () => {
    it('leads from an installer to its policy in every format', async () => {
      const folder = mkdtempSync(path.join(tmpdir(), 'epm-first-hour-'));
      try {
        writeFileSync(path.join(folder, 'setup.exe'), makeSetup(64));
        await followOnAnySystem(folder);
        expect(readdirSync(folder)).toContain('Registry.pol');
      } finally {
        rmSync(folder, { recursive: true, force: true });
      }
    });
  });
});
