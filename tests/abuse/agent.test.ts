import { describe, expect, it, vi } from 'vitest';
import { createAgent, type Agent } from '../../src/agent/index.ts';
import { MAX_PER_USER } from '../../src/agent/running.ts';
import type { Caller, TokenFacts } from '../../src/agent/ports.ts';
import { EpmError } from '../../src/model/errors.ts';
import { verifyJournal } from '../../src/audit/verify.ts';
import { parseClientMessage } from '../../src/ipc/messages.ts';
import { eventually } from '../eventually.ts';
import {
  administrator,
  ALICE,
  BOB,
  caller,
  collect,
  context,
  program,
  SETUP,
  FakeMachine,
} from '../unit/agent/fake-machine.ts';

const start = (machine: FakeMachine): Promise<Agent> => createAgent(machine.ports(), { version: '1', processId: 1 });
const elevate = (agent: Agent, who: Caller = caller(), more: object = {}) =>
  agent.elevate(who, { path: SETUP, ...more }, context().value);

async function ticketFor(agent: Agent, more: object = {}): Promise<string> {
  const asked = await elevate(agent, caller(), more);
  if (asked.outcome !== 'needs') throw new Error(asked.outcome);
  return asked.ticket;
}

describe('AC-01 a well-formed request for any program', () => {
  it('starts nothing without a rule, by default', async () => {
    const machine = new FakeMachine();
    machine.addFile('C:\\Windows\\System32\\cmd.exe');
    machine.addPolicy([]);
    const agent = await start(machine);
    const result = await agent.elevate(caller(), { path: 'C:\\Windows\\System32\\cmd.exe' }, context().value);
    expect(result).toMatchObject({ outcome: 'denied', reason: 'defaultResponse' });
    expect(machine.accountRequests).toEqual([]);
    expect(machine.records().at(-1)).toMatchObject({
      event: 'elevationDenied',
      userSid: ALICE,
      reason: 'defaultResponse',
    });
  });
});

describe('AC-03 what the client claims about itself', () => {
  it.each([
    'confirmed',
    'justified',
    'authenticated',
    'approved',
    'rule',
    'hash',
    'sha256',
    'user',
    'session',
    'flags',
    'environment',
    'desktop',
    'parentProcessId',
  ])('"%s" is not in the schema', (member) => {
    const message = { v: 1, channel: 'elevate', body: { path: SETUP, [member]: true } };
    expect(() => parseClientMessage(Buffer.from(JSON.stringify(message)))).toThrow(
      expect.objectContaining({ code: 'EPM_REQUEST_MALFORMED' }),
    );
  });

  it('a made-up ticket answers nothing', async () => {
    const machine = new FakeMachine().withRule({ type: 'userConfirmed' });
    const agent = await start(machine);
    await expect(elevate(agent, caller(), { ticket: '0'.repeat(32) })).rejects.toMatchObject({
      code: 'EPM_TICKET_INVALID',
    });
    expect(machine.processes).toEqual([]);
    expect(machine.records().at(-1)).toMatchObject({ event: 'requestRefused', errorCode: 'EPM_TICKET_INVALID' });
  });
});

describe('AC-05 a ticket in other hands', () => {
  it.each<[string, Partial<TokenFacts>]>([
    ['another user', { user: BOB }],
    ['another session', { session: 2 }],
    ['another logon of the same user', { authenticationId: '00000000000abcde' }],
  ])('%s cannot use it, and it is spent', async (_name, overrides) => {
    const machine = new FakeMachine().withRule({ type: 'userConfirmed' });
    const agent = await start(machine);
    const ticket = await ticketFor(agent);
    await expect(elevate(agent, caller(overrides), { ticket })).rejects.toMatchObject({ code: 'EPM_TICKET_INVALID' });
    await expect(elevate(agent, caller(), { ticket })).rejects.toMatchObject({ code: 'EPM_TICKET_INVALID' });
    expect(machine.processes).toEqual([]);
  });

  it('two clients with the same ticket start one program', async () => {
    const machine = new FakeMachine().withRule({ type: 'userConfirmed' });
    const agent = await start(machine);
    const ticket = await ticketFor(agent);
    const results = await Promise.allSettled(Array.from({ length: 8 }, () => elevate(agent, caller(), { ticket })));
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    expect(machine.processes).toHaveLength(1);
  });
});

