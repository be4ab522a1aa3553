import { createHash } from 'node:crypto';
import { uptime } from 'node:os';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { describeWindows } from '../bed/index.ts';
import { AgentUnderTest, programRule } from './agent-under-test.ts';
import { eventually } from '../eventually.ts';

const STATE = 'C:\\ProgramData\\EPM\\state.json';
const JOURNAL = 'C:\\ProgramData\\EPM\\Audit\\journal.jsonl';
const DAY = 24 * 60 * 60 * 1000;

describeWindows('data of an agent that no policy enables', ['epm'], (bed) => {
  let agent: AgentUnderTest;

  beforeAll(async () => {
    agent = new AgentUnderTest(bed());
    await agent.start();
  });
  afterAll(async () => agent.stop());

  const state = (): unknown => JSON.parse(bed().readFile(STATE).toString('utf8'));

  it('is counted from the policy that disables EPM, in a store that survives the agent', async () => {
    await agent.apply({ settings: { enabled: true }, rules: [programRule('ab'.repeat(32))] });
    await agent.untilRules(1);
    expect(state()).toEqual({ phase: 'active', users: [] });
    await agent.apply({ settings: { enabled: false }, rules: [] });
    await agent.untilRules(0);
    const kept = state() as { session: string };
    expect(kept).toMatchObject({ phase: 'inactive', counted: expect.any(Number) as number });
    const { body } = await agent.ask('status');
    expect(Date.parse(String(body['dataRemoval']))).toBeGreaterThan(Date.now() + 6 * DAY);

    await agent.stop();
    await agent.start();
    await eventually(async () => expect((await agent.ask('status')).body['dataRemoval']).toBeDefined());
    // The machine was not started in between.
    expect(state()).toMatchObject({ phase: 'inactive', session: kept.session });
  });

  // The agent gives policy an hour after the start of the machine to arrive.
  it.skipIf(uptime() < 2 * 60 * 60)('is removed when the time is over, and the agent serves on', async () => {
    await agent.stop();
    const before = bed().readFile(JOURNAL).toString('ascii').trimEnd().split('\n');
    const secret = bed().readFile('C:\\ProgramData\\EPM\\secret.bin');
    bed().putFile(STATE, JSON.stringify({ ...(state() as object), counted: 7 * DAY }));
    await agent.start();
    await eventually(() => expect(bed().fileExists(STATE)).toBe(false));
    await eventually(async () => expect((await agent.ask('status')).kind).toBe('result'));
    const [first] = await agent.records();
    expect(first).toMatchObject({ sequence: 1, event: 'agentStarted' });
    // The journal before ended with the records of this start and stop.
    const [, records, hash] = /record (\d+), hash ([0-9a-f]{64})/.exec(String(first?.['message'])) ?? [];
    expect(Number(records)).toBeGreaterThan(before.length);
    expect(hash).toMatch(/^[0-9a-f]{64}$/);
    const renewed = bed().readFile('C:\\ProgramData\\EPM\\secret.bin');
    expect(createHash('sha256').update(renewed).digest('hex')).not.toBe(
      createHash('sha256').update(secret).digest('hex'),
    );
    await agent.expectAlive();
  });
});
