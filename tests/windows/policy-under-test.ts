/** An agent with a policy that denies one program and elevates another, whose keys a test damages and repairs by hand. */
import { expect } from 'vitest';
import type { TestBed } from '../bed/index.ts';
import { AgentUnderTest, type Json, PROGRAM, programRule } from './agent-under-test.ts';
import { SETTINGS } from './policy-keys.ts';
import { eventually } from '../eventually.ts';

export const DENIED = 'C:\\Program Files\\App\\denied.exe';
export const DENY_RULE = { name: 'Denied', type: 'deny', fileName: 'denied.exe' };

/** Milliseconds until the agent has noticed a change, on a busy machine. */

export class PolicyUnderTest {
  readonly agent: AgentUnderTest;
  readonly policy: Json;

  private constructor(agent: AgentUnderTest) {
    this.agent = agent;
    const sha256 = agent.putProbe();
    agent.putProbe(DENIED);
    // A rule for everything by the same file's hash stands below the deny rule for one name.
    const other = { name: 'Other', type: 'automatic', fileName: 'denied.exe', fileHash: sha256 };
    this.policy = { id: 'good', settings: SETTINGS, rules: [programRule(sha256), other, DENY_RULE] };
  }

  /** The policy is in force. */
  static async start(bed: TestBed): Promise<PolicyUnderTest> {
    const test = new PolicyUnderTest(new AgentUnderTest(bed));
    await test.agent.writeByHand(test.policy);
    await test.agent.start();
    await test.agent.untilRules(3);
    return test;
  }

  async status(): Promise<Json> {
    return (await this.agent.ask('status')).body;
  }

  async untilStatus(expected: Json): Promise<void> {
    await eventually(async () => expect(await this.status()).toMatchObject(expected));
  }

  async elevated(): Promise<boolean> {
    return (await this.agent.ask('elevate', { path: PROGRAM, wait: true })).body['outcome'] === 'finished';
  }

  async expectDenied(): Promise<void> {
    expect((await this.agent.ask('elevate', { path: DENIED })).body).toMatchObject({
      outcome: 'denied',
      reason: 'denyRule',
      rule: { name: 'Denied' },
    });
  }

  /** Last good policy in force, and everybody told. */
  async expectKept(code: string): Promise<void> {
    await this.untilStatus({ state: 'degraded' });
    const found = await this.status();
    expect(found).toMatchObject({ clientState: 'enabled', rules: 3 });
    expect(found['policyFaultSince']).toMatch(/Z$/);
    expect(found['warnings']).toContainEqual(
      expect.objectContaining({ code: 'policyFault', data: { errorCode: code, lastGood: true } }),
    );
    expect((await this.agent.ask('policy')).body['fault']).toMatchObject({ code });
    await this.expectDenied();
    expect(await this.elevated()).toBe(true);
    const faults = (await this.agent.records()).filter(({ event }) => event === 'policyFault');
    expect(faults.at(-1)).toMatchObject({ errorCode: code });
  }

  /** Back to the good policy, without a fault. */
  async repair(): Promise<void> {
    await this.agent.writeByHand(this.policy);
    await this.untilStatus({ state: 'running', rules: 3, rejectedRules: 0 });
    expect(await this.status()).not.toHaveProperty('policyFaultSince');
  }
}
