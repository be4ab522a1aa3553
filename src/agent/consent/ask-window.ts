/** Asks a person in the consent window what one request needs. */
import type { NoConsentReason } from '../../model/decision.ts';
import { defined } from '../../model/defined.ts';
import type { EpmError } from '../../model/errors.ts';
import type { VerifiedCaller } from '../caller.ts';
import type { ElevateResult } from '../contract.ts';
import { onAbort, type RequestContext } from '../elevation-context.ts';
import type { ConsentQuestion, ConsentWindow, ConsentWords } from './consent-window.ts';

export type Question = Extract<ElevateResult, { readonly outcome: 'needs' }>;

/** What the window gave, for the request that is made again with it. */
export type WindowAnswer =
  | {
      readonly ticket: string;
      readonly justification?: string;
      readonly credential?: string;
      /** The person's own programs could not reach the window. */
      readonly secure: boolean;
    }
  /** Why the person did not say yes: it is recorded, and nothing starts. */
  | { readonly declined: NoConsentReason; readonly error?: EpmError };

/** Questions for one request: a policy that changes meanwhile may ask something else. */
export const MAX_QUESTIONS = 3;

interface WindowTerms {
  readonly window: ConsentWindow;
  readonly words: ConsentWords;
  readonly caller: VerifiedCaller;
  readonly context: RequestContext;
  /** Aborted when the person leaves the session. */
  readonly left: AbortSignal;
  readonly secure: boolean;
}

export async function askWindow(question: Question, terms: WindowTerms): Promise<WindowAnswer> {
  const { window, words, caller, context, left, secure } = terms;
  const over = new AbortController();
  const ignored = [
    onAbort(left, () => over.abort('consentSessionLeft' satisfies NoConsentReason)),
    onAbort(context.cancelled, () => over.abort('consentCancelled' satisfies NoConsentReason)),
    onAbort(context.disconnected, () => over.abort('consentCancelled' satisfies NoConsentReason)),
  ];
  try {
    const answer = await window.ask(consentQuestion(question, words, secure), caller, over.signal);
    if (answer.choice === 'no') return { declined: answer.reason, ...defined({ error: answer.error }) };
    // Whoever has just said yes may have gone before it was heard.
    if (over.signal.aborted) return { declined: over.signal.reason as NoConsentReason };
    const { justification, credential } = answer;
    return { ticket: question.ticket, secure, ...defined({ justification, credential }) };
  } finally {
    for (const ignore of ignored) ignore();
  }
}

function consentQuestion(
  { requirements, question, expires, ticket, authentication, asksSupport }: Question,
  words: ConsentWords,
  secure: boolean,
): ConsentQuestion {
  return {
    kind: asksSupport === true ? 'approval' : 'consent',
    requirements,
    text: question,
    words,
    expires,
    ...(authentication === undefined ? {} : { authentication: { ...authentication, ticket } }),
    secure,
  };
}
