/** What elevated programs start, over the packed agent and the broker that stops it. */
import { rmSync } from 'node:fs';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { makeNestedSetup } from '../../testbed/installers.ts';
import { describeWindows } from '../bed/index.ts';
import { eventually } from '../eventually.ts';
import type { AgentMessage, AgentUnderTest, Json } from './agent-under-test.ts';
import { ChildTree, nameOf } from './child-tree.ts';

const FOLDER = 'C:\\Program Files\\App';
const ROOT = `${FOLDER}\\root.exe`;
const MIDDLE = `${FOLDER}\\middle.exe`;
const LEAF = `${FOLDER}\\leaf.exe`;
const TWIN = 'C:\\Program Files\\Other\\leaf.exe';
const OPEN = 'C:\\Open\\open.exe';
const SETUP = `${FOLDER}\\setup.exe`;
const CMD = 'C:\\Windows\\System32\\cmd.exe';
/** Windows writes its folders in one way, and Wine in another. */
const SHELL: unknown = expect.stringMatching(/^C:\\Windows\\System32\\cmd\.exe$/i);
const CODES = 'C:\\ProgramData\\Nested Setup\\codes.ini';
/** STATUS_ACCESS_DENIED. */
const ENDED = 0xc000_0022;

describeWindows('what an elevated program starts', ['epm', 'installerTools'], (bed) => {
  let tree: ChildTree;
  let agent: AgentUnderTest;

  beforeAll(async () => {
    tree = new ChildTree(bed());
    ({ agent } = tree);
    for (const file of [ROOT, MIDDLE, LEAF, TWIN, OPEN]) tree.put(file);
    const helper = Buffer.concat([bed().readFile(bed().programs.probe), Buffer.from('helper')]);
    tree.know('helper.exe', helper);
    tree.put(SETUP, makeNestedSetup(64, { helper, first: '--exit 5', second: `--spawn "${LEAF}" --exit 7` }));
    await bed().letUsersWrite(OPEN);
    await agent.apply({ id: 'tests', settings: { enabled: true }, rules: [rule(ROOT)] });
    await agent.start();
  });

  beforeEach(() => {
    tree.forgetReports();
    rmSync(bed().hostPath('C:\\ProgramData\\Nested Setup'), { recursive: true, force: true });
  });

  const rule = (file: string, more: Json = {}): Json => tree.rule(file, more);
  const policy = (rules: readonly Json[], settings: Json = {}): Promise<void> => tree.policy(rules, settings);
  const run = (path: string, values: readonly string[]): Promise<AgentMessage> => tree.run(path, values);
  const childrenOf = (result: AgentMessage): Promise<readonly Json[]> => tree.childrenOf(result);
  const reports = () => tree.reports();

  describe('under "require rule"', () => {
    it('AC-63 runs by a rule of its own, under the account of the tree, and the grandchild too', async () => {
      await policy([rule(ROOT), rule(MIDDLE), rule(LEAF)]);
      const result = await run(ROOT, ['--spawn', MIDDLE, '--spawn', LEAF, '--exit', '7']);
      expect(result.body).toMatchObject({ outcome: 'finished', exitCode: 0 });
      expect(result.body).not.toHaveProperty('endedChildren');
      const ran = reports();
      expect([...ran.keys()].toSorted()).toEqual(['leaf.exe', 'middle.exe', 'root.exe']);
      const users = new Set([...ran.values()].map(({ token }) => token.user));
      expect([...users]).toEqual([(result.body['account'] as Json)['sid']]);
      expect(ran.get('middle.exe')?.spawn?.exitCode).toBe(7);
      expect(await childrenOf(result)).toMatchObject([
        { event: 'childAllowed', filePath: MIDDLE, parentProcessName: ROOT, processType: 'child' },
        { event: 'childAllowed', filePath: LEAF, parentProcessName: MIDDLE, arguments: ['--exit', '7'] },
      ]);
    });

    it('AC-63 is ended before its first instruction without one, and the user is told', async () => {
      await policy([rule(ROOT)]);
      const result = await run(ROOT, ['--spawn', MIDDLE, '--exit', '7']);
      expect(result.body).toMatchObject({
        outcome: 'finished',
        endedChildren: [{ path: MIDDLE, reason: 'noRule', count: 1 }],
      });
      const ran = reports();
      expect([...ran.keys()]).toEqual(['root.exe']);
      expect(ran.get('root.exe')?.spawn).toMatchObject({ exitCode: ENDED });
      expect(await childrenOf(result)).toMatchObject([
        { event: 'childDenied', reason: 'noRule', filePath: MIDDLE, hash: tree.hash(MIDDLE) },
      ]);
    });

    it('AC-63 is ended when it only has the name of an approved program', async () => {
      await policy([rule(ROOT), rule(LEAF)]);
      const result = await run(ROOT, ['--spawn', TWIN, '--exit', '7']);
      expect(result.body).toMatchObject({ endedChildren: [{ path: TWIN, reason: 'noRule' }] });
      expect([...reports().keys()]).toEqual(['root.exe']);
    });

    it('is ended where users may write its file, whatever its rule says', async () => {
      await policy([rule(ROOT), rule(OPEN)]);
      const result = await run(ROOT, ['--spawn', OPEN, '--exit', '7']);
      expect(result.body).toMatchObject({ endedChildren: [{ path: OPEN, reason: 'userWritableFile' }] });
      expect([...reports().keys()]).toEqual(['root.exe']);
    });

    it('AC-67 is ended also when it was chosen in a dialog: a shell that a program opens has no rule', async () => {
      await policy([rule(ROOT)]);
      const result = await run(ROOT, ['--spawn', CMD, '/c', 'exit 3']);
      expect(result.body).toMatchObject({ endedChildren: [{ path: SHELL, reason: 'noRule' }] });
      expect(reports().get('root.exe')?.spawn).toMatchObject({ exitCode: ENDED });
    });
  });

  describe('under "allow all"', () => {
    it('AC-63 runs without a rule; a Deny reaches a grandchild', async () => {
      const root = rule(ROOT, { childProcesses: 'allow' });
      await policy([root]);
      const free = await run(ROOT, ['--spawn', MIDDLE, '--spawn', LEAF, '--exit', '7']);
      expect(reports().get('middle.exe')?.spawn?.exitCode).toBe(7);
      expect(await childrenOf(free)).toMatchObject([{ event: 'childAllowed' }, { event: 'childAllowed' }]);

      await policy([root, { name: 'No leaf', type: 'deny', fileName: 'leaf.exe' }]);
      const result = await run(ROOT, ['--spawn', MIDDLE, '--spawn', LEAF, '--exit', '7']);
      expect(result.body).toMatchObject({ endedChildren: [{ path: LEAF, reason: 'denyRule' }] });
      expect(await childrenOf(result)).toMatchObject([
        { event: 'childAllowed', filePath: MIDDLE },
        { event: 'childDenied', filePath: LEAF, parentProcessName: MIDDLE, rule: { name: 'No leaf' } },
      ]);
    });

    it('ends escape tools where policy says so', async () => {
      const root = rule(ROOT, { childProcesses: 'allow' });
      await policy([root], { denyEscapeTools: true });
      const result = await run(ROOT, ['--spawn', CMD, '/c', 'exit 3']);
      expect(result.body).toMatchObject({ endedChildren: [{ path: SHELL, reason: 'escapeTool' }] });
      await policy([root]);
      const free = await run(ROOT, ['--spawn', CMD, '/c', 'exit 3']);
      expect(free.body).not.toHaveProperty('endedChildren');
    });
  });

  describe('an installer that unpacks and starts helpers', () => {
    const codes = (): Json =>
      Object.fromEntries(
        [
          ...bed()
            .readFile(CODES)
            .toString('latin1')
            .matchAll(/^(\w+)=(\d+)/gm),
        ].map(([, name = '', code]) => [name, Number(code) >>> 0]),
      );

    it('AC-63 starts the helper by a rule, from the folder of its account, and no shell', async () => {
      await policy([rule(SETUP), rule('helper.exe')]);
      const result = await run(SETUP, ['/S']);
      expect(result.body).toMatchObject({ outcome: 'finished', endedChildren: [{ path: SHELL, reason: 'noRule' }] });
      expect(codes()['first']).toBe(5);
      expect([...reports().keys()]).toEqual(['helper.exe']);
    });

    it('AC-63 starts the shell, the renamed copy and what that starts under "allow all"', async () => {
      await policy([rule(SETUP, { childProcesses: 'allow' })]);
      const result = await run(SETUP, ['/S']);
      expect(result.body).toMatchObject({ outcome: 'finished' });
      expect(result.body).not.toHaveProperty('endedChildren');
      const ran = reports();
      expect([...ran.keys()].toSorted()).toEqual(['helper.exe', 'leaf.exe', 'renamed.exe']);
      expect(ran.get('renamed.exe')?.spawn?.exitCode).toBe(7);
      const children = await childrenOf(result);
      expect(children.map(({ filePath }) => nameOf(String(filePath)).toLowerCase())).toEqual([
        'helper.exe',
        'cmd.exe',
        'renamed.exe',
        'leaf.exe',
      ]);
    });
  });

  it('is listed with the program while that runs, and ended with it on request', async () => {
    await policy([rule(ROOT), rule(MIDDLE)]);
    const running = run(ROOT, ['--spawn', MIDDLE, '--sleep', '60000']);
    let listed: Json | undefined;
    await eventually(async () => {
      const { body } = await agent.ask('elevations');
      listed = (body['elevations'] as readonly Json[])[0];
      const recent = ((listed?.['children'] as Json | undefined)?.['recent'] ?? []) as readonly Json[];
      expect(recent.some(({ path }) => path === MIDDLE)).toBe(true);
    });
    expect((await agent.ask('stop', { requestId: listed?.['requestId'] }, 'otherUser')).body).toMatchObject({
      code: 'EPM_ELEVATION_UNKNOWN',
    });
    expect((await agent.ask('stop', { requestId: listed?.['requestId'] })).body).toMatchObject({ outcome: 'ended' });
    expect((await running).body).toMatchObject({ outcome: 'finished', exitReason: 'stopped' });
    expect((await agent.ask('elevations')).body).toEqual({ elevations: [] });
    await eventually(() =>
      expect(
        bed()
          .leftovers()
          .filter((line) => line.includes('middle.exe')),
      ).toEqual([]),
    );
  });
});
