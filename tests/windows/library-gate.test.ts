/** What elevated programs may load where their rule has the gate for libraries, over the packed agent and its broker. */
import { createHash } from 'node:crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import { describeWindows, identitySid, playedLogonOnly, windowsOnly } from '../bed/index.ts';
import { osslsigncodeVersion } from '../corpus/osslsigncode.ts';
import { type AgentMessage, AgentUnderTest, type Json } from './agent-under-test.ts';
import { elevateWith, giveProfile, knownUser, makeUsersKnown, passwordCredential } from './credentials-under-test.ts';
import { withExitCode } from './exit-code.ts';
import { TestPublisher } from './test-publisher.ts';

const FOLDER = 'C:\\Program Files\\App';
const ROOT = `${FOLDER}\\root.exe`;
const CHILD = `${FOLDER}\\child.exe`;
const OWN = `${FOLDER}\\own.dll`;
const OPEN = 'C:\\Open';
const PLANTED = `${OPEN}\\planted.dll`;
/** Users may put others beside it, and not change itself. */
const NEIGHBOUR = 'C:\\Shared\\neighbour.exe';
const BESIDE = 'C:\\Shared\\epmbeside.dll';
const SIGNED = 'C:\\Shared\\signed.dll';
const TAMPERED = 'C:\\Shared\\tampered.dll';
const LOADED = 'C:\\ProgramData\\epm-loaded';
/** STATUS_ACCESS_DENIED. */
const ENDED = 0xc000_0022;
const GOOD = 42;
const EVIL = 66;

const nameOf = (file: string): string => file.slice(file.lastIndexOf('\\') + 1);
const hashOf = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

