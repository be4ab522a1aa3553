import fc from 'fast-check';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { FACTS_TIME, MAX_WAITING, STARTS_AT_ONCE } from '../../../../src/agent/children/limits.ts';
import { createAgent, type Agent } from '../../../../src/agent/index.ts';
import type { AuditRecord } from '../../../../src/model/audit-record.ts';
import type { EndedChildReason } from '../../../../src/model/child-end-reasons.ts';
import { EpmError } from '../../../../src/model/errors.ts';
import type { ChildProcessBehavior, RuleInput } from '../../../../src/model/rule.ts';
import type { SettingsInput } from '../../../../src/model/settings.ts';
import { administrator, ALICE, caller, context, FakeMachine, hashOf, program, SETUP } from '../fake-machine.ts';

const ALLOWED = 'C:\\Tools\\allowed.exe';
const DENIED = 'C:\\Tools\\denied.exe';
const ASKED = 'C:\\Tools\\asked.exe';
const UNRULED = 'C:\\Tools\\unruled.exe';
const OPEN = 'C:\\Open\\open.exe';
const TOOL = 'C:\\Windows\\System32\\schtasks.exe';
const FAR = '\\\\server\\share\\far.exe';

const RULES: readonly RuleInput[] = [
  { name: 'Allowed', type: 'automatic', fileName: 'allowed.exe', fileHash: hashOf(program(ALLOWED)) },
  { name: 'Denied', type: 'deny', fileName: 'denied.exe' },
  { name: 'Asked', type: 'userConfirmed', fileName: 'asked.exe', fileHash: hashOf(program(ASKED)) },
  { name: 'Open', type: 'automatic', fileName: 'open.exe', fileHash: hashOf(program(OPEN)) },
];

afterEach(() => {
  vi.useRealTimers();
});

interface Tree {
  readonly machine: FakeMachine;
  readonly agent: Agent;
  readonly result: Promise<object>;
}

/** A machine on which setup.exe runs elevated. */
async function tree(
  childProcesses: ChildProcessBehavior = 'requireRule',
  rules: readonly RuleInput[] = RULES,
  settings: SettingsInput = {},
): Promise<Tree> {
  const machine = new FakeMachine();
  machine.build = { isWine: false, isTestBuild: true };
  const { bytes } = machine.addFile(SETUP);
  for (const path of [ALLOWED, DENIED, ASKED, UNRULED, TOOL]) machine.addFile(path, program(path));
  machine.addFile(OPEN, program(OPEN)).writableByUsers = true;
  const setup = { name: 'Setup', fileName: 'setup.exe', fileHash: hashOf(bytes), childProcesses } as const;
  machine.addPolicy([{ ...setup, type: 'automatic' }, ...rules], { enabled: true, ...settings });
  const agent = await createAgent(machine.ports(), { version: '1', processId: 1 });
  const result = agent.elevate(caller(), { path: SETUP, wait: true }, context().value);
  await expect.poll(() => machine.processes.length).toBe(1);
  await expect.poll(() => machine.process.resumed).toBe(true);
  return { machine, agent, result };
}

async function end({ machine, agent, result }: Tree): Promise<void> {
  machine.process.exit(0);
  await result;
  await agent.stop();
  expect(machine.openHandles).toBe(0);
}

function children(machine: FakeMachine): AuditRecord[] {
  return machine.records().filter(({ event }) => event === 'childAllowed' || event === 'childDenied');
}

