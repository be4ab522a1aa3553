/** An agent that somebody asks for administrator rights from the desktop, and the person at the consent window. */
import { describe, expect, it } from 'vitest';
import { createAgent } from '../../../../src/agent/index.ts';
import type { ConsentAnswer } from '../../../../src/agent/consent/consent-window.ts';
import type { SettingsInput } from '../../../../src/model/settings.ts';
import { caller, context, FakeMachine, program, SETUP, token } from '../fake-machine.ts';

const REQUEST = { path: SETUP, trigger: 'verb' } as const;
const YES: ConsentAnswer = { choice: 'yes' };

async function asked(machine: FakeMachine, settings?: SettingsInput) {
  if (settings !== undefined) machine.addPolicy([], { enabled: true, ...settings });
  const agent = await createAgent(machine.ports(), { version: '1', processId: 1 });
  const { value, cancel, gone, runs } = context();
  let questions = 0;
  const more = { lifted: () => undefined, asking: () => void (questions += 1) };
  const ask = (who = caller(), request: Parameters<typeof agent.launch>[1] = REQUEST) =>
    agent.launch(who, request, { ...value, ...more });
  return { agent, ask, cancel, gone, runs, questions: () => questions };
}

const events = (machine: FakeMachine) =>
  machine
    .records()
    .filter(({ requestId }) => requestId !== undefined)
    .map(({ event, reason }) => (reason === undefined ? event : `${event} ${reason}`));

