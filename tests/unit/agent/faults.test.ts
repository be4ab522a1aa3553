import { describe, expect, it } from 'vitest';
import { createAgent, type Agent } from '../../../src/agent/index.ts';
import type { ElevateRequest } from '../../../src/agent/contract.ts';
import { verifyJournal } from '../../../src/audit/verify.ts';
import { isEpmError } from '../../../src/model/errors.ts';
import type { RuleInput } from '../../../src/model/rule.ts';
import { answerTo } from './answer.ts';
import { caller, context, FakeMachine, SETUP } from './fake-machine.ts';
import { PortCalls } from './port-calls.ts';

interface Scenario {
  readonly rule?: Partial<RuleInput>;
  /** Users may write the file, so that it runs from a copy. */
  readonly isCopied?: boolean;
  readonly request?: Partial<ElevateRequest>;
  /** The same request was made before, and this one brings the ticket of its question. */
  readonly isAnswer?: boolean;
  /** Outcome, or code of the error. */
  readonly result: string;
  readonly event: string;
  /** Ports that are called after those of the caller, in their order. */
  readonly calls: readonly string[];
}

const CALLER = ['machine.profileFolder', 'machine.accountName', 'policies.isLoaded', 'policies.isLoaded'];
const DECIDED = ['random.bytes', 'opener.open', 'opener.open.facts', 'clock.now', 'clock.zoneOffset'];
const COPIED = [
  'random.bytes',
  'opener.open',
  'opener.open.copy',
  'opener.open.copy.facts',
  'clock.now',
  'clock.zoneOffset',
];
const RECORDED = ['clock.now', 'journal.append', 'events.record'];
/** The account is described. */
const DESCRIBED = ['accounts.domain', 'machine.administratorProtection'];
const STARTED = [
  'accounts.create',
  'accounts.create.facts',
  'profiles.load',
  'accounts.create.environment',
  'starter.start',
  // The fake starter reads the token.
  'accounts.create.facts',
  'starter.start.facts',
  ...RECORDED,
  'starter.start.resume',
  'accounts.create.close',
  'opener.open.close',
];
const AUTHENTICATED = [
  'authenticationState.read',
  'clock.now',
  'authenticationState.write',
  'logons.accountSid',
  'logons.logOn',
];
const STARTED_AS_USER = [
  'logons.logOn.facts',
  'machine.profileFolder',
  'logons.logOn.environment',
  'starter.start',
  'logons.logOn.facts',
  'starter.start.facts',
  ...RECORDED,
  'starter.start.resume',
  'logons.logOn.close',
  'opener.open.close',
];
const ASKS: Partial<RuleInput> = { type: 'userConfirmed', validations: ['justification'] };

/** Every way through an elevation. */
const SCENARIOS: Readonly<Record<string, Scenario>> = {
  'starts by an automatic rule': {
    result: 'started',
    event: 'elevationStarting',
    calls: [...DECIDED, ...DESCRIBED, ...STARTED],
  },
  'starts a copy by an automatic rule': {
    isCopied: true,
    result: 'started',
    event: 'elevationStarting',
    calls: [...COPIED, ...DESCRIBED, ...STARTED],
  },
  'asks a question about a copy': {
    rule: ASKS,
    isCopied: true,
    result: 'needs',
    event: 'elevationPending',
    calls: [
      ...COPIED,
      'clock.monotonic',
      'random.bytes',
      'clock.monotonic',
      'clock.now',
      ...RECORDED,
      'opener.open.close',
      'opener.open.copy.remove',
    ],
  },
  'is denied after it was copied': {
    rule: { type: 'deny' },
    isCopied: true,
    result: 'denied',
    event: 'elevationDenied',
    calls: [...COPIED, ...RECORDED, 'opener.open.close', 'opener.open.copy.remove'],
  },
  'asks a question': {
    rule: ASKS,
    result: 'needs',
    event: 'elevationPending',
    calls: [
      ...DECIDED,
      'clock.monotonic',
      'random.bytes',
      'clock.monotonic',
      'clock.now',
      ...RECORDED,
      'opener.open.close',
    ],
  },
  'starts by an answer': {
    rule: ASKS,
    request: { justification: 'printer driver' },
    isAnswer: true,
    result: 'started',
    event: 'elevationStarting',
    calls: [...DECIDED, 'clock.monotonic', ...DESCRIBED, ...STARTED],
  },
  'lacks the justification': {
    rule: ASKS,
    isAnswer: true,
    result: 'EPM_JUSTIFICATION_INVALID',
    event: 'requestRefused',
    calls: [...DECIDED, 'opener.open.close', ...RECORDED],
  },
  'is denied': {
    rule: { type: 'deny' },
    result: 'denied',
    event: 'elevationDenied',
    calls: [...DECIDED, ...RECORDED, 'opener.open.close'],
  },
  'lacks the reason for support': {
    rule: { type: 'supportApproved' },
    result: 'needs',
    event: 'elevationPending',
    calls: [
      ...DECIDED,
      // Open requests are looked through.
      'clock.now',
      'clock.now',
      'clock.monotonic',
      'random.bytes',
      'clock.monotonic',
      'clock.now',
      ...RECORDED,
      'opener.open.close',
    ],
  },
  'authenticates and starts by an answer': {
    rule: { type: 'userConfirmed', validations: ['authentication'] },
    isAnswer: true,
    result: 'started',
    event: 'elevationStarting',
    calls: [
      ...DECIDED,
      'clock.monotonic',
      ...DESCRIBED,
      ...AUTHENTICATED,
      'logons.logOn.facts',
      'authenticationState.write',
      'logons.logOn.close',
      ...STARTED,
    ],
  },
  'starts as the current user by an answer': {
    rule: { type: 'currentUser' },
    isAnswer: true,
    result: 'started',
    event: 'elevationStarting',
    calls: [
      ...DECIDED,
      'clock.monotonic',
      'machine.administratorProtection',
      ...AUTHENTICATED,
      'logons.logOn.facts',
      'authenticationState.write',
      ...STARTED_AS_USER,
    ],
  },
  // Nothing is opened before everything that was sent is checked.
  'has a bad path, bad arguments and a bad justification': {
    request: { path: 'C:setup.exe', arguments: ['a\n'], justification: '' },
    result: 'EPM_FILE_NAME_REFUSED',
    event: 'elevationDenied',
    calls: ['random.bytes', ...RECORDED],
  },
  'has bad arguments and a bad justification': {
    request: { arguments: ['a\n'], justification: '' },
    result: 'EPM_ARGUMENTS_INVALID',
    event: 'requestRefused',
    calls: ['random.bytes', ...RECORDED],
  },
  'has a bad justification': {
    request: { justification: '' },
    result: 'EPM_JUSTIFICATION_INVALID',
    event: 'requestRefused',
    calls: ['random.bytes', ...RECORDED],
  },
};

