import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { accountFor } from '../../../src/agent/account.ts';
import { createAgent } from '../../../src/agent/index.ts';
import { UNUSED, UnusedProfiles } from '../../../src/agent/unused-profiles.ts';
import { compile, type CompiledPolicy } from '../../../src/engine/index.ts';
import { sid, type Sid } from '../../../src/model/brands.ts';
import type { Basis } from '../../../src/model/decision.ts';
import { EpmError } from '../../../src/model/errors.ts';
import type { PolicyDocument } from '../../../src/model/policy.ts';
import type { RuleInput } from '../../../src/model/rule.ts';
import { MACHINE } from '../../fuzz/engine-case.ts';
import { ALICE, BOB, caller, context, FakeMachine, SETUP } from './fake-machine.ts';

const NOW = 1_800_000_000_000;
const SECRET = Buffer.alloc(32, 9);
const HOUR = 3_600_000;
const RULE: RuleInput = { name: 'Tool', type: 'automatic', fileName: 'tool.exe', fileHash: 'ab'.repeat(32) };
const BASIS: Basis = { kind: 'rule', rule: { policyId: 'p', scope: 'device', name: 'Tool', type: 'automatic' } };

/** The account that an elevation gets. */
function accountOf(basis: Basis, user: Sid = ALICE, scope: object = {}, domain = 'S-1-5-107'): Sid {
  return accountFor({
    requestId: 'one',
    caller: { sid: user, accountName: 'PC\\alice', session: 1, logonSid: 'S-1-5-5-0-1' },
    decision: { basis, ...scope },
    machine: { secret: SECRET, administratorProtection: () => false },
    domain: { name: 'EPM', sid: sid(domain) },
  } as Parameters<typeof accountFor>[0]).accountSid;
}

function policy(rules: readonly RuleInput[], settings: PolicyDocument['settings'] = {}): CompiledPolicy {
  return compile([{ id: 'p', scope: { kind: 'device' }, settings, rules, rejected: [] }], { machine: MACHINE });
}

interface Case {
  readonly account?: Sid;
  readonly requester?: Sid;
  /** Milliseconds since it was used. */
  readonly age?: number;
  readonly policy: CompiledPolicy | undefined;
  readonly hasProfile?: boolean;
}

async function isRemoved({
  account = accountOf(BASIS),
  requester = ALICE,
  age = UNUSED,
  ...more
}: Case): Promise<boolean> {
  let removed: boolean | undefined;
  const unused = new UnusedProfiles({
    profiles: {
      load: () => Promise.reject(new Error('not asked')),
      sweep: (isUnused) => {
        removed = isUnused({ account, requester, used: NOW - age });
        return Promise.resolve();
      },
    },
    clock: { now: () => NOW },
    log: { write: () => undefined },
    secret: SECRET,
    policyFor: () => more.policy,
    hasProfile: () => more.hasProfile ?? true,
  });
  await unused.look();
  if (removed === undefined) throw new Error('nothing was looked at');
  return removed;
}

describe('a profile that was not used for thirty days', () => {
  it('goes when its rule is gone, and not a day before', async () => {
    expect(await isRemoved({ policy: policy([]) })).toBe(true);
    expect(await isRemoved({ policy: policy([{ ...RULE, name: 'Other' }]) })).toBe(true);
    expect(await isRemoved({ policy: policy([]), age: UNUSED - 1 })).toBe(false);
    // The clock was set back.
    expect(await isRemoved({ policy: policy([]), age: -UNUSED })).toBe(false);
  });

  it.each(['S-1-5-107', 'S-1-5-110'])('stays as long as a rule leads to it, in the domain %s', async (domain) => {
    const account = accountOf(BASIS, ALICE, {}, domain);
    expect(await isRemoved({ account, policy: policy([RULE]) })).toBe(false);
    expect(await isRemoved({ account: accountOf(BASIS, BOB, {}, domain), policy: policy([RULE]) })).toBe(true);
  });

  it('stays where the default response leads to it', async () => {
    const account = accountOf({ kind: 'defaultResponse' });
    expect(await isRemoved({ account, policy: policy([]) })).toBe(false);
  });

  it('follows what policy says of who shares an account', async () => {
    const shared = accountOf(BASIS, ALICE, { accountScope: 'user' });
    expect(await isRemoved({ account: shared, policy: policy([], { accountScope: 'user' }) })).toBe(false);
    expect(await isRemoved({ account: shared, policy: policy([RULE]) })).toBe(true);
    expect(await isRemoved({ policy: policy([RULE], { accountScope: 'user' }) })).toBe(true);
    expect(await isRemoved({ policy: policy([RULE], { accountScope: 'launch' }) })).toBe(true);
  });

  it('stays while it is not known what policy says, and goes with who is gone from the machine', async () => {
    expect(await isRemoved({ policy: undefined })).toBe(false);
    expect(await isRemoved({ policy: undefined, hasProfile: false })).toBe(true);
    expect(await isRemoved({ policy: policy([RULE]), hasProfile: false, age: UNUSED - 1 })).toBe(false);
  });
});

/** Her own policy is there, so that all that applies to her is known. */
function signIn(machine: FakeMachine): void {
  const scope = { kind: 'user', sid: ALICE } as const;
  machine.policies = [...machine.policies, { id: 'own', scope, settings: {}, rules: [], rejected: [] }];
}

describe('the agent', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it('looks an hour after its start and every day, until it stops', async () => {
    const machine = new FakeMachine().withRule();
    const agent = await createAgent(machine.ports(), { version: '1', processId: 1 });
    expect(machine.profilesSwept).toBe(1);
    await vi.advanceTimersByTimeAsync(HOUR);
    expect(machine.profilesSwept).toBe(2);
    await vi.advanceTimersByTimeAsync(48 * HOUR);
    expect(machine.profilesSwept).toBe(4);
    await agent.stop();
    await vi.advanceTimersByTimeAsync(48 * HOUR);
    expect(machine.profilesSwept).toBe(4);
  });

  it('removes the profile of a removed rule, of a user whose whole policy is read', async () => {
    const machine = new FakeMachine().withRule();
    signIn(machine);
    const agent = await createAgent(machine.ports(), { version: '1', processId: 1 });
    await agent.elevate(caller(), { path: SETUP }, context().value);
    const account = machine.accountRequests[0]?.accountSid ?? sid('S-1-0-0');
    const used = machine.now - UNUSED;
    const profile = { account, requester: ALICE, used };
    const removed = { ...profile, account: sid('S-1-5-107-1-2-3-4-5') };
    machine.keptProfiles = [profile, removed];
    await vi.advanceTimersByTimeAsync(HOUR);
    expect(machine.keptProfiles).toEqual([profile]);
    machine.process.exit(0);
    await agent.stop();
  });

  it('keeps profiles while a policy cannot be read', async () => {
    const machine = new FakeMachine().withRule();
    signIn(machine);
    const agent = await createAgent(machine.ports(), { version: '1', processId: 1 });
    const profile = { account: sid('S-1-5-107-1-2-3-4-5'), requester: ALICE, used: machine.now - UNUSED };
    machine.keptProfiles = [profile];
    machine.policyFault = new EpmError('EPM_POLICY_UNREADABLE', 'no');
    machine.changed?.();
    await vi.advanceTimersByTimeAsync(HOUR);
    expect(machine.keptProfiles).toEqual([profile]);
    await agent.stop();
  });
});
