/** How a rule wants its program to be started: working directory and desktop. */
import { describe, expect, it } from 'vitest';
import { createAgent, type Agent } from '../../../src/agent/index.ts';
import type { ElevateRequest } from '../../../src/agent/contract.ts';
import { caller, context, FakeMachine, SETUP } from './fake-machine.ts';

const WORK = 'C:\\Work';
const OTHER = 'C:\\Other';
const start = (machine: FakeMachine): Promise<Agent> => createAgent(machine.ports(), { version: '1', processId: 1 });
const ask = (agent: Agent, more: Partial<ElevateRequest> = {}) =>
  agent.elevate(caller(), { path: SETUP, ...more }, context().value);

describe('the working directory', () => {
  it('is the system folder unless the rule takes that of the request, which is not looked at then', async () => {
    const machine = new FakeMachine().withRule();
    machine.folders.add(WORK);
    const agent = await start(machine);
    expect(await ask(agent, { directory: '\\\\server\\share' })).toMatchObject({ outcome: 'started' });
    expect(machine.process.request.directory).toBe('C:\\Windows\\System32');
    expect(await ask(agent, { directory: WORK })).not.toHaveProperty('directory');
    expect(machine.processes[1]?.request.directory).toBe('C:\\Windows\\System32');
  });

  it('is that of the request where the rule says so, held until the tree is empty', async () => {
    const machine = new FakeMachine().withRule({ workingDirectory: 'request' });
    machine.folders.add(WORK);
    const agent = await start(machine);
    expect(await ask(agent, { directory: WORK })).toMatchObject({ outcome: 'started', directory: WORK });
    expect(machine.process.request.directory).toBe(WORK);
    // The process, its profile and the folder.
    expect(machine.openHandles).toBe(3);
    machine.process.exit(0);
    await expect.poll(() => machine.openHandles).toBe(0);
    expect(await ask(agent)).not.toHaveProperty('directory');
    const starts = machine.records().filter(({ event }) => event === 'elevationStarting');
    expect(starts.map((record) => record.workingDirectory)).toEqual([WORK, undefined]);
  });

  it('that is refused is a denial that tells nothing of the folder', async () => {
    const machine = new FakeMachine().withRule({ workingDirectory: 'request' });
    const agent = await start(machine);
    const answer = await ask(agent, { directory: WORK });
    expect(answer).toMatchObject({ outcome: 'denied', reason: 'workingDirectoryRefused', rule: { name: 'Setup' } });
    expect(JSON.stringify(answer)).not.toContain(WORK.slice(3));
    expect(machine.processes).toEqual([]);
    expect(machine.openHandles).toBe(0);
    expect(machine.records().at(-1)).toMatchObject({ event: 'elevationDenied', reason: 'workingDirectoryRefused' });
  });

  it('is part of what a ticket answers', async () => {
    const machine = new FakeMachine().withRule({ workingDirectory: 'request', type: 'userConfirmed' });
    for (const folder of [WORK, OTHER]) machine.folders.add(folder);
    const agent = await start(machine);
    const asked = async () => {
      const needs = await ask(agent, { directory: WORK });
      if (needs.outcome !== 'needs') throw new Error(needs.outcome);
      return needs.ticket;
    };
    await expect(ask(agent, { directory: OTHER, ticket: await asked() })).rejects.toMatchObject({
      code: 'EPM_TICKET_INVALID',
    });
    expect(machine.openHandles).toBe(0);
    expect(await ask(agent, { directory: WORK, ticket: await asked() })).toMatchObject({ directory: WORK });
  });
});

describe('a desktop of its own', () => {
  it('is made for the account, in the session of the requester, and kept until the tree is empty', async () => {
    const machine = new FakeMachine().withRule({ ownDesktop: true });
    const agent = await start(machine);
    expect(await ask(agent)).toMatchObject({ outcome: 'started', ownDesktop: true });
    const account = machine.accountRequests[0];
    expect(machine.desktopRequests).toEqual([
      {
        session: account?.session,
        sddl: `O:SYG:SYD:P(A;;RC;;;OW)(A;;0xf01ff;;;SY)(A;;0x200cf;;;${account?.accountSid ?? ''})`,
      },
    ]);
    expect(machine.process.request).toMatchObject({ desktop: 'winsta0\\EPM-1', console: 'hidden' });
    expect(machine.openHandles).toBe(3);
    machine.process.exit(0);
    await expect.poll(() => machine.openHandles).toBe(0);
  });

  it('is that of the user for every other rule', async () => {
    const machine = new FakeMachine().withRule();
    expect(await ask(await start(machine))).not.toHaveProperty('ownDesktop');
    expect(machine.desktopRequests).toEqual([]);
    expect(machine.process.request.desktop).toBeUndefined();
  });

  it.each([
    ['not told', null],
    ['open to everybody', 'O:SYD:P(A;;RC;;;OW)(A;;0xf01ff;;;SY)(A;;0x1;;;WD)'],
    ["an administrator's", 'O:BAD:P(A;;RC;;;OW)(A;;0xf01ff;;;SY)'],
    ['without a list', 'O:SYD:NO_ACCESS_CONTROL'],
  ])('whose security is %s is not used', async (_what, security) => {
    const machine = new FakeMachine().withRule({ ownDesktop: true });
    machine.desktopSecurity = security;
    await expect(ask(await start(machine))).rejects.toMatchObject({
      code: 'EPM_START_FAILED',
      data: { fact: 'desktopSecurity' },
    });
    expect(machine.processes).toEqual([]);
    expect(machine.openHandles).toBe(0);
  });

  it('takes no input, and passes output on', async () => {
    const machine = new FakeMachine().withRule({ ownDesktop: true });
    const agent = await start(machine);
    const input = Buffer.from('x').toString('base64');
    expect(await ask(agent, { output: 'stream', input })).toMatchObject({ outcome: 'denied', reason: 'inputRefused' });
    expect(machine.processes).toEqual([]);
    const answer = ask(agent, { output: 'stream' });
    await expect.poll(() => machine.processes[0]?.resumed).toBe(true);
    machine.process.output?.end();
    machine.process.exit(0);
    expect(await answer).toMatchObject({ outcome: 'finished' });
    await expect.poll(() => machine.openHandles).toBe(0);
  });
});
