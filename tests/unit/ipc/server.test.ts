import { describe, expect, it, vi } from 'vitest';
import { createAgent } from '../../../src/agent/index.ts';
import type { Caller, Connection, PipeServer } from '../../../src/agent/ports.ts';
import { call, type MessagePipe } from '../../../src/ipc/client.ts';
import { servePipe, type ServerLimits } from '../../../src/ipc/server.ts';
import { administrator, BOB, caller, SETUP, FakeMachine } from '../agent/fake-machine.ts';

/** Two byte queues with the agent's server at one end and a client at the other. */
class Pipes implements PipeServer {
  #connection: ((connection: Connection) => void) | undefined;
  refused: ((client: { reason: 'tooLarge'; user: string }) => void) | undefined;
  open = 0;

  listen(handlers: Parameters<PipeServer['listen']>[0]): () => void {
    this.#connection = handlers.connection;
    this.refused = handlers.refused;
    return () => {
      this.#connection = undefined;
    };
  }

  connect(who: Caller = caller()): MessagePipe {
    const toAgent = new Queue();
    const toClient = new Queue();
    this.open += 1;
    const connection: Connection = {
      caller: who,
      receive: () => toAgent.take(),
      send: (message) => {
        if (toClient.closed) throw new Error('The client is gone.');
        toClient.put(message);
      },
      close: () => {
        this.open -= 1;
        toAgent.close();
        toClient.close();
      },
    };
    let announced = false;
    return {
      write: (message) => {
        toAgent.put(message);
        if (!announced) this.#connection?.(connection);
        announced = true;
      },
      read: () => toClient.take(),
      close: () => {
        toAgent.close();
        toClient.closed = true;
      },
    };
  }
}

class Queue {
  #items: Uint8Array[] = [];
  #waiting: ((item: Uint8Array | undefined) => void) | undefined;
  closed = false;