describe('AC-11, AC-13 callers that are never served', () => {
  it.each<[string, Partial<TokenFacts>, Partial<Caller>, string]>([
    ['anonymous level', {}, { impersonationLevel: 0 }, 'EPM_CALLER_REFUSED'],
    ['anonymous user', { user: 'S-1-5-7' as never }, {}, 'EPM_CALLER_REFUSED'],
    ['app container', { appContainer: true }, {}, 'EPM_CALLER_REFUSED'],
    ['restricted token', { restricted: true }, {}, 'EPM_CALLER_REFUSED'],
    ['low integrity', { integrity: 0x1000 }, {}, 'EPM_CALLER_REFUSED'],
    ['untrusted integrity', { integrity: 0 }, {}, 'EPM_CALLER_REFUSED'],
    ['session 0', { session: 0 }, {}, 'EPM_CALLER_REFUSED'],
    ['service logon', { groups: [{ sid: 'S-1-5-6', attributes: 7 }] }, {}, 'EPM_CALLER_REFUSED'],
    ['network logon', { groups: [{ sid: 'S-1-5-2', attributes: 7 }] }, {}, 'EPM_CALLER_REFUSED'],
    ['batch logon', { groups: [{ sid: 'S-1-5-3', attributes: 7 }] }, {}, 'EPM_CALLER_REFUSED'],
    ['local service', { user: 'S-1-5-19' as never }, {}, 'EPM_CALLER_REFUSED'],
    ['network service', { user: 'S-1-5-20' as never }, {}, 'EPM_CALLER_REFUSED'],
    ['a service account', { user: 'S-1-5-80-1-2-3-4-5' as never }, {}, 'EPM_CALLER_REFUSED'],
    ['the system in session 1', { user: 'S-1-5-18' as never, integrity: 0x4000 }, {}, 'EPM_CALLER_REFUSED'],
    ['unknown integrity', { integrity: null }, {}, 'EPM_CALLER_UNKNOWN'],
    ['unknown app container state', { appContainer: null }, {}, 'EPM_CALLER_UNKNOWN'],
    ['unknown restriction', { restricted: null }, {}, 'EPM_CALLER_UNKNOWN'],
    ['unknown logon session', { authenticationId: null }, {}, 'EPM_CALLER_UNKNOWN'],
    ['no logon SID', { logonSid: '' }, {}, 'EPM_CALLER_UNKNOWN'],
    ['a logon SID that is none', { logonSid: 'S-1-5-32-544' }, {}, 'EPM_CALLER_UNKNOWN'],
  ])('%s', async (_name, overrides, more, code) => {
    const machine = new FakeMachine().withRule();
    const agent = await start(machine);
    await expect(elevate(agent, caller(overrides, more))).rejects.toMatchObject({ code });
    expect(machine.opened).toEqual([]);
    expect(machine.records().at(-1)).toMatchObject({ event: 'requestRefused', errorCode: code });
  });

  it('facts that Wine lacks are tolerated by the test build only', async () => {
    const machine = new FakeMachine().withRule();
    machine.build = { isWine: true, isTestBuild: true };
    machine.accountFactory = 'testBed';
    machine.tokenOverrides = {
      elevated: null,
      elevationType: null,
      authenticationId: null,
      securityAttributes: null,
      restricted: null,
    };
    machine.processTokenOverrides = machine.tokenOverrides;
    const agent = await start(machine);
    expect(await elevate(agent, caller({ authenticationId: null, restricted: null }))).toMatchObject({
      outcome: 'started',
    });
    await expect(elevate(agent, caller({ integrity: 0x1000 }))).rejects.toMatchObject({ code: 'EPM_CALLER_REFUSED' });
  });

  it('an administrator sees the records of others on the pipe of administration only', async () => {
    const machine = new FakeMachine().withRule();
    const agent = await start(machine);
    await elevate(agent);
    const sees = async (who: Caller): Promise<number> => (await collect(agent.audit(who, {}))).length;
    expect(await sees(administrator())).toBeGreaterThan(0);
    expect(await sees(administrator({}, { pipe: 'user' }))).toBe(0);
  });

  const group = (attributes: number) => [{ sid: 'S-1-5-32-544', attributes }];
  it.each<[string, Partial<TokenFacts>]>([
    ['a standard user', { groups: [], integrity: 0x2000 }],
    ['a standard user with high integrity', { groups: [] }],
    ['a filtered administrator', { groups: group(0x10), integrity: 0x2000 }],
    ['an administrator whose group denies only', { groups: group(0x14) }],
    ['an administrator with medium integrity', { integrity: 0x2000 }],
    ['an elevated program, by its account', { user: 'S-1-5-107-1-2-3-4-5' as never }],
    ['an elevated program, by its marker group', { groups: [...group(15), { sid: 'S-1-5-107-0', attributes: 7 }] }],
    ['an elevated program, by its security attribute', { securityAttributes: ['EPM://request=1'] }],
  ])('%s does not administer the agent', async (_name, overrides) => {
    const machine = new FakeMachine().withRule();
    const agent = await start(machine);
    const code = 'EPM_NOT_ADMINISTRATOR';
    for (const ask of [
      () => collect(agent.audit(administrator(overrides), {})),
      () => agent.status(administrator(overrides)),
    ])
      await expect((async () => ask())()).rejects.toMatchObject({ code });
    expect(machine.records().at(-1)).toMatchObject({ event: 'requestRefused', errorCode: code });
  });

  it('the system administers the agent, from the session of services too', async () => {
    const agent = await start(new FakeMachine().withRule());
    const system = { user: 'S-1-5-18' as never, integrity: 0x4000, session: 0, groups: [] };
    expect(agent.status(administrator(system))).toMatchObject({ state: 'running' });
    expect(() => agent.status(caller(system))).toThrow(expect.objectContaining({ code: 'EPM_CALLER_REFUSED' }));
  });
});

