/**
 * From its start to its end. A program runs on whatever happens to the client, unless the client is the only reader of
 * what it writes, or has said that the program ends with it.
 */
import { defined } from '../model/defined.ts';
import { EpmError } from '../model/errors.ts';
import { EXIT_REASONS, type ExitReason } from '../model/exit-reasons.ts';
import { isNameOf } from '../model/rule-action.ts';
import type { RequestFields } from './audit-entries.ts';
import { describeRun } from './audit-entries.ts';
import type { ElevateRequest, ElevateResult } from './contract.ts';
import { type ElevationContext, onAbort, whenAborted } from './elevation-context.ts';
import { exitReasonOf } from './exit-reason.ts';
import { OutputForwarding } from './output-forwarding.ts';
import type { StartedRun } from './run.ts';
import type { EndReason, ProgramEnd, RunningPrograms } from './running.ts';

/**
 * Tells the client of the start and, if the client waits, of what the program writes and of the end.
 * @param record what the record of the end has besides the run
 */
export async function followRun(
  started: StartedRun,
  record: RequestFields,
  { request, context }: { readonly request: ElevateRequest; readonly context: ElevationContext },
  running: RunningPrograms,
): Promise<ElevateResult> {
  const { process, run } = started;
  const { output } = process;
  const forwarding = output && new OutputForwarding(output, (piece) => context.output(piece));
  const ended = running.watch(started, { ...record, ...describeRun(run) }, forwarding?.over);
  if (request.timeLimit !== undefined) running.endAfter(process, request.timeLimit);
  try {
    context.started(run);
  } catch {
    // The client is gone; its disconnection is reported by the signal.
  }
  if (request.wait !== true && forwarding === undefined) return { outcome: 'started', ...run };
  const { cancelled, disconnected } = context;
  const ignored = [onAbort(cancelled, () => running.end(process))];
  const reason = reasonWithoutClient(request);
  if (reason !== undefined) ignored.push(onAbort(disconnected, () => running.end(process, reason)));
  try {
    const end = await Promise.race([ended, whenAborted(disconnected)]);
    if (end === undefined) return { outcome: 'started', ...run };
    const isWhole = (await forwarding?.rest()) ?? true;
    return { ...endOf(started, end, cancelled.aborted, running), ...(isWhole ? {} : { outputTruncated: true }) };
  } finally {
    for (const ignore of ignored) ignore();
  }
}

/** @throws EpmError EPM_REQUEST_MALFORMED when the program is to end with a client that does not stay */
export function checkClientStays({ wait, output, endsWithClient }: ElevateRequest): void {
  if (endsWithClient !== true || wait === true || output !== undefined) return;
  throw new EpmError('EPM_REQUEST_MALFORMED', 'The program is to end with a client that does not wait for it.', {
    hint: 'Ask to wait as well.',
  });
}

/** Why the program ends when its client is gone; undefined: it runs on. */
function reasonWithoutClient({ output, endsWithClient }: ElevateRequest): EndReason | undefined {
  if (output !== undefined) return 'readerGone';
  return endsWithClient === true ? 'clientGone' : undefined;
}

function endOf(
  { process, run, children }: StartedRun,
  { time, exitCode }: ProgramEnd,
  isCancelled: boolean,
  running: RunningPrograms,
): ElevateResult {
  const endedChildren = children?.notes.ended ?? [];
  const ended = {
    ...run,
    endTime: new Date(time).toISOString(),
    exitCode,
    ...(endedChildren.length === 0 ? {} : { endedChildren }),
  };
  const reason = running.reasonOf(process);
  if (reason === 'timedOut') return { outcome: 'timedOut', ...ended };
  if (isCancelled) return { outcome: 'cancelled', ...ended };
  return {
    outcome: 'finished',
    ...ended,
    ...defined({ exitReason: toldReason(reason) ?? exitReasonOf(run, exitCode, children) }),
  };
}

/** Why the agent ended the tree, where the one who waits does not know it. */
function toldReason(reason: EndReason | undefined): ExitReason | undefined {
  return reason !== undefined && isNameOf(EXIT_REASONS, reason) ? reason : undefined;
}
