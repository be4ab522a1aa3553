/** What an elevation by an automatic rule costs over a bare CreateProcessW of the same program, in the same run. */
import { createHash } from 'node:crypto';
import { PIPE_NAMES } from '../../src/ipc/protocol.ts';
import type { RuleInput } from '../../src/model/rule.ts';
import { startAgent } from '../../testbed/agent.ts';
import { machine } from '../../testbed/machine.ts';
import { makeTestBed } from '../../testbed/make-test-bed.ts';
import type { TestBed } from '../../testbed/test-bed.ts';
import { installScript } from '../windows/install-script.ts';
import { summary, type BenchResult } from './result.ts';
import { anonymousMegabytes, bareMegabytes, requireWineBed } from './windows/anonymous-memory.ts';
import { drive } from './windows/bed-driver.ts';
import { deliverRules } from './windows/rules.ts';

const ROUNDS = 60;
/** Elevations of one user; as many at once as leave room among the connections that a user may have. */
const BURST = 100;
const BURST_WIDTH = 15;
const PROGRAM = 'C:\\Tools\\Probe.exe';
/** Its rule lets it start nothing, so that no debugger watches it. */
const ALONE = 'C:\\Tools\\Alone.exe';
/** The same bytes under a name that no rule has. */
const UNKNOWN = 'C:\\Tools\\Unknown.exe';
/** Lies where users may write, so that a protected copy of it runs. */
const COPIED = 'C:\\Downloads\\Probe.exe';
const COPIED_BYTES = 1024 ** 2;
/** Of the same size beside it, under a name that no rule has. */
const UNKNOWN_COPIED = 'C:\\Downloads\\Unknown.exe';
/** Refused as a text, so that nothing is opened. */
const REFUSED = 'C:\\Tools\\..\\Probe.exe';

/** Of the part that makes accounts. */
const ACCOUNT_FOLDER = 'C:\\epm-bench-account';

type Part = 'elevated' | 'bare' | 'large' | 'copied' | 'bareCopied' | 'status' | 'refused' | 'denied' | 'deniedCopy';

export async function run(): Promise<readonly BenchResult[]> {
  const made = await makeTestBed();
  try {
    const bed = requireWineBed(made);
    const bareSize = await bareMegabytes(bed);
    const install = bed.installEpm();
    const program = bed.readFile(bed.programs.probe);
    bed.putFile(PROGRAM, program);
    bed.putFile(UNKNOWN, program);
    const alone = Buffer.concat([program, Buffer.from('alone')]);
    bed.putFile(ALONE, alone);
    // What follows the last section of a program is not loaded, but copied and hashed.
    const large = Buffer.concat([program, Buffer.alloc(COPIED_BYTES - program.length)]);
    bed.putFile(COPIED, large);
    bed.putFile(UNKNOWN_COPIED, large);
    for (const file of [COPIED, UNKNOWN_COPIED]) await bed.letUsersWrite(file);
    await deliverRules(bed, [
      rule('Probe', program),
      rule('Copied', large),
      { ...rule('Alone', alone), fileName: 'Alone.exe', childProcesses: 'deny' },
    ]);
    const agent = await startAgent(bed, install);
    try {
      const agentSize = anonymousMegabytes(bed, 'epm.exe');
      const ballast = Math.max(0, Math.round(agentSize - bareSize));
      const common = { install, pipe: PIPE_NAMES.user, program: PROGRAM };
      const times = await drive<Record<Part, number[]>>(bed, {
        ...common,
        kind: 'elevations',
        refused: REFUSED,
        unknown: UNKNOWN,
        unknownCopied: UNKNOWN_COPIED,
        copied: COPIED,
        ballast,
        rounds: ROUNDS,
        pause: 150,
      });
      const burstOf = (starts: string, width: number) =>
        drive<Burst>(bed, { ...common, program: starts, kind: 'burst', count: BURST, width });
      const burst = await burstOf(PROGRAM, BURST_WIDTH);
      const sequence = await burstOf(PROGRAM, 1);
      const unwatched = await burstOf(ALONE, BURST_WIDTH);
      // koffi's threads are those of libuv's pool, whose number the environment says.
      const bareBurst = await drive<Burst>(
        bed,
        { ...common, kind: 'bareBurst', count: BURST, width: BURST_WIDTH },
        'standardUser',
        { UV_THREADPOOL_SIZE: String(BURST_WIDTH) },
      );
      const accountTimes = await measureAccount(bed, install);
      const { elevated, bare, copied, bareCopied, status, denied } = times;
      const ours = summary(elevated);
      const theirs = summary(bare);
      const ofCopy = summary(copied);
      const bareOfCopied = summary(bareCopied);
      const row = (id: string, value: number, unit: string, times: typeof ours, method: string): BenchResult => ({
        id,
        value,
        unit,
        ...times,
        samples: ROUNDS,
        method,
      });
      const part = (id: string, times: typeof ours, method: string): BenchResult =>
        row(id, times.p50, 'ms', times, method);
      const size = `${(program.length / 1024).toFixed(0)} KiB program`;
      return [
        {
          id: 'elevate.start',
          value: ours.p50 / theirs.p50,
          unit: 'ratio',
          samples: ROUNDS,
          method: `p50 over p50 of the two rows below, taken in turn with a pause after each; ${size}`,
        },
        row(
          'elevate.start.request',
          ours.p50,
          'ms',
          ours,
          'connect, request, decision, audit, start, answer; native client',
        ),
        row('elevate.start.createProcess', theirs.p50, 'ms', theirs, 'CreateProcessW alone, new console, same program'),
        part(
          'elevate.start.createProcess.large',
          summary(times.large),
          `CreateProcessW alone from the same small program with ${ballast} MB more, which the agent (${agentSize.toFixed(0)} MB) has over an empty one: Wine copies the caller's tables of pages for each start`,
        ),
        part('elevate.start.pipe', summary(status), 'a question about the status, so the pipe and the caller'),
        part(
          'elevate.start.refused',
          summary(times.refused),
          'a path that is refused as a text: pipe, caller, durable record; nothing is opened',
        ),
        part('elevate.start.denied', summary(denied), 'pipe, file, facts from the cache, decision, record; no start'),
        part('elevate.start.deniedCopy', summary(times.deniedCopy), 'the same of a file that is copied for it, 1 MiB'),
        ...partRows(times),
        ...accountRows(accountTimes),
        burstRow(
          'elevate.burst',
          burst,
          `${BURST} elevations of one user, always ${BURST_WIDTH} under way, from connecting until the last has started; p50, p99 and max are milliseconds of one; every one was started`,
        ),
        burstRow(
          'elevate.burst.sequence',
          sequence,
          'the same one after the other without a pause, so that each start waits for the process that watches its tree',
        ),
        burstRow(
          'elevate.burst.unwatched',
          unwatched,
          'as elevate.burst, by a rule that lets the program start nothing: then nothing watches its tree',
        ),
        burstRow(
          'elevate.burst.createProcess',
          bareBurst,
          `${BURST} CreateProcessW calls of the same program by a small one, always ${BURST_WIDTH} under way, each on a thread of its own; p50, p99 and max are milliseconds of one`,
        ),
        {
          id: 'elevate.start.copy',
          value: ofCopy.p50 / bareOfCopied.p50,
          unit: 'ratio',
          samples: ROUNDS,
          method: 'as elevate.start, of a protected copy: 1 MiB program in a folder that users may write',
        },
        row('elevate.start.copy.request', ofCopy.p50, 'ms', ofCopy, 'as elevate.start.request, and the copy'),
        row('elevate.start.copy.createProcess', bareOfCopied.p50, 'ms', bareOfCopied, 'CreateProcessW of the original'),
      ];
    } finally {
      await agent.stop();
    }
  } finally {
    await made.dispose();
  }
}

