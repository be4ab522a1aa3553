/** Ways in which an elevated program may try to start another one that nobody judges. */
import { rmSync } from 'node:fs';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { describeWindows, windowsOnly } from '../bed/index.ts';
import { eventually } from '../eventually.ts';
import { type AgentMessage, type AgentUnderTest, enabledGroups, type Json } from './agent-under-test.ts';
import { ChildTree } from './child-tree.ts';

const FOLDER = 'C:\\Program Files\\Escape';
const ROOT = `${FOLDER}\\root.exe`;
const OTHER = `${FOLDER}\\other.exe`;
const LEAF = `${FOLDER}\\leaf.exe`;
/** As long as it is not there, programs run. */
const GO = 'C:\\Users\\Public\\go.txt';
/** STATUS_ACCESS_DENIED, ERROR_ACCESS_DENIED and ERROR_NOT_SUPPORTED. */
const ENDED = 0xc000_0022;
const REFUSED = 5;
const UNSUPPORTED = 50;
/** Of a probe that could not do what it was to do. */
const FAILED = 250;
const ADMINISTRATORS = 'S-1-5-32-544';

describeWindows('an elevated program that wants to get past its broker', ['epm'], (bed) => {
  let tree: ChildTree;
  let agent: AgentUnderTest;

  beforeAll(async () => {
    tree = new ChildTree(bed());
    ({ agent } = tree);
    for (const file of [ROOT, OTHER, LEAF]) tree.put(file);
    await agent.apply({ id: 'tests', settings: { enabled: true }, rules: [tree.rule(ROOT)] });
    await agent.start();
  });
  afterAll(() => agent.stop());
  beforeEach(() => tree.forgetReports());

  /** In Wine another program has the name: what Wine has in their places are files outside of its drives. */
  const toolOf = (tool: string): string => {
    if (bed().kind === 'windows') return `C:\\Windows\\System32\\${tool}.exe`;
    const file = `${FOLDER}\\${tool}.exe`;
    tree.put(file);
    return file;
  };

  const everything = (): Promise<void> =>
    tree.policy([tree.rule(ROOT, { childProcesses: 'allow' }), tree.rule(OTHER), tree.rule(LEAF)]);

  /** Number of the process that runs elevated from a file; one that has ended is listed for a moment. */
  const running = (file: string): Promise<unknown> =>
    eventually(async () => {
      const all = (await agent.ask('elevations')).body['elevations'] as readonly (Json & { readonly file: Json })[];
      const found = all.find(({ file: { path }, hasEnded }) => path === file && hasEnded !== true);
      if (found === undefined) throw new Error('It does not run.');
      return found['processId'];
    });

  const endOf = async ({ body }: AgentMessage): Promise<Json | undefined> =>
    (await agent.records()).find(
      ({ event, requestId }) => event === 'elevationEnded' && requestId === body['requestId'],
    );

  /** Nothing of the tree runs, and its record says why. */
  const expectEnded = async (result: AgentMessage): Promise<void> => {
    expect(result.body).toMatchObject({ outcome: 'finished', exitReason: 'unseenProcess' });
    expect(await endOf(result)).toMatchObject({ reason: 'unseenProcess' });
    await expectNothingLeft();
  };

  const expectNothingLeft = async (): Promise<void> => {
    const running = /root\.exe|other\.exe|leaf\.exe/;
    await eventually(() =>
      expect(
        bed()
          .leftovers()
          .filter((line) => running.test(line)),
      ).toEqual([]),
    );
    await agent.expectAlive();
  };

  it('AC-68 ends with its whole tree when it is itself the debugger of its child', async () => {
    await everything();
    await expectEnded(await tree.run(ROOT, ['--spawn-debugged', LEAF, '--sleep', '600000']));
  });

  it('AC-68 ends what the program left running in the same way, and records why', async () => {
    await everything();
    rmSync(bed().hostPath(GO), { force: true });
    // The program waits for its child for some seconds only.
    const another = [OTHER, '--spawn-debugged', LEAF, '--sleep', '600000'];
    const result = await tree.run(ROOT, ['--spawn', OTHER, '--spawn-after', GO, ...another]);
    expect(result.body).toMatchObject({ outcome: 'finished', exitCode: 0 });
    expect(result.body).not.toHaveProperty('exitReason');
    bed().putFile(GO, '');
    await eventually(async () =>
      expect(
        (await agent.records()).find(
          ({ event, requestId }) => event === 'treeEnded' && requestId === result.body['requestId'],
        ),
      ).toMatchObject({ reason: 'unseenProcess', processId: result.body['processId'] }),
    );
    await expectNothingLeft();
  });

  it('AC-68 has a child that is to have no debugger judged, or ends with its whole tree', async () => {
    await everything();
    const result = await tree.run(ROOT, ['--spawn-hidden', LEAF, '--exit', '7']);
    const { error } = tree.reports().get('root.exe')?.spawn ?? { error: undefined };
    const children = await tree.childrenOf(result);
    if (error === UNSUPPORTED) expect(children).toEqual([]);
    else if (children.length === 0) await expectEnded(result);
    else expect(children).toMatchObject([{ event: 'childAllowed', filePath: LEAF }]);
  });

  it('AC-64 has a child judged to which it gives its own parent', async () => {
    await everything();
    const words = ['--spawn', OTHER, '--spawn-under', 'parent', LEAF, '--exit', '7'];
    const result = await tree.run(ROOT, words);
    const [other, leaf] = await tree.childrenOf(result);
    expect([other?.['filePath'], leaf?.['filePath'], leaf?.['parentProcessName']]).toEqual([OTHER, LEAF, ROOT]);
    expect(leaf?.['parentProcessId']).toBe(result.body['processId']);
  });

  it('AC-64 cannot give its child a parent of the agent, its broker, or another elevated program', async () => {
    await everything();
    rmSync(bed().hostPath(GO), { force: true });
    const other = tree.run(OTHER, ['--until', GO]);
    const { processId } = (await agent.ask('status', {}, 'administrator')).body;
    // Its own parent is the broker.
    for (const parent of [await running(OTHER), processId, 'parent']) {
      const result = await tree.run(ROOT, ['--spawn-under', String(parent), LEAF, '--exit', '7']);
      expect(result.body, String(parent)).toMatchObject({ outcome: 'finished', exitCode: FAILED });
      expect(await tree.childrenOf(result)).toEqual([]);
    }
    bed().putFile(GO, '');
    expect(await tree.childrenOf(await other)).toEqual([]);
    expect(tree.reports().has('leaf.exe')).toBe(false);
  });

  it('AC-64 gives its child the rights of its user with a parent that is a program of the user, and no more', async () => {
    await everything();
    rmSync(bed().hostPath(GO), { force: true });
    const ofUser = await bed().start({ program: OTHER, arguments: ['--until', GO] });
    const parent = await eventually(() => {
      const report = tree.reports().get('other.exe');
      if (report === undefined) throw new Error('It has not started.');
      return report;
    });
    const result = await tree.run(ROOT, ['--spawn-under', String(parent.processId), LEAF, '--exit', '7']);
    bed().putFile(GO, '');
    await ofUser.exited;
    expect(result.body).toMatchObject({ outcome: 'finished', exitCode: 0 });
    const leaf = tree.reports().get('leaf.exe');
    expect(leaf?.token.user).toBe(parent.token.user);
    expect(leaf && enabledGroups(leaf)).not.toContain(ADMINISTRATORS);
  });

  it.each(['--spawn-away', '--spawn-nested'])('AC-64 cannot take a child out of its job by %s', async (way) => {
    await everything();
    const result = await tree.run(ROOT, [way, LEAF, '--exit', '7']);
    const spawn = tree.reports().get('root.exe')?.spawn;
    if (spawn?.error === REFUSED) expect(await tree.childrenOf(result)).toEqual([]);
    else expect(await tree.childrenOf(result)).toMatchObject([{ event: 'childAllowed', filePath: LEAF }]);
  });

  it('AC-60 makes objects for its own account and the system, whom its token names', async () => {
    await tree.policy([tree.rule(ROOT)]);
    const { body } = await tree.run(ROOT);
    const { sid } = body['account'] as { readonly sid: string };
    const { defaultDacl } = agent.report(body['processId'])?.token ?? { defaultDacl: '' };
    expect(sidsOf(defaultDacl)).toEqual(['SY', sid].toSorted());
  });

  windowsOnly('AC-60 makes an object that nobody else can open', 'objects have no permissions by default', async () => {
    await tree.policy([tree.rule(ROOT)]);
    const { body } = await tree.run(ROOT, ['--object', 'Local\\EPM test of a name']);
    const { sid } = body['account'] as { readonly sid: string };
    const made = agent.report(body['processId'])?.object;
    expect(made?.wasThere).toBe(false);
    expect(sidsOf(made?.security ?? '')).toEqual(['SY', sid].toSorted());
  });

  /** A tool by which rights leave the tree: under "require rule", and under "allow all" where policy says so. */
  async function expectToolEnded(tool: string): Promise<void> {
    const file = toolOf(tool);
    const expectEndedFor = async (reason: string): Promise<void> => {
      const result = await tree.run(ROOT, ['--spawn', file, '--exit', '3']);
      expect(result.body).toMatchObject({ outcome: 'finished', endedChildren: [{ path: file, reason, count: 1 }] });
      expect(await tree.childrenOf(result)).toMatchObject([{ event: 'childDenied', reason, filePath: file }]);
      expect(tree.reports().get('root.exe')?.spawn?.exitCode).toBe(ENDED);
      tree.forgetReports();
    };
    await tree.policy([tree.rule(ROOT)]);
    await expectEndedFor('noRule');
    await tree.policy([tree.rule(ROOT, { childProcesses: 'allow' })], { denyEscapeTools: true });
    await expectEndedFor('escapeTool');
  }

  it.each(['mshta', 'rundll32', 'regsvr32', 'wscript', 'cscript'])(
    'AC-65 has %s ended, which uses servers of other processes',
    expectToolEnded,
  );

  it.each([
    'schtasks',
    'at',
    'sc',
    'net',
    'net1',
    'wmic',
    'reg',
    'bitsadmin',
    'certutil',
    'msiexec',
    'powershell',
    'pwsh',
    'cmd',
  ])('AC-66 has %s ended, which has services and tasks start programs', expectToolEnded);
});

/** Whom the entries of an SDDL text name, in order. */
function sidsOf(sddl: string): readonly string[] {
  return [...sddl.matchAll(/\(A;[^)]*;([^;)]+)\)/g)].map(([, sid = '']) => sid).toSorted();
}
