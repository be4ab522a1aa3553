/** AC-10: whoever was asked must still be there when the answer comes. */
import { describe, expect, it } from 'vitest';
import { createAgent, type Agent } from '../../../src/agent/index.ts';
import { caller, context, FakeMachine, SETUP } from './fake-machine.ts';

const start = (machine: FakeMachine): Promise<Agent> => createAgent(machine.ports(), { version: '1', processId: 1 });

async function ticketOf(agent: Agent, who = caller()): Promise<string> {
  const answer = await agent.elevate(who, { path: SETUP }, context().value);
  if (answer.outcome !== 'needs') throw new Error(answer.outcome);
  return answer.ticket;
}

describe('AC-10 a session that nobody sits at any more', () => {
  it('has no open question, and the answer starts nothing', async () => {
    const machine = new FakeMachine().withRule({ type: 'userConfirmed' });
    const agent = await start(machine);
    const ticket = await ticketOf(agent);
    agent.sessionLeft(caller().token.session);
    await expect(agent.elevate(caller(), { path: SETUP, ticket }, context().value)).rejects.toMatchObject({
      code: 'EPM_TICKET_INVALID',
    });
    expect(machine.processes).toEqual([]);
    expect(machine.log.at(-1)).toMatchObject({ event: 'questionsForgotten', data: { count: 1 } });
  });

  it('costs no other session its questions', async () => {
    const machine = new FakeMachine().withRule({ type: 'userConfirmed' });
    const agent = await start(machine);
    const ticket = await ticketOf(agent);
    agent.sessionLeft(caller().token.session + 1);
    expect(await agent.elevate(caller(), { path: SETUP, ticket }, context().value)).toMatchObject({
      outcome: 'started',
    });
  });

  it('is another one for another logon', async () => {
    const machine = new FakeMachine().withRule({ type: 'userConfirmed' });
    const agent = await start(machine);
    const ticket = await ticketOf(agent);
    const later = caller({ logonSid: 'S-1-5-5-0-4242' });
    await expect(agent.elevate(later, { path: SETUP, ticket }, context().value)).rejects.toMatchObject({
      code: 'EPM_TICKET_INVALID',
    });
  });
});