describe('a child under "require rule"', () => {
  it('runs when an Automatic rule of its own wins, and is recorded before', async () => {
    const here = await tree();
    const { machine } = here;
    const child = machine.startChild(ALLOWED, '/x "a b"');
    expect(await child.judged).toBe('ran');
    expect(children(machine)).toMatchObject([
      {
        event: 'childAllowed',
        processType: 'child',
        processId: child.processId,
        parentProcessId: 777,
        parentProcessName: SETUP,
        requestId: machine.records().find(({ event }) => event === 'elevationStarting')?.requestId,
        userSid: ALICE,
        filePath: ALLOWED,
        hash: hashOf(program(ALLOWED)),
        arguments: ['/x', 'a b'],
        rule: { name: 'Allowed' },
        elevationType: 'zeroTouchElevation',
      },
    ]);
    await end(here);
    expect(machine.records().find(({ event }) => event === 'elevationEnded')).toMatchObject({
      processType: 'parent',
      childrenAllowed: 1,
      childrenDenied: 0,
    });
  });

  it.each<[string, string, EndedChildReason]>([
    ['that a Deny names', DENIED, 'denyRule'],
    ['whose rule asks a person', ASKED, 'needsConsent'],
    ['without a rule', UNRULED, 'noRule'],
    ['of a file that users may write', OPEN, 'userWritableFile'],
    ['on another computer', FAR, 'fileRefused'],
  ])('%s is ended, with a record and in the answer', async (_, path, reason) => {
    const here = await tree();
    const { machine } = here;
    expect(await machine.startChild(path).judged).toBe('ended');
    expect(await machine.startChild(path).judged).toBe('ended');
    expect(children(machine)).toMatchObject([
      { event: 'childDenied', elevationType: 'denied', reason, filePath: path },
      { event: 'childDenied', reason },
    ]);
    machine.process.exit(5);
    expect(await here.result).toMatchObject({
      outcome: 'finished',
      exitCode: 5,
      endedChildren: [{ path, reason, count: 2 }],
    });
    await end(here);
  });

  it('of the name of an approved program and other content is ended', async () => {
    const here = await tree();
    const { machine } = here;
    machine.addFile('C:\\Other\\allowed.exe', program('something else'));
    expect(await machine.startChild('C:\\Other\\allowed.exe').judged).toBe('ended');
    expect(children(machine)).toMatchObject([{ reason: 'noRule' }]);
    await end(here);
  });

  it('names the program of the process that started it, a child itself', async () => {
    const here = await tree();
    const { machine } = here;
    const child = machine.startChild(ALLOWED);
    await child.judged;
    await machine.startChild(UNRULED, '', child).judged;
    await machine.startChild(UNRULED, '', { processId: 4 }).judged;
    expect(children(machine)).toMatchObject([
      { parentProcessName: SETUP },
      { parentProcessName: ALLOWED, parentProcessId: child.processId },
      { parentProcessId: 4 },
    ]);
    expect(children(machine)[2]).not.toHaveProperty('parentProcessName');
    await end(here);
  });

  it('runs without a rule when it is the console host of Windows, unless a Deny names it', async () => {
    const here = await tree('requireRule', [
      ...RULES,
      { name: 'Host', type: 'deny', fileName: 'conhost.exe', arguments: ['x'] },
    ]);
    const { machine } = here;
    const host = 'C:\\Windows\\System32\\conhost.exe';
    const other = 'C:\\Tools\\conhost.exe';
    for (const path of [host, other]) machine.addFile(path, program('console host'));
    expect(await machine.startChild(host).judged).toBe('ran');
    expect(await machine.startChild(host, 'x').judged).toBe('ended');
    expect(await machine.startChild(other).judged).toBe('ended');
    const file = machine.files.get(host.toUpperCase());
    if (file !== undefined) file.writableByUsers = true;
    expect(await machine.startChild(host).judged).toBe('ended');
    expect(children(machine).map(({ reason }) => reason)).toEqual([undefined, 'denyRule', 'noRule', 'noRule']);
    await end(here);
  });

  it('is judged by its arguments in every reading of its command line', async () => {
    const rule: RuleInput = {
      name: 'Listed',
      type: 'automatic',
      fileName: 'unruled.exe',
      fileHash: hashOf(program(UNRULED)),
      arguments: ['/safe'],
    };
    const here = await tree('requireRule', [rule]);
    const { machine } = here;
    expect(await machine.startChild(UNRULED, '/safe').judged).toBe('ran');
    expect(await machine.startChild(UNRULED, '/other').judged).toBe('ended');
    expect(await machine.startChild(UNRULED, null).judged).toBe('ended');
    expect(children(machine).at(-1)).toMatchObject({ reason: 'argumentsUnknown' });
    await end(here);
  });
});

