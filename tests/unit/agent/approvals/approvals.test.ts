import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createAgent, type Agent } from '../../../../src/agent/index.ts';
import type { ElevateResult, SupportAnswer } from '../../../../src/agent/contract.ts';
import { sid } from '../../../../src/model/brands.ts';
import { EpmError } from '../../../../src/model/errors.ts';
import type { GrantStatement } from '../../../../src/model/grant.ts';
import type { PolicyApprovals } from '../../../../src/model/policy.ts';
import type { SettingsInput } from '../../../../src/model/settings.ts';
import { eventually } from '../../../eventually.ts';
import { administrator, ALICE, BOB, caller, context, FakeMachine, program, SETUP } from '../fake-machine.ts';
import { Approver, approvalPolicy } from './approver.ts';

const HOUR = 60 * 60_000;
const DAY = 24 * HOUR;
const REASON = { justification: 'The printer.' };

let machine: FakeMachine;
let support: Approver;
let agents: Agent[];

beforeEach(() => {
  machine = new FakeMachine().withRule({ type: 'supportApproved' });
  machine.now = Date.UTC(2026, 5, 1);
  support = new Approver();
  policy([support]);
  agents = [];
});
afterEach(async () => {
  for (const agent of agents) {
    for (const process of machine.processes) process.exit(0);
    await agent.stop();
  }
});

type Told = Partial<PolicyApprovals> & { readonly grants?: readonly string[] };

/** What policy says about approvals; an agent that runs learns it at its next reading. */
function policy(keys: readonly Approver[], { grants = [], ...more }: Told = {}, settings: SettingsInput = {}): void {
  machine.policies = machine.policies.map((document) => ({
    ...document,
    settings: { enabled: true, ...settings },
    approvals: approvalPolicy(keys, more),
    grants: grants.map((text, index) => ({ id: String(index), text })),
  }));
}

async function start(): Promise<Agent> {
  const agent = await createAgent(machine.ports(), { version: '1', processId: 1 });
  agents.push(agent);
  // The journal is read in the background.
  await eventually(() => expect(agent.status(administrator()).journal.state).not.toBe('unverified'));
  return agent;
}

async function restart(agent: Agent): Promise<Agent> {
  for (const process of machine.processes) process.exit(0);
  await agent.stop();
  agents = agents.filter((each) => each !== agent);
  return start();
}

async function deliver(agent: Agent, keys: readonly Approver[], more: Told = {}): Promise<void> {
  policy(keys, more);
  await agent.reload(administrator());
}

const elevate = (agent: Agent, more: object = {}, who = caller()): Promise<ElevateResult> =>
  agent.elevate(who, { path: SETUP, ...more }, context().value);

async function ask(agent: Agent, more: object = REASON, who = caller()): Promise<SupportAnswer> {
  const result = await elevate(agent, more, who);
  expect(result).toMatchObject({ outcome: 'needsApproval' });
  return (result as { supportRequest: SupportAnswer }).supportRequest;
}

/** Asks, approves, and brings the grant to the device. */
async function approved(agent: Agent, more: Partial<GrantStatement> = {}, by = support): Promise<string> {
  const { text = '' } = await ask(agent);
  const grant = by.approve(text, machine.now, more);
  agent.importGrant(caller(), { text: grant });
  return grant;
}

const events = (): string[] => machine.events().filter((event) => /^(?:support|grant|elevation)/.test(event));
const refusal = (fault: string): unknown => expect.objectContaining({ code: 'EPM_GRANT_REFUSED', data: { fault } });

