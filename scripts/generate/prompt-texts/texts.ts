/**
 * What the consent window says: one file a language beside this one, in which the compiler names what is missing.
 * `{count}`, `{time}`, `{user}` and `{program}` stand for what is filled in; `&` is before the letter that, with Alt, presses
 * a button. Texts of one window have different letters.
 */
import type { RequestAnswer } from '../../../src/agent/consent/consent-window.ts';
import type { AgentDeniedReason, DeniedReason, NotManagedReason } from '../../../src/model/decision.ts';
import type { ErrorCode } from '../../../src/model/error-codes.ts';

/** In the order of the enumeration in the window. */
export const TEXT_NAMES = [
  'title',
  'confirmHeading',
  'confirmText',
  'approvalHeading',
  'approvalText',
  'pendingHeading',
  'pendingText',
  'approvedHeading',
  'approvedText',
  'approvedUntil',
  'deniedHeading',
  'notManagedHeading',
  'program',
  'publisher',
  'unknownPublisher',
  'file',
  'arguments',
  'noArguments',
  'rule',
  'defaultRule',
  'digest',
  'fromInternet',
  'reasonLabel',
  'chooseReason',
  'reasonCount',
  'reasonTooLong',
  'reasonNeeded',
  'authenticationText',
  'credentialCaption',
  'credentialMessage',
  'credentialImpossible',
  'yes',
  'no',
  'send',
  'close',
  'timeLeft',
  'closesIn',
  'support',
  'why',
  'next',
  'code',
  'comment',
  'request',
] as const;

type TextName = (typeof TEXT_NAMES)[number];

interface ReasonTexts {
  /** Why it is so: one sentence. */
  readonly why: string;
  /** What the person can do. */
  readonly next: string;
}

interface AnswerTexts extends ReasonTexts {
  readonly heading: string;
}

/** Errors that say more to a person than that the request failed. */
type ToldError = Extract<
  ErrorCode,
  | 'EPM_AUTHENTICATION_FAILED'
  | 'EPM_AUTHENTICATION_LIMIT'
  | 'EPM_AGENT_BUSY'
  | 'EPM_FILE_NOT_FOUND'
  | 'EPM_FILE_TOO_LARGE'
  | 'EPM_TICKET_INVALID'
>;

export interface PromptLanguage {
  /** BCP 47; a tag without a region stands for every region. */
  readonly tag: string;
  readonly rightToLeft: boolean;
  readonly texts: Readonly<Record<TextName, string>>;
  readonly answers: Readonly<Record<RequestAnswer, AnswerTexts>>;
  /** `failed` stands for every code that has no sentences of its own. */
  readonly reasons: Readonly<
    Record<DeniedReason | AgentDeniedReason | NotManagedReason | 'needsApproval' | ToldError | 'failed', ReasonTexts>
  >;
}
