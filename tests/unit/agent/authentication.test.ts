import { describe, expect, it } from 'vitest';
import type { ElevateRequest, ElevateResult } from '../../../src/agent/contract.ts';
import { type Agent, createAgent } from '../../../src/agent/index.ts';
import type { Caller, LogonRefusal, LogonToken, TokenFacts } from '../../../src/agent/ports.ts';
import { EpmError } from '../../../src/model/errors.ts';
import type { RuleInput } from '../../../src/model/rule.ts';
import type { Credential } from '../../../src/requests/credential.ts';
import { writeLogonBuffer } from '../../../src/requests/logon-buffer.ts';
import { ALICE_NAME, ALICE_PASSWORD, answerTo, passwordOf } from './answer.ts';
import { ALICE, BOB, caller, context, FakeMachine, SETUP, token } from './fake-machine.ts';

const OPTIONS = { version: '1', processId: 1 };
const CONFIRMED: Partial<RuleInput> = { type: 'userConfirmed', validations: ['authentication'] };
const CURRENT: Partial<RuleInput> = { type: 'currentUser' };
const GENERIC = {
  code: 'EPM_AUTHENTICATION_FAILED',
  message: 'Windows does not accept the credential, or it is not that of the user who asks. Nothing was started.',
  data: undefined,
};

type Needs = Extract<ElevateResult, { readonly outcome: 'needs' }>;

async function start(machine: FakeMachine): Promise<Agent> {
  return createAgent(machine.ports(), OPTIONS);
}

async function question(agent: Agent, request: Partial<ElevateRequest> = {}, who = caller()): Promise<Needs> {
  const result = await agent.elevate(who, { path: SETUP, ...request }, context().value);
  if (result.outcome !== 'needs') throw new Error(`not asked: ${result.outcome}`);
  return result;
}

async function attempt(agent: Agent, credential?: Credential, who: Caller = caller()): Promise<ElevateResult> {
  const needs = await question(agent, {}, who);
  return agent.elevate(who, { path: SETUP, ...answerTo(needs, credential) }, context().value);
}

function packed(domain: string, user: string, password: string): Credential {
  const buffer = writeLogonBuffer(domain, user, Buffer.from(password, 'utf16le'));
  return { form: 'buffer', authenticationPackage: 7, buffer };
}