describe('a request to support', () => {
  it('is made with the reason and all that was found out, and answered with what support needs', async () => {
    const agent = await start();
    const state = await ask(agent, { ...REASON, arguments: ['/s'] });
    expect(state).toMatchObject({ status: 'pending', timesAsked: 1, text: expect.stringMatching(/^EPMR1\./) });
    const [request] = agent.supportRequests(caller(), {}).requests;
    expect(request).toMatchObject({
      id: state.id,
      requestedByUserId: ALICE,
      requestedByUserPrincipalName: 'CONTOSO\\alice',
      deviceName: 'PC-1',
      requestJustification: 'The printer.',
      applicationDetail: { fileName: 'setup.exe', filePath: SETUP },
      arguments: ['/s'],
      rule: { name: 'Setup', type: 'supportApproved' },
    });
    expect(machine.records().filter(({ supportRequestId }) => supportRequestId === state.id)).toMatchObject([
      { event: 'supportRequestCreated', justification: 'The printer.', arguments: ['/s'], userSid: ALICE },
      { event: 'elevationPending', reason: 'needsApproval' },
    ]);
    expect(machine.processes).toEqual([]);
  });

  it('has a number that no command line takes for an option', async () => {
    const ports = machine.ports();
    // Half of all numbers would begin with a hyphen.
    const bytes = (length: number): Uint8Array => {
      const drawn = ports.random.bytes(length);
      return length === 16 && (drawn[1] ?? 0) < 128 ? Buffer.concat([Buffer.of(0xfb), drawn.slice(1)]) : drawn;
    };
    const agent = await createAgent({ ...ports, random: { bytes } }, { version: '1', processId: 1 });
    agents.push(agent);
    const numbers: string[] = [];
    for (let count = 0; count < 15; count += 1) {
      numbers.push((await ask(agent, { ...REASON, arguments: [String(count)] })).id);
    }
    expect(numbers.filter((number) => number.startsWith('-'))).toEqual([]);
  });

  it('is not made without a reason: the answer asks for it, and a ticket carries it', async () => {
    const agent = await start();
    const needs = await elevate(agent);
    expect(needs).toMatchObject({ outcome: 'needs', requirements: ['justification'], asksSupport: true });
    expect(machine.requests.entries.size).toBe(0);
    const { ticket } = needs as { ticket: string };
    await expect(elevate(agent, { ticket })).rejects.toMatchObject({ code: 'EPM_JUSTIFICATION_INVALID' });
    expect(await ask(agent, { ticket, ...REASON })).toMatchObject({ status: 'pending' });
    await expect(elevate(agent, { ticket, ...REASON })).rejects.toMatchObject({ code: 'EPM_TICKET_INVALID' });
  });

  it('is made by the default response that asks for an approval', async () => {
    policy([support], {}, { defaultElevationResponse: 'requireSupportApproval' });
    machine.addFile('C:\\Tools\\other.exe', program('other'));
    const agent = await start();
    expect(await elevate(agent, { path: 'C:\\Tools\\other.exe', ...REASON })).toMatchObject({
      supportRequest: { status: 'pending' },
    });
    expect(agent.supportRequests(caller(), {}).requests[0]?.rule).toBeUndefined();
  });

  it('is updated by asking again, needs no reason then, and survives the agent', async () => {
    let agent = await start();
    const { id } = await ask(agent);
    expect(await ask(agent, {})).toMatchObject({ id, timesAsked: 2 });
    agent = await restart(agent);
    expect(await ask(agent, { justification: 'The scanner too.' })).toMatchObject({ id, timesAsked: 3 });
    expect(agent.supportRequests(caller(), { id }).requests[0]?.requestJustification).toBe('The scanner too.');
    expect(events().filter((event) => event.startsWith('support'))).toEqual([
      'supportRequestCreated',
      'supportRequestUpdated',
      'supportRequestUpdated',
    ]);
  });

  it('is refused when 20 of the user are open', async () => {
    const agent = await start();
    for (let count = 0; count < 20; count += 1) await ask(agent, { ...REASON, arguments: [`/${count}`] });
    await expect(elevate(agent, { ...REASON, arguments: ['/more'] })).rejects.toMatchObject({
      code: 'EPM_SUPPORT_REQUEST_LIMIT',
    });
    expect(await ask(agent, REASON, caller({ user: BOB }))).toMatchObject({ status: 'pending' });
  });

  it('is refused with arguments that nobody could approve', async () => {
    const agent = await start();
    await expect(elevate(agent, { ...REASON, arguments: ['x'.repeat(4000)] })).rejects.toMatchObject({
      code: 'EPM_ARGUMENTS_INVALID',
    });
  });

  it('is made by the primary user only, where policy says so', async () => {
    policy([support], {}, { requestsFrom: 'primaryUser' });
    const agent = await start();
    const refused = { outcome: 'needsApproval', reason: 'notPrimaryUser' };
    expect(await elevate(agent, REASON)).toMatchObject(refused);
    machine.primaryUserName = 'Alice@contoso.com';
    expect(await elevate(agent, REASON)).toMatchObject(refused);
    machine.principalNames.set(ALICE, 'alice@CONTOSO.com');
    expect(await ask(agent)).toMatchObject({ status: 'pending' });
    expect(await elevate(agent, REASON, caller({ user: BOB }))).toMatchObject(refused);
  });

  it('counts only with a reason from the secure window, where policy asks for that', async () => {
    policy([support], {}, { secureConsent: true });
    machine.answerConsent = () => Promise.resolve({ choice: 'yes', justification: 'Typed there.' });
    const agent = await start();
    await ask(agent);
    expect(machine.questions).toMatchObject([{ kind: 'approval', secure: true }]);
    expect(agent.supportRequests(caller(), {}).requests[0]?.requestJustification).toBe('Typed there.');
  });

  it('expires after seven days, and is forgotten after thirty more', async () => {
    const agent = await start();
    const { id } = await ask(agent);
    machine.now += 7 * DAY;
    expect(agent.supportRequests(caller(), { id }).requests[0]?.status).toBe('expired');
    expect(events()).toContain('supportRequestExpired');
    machine.now += 30 * DAY;
    expect(agent.supportRequests(caller(), {}).requests).toEqual([]);
  });

  it('is not made while its folder cannot be written, and nothing else fails then', async () => {
    machine.requests.fault = new EpmError('EPM_DATA_FOLDER', 'It is full.');
    machine.addPolicy([{ name: 'Free', type: 'automatic', fileName: 'free.exe', fileHash: '0'.repeat(64) }]);
    const agent = await start();
    await expect(elevate(agent, REASON)).rejects.toMatchObject({ code: 'EPM_DATA_FOLDER' });
    expect(agent.status(caller())).toMatchObject({ state: 'degraded', approvals: { pendingRequests: 0 } });
    expect(agent.status(caller()).warnings.map(({ code }) => code)).toContain('approvalsUnusable');
    machine.requests.fault = undefined;
    expect(await ask(agent)).toMatchObject({ status: 'pending' });
  });

  it('that is no request any more is left out, and the others stay', async () => {
    let agent = await start();
    const { id } = await ask(agent);
    machine.requests.entries.set('A'.repeat(22), '{"request":{"id":"');
    machine.requests.entries.set('B'.repeat(22), JSON.stringify({ request: { id: 'B'.repeat(22) }, told: true }));
    agent = await restart(agent);
    expect(agent.supportRequests(caller(), {}).requests.map((each) => each.id)).toEqual([id]);
  });
});

