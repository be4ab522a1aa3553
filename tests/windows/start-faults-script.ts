/**
 * Runs inside Windows, beside the native files: composes the agent, and lets one request fail at each call of Windows in
 * turn.
 */
import * as fs from 'node:fs';
import type { Agent } from '../../src/agent/index.ts';
import type { ElevateRequest } from '../../src/agent/contract.ts';
import type { Caller } from '../../src/agent/ports.ts';
import { isEpmError } from '../../src/model/errors.ts';
import { writeCredential } from '../../src/requests/credential.ts';
import { sealCredential } from '../../src/requests/sealed-credential.ts';
import { loadDlls, machineFolders, prepareDataFolder } from '../../src/windows/index.ts';
import { CallFaults, type FaultTarget } from './call-faults.ts';
import { failingDlls } from './failing-dlls.ts';
import { failFiles } from './failing-files.ts';
import { startFaultAgent, type FaultAgent } from './fault-agent.ts';
import { stateReader } from './fault-state.ts';
import { type FrameWay, nativeFaults } from './native-faults.ts';

/**
 * What fails: calls of the DLLs that TypeScript calls, those that the native part checks, or those of node:fs; in the broker
 * the calls that it checks, or frames of its pipes; or the broker is killed just before the program is resumed.
 */
export type Layer = 'dlls' | 'native' | 'files' | 'broker' | 'frames' | 'resume';

export interface SeriesPlan {
  readonly name: string;
  readonly request: ElevateRequest;
  /** What the question for Windows authentication is answered with; absent: there is none. */
  readonly user?: { readonly name: string; readonly password: string };
  readonly layer: Layer;
  /** Every call from the one on fails; absent: only that one. */
  readonly onwards?: true;
  /** 1: each call is one that fails. 5: each fifth. */
  readonly every: number;
  /** No broker is ready: the request starts one. Always so where something of the broker fails. */
  readonly fresh?: true;
  /** Of frames: how they go wrong, and the last one that does. */
  readonly way?: FrameWay;
  readonly upTo?: number;
}

export interface FaultRun {
  readonly failAt: number;
  /** What failed, or what failed first; empty: it was not made this time. */
  readonly call: string;
  /** Outcome with the reason of a denial, or the code of the error. */
  readonly answer: string;
  /** What is not as it was before the request; where everything fails, what a sweep does not remove. */
  readonly left: readonly string[];
  /** Of the records that were added. */
  readonly events: readonly string[];
  /** Of those that the question before the request has added; none where there is no question. */
  readonly asked: readonly string[];
}

export interface FaultSeries {
  /** Calls or checks of one request that nothing is wrong with; of the broker, which failed last. */
  readonly count: number;
  /** Names of those calls; of checks and of the broker only the number is known. */
  readonly calls: readonly string[];
  readonly runs: readonly FaultRun[];
  /** Open handles before the first failure and after the last. */
  readonly handles: readonly [number, number];
  readonly seconds: number;
}

export interface FaultReport {
  readonly series: Readonly<Record<string, FaultSeries>>;
  readonly verified: boolean;
}

/** A run before its records are read. */
type Span = Omit<FaultRun, 'events' | 'asked'> & {
  readonly asked: number;
  readonly first: number;
  readonly end: number;
  readonly count: number;
  readonly calls: readonly string[];
};

const [, , output = '', plansText = '[]', settleText = '0', endText = '0'] = process.argv;
const plans = JSON.parse(plansText) as readonly SeriesPlan[];
/** The broker cannot be asked how many checks it makes: when so many in a row are not made, there are no more. */
const MISSES = 3;
/** Milliseconds after which what is left stays, and after which a program that was started has ended. */
const SETTLE = Number(settleText);
const END = Number(endText);

const faults = { dlls: new CallFaults(), files: new CallFaults() };
const real = loadDlls();
const failing = failingDlls(real, faults.dlls);
let isBrokerKilled = false;
const dlls = {
  ...failing,
  native: {
    ...failing.native,
    epm_process_resume(started: number) {
      if (isBrokerKilled) machine.endBrokers();
      return failing.native.epm_process_resume(started);
    },
  },
};
const inNative = nativeFaults(real);
const folders = machineFolders(real.advapi32);
const data = prepareDataFolder(real, folders.programData);
const places = { profileFolders: `${folders.systemDrive}\\Users`, copies: data.copyFolder };
const machine = stateReader(real, places, data.profileState);

