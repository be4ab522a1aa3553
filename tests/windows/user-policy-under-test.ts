/** An agent whose device elevates the probe, and the policy in a user's hive that denies it to that user. */
import { expect } from 'vitest';
import { identitySid, type TestBed } from '../bed/index.ts';
import { AgentUnderTest, type Json, PROGRAM, programRule } from './agent-under-test.ts';
import { type Change, KEY, SETTINGS } from './policy-keys.ts';
import { changeRegistry, REG, registryText } from './registry-steps.ts';
import { eventually } from '../eventually.ts';

export const USER = identitySid.standardUser;
/** Below HKEY_USERS. */
export const USER_KEY = `${USER}\\${KEY}`;

/** The one rule of the user. */
export const mine = (text: string): Change => ({ name: 'Mine', type: REG.SZ, data: registryText(text) });
export const DENY_PROBE = mine('{"type":"deny","fileName":"probe.exe"}');

export class UserPolicyUnderTest {
  readonly agent: AgentUnderTest;

  private constructor(agent: AgentUnderTest) {
    this.agent = agent;
  }

  /** The device's policy and the user's are there; nothing runs yet. */
  static async make(bed: TestBed): Promise<UserPolicyUnderTest> {
    const test = new UserPolicyUnderTest(new AgentUnderTest(bed));
    // Without a digest, so that a test may change single values of it.
    await test.agent.writeByHand({ id: 'device', settings: SETTINGS, rules: [programRule(test.agent.putProbe())] });
    await test.inHive([DENY_PROBE]);
    return test;
  }

  /** Changes a key of the user's policy as the system does it. */
  async inHive(changes: readonly Change[], key = `${USER_KEY}\\Rules`): Promise<void> {
    await changeRegistry(
      this.agent,
      changes.map((change) => ({ root: 'HKU', key, ...change })),
      'system',
    );
  }

  async outcome(): Promise<unknown> {
    return (await this.agent.ask('elevate', { path: PROGRAM, wait: true })).body['outcome'];
  }

  async untilOutcome(expected: string): Promise<void> {
    await eventually(async () => expect(await this.outcome()).toBe(expected));
  }

  async untilStatus(expected: Json): Promise<void> {
    await eventually(async () => expect((await this.agent.ask('status')).body).toMatchObject(expected));
  }

  log(): string {
    return this.agent.bed.readFile('C:\\ProgramData\\EPM\\Logs\\agent.jsonl').toString('utf8');
  }
}
