/**
 * A request that the launcher carries, and whose person is asked in the consent window and learns there how it ended. Each
 * question is answered by a request of its own, as at every other door: what the window says is a ticket, a reason and a
 * sealed credential.
 */
import { splitPath } from '../../facts/gather.ts';
import type { AgentDeniedReason, DeniedReason, NoConsentReason } from '../../model/decision.ts';
import { defined } from '../../model/defined.ts';
import type { ErrorCode } from '../../model/error-codes.ts';
import { isEpmError, toErrorReport } from '../../model/errors.ts';
import { displayText } from '../../text/display.ts';
import { answerNotice } from '../approvals/request-notice.ts';
import type { VerifiedCaller } from '../caller.ts';
import { askWindow, MAX_QUESTIONS, type Question, type WindowAnswer } from '../consent/ask-window.ts';
import type { ConsentNotice, ConsentWindow, ConsentWords } from '../consent/consent-window.ts';
import type { ElevateRequest, ElevateResult, LaunchRequest, LaunchResult, QuestionText } from '../contract.ts';
import type { ElevationContext } from '../elevation-context.ts';
import { elevationContext, type LaunchContext } from './answer-launch.ts';

export interface WindowPorts {
  /**
   * Runs one request that a person has made.
   * @param answer to the question before it, where the window gave one
   */
  readonly elevate: (
    request: ElevateRequest,
    context: ElevationContext,
    answer?: WindowAnswer,
  ) => Promise<ElevateResult>;
  readonly window: ConsentWindow;
  /** Of the policy in force. */
  readonly words: () => ConsentWords;
  /** Aborted when the person leaves the session. */
  readonly left: AbortSignal;
}

export interface WindowOrder {
  readonly caller: VerifiedCaller;
  readonly request: LaunchRequest;
  readonly context: LaunchContext;
}

/** How the request ended, or why it failed. */
type Settled = ({ readonly result: ElevateResult } | { readonly error: unknown }) & {
  /** What the person was asked about; undefined: nothing. */
  readonly text: QuestionText | undefined;
};

/** The person knows: it was their own choice, or they are not there to be told. */
const NOT_TOLD: ReadonlySet<string> = new Set<NoConsentReason>([
  'consentDeclined',
  'consentSessionLeft',
  'consentCancelled',
]);

/**
 * Asks for as long as something is to be asked.
 * @param start what a request says apart from its answers
 */
export async function settle(start: ElevateRequest, order: WindowOrder, ports: WindowPorts): Promise<Settled> {
  let text: QuestionText | undefined;
  try {
    const first = elevationContext(order.context, (asked) => (text = asked));
    let result = await ports.elevate(start, first);
    for (let asked = 0; result.outcome === 'needs' && asked < MAX_QUESTIONS; asked += 1) {
      text = result.question;
      result = await ask(result, start, order, ports);
    }
    return { result, text };
  } catch (error) {
    return { error, text };
  }
}

/** The request of one start: the agent gives everything else. */
export function startOf({ request: { path, arguments: values, directory } }: WindowOrder): ElevateRequest {
  return { path, ...defined({ arguments: values, directory }), wait: true };
}

/** Asks the person, and makes the request that the answer comes to. */
async function ask(
  question: Question,
  start: ElevateRequest,
  { caller, context }: WindowOrder,
  { elevate, window, words, left }: WindowPorts,
): Promise<ElevateResult> {
  context.asking();
  const answer = await askWindow(question, { window, words: words(), caller, context, left, secure: false });
  return elevate(start, elevationContext(context), answer);
}

/**
 * Tells the person how it ended, where they do not know.
 * @throws EpmError EPM_REQUEST_CANCELLED when the launcher is gone
 */
export async function tell(settled: Settled, order: WindowOrder, ports: WindowPorts): Promise<LaunchResult> {
  if ('error' in settled) {
    const { error, text } = settled;
    if (isEpmError(error) && error.code === 'EPM_REQUEST_CANCELLED') throw error;
    return tellDenied(toErrorReport(error).code, text, order, ports);
  }
  const { result, text } = settled;
  switch (result.outcome) {
    case 'finished':
    case 'cancelled':
    case 'timedOut':
      return { answer: 'ended', exitCode: result.exitCode };
    case 'started':
      // The launcher has gone; the program runs on.
      return REFUSED;
    case 'denied':
      return NOT_TOLD.has(result.reason) ? REFUSED : tellDenied(result.reason, text, order, ports);
    case 'notManaged':
      return show({ kind: 'notManaged', reason: result.reason, ...about(text, order, ports) }, order, ports);
    case 'needsApproval':
      return tellApproval(result, text, order, ports);
    case 'needs':
      return tellDenied('consentUnavailable', text, order, ports);
  }
}

/** What became of the request to support; where none was made, the person cannot ask. */
async function tellApproval(
  { supportRequest }: Extract<ElevateResult, { readonly outcome: 'needsApproval' }>,
  text: QuestionText | undefined,
  order: WindowOrder,
  ports: WindowPorts,
): Promise<LaunchResult> {
  if (supportRequest === undefined) return tellDenied('needsApproval', text, order, ports);
  return show({ ...answerNotice(supportRequest), ...about(text, order, ports) }, order, ports);
}

const REFUSED: LaunchResult = { answer: 'refused' };

async function tellDenied(
  reason: DeniedReason | AgentDeniedReason | 'needsApproval' | ErrorCode,
  text: QuestionText | undefined,
  order: WindowOrder,
  ports: WindowPorts,
): Promise<LaunchResult> {
  return show({ kind: 'denied', reason, ...about(text, order, ports) }, order, ports);
}

async function show(
  notice: ConsentNotice,
  { caller, context }: WindowOrder,
  ports: WindowPorts,
): Promise<LaunchResult> {
  // The window may stay open for longer than the launcher waits for an answer.
  context.asking();
  const gone = AbortSignal.any([ports.left, context.cancelled, context.disconnected]);
  await ports.window.tell(notice, caller, gone);
  return REFUSED;
}

function about(text: QuestionText | undefined, { request }: WindowOrder, { words }: WindowPorts) {
  return { program: displayText(splitPath(request.path).name), words: words(), ...defined({ text }) };
}
