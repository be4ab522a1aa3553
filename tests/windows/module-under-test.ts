/** The PowerShell module in a test bed, with the packed agent or without one. */
import path from 'node:path';
import { afterAll, beforeAll, describe, expect } from 'vitest';
import { describeWindows, type Identity, type TestBed } from '../bed/index.ts';
import { windowsPowerShell } from '../../testbed/machine.ts';
import { AgentUnderTest, programRule } from './agent-under-test.ts';
import { ShellSession } from './shell-session.ts';

export const CONFIRMED = 'C:\\Program Files\\App\\confirm.exe';
export const DENIED = 'C:\\Program Files\\App\\denied.exe';
/** No rule is about it. */
export const UNKNOWN = 'C:\\Program Files\\App\\unknown é.exe';

/** Windows path of PowerShell; empty when there is none. */
const program = windowsPowerShell()?.program;
export type Mode = 'full' | 'constrained';
/** Only the test host can be told to be constrained. */
const canConstrain = program === undefined || path.basename(program).startsWith('powershell-host');

export class ModuleUnderTest {
  readonly bed: TestBed;
  readonly agent: AgentUnderTest;
  /** Windows path of PowerShell. */
  readonly program: string;
  readonly #switches: readonly string[];
  readonly #sessions = new Map<Identity, Promise<ShellSession>>();

  constructor(bed: TestBed, mode: Mode) {
    this.bed = bed;
    this.agent = new AgentUnderTest(bed);
    this.program = bed.windowsPath(program ?? '');
    this.#switches = [
      ...['-NoProfile', '-ExecutionPolicy', 'Bypass'],
      ...(mode === 'constrained' ? ['-ConstrainedLanguage'] : []),
    ];
  }

  /** Text that loads the module. */
  get importModule(): string {
    return `Import-Module '${this.agent.folder}\\EPM\\EPM.psd1'`;
  }

  /** What a script writes in a session without a person; errors fail the test. */
  async lines(script: string, as: Identity = 'standardUser'): Promise<string[]> {
    let session = this.#sessions.get(as);
    if (session === undefined) {
      const options = { program: this.program, switches: this.#switches, start: this.importModule, as };
      session = ShellSession.start(this.bed, `C:\\Users\\Public\\session of ${as}`, options);
      this.#sessions.set(as, session);
    }
    const { output, errors } = await (await session).run(script);
    expect(errors).toBe('');
    return output.trimEnd().split('\n');
  }

  /** What a script writes where a person types this. */
  async linesWithPerson(script: string, typed: string): Promise<string[]> {
    const file = 'C:\\Users\\Public\\script.ps1';
    this.bed.putFile(file, `\uFEFF${this.importModule}\n${script}\n`);
    const { output, errors } = await this.bed.run({
      program: this.program,
      arguments: [...this.#switches, '-File', file],
      input: typed,
    });
    expect(errors).toBe('');
    return output.trimEnd().split(/\r?\n/);
  }

  /** Starts the agent with a rule that elevates, one that asks, and one that denies. */
  async startAgent(): Promise<void> {
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
      ],
    });
    await agent.start();
  }
}

/** A group of tests in one language mode. The modes are files of their own, so that they run at the same time. */
export function describeModule(title: string, mode: Mode, tests: (test: () => ModuleUnderTest) => void): void {
  const whole = `${title}, in ${mode} language`;
  if (mode === 'constrained' && !canConstrain) {
    describe.skip(`${whole} skipped: only the test host can be constrained`, () => {
      tests(() => {
        throw new Error('These tests are skipped.');
      });
    });
    return;
  }
  describeWindows(whole, ['epm', 'powerShell'], (bed) => {
    let test: ModuleUnderTest;
    beforeAll(() => {
      test = new ModuleUnderTest(bed(), mode);
    });
    afterAll(async () => test.agent.stop());
    tests(() => test);
  });
}
