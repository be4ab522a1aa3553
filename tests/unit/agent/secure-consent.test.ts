/** With secureConsent only the agent's own window counts, whatever a client sends and by whichever door (decision U2). */
import { describe, expect, it } from 'vitest';
import type { ConsentAnswer, ConsentQuestion } from '../../../src/agent/consent/consent-window.ts';
import type { ElevateRequest } from '../../../src/agent/contract.ts';
import { type Agent, createAgent } from '../../../src/agent/index.ts';
import { EpmError } from '../../../src/model/errors.ts';
import type { RuleInput } from '../../../src/model/rule.ts';
import type { SettingsInput } from '../../../src/model/settings.ts';
import { answerTo } from './answer.ts';
import { caller, context, FakeMachine, hashOf, program, SETUP } from './fake-machine.ts';

const YES: ConsentAnswer = { choice: 'yes' };
const TYPED = 'Typed in the window.';

const rule = (type: RuleInput['type'], more: Partial<RuleInput> = {}): RuleInput => ({
  name: 'Setup',
  type,
  fileName: 'setup.exe',
  fileHash: hashOf(program()),
  ...more,
});

/** Says yes to what is asked, with all that it wants. */
function yesTo(question: ConsentQuestion): ConsentAnswer {
  const { authentication, requirements } = question;
  const credential =
    authentication === undefined ? undefined : answerTo({ ...authentication, authentication }).credential;
  return {
    choice: 'yes',
    ...(requirements.includes('justification') ? { justification: TYPED } : {}),
    ...(credential === undefined ? {} : { credential }),
  };
}

function device(rules: readonly RuleInput[], settings: SettingsInput): FakeMachine {
  const machine = new FakeMachine();
  machine.addFile(SETUP, program());
  machine.addPolicy([...rules], { enabled: true, ...settings });
  machine.answerConsent = (question) => Promise.resolve(yesTo(question));
  return machine;
}

/** One request of a client, and what became of it. */
async function request(machine: FakeMachine, sent: Partial<ElevateRequest> = {}, meanwhile?: (agent: Agent) => void) {
  const agent = await createAgent(machine.ports(), { version: '1', processId: 1 });
  const { value, waits } = context();
  try {
    const answer = agent.elevate(caller(), { path: SETUP, ...sent }, value);
    meanwhile?.(agent);
    const result = await answer;
    return { result, waits, started: machine.processes.length, records: machine.records() };
  } finally {
    machine.processes.at(-1)?.exit(0);
    await agent.stop();
    expect(machine.openHandles).toBe(0);
  }
}