/** Waits until something is so, as long as it may take. */
async function until(isSo: () => boolean, limit: number): Promise<void> {
  for (const end = Date.now() + limit; !isSo() && Date.now() < end;)
    await new Promise((resolve) => setTimeout(resolve, 5));
}

async function once(
  { agent, caller, renew, sweep }: FaultAgent,
  plan: SeriesPlan,
  failAt: number,
  good: readonly string[],
): Promise<Span> {
  renew();
  // The one of the next start is made beside, and its calls would be counted.
  await until(machine.hasBroker, SETTLE);
  const before = machine.read();
  const asked = agent.journalHead.records;
  const request = await readyRequest(agent, caller, plan);
  const first = agent.journalHead.records;
  if (plan.fresh || isInBroker(plan)) machine.endBrokers();
  arm(plan, failAt, good);
  const answer = await answerOf(agent, caller, request);
  const { calls, count, made } = disarm(plan);
  const isStarted = answer === 'started';
  // The processes of its tree have records too; the tree counts until its profile is given back.
  const isOver = (): boolean =>
    agent.journalHead.records >= first + (isStarted ? 2 : 1) && agent.status(caller).running === 0;
  if (isStarted) await until(isOver, END);
  const changed = (): readonly string[] => machine.differences(before);
  // Where nothing could be given back, it is tried again, and the next start of the agent does the rest.
  for (const end = Date.now() + END; plan.onwards && Date.now() < end && changed().length > 0;) {
    await sweep();
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  await until(() => isOver() && changed().length === 0, SETTLE);
  const differs = changed();
  const call = isInNative(plan) ? inNative.failed() : made ? nameOf(plan, good, failAt) : '';
  // Where it was, should it end by itself.
  process.stdout.write(`${plan.name} ${failAt} ${call} ${answer}
`);
  if (differs.length > 0) await sweep();
  return { failAt, call, answer, left: differs, asked, first, end: agent.journalHead.records, count, calls };
}

async function series(agent: FaultAgent, plan: SeriesPlan): Promise<Omit<FaultSeries, 'runs'> & { runs: Span[] }> {
  // A thread of Node or Wine may have come meanwhile; what leaks does so each time.
  const twice = async (failAt: number, good: readonly string[]): Promise<Span> => {
    const run = await once(agent, plan, failAt, good);
    return run.left.some((each) => each.startsWith('handles')) ? once(agent, plan, failAt, good) : run;
  };
  const start = performance.now();
  // The first loads what is loaded once.
  await once(agent, plan, 0, []);
  const good = await twice(0, []);
  const runs = [good];
  const before = machine.handles();
  const last = isInBroker(plan) ? (plan.upTo ?? Infinity) : plan.layer === 'resume' ? 1 : good.count;
  let misses = 0;
  for (let failAt = 1; failAt <= last && misses < MISSES; failAt += plan.every) {
    const run = await twice(failAt, good.calls);
    misses = isInBroker(plan) && run.call === '' ? misses + 1 : 0;
    runs.push(run);
  }
  const failedLast = runs.findLast(({ failAt, call }) => failAt > 0 && call !== '')?.failAt ?? 0;
  const after = machine.handles();
  runs.push(await twice(0, []));
  const calls = good.calls.map((_, at) => nameOf(plan, good.calls, at + 1));
  const count = isInBroker(plan) || plan.layer === 'resume' ? failedLast : good.count;
  const seconds = Math.round((performance.now() - start) / 1000);
  return { count, calls, runs, handles: [before, after], seconds };
}

const isInBroker = ({ layer }: SeriesPlan): boolean => layer === 'broker' || layer === 'frames';
const isInNative = (plan: SeriesPlan): boolean => plan.layer === 'native' || isInBroker(plan);

function arm(plan: SeriesPlan, failAt: number, good: readonly string[]): void {
  switch (plan.layer) {
    case 'dlls':
    case 'files':
      return faults[plan.layer].arm(targetOf(plan, good, failAt));
    case 'native':
      return inNative.armChecks(failAt, plan.onwards === true);
    case 'broker':
      return failAt === 0 ? undefined : inNative.armBroker(failAt);
    case 'frames':
      return failAt === 0 ? undefined : inNative.armFrame(failAt, plan.way ?? 'before');
    case 'resume':
      isBrokerKilled = failAt > 0;
  }
}

/** @returns the calls that were made, how many, and whether one of them failed */
function disarm({ layer }: SeriesPlan): {
  readonly calls: readonly string[];
  readonly count: number;
  readonly made: boolean;
} {
  const made = isBrokerKilled;
  isBrokerKilled = false;
  if (layer !== 'dlls' && layer !== 'files') return { calls: [], count: inNative.disarm(), made };
  const calls = faults[layer].disarm();
  return { calls, count: calls.length, made: faults[layer].hasFailed };
}

async function main(): Promise<FaultReport> {
  const agent = await startFaultAgent(real, dlls, folders, data);
  const all = [];
  for (const plan of plans) all.push([plan.name, await series(agent, plan)] as const);
  const { verified, events } = await agent.end();
  const withEvents = all.map(([name, { runs, ...rest }]) => [
    name,
    {
      ...rest,
      runs: runs.map(({ failAt, call, answer, left, asked, first, end }) => {
        return { failAt, call, answer, left, events: events.slice(first, end), asked: events.slice(asked, first) };
      }),
    },
  ]);
  return { series: Object.fromEntries(withEvents) as FaultReport['series'], verified };
}

/** A call by its number, or by its name and which of the calls of that name it is. */
function targetOf({ onwards }: SeriesPlan, calls: readonly string[], number: number): FaultTarget | undefined {
  const name = calls[number - 1];
  if (name === undefined) return undefined;
  if (onwards) return { from: number };
  return { name, time: calls.slice(0, number).filter((each) => each === name).length };
}

/** Files are few: of their calls it is told which of the calls of the same name it was, from the second on. */
function nameOf({ layer }: SeriesPlan, calls: readonly string[], number: number): string {
  if (layer === 'resume') return 'broker killed';
  const name = calls[number - 1] ?? '';
  const time = calls.slice(0, number).filter((each) => each === name).length;
  return layer === 'files' && time > 1 ? `${name} ${time}` : name;
}

/** The request, with the answer to its question where it has one. */
async function readyRequest(agent: Agent, caller: Caller, { request, user }: SeriesPlan): Promise<ElevateRequest> {
  if (user === undefined) return request;
  const question = await ask(agent, caller, request);
  if (question.outcome !== 'needs' || question.authentication === undefined)
    throw new Error(`no question: ${JSON.stringify(question)}`);
  const password = Buffer.from(user.password, 'utf16le');
  const credential = writeCredential({ form: 'password', userName: user.name, password });
  const { ticket, authentication } = question;
  return { ...request, ticket, credential: sealCredential(credential, ticket, authentication.key) };
}

function ask(agent: Agent, caller: Caller, request: ElevateRequest): ReturnType<Agent['elevate']> {
  const never = new AbortController().signal;
  return agent.elevate(caller, request, {
    cancelled: never,
    disconnected: never,
    waiting: () => undefined,
    started: () => undefined,
    output: () => Promise.resolve(false),
  });
}

async function answerOf(agent: Agent, caller: Caller, request: ElevateRequest): Promise<string> {
  try {
    const result = await ask(agent, caller, request);
    return result.outcome === 'denied' ? `denied ${result.reason}` : result.outcome;
  } catch (error) {
    return isEpmError(error) ? error.code : `foreign: ${String(error)}`;
  }
}

failFiles(faults.files);
void main().then(
  (report) => fs.writeFileSync(output, JSON.stringify(report)),
  (error: unknown) => {
    process.stderr.write(error instanceof Error ? (error.stack ?? error.message) : String(error));
    process.exit(1);
  },
);
