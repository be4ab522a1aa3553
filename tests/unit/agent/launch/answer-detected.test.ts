/** An agent that learns of a program that somebody started as always and that asks Windows for administrator rights. */
import { describe, expect, it } from 'vitest';
import { createAgent } from '../../../../src/agent/index.ts';
import type { ConsentAnswer } from '../../../../src/agent/consent/consent-window.ts';
import type { LaunchRequest } from '../../../../src/agent/contract.ts';
import type { RuleInput } from '../../../../src/model/rule.ts';
import type { SettingsInput } from '../../../../src/model/settings.ts';
import { askingProgram } from '../../facts/asking-program.ts';
import { caller, context, FakeMachine, hashOf, program, SETUP, token } from '../fake-machine.ts';

const YES: ConsentAnswer = { choice: 'yes' };
const ON: SettingsInput = { enabled: true, allowElevationDetection: true };
/** As a token of an administrator is that Windows has filtered. */
const FILTERED = { groups: [...token().groups, { sid: 'S-1-5-32-544', attributes: 0x10 }], elevationType: 3 };
const ELEVATED = { groups: [...token().groups, { sid: 'S-1-5-32-544', attributes: 0xf }], elevationType: 2 };

interface Given {
  readonly level?: string;
  readonly rule?: Partial<RuleInput>;
  readonly settings?: SettingsInput;
}

function machineWith({ level = 'requireAdministrator', rule = {}, settings = ON }: Given = {}): FakeMachine {
  const machine = new FakeMachine();
  const { bytes } = machine.addFile(SETUP, askingProgram(level));
  const sha256 = hashOf(bytes);
  machine.addPolicy(
    [{ name: 'Setup', type: 'userConfirmed', fileName: 'setup.exe', fileHash: sha256, ...rule } as RuleInput],
    settings,
  );
  machine.answerConsent = () => Promise.resolve(YES);
  return machine;
}

async function started(machine: FakeMachine, trigger: LaunchRequest['trigger'] = 'launch') {
  const agent = await createAgent(machine.ports(), { version: '1', processId: 1 });
  const { value, gone, runs } = context();
  const more = { lifted: () => undefined, asking: () => undefined };
  const ask = (who = caller(), path = SETUP) => agent.launch(who, { path, trigger }, { ...value, ...more });
  return { agent, ask, gone, runs };
}

const requests = (machine: FakeMachine) => machine.records().filter(({ requestId }) => requestId !== undefined);

async function expectWindowsToAsk(machine: FakeMachine, who = caller()): Promise<void> {
  const { ask } = await started(machine);
  expect(await ask(who)).toEqual({ answer: 'notManaged' });
  expect(machine.questions).toEqual([]);
  expect(machine.notices).toEqual([]);
  expect(machine.processes).toEqual([]);
  expect(machine.openHandles).toBe(0);
  expect(requests(machine)).toEqual([]);
}