describe('a request from the desktop', () => {
  it('asks in the window, starts after a yes, and tells the exit code', async () => {
    const machine = new FakeMachine().withRule({ type: 'userConfirmed' });
    machine.answerConsent = () => Promise.resolve(YES);
    const { ask, runs, questions } = await asked(machine, { supportContact: ['Phone 1234'] });
    const answer = ask(caller(), { ...REQUEST, arguments: ['/install'] });
    await expect.poll(() => runs).toHaveLength(1);
    machine.process.exit(7);
    expect(await answer).toEqual({ answer: 'ended', exitCode: 7 });
    expect(questions()).toBe(1);
    expect(machine.questions).toMatchObject([
      {
        kind: 'consent',
        requirements: ['confirmation'],
        text: { program: 'setup.exe', path: SETUP, arguments: '/install', rule: 'Setup' },
        words: { supportContact: ['Phone 1234'] },
        secure: false,
      },
    ]);
    expect(events(machine)).toEqual(['elevationPending confirmation', 'elevationStarting', 'elevationEnded']);
    expect(machine.notices).toEqual([]);
  });

  it('starts without a question where an automatic rule says so', async () => {
    const machine = new FakeMachine().withRule();
    const { ask, runs, questions } = await asked(machine);
    const answer = ask();
    await expect.poll(() => runs).toHaveLength(1);
    machine.process.exit(0);
    expect(await answer).toEqual({ answer: 'ended', exitCode: 0 });
    expect(questions()).toBe(0);
  });

  it('carries the reason that was typed into the record', async () => {
    const machine = new FakeMachine().withRule({ type: 'userConfirmed', validations: ['justification'] });
    machine.answerConsent = () => Promise.resolve({ choice: 'yes', justification: 'The printer.' });
    const { ask, runs } = await asked(machine);
    const answer = ask();
    await expect.poll(() => runs).toHaveLength(1);
    machine.process.exit(0);
    await answer;
    expect(machine.records().find(({ event }) => event === 'elevationStarting')).toMatchObject({
      justification: 'The printer.',
    });
  });

  it.each(['consentDeclined', 'consentExpired', 'consentWindowLost', 'consentUnavailable'] as const)(
    'starts nothing after the answer %s, which is recorded',
    async (reason) => {
      const machine = new FakeMachine().withRule({ type: 'userConfirmed' });
      machine.answerConsent = () => Promise.resolve({ choice: 'no', reason });
      const { ask } = await asked(machine);
      expect(await ask()).toEqual({ answer: 'refused' });
      expect(machine.processes).toEqual([]);
      expect(events(machine)).toEqual(['elevationPending confirmation', `elevationDenied ${reason}`]);
      expect(machine.notices.map((notice) => 'reason' in notice && notice.reason)).toEqual(
        reason === 'consentDeclined' ? [] : [reason],
      );
      expect(machine.openHandles).toBe(0);
    },
  );

  it('AC-10 closes the window when the session is left, and starts nothing', async () => {
    const machine = new FakeMachine().withRule({ type: 'userConfirmed' });
    machine.answerConsent = (_question, signal) =>
      new Promise((resolve) =>
        signal.addEventListener('abort', () =>
          resolve({ choice: 'no', reason: signal.reason as 'consentSessionLeft' }),
        ),
      );
    const { agent, ask } = await asked(machine);
    const answer = ask();
    await expect.poll(() => machine.questions).toHaveLength(1);
    agent.sessionLeft(caller().token.session, 'away');
    expect(await answer).toEqual({ answer: 'refused' });
    expect(events(machine).at(-1)).toBe('elevationDenied consentSessionLeft');
    expect(machine.processes).toEqual([]);
    expect(machine.notices).toEqual([]);
  });

  it('AC-86 starts nothing when the file was changed while the window was open', async () => {
    const machine = new FakeMachine().withRule({ type: 'userConfirmed' });
    machine.answerConsent = () => {
      machine.addFile(SETUP, program('another one'));
      return Promise.resolve(YES);
    };
    const { ask } = await asked(machine);
    expect(await ask()).toEqual({ answer: 'refused' });
    expect(machine.processes).toEqual([]);
    expect(machine.notices).toHaveLength(1);
  });

  it.each([
    ['a Deny rule', () => new FakeMachine().withRule({ type: 'deny' }), 'denied', 'denyRule'],
    ['no rule', () => new FakeMachine().withRule({ fileName: 'other.exe' }), 'denied', 'defaultResponse'],
    ['a missing file', () => new FakeMachine(), 'notManaged', 'noPolicy'],
  ] as const)('tells the person why nothing starts: %s', async (_, make, kind, reason) => {
    const machine = make();
    const { ask } = await asked(machine);
    expect(await ask()).toEqual({ answer: 'refused' });
    expect(machine.notices).toMatchObject([{ kind, reason, program: 'setup.exe' }]);
    expect(machine.processes).toEqual([]);
  });

  it('tells an administrator that the file is not managed', async () => {
    const machine = new FakeMachine().withRule();
    const groups = [...token().groups, { sid: 'S-1-5-32-544', attributes: 0x10 }];
    const { ask } = await asked(machine);
    expect(await ask(caller({ groups }))).toEqual({ answer: 'refused' });
    expect(machine.notices).toMatchObject([{ kind: 'notManaged', reason: 'administrator' }]);
  });

  it('tells the code of an error', async () => {
    const machine = new FakeMachine().withRule();
    const { ask } = await asked(machine);
    expect(await ask(caller(), { ...REQUEST, path: 'C:\\Tools\\missing.exe' })).toEqual({ answer: 'refused' });
    expect(machine.notices).toMatchObject([{ kind: 'denied', reason: 'EPM_FILE_NOT_FOUND', program: 'missing.exe' }]);
  });

  it('starts nothing when the launcher has gone while the window was open', async () => {
    const machine = new FakeMachine().withRule({ type: 'userConfirmed' });
    const { ask, gone, questions } = await asked(machine);
    machine.answerConsent = () => {
      gone.abort();
      return Promise.resolve(YES);
    };
    await expect(ask()).rejects.toMatchObject({ code: 'EPM_REQUEST_CANCELLED' });
    expect(questions()).toBe(1);
    expect(machine.processes).toEqual([]);
  });
});
