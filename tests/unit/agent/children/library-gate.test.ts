/** What an elevated tree may load where its rule has the gate for libraries, and what runs of a copied folder. */
import { afterEach, describe, expect, it, vi } from 'vitest';
import { FACTS_TIME } from '../../../../src/agent/children/limits.ts';
import { createAgent, type Agent } from '../../../../src/agent/index.ts';
import type { AuditRecord } from '../../../../src/model/audit-record.ts';
import { sha256 } from '../../../../src/model/brands.ts';
import { EpmError } from '../../../../src/model/errors.ts';
import type { PlaceFacts, SignatureFacts } from '../../../../src/model/file-facts.ts';
import type { RuleInput } from '../../../../src/model/rule.ts';
import type { SettingsInput } from '../../../../src/model/settings.ts';
import {
  administrator,
  caller,
  context,
  COPIES,
  FakeMachine,
  type FakeFile,
  hashOf,
  program,
  SETUP,
} from '../fake-machine.ts';

const SYSTEM = 'C:\\Windows\\System32\\version.dll';
const PLANTED = 'C:\\Users\\alice\\Downloads\\version.dll';
const SIGNED = 'C:\\Shared\\plugin.dll';
const PUBLISHER = sha256('ab'.repeat(32));
const COPY = `${COPIES}\\00000000000000000001`;

afterEach(() => {
  vi.useRealTimers();
});

function signature(more: Partial<SignatureFacts> = {}): SignatureFacts {
  return {
    leaf: { sha256: PUBLISHER, subject: 'CN=Contoso' },
    issuers: [],
    trusted: true,
    validNow: true,
    validAtTimestamp: true,
    revocation: 'good',
    ...more,
  };
}

const CERTIFICATE = { certificate: { type: 'publisher', sha256: PUBLISHER } } as const;

interface Tree {
  readonly machine: FakeMachine;
  readonly agent: Agent;
  readonly result: Promise<object>;
}

/** @param writable users may write setup.exe, so that it runs from a copy */
async function tree(
  rule: Partial<RuleInput> = { libraryGate: true },
  { settings = {}, writable = false }: { readonly settings?: SettingsInput; readonly writable?: boolean } = {},
): Promise<Tree> {
  const machine = new FakeMachine();
  machine.build = { isWine: false, isTestBuild: true };
  const setup = machine.addFile(SETUP);
  setup.writableByUsers = writable;
  setup.known = { signatures: [signature()] };
  machine.addFile(SYSTEM);
  put(machine, PLANTED, { fileWritableByUsers: true, folderWritableByUsers: true });
  put(machine, SIGNED, { fileWritableByUsers: false, folderWritableByUsers: true }, [signature()]);
  const named = { name: 'Setup', type: 'automatic', fileName: 'setup.exe', fileHash: hashOf(setup.bytes) } as const;
  machine.addPolicy([{ ...named, ...rule }], { enabled: true, ...settings });
  for (const name of ['signed.dll', 'planted.dll', 'helper.exe', 'signed.exe']) {
    const file = put(machine, `C:\\Tools\\${name}`, {}, name.startsWith('signed') ? [signature()] : []);
    file.bytes = program(name);
  }
  const agent = await createAgent(machine.ports(), { version: '1', processId: 1 });
  const result = agent.elevate(caller(), { path: SETUP, wait: true }, context().value);
  await expect.poll(() => machine.processes[0]?.resumed).toBe(true);
  return { machine, agent, result };
}

function put(
  machine: FakeMachine,
  path: string,
  place: PlaceFacts,
  signatures: readonly SignatureFacts[] = [],
): FakeFile {
  const file = machine.addFile(path);
  file.writableByUsers = true;
  file.known = { place, signatures };
  return file;
}

async function end({ machine, agent, result }: Tree): Promise<void> {
  machine.process.exit(0);
  await result;
  await agent.stop();
  expect(machine.openHandles).toBe(0);
}

function denied(machine: FakeMachine): AuditRecord[] {
  return machine.records().filter(({ event }) => event === 'libraryDenied');
}