describe('AC-07 the process of the client', () => {
  it.each([0, 4, 4242, 0xffff_fffc])('decides nothing, whatever its number is: %d', async (processId) => {
    const machine = new FakeMachine().withRule();
    const agent = await start(machine);
    expect(await elevate(agent, caller({}, { processId }))).toMatchObject({ outcome: 'started' });
    await expect(elevate(agent, caller({ user: 'S-1-5-7' as never }, { processId }))).rejects.toMatchObject({
      code: 'EPM_CALLER_REFUSED',
    });
  });
});

describe('AC-08 the quality of service of the client', () => {
  it.each([
    [0, 'rejected'],
    [1, 'fulfilled'],
    [2, 'fulfilled'],
    [3, 'fulfilled'],
  ])('level %d: %s', async (impersonationLevel, status) => {
    const agent = await start(new FakeMachine().withRule());
    const [result] = await Promise.allSettled([elevate(agent, caller({}, { impersonationLevel }))]);
    expect(result).toMatchObject({ status });
  });
});

describe('AC-12 the caller could not be identified', () => {
  it('a refused identification is counted, recorded and never served as somebody else', async () => {
    const machine = new FakeMachine().withRule();
    const agent = await start(machine);
    agent.refusedClient({ reason: 'callerUnknown', user: '' });
    expect(machine.records().at(-1)).toMatchObject({ event: 'requestRefused', reason: 'callerUnknown' });
    expect(machine.records().at(-1)).not.toHaveProperty('userSid');
    expect(agent.status(caller()).counters.refusedClients).toBe(1);
  });

  it('a flood of refused clients fills the counter, not the journal', async () => {
    const machine = new FakeMachine().withRule();
    const agent = await start(machine);
    for (let index = 0; index < 10_000; index++) agent.refusedClient({ reason: 'timeout', user: ALICE });
    expect(machine.events().filter((event) => event === 'requestRefused')).toHaveLength(60);
    machine.monotonic += 60_000;
    machine.now += 60_000;
    agent.refusedClient({ reason: 'timeout', user: ALICE });
    expect(machine.records().at(-1)?.message).toContain('9940 more');
    expect(agent.status(caller()).counters.refusedClients).toBe(10_001);
  });
});