describe('a grant', () => {
  it('elevates what it names, and the records say by whom', async () => {
    const agent = await start();
    await approved(agent);
    expect(await elevate(agent)).toMatchObject({ outcome: 'started' });
    expect(machine.records().find(({ event }) => event === 'elevationStarting')).toMatchObject({
      elevationType: 'supportApprovedElevation',
      grantId: '0000000000000001',
      approver: support.key.approver,
      approverKey: 'Support desk',
    });
    expect(events()).toEqual([
      'supportRequestCreated',
      'elevationPending',
      'grantImported',
      'supportRequestApproved',
      'elevationStarting',
    ]);
    const [request] = agent.supportRequests(caller(), {}).requests;
    expect(request).toMatchObject({ status: 'completed', reviewCompletedByUserId: support.key.approver });
  });

  it('of policy does the same without being imported, from the next request on', async () => {
    const agent = await start();
    const { id, text = '' } = await ask(agent);
    await deliver(agent, [support], { grants: [support.approve(text, machine.now), 'EPM1.AAAA'] });
    expect(agent.supportRequests(caller(), { id }).requests[0]?.status).toBe('approved');
    expect(await elevate(agent)).toMatchObject({ outcome: 'started' });
    expect(agent.status(caller()).warnings).toMatchObject([{ code: 'policyGrantsUnreadable', data: { grants: 1 } }]);
  });

  it.each<[string, (agent: Agent) => Promise<unknown>]>([
    [
      'another file',
      (agent) => (machine.addFile('C:\\Tools\\setup2.exe'), elevate(agent, { path: 'C:\\Tools\\setup2.exe' })),
    ],
    [
      'other bytes',
      (agent) => {
        const file = machine.files.get(SETUP.toUpperCase());
        if (file !== undefined) file.bytes = program('changed');
        return elevate(agent);
      },
    ],
    ['other arguments', (agent) => elevate(agent, { arguments: ['/s'] })],
    ['another user', (agent) => elevate(agent, {}, caller({ user: BOB }))],
  ])('does nothing for %s', async (_what, attempt) => {
    const agent = await start();
    await approved(agent);
    expect(await attempt(agent)).not.toMatchObject({ outcome: 'started' });
    expect(machine.processes).toEqual([]);
  });

  it('is over at exactly its end, also for an agent whose clock goes back', async () => {
    let agent = await start();
    await approved(agent, { until: machine.now + HOUR });
    machine.now += HOUR - 1;
    expect(await elevate(agent)).toMatchObject({ outcome: 'started' });
    machine.process.exit(0);
    machine.now += 1;
    expect(await elevate(agent)).toMatchObject({ outcome: 'needs' });
    agent = await restart(agent);
    machine.now -= 4 * 60_000;
    expect(await elevate(agent)).toMatchObject({ outcome: 'needs' });
    machine.now -= 2 * 60_000;
    expect(await elevate(agent)).toMatchObject({ outcome: 'needs' });
    expect(agent.status(caller()).warnings.map(({ code }) => code)).toContain('clockBehind');
  });

  it('for one start is used up by it, whatever becomes of agent, state or machine', async () => {
    let agent = await start();
    const grant = await approved(agent, { uses: 1 });
    const before = new Map(machine.grants.entries);
    expect(await elevate(agent)).toMatchObject({ outcome: 'started' });
    expect(await elevate(agent)).toMatchObject({ outcome: 'needs' });
    agent = await restart(agent);
    expect(await elevate(agent)).toMatchObject({ outcome: 'needs' });
    // The state is put back to what it was; the journal is not.
    machine.grants.entries.clear();
    for (const [key, text] of before) machine.grants.entries.set(key, text);
    agent = await restart(agent);
    expect(await elevate(agent)).toMatchObject({ outcome: 'needs' });
    machine.grants.entries.clear();
    agent = await restart(agent);
    expect(() => agent.importGrant(caller(), { text: grant })).toThrow(refusal('grantUsed') as Error);
    await deliver(agent, [support], { grants: [grant] });
    expect(await elevate(agent)).toMatchObject({ outcome: 'needs' });
    expect(agent.grants(caller(), {}).grants).toMatchObject([{ uses: 1, used: 1, fault: 'grantUsed' }]);
  });

  it('for one start is given back where nothing ran, and lost where that is not certain', async () => {
    const agent = await start();
    await approved(agent, { uses: 1 });
    machine.journal.fails = true;
    await expect(elevate(agent)).rejects.toMatchObject({ code: 'EPM_AUDIT_WRITE' });
    machine.journal.fails = false;
    expect(machine.processes.at(-1)).toMatchObject({ resumed: false });
    machine.grants.fault = new EpmError('EPM_DATA_FOLDER', 'It is full.');
    await expect(elevate(agent)).rejects.toMatchObject({ code: 'EPM_DATA_FOLDER' });
    expect(machine.processes.at(-1)).toMatchObject({ resumed: false });
    machine.grants.fault = undefined;
    expect(await elevate(agent)).toMatchObject({ outcome: 'started' });
  });

  it('that began before the journal was found wrong does not count for a number of starts', async () => {
    let agent = await start();
    await approved(agent, { uses: 2 });
    await agent.stop();
    agents = [];
    machine.journal.open = Buffer.alloc(0);
    machine.now += 60_000;
    agent = await start();
    expect(await elevate(agent)).toMatchObject({
      outcome: 'needsApproval',
      supportRequest: { fault: 'grantUseUnknown' },
    });
  });

  it('is refused and recorded when nobody whom policy lists signed it', async () => {
    const agent = await start();
    const { text = '' } = await ask(agent);
    const foreign = new Approver();
    expect(() => agent.importGrant(caller(), { text: foreign.approve(text, machine.now) })).toThrow(
      refusal('grantUnknownKey') as Error,
    );
    expect(() => agent.importGrant(caller(), { text: 'EPM1.AAAA' })).toThrow(
      expect.objectContaining({ code: 'EPM_GRANT_INVALID' }) as Error,
    );
    expect(machine.records().filter(({ event }) => event === 'grantRefused')).toMatchObject([
      { userSid: ALICE, reason: 'grantUnknownKey', grantId: '0000000000000001' },
      { userSid: ALICE, reason: 'EPM_GRANT_INVALID' },
    ]);
    expect(machine.grants.entries.size).toBe(0);
  });

  it.each<[string, string, Partial<ConstructorParameters<typeof Approver>[0]> & object, Partial<PolicyApprovals>]>([
    ['of a revoked key', 'grantKeyRevoked', {}, { revocations: [{ of: 'Support desk', reason: 'lost' }] }],
    ['of an expired key', 'grantKeyExpired', { validUntil: 1 }, {}],
    ['of the requester', 'grantOwnRequest', { approver: ALICE }, {}],
    ['that is revoked', 'grantRevoked', {}, { revocations: [{ of: '0000000000000001', reason: '' }] }],
  ])('%s is refused', async (_what, fault, key, more) => {
    support = new Approver(key);
    policy([support], more);
    const agent = await start();
    const { text = '' } = await ask(agent);
    expect(() => agent.importGrant(caller(), { text: support.approve(text, machine.now) })).toThrow(
      refusal(fault) as Error,
    );
    expect(await elevate(agent)).toMatchObject({ outcome: 'needsApproval' });
  });

  it('of another device is refused, and so is one of before a new installation', async () => {
    let agent = await start();
    const { text = '' } = await ask(agent);
    const grant = support.approve(text, machine.now);
    delete machine.approvalState['device'];
    agent = await restart(agent);
    expect(() => agent.importGrant(caller(), { text: grant })).toThrow(refusal('grantOtherDevice') as Error);
  });

  it('that was imported ends with its key, and counts again with it', async () => {
    const agent = await start();
    await approved(agent);
    await deliver(agent, []);
    expect(await elevate(agent)).toMatchObject({
      outcome: 'needsApproval',
      supportRequest: { fault: 'grantUnknownKey' },
    });
    await deliver(agent, [support]);
    expect(await elevate(agent)).toMatchObject({ outcome: 'started' });
  });

  it('does nothing against a Deny, or where users may not read what a user’s policy says', async () => {
    const agent = await start();
    await approved(agent);
    machine.addPolicy([{ name: 'No', type: 'deny', fileName: 'setup.exe' }]);
    await agent.reload(administrator());
    expect(await elevate(agent)).toMatchObject({ outcome: 'denied', reason: 'denyRule' });
  });

  it('is taken from the device’s own policy only', async () => {
    const foreign = new Approver({ name: 'Own' });
    machine.policies = [
      ...machine.policies,
      {
        id: 'own',
        scope: { kind: 'user', sid: ALICE },
        trust: 'unconfirmed',
        rules: [],
        rejected: [],
        approvals: approvalPolicy([foreign]),
      },
    ];
    const agent = await start();
    const { text = '' } = await ask(agent);
    expect(() => agent.importGrant(caller(), { text: foreign.approve(text, machine.now) })).toThrow(
      refusal('grantUnknownKey') as Error,
    );
  });

  it('is brought by one user thirty times a minute, and no more', async () => {
    const agent = await start();
    for (let count = 0; count < 30; count += 1) expect(() => agent.importGrant(caller(), { text: 'x' })).toThrow();
    const limited = expect.objectContaining({ code: 'EPM_GRANT_LIMIT' }) as Error;
    expect(() => agent.importGrant(caller(), { text: 'x' })).toThrow(limited);
    machine.monotonic += 60_000;
    expect(() => agent.importGrant(caller(), { text: 'x' })).not.toThrow(limited);
  });
});

