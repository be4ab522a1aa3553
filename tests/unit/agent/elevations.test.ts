import { afterEach, describe, expect, it } from 'vitest';
import { createAgent, type Agent } from '../../../src/agent/index.ts';
import { administrator, ALICE, BOB, caller, context, FakeMachine, hashOf, program, SETUP } from './fake-machine.ts';

const OTHER = 'C:\\Tools\\other.exe';
let agent: Agent | undefined;

afterEach(() => agent?.stop());

/** A machine on which Alice and Bob each have setup.exe run elevated. */
async function twoTrees() {
  const machine = new FakeMachine().withRule();
  machine.addFile(OTHER, program(OTHER));
  agent = await createAgent(machine.ports(), { version: '1', processId: 1 });
  const requests: string[] = [];
  for (const user of [ALICE, BOB]) {
    const result = await agent.elevate(caller({ user }), { path: SETUP }, context().value);
    requests.push(result.requestId);
  }
  const [alice, bob] = requests;
  if (alice === undefined || bob === undefined) throw new Error('nothing runs');
  return { machine, agent, alice, bob };
}

describe('the elevated programs that run', () => {
  it('are listed to their user, and all of them to administrators', async () => {
    const { machine, agent, alice, bob } = await twoTrees();
    const ids = (who: Parameters<Agent['elevations']>[0]): string[] =>
      agent.elevations(who).elevations.map(({ requestId }) => requestId);
    expect(ids(caller())).toEqual([alice]);
    expect(ids(caller({ user: BOB }))).toEqual([bob]);
    expect(ids(administrator())).toEqual([alice, bob]);
    // An administrator who is not elevated is a user.
    expect(ids(caller({ user: BOB, groups: [{ sid: 'S-1-5-32-544', attributes: 0x10 }] }))).toEqual([bob]);
    for (const process of machine.processes) process.exit(0);
    await expect.poll(() => ids(administrator())).toEqual([]);
  });

  it('come with their rule, user and children', async () => {
    const { machine, agent } = await twoTrees();
    const child = machine.startChild(OTHER);
    expect(await child.judged).toBe('ended');
    expect(agent.elevations(caller({ user: BOB })).elevations).toMatchObject([
      {
        userSid: BOB,
        session: 1,
        processId: 777,
        file: { path: SETUP, sha256: hashOf(program()) },
        rule: { name: 'Setup' },
        childProcesses: 'requireRule',
        children: {
          allowed: 0,
          denied: 1,
          recent: [{ processId: child.processId, path: OTHER, reason: 'noRule' }],
        },
      },
    ]);
    expect(agent.elevations(caller()).elevations[0]).not.toHaveProperty('hasEnded');
  });
});

describe('ending an elevated program', () => {
  it('is for its user, and is recorded with who did it', async () => {
    const { machine, agent, alice } = await twoTrees();
    expect(await agent.stopElevation(caller(), { requestId: alice })).toEqual({ requestId: alice, outcome: 'ended' });
    expect(machine.processes.map(({ terminatedWith }) => terminatedWith)).toEqual([0xc000_013a, undefined]);
    expect(machine.records().find(({ event }) => event === 'elevationEnded')).toMatchObject({
      requestId: alice,
      reason: 'stopped',
      endedBy: ALICE,
    });
  });

  it('is for administrators, whoever it is of', async () => {
    const { machine, agent, alice } = await twoTrees();
    await agent.stopElevation(administrator(), { requestId: alice });
    expect(machine.records().find(({ event }) => event === 'elevationEnded')).toMatchObject({ endedBy: BOB });
  });

  it('is refused to everybody else as if it did not run', async () => {
    const { machine, agent, alice } = await twoTrees();
    const stop = (requestId: string): Promise<unknown> => agent.stopElevation(caller({ user: BOB }), { requestId });
    await expect(stop(alice)).rejects.toMatchObject({ code: 'EPM_ELEVATION_UNKNOWN' });
    await expect(stop('0'.repeat(32))).rejects.toMatchObject({ code: 'EPM_ELEVATION_UNKNOWN' });
    expect(machine.processes.map(({ terminatedWith }) => terminatedWith)).toEqual([undefined, undefined]);
  });

  it('tells whoever waits for the program', async () => {
    const { machine, agent } = await twoTrees();
    const result = agent.elevate(caller(), { path: SETUP, wait: true }, context().value);
    await expect.poll(() => machine.processes.length).toBe(3);
    await expect.poll(() => machine.process.resumed).toBe(true);
    const last = agent.elevations(caller()).elevations.at(-1);
    await agent.stopElevation(caller(), { requestId: last?.requestId ?? '' });
    expect(await result).toMatchObject({ outcome: 'finished', exitReason: 'stopped' });
  });
});

it('what a program started and left behind is ended with a record of its own', async () => {
  const { machine, agent, alice } = await twoTrees();
  const [process] = machine.processes;
  // The program ends; something of its tree runs on.
  process?.exitFirst(0);
  await expect.poll(() => agent.elevations(caller()).elevations[0]?.hasEnded).toBe(true);
  await agent.stopElevation(caller(), { requestId: alice });
  await expect.poll(() => machine.events()).toContain('treeEnded');
  expect(machine.records().find(({ event }) => event === 'treeEnded')).toMatchObject({
    requestId: alice,
    reason: 'stopped',
    endedBy: ALICE,
  });
});