describe('a program that asks for administrator rights when it is started', () => {
  it.each(['launch', 'detected'] as const)(
    'is offered in the window, runs after a yes, and is recorded as detected (told as %s)',
    async (trigger) => {
      const machine = machineWith();
      const { ask, runs } = await started(machine, trigger);
      const answer = ask();
      await expect.poll(() => runs).toHaveLength(1);
      machine.process.exit(5);
      expect(await answer).toEqual({ answer: 'ended', exitCode: 5 });
      expect(machine.questions).toMatchObject([{ kind: 'consent', requirements: ['confirmation'] }]);
      expect(requests(machine)).toMatchObject([
        { event: 'elevationPending', trigger: 'detected' },
        { event: 'elevationStarting', trigger: 'detected' },
        { event: 'elevationEnded', trigger: 'detected', result: 5 },
      ]);
    },
  );

  it('is not started after a no', async () => {
    const machine = machineWith();
    machine.answerConsent = () => Promise.resolve({ choice: 'no', reason: 'consentDeclined' });
    const { ask } = await started(machine);
    expect(await ask()).toEqual({ answer: 'refused' });
    expect(machine.processes).toEqual([]);
    expect(requests(machine).at(-1)).toMatchObject({
      event: 'elevationDenied',
      reason: 'consentDeclined',
      trigger: 'detected',
    });
  });

  it('is denied by a Deny rule, and the person learns why', async () => {
    const machine = machineWith({ rule: { type: 'deny' } });
    const { ask } = await started(machine);
    expect(await ask()).toEqual({ answer: 'refused' });
    expect(machine.notices).toMatchObject([{ kind: 'denied', reason: 'denyRule', program: 'setup.exe' }]);
    expect(machine.processes).toEqual([]);
  });

  it('is asked of support with the reason that the person gives in the window', async () => {
    const machine = machineWith({ rule: { type: 'supportApproved' } });
    machine.answerConsent = () => Promise.resolve({ choice: 'yes', justification: 'The printer.' });
    const { ask } = await started(machine);
    expect(await ask()).toEqual({ answer: 'refused' });
    expect(machine.questions).toMatchObject([{ kind: 'approval', requirements: ['justification'] }]);
    expect(machine.notices).toMatchObject([{ kind: 'pending', program: 'setup.exe' }]);
    expect(machine.requests.entries.size).toBe(1);
  });

  it('is elevated without a question by an automatic rule, as a launch', async () => {
    const machine = machineWith({ rule: { type: 'automatic' } });
    const { ask, runs } = await started(machine);
    const answer = ask();
    await expect.poll(() => runs).toHaveLength(1);
    machine.process.exit(0);
    await answer;
    expect(machine.questions).toEqual([]);
    expect(requests(machine)[0]).toMatchObject({ event: 'elevationStarting', trigger: 'launch' });
  });

  it('ends with its launcher', async () => {
    const machine = machineWith();
    const { ask, gone, runs } = await started(machine);
    const answer = ask();
    await expect.poll(() => runs).toHaveLength(1);
    gone.abort();
    // Nobody hears it.
    await answer;
    await expect.poll(() => machine.records().at(-1)).toMatchObject({ event: 'elevationEnded', reason: 'clientGone' });
  });

  it.each<[string, Given]>([
    ['detection is off', { settings: { enabled: true } }],
    ['no rule fits, whatever the default response', { rule: { fileHash: 'ab'.repeat(32) } as never }],
    ['it asks for nothing', { level: 'asInvoker' }],
    ['it takes what the person has, which is nothing', { level: 'highestAvailable' }],
  ])('is left to Windows where %s', async (_, given) => {
    await expectWindowsToAsk(machineWith(given));
  });

  it('is left to Windows where two policies say different things', async () => {
    const machine = machineWith();
    machine.addPolicy([], { enabled: true, allowElevationDetection: false });
    await expectWindowsToAsk(machine);
  });

  it('is left to Windows where the default response would ask', async () => {
    const settings: SettingsInput = { ...ON, defaultElevationResponse: 'requireUserConfirmation' };
    await expectWindowsToAsk(machineWith({ rule: { fileHash: 'ab'.repeat(32) } as never, settings }));
  });

  it('is left to Windows where the file is refused, or not the person’s', async () => {
    const machine = machineWith({ settings: { ...ON, blockInternetFiles: true } });
    const { ask } = await started(machine, 'detected');
    for (const path of ['C:\\Tools\\missing.exe', '\\\\server\\share\\setup.exe', 'C:\\Tools\\setup.exe:x.exe']) {
      expect(await ask(caller(), path)).toEqual({ answer: 'notManaged' });
    }
    machine.addFile('C:\\Tools\\broken.exe', Buffer.from('MZ'));
    expect(await ask(caller(), 'C:\\Tools\\broken.exe')).toEqual({ answer: 'notManaged' });
    expect(machine.notices).toEqual([]);
    expect(requests(machine)).toEqual([]);
  });

  it('of an administrator is left to Windows, unless administrators are managed and the token is filtered', async () => {
    await expectWindowsToAsk(machineWith({ level: 'highestAvailable' }), caller(FILTERED));
    const settings: SettingsInput = { ...ON, manageAdministrators: true };
    await expectWindowsToAsk(machineWith({ settings }), caller(ELEVATED));
    const machine = machineWith({ level: 'highestAvailable', settings });
    const { ask, runs } = await started(machine);
    const answer = ask(caller(FILTERED));
    await expect.poll(() => runs).toHaveLength(1);
    machine.process.exit(0);
    expect(await answer).toEqual({ answer: 'ended', exitCode: 0 });
  });

  it('is told in the window what went wrong after the person was asked', async () => {
    const machine = machineWith();
    machine.answerConsent = () => {
      machine.files.clear();
      return Promise.resolve(YES);
    };
    const { ask } = await started(machine);
    expect(await ask()).toEqual({ answer: 'refused' });
    expect(machine.notices).toHaveLength(1);
    expect(machine.processes).toEqual([]);
  });
});

describe('the starts that are seen', () => {
  it('are those of all programs that rules name, as long as some policy detects requests', async () => {
    const machine = machineWith();
    await started(machine);
    expect(machine.launchOptions.of('setup.exe')?.debugger).toContain('epmlaunch.exe');
    const off = machineWith({ settings: { enabled: true } });
    await started(off);
    expect(off.launchOptions.of('setup.exe')).toBeUndefined();
  });

  it('are not those of a program that asks for nothing and no automatic rule elevates', async () => {
    const machine = new FakeMachine().withRule({ type: 'userConfirmed' });
    machine.addPolicy([], ON);
    machine.addFile(SETUP, program());
    await expectWindowsToAsk(machine);
  });
});
