import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createAgent, type Agent } from '../../../../src/agent/index.ts';
import { MESSAGES_PER_MINUTE } from '../../../../src/agent/approvals/user-messages.ts';
import type { ConsentNotice, MessageOutcome } from '../../../../src/agent/consent/consent-window.ts';
import type { SettingsInput } from '../../../../src/model/settings.ts';
import { eventually } from '../../../eventually.ts';
import { administrator, ALICE, BOB, caller, context, FakeMachine, SETUP } from '../fake-machine.ts';
import { Approver, approvalPolicy } from './approver.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

let machine: FakeMachine;
let support: Approver;
let agent: Agent;

beforeEach(() => {
  machine = new FakeMachine().withRule({ type: 'supportApproved' });
  machine.now = Date.UTC(2026, 5, 1);
  support = new Approver();
  machine.answerMessage = () => Promise.resolve('seen');
  policy();
});
afterEach(async () => {
  await agent.stop();
  vi.useRealTimers();
});

function policy(settings: SettingsInput = {}, grants: readonly string[] = []): void {
  machine.policies = machine.policies.map((document) => ({
    ...document,
    settings: { enabled: true, supportContact: ['Phone 1234'], ...settings },
    approvals: approvalPolicy([support]),
    grants: grants.map((text, index) => ({ id: String(index), text })),
  }));
}

async function start(): Promise<void> {
  agent = await createAgent(machine.ports(), { version: '1', processId: 1 });
  await eventually(() => expect(agent.status(administrator()).journal.state).not.toBe('unverified'));
}

/** Asks support. */
async function ask(argument = '/s', who = caller()): Promise<{ readonly id: string; readonly text: string }> {
  const request = { path: SETUP, arguments: [argument], justification: 'The printer.' };
  const result = await agent.elevate(who, request, context().value);
  expect(result).toMatchObject({ outcome: 'needsApproval', supportRequest: { status: 'pending' } });
  return (result as { supportRequest: { id: string; text: string } }).supportRequest;
}

/** Asks without a reason, as people do who try again. */
const tryAgain = (argument = '/s') => agent.elevate(caller(), { path: SETUP, arguments: [argument] }, context().value);

const decide = (id: string, decision: 'deny' | 'revoke', reason?: string): void =>
  void agent.decideRequest(administrator(), { id, decision, ...(reason === undefined ? {} : { reason }) });

const bring = (text: string, more = {}): void =>
  void agent.importGrant(caller({ user: BOB }), { text: support.approve(text, machine.now, more) });

const notices = (): readonly ConsentNotice[] => machine.messages.map(({ notice }) => notice);

/** Lets everything happen that nobody waits for. */
const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** A window that a test closes. */
function held(): { close: (outcome: MessageOutcome) => void; isAborted: () => boolean } {
  let resolve: (outcome: MessageOutcome) => void = () => undefined;
  let signal: AbortSignal | undefined;
  machine.answerMessage = (_notice, its) => {
    signal = its;
    return new Promise((settle) => {
      resolve = settle;
      its.addEventListener('abort', () => settle('unseen'));
    });
  };
  return { close: (outcome) => resolve(outcome), isAborted: () => signal?.aborted === true };
}

describe('a user who asked support is told', () => {
  it('that it approved, whoever brings the grant', async () => {
    await start();
    const { id, text } = await ask();
    bring(text, { reason: 'Go on.' });
    await settled();
    expect(machine.messages).toMatchObject([
      {
        user: ALICE,
        notice: {
          kind: 'approved',
          request: id,
          program: 'setup.exe',
          text: { path: SETUP, arguments: '/s' },
          comment: 'Go on.',
          until: new Date(machine.now + 24 * HOUR).toISOString(),
          words: { supportContact: ['Phone 1234'] },
        },
      },
    ]);
  });

  it('that it approved by policy', async () => {
    await start();
    const { id, text } = await ask();
    policy({}, [support.approve(text, machine.now)]);
    await agent.reload(administrator());
    await settled();
    expect(notices()).toMatchObject([{ kind: 'approved', request: id }]);
  });

  it('that it denied, with its reason, and not once more at the next attempt', async () => {
    await start();
    const { id } = await ask();
    decide(id, 'deny', 'Use the portal.');
    await settled();
    expect(notices()).toMatchObject([
      { kind: 'answered', answer: 'requestDenied', request: id, comment: 'Use the portal.' },
    ]);
    expect(await tryAgain()).toMatchObject({ outcome: 'needs', asksSupport: true });
  });

  it('that it took the approval back', async () => {
    await start();
    const { id, text } = await ask();
    bring(text);
    decide(id, 'revoke', 'A hole.');
    await settled();
    // What is so when the window comes, and not what was.
    expect(notices()).toMatchObject([{ answer: 'approvalRevoked', comment: 'A hole.' }]);
  });

  it.each([
    ['the request', false, 'requestExpired'],
    ['the approval', true, 'approvalExpired'],
  ] as const)('that the time of %s is over', async (_what, isApproved, answer) => {
    await start();
    const { text } = await ask();
    if (isApproved) {
      bring(text, { reason: 'Go on.' });
      await settled();
    }
    machine.now += 8 * 24 * HOUR;
    agent.status(caller());
    await settled();
    expect(notices().at(-1)).toMatchObject({ kind: 'answered', answer });
    // What support said was about its answer.
    expect(notices().at(-1)).not.toHaveProperty('comment');
  });

  it('by the start itself where that comes upon it', async () => {
    await start();
    await ask();
    machine.now += 8 * 24 * HOUR;
    expect(await tryAgain()).toMatchObject({ supportRequest: { status: 'expired' } });
    await settled();
    expect(notices()).toEqual([]);
  });

  it('nothing by a window where policy says so, and all of it at the next attempt', async () => {
    policy({ notifyUser: false });
    await start();
    const { id } = await ask();
    decide(id, 'deny', 'Use the portal.');
    await settled();
    expect(notices()).toEqual([]);
    expect(await tryAgain()).toMatchObject({ supportRequest: { status: 'denied', comment: 'Use the portal.' } });
  });

  it('nothing of what they did themselves', async () => {
    await start();
    const { text } = await ask();
    bring(text);
    await settled();
    await agent.elevate(caller(), { path: SETUP, arguments: ['/s'] }, context().value);
    machine.process.exit(0);
    await settled();
    expect(notices()).toHaveLength(1);
  });
});

