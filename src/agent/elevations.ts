/** The elevated programs that run, for those who may see and end them: everybody their own, administrators all. */
import { defined } from '../model/defined.ts';
import { EpmError } from '../model/errors.ts';
import type { VerifiedCaller } from './caller.ts';
import type { TreeChildren } from './children/tree-children.ts';
import type { ElevationsReport, JudgedChild, RunningElevation, StopRequest, StopResult } from './contract.ts';
import type { RunningPrograms, RunningTree } from './running.ts';

/** Milliseconds to wait until a tree that was ended is gone. */
const END_WAIT = 5_000;

/** @param all the caller has the right to read reports, and sees those of everybody */
export function listElevations(running: RunningPrograms, caller: VerifiedCaller, all: boolean): ElevationsReport {
  return { elevations: running.trees.filter((tree) => all || isOpenTo(tree, caller)).map(describeTree) };
}

/**
 * Ends a tree, and waits a limited time for its end.
 * @throws EpmError EPM_ELEVATION_UNKNOWN also for a tree of somebody else, of which nothing is told
 */
export async function stopElevation(
  running: RunningPrograms,
  caller: VerifiedCaller,
  { requestId }: StopRequest,
): Promise<StopResult> {
  const tree = running.trees.find(({ run }) => run.requestId === requestId);
  if (tree === undefined || !isOpenTo(tree, caller)) {
    throw new EpmError('EPM_ELEVATION_UNKNOWN', `No elevated program of the request ${requestId} runs.`);
  }
  running.end(tree.process, 'stopped', caller.sid);
  let timer: NodeJS.Timeout | undefined;
  const isGone = await Promise.race([
    tree.gone.then(() => true),
    new Promise<false>((resolve) => {
      timer = setTimeout(() => resolve(false), END_WAIT);
    }),
  ]);
  clearTimeout(timer);
  return { requestId, outcome: isGone ? 'ended' : 'ending' };
}

function isOpenTo(tree: RunningTree, caller: VerifiedCaller): boolean {
  return caller.isManager || tree.caller.sid === caller.sid;
}

function describeTree({ run, caller, children, hasEnded }: RunningTree): RunningElevation {
  const { codePage: _, ...shown } = run;
  return {
    ...shown,
    userSid: caller.sid,
    ...defined({ userName: caller.accountName }),
    session: caller.session,
    ...(hasEnded ? { hasEnded: true } : {}),
    ...(children === undefined ? {} : { children: describeChildren(children) }),
  };
}

function describeChildren({ notes }: TreeChildren): NonNullable<RunningElevation['children']> {
  const recent: readonly JudgedChild[] = notes.recent.map(({ processId, path, time, reason, rule }) => ({
    processId,
    path,
    time: new Date(time).toISOString(),
    ...defined({ reason, rule }),
  }));
  return { ...notes.counts, recent };
}
