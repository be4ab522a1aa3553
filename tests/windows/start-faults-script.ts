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

/** Which calls fail: of the DLLs that TypeScript calls, those that the native part checks, or those of node:fs. */
export type Layer = 'dlls' | 'native' | 'files';

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
}

export interface FaultSeries {
  /** Calls or checks of one request that nothing is wrong with. */
  readonly count: number;
  /** Names of those calls; of checks only the number is known. */
  readonly calls: readonly string[];
  readonly runs: readonly FaultRun[];
  /** Open handles before the first failure and after the last. */
  readonly handles: readonly [number, number];
}

export interface FaultReport {
  readonly series: Readonly<Record<string, FaultSeries>>;
  readonly verified: boolean;
}

/** A run before its records are read. */
type Span = Omit<FaultRun, 'events'> & {
  readonly first: number;
  readonly end: number;
  readonly count: number;
  readonly calls: readonly string[];
};

const [, , output = '', plansText = '[]', settleText = '0', endText = '0'] = process.argv;
const plans = JSON.parse(plansText) as readonly SeriesPlan[];
const FAIL_CHECK = 'EPM_TEST_FAIL_CHECK';
const FAILED_CHECK = 'EPM_TEST_FAILED_CHECK';
/** More checks than any request has. */
const MANY = 1_000_000;
/** Milliseconds after which what is left stays, and after which a program that was started has ended. */
const SETTLE = Number(settleText);
const END = Number(endText);

const faults = { dlls: new CallFaults(), files: new CallFaults() };
const real = loadDlls();
const dlls = failingDlls(real, faults.dlls);
const folders = machineFolders(real.advapi32);
const data = prepareDataFolder(real, folders.programData);
const machine = stateReader(real, { profileFolders: `${folders.systemDrive}\\Users`, copies: data.copyFolder });

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
  const request = await readyRequest(agent, caller, plan);
  const first = agent.journalHead.records;
  const isNative = plan.layer === 'native';
  const armed = plan.layer === 'native' ? undefined : faults[plan.layer];
  armed?.arm(targetOf(plan, good, failAt));
  if (isNative) process.env[FAIL_CHECK] = `${failAt === 0 ? MANY : failAt}${plan.onwards ? '+' : ''}@${process.pid}`;
  const answer = await answerOf(agent, caller, request);
  const left = Number.parseInt(process.env[FAIL_CHECK] ?? '0', 10);
  Reflect.deleteProperty(process.env, FAIL_CHECK);
  const calls = armed?.disarm() ?? [];
  const isMade = armed?.hasFailed ?? false;
  const call = isNative ? (process.env[FAILED_CHECK] ?? '') : isMade ? nameOf(plan, good, failAt) : '';
  Reflect.deleteProperty(process.env, FAILED_CHECK);
  const isStarted = answer === 'started';
  const isOver = (): boolean => agent.journalHead.records >= first + (isStarted ? 2 : 1);
  if (isStarted) await until(isOver, END);
  const changed = (): readonly string[] => machine.differences(before);
  // Where nothing could be given back, it is tried again, and the next start of the agent does the rest.
  for (const end = Date.now() + END; plan.onwards && Date.now() < end && changed().length > 0;) {
    await sweep();
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  await until(() => isOver() && changed().length === 0, SETTLE);
  const differs = changed();
  // Where it was, should it end by itself.
  process.stdout.write(`${plan.name} ${failAt} ${call} ${answer}
`);
  if (differs.length > 0) await sweep();
  const count = isNative ? MANY - left : calls.length;
  return { failAt, call, answer, left: differs, first, end: agent.journalHead.records, count, calls };
}

async function series(agent: FaultAgent, plan: SeriesPlan): Promise<Omit<FaultSeries, 'runs'> & { runs: Span[] }> {
  // A thread of Node or Wine may have come meanwhile; what leaks does so each time.
  const twice = async (failAt: number, good: readonly string[]): Promise<Span> => {
    const run = await once(agent, plan, failAt, good);
    return run.left.some((each) => each.startsWith('handles')) ? once(agent, plan, failAt, good) : run;
  };
  // The first loads what is loaded once.
  await once(agent, plan, 0, []);
  const good = await twice(0, []);
  const runs = [good];
  const before = machine.handles();
  for (let failAt = 1; failAt <= good.count; failAt += plan.every) runs.push(await twice(failAt, good.calls));
  const after = machine.handles();
  runs.push(await twice(0, []));
  const calls = good.calls.map((_, at) => nameOf(plan, good.calls, at + 1));
  return { count: good.count, calls, runs, handles: [before, after] };
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
      runs: runs.map(({ failAt, call, answer, left, first, end }) => {
        return { failAt, call, answer, left, events: events.slice(first, end) };
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
