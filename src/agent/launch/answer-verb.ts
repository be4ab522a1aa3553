/**
 * What becomes of a file that somebody wants to run with administrator rights from the desktop. The person is asked in the
 * consent window, and learns there how the request ended. Each question is answered by a request of its own, as at every
 * other door: what the window says is a ticket, a reason and a sealed credential.
 */
import { splitPath } from '../../facts/gather.ts';
import type { AgentDeniedReason, DeniedReason, NoConsentReason } from '../../model/decision.ts';
import { defined } from '../../model/defined.ts';
import type { ErrorCode } from '../../model/error-codes.ts';
import { isEpmError, toErrorReport } from '../../model/errors.ts';
import { displayText } from '../../text/display.ts';
import type { VerifiedCaller } from '../caller.ts';
import type { ConsentQuestion, ConsentWindow, ConsentWords } from '../consent/consent-window.ts';
import type { ElevateRequest, ElevateResult, LaunchRequest, LaunchResult, QuestionText } from '../contract.ts';
import { type ElevationContext, onAbort } from '../elevation-context.ts';
import { elevationContext, type LaunchContext } from './answer-launch.ts';

interface VerbPorts {
  /**
   * Runs one request that a person has made.
   * @param declined why the question before it was not answered with yes: it is recorded, and nothing starts
   */
  readonly elevate: (
    request: ElevateRequest,
    context: ElevationContext,
    declined?: NoConsentReason,
  ) => Promise<ElevateResult>;
  readonly window: ConsentWindow;
  /** Of the policy in force. */
  readonly words: () => ConsentWords;
  /** Aborted when the person leaves the session. */
  readonly left: AbortSignal;
}

interface VerbOrder {
  readonly caller: VerifiedCaller;
  readonly request: LaunchRequest;
  readonly context: LaunchContext;
}

type Question = Extract<ElevateResult, { readonly outcome: 'needs' }>;

/** Questions for one request: a policy that changes meanwhile may ask something else. */
const MAX_QUESTIONS = 3;
/** The person knows: it was their own choice, or they are not there to be told. */
const NOT_TOLD: ReadonlySet<string> = new Set<NoConsentReason>([
  'consentDeclined',
  'consentSessionLeft',
  'consentCancelled',
]);

/** @throws EpmError EPM_REQUEST_CANCELLED when the launcher is gone; every other end is shown to the person */
export async function answerVerb(order: VerbOrder, ports: VerbPorts): Promise<LaunchResult> {
  const { path, arguments: values, directory } = order.request;
  const start: ElevateRequest = { path, ...defined({ arguments: values, directory }), wait: true };
  let text: QuestionText | undefined;
  try {
    let result = await ports.elevate(start, elevationContext(order.context));
    for (let asked = 0; result.outcome === 'needs' && asked < MAX_QUESTIONS; asked += 1) {
      text = result.question;
      result = await ask(result, start, order, ports);
    }
    return await tell(result, text, order, ports);
  } catch (error) {
    if (isEpmError(error) && error.code === 'EPM_REQUEST_CANCELLED') throw error;
    return await tellDenied(toErrorReport(error).code, text, order, ports);
  }
}

/** Asks the person, and makes the request that the answer comes to. */
async function ask(
  question: Question,
  start: ElevateRequest,
  { caller, context }: VerbOrder,
  { elevate, window, words, left }: VerbPorts,
): Promise<ElevateResult> {
  const over = new AbortController();
  const ignored = [
    onAbort(left, () => over.abort('consentSessionLeft' satisfies NoConsentReason)),
    onAbort(context.cancelled, () => over.abort('consentCancelled' satisfies NoConsentReason)),
    onAbort(context.disconnected, () => over.abort('consentCancelled' satisfies NoConsentReason)),
  ];
  try {
    context.asking();
    const answer = await window.ask(consentQuestion(question, words()), caller, over.signal);
    if (answer.choice === 'no') return await elevate(start, elevationContext(context), answer.reason);
    const { justification, credential } = answer;
    const given = { ticket: question.ticket, ...defined({ justification, credential }) };
    return await elevate({ ...start, ...given }, elevationContext(context));
  } finally {
    for (const ignore of ignored) ignore();
  }
}

function consentQuestion(
  { requirements, question, expires, ticket, authentication }: Question,
  words: ConsentWords,
): ConsentQuestion {
  return {
    kind: 'consent',
    requirements,
    text: question,
    words,
    expires,
    ...(authentication === undefined ? {} : { authentication: { ...authentication, ticket } }),
    secure: false,
  };
}

async function tell(
  result: ElevateResult,
  text: QuestionText | undefined,
  order: VerbOrder,
  ports: VerbPorts,
): Promise<LaunchResult> {
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
    case 'notManaged': {
      const { reason } = result;
      const notice = { kind: 'notManaged', reason, ...about(text, order, ports) } as const;
      await ports.window.tell(notice, order.caller, untilLeft(order, ports));
      return REFUSED;
    }
    case 'needsApproval':
      return tellDenied('needsApproval', text, order, ports);
    case 'needs':
      return tellDenied('consentUnavailable', text, order, ports);
  }
}

const REFUSED: LaunchResult = { answer: 'refused' };

async function tellDenied(
  reason: DeniedReason | AgentDeniedReason | ErrorCode | 'needsApproval',
  text: QuestionText | undefined,
  order: VerbOrder,
  ports: VerbPorts,
): Promise<LaunchResult> {
  const notice = { kind: 'denied', reason, ...about(text, order, ports) } as const;
  await ports.window.tell(notice, order.caller, untilLeft(order, ports));
  return REFUSED;
}

function about(text: QuestionText | undefined, { request }: VerbOrder, { words }: VerbPorts) {
  return { program: displayText(splitPath(request.path).name), words: words(), secure: false, ...defined({ text }) };
}

function untilLeft({ context }: VerbOrder, { left }: VerbPorts): AbortSignal {
  return AbortSignal.any([left, context.cancelled, context.disconnected]);
}