describe('AC-14 what started is not what was checked', () => {
  it.each([
    ['another file id', { file: 'f'.repeat(32) }],
    ['another volume', { volume: 'f'.repeat(16) }],
    ['another path', { path: 'C:\\Users\\alice\\setup.exe' }],
  ])('%s: ended before its first instruction', async (_name, image) => {
    const machine = new FakeMachine().withRule();
    machine.imageOverrides = image;
    const agent = await start(machine);
    await expect(elevate(agent)).rejects.toMatchObject({ code: 'EPM_IMAGE_CHANGED' });
    expect(machine.process).toMatchObject({ resumed: false, terminatedWith: 0xc0000022, released: true });
    expect(machine.events().slice(-1)).toEqual(['elevationFailed']);
    expect(machine.events()).not.toContain('elevationStarting');
    expect(machine.openHandles).toBe(0);
  });

  it('facts that do not belong to the opened file are not decided about', async () => {
    const machine = new FakeMachine().withRule();
    for (const file of machine.files.values()) file.known = { id: { volume: 'f'.repeat(16), file: 'f'.repeat(32) } };
    await expect(elevate(await start(machine))).rejects.toMatchObject({ code: 'EPM_FILE_UNREADABLE' });
    expect(machine.openHandles).toBe(0);
  });
});

describe('AC-28 a file that its requester may not read and execute', () => {
  const closed = (): FakeMachine => {
    const machine = new FakeMachine().withRule();
    for (const file of machine.files.values()) file.closedTo = [ALICE];
    return machine;
  };

  it('is denied though a rule allows it, and only for that requester', async () => {
    const machine = closed();
    const agent = await start(machine);
    const denied = await elevate(agent);
    expect(denied).toMatchObject({ outcome: 'denied', reason: 'notYourFile' });
    expect(denied).not.toHaveProperty('file');
    expect(machine.accountRequests).toEqual([]);
    expect(machine.records().at(-1)).toMatchObject({ event: 'elevationDenied', userSid: ALICE, reason: 'notYourFile' });
    expect(machine.records().at(-1)).not.toHaveProperty('hash');
    expect(await elevate(agent, caller({ user: BOB }))).toMatchObject({ outcome: 'started' });
  });

  it('is not described by a test either', async () => {
    const agent = await start(closed());
    const tested = await agent.test(caller(), { path: SETUP }, context().value);
    expect(tested).toMatchObject({ outcome: 'denied', reason: 'notYourFile' });
    expect(tested).not.toHaveProperty('file');
    expect(JSON.stringify(tested)).not.toMatch(/[0-9a-f]{64}/);
    expect(await agent.test(caller({ user: BOB }), { path: SETUP }, context().value)).toMatchObject({
      file: { path: SETUP },
    });
  });
});

describe('AC-55, AC-57 what an elevation made is open to nobody else', () => {
  const account = (machine: FakeMachine): string => machine.accountRequests[0]?.accountSid ?? '';

  it('belongs to the system, and being the owner gives nothing', async () => {
    const machine = new FakeMachine().withRule();
    expect(await elevate(await start(machine))).toMatchObject({ outcome: 'started' });
    const own = account(machine);
    expect(machine.process?.request).toMatchObject({
      processSddl: `O:SYG:SYD:P(A;;RC;;;OW)(A;;0x1fffff;;;SY)(A;;0x1fffff;;;${own})S:(ML;;NWNRNX;;;HI)`,
      tokenSddl: `O:SYG:SYD:P(A;;RC;;;OW)(A;;GA;;;SY)(A;;0x201ff;;;${own})`,
    });
  });

  const closed = 'O:SYD:P(A;;RC;;;OW)(A;;GA;;;SY)';
  it.each(
    (['process', 'thread', 'job', 'token'] as const).flatMap((object) =>
      [
        closed.replace('O:SY', 'O:BA'),
        closed.replace('(A;;RC;;;OW)', ''),
        closed.replace(';RC;', ';RCWD;'),
        `${closed}(A;;GR;;;BA)`,
        `${closed}(A;;GR;;;S-1-5-21-1-2-3-1001)`,
        `${closed}(A;IO;GA;;;SY)`,
        `${closed}(XA;;GA;;;SY;(1))`,
        'O:SYD:NO_ACCESS_CONTROL',
        'O:SYD:P',
        'O:SY',
        '',
      ].map((sddl) => [object, sddl] as const),
    ),
  )('a %s with %j is ended before it ran', async (object, sddl) => {
    const machine = new FakeMachine().withRule();
    machine.securityOverrides = { [object]: sddl };
    await expect(elevate(await start(machine))).rejects.toMatchObject({
      code: 'EPM_START_FAILED',
      data: { fact: `${object}Security` },
    });
    expect(machine.process).toMatchObject({ resumed: false, terminatedWith: 0xc0000022, released: true });
    expect(machine.openHandles).toBe(0);
  });
});