describe('a rule that asks for Windows authentication', () => {
  it('asks with a key, and starts under the isolated account after a logon of the requester', async () => {
    const machine = new FakeMachine().withRule(CONFIRMED);
    const agent = await start(machine);
    const needs = await question(agent);
    expect(needs).toMatchObject({
      requirements: ['confirmation', 'authentication'],
      authentication: { userSid: ALICE, userName: ALICE_NAME },
    });
    const result = await agent.elevate(caller(), { path: SETUP, ...answerTo(needs) }, context().value);
    expect(result).toMatchObject({ outcome: 'started', accountFactory: 'virtualAccount' });
    expect(machine.logonsAsked).toHaveLength(1);
    expect(machine.logonsAsked[0]?.account).toBeUndefined();
    expect(machine.accountRequests).toHaveLength(1);
    expect(machine.records().at(-1)).toMatchObject({
      event: 'elevationStarting',
      elevationType: 'userConfirmedElevation',
      authentication: 'Negotiate',
    });
    machine.process.exit(0);
    await agent.stop();
    expect(machine.openHandles).toBe(0);
  });

  it('takes what the dialog of Windows packs', async () => {
    const machine = new FakeMachine().withRule(CONFIRMED);
    const agent = await start(machine);
    expect(await attempt(agent, packed('CONTOSO', 'alice', ALICE_PASSWORD))).toMatchObject({ outcome: 'started' });
  });

  it.each(['alice', '\\alice'])('takes the name %s, without a domain, for that of the requester', async (name) => {
    const machine = new FakeMachine().withRule(CONFIRMED);
    const agent = await start(machine);
    expect(await attempt(agent, passwordOf(name, ALICE_PASSWORD))).toMatchObject({ outcome: 'started' });
    expect(machine.namesAsked).toEqual(['CONTOSO\\alice']);
  });

  it('asks anew without using the ticket up when the credential is missing', async () => {
    const machine = new FakeMachine().withRule(CONFIRMED);
    const agent = await start(machine);
    const needs = await question(agent);
    await expect(agent.elevate(caller(), { path: SETUP, ticket: needs.ticket }, context().value)).rejects.toMatchObject(
      { code: 'EPM_CREDENTIAL_INVALID', data: { reason: 'missing' } },
    );
    expect(machine.logonsAsked).toEqual([]);
    const result = await agent.elevate(caller(), { path: SETUP, ...answerTo(needs) }, context().value);
    expect(result).toMatchObject({ outcome: 'started' });
  });

  it('AC-82 refuses the credential of another user, before Windows is asked', async () => {
    for (const credential of [
      passwordOf('CONTOSO\\bob', 'bob: battery staple'),
      packed('CONTOSO', 'bob', 'bob: battery staple'),
      // The same name in another domain.
      passwordOf('FABRIKAM\\alice', ALICE_PASSWORD),
    ]) {
      const machine = new FakeMachine().withRule(CONFIRMED);
      machine.known.set('FABRIKAM\\ALICE', { sid: BOB, password: ALICE_PASSWORD });
      await expect(attempt(await start(machine), credential)).rejects.toMatchObject(GENERIC);
      expect(machine.logonsAsked).toEqual([]);
      expect(machine.processes).toEqual([]);
      expect(machine.records().at(-1)).toMatchObject({
        event: 'elevationDenied',
        errorCode: 'EPM_AUTHENTICATION_FAILED',
        reason: 'otherUser',
      });
    }
  });

  it.each<[string, Partial<LogonToken>, string]>([
    ['AC-82 another user than its name says', { facts: () => token({ user: BOB }) }, 'otherUser'],
    ['a logon over the network', { logonType: 3 }, 'notInteractive'],
    ['a logon of which Windows does not say the kind', { logonType: null }, 'notInteractive'],
    [
      'a token of a network logon',
      { facts: () => token({ groups: [{ sid: 'S-1-5-2', attributes: 7 }] }) },
      'notInteractive',
    ],
  ])('refuses %s, and closes its token', async (_name, overrides, reason) => {
    for (const rule of [CONFIRMED, CURRENT]) {
      const machine = new FakeMachine().withRule(rule);
      machine.logonOverrides = overrides;
      const agent = await start(machine);
      await expect(attempt(agent)).rejects.toMatchObject(GENERIC);
      expect(machine.records().at(-1)).toMatchObject({ reason });
      expect(machine.openHandles).toBe(0);
      expect(machine.processes).toEqual([]);
    }
  });

  it('AC-83 tells the client nothing of why, and the audit the reason', async () => {
    const refusals: readonly LogonRefusal[] = [
      'wrongCredential',
      'accountDisabled',
      'accountExpired',
      'accountLocked',
      'passwordExpired',
      'notAllowedHere',
      'noLogonServer',
      'refusedPackage',
      'refusedByWindows',
    ];
    for (const refusal of refusals) {
      const machine = new FakeMachine().withRule(CONFIRMED);
      machine.logonRefusal = refusal;
      await expect(attempt(await start(machine))).rejects.toMatchObject(GENERIC);
      expect(machine.records().at(-1)).toMatchObject({ event: 'elevationDenied', reason: refusal });
    }
  });

  it.each<[string, Credential, string]>([
    ['AC-83 an empty password', passwordOf(ALICE_NAME, ''), 'emptyPassword'],
    ['AC-83 an empty password in a buffer', packed('CONTOSO', 'alice', ''), 'emptyPassword'],
    ['a name that nobody has', passwordOf('CONTOSO\\nobody', 'x'), 'unknownName'],
    ['a wrong password', passwordOf(ALICE_NAME, 'wrong'), 'wrongCredential'],
    ['a logon that needs no secret (S4U)', bufferOfKind(12), 'refusedForm'],
    ['a logon by another logon session', bufferOfKind(84), 'refusedForm'],
    ['a virtual logon', bufferOfKind(82), 'refusedForm'],
    ['bytes that are no logon', { form: 'buffer', authenticationPackage: 0, buffer: Buffer.from([2]) }, 'refusedForm'],
  ])('refuses %s', async (_name, credential, reason) => {
    for (const rule of [CONFIRMED, CURRENT]) {
      const machine = new FakeMachine().withRule(rule);
      await expect(attempt(await start(machine), credential)).rejects.toMatchObject(GENERIC);
      expect(machine.records().at(-1)).toMatchObject({ reason, elevationType: 'denied' });
      expect(machine.processes).toEqual([]);
      expect(machine.logonsAsked.length).toBe(reason === 'wrongCredential' ? 1 : 0);
    }
  });

  it('AC-86 takes the answer for its own question only', async () => {
    const machine = new FakeMachine().withRule(CONFIRMED);
    const agent = await start(machine);
    const first = await question(agent);
    const second = await question(agent);
    const credential = answerTo(first).credential ?? '';
    const invalid = { code: 'EPM_CREDENTIAL_INVALID', data: { reason: 'unreadable' } };
    const ask = (request: Partial<ElevateRequest>) =>
      agent.elevate(caller(), { path: SETUP, ...request }, context().value);
    // With the ticket of another question it cannot be opened.
    await expect(ask({ ticket: second.ticket, credential })).rejects.toMatchObject(invalid);
    // Other arguments, and then the ticket is used up.
    const other = { ticket: first.ticket, credential, arguments: ['/other'] };
    await expect(ask(other)).rejects.toMatchObject({ code: 'EPM_TICKET_INVALID' });
    await expect(ask({ ticket: first.ticket, credential })).rejects.toMatchObject({ code: 'EPM_TICKET_INVALID' });
    expect(machine.logonsAsked).toEqual([]);
    // Used once, it starts nothing again.
    const third = await question(agent);
    const good = answerTo(third);
    expect(await ask(good)).toMatchObject({ outcome: 'started' });
    await expect(ask(good)).rejects.toMatchObject({ code: 'EPM_TICKET_INVALID' });
    expect(machine.processes).toHaveLength(1);
  });

  it('AC-87 overwrites the credential after use, and no record, log or error has any of it', async () => {
    const secret = 'Sécret-4711-zebra';
    const machine = new FakeMachine().withRule(CONFIRMED);
    machine.known.set('CONTOSO\\ALICE', { sid: ALICE, password: secret });
    const agent = await start(machine);
    const said: unknown[] = [];
    for (const credential of [
      passwordOf(ALICE_NAME, secret),
      packed('CONTOSO', 'alice', secret),
      passwordOf(ALICE_NAME, `${secret}!`),
      passwordOf('CONTOSO\\bob', secret),
    ]) {
      said.push(
        await attempt(agent, credential).catch((error: unknown) =>
          Object.entries(error as object).concat(String(error) as never),
        ),
      );
    }
    expect(machine.logonsAsked).toHaveLength(3);
    for (const { then, buffer } of machine.logonsAsked) {
      expect(Buffer.from(then, 'base64').includes(Buffer.from(secret, 'utf16le'))).toBe(true);
      expect(buffer.every((byte) => byte === 0)).toBe(true);
    }
    const written = JSON.stringify([
      said,
      machine.log,
      machine.records(),
      machine.authenticationState,
      machine.eventLog,
    ]);
    for (const form of [
      secret,
      'Secret-4711',
      Buffer.from(secret).toString('base64').slice(2, 14),
      Buffer.from(secret, 'utf16le').toString('base64').slice(0, 20),
    ]) {
      expect(written).not.toContain(form);
    }
  });

  it('authenticates nobody under Wine, whose logons accept everything, in a production build', async () => {
    const machine = new FakeMachine().withRule(CONFIRMED);
    machine.build = { isWine: true, isTestBuild: false };
    await expect(attempt(await start(machine))).rejects.toMatchObject({ code: 'EPM_WINE_REFUSED' });
    expect(machine.logonsAsked).toEqual([]);
  });

  it('starts nothing when the policy asks for authentication since the question', async () => {
    const machine = new FakeMachine().withRule({ type: 'userConfirmed' });
    const agent = await start(machine);
    const { ticket } = await question(agent);
    machine.policies = machine.policies.map((policy) => ({
      ...policy,
      rules: policy.rules.map((rule) => ({ ...rule, ...CONFIRMED })),
    }));
    await changed(machine, agent);
    const result = await agent.elevate(caller(), { path: SETUP, ticket, credential: 'AAAA' }, context().value);
    expect(result).toMatchObject({ outcome: 'needs', requirements: ['confirmation', 'authentication'] });
    expect(machine.processes).toEqual([]);
  });
});

