/** Real programs that start each other, of both kinds of bits: a setup program, cmd.exe, a renamed copy of it, and what that runs. */
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { makeShellSetup } from '../../testbed/installers.ts';
import { describeNeeding, describeWindows, windowsOnly } from '../bed/index.ts';
import type { AgentMessage, AgentUnderTest, Json } from './agent-under-test.ts';
import { ChildTree, nameOf } from './child-tree.ts';

const FOLDER = 'C:\\Program Files\\Chain';
const LEAF = `${FOLDER}\\leaf.exe`;
const ROOT = `${FOLDER}\\root.exe`;
const CMD = 'C:\\windows\\system32\\cmd.exe';
const COPY = `${FOLDER}\\shell.exe`;
const CODE = 7;
const COMMAND = `leaf.exe --exit ${CODE}`;
/** A shell is elevated by a rule that says what it runs. */
const ARGUMENTS = new Map([
  [CMD, [`/c shell.exe /c ${COMMAND}`]],
  [COPY, [`/c ${COMMAND}`]],
]);

describeWindows('a setup program that starts a shell', ['epm', 'installerTools'], (bed) => {
  let tree: ChildTree;
  let agent: AgentUnderTest;

  beforeAll(async () => {
    tree = new ChildTree(bed());
    ({ agent } = tree);
    const shell = bed().readFile(CMD);
    for (const file of [ROOT, LEAF]) tree.put(file);
    for (const file of [CMD, COPY]) tree.know(file, shell);
    for (const bits of [64, 32] as const) {
      tree.put(setupOf(bits), makeShellSetup(bits, { shell, command: COMMAND }));
    }
    await agent.apply({ id: 'tests', settings: { enabled: true }, rules: [tree.rule(ROOT)] });
    await agent.start();
  });
  afterAll(() => agent.stop());
  beforeEach(() => tree.forgetReports());

  const setupOf = (bits: number): string => `${FOLDER}\\setup${bits}.exe`;
  const rules = (...files: readonly string[]): Json[] =>
    files.map((file) => {
      const list = ARGUMENTS.get(file);
      return tree.rule(file, list === undefined ? {} : { arguments: list });
    });

  /** What was recorded of each child: its name, its parent's, and what became of it. Each is the child of the one before. */
  async function chain(result: AgentMessage): Promise<readonly string[]> {
    const children = await tree.childrenOf(result);
    const ids = [result.body['processId'], ...children.map(({ processId }) => processId)];
    expect(children.map(({ parentProcessId }) => parentProcessId)).toEqual(ids.slice(0, -1));
    expect(new Set(ids).size).toBe(ids.length);
    const name = (file: unknown): string => nameOf(String(file)).toLowerCase();
    return children.map(
      ({ event, filePath, parentProcessName, reason }) =>
        `${name(parentProcessName)} > ${name(filePath)}: ${event === 'childAllowed' ? 'ran' : String(reason)}`,
    );
  }

  for (const bits of [64, 32] as const) {
    const SETUP = setupOf(bits);
    const setup = `setup${bits}.exe`;
    const whole = [`${setup} > cmd.exe: ran`, 'cmd.exe > shell.exe: ran', 'shell.exe > leaf.exe: ran'];

    describeNeeding(`of ${bits} bits`, bits === 32 ? ['programs32'] : [], () => {
      it('AC-63 runs with everything under "allow all"', async () => {
        await tree.policy([tree.rule(SETUP, { childProcesses: 'allow' })]);
        const result = await tree.run(SETUP);
        expect(result.body).toMatchObject({ outcome: 'finished', exitCode: CODE });
        expect(result.body).not.toHaveProperty('endedChildren');
        expect(await chain(result)).toEqual(whole);
        expect(tree.reports().get('leaf.exe')?.token.user).toBe((result.body['account'] as Json)['sid']);
      });

      it('AC-63 runs with everything under "require rule" when each has its rule', async () => {
        await tree.policy(rules(SETUP, CMD, COPY, LEAF));
        const result = await tree.run(SETUP);
        expect(result.body).toMatchObject({ outcome: 'finished', exitCode: CODE });
        expect(await chain(result)).toEqual(whole);
      });

      it('AC-63 has the renamed copy of the shell ended where only the shell has a rule', async () => {
        await tree.policy(rules(SETUP, CMD, LEAF));
        const result = await tree.run(SETUP);
        expect(result.body).toMatchObject({ endedChildren: [{ reason: 'noRule', count: 1 }] });
        expect(await chain(result)).toEqual([`${setup} > cmd.exe: ran`, 'cmd.exe > shell.exe: noRule']);
        expect(tree.reports().size).toBe(0);
      });

      it('AC-63 has only what a Deny names ended under "allow all"', async () => {
        const deny = { name: 'No leaf', type: 'deny', fileName: 'leaf.exe' };
        await tree.policy([tree.rule(SETUP, { childProcesses: 'allow' }), deny]);
        const result = await tree.run(SETUP);
        expect(await chain(result)).toEqual([...whole.slice(0, 2), 'shell.exe > leaf.exe: denyRule']);
        expect(tree.reports().size).toBe(0);
      });

      windowsOnly(
        'AC-63 has the renamed copy ended as an escape tool',
        'its cmd.exe does not say what it is',
        async () => {
          const settings = { denyEscapeTools: true };
          await tree.policy([tree.rule(SETUP, { childProcesses: 'allow' }), ...rules(CMD)], settings);
          const result = await tree.run(SETUP);
          expect(await chain(result)).toEqual([`${setup} > cmd.exe: ran`, 'cmd.exe > shell.exe: escapeTool']);
          expect(tree.reports().size).toBe(0);
        },
      );

      windowsOnly('AC-63 starts nothing under "deny all"', 'limits of jobs are not kept', async () => {
        await tree.policy([tree.rule(SETUP, { childProcesses: 'deny' }), ...rules(CMD, COPY, LEAF)]);
        const result = await tree.run(SETUP);
        expect(result.body).toMatchObject({ outcome: 'finished' });
        expect(await tree.childrenOf(result)).toEqual([]);
        expect(tree.reports().size).toBe(0);
      });
    });
  }

  describeNeeding('of both', ['programs32'], () => {
    it('AC-63 is judged on the way from 64 to 32 to 64 bits', async () => {
      const files = [ROOT, setupOf(32), CMD, COPY, LEAF];
      await tree.policy(rules(...files));
      const result = await tree.run(ROOT, ['--spawn', setupOf(32)]);
      expect(tree.reports().get('root.exe')?.spawn?.exitCode).toBe(CODE);
      expect(await chain(result)).toEqual([
        'root.exe > setup32.exe: ran',
        'setup32.exe > cmd.exe: ran',
        'cmd.exe > shell.exe: ran',
        'shell.exe > leaf.exe: ran',
      ]);
      await tree.policy(rules(...files.slice(0, -1)));
      tree.forgetReports();
      expect((await chain(await tree.run(ROOT, ['--spawn', setupOf(32)]))).at(-1)).toBe('shell.exe > leaf.exe: noRule');
      expect([...tree.reports().keys()]).toEqual(['root.exe']);
    });
  });
});