describe('secure consent', () => {
  it.each([
    ['a confirmation', [rule('userConfirmed')], {}],
    ['a justification', [rule('userConfirmed', { validations: ['justification'] })], {}],
    ['a credential', [rule('userConfirmed', { validations: ['authentication'] })], {}],
    ['the credential of a rule for the own account', [rule('currentUser')], {}],
    ['the default response', [], { defaultElevationResponse: 'requireUserConfirmation' }],
  ] as const)('has the agent ask by itself: %s', async (_, rules, settings) => {
    const machine = device(rules, { ...settings, secureConsent: true });
    const { result, waits, started } = await request(machine);
    expect(result).toMatchObject({ outcome: 'started' });
    expect(machine.questions).toMatchObject([{ kind: 'consent', secure: true, text: { path: SETUP } }]);
    expect([waits, started]).toEqual([['consent'], 1]);
  });

  it.each([
    ['a confirmation', rule('userConfirmed'), {}],
    ['a reason', rule('userConfirmed', { validations: ['justification'] }), { justification: 'Sent by the client.' }],
    ['a ticket', rule('userConfirmed'), { ticket: 'ab'.repeat(16) }],
    [
      'a credential',
      rule('userConfirmed', { validations: ['authentication'] }),
      { ticket: 'ab'.repeat(16), credential: 'AAAA' },
    ],
  ])('takes nothing of it from a client: %s', async (_, asked, sent) => {
    const machine = device([asked], { secureConsent: true });
    machine.answerConsent = () => Promise.resolve({ choice: 'no', reason: 'consentDeclined' });
    const { result, started, records } = await request(machine, sent);
    expect(result).toMatchObject({ outcome: 'denied', reason: 'consentDeclined' });
    expect(machine.questions).toHaveLength(1);
    expect(started).toBe(0);
    expect(records.at(-1)).toMatchObject({ event: 'elevationDenied', reason: 'consentDeclined' });
    expect(records.filter(({ justification }) => justification !== undefined)).toEqual([]);
  });

  it('records the reason that was typed in the window, and not the one that was sent', async () => {
    const machine = device([rule('userConfirmed', { validations: ['justification'] })], { secureConsent: true });
    const { records } = await request(machine, { justification: 'Sent by the client.' });
    expect(new Set(records.map(({ justification }) => justification))).toEqual(new Set([undefined, TYPED]));
    expect(records.find(({ event }) => event === 'elevationStarting')).toMatchObject({ justification: TYPED });
  });

  it('takes no ticket of another question that a client was told before', async () => {
    const machine = device([rule('userConfirmed')], {});
    const agent = await createAgent(machine.ports(), { version: '1', processId: 1 });
    const needs = await agent.elevate(caller(), { path: SETUP }, context().value);
    expect(needs).toMatchObject({ outcome: 'needs' });
    machine.policies = [];
    machine.addPolicy([rule('userConfirmed')], { enabled: true, secureConsent: true });
    machine.changed?.();
    await expect.poll(() => agent.policy(caller()).settings.secureConsent).toBe(true);
    machine.answerConsent = () => Promise.resolve({ choice: 'no', reason: 'consentDeclined' });
    const ticket = 'ticket' in needs ? needs.ticket : '';
    const result = await agent.elevate(caller(), { path: SETUP, ticket }, context().value);
    expect(result).toMatchObject({ outcome: 'denied', reason: 'consentDeclined' });
    expect(machine.processes).toEqual([]);
    await agent.stop();
  });

  it('asks again securely what was answered in an ordinary window before the policy changed', async () => {
    const machine = device([rule('userConfirmed')], {});
    const agent = await createAgent(machine.ports(), { version: '1', processId: 1 });
    machine.answerConsent = async ({ secure }) => {
      if (secure) return { choice: 'no', reason: 'consentDeclined' };
      machine.policies = [];
      machine.addPolicy([rule('userConfirmed')], { enabled: true, secureConsent: true });
      machine.changed?.();
      await expect.poll(() => agent.policy(caller()).settings.secureConsent).toBe(true);
      return YES;
    };
    const more = { lifted: () => undefined, asking: () => undefined };
    const answer = await agent.launch(caller(), { path: SETUP, trigger: 'verb' }, { ...context().value, ...more });
    expect(answer).toEqual({ answer: 'refused' });
    expect(machine.questions.map(({ secure }) => secure)).toEqual([false, true]);
    expect(machine.processes).toEqual([]);
    await agent.stop();
  });

  it.each(['verb', 'detected'] as const)(
    'asks securely for the launcher too, and says there how it ended: %s',
    async (trigger) => {
      const machine = device([rule('userConfirmed')], { secureConsent: true, allowElevationDetection: true });
      machine.answerConsent = () => Promise.resolve({ choice: 'no', reason: 'consentExpired' });
      const agent = await createAgent(machine.ports(), { version: '1', processId: 1 });
      let asking = 0;
      const more = { lifted: () => undefined, asking: () => void (asking += 1) };
      const answer = await agent.launch(caller(), { path: SETUP, trigger }, { ...context().value, ...more });
      expect(answer).toEqual({ answer: 'refused' });
      expect(machine.questions.map(({ secure }) => secure)).toEqual([true]);
      expect(machine.notices).toMatchObject([{ kind: 'denied', reason: 'consentExpired', text: { path: SETUP } }]);
      // Before the question, and before the notice.
      expect(asking).toBe(2);
      await agent.stop();
    },
  );

  it('denies with reason and code where the window cannot be shown', async () => {
    const machine = device([rule('userConfirmed')], { secureConsent: true });
    const error = new EpmError('EPM_ACCOUNT_UNAVAILABLE', 'The account could not be logged on.');
    machine.answerConsent = () => Promise.resolve({ choice: 'no', reason: 'consentUnavailable', error });
    const { result, started, records } = await request(machine);
    expect(result).toMatchObject({ outcome: 'denied', reason: 'consentUnavailable' });
    expect(started).toBe(0);
    expect(records.at(-1)).toMatchObject({
      event: 'elevationDenied',
      reason: 'consentUnavailable',
      errorCode: 'EPM_ACCOUNT_UNAVAILABLE',
      message: 'The account could not be logged on.',
    });
  });

  it.each(['away', 'over'] as const)('AC-10 a yes does not count once the session was left: %s', async (loss) => {
    const machine = device([rule('userConfirmed')], { secureConsent: true });
    let leave = (): void => undefined;
    machine.answerConsent = () => {
      leave();
      return Promise.resolve(YES);
    };
    const { result, started, records } = await request(machine, {}, (agent) => {
      leave = () => agent.sessionLeft(1, loss);
    });
    expect(result).toMatchObject({ outcome: 'denied', reason: 'consentSessionLeft' });
    expect(started).toBe(0);
    expect(records.at(-1)).toMatchObject({ event: 'elevationDenied', reason: 'consentSessionLeft' });
  });

  it('AC-10 closes the window when its client is gone, and starts nothing', async () => {
    const machine = device([rule('userConfirmed')], { secureConsent: true });
    machine.answerConsent = (_question, signal) =>
      new Promise((resolve) =>
        signal.addEventListener('abort', () => resolve({ choice: 'no', reason: signal.reason as 'consentCancelled' })),
      );
    const agent = await createAgent(machine.ports(), { version: '1', processId: 1 });
    const { value, gone } = context();
    const answer = agent.elevate(caller(), { path: SETUP }, value);
    await expect.poll(() => machine.questions).toHaveLength(1);
    gone.abort();
    await expect(answer).rejects.toMatchObject({ code: 'EPM_REQUEST_CANCELLED' });
    expect(machine.processes).toEqual([]);
    await agent.stop();
    expect(machine.openHandles).toBe(0);
  });

  it('does not ask for ever what changes with every answer', async () => {
    const machine = device([rule('userConfirmed', { validations: ['justification'] })], { secureConsent: true });
    // Each answer leaves out what was asked for, as a policy that changes all the time would have it.
    let read = (): string => '';
    machine.answerConsent = async () => {
      const justifies = machine.questions.length % 2 === 1;
      machine.policies = [];
      const changed = justifies ? rule('userConfirmed') : rule('userConfirmed', { validations: ['justification'] });
      machine.addPolicy([{ ...changed, childProcesses: justifies ? 'deny' : 'allow' }], {
        enabled: true,
        secureConsent: true,
      });
      const before = read();
      machine.changed?.();
      await expect.poll(read).not.toBe(before);
      return { choice: 'yes', justification: TYPED };
    };
    const agent = await createAgent(machine.ports(), { version: '1', processId: 1 });
    read = () => agent.policy(caller()).digest;
    const result = await agent.elevate(caller(), { path: SETUP }, context().value);
    expect(result).toMatchObject({ outcome: 'denied', reason: 'consentUnavailable' });
    expect(machine.questions).toHaveLength(3);
    expect(machine.processes).toEqual([]);
    await agent.stop();
  });

  it('leaves alone what nobody is asked about', async () => {
    const machine = device([rule('automatic')], { secureConsent: true });
    const { result } = await request(machine);
    expect(result).toMatchObject({ outcome: 'started' });
    expect(machine.questions).toEqual([]);
  });
});