describe('AC-29 a library', () => {
  it('is not asked about without the option', async () => {
    const here = await tree({});
    expect(here.machine.process.request.judge?.library).toBeUndefined();
    await end(here);
  });

  it('that only administrators may write is loaded, leaves no record, and is opened once', async () => {
    const here = await tree();
    const { machine } = here;
    for (let at = 0; at < 3; at += 1) expect(await machine.loadLibrary(SYSTEM).judged).toBe('ran');
    expect(machine.librariesOpened).toEqual([SYSTEM]);
    expect(denied(machine)).toEqual([]);
    await end(here);
  });

  it('that users may write ends the process that loads it, with a record, and the waiting client is told', async () => {
    const here = await tree();
    const { machine } = here;
    expect(await machine.loadLibrary(PLANTED).judged).toBe('ended');
    expect(denied(machine)).toMatchObject([
      {
        event: 'libraryDenied',
        reason: 'userWritableLibrary',
        elevationType: 'denied',
        filePath: PLANTED,
        hash: hashOf(program()),
        processId: machine.process.processId,
        parentProcessName: SETUP,
        rule: { name: 'Setup' },
        requestId: machine.records().find(({ event }) => event === 'elevationStarting')?.requestId,
      },
    ]);
    machine.process.exit(0xc000_0022);
    expect(await here.result).toMatchObject({
      outcome: 'finished',
      exitCode: 0xc000_0022,
      exitReason: 'libraryRefused',
      endedChildren: [{ path: SETUP, library: PLANTED, reason: 'userWritableLibrary', count: 1 }],
    });
    expect(machine.records().find(({ event }) => event === 'elevationEnded')).toMatchObject({
      reason: 'libraryRefused',
    });
    await end(here);
  });

  it('that a child loads ends the child only', async () => {
    const here = await tree({ libraryGate: true, childProcesses: 'allow' });
    const { machine } = here;
    const child = machine.startChild(SYSTEM);
    expect(await child.judged).toBe('ran');
    expect(await machine.loadLibrary(PLANTED, child).judged).toBe('ended');
    expect(denied(machine)).toMatchObject([{ processId: child.processId, parentProcessName: SYSTEM }]);
    machine.process.exit(0);
    const result = await here.result;
    expect(result).toMatchObject({ endedChildren: [{ path: SYSTEM, library: PLANTED }] });
    expect(result).not.toHaveProperty('exitReason');
    await end(here);
  });

  it.each([true, undefined])('of which it is %s that users may write it is not loaded', async (writable) => {
    const here = await tree();
    const { machine } = here;
    const file = machine.addFile('C:\\Tools\\unknown.dll');
    file.writableByUsers = writable;
    expect(await machine.loadLibrary('C:\\Tools\\unknown.dll').judged).toBe('ended');
    await end(here);
  });

  it('is judged by its name as well: a second name of a file of Windows can lie where users may write', async () => {
    const here = await tree();
    const { machine } = here;
    expect(await machine.loadLibrary(SYSTEM).judged).toBe('ran');
    const link = machine.addFile('C:\\Users\\alice\\link.dll');
    link.id = machine.files.get(SYSTEM.toUpperCase())?.id ?? link.id;
    link.writableByUsers = true;
    expect(await machine.loadLibrary('C:\\Users\\alice\\link.dll').judged).toBe('ended');
    await end(here);
  });

  it('that Windows does not name, or that cannot be opened, is not loaded', async () => {
    const here = await tree();
    const { machine } = here;
    expect(await machine.loadLibrary('C:\\Gone\\gone.dll').judged).toBe('ended');
    expect(denied(machine)).toMatchObject([{ reason: 'libraryUnknown', errorCode: 'EPM_FILE_PLACE_REFUSED' }]);
    await end(here);
  });

  it('may be the program itself, which reads its own resources', async () => {
    const here = await tree();
    expect(await here.machine.loadLibrary(SETUP).judged).toBe('ran');
    await end(here);
  });

  it('is judged in a tree that may start nothing, which then still starts nothing', async () => {
    const here = await tree({ libraryGate: true, childProcesses: 'deny' });
    const { machine } = here;
    expect(machine.process.request.activeProcessLimit).toBe(1);
    expect(await machine.startChild(SYSTEM).judged).toBe('ended');
    expect(await machine.loadLibrary(PLANTED).judged).toBe('ended');
    await end(here);
  });

  it('without a record ends the process too', async () => {
    const here = await tree();
    const { machine } = here;
    machine.journal.fails = true;
    expect(await machine.loadLibrary(PLANTED).judged).toBe('ended');
    machine.journal.fails = false;
    await end(here);
  });

  it('that is loaded again and again is recorded as often as the quota of its user lets it, and counted', async () => {
    const here = await tree();
    const { machine } = here;
    for (let at = 0; at < 200; at += 1) expect(await machine.loadLibrary(PLANTED).judged).toBe('ended');
    machine.process.exit(0);
    expect(await here.result).toMatchObject({ endedChildren: [{ library: PLANTED, count: 200 }] });
    await end(here);
  });
});

