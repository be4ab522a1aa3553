/**
 * What the launcher is told about one start. Whatever speaks against elevating a program that somebody started as always
 * lets it start as always: only the start itself, once it was allowed, can fail.
 */
import { EpmError, isFileError } from '../../model/errors.ts';
import type { FileFacts } from '../../model/file-facts.ts';
import type { VerifiedCaller } from '../caller.ts';
import type {
  ElevateRequest,
  ElevateResult,
  LaunchRequest,
  LaunchResult,
  QuestionText,
  RunDetails,
} from '../contract.ts';
import { type ElevationContext, type RequestContext, whenAborted } from '../elevation-context.ts';

export interface LaunchContext extends RequestContext {
  /** Called once, when the program runs. */
  started(run: RunDetails): void;
  /** Called once, when the program starts without the launcher for a moment. */
  lifted(): void;
  /** Called before each window that the person sees. */
  asking(): void;
}

interface LaunchPorts {
  /** Runs one request with the trigger of the launcher. @param read called with the facts of the file */
  readonly elevate: (
    request: ElevateRequest,
    context: ElevationContext,
    read: (facts: FileFacts) => void,
  ) => Promise<ElevateResult>;
  /** Answers for a program that is not elevated as it is, and whose file is one for which Windows would ask. */
  readonly detected: (facts: FileFacts) => Promise<LaunchResult>;
  /** Takes the launcher out of the place of a name until what it returns is called. */
  readonly lift: (name: string) => () => void;
}

/** Milliseconds that a launcher in a tree has to start its program. */
const LIFTED = 5_000;

interface LaunchOrder {
  readonly caller: VerifiedCaller;
  readonly request: LaunchRequest;
  readonly context: LaunchContext;
}

/** @throws EpmError what an elevation throws, but for files that are refused */
export async function answerLaunch(
  { caller, request, context }: LaunchOrder,
  { elevate, detected, lift }: LaunchPorts,
): Promise<LaunchResult> {
  if (caller.isElevatedByEpm) return letStartInTree(request.path, context, lift);
  const { trigger: _, ...start } = request;
  let file: FileFacts | undefined;
  try {
    // Whoever ends the launcher means the program in whose place it is.
    const order = { ...start, wait: true, endsWithClient: true };
    const result = await elevate(order, elevationContext(context), (facts) => (file = facts));
    const answer = answerOf(result);
    return answer === NOT_MANAGED && file !== undefined ? await detected(file) : answer;
  } catch (error) {
    if (isFileError(error)) return NOT_MANAGED;
    throw error;
  }
}

/**
 * What an elevated program starts is a child of its tree and judged as that. It must be started without a debugger, which
 * would hide it from the broker of the tree, and so the launcher cannot pass its own option by one.
 */
async function letStartInTree(path: string, context: LaunchContext, lift: LaunchPorts['lift']): Promise<LaunchResult> {
  const over = AbortSignal.any([context.cancelled, context.disconnected, AbortSignal.timeout(LIFTED)]);
  const end = lift(path.slice(path.lastIndexOf('\\') + 1));
  try {
    context.lifted();
    await whenAborted(over);
  } finally {
    end();
  }
  return NOT_MANAGED;
}

export const NOT_MANAGED: LaunchResult = { answer: 'notManaged' };

function answerOf(result: ElevateResult): LaunchResult {
  switch (result.outcome) {
    case 'finished':
    case 'cancelled':
    case 'timedOut':
      return { answer: 'ended', exitCode: result.exitCode };
    case 'started':
      // Nobody is there any more to hear it.
      throw new EpmError('EPM_REQUEST_CANCELLED', 'The launcher has gone.');
    case 'needs':
    case 'needsApproval':
    case 'denied':
    case 'notManaged':
      return NOT_MANAGED;
  }
}

/** @param asked called with what the person is asked about in a secure window */
export function elevationContext(
  context: LaunchContext,
  asked: (text: QuestionText) => void = () => undefined,
): ElevationContext {
  return {
    cancelled: context.cancelled,
    disconnected: context.disconnected,
    started: (run) => context.started(run),
    // The launcher waits as long as the start takes, and its program has its own console.
    waiting(_why, text) {
      if (text === undefined) return;
      asked(text);
      context.asking();
    },
    output: () => Promise.resolve(false),
  };
}