describeWindows('the library gate', ['epm'], (bed) => {
  let agent: AgentUnderTest;

  const library = (code: number): Buffer => withExitCode(bed().readFile(bed().programs.beside), code);

  beforeAll(async () => {
    agent = new AgentUnderTest(bed());
    for (const file of [ROOT, CHILD]) agent.putProbe(file, file);
    bed().putFile(NEIGHBOUR, bed().readFile(bed().programs.neighbour));
    bed().putFile(OWN, library(GOOD));
    for (const file of [PLANTED, BESIDE]) bed().putFile(file, library(EVIL));
    for (const place of [PLANTED, OPEN, 'C:\\Shared']) await bed().letUsersWrite(place);
    await policy([rule(ROOT)]);
    await agent.start();
  });

  function rule(file: string, more: Json = {}): Json {
    const fileHash = hashOf(bed().readFile(file));
    return { name: nameOf(file), type: 'automatic', fileName: nameOf(file), fileHash, libraryGate: true, ...more };
  }

  const policy = async (rules: readonly Json[], settings: Json = {}): Promise<void> => {
    await agent.apply({ id: 'tests', settings: { enabled: true, ...settings }, rules });
  };

  const run = async (path: string, values: readonly string[] = []): Promise<AgentMessage> =>
    agent.ask('elevate', { path, arguments: values, wait: true });

  /** Runs the root, which loads a library: with which code it answered, and whether the library has run. */
  const load = async (path: string) => {
    const { body } = await run(ROOT, ['--load', path]);
    const processId = String(body['processId']);
    return { body, report: agent.report(processId)?.load, hasRun: bed().fileExists(`${LOADED}\\${processId}`) };
  };

  const denied = async ({ requestId }: Json): Promise<readonly Json[]> =>
    (await agent.records()).filter(
      (record) => record['event'] === 'libraryDenied' && record['requestId'] === requestId,
    );

  it('loads libraries of Windows and of folders that only administrators may write', async () => {
    await policy([rule(ROOT)]);
    const windows = await load('version.dll');
    expect(windows.body).toMatchObject({ outcome: 'finished', exitCode: 0 });
    expect(windows.report).toEqual({ error: 0, code: 0 });
    const own = await load(OWN);
    expect(own).toMatchObject({ body: { exitCode: 0 }, report: { error: 0, code: GOOD }, hasRun: true });
    expect(await denied(own.body)).toEqual([]);
  });

  it('AC-29 ends a program before the first instruction of a library that users may write', async () => {
    await policy([rule(ROOT, { libraryGate: false })]);
    // The library does run where nothing keeps it from it.
    expect(await load(PLANTED)).toMatchObject({ report: { error: 0, code: EVIL }, hasRun: true });
    await policy([rule(ROOT)]);
    const { body, report, hasRun } = await load(PLANTED);
    expect(body).toMatchObject({
      outcome: 'finished',
      exitCode: ENDED,
      exitReason: 'libraryRefused',
      endedChildren: [{ path: ROOT, library: PLANTED, reason: 'userWritableLibrary', count: 1 }],
    });
    expect({ report, hasRun }).toEqual({ report: undefined, hasRun: false });
    expect(await denied(body)).toMatchObject([
      {
        filePath: PLANTED,
        hash: hashOf(library(EVIL)),
        parentProcessName: ROOT,
        processId: body['processId'],
        reason: 'userWritableLibrary',
        rule: { name: 'root.exe' },
      },
    ]);
    const ended = (await agent.records()).findLast(({ event }) => event === 'elevationEnded');
    expect(ended).toMatchObject({ reason: 'libraryRefused', result: ENDED });
  });

  it('AC-29 counts what the program needs to start: it ends before its own first instruction', async () => {
    const inPlace = { runInPlace: true };
    await policy([rule(NEIGHBOUR, { ...inPlace, libraryGate: false })]);
    expect((await run(NEIGHBOUR)).body).toMatchObject({ exitCode: EVIL });
    await policy([rule(NEIGHBOUR, inPlace)]);
    const { body } = await run(NEIGHBOUR);
    expect(body).toMatchObject({
      exitCode: ENDED,
      exitReason: 'libraryRefused',
      endedChildren: [{ path: NEIGHBOUR, library: BESIDE }],
    });
    expect(bed().fileExists(`${LOADED}\\${String(body['processId'])}`)).toBe(false);
  });

  it('AC-29 holds for what the program starts, and ends that alone', async () => {
    await policy([rule(ROOT, { childProcesses: 'allow' })]);
    const { body } = await run(ROOT, ['--spawn', CHILD, '--load', PLANTED]);
    expect(body).toMatchObject({ exitCode: 0, endedChildren: [{ path: CHILD, library: PLANTED }] });
    expect(body).not.toHaveProperty('exitReason');
    expect(agent.report(String(body['processId']))?.spawn).toMatchObject({ exitCode: ENDED });
  });

  it('AC-29 is held also where the program may start nothing', async () => {
    await policy([rule(ROOT, { childProcesses: 'deny' })]);
    expect(await load(PLANTED)).toMatchObject({ body: { exitCode: ENDED }, hasRun: false });
    expect(await load(OWN)).toMatchObject({ report: { code: GOOD }, hasRun: true });
  });

  it('AC-29 takes no other name, extension or folder of the same library for another one', async () => {
    await policy([rule(ROOT)]);
    for (const path of [`${OPEN}\\renamed.ocx`, `${OPEN}\\below\\other.dll`, `${OPEN}\\planted.txt`]) {
      bed().putFile(path, library(EVIL));
      expect(await load(path), path).toMatchObject({ body: { exitCode: ENDED }, hasRun: false });
    }
    // One that lies where only administrators may write, under a name that users have given it.
    expect(await load(`${OPEN}\\..\\Program Files\\App\\own.dll`)).toMatchObject({ report: { code: GOOD } });
  });

  it('tells the person at the command line, and the linter tells the author', async () => {
    await policy([rule(ROOT)]);
    const told = await agent.verb(['elevate', '--wait', ROOT, '--', '--load', PLANTED]);
    expect(told.errors + told.output).toContain(PLANTED);
    expect(told.errors + told.output).toContain('It was to load a library that users may write');
  });

  describe('of a program that runs as the current user', () => {
    const user = knownUser('EPMBED\\standard', identitySid.standardUser);
    const PROFILE = 'C:\\Users\\standard';

    beforeAll(async () => {
      if (bed().kind === 'windows') return;
      await makeUsersKnown(bed(), [user]);
      await giveProfile(bed(), user.sid, PROFILE);
    });

    const loadAsUser = async (path: string, more: Json = {}) => {
      await policy([rule(ROOT, { type: 'currentUser', ...more })]);
      await agent.untilRules(1);
      const request = { path: ROOT, arguments: ['--load', path], wait: true };
      const { body } = await elevateWith(agent, request, passwordCredential(user.name, user.password));
      const report = agent.report(String(body['processId']));
      return { body, report, hasRun: bed().fileExists(`${LOADED}\\${String(body['processId'])}`) };
    };

    playedLogonOnly('loads what only administrators may write, as that user', async () => {
      const { body, report } = await loadAsUser(OWN);
      expect(body).toMatchObject({ outcome: 'finished', exitCode: 0 });
      expect(report).toMatchObject({ token: { user: user.sid }, load: { error: 0, code: GOOD } });
      expect(await denied(body)).toEqual([]);
    });

    playedLogonOnly('AC-29 ends it before the first instruction of a library that users may write', async () => {
      const without = await loadAsUser(PLANTED, { libraryGate: false });
      expect(without).toMatchObject({ report: { load: { code: EVIL } }, hasRun: true });
      const { body, report, hasRun } = await loadAsUser(PLANTED);
      expect(body).toMatchObject({ exitCode: ENDED, exitReason: 'libraryRefused', account: { sid: user.sid } });
      expect({ report, hasRun }).toEqual({ report: undefined, hasRun: false });
      expect(await denied(body)).toMatchObject([{ filePath: PLANTED, reason: 'userWritableLibrary' }]);
    });

    // What an isolated account unpacks is its own; what a person unpacks their other programs can change.
    windowsOnly('AC-29 ends it for a library that it has unpacked itself', 'files have no owners', async () => {
      const { name, password } = bed().passwordOf('standardUser') ?? { name: '', password: '' };
      await policy([rule(ROOT, { type: 'currentUser' })]);
      await agent.untilRules(1);
      const unpack = `$to = Join-Path $env:LOCALAPPDATA 'unpacked.dll'; Copy-Item -LiteralPath '${OWN}' -Destination $to; $to`;
      const unpacked = (await bed().powerShell(unpack)).output.trim();
      const request = { path: ROOT, arguments: ['--load', unpacked], wait: true };
      const { body } = await elevateWith(agent, request, passwordCredential(name, password));
      expect(body).toMatchObject({ exitCode: ENDED, exitReason: 'libraryRefused' });
    });
  });

  describe.skipIf(osslsigncodeVersion() === undefined)('and a library that the certificate of the rule signs', () => {
    const publisher = new TestPublisher();

    beforeAll(async () => {
      const signed = publisher.sign(library(GOOD));
      bed().putFile(SIGNED, signed);
      bed().putFile(TAMPERED, withExitCode(signed, EVIL));
      bed().putFile(`${OPEN}\\signed.dll`, signed);
      await bed().letUsersWrite(`${OPEN}\\signed.dll`);
      bed().putFile(ROOT, publisher.sign(bed().readFile(ROOT)));
      const certificate = { type: 'publisher', sha256: publisher.sha256 };
      await policy([rule(ROOT, { certificate })], { revocationUnknown: 'accept' });
      await publisher.trustedBy(bed());
    });

    it('loads it where users may write the folder, and not the file', async () => {
      expect(await load(SIGNED)).toMatchObject({ report: { error: 0, code: GOOD }, hasRun: true });
    });

    it('AC-42 ends the program when its bytes were changed', async () => {
      expect(await load(TAMPERED)).toMatchObject({ body: { exitCode: ENDED }, hasRun: false });
    });

    it('AC-15 ends the program where users may write the file, whatever it says when it is read', async () => {
      expect(await load(`${OPEN}\\signed.dll`)).toMatchObject({ body: { exitCode: ENDED }, hasRun: false });
    });
  });
});
