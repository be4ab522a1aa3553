/** Records the answers of the probes of processes. */
import type { Answer } from '../../agent/selftest/probe.ts';
import { windowsError } from '../dll/win32-error.ts';
import { hardenProcess } from '../processes/harden.ts';
import { startSuspended } from './programs.ts';
import { keep, type ProbeTools } from './tools.ts';

const ITSELF = '/d /c exit 7';
/** Ends with 7 only when the inner one ran. */
const CHILD = '/d /c cmd.exe /d /c exit 7';

/** JOBOBJECT_EXTENDED_LIMIT_INFORMATION on x64: LimitFlags and ActiveProcessLimit of its first member. */
const EXTENDED_LIMITS = 9;
const LIMITS_SIZE = 144;
const FLAGS_OFFSET = 16;
const ACTIVE_PROCESSES_OFFSET = 40;
const JOB_OBJECT_LIMIT_ACTIVE_PROCESS = 0x8;
const JOB_OBJECT_LIMIT_KILL_ON_JOB_CLOSE = 0x2000;

export function childPolicy(tools: ProbeTools): Answer {
  return {
    unrestricted: startSuspended(tools, { words: CHILD }).run(),
    itself: startSuspended(tools, { words: ITSELF, noChildren: true }).run(),
    child: startSuspended(tools, { words: CHILD, noChildren: true }).run(),
  };
}

export function jobLimit(tools: ProbeTools): Answer {
  const limited = (words: string): number => {
    const program = startSuspended(tools, { words });
    const job = makeJob(tools, JOB_OBJECT_LIMIT_ACTIVE_PROCESS, 1);
    assign(tools, job, program.process);
    return program.run();
  };
  return {
    unrestricted: startSuspended(tools, { words: CHILD }).run(),
    itself: limited(ITSELF),
    child: limited(CHILD),
  };
}

export function jobEndsTree(tools: ProbeTools): Answer {
  const { kernel32 } = tools.dlls;
  const job = tools.dlls.probes().CreateJobObjectW(null, null);
  if (job === 0) throw windowsError('CreateJobObjectW', kernel32.GetLastError());
  limit(tools, job, JOB_OBJECT_LIMIT_KILL_ON_JOB_CLOSE, 0);
  const program = startSuspended(tools, { words: ITSELF });
  assign(tools, job, program.process);
  const before = program.hasEnded() ? 'ended' : 'running';
  kernel32.CloseHandle(job);
  tools.dlls.probes().WaitForSingleObject(program.process, 5_000);
  return { before, after: program.hasEnded() ? 'ended' : 'running' };
}

/** PROCESS_MITIGATION_POLICY of winnt.h, by the members of the answer. */
const POLICIES = { strictHandles: 3, extensionPoints: 6, fonts: 9, imageLoad: 10, redirectionTrust: 16 } as const;

export function mitigations({ dlls }: ProbeTools): Answer {
  const calls = dlls.probes();
  const { applied } = hardenProcess(dlls.native);
  const inForce = (policy: number): number | null => {
    const flags = Buffer.alloc(4);
    const told = calls.GetProcessMitigationPolicy(calls.GetCurrentProcess(), policy, flags, flags.length);
    return told === 0 ? null : flags.readUInt32LE(0);
  };
  return { applied, ...Object.fromEntries(Object.entries(POLICIES).map(([name, policy]) => [name, inForce(policy)])) };
}

function makeJob(tools: ProbeTools, flags: number, processes: number): number {
  const job = keep(tools, 'CreateJobObjectW', tools.dlls.probes().CreateJobObjectW(null, null));
  limit(tools, job, flags, processes);
  return job;
}

function limit({ dlls }: ProbeTools, job: number, flags: number, processes: number): void {
  const limits = Buffer.alloc(LIMITS_SIZE);
  limits.writeUInt32LE(flags, FLAGS_OFFSET);
  limits.writeUInt32LE(processes, ACTIVE_PROCESSES_OFFSET);
  if (dlls.probes().SetInformationJobObject(job, EXTENDED_LIMITS, limits, limits.length) === 0)
    throw windowsError('SetInformationJobObject', dlls.kernel32.GetLastError());
}

function assign({ dlls }: ProbeTools, job: number, process: number): void {
  if (dlls.probes().AssignProcessToJobObject(job, process) === 0)
    throw windowsError('AssignProcessToJobObject', dlls.kernel32.GetLastError());
}
