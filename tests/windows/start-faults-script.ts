/**
 * Runs inside Windows, beside the native files: composes the agent, and lets one request fail at each call of Windows in
 * turn. The requester is whoever connects to the pipe first and stays.
 */
import * as fs from 'node:fs';
import { createAgent, type Agent } from '../../src/agent/index.ts';
import { EventLog, withEvents } from '../../src/agent/event-entries.ts';
import type { ElevateRequest } from '../../src/agent/contract.ts';
import type { Caller, Connection } from '../../src/agent/ports.ts';
import { openJournalFolder } from '../../src/audit/file-storage.ts';
import { verifyJournal } from '../../src/audit/verify.ts';
import { agentPorts, CLOCK } from '../../src/cli/agent/agent-ports.ts';
import { DigestWorker } from '../../src/facts/digest-worker.ts';
import { MAX_MESSAGE, PIPE_NAMES } from '../../src/ipc/protocol.ts';
import { isEpmError } from '../../src/model/errors.ts';
import {
  createAccountFactory,
  createEventEntries,
  createFileOpener,
  createMachineTrust,
  createConfirmation,
  createPipeServer,
  createPolicySource,
  createProfileKeeper,
  createProtectedCopies,
  loadDlls,
  machineFolders,
  openAgentState,
  openLog,
  prepareDataFolder,
  startEventLoop,
} from '../../src/windows/index.ts';
import { loadKoffi } from '../../src/windows/dll/koffi.ts';
import { nativeFile } from '../../src/windows/native-files.ts';
import { readKey } from '../../src/windows/registry/key.ts';
import { FailingDlls } from './failing-dlls.ts';

/** Which calls fail: of the DLLs that TypeScript calls, or those that the native part checks. */
export type Layer = 'dlls' | 'native';

export interface FaultRun {
  readonly failAt: number;
  /** What failed. */
  readonly call: string;
  /** Outcome with the reason of a denial, or the code of the error. */
  readonly answer: string;
  /** What is not as it was before the request. */
  readonly left: readonly string[];
  /** Of the records that were added. */
  readonly events: readonly string[];
}

export interface FaultSeries {
  /** Calls or checks of one request that nothing is wrong with. */
  readonly count: number;
  /** Names of those calls. */
  readonly calls: readonly string[];
  readonly runs: readonly FaultRun[];
}

export interface FaultReport {
  readonly series: Readonly<Record<string, FaultSeries>>;
  readonly verified: boolean;
}

const [, , output = '', requestsText = '[]', limitText = '0'] = process.argv;
const requests = JSON.parse(requestsText) as Readonly<Record<string, ElevateRequest>>;
const FAIL_CHECK = 'EPM_TEST_FAIL_CHECK';
const FAILED_CHECK = 'EPM_TEST_FAILED_CHECK';
/**
 * Calls that give a handle, or a key, which nobody has yet when they are told to have failed after they gave it. In the truth
 * they give none then.
 */
const LOST_HANDLE = new Set([
  'RegCreateKeyExW',
  'RegOpenKeyExW',
  'CreateProcessAsUserW',
  'RegisterWaitForSingleObject',
]);
/** More checks than any request has. */
const MANY = 1_000_000;
/** Milliseconds after which what is left stays. */
const SETTLE = Number(limitText);

const real = loadDlls();
const failing = new FailingDlls();
const dlls = failing.of(real);
const folders = machineFolders(real.advapi32);
const data = prepareDataFolder(real, folders.programData);
const events = startEventLoop(real.native, (error) => {
  throw error;
});

const kernel32 = loadKoffi(nativeFile('koffi.node')).load('kernel32.dll');
const snapshotOf = kernel32.func('intptr_t __stdcall CreateToolhelp32Snapshot(uint32_t flags, uint32_t process)');
const firstOf = kernel32.func('int __stdcall Process32FirstW(intptr_t snapshot, _Inout_ uint8_t *entry)');
const nextOf = kernel32.func('int __stdcall Process32NextW(intptr_t snapshot, _Inout_ uint8_t *entry)');
/** PROCESSENTRY32W on x64 (tlhelp32.h): its size, the process, its parent, its name. */
const ENTRY = { size: 568, process: 8, parent: 32, name: 44 };
const BROKER = 'epmbroker.exe';

