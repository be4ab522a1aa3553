import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { createAgent, type Agent } from '../../../src/agent/index.ts';
import { administrator, ALICE, caller, collect, context, hashOf, program, SETUP, FakeMachine } from './fake-machine.ts';

const OPTIONS = { version: '1.2.3', processId: 1 };

async function start(machine: FakeMachine): Promise<Agent> {
  return createAgent(machine.ports(), OPTIONS);
}

describe('an automatic elevation', () => {
  it('starts the program under an isolated account and records it before and after', async () => {
    const machine = new FakeMachine().withRule();
    const agent = await start(machine);
    const result = await agent.elevate(caller(), { path: SETUP, arguments: ['/quiet', 'a b'] }, context().value);
    expect(result).toMatchObject({
      outcome: 'started',
      processId: 777,
      file: { path: SETUP, sha256: hashOf(program()) },
      rule: { name: 'Setup', type: 'automatic' },
      accountFactory: 'virtualAccount',
      childProcesses: 'requireRule',
    });
    const { process } = machine;
    expect(process.resumed).toBe(true);
    expect(process.request).toMatchObject({
      path: SETUP,
      commandLine: '"C:\\Tools\\setup.exe" /quiet "a b"',
      directory: 'C:\\Windows\\System32',
      activeProcessLimit: 1000,
      killWithAgent: true,
    });
    // Of the process and of the profile.
    expect(machine.openHandles).toBe(2);
    process.exit(3);
    await expect.poll(() => machine.openHandles).toBe(0);
    expect(machine.records().slice(-2)).toMatchObject([
      {
        event: 'elevationStarting',
        userSid: ALICE,
        upn: 'CONTOSO\\alice',
        elevationType: 'zeroTouchElevation',
        processId: 777,
        arguments: ['/quiet', 'a b'],
      },
      { event: 'elevationEnded', result: 3, processId: 777 },
    ]);
    expect(agent.status(caller()).counters).toMatchObject({ elevated: 1, denied: 0, failed: 0 });
  });

  it('gives the same account for the same person and rule, and another one for everything else', async () => {
    const machine = new FakeMachine().withRule();
    machine.addFile('C:\\Tools\\other.exe', program('other'));
    machine.addPolicy([
      { name: 'Other', type: 'automatic', fileName: 'other.exe', fileHash: hashOf(program('other')) },
    ]);
    const agent = await start(machine);
    for (const path of [SETUP, SETUP, 'C:\\Tools\\other.exe']) await agent.elevate(caller(), { path }, context().value);
    await agent.elevate(caller({ user: 'S-1-5-21-1-2-3-1002' as never }), { path: SETUP }, context().value);
    const sids = machine.accountRequests.map(({ accountSid }) => accountSid);
    expect(sids[0]).toMatch(/^S-1-5-107(-\d{1,10}){5}$/);
    expect(sids[1]).toBe(sids[0]);
    expect(new Set(sids).size).toBe(3);
    expect(machine.accountRequests[0]).toMatchObject({
      groupSid: 'S-1-5-107-0',
      ownerSid: sids[0],
      session: 1,
      logonSid: 'S-1-5-5-0-4711',
    });
  });

  it('AC-98 reads no file that is larger than policy allows', async () => {
    const machine = new FakeMachine();
    machine.addPolicy([], { enabled: true, maximumFileSize: 1 });
    machine.addFile(SETUP, Buffer.concat([program(), Buffer.alloc(1024 ** 2)]));
    await expect((await start(machine)).elevate(caller(), { path: SETUP }, context().value)).rejects.toMatchObject({
      code: 'EPM_FILE_TOO_LARGE',
      data: { limit: 1024 ** 2 },
    });
    expect(machine.openHandles).toBe(0);
  });

  it('records that a file came from the Internet', async () => {
    const machine = new FakeMachine().withRule();
    for (const file of machine.files.values()) file.known = { fromInternet: true };
    await (await start(machine)).elevate(caller(), { path: SETUP }, context().value);
    expect(machine.records().at(-1)).toMatchObject({ event: 'elevationStarting', notes: ['fromInternet'] });
  });

  it('lets no process besides its own be there under "deny", and a thousand otherwise', async () => {
    for (const [behavior, limit] of [
      ['allow', 1000],
      ['deny', 1],
      ['requireRule', 1000],
    ] as const) {
      const machine = new FakeMachine().withRule({ childProcesses: behavior });
      await (await start(machine)).elevate(caller(), { path: SETUP }, context().value);
      expect(machine.process.request.activeProcessLimit).toBe(limit);
      expect(machine.process.request.judge === undefined).toBe(behavior === 'deny');
    }
  });
});