describe('a child under "allow all"', () => {
  it('runs without a rule, whatever its file is', async () => {
    const here = await tree('allow');
    const { machine } = here;
    for (const path of [ALLOWED, ASKED, UNRULED, OPEN, TOOL]) {
      expect(await machine.startChild(path).judged, path).toBe('ran');
    }
    expect(await machine.startChild(DENIED).judged).toBe('ended');
    // A Deny could name it, and nobody can tell.
    expect(await machine.startChild(FAR).judged).toBe('ended');
    expect(children(machine).at(-1)).toMatchObject({ reason: 'factsUnknown', errorCode: 'EPM_FILE_PLACE_REFUSED' });
    await end(here);
  });

  it('runs although nothing of it can be read where policy asks nothing', async () => {
    const here = await tree('allow', RULES, { denyReachesChildren: false });
    const { machine } = here;
    expect(await machine.startChild(FAR).judged).toBe('ran');
    expect(await machine.startChild(DENIED, null).judged).toBe('ran');
    await end(here);
  });
});

describe('what is in force', () => {
  it('is that of the moment, for a tree that runs already; with the client off nothing starts', async () => {
    const here = await tree('allow');
    const { machine, agent } = here;
    expect(await machine.startChild(UNRULED).judged).toBe('ran');
    machine.policies = [];
    machine.addPolicy([{ name: 'No', type: 'deny', fileName: 'unruled.exe' }]);
    await agent.reload(administrator());
    expect(await machine.startChild(UNRULED).judged).toBe('ended');
    machine.policies = [];
    machine.addPolicy([], { enabled: false });
    await agent.reload(administrator());
    expect(await machine.startChild(ALLOWED).judged).toBe('ended');
    expect(children(machine).map(({ reason }) => reason)).toEqual([undefined, 'denyRule', 'clientOff']);
    await end(here);
  });

  it('is asked again when it changes while the file is read', async () => {
    const here = await tree();
    const { machine, agent } = here;
    const file = machine.files.get(ALLOWED.toUpperCase());
    if (file === undefined) throw new Error('no file');
    file.afterFacts = async () => {
      delete file.afterFacts;
      machine.policies = [];
      machine.addPolicy([{ name: 'No', type: 'deny', fileName: 'allowed.exe' }]);
      await agent.reload(administrator());
    };
    expect(await machine.startChild(ALLOWED).judged).toBe('ended');
    expect(children(machine)).toMatchObject([{ reason: 'denyRule' }]);
    await end(here);
  });
});