describe('who did not see the window', () => {
  it.each(['unseen', 'away'] as const)('is told at the next attempt, once (%s)', async (outcome) => {
    machine.answerMessage = () => Promise.resolve(outcome);
    await start();
    const { id } = await ask();
    decide(id, 'deny', 'Use the portal.');
    await settled();
    expect(notices()).toHaveLength(1);
    expect(await tryAgain()).toMatchObject({ supportRequest: { status: 'denied', comment: 'Use the portal.' } });
    expect(await tryAgain()).toMatchObject({ outcome: 'needs' });
  });

  it('is told when they are back, unless an attempt has told them', async () => {
    vi.useFakeTimers({ toFake: ['setInterval'] });
    machine.answerMessage = () => Promise.resolve('away');
    await start();
    const [first, second] = [await ask('/1'), await ask('/2')];
    for (const { id } of [first, second]) decide(id, 'deny');
    await settled();
    await tryAgain('/1');
    machine.answerMessage = () => Promise.resolve('seen');
    machine.monotonic += MINUTE;
    vi.advanceTimersByTime(MINUTE);
    await settled();
    expect(notices().slice(1)).toMatchObject([{ request: second.id }]);
    expect(await tryAgain('/2')).toMatchObject({ outcome: 'needs' });
  });

  it('is told of what changed while the window was open', async () => {
    const window = held();
    await start();
    const { id, text } = await ask();
    bring(text);
    await settled();
    decide(id, 'revoke', 'A hole.');
    window.close('seen');
    await settled();
    expect(notices()).toMatchObject([{ kind: 'approved' }, { answer: 'approvalRevoked' }]);
    window.close('unseen');
    await settled();
    expect(await tryAgain()).toMatchObject({ supportRequest: { status: 'revoked', comment: 'A hole.' } });
  });

  it('is told at the next attempt when the window fails', async () => {
    machine.answerMessage = () => Promise.reject(new Error('no window'));
    await start();
    const { id } = await ask();
    decide(id, 'deny');
    await settled();
    expect(await tryAgain()).toMatchObject({ supportRequest: { status: 'denied' } });
    expect(machine.log).toContainEqual(expect.objectContaining({ event: 'userNotTold' }));
  });
});

describe('nobody is flooded', () => {
  it('by many answers: one window at a time, and few in a minute', async () => {
    vi.useFakeTimers({ toFake: ['setInterval'] });
    const window = held();
    await start();
    const asked = [];
    for (let count = 0; count < 10; count += 1) asked.push(await ask(`/${count}`));
    for (const { id } of asked) decide(id, 'deny');
    await settled();
    expect(notices()).toHaveLength(1);
    for (let count = 0; count < 10; count += 1) {
      window.close('seen');
      await settled();
    }
    expect(notices()).toHaveLength(MESSAGES_PER_MINUTE);
    machine.monotonic += MINUTE;
    vi.advanceTimersByTime(MINUTE);
    await settled();
    expect(notices()).toHaveLength(MESSAGES_PER_MINUTE + 1);
  });

  it('by somebody who approves and takes back again and again', async () => {
    const window = held();
    await start();
    for (let count = 0; count < 20; count += 1) {
      const { id, text } = await ask();
      bring(text, { id: count.toString(16).padStart(16, 'a') });
      decide(id, 'revoke');
      machine.monotonic += 10;
      // The requests are kept, and old ones make room.
      window.close('seen');
      await settled();
    }
    expect(notices().length).toBeLessThanOrEqual(MESSAGES_PER_MINUTE);
  });

  it('and another user is told meanwhile', async () => {
    held();
    await start();
    const [mine, other] = [await ask(), await ask('/s', caller({ user: BOB }))];
    for (const { id } of [mine, other]) decide(id, 'deny');
    await settled();
    expect(machine.messages.map(({ user }) => user)).toEqual([ALICE, BOB]);
  });
});

it('AC-81 what support and the file say is safe to show', async () => {
  await start();
  const { id, text } = await ask('\u202Efdp.exe\u0007');
  bring(text, { reason: 'yes \u202Eon' });
  await settled();
  const told = JSON.stringify(notices()[0]);
  expect(notices()).toMatchObject([{ request: id, comment: 'yes <U+202E>on' }]);
  expect(told).not.toMatch(/[\u0000-\u001f\u202a-\u202e]/);
});

it('an agent that stops closes the window', async () => {
  const window = held();
  await start();
  const { id } = await ask();
  decide(id, 'deny');
  await settled();
  await agent.stop();
  expect(window.isAborted()).toBe(true);
});