describe('elevate as current user', () => {
  it('starts under the own account of the requester, with the token of the logon', async () => {
    const machine = new FakeMachine().withRule(CURRENT);
    machine.accountEnvironment = [
      'USERPROFILE=C:\\Users\\Public',
      'USERNAME=mallory',
      'COR_PROFILER=C:\\Users\\alice\\evil.dll',
      'NUMBER_OF_PROCESSORS=4',
    ];
    const agent = await start(machine);
    const result = await attempt(agent);
    expect(result).toMatchObject({
      outcome: 'started',
      account: { sid: ALICE, name: ALICE_NAME },
      accountFactory: 'windowsLogon',
    });
    expect(machine.accountRequests).toEqual([]);
    const { account } = machine.logonsAsked[0] ?? {};
    expect(account).toMatchObject({
      accountSid: ALICE,
      ownerSid: 'S-1-5-32-544',
      groupSid: 'S-1-5-107-0',
      logonSid: 'S-1-5-5-0-4711',
      session: 1,
      // Whatever else runs as the same user has the same SID.
      defaultDacl: 'D:(A;;GA;;;SY)(A;;GA;;;BA)',
    });
    const { request } = machine.process;
    expect(request.environment).toContain('USERPROFILE=C:\\Users\\alice');
    expect(request.environment).toContain('USERNAME=alice');
    expect(request.environment).toContain('USERDOMAIN=CONTOSO');
    expect(request.environment.join()).not.toMatch(/evil|mallory|Public\\AppData/);
    expect(request.processSddl + request.tokenSddl).not.toContain(ALICE);
    expect(machine.records().at(-1)).toMatchObject({
      event: 'elevationStarting',
      elevationType: 'currentUserElevation',
      accountSid: ALICE,
      accountFactory: 'windowsLogon',
      authentication: 'Negotiate',
    });
    machine.process.exit(0);
    await agent.stop();
    expect(machine.openHandles).toBe(0);
  });

  it.each<[string, Partial<TokenFacts>, string]>([
    ['another user', { user: BOB }, 'user'],
    ['medium integrity', { integrity: 0x2000 }, 'integrity'],
    ['the filtered half of the pair', { elevationType: 3 }, 'elevationType'],
    ['the logon session of the requester', { authenticationId: '0000000000012345' }, 'authenticationId'],
    ['another session', { session: 2 }, 'session'],
    ['the user as owner of what it makes', { owner: ALICE }, 'owner'],
    ['a default DACL that lets the user in', { defaultDacl: `D:(A;;GA;;;SY)(A;;GA;;;${ALICE})` }, 'defaultDacl'],
    ['no mark of the request', { securityAttributes: [] }, 'securityAttributes'],
    ['no administrator rights', { groups: [{ sid: 'S-1-5-107-0', attributes: 7 }] }, 'administrators'],
    ['no marker group', { groups: [{ sid: 'S-1-5-32-544', attributes: 0xf }] }, 'markerGroup'],
  ])('refuses a process that got a token with %s', async (_name, overrides, fact) => {
    const machine = new FakeMachine().withRule(CURRENT);
    const agent = await start(machine);
    machine.processTokenOverrides = overrides;
    await expect(attempt(agent)).rejects.toMatchObject({ code: 'EPM_TOKEN_REFUSED', data: { fact } });
    expect(machine.process.resumed).toBe(false);
    expect(machine.openHandles).toBe(0);
  });

  it('refuses a token that another factory made', async () => {
    const machine = new FakeMachine().withRule(CURRENT);
    for (const factory of ['virtualAccount', 'testBed'] as const) {
      machine.logonOverrides = { factory };
      await expect(attempt(await start(machine))).rejects.toMatchObject({
        code: 'EPM_TOKEN_REFUSED',
        data: { fact: 'factory' },
      });
    }
    expect(machine.openHandles).toBe(0);
  });

  it('starts nothing for a user whose profile the machine does not know', async () => {
    const machine = new FakeMachine().withRule(CURRENT);
    const bob = caller({ user: BOB });
    await expect(
      attempt(await start(machine), passwordOf('CONTOSO\\bob', 'bob: battery staple'), bob),
    ).rejects.toMatchObject({ code: 'EPM_ACCOUNT_UNAVAILABLE', data: { step: 'profileList' } });
    expect(machine.openHandles).toBe(0);
  });

  it('asks for the justification too where the rule does', async () => {
    const machine = new FakeMachine().withRule({ ...CURRENT, validations: ['justification'] });
    const needs = await question(await start(machine));
    expect(needs.requirements).toEqual(['confirmation', 'justification', 'authentication']);
  });
});