describe('AC-77 no policy, no elevation', () => {
  it('nothing is managed before a policy arrives, and a fault does not open anything', async () => {
    const machine = new FakeMachine();
    machine.addFile(SETUP);
    machine.policyFault = new EpmError('EPM_POLICY_UNREADABLE', 'The key cannot be read.');
    const agent = await start(machine);
    expect(await elevate(agent)).toMatchObject({ outcome: 'notManaged', reason: 'noPolicy' });
    expect(machine.accountRequests).toEqual([]);
    expect(agent.status(caller())).toMatchObject({
      state: 'degraded',
      clientState: 'noPolicy',
      warnings: [{ code: 'policyFault', data: { errorCode: 'EPM_POLICY_UNREADABLE', lastGood: false } }],
    });
  });

  it('the last good policy stays in force while the delivered one cannot be read', async () => {
    vi.useFakeTimers();
    try {
      const machine = new FakeMachine().withRule({ type: 'deny' });
      const agent = await start(machine);
      machine.policies = [{ id: 'device', scope: { kind: 'device' }, rules: [], rejected: [] }];
      machine.policyFault = new EpmError('EPM_POLICY_UNREADABLE', 'The key cannot be read.');
      machine.changed?.();
      await vi.advanceTimersByTimeAsync(1_000);
      expect(agent.policy(caller())).toMatchObject({
        rules: [{ name: 'Setup' }],
        fault: { code: 'EPM_POLICY_UNREADABLE' },
      });
      expect(await elevate(agent)).toMatchObject({ outcome: 'denied', reason: 'denyRule' });
      // Tried again by itself, reported once.
      await vi.advanceTimersByTimeAsync(120_000);
      expect(machine.events().filter((event) => event === 'policyFault')).toHaveLength(1);
      machine.policyFault = undefined;
      await vi.advanceTimersByTimeAsync(30_000);
      expect(agent.policy(caller())).toMatchObject({ rules: [] });
      expect(agent.policy(caller())).not.toHaveProperty('fault');
      await agent.stop();
    } finally {
      vi.useRealTimers();
    }
  });
});

describe('AC-81, AC-94 texts of an attacker in the audit', () => {
  it('stay inside their field, in one line of printable characters', async () => {
    const machine = new FakeMachine().withRule({ type: 'userConfirmed', validations: ['justification'] });
    const agent = await start(machine);
    const justification = 'x","event":"agentStopped","y":"\u202e\u200b<script>';
    const vector = ['\u001b[31m', '","sequence":1,"', '\u2028', '\u0007'];
    const ticket = await ticketFor(agent, { arguments: vector });
    await elevate(agent, caller(), { ticket, justification, arguments: vector });
    const bytes = machine.journal.content();
    expect(bytes.toString('latin1')).toMatch(/^(?:[ -~]+\n)+$/);
    expect(machine.records().at(-1)).toMatchObject({ event: 'elevationStarting', justification, arguments: vector });
    expect(await verifyJournal([machine.journal.content()])).toMatchObject({
      ok: true,
      records: machine.records().length,
    });
    for (const line of ['a\r\nb', 'a\u2028b', 'a\u001b[31mb']) {
      await expect(elevate(agent, caller(), { justification: line })).rejects.toMatchObject({
        code: 'EPM_JUSTIFICATION_INVALID',
      });
    }
  });

  it('errors shown to a person escape the path and hold no justification', async () => {
    const machine = new FakeMachine().withRule();
    const agent = await start(machine);
    const error: unknown = await agent
      .elevate(caller(), { path: 'C:\\a\u202e\r\n.exe', justification: 'secret reason' }, context().value)
      .catch((caught: unknown) => caught);
    expect((error as EpmError).message).toMatch(/^[ -~]+$/);
    expect((error as EpmError).message).toContain('<U+202E>');
    expect(JSON.stringify((error as EpmError).toReport())).not.toContain('secret reason');
  });
});