  put(item: Uint8Array): void {
    if (this.#waiting === undefined) this.#items.push(item);
    else this.#waiting(item);
    this.#waiting = undefined;
  }

  take(): Promise<Uint8Array | undefined> {
    const item = this.#items.shift();
    if (item !== undefined || this.closed) return Promise.resolve(item);
    return new Promise((resolve) => (this.#waiting = resolve));
  }

  close(): void {
    this.closed = true;
    this.#waiting?.(undefined);
  }
}

async function start(machine: FakeMachine, limits?: ServerLimits) {
  const pipes = new Pipes();
  const agent = await createAgent(machine.ports(), { version: '1', processId: 1 });
  const stop = servePipe(pipes, agent, machine.ports().log, limits);
  return { pipes, agent, stop };
}

describe('the channel', () => {
  it('carries every kind of request to its use case and back', async () => {
    const machine = new FakeMachine().withRule();
    const { pipes } = await start(machine);
    expect(await call(pipes.connect(), 'status', {})).toMatchObject({ version: '1', rules: 1 });
    expect(await call(pipes.connect(), 'policy', {})).toMatchObject({ rules: [{ name: 'Setup' }] });
    expect(await call(pipes.connect(), 'test', { path: SETUP })).toMatchObject({ outcome: 'elevate' });
    const events: object[] = [];
    const result = await call(
      pipes.connect(),
      'elevate',
      { path: SETUP },
      { event: (event) => void events.push(event) },
    );
    expect(result).toMatchObject({ outcome: 'started', processId: 777 });
    expect(events).toMatchObject([{ event: 'started', processId: 777 }]);
    const records: string[] = [];
    expect(
      await call(pipes.connect(), 'audit', {}, { event: ({ record }) => void records.push(record.event) }),
    ).toEqual({ count: 1, more: false, all: false });
    expect(records).toEqual(['elevationStarting']);
    await expect.poll(() => pipes.open).toBe(0);
  });

  it('carries an error as code, message and hint, without a stack', async () => {
    const { pipes } = await start(new FakeMachine().withRule());
    await expect(call(pipes.connect(), 'elevate', { path: 'C:\\missing.exe' })).rejects.toMatchObject({
      code: 'EPM_FILE_NOT_FOUND',
      hint: 'Check the path.',
    });
    const pipe = pipes.connect();
    await pipe.write(Buffer.from('{"v":1,"channel":"elevate","body":{"path":"C:\\\\missing.exe"}}'));
    const answer = JSON.parse(Buffer.from((await pipe.read()) ?? []).toString()) as { kind: string; body: object };
    expect(answer.kind).toBe('error');
    expect(Object.keys(answer.body).sort()).toEqual(['code', 'hint', 'message']);
    expect(await pipe.read()).toBeUndefined();
  });

  it('sends the next piece of output when the client has taken the one before', async () => {
    const machine = new FakeMachine().withRule();
    const { pipes } = await start(machine);
    const pipe = pipes.connect();
    const request = { v: 1, channel: 'elevate', body: { path: SETUP, output: 'stream' } };
    await pipe.write(Buffer.from(JSON.stringify(request)));
    const read = async () => JSON.parse(Buffer.from((await pipe.read()) ?? []).toString()) as { body: object };
    expect(await read()).toMatchObject({ kind: 'event', body: { event: 'started' } });
    const { output } = machine.process;
    output?.write('one');
    output?.write('two', 'stderr');
    output?.end();
    machine.process.exit(0);
    expect(await read()).toEqual({ kind: 'event', body: { event: 'output', stream: 'stdout', data: 'b25l' } });
    let next: object | undefined;
    const waiting = read().then((message) => (next = message));
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(next).toBeUndefined();
    expect(output?.asked).toBe(1);
    await pipe.write(Buffer.from('{"v":1,"taken":true}'));
    await waiting;
    expect(next).toEqual({ kind: 'event', body: { event: 'output', stream: 'stderr', data: 'dHdv' } });
    await pipe.write(Buffer.from('{"v":1,"taken":true}'));
    expect(await read()).toMatchObject({ kind: 'result', body: { outcome: 'finished' } });
    await expect.poll(() => pipes.open).toBe(0);
  });

  it.each(['{"v":1,"taken":true}', '{"v":1,"taken":false}', '{"v":1,"taken":true,"more":1}'])(
    'takes a client that says %s without being asked for one that is gone',
    async (text) => {
      const machine = new FakeMachine().withRule();
      const { pipes } = await start(machine);
      const pipe = pipes.connect();
      await pipe.write(
        Buffer.from(JSON.stringify({ v: 1, channel: 'elevate', body: { path: SETUP, output: 'stream' } })),
      );
      await expect.poll(() => machine.processes[0]?.resumed).toBe(true);
      await pipe.write(Buffer.from(text));
      await expect.poll(() => machine.process.terminatedWith).toBe(0xc000_013a);
    },
  );

  it('ends a streamed program whose client cancels, and still hands over what it wrote', async () => {
    const machine = new FakeMachine().withRule();
    const { pipes } = await start(machine);
    const cancel = new AbortController();
    const pieces: object[] = [];
    const answer = call(
      pipes.connect(),
      'elevate',
      { path: SETUP, output: 'stream' },
      {
        signal: cancel.signal,
        async event(event) {
          if (event.event === 'started') machine.process.output?.write('last words');
          else {
            cancel.abort();
            await new Promise((resolve) => setTimeout(resolve, 20));
            pieces.push(event);
          }
        },
      },
    );
    expect(await answer).toMatchObject({ outcome: 'cancelled', exitCode: 0xc000_013a });
    expect(pieces).toHaveLength(1);
  });

  it('hides the text of a fault that was not foreseen', async () => {
    const machine = new FakeMachine().withRule();
    const ports = machine.ports();
    const agent = await createAgent(
      { ...ports, opener: { open: () => Promise.reject(new TypeError('C:\\secret')) } },
      { version: '1', processId: 1 },
    );
    const pipes = new Pipes();
    servePipe(pipes, agent, ports.log);
    const error: unknown = await call(pipes.connect(), 'elevate', { path: SETUP }).catch((caught: unknown) => caught);
    expect(error).toMatchObject({ code: 'EPM_INTERNAL' });
    expect(JSON.stringify([error, machine.log, machine.records()])).not.toContain('secret');
    expect(machine.log.at(-1)).toMatchObject({ event: 'requestFault', data: { name: 'TypeError' } });
  });

  it.each(['garbage', '{"v":1,"cancel":true}', '{"v":9,"channel":"status","body":{}}'])(
    'answers %s with an error and counts it',
    async (text) => {
      const machine = new FakeMachine();
      const { pipes, agent } = await start(machine);
      const pipe = pipes.connect();
      await pipe.write(Buffer.from(text));
      expect(Buffer.from((await pipe.read()) ?? []).toString()).toContain('EPM_REQUEST_MALFORMED');
      expect(agent.status(caller()).counters.refusedClients).toBe(1);
      expect(machine.records().at(-1)).toMatchObject({ event: 'requestRefused', reason: 'malformed' });
      await expect.poll(() => pipes.open).toBe(0);
    },
  );

  it('AC-13 serves nothing on a pipe that is not its', async () => {
    const machine = new FakeMachine().withRule();
    const { pipes, agent } = await start(machine);
    await expect(call(pipes.connect(administrator()), 'elevate', { path: SETUP })).rejects.toMatchObject({
      code: 'EPM_REQUEST_MALFORMED',
    });
    expect(machine.opened).toEqual([]);
    expect(agent.status(caller()).counters.refusedClients).toBe(1);
    expect(machine.records().at(-1)).toMatchObject({ event: 'requestRefused', reason: 'malformed' });
  });

  it('counts clients that the pipe itself turned away', async () => {
    const { pipes, agent } = await start(new FakeMachine());
    pipes.refused?.({ reason: 'tooLarge', user: BOB });
    expect(agent.status(caller()).counters.refusedClients).toBe(1);
  });
});

describe('waiting, cancelling, leaving', () => {
  it('cancel ends the tree and gives its result', async () => {
    const machine = new FakeMachine().withRule();
    const { pipes } = await start(machine);
    const cancel = new AbortController();
    const result = call(
      pipes.connect(),
      'elevate',
      { path: SETUP, wait: true },
      { signal: cancel.signal, event: () => cancel.abort() },
    );
    expect(await result).toMatchObject({ outcome: 'cancelled', exitCode: 0xc000013a });
  });

  it('disconnection alone does not', async () => {
    const machine = new FakeMachine().withRule();
    const { pipes, agent } = await start(machine);
    const pipe = pipes.connect();
    await pipe.write(Buffer.from(JSON.stringify({ v: 1, channel: 'elevate', body: { path: SETUP, wait: true } })));
    await pipe.read();
    pipe.close();
    await expect.poll(() => pipes.open).toBe(0);
    expect(machine.process.terminatedWith).toBeUndefined();
    expect(agent.status(caller()).running).toBe(1);
  });

  it('a second request on a connection is not served and ends nothing', async () => {
    const machine = new FakeMachine().withRule();
    const { pipes } = await start(machine);
    const pipe = pipes.connect();
    const message = Buffer.from(JSON.stringify({ v: 1, channel: 'elevate', body: { path: SETUP, wait: true } }));
    await pipe.write(message);
    await pipe.read();
    await pipe.write(message);
    await expect.poll(() => pipes.open).toBe(0);
    expect(machine.processes).toHaveLength(1);
    expect(machine.process.terminatedWith).toBeUndefined();
  });

  it('a request that takes too long starts nothing afterwards', async () => {
    vi.useFakeTimers();
    try {
      const machine = new FakeMachine().withRule();
      const ports = machine.ports();
      let go = (): void => undefined;
      const gate = new Promise<void>((resolve) => (go = resolve));
      const slow = {
        ...ports.accounts,
        create: async (request: never) => gate.then(() => ports.accounts.create(request)),
      };
      const agent = await createAgent({ ...ports, accounts: slow }, { version: '1', processId: 1 });
      const pipes = new Pipes();
      servePipe(pipes, agent, ports.log, { perUser: 16, deadline: 1_000 });
      const result = call(pipes.connect(), 'elevate', { path: SETUP }).catch((caught: unknown) => caught);
      await vi.advanceTimersByTimeAsync(1_000);
      go();
      expect(await result).toMatchObject({ code: 'EPM_REQUEST_CANCELLED' });
      expect(machine.processes).toEqual([]);
      expect(machine.openHandles).toBe(0);
    } finally {
      vi.useRealTimers();
    }
  });
});

describe('AC-09 many connections of one user', () => {
  it('are turned away beyond the limit; other users are served', async () => {
    const machine = new FakeMachine().withRule();
    const { pipes } = await start(machine, { perUser: 4, deadline: 1_000 });
    const waiting = Array.from({ length: 4 }, () => call(pipes.connect(), 'elevate', { path: SETUP, wait: true }));
    await expect.poll(() => machine.processes.length).toBe(4);
    for (let index = 0; index < 100; index++) {
      await expect(call(pipes.connect(), 'status', {})).rejects.toMatchObject({ code: 'EPM_AGENT_BUSY' });
    }
    expect(await call(pipes.connect(caller({ user: BOB })), 'status', {})).toMatchObject({ running: 4 });
    for (const process of machine.processes) process.exit(0);
    await Promise.all(waiting);
    expect(await call(pipes.connect(), 'status', {})).toMatchObject({ counters: { refusedClients: 100 } });
  });
});

describe('AC-09 programs of one user that run by the launcher', () => {
  const limits = { perUser: 4, deadline: 60_000 };
  const launch = (trigger: 'launch' | 'verb') => ({ path: SETUP, trigger }) as const;

  it('take no place of what the person asks for, and are bounded', async () => {
    const machine = new FakeMachine().withRule();
    const { pipes } = await start(machine, limits);
    const running = Array.from({ length: 4 }, () => call(pipes.connect(), 'launch', launch('launch')));
    await expect.poll(() => machine.processes.length).toBe(4);
    await expect(call(pipes.connect(), 'launch', launch('launch'))).rejects.toMatchObject({ code: 'EPM_AGENT_BUSY' });
    const own = Array.from({ length: 3 }, () => call(pipes.connect(), 'elevate', { path: SETUP, wait: true }));
    own.push(call(pipes.connect(), 'launch', launch('verb')) as never);
    await expect.poll(() => machine.processes.length).toBe(8);
    // What a person asks for in the menu of Explorer is theirs.
    await expect(call(pipes.connect(), 'launch', launch('verb'))).rejects.toMatchObject({ code: 'EPM_AGENT_BUSY' });
    await expect(call(pipes.connect(), 'status', {})).rejects.toMatchObject({ code: 'EPM_AGENT_BUSY' });
    for (const process of machine.processes) process.exit(0);
    await Promise.all([...running, ...own]);
    // The places are free again.
    const later = call(pipes.connect(), 'launch', launch('launch'));
    await expect.poll(() => machine.processes.length).toBe(9);
    machine.process.exit(5);
    expect(await later).toEqual({ answer: 'ended', exitCode: 5 });
  });
});

it('AC-09 a check of the journal waits for no request of users, of the administrator’s own among them', async () => {
  const machine = new FakeMachine().withRule();
  const limits = { perUser: 4, deadline: 1_000 };
  const { pipes, agent } = await start(machine, limits);
  const administration = new Pipes();
  servePipe(administration, agent, machine.ports().log, limits);
  const asUser = caller({ user: BOB });
  const waiting = Array.from({ length: 4 }, () => call(pipes.connect(asUser), 'elevate', { path: SETUP, wait: true }));
  await expect.poll(() => machine.processes.length).toBe(4);
  await expect(call(pipes.connect(asUser), 'audit', {})).rejects.toMatchObject({ code: 'EPM_AGENT_BUSY' });
  const records: number[] = [];
  const all = await call(
    administration.connect(administrator({ user: BOB })),
    'audit',
    {},
    { event: ({ record }) => void records.push(record.sequence) },
  );
  expect(all).toMatchObject({ all: true, more: false });
  expect(records).toEqual(machine.records().map(({ sequence }) => sequence));
  for (const process of machine.processes) process.exit(0);
  await Promise.all(waiting);
});

describe('the client', () => {
  it.each([
    ['nothing', undefined],
    ['no JSON', 'x'],
    ['no message', '{}'],
    ['no body', '{"kind":"result","body":1}'],
  ])('an agent that answers with %s is unreachable', async (_name, text) => {
    let closed = false;
    const pipe: MessagePipe = {
      write: () => undefined,
      read: () => Promise.resolve(text === undefined ? undefined : Buffer.from(text)),
      close: () => {
        closed = true;
      },
    };
    await expect(call(pipe, 'status', {})).rejects.toMatchObject({ code: 'EPM_AGENT_UNREACHABLE' });
    expect(closed).toBe(true);
  });

  it('takes an error code of a newer agent as a fault with its text', async () => {
    const body = { code: 'EPM_FROM_THE_FUTURE', message: 'New.', hint: 'Update.' };
    const pipe: MessagePipe = {
      write: () => undefined,
      read: () => Promise.resolve(Buffer.from(JSON.stringify({ kind: 'error', body }))),
      close: () => undefined,
    };
    await expect(call(pipe, 'status', {})).rejects.toMatchObject({
      code: 'EPM_INTERNAL',
      message: 'New.',
      hint: 'Update.',
    });
  });
});
