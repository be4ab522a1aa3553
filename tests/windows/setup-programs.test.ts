/** A setup program of a kind that many publishers use, elevated by the packed agent for two people at once. */
import { createHash } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { describeWindows } from '../bed/index.ts';
import { AgentUnderTest } from './agent-under-test.ts';
import { makeSetup } from '../../testbed/installers.ts';
import { machineValue } from './machine-value.ts';
import { SETTINGS } from './policy-keys.ts';

const FOLDER = 'C:\\Program Files\\Field Setup';
const SETUP = 'C:\\Users\\Public\\Downloads\\setup.exe';

describeWindows('a setup program of NSIS', ['epm', 'installerTools'], (bed) => {
  let agent: AgentUnderTest;

  beforeAll(async () => {
    const content = makeSetup();
    agent = new AgentUnderTest(bed());
    bed().putFile(SETUP, content);
    await bed().letUsersWrite(SETUP);
    const fileHash = createHash('sha256').update(content).digest('hex');
    const rule = { name: 'Setup', type: 'automatic', fileName: 'setup.exe', fileHash, childProcesses: 'allow' };
    await agent.apply({ id: 'tests', settings: SETTINGS, rules: [rule] });
    await agent.start();
  });
  afterAll(() => agent.stop());

  it('AC-100 installs for two people at once, each under an account and from a copy of its own', async () => {
    const people = ['standardUser', 'otherUser'] as const;
    const elevate = (as: (typeof people)[number]) =>
      agent.ask('elevate', { path: SETUP, arguments: ['/S'], wait: true }, as);
    const answers = await Promise.all(people.map(elevate));
    const runs = answers.map(({ body }) => body as unknown as Run);
    for (const run of runs) expect(run).toMatchObject({ outcome: 'finished', exitCode: 0 });
    const [first, second] = runs as unknown as readonly [Run, Run];
    for (const part of [(run: Run) => run.account.sid, (run: Run) => run.account.name, (run: Run) => run.file.copy]) {
      expect(part(first)).not.toBe(part(second));
    }
    expect(first.startTime < second.endTime && second.startTime < first.endTime).toBe(true);
    expect(bed().readFile(`${FOLDER}\\setup.txt`).toString()).toBe('set up');
    expect(bed().fileExists(`${FOLDER}\\uninstall.exe`)).toBe(true);
    for (const { file } of runs) {
      const folder = file.copy.slice(0, file.copy.lastIndexOf('\\'));
      expect(await machineValue(bed(), 'Software\\Field Setup', folder)).toBe(`"${file.copy}" /S`);
    }
  });
});

interface Run {
  readonly account: { readonly sid: string; readonly name: string };
  readonly file: { readonly copy: string };
  readonly startTime: string;
  readonly endTime: string;
}