const FAULTS = {
  'an error of EPM': undefined,
  'a foreign error': () => new TypeError('C:\\secret\\path'),
} as const;

function resultOf(agent: Agent, request: ElevateRequest): Promise<string> {
  return agent.elevate(caller(), request, context().value).then(
    ({ outcome }): string => outcome,
    (caught: unknown) => (isEpmError(caught) ? caught.code : 'foreign'),
  );
}

async function elevate(scenario: Scenario, failAt: number, error?: () => unknown) {
  const machine = new FakeMachine().withRule(scenario.rule);
  for (const file of machine.files.values()) file.writableByUsers = scenario.isCopied === true ? undefined : false;
  const ports = new PortCalls();
  if (error !== undefined) ports.error = error;
  const agent = await createAgent(ports.of(machine), { version: '1', processId: 1 });
  let request: ElevateRequest = { path: SETUP, arguments: ['/quiet'], ...scenario.request };
  if (scenario.isAnswer === true) {
    const question = await agent.elevate(caller(), request, context().value);
    if (question.outcome !== 'needs') throw new Error(question.outcome);
    request = { ...request, ...answerTo(question) };
  }
  ports.calls = [];
  ports.failAt = failAt;
  const result = await resultOf(agent, request);
  ports.failAt = Infinity;
  return { machine, agent, calls: ports.calls, result };
}

describe.each(Object.entries(SCENARIOS))('an elevation that %s', (_name, scenario) => {
  it('calls its ports in this order and is recorded', async () => {
    const { machine, calls, result } = await elevate(scenario, Infinity);
    expect(result).toBe(scenario.result);
    expect(calls).toEqual([...CALLER, ...scenario.calls]);
    expect(machine.events().at(-1)).toBe(scenario.event);
  });

  it.each(Object.entries(FAULTS))(
    'runs nothing unrecorded, leaks nothing and leaves the agent alive when any call fails with %s',
    async (_fault, error) => {
      const { calls } = await elevate(scenario, Infinity);
      const plain = await elevate({ ...scenario, request: {}, isAnswer: false }, Infinity);
      const resumeCall = calls.indexOf('starter.start.resume') + 1;
      for (let failAt = 1; failAt <= calls.length; failAt++) {
        const { machine, agent, calls: made, result } = await elevate(scenario, failAt, error);
        const call = made[failAt - 1] ?? '?';
        const at = `call ${failAt}, ${call}`;
        const ran = machine.processes.some(({ resumed }) => resumed);
        expect(ran, at).toBe(result === 'started');
        if (ran) expect(machine.events(), at).toContain('elevationStarting');
        else
          for (const process of machine.processes)
            expect(process, at).toMatchObject({ released: true, terminatedWith: 0xc0000022 });
        // What only names the requester; the profile of the current user is another question. The event log, whose entries
        // are of records that are durable already.
        const isNaming = failAt <= CALLER.length && ['machine.accountName', 'machine.profileFolder'].includes(call);
        const isHarmless = isNaming || call === 'events.record';
        if (failAt <= resumeCall && !isHarmless) expect(ran, at).toBe(false);
        expect(await verifyJournal([machine.journal.content()]), at).toMatchObject({ ok: true, unfinishedBytes: 0 });
        const held = ran ? 1 + machine.copies.size + machine.profilesLoaded : 0;
        const leaked = machine.openHandles - held;
        expect(leaked, at).toBe(/\.(?:close|release|remove)$/.test(call) ? 1 : 0);
        // The next request is served as if nothing had been.
        expect(await resultOf(agent, { path: SETUP }), at).toBe(plain.result);
        await agent.stop();
      }
    },
  );
});
