/** The PowerShell module in a test bed, with the packed agent or without one. */
import { afterAll, beforeAll, expect } from 'vitest';
import { describeWindows, type Identity, type Need, type TestBed } from '../bed/index.ts';
import { powerShellIn } from '../../testbed/powershell.ts';
import { AgentUnderTest, type Json, programRule } from './agent-under-test.ts';
import { ShellSession, SWITCHES } from './shell-session.ts';

export const CONFIRMED = 'C:\\Program Files\\App\\confirm.exe';
/** Runs as the current user. */
export const DENIED = 'C:\\Program Files\\App\\denied.exe';
/** No rule is about it. */
export const UNKNOWN = 'C:\\Program Files\\App\\unknown é.exe';

export type Mode = 'full' | 'constrained';

export class ModuleUnderTest {
  readonly bed: TestBed;
  readonly agent: AgentUnderTest;
  readonly #sessions = new Map<Identity, Promise<ShellSession>>();

  constructor(bed: TestBed) {
    this.bed = bed;
    this.agent = new AgentUnderTest(bed);
  }

  /** Text that loads the module. */
  get importModule(): string {
    return `Import-Module '${this.agent.folder}\\EPM\\EPM.psd1'`;
  }

  /** What a script writes in a session without a person; errors fail the test. */
  async lines(script: string, as: Identity = 'standardUser'): Promise<string[]> {
    let session = this.#sessions.get(as);
    if (session === undefined) {
      const options = { start: this.importModule, as };
      session = ShellSession.start(this.bed, `C:\\Users\\Public\\session of ${as}`, options);
      this.#sessions.set(as, session);
    }
    const { output, errors } = await (await session).run(script);
    expect(errors).toBe('');
    return output.trimEnd().split('\n');
  }

  /** What a script writes where a person types this, and what the person sees. */
  async withPerson(script: string, keys: string): Promise<{ readonly lines: string[]; readonly screen: string }> {
    const [file, screenFile] = ['C:\\Users\\Public\\script.ps1', 'C:\\Users\\Public\\screen.txt'];
    this.bed.putFile(file, `\uFEFF${this.importModule}\n${script}\n`);
    const { output, errors } = await this.bed.run({
      ...powerShellIn(this.bed),
      arguments: [...SWITCHES, '-File', file],
      keys,
      screenFile,
    });
    expect(errors).toBe('');
    return { lines: output.trimEnd().split(/\r?\n/), screen: this.bed.readFile(screenFile).toString('utf8') };
  }

  /**
   * Whether every PowerShell that starts from now on is constrained, as App Control makes it: this variable of the machine
   * is what it asks where it finds no App Control (SystemPolicy.GetDebugLockdownPolicy of PowerShell; 4 is "constrained").
   */
  async lockDown(locked: boolean): Promise<void> {
    const key = 'HKLM\\SYSTEM\\CurrentControlSet\\Control\\Session Manager\\Environment';
    if (locked) await this.bed.setRegistry(key, '__PSLockdownPolicy', 'REG_SZ', '4');
    else await this.bed.deleteRegistry(key, '__PSLockdownPolicy');
  }

  /** Starts the agent with a rule that elevates, one that asks, one that denies, and others. */
  async startAgent(others: readonly Json[] = []): Promise<void> {
    const { agent } = this;
    const sha256 = agent.putProbe();
    const confirmed = agent.putProbe(CONFIRMED, 'confirm');
    const denied = agent.putProbe(DENIED, 'denied');
    agent.putProbe(UNKNOWN, 'unknown');
    await agent.apply({
      id: 'tests',
      settings: { enabled: true, defaultElevationResponse: 'denyAll' },
      rules: [
        programRule(sha256),
        programRule(confirmed, {
          name: 'Bestätigt',
          type: 'userConfirmed',
          fileName: 'confirm.exe',
          validations: ['justification'],
        }),
        programRule(denied, { name: 'Denied', type: 'deny', fileName: 'denied.exe' }),
        ...others,
      ],
    });
    await agent.start();
  }
}

/** A group of tests in one language mode. The modes are files of their own, so that they run at the same time. */
export function describeModule(title: string, mode: Mode, tests: (test: () => ModuleUnderTest) => void): void {
  const whole = `${title}, in ${mode} language`;
  const needs: readonly Need[] = mode === 'constrained' ? ['epm', 'powerShell', 'lockdown'] : ['epm', 'powerShell'];
  describeWindows(whole, needs, (bed) => {
    let test: ModuleUnderTest;
    beforeAll(async () => {
      test = new ModuleUnderTest(bed());
      if (mode === 'constrained') await test.lockDown(true);
    });
    afterAll(async () => test.agent.stop());
    tests(() => test);
  });
}