describe('a library that the certificate of the rule signs', () => {
  it('is loaded where users may write its folder but not itself', async () => {
    const here = await tree({ libraryGate: true, ...CERTIFICATE });
    expect(await here.machine.loadLibrary(SIGNED).judged).toBe('ran');
    await end(here);
  });

  it('is not loaded by a rule without a certificate', async () => {
    const here = await tree();
    expect(await here.machine.loadLibrary(SIGNED).judged).toBe('ended');
    await end(here);
  });

  it('is not loaded where users may write it: what is mapped need not be what is read', async () => {
    const here = await tree({ libraryGate: true, ...CERTIFICATE });
    const { machine } = here;
    put(machine, SIGNED, { fileWritableByUsers: true, folderWritableByUsers: true }, [signature()]);
    expect(await machine.loadLibrary(SIGNED).judged).toBe('ended');
    put(machine, SIGNED, {}, [signature()]);
    expect(await machine.loadLibrary(SIGNED).judged).toBe('ended');
    await end(here);
  });

  it.each<[string, Partial<SignatureFacts>, Partial<RuleInput>, 'ran' | 'ended']>([
    ['somebody else', { leaf: { sha256: sha256('cd'.repeat(32)), subject: 'CN=Contoso' } }, {}, 'ended'],
    ['an untrusted chain', { trusted: false }, {}, 'ended'],
    ['a revoked certificate', { revocation: 'revoked' }, {}, 'ended'],
    ['a certificate of unknown revocation', { revocation: 'unknown' }, {}, 'ended'],
    ['an expired certificate', { validNow: false, validAtTimestamp: false }, {}, 'ended'],
    ['a timestamp that does not count', { validNow: false }, { acceptTimestamped: false }, 'ended'],
    ['a timestamp that counts', { validNow: false }, { acceptTimestamped: true }, 'ran'],
  ])('counts as the program itself would: %s', async (_name, faults, rule, expected) => {
    const here = await tree({ libraryGate: true, ...CERTIFICATE, ...rule });
    const { machine } = here;
    put(machine, SIGNED, { fileWritableByUsers: false, folderWritableByUsers: true }, [signature(faults)]);
    expect(await machine.loadLibrary(SIGNED).judged).toBe(expected);
    await end(here);
  });

  it('is judged by the settings of the moment', async () => {
    const here = await tree({ libraryGate: true, ...CERTIFICATE });
    const { machine, agent } = here;
    const unknown = signature({ revocation: 'unknown' });
    put(machine, SIGNED, { fileWritableByUsers: false, folderWritableByUsers: true }, [unknown]);
    expect(await machine.loadLibrary(SIGNED).judged).toBe('ended');
    machine.addPolicy([], { enabled: true, revocationUnknown: 'accept' });
    await agent.reload(administrator());
    expect(await machine.loadLibrary(SIGNED).judged).toBe('ran');
    await end(here);
  });

  it('that cannot be read, or is not read in time, is not loaded, and the record says why', async () => {
    const here = await tree({ libraryGate: true, ...CERTIFICATE });
    const { machine } = here;
    const file = machine.files.get(SIGNED.toUpperCase());
    if (file === undefined) throw new Error('no file');
    file.afterFacts = () => Promise.reject(new EpmError('EPM_FILE_UNREADABLE', 'It is gone.'));
    expect(await machine.loadLibrary(SIGNED).judged).toBe('ended');
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    file.afterFacts = () => new Promise<void>(() => undefined);
    const late = machine.loadLibrary(SIGNED);
    // Another process goes on meanwhile.
    expect(await machine.loadLibrary(SYSTEM).judged).toBe('ran');
    await vi.advanceTimersByTimeAsync(FACTS_TIME + 1);
    expect(await late.judged).toBe('ended');
    vi.useRealTimers();
    expect(denied(machine).map(({ errorCode }) => errorCode)).toEqual(['EPM_FILE_UNREADABLE', 'EPM_FILE_TIMEOUT']);
    await end(here);
  });
});