describe('waiting', () => {
  it('reports the exit code', async () => {
    const machine = new FakeMachine().withRule();
    const agent = await start(machine);
    const connection = context();
    const result = agent.elevate(caller(), { path: SETUP, wait: true }, connection.value);
    await expect.poll(() => connection.runs.length).toBe(1);
    machine.process.exit(7);
    expect(await result).toMatchObject({ outcome: 'finished', exitCode: 7, endTime: '2023-11-14T22:13:21.000Z' });
  });

  it('ends the tree on cancel, and only the waiting on disconnection', async () => {
    const machine = new FakeMachine().withRule();
    const agent = await start(machine);
    const first = context();
    const cancelled = agent.elevate(caller(), { path: SETUP, wait: true }, first.value);
    await expect.poll(() => first.runs.length).toBe(1);
    first.cancel.abort();
    expect(await cancelled).toMatchObject({ outcome: 'cancelled', exitCode: 0xc000013a });
    expect(machine.process.terminatedWith).toBe(0xc000013a);

    const second = context();
    const left = agent.elevate(caller(), { path: SETUP, wait: true }, second.value);
    await expect.poll(() => second.runs.length).toBe(1);
    second.gone.abort();
    expect(await left).toMatchObject({ outcome: 'started' });
    expect(machine.process.terminatedWith).toBeUndefined();
    expect(agent.status(caller()).running).toBe(1);
  });

  it('starts nothing when the request was cancelled before', async () => {
    const machine = new FakeMachine().withRule();
    const agent = await start(machine);
    const connection = context();
    connection.cancel.abort();
    await expect(agent.elevate(caller(), { path: SETUP }, connection.value)).rejects.toMatchObject({
      code: 'EPM_REQUEST_CANCELLED',
    });
    expect(machine.processes).toEqual([]);
    expect(machine.openHandles).toBe(0);
  });
});

