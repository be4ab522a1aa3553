/** From its start to its end an elevated program runs on, whatever happens to the client. */
import { defined } from '../model/defined.ts';
import type { RequestFields } from './audit-entries.ts';
import { describeRun } from './audit-entries.ts';
import type { ElevateRequest, ElevateResult } from './contract.ts';
import type { ElevationContext } from './elevation-context.ts';
import { exitReasonOf } from './exit-reason.ts';
import type { StartedRun } from './run.ts';
import type { RunningPrograms } from './running.ts';

/**
 * Tells the client of the start and, if the client waits, of the end.
 * @param record what the record of the end has besides the run
 */
export async function followRun(
  started: StartedRun,
  record: RequestFields,
  { request, context }: { readonly request: ElevateRequest; readonly context: ElevationContext },
  running: RunningPrograms,
): Promise<ElevateResult> {
  const { process, run } = started;
  const ended = running.watch(started, { ...record, ...describeRun(run) });
  try {
    context.started(run);
  } catch {
    // The client is gone; its disconnection is reported by the signal.
  }
  if (request.wait !== true) return { outcome: 'started', ...run };
  const { cancelled, disconnected } = context;
  const cancel = (): void => running.end(process);
  if (cancelled.aborted) cancel();
  else cancelled.addEventListener('abort', cancel, { once: true });
  try {
    const end = await Promise.race([ended, whenAborted(disconnected)]);
    if (end === undefined) return { outcome: 'started', ...run };
    const endTime = new Date(end.time).toISOString();
    const { exitCode } = end;
    if (cancelled.aborted) return { outcome: 'cancelled', ...run, endTime, exitCode };
    return { outcome: 'finished', ...run, endTime, exitCode, ...defined({ exitReason: exitReasonOf(run, exitCode) }) };
  } finally {
    cancelled.removeEventListener('abort', cancel);
  }
}

function whenAborted(signal: AbortSignal): Promise<undefined> {
  if (signal.aborted) return Promise.resolve(undefined);
  return new Promise((resolve) => signal.addEventListener('abort', () => resolve(undefined), { once: true }));
}