/** What this process, or a broker of it, has started. Of brokers one stays, now this and now that process. */
function children(): readonly string[] {
  const entry = Buffer.alloc(ENTRY.size);
  entry.writeUInt32LE(ENTRY.size, 0);
  const snapshot = snapshotOf(2, 0) as number;
  const all: { readonly id: number; readonly parent: number; readonly name: string }[] = [];
  for (let more = firstOf(snapshot, entry) as number; more !== 0; more = nextOf(snapshot, entry) as number) {
    const name = entry.toString('utf16le', ENTRY.name).split('\0', 1)[0] ?? '';
    all.push({ id: entry.readUInt32LE(ENTRY.process), parent: entry.readUInt32LE(ENTRY.parent), name });
  }
  real.kernel32.CloseHandle(snapshot);
  const own = all.filter(({ parent }) => parent === process.pid);
  const brokers = own.filter(({ name }) => name === BROKER).map(({ id }) => id);
  const theirs = all.filter(({ parent }) => brokers.includes(parent));
  return [...own, ...theirs].map(({ id, name }) => (name === BROKER ? name : String(id)));
}

function valuesOf(key: string): readonly string[] {
  return readKey(real.advapi32, 'HKLM', key, (open) => open.valueNames()) ?? [];
}

function subkeysOf(root: 'HKLM' | 'HKU', key: string): readonly string[] {
  return readKey(real.advapi32, root, key, (open) => open.subkeyNames()) ?? [];
}

function namesIn(folder: string): readonly string[] {
  return fs.existsSync(folder) ? fs.readdirSync(folder) : [];
}

const informationOf = kernel32.func('int __stdcall GetHandleInformation(intptr_t handle, _Out_ uint32_t *flags)');
/** Handles are multiples of four; this process has far fewer than these. */
const LAST_HANDLE = 4 * 1024;

/** Numbers of the handles that are open; Wine does not count them. */
function handles(): readonly string[] {
  const open: string[] = [];
  for (let handle = 4; handle <= LAST_HANDLE; handle += 4) {
    if (informationOf(handle, [0]) !== 0) open.push(String(handle));
  }
  return [String(open.length)];
}

/** Everything that a request could leave. */
function state(): Readonly<Record<string, string>> {
  const lists = {
    handles: handles(),
    processes: children(),
    names: valuesOf('SOFTWARE\\EPM Test Bed\\Names'),
    rights: valuesOf('SOFTWARE\\EPM Test Bed\\Rights'),
    hives: subkeysOf('HKU', ''),
    profiles: subkeysOf('HKLM', 'SOFTWARE\\Microsoft\\Windows NT\\CurrentVersion\\ProfileList'),
    profileFolders: namesIn(`${folders.systemDrive}\\Users`),
    copies: namesIn(data.copyFolder),
  };
  const texts = Object.entries(lists).map(([name, list]) => [name, list.toSorted().join(', ')] as const);
  return Object.fromEntries(texts);
}

function differences(before: Readonly<Record<string, string>>): readonly string[] {
  const after = state();
  // Threads that wait for the next work come and go with theirs.
  const isMore = (name: string): boolean =>
    name === 'handles' ? Number(after[name]) > Number(before[name]) : after[name] !== before[name];
  return Object.keys(after)
    .filter(isMore)
    .map((name) => `${name}: ${before[name] ?? ''} -> ${after[name] ?? ''}`);
}

/** Waits until something is so, as long as it may take. */
async function until(isSo: () => boolean): Promise<void> {
  for (const end = Date.now() + SETTLE; !isSo() && Date.now() < end;)
    await new Promise((resolve) => setTimeout(resolve, 5));
}

