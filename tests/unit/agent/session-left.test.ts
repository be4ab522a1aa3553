/** AC-10: whoever was asked must still be there when the answer comes. */
import { describe, expect, it } from 'vitest';
import { createAgent, type Agent } from '../../../src/agent/index.ts';
import type { AgentPorts } from '../../../src/agent/index.ts';
import type { RuleInput } from '../../../src/model/rule.ts';
import { answerTo } from './answer.ts';
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
    agent.sessionLeft(caller().token.session, 'away');
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
    agent.sessionLeft(caller().token.session + 1, 'over');
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

describe('AC-10 a request that is being worked on when its session is left', () => {
  const SESSION = caller().token.session;
  const CANCELLED = { code: 'EPM_REQUEST_CANCELLED', data: { reason: 'sessionLeft' } };
  type Moment = (happens: () => void) => (machine: FakeMachine, ports: AgentPorts) => Partial<AgentPorts>;

  /** Each step of an elevation that waits for something. */
  const MOMENTS: Readonly<Record<string, Moment>> = {
    'while the file is read': (happens) => (machine) => {
      for (const file of machine.files.values()) {
        file.afterFacts = () => {
          // Not by the first request, which only asks.
          if (machine.records().some(({ event }) => event === 'elevationPending')) happens();
          return Promise.resolve();
        };
      }
      return {};
    },
    'while Windows logs the person on': (happens) => (_machine, ports) => ({
      logons: {
        ...ports.logons,
        logOn: (...order) => {
          happens();
          return ports.logons.logOn(...order);
        },
      },
    }),
    'while the account is made': (happens) => (_machine, ports) => ({
      accounts: {
        ...ports.accounts,
        create: async (request) => {
          const token = await ports.accounts.create(request);
          happens();
          return token;
        },
      },
    }),
    'while the profile is loaded': (happens) => (_machine, ports) => ({
      profiles: {
        ...ports.profiles,
        load: async (request) => {
          const profile = await ports.profiles.load(request);
          happens();
          return profile;
        },
      },
    }),
    'while the process is created': (happens) => (_machine, ports) => ({
      starter: {
        start: async (request) => {
          const process = await ports.starter.start(request);
          happens();
          return process;
        },
      },
    }),
  };

  /** The answer to a question, or a request that asks for nothing, during which the session is lost. */
  async function during(moment: string, loss: 'away' | 'over', rule: Partial<RuleInput>, session = SESSION) {
    const machine = new FakeMachine().withRule(rule);
    const lost: (() => void)[] = [];
    const ports = machine.ports();
    const changed = MOMENTS[moment]?.(() => lost.pop()?.())(machine, ports);
    const agent = await createAgent({ ...ports, ...changed }, { version: '1', processId: 1 });
    const first = context();
    const asked = rule.type === 'automatic' ? undefined : await agent.elevate(caller(), { path: SETUP }, first.value);
    if (asked !== undefined && asked.outcome !== 'needs') throw new Error(asked.outcome);
    lost.push(() => agent.sessionLeft(session, loss));
    const answer = asked === undefined ? {} : answerTo(asked);
    const result = await agent.elevate(caller(), { path: SETUP, ...answer }, context().value).catch((e: unknown) => e);
    return { machine, agent, result, happened: lost.length === 0 };
  }

  const confirmed: Partial<RuleInput> = { type: 'userConfirmed', validations: ['authentication'] };

  it.each(Object.keys(MOMENTS))('starts nothing that needs its person, %s', async (moment) => {
    for (const loss of ['away', 'over'] as const) {
      const { machine, agent, result, happened } = await during(moment, loss, confirmed);
      expect(happened).toBe(true);
      expect(result).toMatchObject(CANCELLED);
      expect(machine.processes.some(({ resumed }) => resumed)).toBe(false);
      expect(machine.records().at(-1)).toMatchObject({ event: 'requestRefused', errorCode: 'EPM_REQUEST_CANCELLED' });
      await agent.stop();
      expect(machine.openHandles).toBe(0);
    }
  });

  it.each(Object.keys(MOMENTS).filter((moment) => !/the file|logs/.test(moment)))(
    'goes on %s where nobody is asked, until the session is over',
    async (moment) => {
      const away = await during(moment, 'away', { type: 'automatic' });
      expect(away).toMatchObject({ happened: true, result: { outcome: 'started' } });
      const over = await during(moment, 'over', { type: 'automatic' });
      expect(over).toMatchObject({ happened: true, result: CANCELLED });
      expect(over.machine.processes.some(({ resumed }) => resumed)).toBe(false);
      await over.agent.stop();
      expect(over.machine.openHandles).toBe(0);
    },
  );

  it('is no other session’s request', async () => {
    const { result } = await during('while the profile is loaded', 'over', confirmed, SESSION + 1);
    expect(result).toMatchObject({ outcome: 'started' });
  });

  it('asks nobody when the session was left before the question', async () => {
    const machine = new FakeMachine().withRule(confirmed);
    const agent = await start(machine);
    for (const file of machine.files.values()) {
      file.afterFacts = () => Promise.resolve(agent.sessionLeft(SESSION, 'away'));
    }
    await expect(agent.elevate(caller(), { path: SETUP }, context().value)).rejects.toMatchObject(CANCELLED);
    expect(machine.records().map(({ event }) => event)).not.toContain('elevationPending');
  });

  it('ends no program that runs already', async () => {
    const machine = new FakeMachine().withRule();
    const agent = await start(machine);
    const connection = context();
    const answer = agent.elevate(caller(), { path: SETUP, wait: true }, connection.value);
    await expect.poll(() => connection.runs.length).toBe(1);
    agent.sessionLeft(SESSION, 'away');
    machine.process.exit(5);
    expect(await answer).toMatchObject({ outcome: 'finished', exitCode: 5 });
  });
});
