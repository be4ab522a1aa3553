import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { findPowerShell, windowsPowerShell } from '../../../src/windows/powershell/executable.ts';
import { openPowerShell, type PowerShellSession } from '../../../src/windows/powershell/session.ts';
import { isWindows } from '../../../testbed/machine.ts';
import { localPowerShell, whyNoPowerShell } from '../../../testbed/powershell.ts';
import { keepPowerShellInProject } from '../../powershell-folders.ts';
import { eventually } from '../../eventually.ts';
import { patient } from '../../../tooling/patience.mjs';

keepPowerShellInProject();
const executable = localPowerShell() ?? '';
const TIMEOUT = 20_000;

const isRunning = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
};

describe('where PowerShell is', () => {
  let folder: string;
  beforeAll(() => void (folder = mkdtempSync(path.join(tmpdir(), 'epm-pwsh-'))));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('is the inbox program of Windows by its full path', () => {
    const system = 'D:\\Windows\\System32';
    const executable = `${system}\\WindowsPowerShell\\v1.0\\powershell.exe`;
    expect(windowsPowerShell('D:\\Windows')).toEqual({ executable, system });
  });

  it.skipIf(isWindows)('is elsewhere what EPM_PWSH names, or pwsh on the search path', () => {
    const pwsh = path.join(folder, 'pwsh');
    writeFileSync(pwsh, '#!/bin/sh\n');
    chmodSync(pwsh, 0o755);
    expect(findPowerShell({ PATH: `.:relative:/nowhere:${folder}` })).toEqual({ executable: pwsh });
    expect(findPowerShell({ PATH: '/nowhere', EPM_PWSH: pwsh })).toEqual({ executable: pwsh });
    const code = 'EPM_POWERSHELL_UNAVAILABLE';
    expect(() => findPowerShell({ PATH: '.:relative' })).toThrow(expect.objectContaining({ code }));
    expect(() => findPowerShell({ EPM_PWSH: 'pwsh' })).toThrow(expect.objectContaining({ code }));
    expect(() => findPowerShell({ PATH: folder, EPM_PWSH: '/nowhere/pwsh' })).toThrow(
      expect.objectContaining({ code }),
    );
    chmodSync(pwsh, 0o644);
    expect(() => findPowerShell({ PATH: folder })).toThrow(expect.objectContaining({ code }));
  });
});