describe('AC-83 failed authentications of a user', () => {
  const wrong = passwordOf(ALICE_NAME, 'wrong');
  const limit = (seconds: number) => ({ code: 'EPM_AUTHENTICATION_LIMIT', data: { seconds } });

  it('are limited before Windows is asked, across restarts of the agent, for this user only', async () => {
    const machine = new FakeMachine().withRule(CONFIRMED);
    let agent = await start(machine);
    for (let index = 0; index < 5; index++) {
      await expect(attempt(agent, wrong)).rejects.toMatchObject(GENERIC);
      machine.now += 1000;
    }
    await expect(attempt(agent)).rejects.toMatchObject(limit(15 * 60 - 5));
    await agent.stop();
    agent = await start(machine);
    await expect(attempt(agent)).rejects.toMatchObject(limit(15 * 60 - 5));
    expect(machine.logonsAsked).toHaveLength(5);
    const bob = passwordOf('CONTOSO\\bob', 'bob: battery staple');
    expect(await attempt(agent, bob, caller({ user: BOB, logonSid: 'S-1-5-5-0-4711' }))).toMatchObject({
      outcome: 'started',
    });
    machine.now += 15 * 60_000;
    expect(await attempt(agent)).toMatchObject({ outcome: 'started' });
  });

  it('are counted when they are made at the same time', async () => {
    const machine = new FakeMachine().withRule(CONFIRMED);
    const agent = await start(machine);
    const questions: Needs[] = [];
    for (let index = 0; index < 12; index++) questions.push(await question(agent));
    const answers = await Promise.allSettled(
      questions.map((needs) => agent.elevate(caller(), { path: SETUP, ...answerTo(needs, wrong) }, context().value)),
    );
    const codes = answers.map((each) => (each.status === 'rejected' ? (each.reason as { code: string }).code : ''));
    expect(codes.filter((code) => code === 'EPM_AUTHENTICATION_FAILED')).toHaveLength(5);
    expect(codes.filter((code) => code === 'EPM_AUTHENTICATION_LIMIT')).toHaveLength(7);
    expect(machine.logonsAsked).toHaveLength(5);
  });

  it('are not counted where Windows was not asked', async () => {
    const machine = new FakeMachine().withRule(CONFIRMED);
    const ports = machine.ports();
    let fails = true;
    const logOn: typeof ports.logons.logOn = (...values) =>
      fails ? Promise.reject(new EpmError('EPM_AGENT_BUSY', 'No turn came.')) : ports.logons.logOn(...values);
    const agent = await createAgent({ ...ports, logons: { ...ports.logons, logOn } }, OPTIONS);
    for (let index = 0; index < 8; index++) {
      await expect(attempt(agent)).rejects.toMatchObject({ code: 'EPM_AGENT_BUSY' });
    }
    fails = false;
    expect(await attempt(agent)).toMatchObject({ outcome: 'started' });
  });

  it('are not taken back by a success, which is not counted itself', async () => {
    const machine = new FakeMachine().withRule(CONFIRMED);
    const agent = await start(machine);
    for (let index = 0; index < 4; index++) await expect(attempt(agent, wrong)).rejects.toMatchObject(GENERIC);
    for (let index = 0; index < 8; index++) expect(await attempt(agent)).toMatchObject({ outcome: 'started' });
    await expect(attempt(agent, wrong)).rejects.toMatchObject(GENERIC);
    await expect(attempt(agent)).rejects.toMatchObject({ code: 'EPM_AUTHENTICATION_LIMIT' });
  });
});

function bufferOfKind(kind: number): Credential {
  const buffer = Buffer.from(writeLogonBuffer('CONTOSO', 'alice', Buffer.from('x', 'utf16le')));
  buffer.writeUInt32LE(kind, 0);
  return { form: 'buffer', authenticationPackage: 0, buffer };
}

async function changed(machine: FakeMachine, agent: Agent): Promise<void> {
  const before = agent.status(caller()).policyDigest;
  machine.changed?.();
  await expect.poll(() => agent.status(caller()).policyDigest).not.toBe(before);
}