async function main(): Promise<FaultReport> {
  const file = openLog(data.logFolder, () => CLOCK.now());
  const eventLog = new EventLog(createEventEntries(real), CLOCK);
  const log = withEvents(file, eventLog);
  const worker = new DigestWorker();
  const copies = createProtectedCopies(dlls, data.copyFolder, log);
  const profiles = createProfileKeeper(dlls, {
    systemRoot: folders.systemRoot,
    state: openAgentState(data.profileState),
    clock: CLOCK,
    log,
  });
  const journal = openJournalFolder(data.auditFolder);
  const trust = createMachineTrust(dlls);
  const newOpener = () => createFileOpener(dlls, { worker, copies, trust });
  const newAccounts = () => createAccountFactory(dlls, folders.systemRoot, openAgentState(data.accounts));
  // Made anew for each request, so that nothing is known from the one before and every call is made again.
  let opener = newOpener();
  let accounts = newAccounts();
  const parts = { events, folders, data, journal, copies, profiles, worker, log, eventLog };
  const agent = await createAgent(
    {
      ...agentPorts(dlls, parts),
      // Reads the policy again when a hive is loaded, beside the request.
      policies: createPolicySource(real, events, createConfirmation(real, folders)),
      opener: { open: (path, caller) => opener.open(path, caller) },
      accounts: {
        domain: () => accounts.domain(),
        create: (request) => accounts.create(request),
        sweep: () => accounts.sweep(),
      },
    },
    { version: 'faults', processId: process.pid },
  );
  const pipe = createPipeServer(real.native, events, {
    kind: 'user',
    name: PIPE_NAMES.user,
    maxMessage: MAX_MESSAGE,
    troubled: () => undefined,
    over: (error) => {
      throw error;
    },
  });
  let stopListening = (): void => undefined;
  const client = await new Promise<Connection>((resolve) => {
    stopListening = pipe.listen({ connection: resolve, refused: () => undefined });
    process.stdout.write('ready\n');
  });

  async function sweep(): Promise<void> {
    await profiles.removeAll();
    newAccounts().sweep();
  }

  async function once(
    request: ElevateRequest,
    layer: Layer,
    failAt: number,
    good: readonly string[],
  ): Promise<Omit<FaultRun, 'events'> & Span> {
    opener = newOpener();
    accounts = newAccounts();
    const before = state();
    const first = agent.journalHead.records;
    const isNative = layer === 'native';
    if (isNative) process.env[FAIL_CHECK] = String(failAt === 0 ? MANY : failAt);
    else failing.arm(targetOf(good, failAt));
    const answer = await answerOf(agent, client.caller, request);
    const left = Number(process.env[FAIL_CHECK] ?? '0');
    Reflect.deleteProperty(process.env, FAIL_CHECK);
    const calls = failing.disarm();
    const isStarted = answer === 'started';
    const isOver = (): boolean => agent.journalHead.records >= first + (isStarted ? 2 : 1);
    const call = isNative ? (process.env[FAILED_CHECK] ?? '') : (good[failAt - 1] ?? '');
    Reflect.deleteProperty(process.env, FAILED_CHECK);
    const isLost = isNative && LOST_HANDLE.has(call);
    // What was noted before it was made goes with the next sweep.
    if (isLost) await sweep();
    const changed = (): readonly string[] =>
      differences(before).filter((each) => !isLost || !each.startsWith('handles'));
    await until(() => isOver() && changed().length === 0);
    const differs = changed();
    if (differs.length > 0) await sweep();
    const count = isNative ? MANY - left : calls.length;
    return { failAt, call, answer, left: differs, first, end: agent.journalHead.records, count, calls };
  }

  const all: [string, (Omit<FaultRun, 'events'> & Span)[]][] = [];
  for (const [name, request] of Object.entries(requests)) {
    for (const layer of ['dlls'] as const) {
      // The first loads what is loaded once.
      await once(request, layer, 0, []);
      const good = await once(request, layer, 0, []);
      const runs = [good];
      for (let failAt = 1; failAt <= good.count; failAt += 1) {
        const run = await once(request, layer, failAt, good.calls);
        // A thread of Node or Wine may have come meanwhile; what leaks does so each time.
        const isLeak = run.left.some((each) => each.startsWith('handles'));
        runs.push(isLeak ? await once(request, layer, failAt, good.calls) : run);
      }
      runs.push(await once(request, layer, 0, []));
      all.push([`${name}, ${layer}`, runs]);
    }
  }
  const records: string[] = [];
  const verified = await verifyJournal(journal.read(), ({ event }) => void records.push(event));
  stopListening();
  client.close();
  await agent.stop();
  copies.close();
  profiles.close();
  await worker.dispose();
  file.close();
  await events.stop();
  const series = all.map(([name, runs]) => [
    name,
    {
      count: runs[0]?.count,
      calls: runs[0]?.calls,
      runs: runs.map(({ failAt, call, answer, left, first, end }) => {
        return { failAt, call, answer, left, events: records.slice(first, end) };
      }),
    },
  ]);
  return { series: Object.fromEntries(series) as FaultReport['series'], verified: verified.ok };
}

/** The name of a call by its number, and which of the calls of that name it is. */
function targetOf(calls: readonly string[], number: number): readonly [string, number] | undefined {
  const name = calls[number - 1];
  return name === undefined ? undefined : [name, calls.slice(0, number).filter((each) => each === name).length];
}

/** Records of the journal that belong to a request, and how many calls it made. */
interface Span {
  readonly first: number;
  readonly end: number;
  readonly count: number;
  readonly calls: readonly string[];
}

async function answerOf(agent: Agent, caller: Caller, request: ElevateRequest): Promise<string> {
  const never = new AbortController().signal;
  try {
    const result = await agent.elevate(caller, request, {
      cancelled: never,
      disconnected: never,
      waiting: () => undefined,
      started: () => undefined,
      output: () => Promise.resolve(false),
    });
    return result.outcome === 'denied' ? `denied ${result.reason}` : result.outcome;
  } catch (error) {
    return isEpmError(error) ? error.code : `foreign: ${String(error)}`;
  }
}

void main().then(
  (report) => fs.writeFileSync(output, JSON.stringify(report)),
  (error: unknown) => {
    process.stderr.write(error instanceof Error ? (error.stack ?? error.message) : String(error));
    process.exit(1);
  },
);