const reason = executable === '' ? ` (${whyNoPowerShell()})` : '';
describe.skipIf(executable === '')(`a PowerShell session${reason}`, () => {
  const sessions: PowerShellSession[] = [];
  const open = (timeout = patient(TIMEOUT), program = executable): PowerShellSession => {
    const session = openPowerShell({ executable: program, timeout });
    sessions.push(session);
    return session;
  };
  let kept: PowerShellSession | undefined;
  /** For tests that leave it as it was. */
  const shared = (): PowerShellSession => (kept ??= openPowerShell({ executable, timeout: patient(TIMEOUT) }));
  afterAll(() => kept?.dispose());
  afterEach(async () => {
    for (const session of sessions.splice(0)) await session.dispose();
    vi.unstubAllEnvs();
  });

  it('gives scripts data that is never read as code', async () => {
    const hostile = [
      "'; exit 7; '",
      '$(exit 7)',
      '"@\n\'@',
      '`"; exit',
      '\u2019; exit 7; \u2018',
      'line\r\nline\u2028\u0000',
      '\u{1f511} é',
      'EPM:e30=',
    ];
    const session = shared();
    expect(await session.invoke('@{ back = $InputData.texts }', { texts: hostile })).toEqual({ back: hostile });
    expect(await session.invoke('$InputData', 'EPM:e30=')).toBe('EPM:e30=');
    expect(await session.invoke('$null', 1)).toBeNull();
    expect(await session.invoke("[Console]::Out.WriteLine('EPM:bm8='); 'said'", null)).toBe('said');
  });

  it('understands an answer after text that ends no line', async () => {
    expect(await shared().invoke("[Console]::Out.Write([char]27 + '[?1h'); 'said'", null)).toBe('said');
  });

  it.skipIf(isWindows)('takes nothing from the terminal that this process has', async () => {
    vi.stubEnv('TERM', 'xterm');
    const script = '@{ term = $env:TERM; rendering = [string]$PSStyle.OutputRendering }';
    expect(await open().invoke(script, null)).toEqual({ term: 'dumb', rendering: 'PlainText' });
  });

  it('answers many questions in order', async () => {
    const session = shared();
    const answers = Array.from({ length: 20 }, (_, index) => session.invoke('@{ n = $InputData + 1 }', index));
    expect(await Promise.all(answers)).toEqual(Array.from({ length: 20 }, (_, index) => ({ n: index + 1 })));
  });

  it('takes long questions and gives long answers', async () => {
    const text = 'x'.repeat(2 * 1024 * 1024);
    expect(await shared().invoke('@{ length = $InputData.Length; text = $InputData }', text)).toEqual({
      length: text.length,
      text,
    });
  });

  it('tells the error of a script and goes on', async () => {
    const session = shared();
    await expect(session.invoke("throw 'no such thing'", null)).rejects.toMatchObject({
      code: 'EPM_POWERSHELL_FAILED',
      message: expect.stringContaining('no such thing') as string,
    });
    await expect(session.invoke('{', null)).rejects.toMatchObject({ code: 'EPM_POWERSHELL_FAILED' });
    await expect(session.invoke('Get-NoSuchCommand', null)).rejects.toMatchObject({ code: 'EPM_POWERSHELL_FAILED' });
    expect(await session.invoke("'still here'", null)).toBe('still here');
  });

  it('ends PowerShell when it does not answer in time, and says so ever after', async () => {
    const session = open(patient(4000));
    const pid = Number(await session.invoke('$PID', null));
    const error = { code: 'EPM_POWERSHELL_TIMEOUT' };
    await expect(session.invoke('Start-Sleep -Seconds 5000', null)).rejects.toMatchObject(error);
    await eventually(() => expect(isRunning(pid)).toBe(false));
    await expect(session.invoke('1', null)).rejects.toMatchObject(error);
  });

  it.each([
    ['ends itself', '[Environment]::Exit(3)'],
    ['is killed', '[Diagnostics.Process]::GetCurrentProcess().Kill()'],
    ['writes without end', "while ($true) { [Console]::Out.Write('x' * 65536) }"],
    ['writes errors without end', "while ($true) { [Console]::Error.Write('x' * 65536) }"],
  ])('tells when PowerShell %s', async (_, script) => {
    const session = open();
    const pid = Number(await session.invoke('$PID', null));
    await expect(session.invoke(script, null)).rejects.toMatchObject({ code: 'EPM_POWERSHELL_FAILED' });
    await eventually(() => expect(isRunning(pid)).toBe(false));
    await expect(session.invoke('1', null)).rejects.toMatchObject({ code: 'EPM_POWERSHELL_FAILED' });
  });

  it.skipIf(isWindows)('ends what PowerShell started, too', async () => {
    const session = open();
    const script = "@{ own = $PID; child = [Diagnostics.Process]::Start('/bin/sleep', '1000').Id }";
    const { own, child } = (await session.invoke(script, null)) as { own: number; child: number };
    expect([own, child].map(isRunning)).toEqual([true, true]);
    await session.dispose();
    await session.dispose();
    await eventually(() => expect([own, child].map(isRunning)).toEqual([false, false]));
  });

  it('takes nothing from the environment that changes what runs', async () => {
    vi.stubEnv('NODE_POWERSHELL', '/bin/false');
    vi.stubEnv('DEBUG', '*');
    vi.stubEnv('PSModulePath', '/somewhere/of/the/user');
    vi.stubEnv('PSExecutionPolicyPreference', 'Bypass');
    vi.stubEnv('DOTNET_STARTUP_HOOKS', '/nowhere.dll');
    vi.stubEnv('COR_ENABLE_PROFILING', '0');
    const log = vi.spyOn(console, 'log').mockReturnValue(undefined);
    const session = open();
    const script = '@{ names = @([Environment]::GetEnvironmentVariables().Keys); modules = $env:PSModulePath }';
    const { names, modules } = (await session.invoke(script, null)) as { names: string[]; modules: string };
    expect(names).not.toContain('DOTNET_STARTUP_HOOKS');
    expect(names).not.toContain('COR_ENABLE_PROFILING');
    expect(names).not.toContain('NODE_POWERSHELL');
    expect(modules).not.toContain('somewhere');
    expect(log.mock.calls.filter(([text]) => String(text).includes('scriptblock'))).toEqual([]);
    log.mockRestore();
  });

  it.skipIf(isWindows).each([
    ['does not exist', '/nowhere/pwsh', 'EPM_POWERSHELL_UNAVAILABLE'],
    ['ends at once', '/bin/true', 'EPM_POWERSHELL_FAILED'],
    ['repeats what it is told', '/bin/cat', 'EPM_POWERSHELL_FAILED'],
  ])('tells when the program %s', async (_, program, code) => {
    const session = open(3000, program);
    await expect(session.invoke('1', null)).rejects.toMatchObject({ code });
    await expect(session.invoke('1', null)).rejects.toMatchObject({ code });
  });
});