/** Milliseconds: of each start, and of all. */
interface Burst {
  readonly times: readonly number[];
  readonly whole: number;
}

function burstRow(id: string, { times, whole }: Burst, method: string): BenchResult {
  return { id, value: BURST / (whole / 1000), unit: '1/s', ...summary(times), samples: times.length, method };
}

/** What one way does over another, as the difference of their medians. */
function partRows(times: Readonly<Record<Part, readonly number[]>>): readonly BenchResult[] {
  const part = (id: string, more: Part, less: Part, what: string): BenchResult => ({
    id: `elevate.start.part.${id}`,
    value: summary(times[more]).p50 - summary(times[less]).p50,
    unit: 'ms',
    samples: ROUNDS,
    method: `${what}: median of "${more}" less that of "${less}"`,
  });
  return [
    part('file', 'denied', 'refused', 'opening the file, its facts from the cache, the decision'),
    part('copy', 'deniedCopy', 'denied', 'the protected copy of 1 MiB'),
    part('start', 'elevated', 'denied', 'token, environment, suspended start, its checks, resume'),
  ];
}

type AccountPart = 'token' | 'profile' | 'unload';

/** The agent runs meanwhile and does nothing. */
async function measureAccount(bed: TestBed, install: string): Promise<Readonly<Record<AccountPart, number[]>>> {
  if (machine === undefined) throw new Error('The machine is not prepared.');
  const script = await installScript(bed, install, '../bench/windows/account-parts');
  const outcome = await bed.run({
    program: bed.windowsPath(machine.testNode),
    arguments: [script, ACCOUNT_FOLDER, String(ROUNDS), `${ACCOUNT_FOLDER}\\times.json`],
    as: 'system',
  });
  if (outcome.exitCode !== 0) throw new Error(`The account was not measured: ${outcome.errors || outcome.output}`);
  return JSON.parse(bed.readFile(`${ACCOUNT_FOLDER}\\times.json`).toString('utf8')) as Record<AccountPart, number[]>;
}

function accountRows(times: Readonly<Record<AccountPart, readonly number[]>>): readonly BenchResult[] {
  const row = (id: string, part: AccountPart, method: string): BenchResult => {
    const measured = summary(times[part]);
    return { id: `elevate.start.part.${id}`, value: measured.p50, unit: 'ms', ...measured, samples: ROUNDS, method };
  };
  const where = 'by the adapters of the agent in a process of their own';
  return [
    row('token', 'token', `names, token, its facts verified, environment; ${where}`),
    row('profile', 'profile', `loading and checking a profile that was made before; ${where}`),
    row('profile.unload', 'unload', `unloading it, which no request waits for; ${where}`),
  ];
}

function rule(name: string, program: Uint8Array): RuleInput {
  const fileHash = createHash('sha256').update(program).digest('hex');
  return { name, type: 'automatic', fileName: 'Probe.exe', fileHash };
}