describe('bounds', () => {
  it('children are judged in the order of their starts', async () => {
    const here = await tree();
    const { machine } = here;
    const file = machine.files.get(ALLOWED.toUpperCase());
    if (file === undefined) throw new Error('no file');
    let go!: () => void;
    const slow = new Promise<void>((resolve) => (go = resolve));
    file.afterFacts = () => slow;
    const order: string[] = [];
    const first = machine.startChild(ALLOWED).judged.then(() => order.push('first'));
    const second = machine.startChild(UNRULED).judged.then(() => order.push('second'));
    await new Promise((resolve) => setTimeout(resolve, 10));
    expect(order).toEqual([]);
    go();
    await Promise.all([first, second]);
    expect(order).toEqual(['first', 'second']);
    await end(here);
  });

  it('a slow file of one tree does not stop another tree', async () => {
    const here = await tree();
    const { machine, agent } = here;
    const file = machine.files.get(ALLOWED.toUpperCase());
    if (file === undefined) throw new Error('no file');
    let go!: () => void;
    file.afterFacts = () => new Promise<void>((resolve) => (go = resolve));
    const slow = machine.startChild(ALLOWED);
    const other = agent.elevate(caller(), { path: SETUP, wait: true }, context().value);
    await expect.poll(() => machine.processes.length).toBe(2);
    await expect.poll(() => machine.process.resumed).toBe(true);
    expect(await machine.startChild(UNRULED).judged).toBe('ended');
    await expect.poll(() => go).toBeDefined();
    go();
    expect(await slow.judged).toBe('ran');
    machine.processes[0]?.exit(0);
    machine.process.exit(0);
    await other;
    await end(here);
  });

  it('a file that is never read ends the child when its time is over', async () => {
    const here = await tree();
    const { machine } = here;
    const file = machine.files.get(ALLOWED.toUpperCase());
    if (file === undefined) throw new Error('no file');
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    file.afterFacts = () => new Promise<void>(() => undefined);
    const child = machine.startChild(ALLOWED);
    await vi.advanceTimersByTimeAsync(FACTS_TIME + 1);
    expect(await child.judged).toBe('ended');
    vi.useRealTimers();
    expect(children(machine)).toMatchObject([{ reason: 'factsTimeout' }]);
    await end(here);
  });

  it('a file that cannot be read ends the child, with the code of the error', async () => {
    const here = await tree();
    const { machine } = here;
    const file = machine.files.get(ALLOWED.toUpperCase());
    if (file === undefined) throw new Error('no file');
    file.afterFacts = () => Promise.reject(new EpmError('EPM_FILE_UNREADABLE', 'It is gone.'));
    expect(await machine.startChild(ALLOWED).judged).toBe('ended');
    expect(children(machine)).toMatchObject([{ reason: 'factsUnknown', errorCode: 'EPM_FILE_UNREADABLE' }]);
    await end(here);
  });

  it('AC-69 a tree that starts too many processes is ended with a reason of its own, and the agent goes on', async () => {
    const here = await tree('allow');
    const { machine, agent } = here;
    for (let index = 0; index < MAX_WAITING; index += 1) machine.startChild(UNRULED);
    expect(machine.process.terminatedWith).toBeUndefined();
    const late = machine.startChild(UNRULED);
    expect(machine.process.terminatedWith).toBe(0xc000_013a);
    expect(await late.judged).toBe('ended');
    expect(await here.result).toMatchObject({ outcome: 'finished', exitReason: 'tooManyProcesses' });
    expect(machine.records().find(({ event }) => event === 'elevationEnded')).toMatchObject({
      reason: 'tooManyProcesses',
    });
    expect(agent.status(caller()).state).toBeDefined();
    await end(here);
  });

  it('AC-69 ten thousand short children one after the other are more than a tree may start', async () => {
    const here = await tree('allow');
    const { machine } = here;
    let ran = 0;
    for (let index = 0; index < 10_000; index += 1) {
      if ((await machine.startChild(UNRULED).judged) === 'ran') ran += 1;
    }
    expect(ran).toBe(STARTS_AT_ONCE);
    // What exceeds the quota of its user is counted, and leaves room for requests.
    expect(children(machine).length).toBeLessThanOrEqual(3000);
    expect(machine.records().find(({ event }) => event === 'elevationEnded')).toMatchObject({
      reason: 'tooManyProcesses',
      childrenAllowed: STARTS_AT_ONCE,
    });
    await end(here);
  });

  it('records of children take half of what their user may make, the rest are counted in one', async () => {
    const here = await tree('allow');
    const { machine, agent } = here;
    machine.build = { isWine: false, isTestBuild: false };
    await end(here);
    const again = await createAgent(machine.ports(), { version: '1', processId: 1 });
    machine.now += 60_000;
    const before = children(machine).length;
    const result = again.elevate(caller(), { path: SETUP, wait: true }, context().value);
    await expect.poll(() => machine.processes.length).toBe(2);
    await expect.poll(() => machine.process.resumed).toBe(true);
    for (let index = 0; index < 100; index += 1) expect(await machine.startChild(UNRULED).judged).toBe('ran');
    expect(children(machine).length - before).toBeLessThanOrEqual(30);
    // A request of the user still has room.
    expect(await again.elevate(caller(), { path: SETUP }, context().value)).toMatchObject({ outcome: 'started' });
    for (const process of machine.processes) process.exit(0);
    await result;
    await again.stop();
    expect(agent.journalHead.records).toBeGreaterThan(0);
  });

  it('without a record nothing runs', async () => {
    const here = await tree('allow');
    const { machine } = here;
    machine.journal.fails = true;
    expect(await machine.startChild(UNRULED).judged).toBe('ended');
    machine.journal.fails = false;
    expect(await machine.startChild(UNRULED).judged).toBe('ran');
    machine.process.exit(0);
    expect(await here.result).toMatchObject({ endedChildren: [{ reason: 'notRecorded' }] });
    await end(here);
  });
});

