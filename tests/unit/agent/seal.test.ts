/** The agent seals its journal when an administrator asks for it. */
import { beforeEach, describe, expect, it } from 'vitest';
import { type Agent, createAgent } from '../../../src/agent/index.ts';
import { SealCheck } from '../../../src/audit/seal-check.ts';
import { readVerificationKeys } from '../../../src/audit/verification-key.ts';
import { verifyJournal } from '../../../src/audit/verify.ts';
import { administrator, caller, context, FakeMachine, SETUP } from './fake-machine.ts';

let machine: FakeMachine;

beforeEach(() => {
  machine = new FakeMachine().withRule();
});

const start = (): Promise<Agent> => createAgent(machine.ports(), { version: '1', processId: 1 });

async function runOnce(agent: Agent): Promise<void> {
  await agent.elevate(caller(), { path: SETUP }, context().value);
  machine.process.exit(0);
}

function verified(...keys: readonly string[]) {
  const check = new SealCheck(readVerificationKeys(keys.join('\n')));
  return verifyJournal([machine.journal.content()], undefined, [check]);
}

describe('sealing the journal', () => {
  it('begins with a record that says who asked, and goes on through starts of the agent', async () => {
    const agent = await start();
    expect(agent.status(caller()).journal).not.toHaveProperty('sealedSince');
    const { verificationKey, key, since, deviceKey } = agent.seal(administrator());
    expect(agent.status(caller()).journal.sealedSince).toBe(since);
    expect(machine.records().at(-1)).toMatchObject({
      event: 'journalSealed',
      sequence: since - 1,
      sealKey: key,
      userSid: administrator().token.user,
    });
    expect(Buffer.from(deviceKey ?? '', 'base64')).toHaveLength(32);
    await runOnce(agent);
    await agent.stop();
    const next = await start();
    await runOnce(next);
    await next.stop();
    const behind = machine.records().slice(since - 1);
    expect(behind.length).toBeGreaterThan(5);
    expect(behind.every(({ seal }) => seal !== undefined)).toBe(true);
    expect(await verified(verificationKey)).toMatchObject({ ok: true, state: 'whole' });
  });

  it('nothing that the agent keeps or writes has the verification key', async () => {
    const agent = await start();
    const { verificationKey } = agent.seal(administrator());
    const seed = readVerificationKeys(verificationKey)[0]?.seed ?? new Uint8Array();
    await runOnce(agent);
    const { bytes = new Uint8Array() } = machine.journalSeal;
    expect(Buffer.from(bytes).includes(Buffer.from(seed))).toBe(false);
    for (const form of ['hex', 'base64', 'base64url'] as const) {
      const text = Buffer.from(seed).toString(form).replaceAll('=', '');
      expect(JSON.stringify([machine.log, machine.entries, machine.journalState, machine.records()])).not.toContain(
        text,
      );
    }
    await agent.stop();
  });

  it('is refused to everybody but administrators, and leaves no record then', async () => {
    const agent = await start();
    const before = machine.records().length;
    expect(() => agent.seal(caller())).toThrow(expect.objectContaining({ code: 'EPM_NOT_ADMINISTRATOR' }));
    expect(machine.records()).toHaveLength(before);
    expect(machine.journalSeal.bytes).toBeUndefined();
    await agent.stop();
  });

  it('with another key hands over: both are needed from then on', async () => {
    const agent = await start();
    const first = agent.seal(administrator());
    await runOnce(agent);
    const second = agent.seal(administrator());
    await runOnce(agent);
    await agent.stop();
    expect(await verified(first.verificationKey, second.verificationKey)).toMatchObject({ ok: true });
    expect(await verified(first.verificationKey)).toMatchObject({ state: 'unsealed', record: second.since });
  });
});

describe('AC-75 AC-96 a sealed journal between two runs of the agent', () => {
  async function ranSealed(): Promise<string> {
    const agent = await start();
    const { verificationKey } = agent.seal(administrator());
    await runOnce(agent);
    await agent.stop();
    return verificationKey;
  }

  it('of which even the last record is cut: the key knows, where both notes are put back', async () => {
    const agent = await start();
    agent.seal(administrator());
    await agent.stop();
    const [state, log] = [structuredClone(machine.journalState), [...(machine.eventLog ?? [])]];
    const length = machine.journal.open.length;
    const next = await start();
    await runOnce(next);
    await next.stop();
    machine.journal.open = machine.journal.open.subarray(0, length);
    machine.journalState = state;
    machine.eventLog = log;
    const found = await start();
    expect(found.status(caller())).toMatchObject({ state: 'degraded', journal: { state: 'older' } });
    await found.stop();
  });

  it('whose key was deleted: it is told, and records go on without seals', async () => {
    await ranSealed();
    machine.journalSeal.bytes = undefined;
    const agent = await start();
    expect(agent.status(caller())).toMatchObject({
      state: 'degraded',
      journal: { state: 'unsealed' },
      warnings: [{ code: 'journalIncomplete', data: { state: 'unsealed' } }],
    });
    expect(machine.records().filter(({ event }) => event === 'journalIncomplete')).toHaveLength(1);
    expect((await agent.elevate(caller(), { path: SETUP }, context().value)).outcome).toBe('started');
    machine.process.exit(0);
    await agent.stop();
    const again = await start();
    expect(machine.records().filter(({ event }) => event === 'journalIncomplete')).toHaveLength(1);
    await again.stop();
  });

  it('whose key cannot be replaced on the disk: records go on, and the next start brings it forward', async () => {
    const key = await ranSealed();
    const agent = await start();
    machine.journalSeal.fails = true;
    await runOnce(agent);
    await agent.stop();
    expect(machine.log.some(({ event }) => event === 'sealNotWritten')).toBe(true);
    machine.journalSeal.fails = false;
    const next = await start();
    expect(next.status(caller()).journal.state).not.toBe('forged');
    await runOnce(next);
    await next.stop();
    expect(await verified(key)).toMatchObject({ ok: true, state: 'whole' });
  });
});
