/** An agent that the launcher asks, over recorded facts. */
import { describe, expect, it } from 'vitest';
import { createAgent } from '../../../../src/agent/index.ts';
import { debuggerValue } from '../../../../src/agent/launch/image-options.ts';
import { caller, context, FakeMachine, program, SETUP, token } from '../fake-machine.ts';

const LAUNCHER = 'C:\\Program Files\\EPM\\epmlaunch.exe';
const REQUEST = { path: SETUP, trigger: 'launch' } as const;

async function launched(machine: FakeMachine) {
  const agent = await createAgent(machine.ports(), { version: '1', processId: 1 });
  const { value, cancel, gone, runs } = context();
  let lifted = 0;
  const ask = (who = caller(), request: Parameters<typeof agent.launch>[1] = REQUEST) =>
    agent.launch(who, request, { ...value, lifted: () => void (lifted += 1), asking: () => undefined });
  return { agent, ask, cancel, gone, runs, lifted: () => lifted };
}

const requestRecords = (machine: FakeMachine) => machine.records().filter(({ requestId }) => requestId !== undefined);

describe('an ordinary start', () => {
  it('elevates by an automatic rule, waits for the end, and is recorded as a launch', async () => {
    const machine = new FakeMachine().withRule();
    const { ask, runs } = await launched(machine);
    const answer = ask();
    await expect.poll(() => runs).toHaveLength(1);
    machine.process.exit(5);
    expect(await answer).toEqual({ answer: 'ended', exitCode: 5 });
    expect(requestRecords(machine)).toMatchObject([
      { event: 'elevationStarting', trigger: 'launch' },
      { event: 'elevationEnded', trigger: 'launch', result: 5 },
    ]);
  });

  it.each(['userConfirmed', 'supportApproved', 'deny', 'currentUser'] as const)(
    'is not managed by a rule that is %s, and leaves no record',
    async (type) => {
      const machine = new FakeMachine().withRule({ type });
      const { ask } = await launched(machine);
      expect(await ask()).toEqual({ answer: 'notManaged' });
      expect(requestRecords(machine)).toEqual([]);
      expect(machine.openHandles).toBe(0);
    },
  );

  it('is not managed by the default response, whatever it is', async () => {
    const machine = new FakeMachine().withRule();
    machine.addFile('C:\\Tools\\other.exe', program('other'));
    const { ask } = await launched(machine);
    expect(await ask(caller(), { ...REQUEST, path: 'C:\\Tools\\other.exe' })).toEqual({ answer: 'notManaged' });
    expect(requestRecords(machine)).toEqual([]);
  });

  it.each(['C:\\Tools\\missing.exe', '\\\\server\\share\\setup.exe', 'C:\\Tools\\setup.exe:stream.exe'])(
    'is not managed where the file is refused: %s',
    async (path) => {
      const machine = new FakeMachine().withRule();
      const { agent, ask } = await launched(machine);
      expect(await ask(caller(), { ...REQUEST, path })).toEqual({ answer: 'notManaged' });
      expect(requestRecords(machine)).toEqual([]);
      expect(agent.status(caller()).counters).toMatchObject({ denied: 0, failed: 0 });
    },
  );

  it('of an administrator is not managed', async () => {
    const machine = new FakeMachine().withRule();
    const { ask } = await launched(machine);
    const groups = [...token().groups, { sid: 'S-1-5-32-544', attributes: 0x10 }];
    expect(await ask(caller({ groups }))).toEqual({ answer: 'notManaged' });
    expect(requestRecords(machine)).toEqual([]);
  });

  it('starts nothing when the launcher goes away before the answer', async () => {
    const machine = new FakeMachine().withRule();
    const { ask, gone, runs } = await launched(machine);
    gone.abort();
    await expect(ask()).rejects.toMatchObject({ code: 'EPM_REQUEST_CANCELLED' });
    expect(runs).toEqual([]);
    expect(machine.openHandles).toBe(0);
  });

  it('ends the program when the launcher is ended', async () => {
    const machine = new FakeMachine().withRule();
    const { ask, gone, runs } = await launched(machine);
    const answer = ask();
    await expect.poll(() => runs).toHaveLength(1);
    gone.abort();
    await expect(answer).rejects.toMatchObject({ code: 'EPM_REQUEST_CANCELLED' });
    await expect.poll(() => machine.records().at(-1)).toMatchObject({ event: 'elevationEnded', reason: 'clientGone' });
  });
});

describe('a start in an elevated tree', () => {
  it('is left to the tree: the launcher gives its place up for as long as it is connected', async () => {
    const machine = new FakeMachine().withRule();
    const { ask, gone, lifted } = await launched(machine);
    const ours = debuggerValue(LAUNCHER, 'setup.exe');
    expect(machine.launchOptions.of('setup.exe')?.debugger).toBe(ours);
    const answer = ask(caller({ user: 'S-1-5-87-1-2-3-4-5' as never, securityAttributes: ['EPM://request=1'] }));
    await expect.poll(lifted).toBe(1);
    expect(machine.launchOptions.of('setup.exe')).toBeUndefined();
    gone.abort();
    expect(await answer).toEqual({ answer: 'notManaged' });
    expect(machine.launchOptions.of('setup.exe')?.debugger).toBe(ours);
    expect(requestRecords(machine)).toEqual([]);
  });
});

describe('the options of Windows', () => {
  it('go when EPM is disabled and when the agent stops', async () => {
    const machine = new FakeMachine().withRule();
    const { agent } = await launched(machine);
    expect(machine.launchOptions.all()).toHaveLength(2);
    await agent.stop();
    expect(machine.launchOptions.all()).toEqual([]);
  });

  it('that are somebody else’s are told by the status', async () => {
    const machine = new FakeMachine().withRule();
    machine.launchOptions.put('setup.exe', { debugger: 'other.exe' });
    const { agent } = await launched(machine);
    expect(agent.status(caller()).warnings).toContainEqual(
      expect.objectContaining({
        code: 'launchNotIntercepted',
        data: { reason: 'foreignDebugger', program: 'setup.exe', programs: 1 },
      }),
    );
    expect(machine.records()).toContainEqual(
      expect.objectContaining({ event: 'policyFault', errorCode: 'EPM_LAUNCH_NOT_INTERCEPTED' }),
    );
  });

  it('that cannot be written make the agent degraded, and stop nothing else', async () => {
    const machine = new FakeMachine().withRule();
    machine.launchOptions.failAt = 0;
    const { agent } = await launched(machine);
    expect(agent.status(caller())).toMatchObject({
      state: 'degraded',
      warnings: expect.arrayContaining([expect.objectContaining({ code: 'launchOptionsFailed' })]) as unknown,
    });
    expect((await agent.elevate(caller(), { path: SETUP }, context().value)).outcome).toBe('started');
  });
});