describe('an answer on the device', () => {
  it('denies, with a reason that the user hears at the next attempt, once', async () => {
    const agent = await start();
    const { id } = await ask(agent);
    const decided = agent.decideRequest(administrator(), { id, decision: 'deny', reason: 'Use the portal.' });
    expect(decided.request).toMatchObject({ status: 'denied', reviewCompletedByUserId: BOB });
    expect(await ask(agent, {})).toMatchObject({ id, status: 'denied', comment: 'Use the portal.' });
    expect(await elevate(agent)).toMatchObject({ outcome: 'needs' });
    expect(machine.records().find(({ event }) => event === 'supportRequestDenied')).toMatchObject({
      approver: BOB,
      userSid: ALICE,
      supportRequestId: id,
      reviewerJustification: 'Use the portal.',
    });
  });

  it('takes an approval back, for good', async () => {
    let agent = await start();
    const grant = await approved(agent);
    const [{ id } = { id: '' }] = agent.supportRequests(caller(), {}).requests;
    agent.decideRequest(administrator(), { id, decision: 'revoke', reason: 'Not any more.' });
    expect(await ask(agent, {})).toMatchObject({ status: 'revoked', comment: 'Not any more.' });
    agent = await restart(agent);
    expect(() => agent.importGrant(caller(), { text: grant })).toThrow(refusal('grantRevoked') as Error);
    expect(await elevate(agent)).toMatchObject({ outcome: 'needs' });
  });

  it('AC-89 is given with the right to it only, whichever pipe is asked', async () => {
    const agent = await start();
    const { id } = await ask(agent);
    const mayNot = expect.objectContaining({
      code: 'EPM_RIGHT_MISSING',
      data: expect.objectContaining({ right: 'requests.modify' }),
    }) as Error;
    const groups = [...caller().token.groups, { sid: 'S-1-5-32-544', attributes: 7 }];
    const elevated = { integrity: 0x3000, groups, securityAttributes: ['EPM://request=1'] };
    for (const who of [
      caller(),
      caller({ groups }),
      caller({ groups: [...caller().token.groups, { sid: 'S-1-5-32-544', attributes: 0x10 }] }),
      caller(elevated),
    ]) {
      expect(() => agent.decideRequest(who, { id, decision: 'deny' })).toThrow(mayNot);
    }
    expect(agent.supportRequests(caller({ user: BOB }), {})).toEqual({ requests: [], all: false });
    expect(() => agent.supportRequests(caller({ user: BOB }), { id })).toThrow(
      expect.objectContaining({ code: 'EPM_SUPPORT_REQUEST_UNKNOWN' }) as Error,
    );
  });

  it('is given by whom policy gives the right, from a program with high integrity', async () => {
    const group = sid('S-1-5-21-1-2-3-7001');
    const reader = sid('S-1-5-21-1-2-3-7002');
    policy([support], {
      roles: [
        { group, given: ['requests.modify'] },
        { group: reader, given: ['endpointPrivilegeReader'] },
      ],
    });
    const agent = await start();
    const { id } = await ask(agent);
    const member = (of: string, integrity = 0x3000, attributes = 7) =>
      caller({ user: BOB, integrity, groups: [...caller().token.groups, { sid: of, attributes }] });
    expect(agent.role(member(group)).rights).toEqual(['requests.modify']);
    expect(agent.role(member(group, 0x2000))).toMatchObject({ rights: [], withheld: 'notHighIntegrity' });
    expect(agent.role(member(group, 0x3000, 0x10)).from).toEqual([]);
    expect(agent.role(administrator()).rights).toHaveLength(8);
    expect(agent.supportRequests(member(group), {}).all).toBe(false);
    expect(agent.supportRequests(member(reader), {})).toMatchObject({ all: true, requests: [{ id }] });
    expect(() => agent.decideRequest(member(reader), { id, decision: 'deny' })).toThrow();
    expect(agent.decideRequest(member(group), { id, decision: 'deny' }).request.status).toBe('denied');
  });
});