describe('a tree that cannot be watched any more', () => {
  it.each(['brokerGone', 'unseenProcess'] as const)('ends with the reason %s', async (why) => {
    const here = await tree();
    const { machine } = here;
    machine.process.unwatch(why);
    expect(await here.result).toMatchObject({ outcome: 'finished', exitReason: why });
    expect(machine.records().find(({ event }) => event === 'elevationEnded')).toMatchObject({ reason: why });
    await end(here);
  });
});

/** What becomes of each kind of child under each behaviour and policy. */
const EXPECTED: Readonly<
  Record<'plain' | 'tools' | 'off', Readonly<Record<'requireRule' | 'allow', readonly string[]>>>
> = {
  plain: {
    requireRule: ['ran', 'denyRule', 'needsConsent', 'noRule', 'userWritableFile', 'noRule', 'fileRefused'],
    allow: ['ran', 'denyRule', 'ran', 'ran', 'ran', 'ran', 'factsUnknown'],
  },
  tools: {
    requireRule: ['ran', 'denyRule', 'needsConsent', 'noRule', 'userWritableFile', 'noRule', 'fileRefused'],
    allow: ['ran', 'denyRule', 'ran', 'ran', 'ran', 'escapeTool', 'factsUnknown'],
  },
  off: {
    requireRule: Array<string>(7).fill('clientOff'),
    allow: Array<string>(7).fill('clientOff'),
  },
};
const KINDS = [ALLOWED, DENIED, ASKED, UNRULED, OPEN, TOOL, FAR];

it('any sequence of children and policies ends as the table says, each with one record and no handle left', async () => {
  const step = fc.oneof(
    { weight: 5, arbitrary: fc.record({ child: fc.nat(KINDS.length - 1), parent: fc.nat(5) }) },
    { weight: 1, arbitrary: fc.record({ policy: fc.constantFrom('plain', 'tools', 'off') }) },
  );
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom('requireRule' as const, 'allow' as const),
      fc.array(step, { maxLength: 25 }),
      async (behavior, steps) => {
        const here = await tree(behavior);
        const { machine, agent } = here;
        let policy: keyof typeof EXPECTED = 'plain';
        const started: { readonly child: ReturnType<FakeMachine['startChild']>; readonly expected: string }[] = [];
        for (const each of steps) {
          if ('policy' in each) {
            await Promise.all(started.map(({ child }) => child.judged));
            policy = each.policy as keyof typeof EXPECTED;
            machine.policies = [];
            machine.addPolicy([...RULES], { enabled: policy !== 'off', denyEscapeTools: policy === 'tools' });
            await agent.reload(administrator());
          } else {
            const parent = started[each.parent]?.child ?? machine.process;
            const child = machine.startChild(KINDS[each.child] ?? '', '', parent);
            started.push({ child, expected: EXPECTED[policy][behavior][each.child] ?? '' });
          }
        }
        for (const { child, expected } of started) {
          expect(await child.judged).toBe(expected === 'ran' ? 'ran' : 'ended');
        }
        expect(children(machine).map(({ processId, reason }) => [processId, reason ?? 'ran'])).toEqual(
          started.map(({ child, expected }) => [child.processId, expected]),
        );
        await end(here);
      },
    ),
    { numRuns: 40 },
  );
});
