/** What `epm file` says of a script. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { isWindows } from '../../../testbed/machine.ts';
import { localPowerShell, whyNoPowerShell } from '../../../testbed/powershell.ts';
import { epm } from './captured.ts';
import { keepPowerShellInProject } from '../../powershell-folders.ts';

keepPowerShellInProject();
const executable = localPowerShell();

describe.skipIf(isWindows)('epm file of a script', () => {
  let folder: string;
  let script: string;
  beforeAll(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'epm-file-script-'));
    script = path.join(folder, 'tool.ps1');
    writeFileSync(script, "#requires -Version 5.1\r\n. .\\lib.ps1\r\n# é\r\n'# SIG # Begin signature block'\r\n");
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  afterEach(() => vi.unstubAllEnvs());

  it.skipIf(executable === undefined)(
    `names what it takes in (${executable === undefined ? whyNoPowerShell() : 'asked'})`,
    async () => {
      vi.stubEnv('EPM_PWSH', executable);
      const { code, out, error } = await epm('file', script);
      expect({ code, error }).toEqual({ code: 0, error: '' });
      expect(out).toMatch(/Takes in +\.\\lib\.ps1 \(dot-sourced, line 2\)/);
      const { out: asJson } = await epm('file', script, '--json');
      expect(JSON.parse(asJson)).toMatchObject({
        type: 'ps1',
        script: {
          encoding: 'ansi',
          readsDifferently: true,
          requires: ['requires -Version 5.1'],
          neighbours: [{ kind: 'dotSourced', text: '.\\lib.ps1', line: 2 }],
          signatureBlock: 'misplaced',
        },
      });
    },
  );

  it('says why that is not known, and everything else', async () => {
    vi.stubEnv('EPM_PWSH', '/nowhere/pwsh');
    const { code, out, error } = await epm('file', script);
    expect(code).toBe(0);
    expect(error).toBe('epm: What the script takes in is not known. EPM_PWSH names no program.\n');
    expect(out).toMatch(/Takes in +not known/);
    expect(out).toMatch(/Reads +as other text in pwsh/);
    expect(out).toMatch(/Signature block +does not count: it is not at the end/);
    expect(out).toMatch(/Requires +requires -Version 5\.1/);
  });
});