describe('AC-85 tickets cannot be predicted', () => {
  it('has 128 bits from the generator and never repeats', async () => {
    const machine = new FakeMachine().withRule({ type: 'userConfirmed' });
    const agent = await start(machine);
    const tickets = new Set<string>();
    for (let index = 0; index < 64; index++) {
      machine.now += 10_000;
      const ticket = await ticketFor(agent);
      tickets.add(ticket);
      await elevate(agent, caller(), { ticket });
    }
    expect(tickets.size).toBe(64);
    for (const ticket of tickets) expect(ticket).toMatch(/^[0-9a-f]{32}$/);
  });

  it('guessing finds nothing and costs the guesser nothing of others', async () => {
    const machine = new FakeMachine().withRule({ type: 'userConfirmed' });
    const agent = await start(machine);
    const ticket = await ticketFor(agent);
    for (let index = 0; index < 100; index++) {
      const guess = index.toString(16).padStart(32, '0');
      await expect(elevate(agent, caller({ user: BOB }), { ticket: guess })).rejects.toMatchObject({
        code: 'EPM_TICKET_INVALID',
      });
    }
    expect(await elevate(agent, caller(), { ticket })).toMatchObject({ outcome: 'started' });
  });
});

describe('AC-86 a change between the question and the answer', () => {
  const change: [string, (machine: FakeMachine) => object][] = [
    ['other arguments', () => ({ arguments: ['/other'] })],
    ['no arguments', () => ({ arguments: [] })],
    [
      'the file replaced by one with the same content',
      (machine) => {
        for (const file of machine.files.values()) file.id = { volume: file.id.volume, file: 'e'.repeat(32) };
        return {};
      },
    ],
    [
      'the content changed in place',
      (machine) => {
        for (const file of machine.files.values()) file.bytes = program('something else');
        return {};
      },
    ],
    [
      'the answer after two minutes',
      (machine) => {
        machine.monotonic += 120_000;
        return {};
      },
    ],
  ];
  it.each(change)('%s: nothing starts', async (_name, apply) => {
    const machine = new FakeMachine();
    machine.addFile(SETUP);
    machine.addPolicy([], { enabled: true, defaultElevationResponse: 'requireUserConfirmation' });
    const agent = await start(machine);
    const vector = { arguments: ['/quiet'] };
    const ticket = await ticketFor(agent, vector);
    const changed = apply(machine);
    await expect(elevate(agent, caller(), { ...vector, ...changed, ticket })).rejects.toMatchObject({
      code: 'EPM_TICKET_INVALID',
    });
    expect(machine.processes).toEqual([]);
  });

  it('without a change it starts', async () => {
    const machine = new FakeMachine();
    machine.addFile(SETUP);
    machine.addPolicy([], { enabled: true, defaultElevationResponse: 'requireUserConfirmation' });
    const agent = await start(machine);
    const vector = { arguments: ['/quiet'] };
    const ticket = await ticketFor(agent, vector);
    machine.monotonic += 119_999;
    machine.now -= 86_400_000;
    expect(await elevate(agent, caller(), { ...vector, ticket })).toMatchObject({ outcome: 'started' });
    expect(machine.records().at(-1)).toMatchObject({ elevationType: 'userConfirmedElevation' });
  });
});

describe('AC-95 the audit cannot be written', () => {
  it('nothing is elevated, and the gap is recorded later', async () => {
    const machine = new FakeMachine().withRule();
    const agent = await start(machine);
    machine.journal.fails = true;
    await expect(elevate(agent)).rejects.toMatchObject({ code: 'EPM_AUDIT_WRITE' });
    expect(machine.process).toMatchObject({ resumed: false, terminatedWith: 0xc0000022, released: true });
    expect(agent.status(caller())).toMatchObject({
      state: 'degraded',
      warnings: [{ code: 'auditIncomplete', data: { records: expect.any(Number) } }],
    });
    machine.journal.fails = false;
    expect(await elevate(agent)).toMatchObject({ outcome: 'started' });
    expect(machine.records().slice(-2)).toMatchObject([
      { event: 'journalGap', message: expect.stringContaining('1 record') },
      { event: 'elevationStarting' },
    ]);
    expect(agent.status(caller()).state).toBe('running');
    expect(await verifyJournal([machine.journal.content()])).toMatchObject({ ok: true });
  });

  it('no question is asked that could not be recorded', async () => {
    const machine = new FakeMachine().withRule({ type: 'userConfirmed' });
    const agent = await start(machine);
    machine.journal.fails = true;
    await expect(elevate(agent)).rejects.toMatchObject({ code: 'EPM_AUDIT_WRITE' });
  });

  it('the end of a program that could not be recorded shows as a gap', async () => {
    const machine = new FakeMachine().withRule();
    const agent = await start(machine);
    await elevate(agent);
    machine.journal.fails = true;
    machine.process.exit(0);
    await expect.poll(() => machine.openHandles).toBe(0);
    machine.journal.fails = false;
    await elevate(agent);
    expect(machine.events().slice(-2)).toEqual(['journalGap', 'elevationStarting']);
  });
});

