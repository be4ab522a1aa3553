/** Where an elevated program starts: its desktop and its working directory, over the packed agent. */
import { createHash } from 'node:crypto';
import { chmodSync, mkdirSync } from 'node:fs';
import { beforeAll, expect, it } from 'vitest';
import { describeWindows, windowsOnly } from '../bed/index.ts';
import { eventually } from '../eventually.ts';
import { type AgentMessage, AgentUnderTest, type Json, programRule } from './agent-under-test.ts';

const FOLDER = 'C:\\Program Files\\App';
const PLAIN = `${FOLDER}\\plain.exe`;
const OWN = `${FOLDER}\\own.exe`;
const ANYWHERE = `${FOLDER}\\anywhere.exe`;
const WORK = 'C:\\Program Files\\Work Folder';
const OPEN = 'C:\\Open';
const PRIVATE = 'C:\\Private';
const OWN_DESKTOP = /^EPM-[0-9a-f]{32}$/;

interface Listing {
  readonly desktop: string;
  readonly directory: string;
  readonly standard: readonly string[];
  readonly pipes: readonly string[];
}

describeWindows('where an elevated program starts', ['epm'], (bed) => {
  let agent: AgentUnderTest;

  beforeAll(async () => {
    agent = new AgentUnderTest(bed());
    const rules = [];
    for (const [path, more] of [
      [PLAIN, {}],
      [OWN, { ownDesktop: true }],
      [ANYWHERE, { workingDirectory: 'request' }],
    ] as const) {
      const name = path.slice(path.lastIndexOf('\\') + 1);
      const program = Buffer.concat([bed().readFile(bed().programs.console), Buffer.from(name)]);
      bed().putFile(path, program);
      const sha256 = createHash('sha256').update(program).digest('hex');
      rules.push(programRule(sha256, { name, fileName: name, ...more }));
    }
    for (const folder of [WORK, OPEN, PRIVATE]) mkdirSync(bed().hostPath(folder), { recursive: true });
    await bed().letUsersWrite(OPEN);
    if (bed().kind === 'wine') chmodSync(bed().hostPath(PRIVATE), 0o700);
    await agent.apply({ id: 'tests', settings: { enabled: true }, rules });
    await agent.start();
  });

  const ask = (path: string, more: Json = {}, values: readonly string[] = ['list']): Promise<readonly AgentMessage[]> =>
    agent.messages('elevate', { path, arguments: values, output: 'stream', ...more });

  const list = async (path: string, more: Json = {}): Promise<Listing & { readonly result: Json }> => {
    const messages = await ask(path, more);
    const pieces = messages.filter(({ body }) => body['event'] === 'output').map(({ body }) => String(body['data']));
    const text = Buffer.concat(pieces.map((piece) => Buffer.from(piece, 'base64'))).toString('utf8');
    return { ...(JSON.parse(text) as Listing), result: messages.at(-1)?.body ?? {} };
  };

  const holders = (): readonly string[] =>
    bed()
      .leftovers()
      .filter((line) => line.includes('epmdesktop.exe'));

  it('AC-59 is a desktop of its own, another one for each run, where the rule says so', async () => {
    const plain = await list(PLAIN);
    expect(plain.desktop.toLowerCase()).toBe('default');
    expect(plain.result).not.toHaveProperty('ownDesktop');
    const [one, other] = [await list(OWN), await list(OWN)];
    expect(one.desktop).toMatch(OWN_DESKTOP);
    expect(other.desktop).toMatch(OWN_DESKTOP);
    expect(one.desktop).not.toBe(other.desktop);
    expect(one.result).toMatchObject({ outcome: 'finished', ownDesktop: true });
    expect(one.pipes.toSorted()).toEqual(one.standard.toSorted());
  });

  it('keeps that desktop while the tree runs, and no longer', async () => {
    const running = ask(OWN, { timeLimit: 5 }, ['tree', 'forever']);
    await eventually(() => expect(holders()).toHaveLength(1));
    expect((await running).at(-1)?.body).toMatchObject({ outcome: 'timedOut' });
    await eventually(() => expect(holders()).toEqual([]));
  });

  it('takes no input on a desktop of its own', async () => {
    const answer = await ask(OWN, { input: Buffer.from('x').toString('base64') }, ['echo']);
    expect(answer.at(-1)).toMatchObject({ kind: 'result', body: { outcome: 'denied', reason: 'inputRefused' } });
    expect((await agent.records()).at(-1)).toMatchObject({ event: 'elevationDenied', reason: 'inputRefused' });
  });

  windowsOnly('AC-59 lets no program of the user open that desktop', 'it keeps no security of desktops', async () => {
    const running = await bed().start({
      program: agent.epm,
      arguments: ['elevate', OWN, '--output', '--timeout', '60', '--', 'tree', 'list'],
    });
    await eventually(() => expect(running.output()).toContain('EPM-'));
    const name = /EPM-[0-9a-f]{32}/.exec(running.output())?.[0] ?? '';
    const opened = await bed().run({ program: bed().programs.console, arguments: ['open-desktop', name] });
    // ERROR_ACCESS_DENIED while the desktop is there.
    expect(opened.exitCode).toBe(5);
    await running.exited;
  });

  it('is the system folder unless the rule takes that of the request', async () => {
    const system = 'c:\\windows\\system32';
    expect((await list(PLAIN, { directory: WORK })).directory.toLowerCase()).toBe(system);
    expect((await list(ANYWHERE)).directory.toLowerCase()).toBe(system);
    const { directory, result } = await list(ANYWHERE, { directory: `${WORK.toLowerCase()}\\` });
    expect(directory.toLowerCase()).toBe(WORK.toLowerCase());
    expect(String(result['directory']).toLowerCase()).toBe(WORK.toLowerCase());
  });

  it.each([
    ['that does not exist', 'C:\\Program Files\\No Folder'],
    ['that is a file', PLAIN],
    ['that others may write', OPEN],
    ['that the requester may not list', PRIVATE],
    ['of a network', '\\\\server\\share'],
    ['of a device', '\\\\?\\C:\\Windows'],
    ['with dots', 'C:\\Program Files\\..\\Open'],
    ['that is the root', 'C:\\'],
    ['of another drive', 'Q:\\Folder'],
    ['relative to a drive', 'C:Windows'],
  ])('AC-32 refuses a folder %s, without saying why', async (_what, directory) => {
    const answer = (await ask(ANYWHERE, { directory })).at(-1);
    expect(answer).toMatchObject({ kind: 'result', body: { outcome: 'denied', reason: 'workingDirectoryRefused' } });
    const other = (await ask(ANYWHERE, { directory: 'C:\\Program Files\\No Folder' })).at(-1);
    expect(answer?.body['message']).toBe(other?.body['message']);
  });

  windowsOnly(
    'keeps the folder from being moved while the program runs',
    'it moves folders that are open',
    async () => {
      const moved = 'C:\\Program Files\\Moved';
      const running = ask(ANYWHERE, { directory: WORK, timeLimit: 20 }, ['tree', 'forever']);
      await eventually(() =>
        expect(
          bed()
            .leftovers()
            .some((line) => line.includes('anywhere.exe')),
        ).toBe(true),
      );
      const outcome = await bed().powerShell(`Rename-Item -LiteralPath '${WORK}' -NewName Moved; exit $LASTEXITCODE`, {
        as: 'administrator',
      });
      expect(outcome.errors).not.toBe('');
      expect(bed().fileExists(moved)).toBe(false);
      await running;
    },
  );
});
