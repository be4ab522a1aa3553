import { expect, it } from 'vitest';
import { describeWindows, identitySid, type Identity, windowsOnly } from '../bed/index.ts';
import { eventually } from '../eventually.ts';

interface ProbeReport {
  readonly arguments: readonly string[];
  readonly directory: string;
  readonly environment: readonly string[];
  readonly token: { readonly user: string };
}

describeWindows('the test bed', [], (bed) => {
  const probe = async (as: Identity, words: readonly string[] = [], environment = {}): Promise<ProbeReport> => {
    const outcome = await bed().run({ program: bed().programs.probe, arguments: words, as, environment });
    expect(outcome).toMatchObject({ exitCode: 0, errors: '' });
    return JSON.parse(outcome.output) as ProbeReport;
  };

  it('runs programs as four different people', async () => {
    const users = [];
    for (const identity of ['standardUser', 'otherUser', 'administrator', 'system'] as const) {
      users.push((await probe(identity)).token.user);
    }
    expect(new Set(users).size).toBe(4);
    expect(users[3]).toBe('S-1-5-18');
    if (bed().kind === 'wine') expect(users[0]).toBe(identitySid.standardUser);
  });

  it('gives arguments, environment and exit code through unchanged', async () => {
    const words = ['a b', '', 'q"uote', 'back\\', 'ü'];
    const report = await probe('standardUser', words, { EPM_TEST_VALUE: 'wörld' });
    expect(report.arguments.slice(1)).toEqual(words);
    expect(report.environment).toContain('EPM_TEST_VALUE=wörld');
    const ended = await bed().run({ program: bed().programs.probe, arguments: ['--exit', '77'] });
    expect(ended.exitCode).toBe(77);
  });

  it('starts, sees and stops a program that goes on', async () => {
    const running = await bed().start({ program: bed().programs.probe, arguments: ['--sleep', '600000'] });
    await eventually(() => expect(running.output()).toContain('"token"'));
    expect(bed().leftovers().join()).toContain('epmprobe.exe');
    await running.stop();
    await eventually(() => expect(bed().leftovers()).toEqual([]));
  });

  it('ends a program that takes too long and says what it wrote', async () => {
    const late = bed().run({ program: bed().programs.probe, arguments: ['--sleep', '600000'], timeout: 1_500 });
    await expect(late).rejects.toThrow(/did not end within 1500 ms/);
  });

  windowsOnly('a standard user cannot write to the system folder', 'file access is not enforced', async () => {
    const outcome = await bed().run({
      program: 'C:\\Windows\\System32\\cmd.exe',
      arguments: ['/c', 'echo x>C:\\Windows\\System32\\epm-test.txt'],
    });
    expect(outcome.exitCode).not.toBe(0);
  });
});

describeWindows('PowerShell in the test bed', ['powerShell'], (bed) => {
  it('runs text as a user and gives its output and exit code', async () => {
    const outcome = await bed().powerShell('"hé $(1 + 1)"; exit 3', { as: 'otherUser' });
    expect(outcome).toEqual({ exitCode: 3, output: 'hé 2\r\n', errors: '' });
  });
});