describe('AC-101 Wine and the test bed', () => {
  it('a production build elevates nothing under Wine', async () => {
    const machine = new FakeMachine().withRule();
    machine.build = { isWine: true, isTestBuild: false };
    const agent = await start(machine);
    await expect(elevate(agent)).rejects.toMatchObject({ code: 'EPM_WINE_REFUSED' });
    expect(machine.processes).toEqual([]);
    expect(agent.status(caller()).warnings).toMatchObject([{ code: 'notWindows' }]);
  });

  it('a production build refuses a token of the test bed’s factory', async () => {
    const machine = new FakeMachine().withRule();
    machine.accountFactory = 'testBed';
    await expect(elevate(await start(machine))).rejects.toMatchObject({
      code: 'EPM_TOKEN_REFUSED',
      data: { fact: 'factory' },
    });
    expect(machine.processes).toEqual([]);
  });

  it('a test build under Wine refuses accounts that only pretend to be virtual', async () => {
    const machine = new FakeMachine().withRule();
    machine.build = { isWine: true, isTestBuild: true };
    await expect(elevate(await start(machine))).rejects.toMatchObject({ code: 'EPM_WINE_REFUSED' });
    expect(machine.processes).toEqual([]);
  });

  it('facts that only Wine lacks are refused by a test build on Windows', async () => {
    const machine = new FakeMachine().withRule();
    machine.build = { isWine: false, isTestBuild: true };
    machine.accountFactory = 'testBed';
    machine.tokenOverrides = { elevated: null };
    await expect(elevate(await start(machine))).rejects.toMatchObject({ code: 'EPM_TOKEN_REFUSED' });
  });
});

describe('AC-98 one user who asks for much', () => {
  /** So that the number of records of a minute is not what stops it. */
  const later = (machine: FakeMachine): void => {
    machine.now += 60_000;
    machine.monotonic += 60_000;
  };

  it('has a limited number of elevated programs, and others are not limited by them', async () => {
    const machine = new FakeMachine().withRule();
    const agent = await start(machine);
    for (let started = 0; started < MAX_PER_USER - 1; started += 1) {
      expect(await elevate(agent)).toMatchObject({ outcome: 'started' });
      later(machine);
    }
    // All at once, for the one place that is left.
    const asked = await Promise.allSettled(Array.from({ length: 6 }, () => elevate(agent)));
    expect(asked.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    later(machine);
    await expect(elevate(agent)).rejects.toMatchObject({
      code: 'EPM_TOO_MANY_RUNNING',
      data: { running: MAX_PER_USER, limit: MAX_PER_USER },
    });
    expect(machine.records().at(-1)).toMatchObject({ event: 'elevationDenied', errorCode: 'EPM_TOO_MANY_RUNNING' });
    expect(await elevate(agent, caller({ user: BOB }))).toMatchObject({ outcome: 'started' });
    machine.processes[0]?.exit(0);
    await eventually(async () => expect(await elevate(agent)).toMatchObject({ outcome: 'started' }));
    await expect(elevate(agent)).rejects.toMatchObject({ code: 'EPM_TOO_MANY_RUNNING' });
  });

  it('a start that fails takes no place', async () => {
    const machine = new FakeMachine().withRule();
    const agent = await start(machine);
    machine.inJob = false;
    for (let attempt = 0; attempt < MAX_PER_USER + 1; attempt += 1) {
      await expect(elevate(agent)).rejects.toMatchObject({ code: 'EPM_START_FAILED' });
      later(machine);
    }
    machine.inJob = true;
    expect(await elevate(agent)).toMatchObject({ outcome: 'started' });
  });

  it('a test is read no further once its client is gone', async () => {
    const machine = new FakeMachine().withRule();
    const agent = await start(machine);
    for (const end of ['gone', 'cancel'] as const) {
      const client = context();
      client[end].abort();
      await expect(agent.test(caller(), { path: SETUP }, client.value)).rejects.toMatchObject({
        code: 'EPM_REQUEST_CANCELLED',
      });
    }
    expect(machine.openHandles).toBe(0);
  });
});
