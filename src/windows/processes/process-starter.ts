import type { ProcessStarter, StartedProcess, StartRequest, Unwatched } from '../../agent/ports.ts';
import { defined } from '../../model/defined.ts';
import { EpmError } from '../../model/errors.ts';
import { isVirtualAccount } from '../../agent/account-sids.ts';
import { CheckedObject } from '../checked-json.ts';
import type { EpmNative } from '../dll/epmnative.ts';
import { jsonCall, jsonCallLater } from '../dll/json-call.ts';
import { WIN32, windowsError } from '../dll/win32-error.ts';
import type { EventLoop } from '../events/event-loop.ts';
import type { ImageOpener } from '../files/file-opener.ts';
import type { BrokerPool } from './broker-pool.ts';
import { NativeOutput } from './native-output.ts';
import { judgeStopped } from './stopped-processes.ts';
import { tokenNumber } from '../tokens/account-factory.ts';
import { tokenFactsOf } from '../tokens/token-facts.ts';

/** SW_SHOWNORMAL. */
const SHOW_NORMAL = 1;
/** The one that the user sees. */
const USER_DESKTOP = 'winsta0\\default';
/** What epm_start.judge says. */
const JUDGED = { nothing: 0, processes: 1, all: 2 } as const;
/** Keeps Windows from giving a program under a debugger the slow heap that helps to debug it. */
const NO_DEBUG_HEAP = '_NO_DEBUG_HEAP=1';
const NO_INPUT = new Uint8Array();
/** As the native part writes them: lower- or upper-case hexadecimal. */
const VOLUME = /^[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$/;
const FILE = /^[0-9a-fA-F]{32}$/;

/**
 * Starts programs suspended, in a job, under a token of the account factory beside this folder, by a process of
 * epmbroker.exe that is kept ready.
 */
export function createProcessStarter(
  native: EpmNative,
  events: EventLoop,
  images: ImageOpener,
  brokers: BrokerPool,
): ProcessStarter {
  brokers.prepare();
  return {
    async start(request: StartRequest): Promise<StartedProcess> {
      const { judge, token } = request;
      const { user } = token.facts();
      // What an isolated account has unpacked is its own. What a person may write, others of their programs may change.
      const own: ReadonlySet<string> = new Set(isVirtualAccount(user) ? [user] : []);
      return brokers.run(judge === undefined ? 'kept' : 'given', async (broker) => {
        const started: [number] = [0];
        const start = startOf(request, broker);
        const answer = await jsonCallLater(
          'epm_process_start',
          (...out) => native.epm_process_start.async(start, started, ...out),
          'EPM_START_FAILED',
        );
        try {
          // Also keeps the bytes that the call reads for as long as it takes.
          const process = startedProcess(native, events, started[0], answer, start.streams === 1);
          if (judge === undefined) return process;
          const stop = judgeStopped({ native, number: started[0], judge, images, own }, events);
          return {
            ...process,
            release() {
              stop();
              process.release();
            },
          };
        } catch (error) {
          native.epm_process_terminate(started[0], 1);
          native.epm_process_release(started[0]);
          throw error;
        }
      });
    },
  };
}

type NativeStart = Parameters<EpmNative['epm_process_start']['async']>[0];

function startOf(request: StartRequest, broker: number): NativeStart {
  return {
    broker,
    judge:
      request.judge === undefined
        ? JUDGED.nothing
        : request.judge.library === undefined
          ? JUDGED.processes
          : JUDGED.all,
    token: tokenNumber(request.token),
    path: request.path,
    command_line: request.commandLine,
    environment: environmentBlock(
      request.judge === undefined ? request.environment : [...request.environment, NO_DEBUG_HEAP],
    ),
    directory: request.directory,
    process_sddl: request.processSddl,
    token_sddl: request.tokenSddl,
    active_process_limit: request.activeProcessLimit,
    kill_with_agent: request.killWithAgent ? 1 : 0,
    desktop: request.desktop ?? USER_DESKTOP,
    show_window: SHOW_NORMAL,
    console: request.console === 'window' ? 0 : 1,
    streams: request.streams === undefined ? 0 : 1,
    input: request.streams?.input ?? NO_INPUT,
    input_length: request.streams?.input.length ?? 0,
  };
}

/** The block CreateProcessAsUserW takes: sorted without case, entries ended by NUL, the whole by one more. */
export function environmentBlock(entries: readonly string[]): Uint8Array {
  for (const entry of entries) {
    if (entry.includes('\0') || entry.indexOf('=') < 1) {
      throw new EpmError('EPM_START_FAILED', 'An entry of the environment has no name or a NUL character.');
    }
  }
  const sorted = entries.toSorted((left, right) => {
    const [a, b] = [nameOf(left), nameOf(right)];
    return a < b ? -1 : a > b ? 1 : 0;
  });
  const text = sorted.length === 0 ? '\0\0' : `${sorted.join('\0')}\0\0`;
  return Buffer.from(text, 'utf16le');
}

function nameOf(entry: string): string {
  return entry.slice(0, entry.indexOf('=')).toUpperCase();
}

function startedProcess(
  native: EpmNative,
  events: EventLoop,
  number: number,
  answer: unknown,
  hasStreams: boolean,
): StartedProcess {
  const details = new CheckedObject(answer, 'the process', 'EPM_START_FAILED');
  const processId = details.integer('processId', 1, 0xffff_ffff);
  const starterProcessId = details.integer('starterProcessId', 1, 0xffff_ffff);
  const startTime = details.integer('startTime', 0, Number.MAX_SAFE_INTEGER);
  const subscriptions: (() => void)[] = [];
  const exited = new Promise<{ readonly exitCode: number; readonly time: number }>((resolve) => {
    subscriptions.push(
      events.on('exit', (event) => {
        if (event.process === number) resolve({ exitCode: event.code, time: event.time });
      }),
    );
  });
  const treeEmpty = new Promise<void>((resolve) => {
    subscriptions.push(
      events.on('treeEmpty', (event) => {
        if (event.process === number) resolve();
      }),
    );
  });
  const unwatched = new Promise<Unwatched>((resolve) => {
    subscriptions.push(
      events.on('unwatched', (event) => {
        if (event.process === number) resolve(event.why);
      }),
    );
  });
  const output = hasStreams ? new NativeOutput(native, events, number) : undefined;
  let released = false;
  return {
    processId,
    starterProcessId,
    startTime,
    exited,
    treeEmpty,
    unwatched,
    ...defined({ output }),
    facts() {
      const facts = new CheckedObject(
        jsonCall('epm_process_facts', (...out) => native.epm_process_facts(number, ...out), 'EPM_START_FAILED'),
        'the process',
        'EPM_START_FAILED',
      );
      const image = facts.object('image');
      const security = facts.object('security');
      const job = facts.object('job');
      return {
        image: {
          path: image.text('path'),
          volume: image.matching('volume', VOLUME).toLowerCase(),
          file: image.matching('file', FILE).toLowerCase(),
        },
        token: tokenFactsOf(facts.object('token')),
        parentProcessId: facts.integer('parentProcessId', 0, 0xffff_ffff),
        session: facts.integer('session', 0, 0xffff_ffff),
        inJob: facts.boolean('inJob'),
        job: {
          limitFlags: job.integerOrNull('limitFlags', 0, 0xffff_ffff),
          activeProcessLimit: job.integerOrNull('activeProcessLimit', 0, 0xffff_ffff),
        },
        security: {
          process: security.text('process'),
          thread: security.textOrNull('thread'),
          job: security.text('job'),
          token: security.text('token'),
        },
      };
    },
    resume: () => check('epm_process_resume', native.epm_process_resume(number)),
    terminate: (exitCode) => check('epm_process_terminate', native.epm_process_terminate(number, exitCode)),
    release() {
      if (released) return;
      released = true;
      for (const end of subscriptions) end();
      output?.stop();
      native.epm_process_release(number);
    },
  };
}

function check(call: string, result: number): void {
  if (result !== WIN32.SUCCESS) throw windowsError(call, result, 'EPM_START_FAILED');
}
