/** What of the agent's own state is not as it should be, as data: from when it is told, and from when the agent ends. */
import type { HealthReport } from './contract.ts';
import type { StatusCode } from './status-codes.ts';

const MEGABYTE = 1024 ** 2;

export interface HealthFault {
  readonly code: Extract<StatusCode, 'memoryHigh' | 'handlesHigh' | 'eventLoopSlow' | 'requestsStuck' | 'journalSlow'>;
  readonly value: number;
  /** From here on the status is degraded. */
  readonly limit: number;
  readonly message: string;
  readonly hint: string;
  /** It is so bad that only another process is sure to do better. */
  readonly isFatal: boolean;
}

interface HealthRow {
  readonly code: HealthFault['code'];
  readonly value: (health: HealthReport) => number;
  readonly limit: number;
  /** Absent: a new process would do no better. */
  readonly fatal?: number;
  readonly message: (value: number) => string;
  readonly hint: string;
}

/**
 * The agent uses about 60 MB with 5,000 rules, some hundred handles, and answers within seconds; a request is given up by
 * itself after five minutes. The limits are far from all of that: nothing that users do in the ordinary way reaches them.
 */
const ROWS: readonly HealthRow[] = [
  {
    code: 'memoryHigh',
    value: ({ privateBytes }) => privateBytes,
    limit: 512 * MEGABYTE,
    fatal: 1024 * MEGABYTE,
    message: (value) => `The agent uses ${Math.round(value / MEGABYTE)} MB of memory.`,
    hint: 'Restart the service "EPM Agent" when no elevated program runs, and report it with the agent log.',
  },
  {
    code: 'handlesHigh',
    value: ({ handles }) => handles,
    limit: 10_000,
    fatal: 100_000,
    message: (value) => `The agent has ${value} handles open.`,
    hint: 'Restart the service "EPM Agent" when no elevated program runs, and report it with the agent log.',
  },
  {
    code: 'eventLoopSlow',
    value: ({ loopDelay }) => loopDelay.max,
    limit: 5_000,
    message: (value) => `The agent did not come to its next task for ${Math.round(value)} ms.`,
    hint: 'See whether the machine is short of processor time or memory.',
  },
  {
    code: 'requestsStuck',
    value: ({ requests }) => requests.oldest,
    limit: 600_000,
    fatal: 1_200_000,
    message: (value) => `A request has had no answer for ${Math.round(value / 1000)} seconds.`,
    hint: 'Restart the service "EPM Agent" when no elevated program runs, and report it with the agent log.',
  },
  {
    code: 'journalSlow',
    value: ({ journal }) => journal.max,
    limit: 2_000,
    message: (value) => `A record took ${Math.round(value)} ms to be on the disk.`,
    hint: 'See whether the system drive, or a program that watches it, is slow.',
  },
];

/** Everything that is over its limit, in a fixed order. */
export function healthFaults(health: HealthReport): readonly HealthFault[] {
  return ROWS.flatMap(({ code, value: read, limit, fatal = Infinity, message, hint }) => {
    const value = read(health);
    return value < limit ? [] : [{ code, value, limit, message: message(value), hint, isFatal: value >= fatal }];
  });
}