describe('F3 a copied folder', () => {
  const copying = { copyFolder: true, ...CERTIFICATE };

  it('lies beside the copy, and of its libraries only the signed ones are loaded', async () => {
    const here = await tree(copying, { writable: true });
    const { machine } = here;
    expect(machine.process.request.path).toBe(`${COPY}\\setup.exe`);
    expect(machine.neighboursCopied).toBe(4);
    expect(await machine.loadLibrary(`${COPY}\\signed.dll`).judged).toBe('ran');
    expect(await machine.loadLibrary(SYSTEM).judged).toBe('ran');
    expect(await machine.loadLibrary(`${COPY}\\planted.dll`).judged).toBe('ended');
    expect(denied(machine)).toMatchObject([{ reason: 'unsignedNeighbour', filePath: `${COPY}\\planted.dll` }]);
    await end(here);
    expect(machine.copies.size).toBe(0);
  });

  it('has no library that is loaded by a rule without a certificate', async () => {
    const here = await tree({ copyFolder: true }, { writable: true });
    expect(await here.machine.loadLibrary(`${COPY}\\signed.dll`).judged).toBe('ended');
    await end(here);
  });

  it('holds no program that runs because everything may: it needs the certificate, or a rule of its own', async () => {
    const settings = { denyReachesChildren: false };
    const here = await tree({ ...copying, childProcesses: 'allow' }, { writable: true, settings });
    const { machine, agent } = here;
    const start = async (path: string): Promise<string> => {
      const file = machine.copies.get(path.toUpperCase());
      if (file !== undefined) machine.files.set(path.toUpperCase(), file);
      return machine.startChild(path).judged;
    };
    expect(await start(`${COPY}\\signed.exe`)).toBe('ran');
    expect(await start(SYSTEM)).toBe('ran');
    expect(await start(`${COPY}\\helper.exe`)).toBe('ended');
    expect(machine.records().at(-1)).toMatchObject({ event: 'childDenied', reason: 'noRule' });
    machine.addPolicy([
      { name: 'Helper', type: 'automatic', fileName: 'helper.exe', fileHash: hashOf(program('helper.exe')) },
    ]);
    await agent.reload(administrator());
    expect(await start(`${COPY}\\helper.exe`)).toBe('ran');
    await end(here);
  });

  it('is not copied where the program runs in place, for a dry run, or without the option', async () => {
    for (const [rule, writable] of [
      [copying, false],
      [{ libraryGate: true }, true],
    ] as const) {
      const here = await tree(rule, { writable });
      expect(here.machine.neighboursCopied).toBe(0);
      await here.agent.test(caller(), { path: SETUP }, context().value);
      expect(here.machine.neighboursCopied).toBe(0);
      await end(here);
    }
  });

  it.each(['folderTooLarge', 'folderUnusable', 'folderChanged', 'diskFull'])(
    'that cannot be copied (%s) denies the request, and nothing is left',
    async (reason) => {
      const machine = new FakeMachine();
      const setup = machine.addFile(SETUP);
      setup.writableByUsers = true;
      machine.addPolicy([
        { name: 'Setup', type: 'automatic', fileName: 'setup.exe', fileHash: hashOf(setup.bytes), copyFolder: true },
      ]);
      machine.neighboursFault = new EpmError('EPM_COPY_FAILED', 'No.', { data: { reason } });
      const agent = await createAgent(machine.ports(), { version: '1', processId: 1 });
      await expect(agent.elevate(caller(), { path: SETUP }, context().value)).rejects.toMatchObject({
        code: 'EPM_COPY_FAILED',
        data: { reason },
      });
      expect(machine.records().at(-1)).toMatchObject({ event: 'elevationDenied', errorCode: 'EPM_COPY_FAILED' });
      expect(machine.processes).toEqual([]);
      expect(machine.copies.size).toBe(0);
      await agent.stop();
      expect(machine.openHandles).toBe(0);
    },
  );
});