describe('questions', () => {
  it('asks for a confirmation and starts with its answer, once', async () => {
    const machine = new FakeMachine().withRule({ type: 'userConfirmed' });
    const agent = await start(machine);
    const asked = await agent.elevate(caller(), { path: SETUP }, context().value);
    if (asked.outcome !== 'needs') throw new Error(asked.outcome);
    expect(asked).toMatchObject({
      requirements: ['confirmation'],
      ticket: expect.stringMatching(/^[0-9a-f]{32}$/),
      expires: '2023-11-14T22:15:20.000Z',
      question: { program: 'setup.exe', path: SETUP, arguments: '', fromInternet: false },
    });
    expect(machine.processes).toEqual([]);
    expect(await agent.elevate(caller(), { path: SETUP, ticket: asked.ticket }, context().value)).toMatchObject({
      outcome: 'started',
    });
    await expect(agent.elevate(caller(), { path: SETUP, ticket: asked.ticket }, context().value)).rejects.toMatchObject(
      { code: 'EPM_TICKET_INVALID' },
    );
    expect(machine.processes).toHaveLength(1);
  });

  it('does not use the ticket up when the justification is missing or bad', async () => {
    const machine = new FakeMachine().withRule({ type: 'userConfirmed', validations: ['justification'] });
    const agent = await start(machine);
    const asked = await agent.elevate(caller(), { path: SETUP }, context().value);
    if (asked.outcome !== 'needs') throw new Error(asked.outcome);
    const { ticket } = asked;
    expect(asked.requirements).toEqual(['confirmation', 'justification']);
    for (const justification of [undefined, '  ', 'a\u0007b', 'x'.repeat(257)]) {
      const request = { path: SETUP, ticket, ...(justification === undefined ? {} : { justification }) };
      await expect(agent.elevate(caller(), request, context().value)).rejects.toMatchObject({
        code: 'EPM_JUSTIFICATION_INVALID',
      });
    }
    const result = await agent.elevate(
      caller(),
      { path: SETUP, ticket, justification: ' printer driver ' },
      context().value,
    );
    expect(result.outcome).toBe('started');
    expect(machine.records().at(-1)).toMatchObject({ event: 'elevationStarting', justification: 'printer driver' });
    expect(JSON.stringify(machine.log)).not.toContain('printer driver');
  });

  it('denies by a digest that only a policy asks for which comes while the file is read', async () => {
    const machine = new FakeMachine().withRule();
    const file = [...machine.files.values()][0]!;
    const agent = await start(machine);
    let reads = 0;
    file.afterFacts = async () => {
      reads += 1;
      if (reads > 1) return;
      const fileHash = createHash('sha512').update(file.bytes).digest('hex');
      machine.addPolicy([{ name: 'Not this one', type: 'deny', fileHash }]);
      machine.changed?.();
      await expect.poll(() => machine.events().filter((event) => event === 'policyChanged').length).toBe(2);
    };
    const result = await agent.elevate(caller(), { path: SETUP }, context().value);
    expect(result).toMatchObject({ outcome: 'denied', rule: { name: 'Not this one' } });
    expect(reads).toBe(2);
    expect(machine.processes).toEqual([]);
  });

  it('asks again when the policy asks something else by now', async () => {
    const machine = new FakeMachine().withRule({ type: 'userConfirmed' });
    const agent = await start(machine);
    const asked = await agent.elevate(caller(), { path: SETUP }, context().value);
    if (asked.outcome !== 'needs') throw new Error(asked.outcome);
    machine.policies = machine.policies.map((policy) => ({
      ...policy,
      rules: policy.rules.map((rule) => ({ ...rule, childProcesses: 'allow' as const })),
    }));
    machine.changed?.();
    await expect.poll(() => machine.events().filter((event) => event === 'policyChanged').length).toBe(2);
    const again = await agent.elevate(caller(), { path: SETUP, ticket: asked.ticket }, context().value);
    expect(again).toMatchObject({ outcome: 'needs' });
    expect(machine.processes).toEqual([]);
  });
});

describe('answers that start nothing', () => {
  it.each([
    ['a Deny rule', { type: 'deny' }, { outcome: 'denied', reason: 'denyRule', rule: { name: 'Setup' } }],
    ['a Support approved rule', { type: 'supportApproved' }, { outcome: 'needsApproval', rule: { name: 'Setup' } }],
    ['no rule', { fileHash: '0'.repeat(64) }, { outcome: 'denied', reason: 'defaultResponse' }],
  ] as const)('%s', async (_name, rule, expected) => {
    const machine = new FakeMachine().withRule(rule);
    const request = { path: SETUP, justification: 'It is needed.' };
    const result = await (await start(machine)).elevate(caller(), request, context().value);
    expect(result).toMatchObject(expected);
    expect(result).toMatchObject({ message: expect.stringContaining('setup.exe'), hint: expect.stringMatching(/\w+/) });
    expect(machine.accountRequests).toEqual([]);
    expect(machine.openHandles).toBe(0);
    expect(machine.records().at(-1)).toMatchObject({ userSid: ALICE, hash: hashOf(program()) });
  });

  it('an administrator is not managed, and an elevated program is denied', async () => {
    const machine = new FakeMachine().withRule();
    const agent = await start(machine);
    // Enabled, and for denying only, as in the filtered token of an administrator.
    for (const attributes of [0xf, 0x10]) {
      const administrator = caller({ groups: [{ sid: 'S-1-5-32-544', attributes }] });
      expect(await agent.elevate(administrator, { path: SETUP }, context().value)).toMatchObject({
        outcome: 'notManaged',
        reason: 'administrator',
      });
    }
    const elevated = caller({
      groups: [
        { sid: 'S-1-5-107-0', attributes: 7 },
        { sid: 'S-1-5-32-544', attributes: 15 },
      ],
    });
    expect(await agent.elevate(elevated, { path: SETUP }, context().value)).toMatchObject({
      outcome: 'denied',
      reason: 'elevatedRequester',
    });
  });
});

describe('the other channels', () => {
  it('test explains without starting or asking', async () => {
    const machine = new FakeMachine().withRule({ type: 'userConfirmed' });
    const agent = await start(machine);
    const result = await agent.test(caller(), { path: SETUP }, context().value);
    expect(result).toMatchObject({
      outcome: 'needs',
      requirements: ['confirmation'],
      rule: { name: 'Setup' },
      file: { type: 'exe' },
    });
    expect(result.explanation).toContain('Setup');
    expect(machine.openHandles).toBe(0);
    expect(machine.accountRequests).toEqual([]);
  });

  it('policy and status describe what is in force', async () => {
    const machine = new FakeMachine().withRule();
    const agent = await start(machine);
    expect(agent.policy(caller())).toMatchObject({
      settings: { clientState: 'enabled' },
      rules: [{ name: 'Setup', state: 'active' }],
    });
    expect(agent.status(caller())).toMatchObject({
      version: '1.2.3',
      state: 'running',
      rules: 1,
      rejectedRules: 0,
      warnings: [],
      accountFactory: 'virtualAccount',
      journal: { records: 2 },
    });
  });

  it('audit gives users their own records and an administrator all', async () => {
    const machine = new FakeMachine().withRule();
    const agent = await start(machine);
    await agent.elevate(caller(), { path: SETUP }, context().value);
    const of = async (who: ReturnType<typeof caller>, query = {}) =>
      (await collect(agent.audit(who, query))).map(({ event }) => event);
    expect(await of(caller())).toEqual(['elevationStarting']);
    expect(await of(caller({ user: 'S-1-5-21-1-2-3-1002' as never }))).toEqual([]);
    const manager = administrator();
    expect(await of(manager)).toEqual(['agentStarted', 'policyChanged', 'elevationStarting']);
    expect(await of(manager, { after: 1, limit: 1 })).toEqual(['policyChanged']);
  });

  it('a test build says so in status and records', async () => {
    const machine = new FakeMachine().withRule();
    machine.build = { isWine: true, isTestBuild: true };
    machine.accountFactory = 'testBed';
    const agent = await start(machine);
    expect(agent.status(caller())).toMatchObject({
      accountFactory: 'testBed',
      warnings: [{ code: 'testBuild' }],
    });
    await agent.elevate(caller(), { path: SETUP }, context().value);
    expect(machine.records().at(-1)).toMatchObject({ event: 'elevationStarting', accountFactory: 'testBed' });
  });
});

describe('stopping', () => {
  it('ends every program, records the ends and refuses what comes later', async () => {
    const machine = new FakeMachine().withRule();
    const agent = await start(machine);
    await agent.elevate(caller(), { path: SETUP }, context().value);
    await agent.stop('shutdown');
    expect(machine.process.terminatedWith).toBe(0xc000013a);
    expect(machine.records().slice(-2)).toMatchObject([
      { event: 'elevationEnded', reason: 'agentStopped' },
      { event: 'agentStopped', reason: 'shutdown' },
    ]);
    expect(machine.openHandles).toBe(0);
    expect(machine.watching).toBe(false);
    await expect(agent.elevate(caller(), { path: SETUP }, context().value)).rejects.toMatchObject({
      code: 'EPM_AGENT_UNREACHABLE',
    });
  });
});
