/**
 * The window that asks a person before an elevation, as the agent sees it. What comes back is a choice, a reason and a
 * sealed credential, and nothing else. An ordinary window runs as the person whom it asks, who can make it say anything: it
 * counts as what that person says, not as proof that a person said it. A secure one is out of reach of their programs.
 */
import type { Sid } from '../../model/brands.ts';
import type {
  AgentDeniedReason,
  DeniedReason,
  NoConsentReason,
  NotManagedReason,
  Requirement,
} from '../../model/decision.ts';
import type { ErrorCode } from '../../model/error-codes.ts';
import type { EpmError } from '../../model/errors.ts';
import type { GrantFault } from '../../model/grant-faults.ts';
import type { EffectiveSettings } from '../../model/settings.ts';
import type { VerifiedCaller } from '../caller.ts';
import type { AuthenticationQuestion, QuestionText } from '../contract.ts';

/** Words of the organisation that policy gives; a window shows them as they are, without links. */
export interface ConsentWords {
  /** What people are to do or to know, one paragraph each. */
  readonly instructions: readonly string[];
  /** How to reach support, one line each. */
  readonly supportContact: readonly string[];
  /** Reasons to choose from instead of writing one. */
  readonly cannedReasons: readonly string[];
}

export function consentWords(settings: EffectiveSettings): ConsentWords {
  const { promptInstructions, supportContact, cannedReasons } = settings;
  return { instructions: promptInstructions, supportContact, cannedReasons };
}

export interface ConsentQuestion {
  /** `consent`: what the decision asks for before the program starts. `approval`: a request to support, with its reason. */
  readonly kind: 'consent' | 'approval';
  /** Asked in one window in this order; of an approval the justification. */
  readonly requirements: readonly Requirement[];
  readonly text: QuestionText;
  readonly words: ConsentWords;
  /** ISO 8601, UTC: the window shows how long is left, and closes then. */
  readonly expires: string;
  /** Where Windows authentication is asked for: who, and what the credential is sealed with. */
  readonly authentication?: AuthenticationQuestion & { readonly ticket: string };
  /** Setting `secureConsent`: on a desktop of its own, where programs of the person can neither see nor answer it. */
  readonly secure: boolean;
}

export type ConsentAnswer =
  | {
      readonly choice: 'yes';
      /** Normal form, within the limits of every justification. */
      readonly justification?: string;
      /** Sealed to the key of the question. */
      readonly credential?: string;
    }
  | {
      readonly choice: 'no';
      readonly reason: NoConsentReason;
      /** What failed, where it is no answer of the person. */
      readonly error?: EpmError;
    };

/** What became of a request to support, or of its approval, where the program does not run by it. */
export type RequestAnswer =
  'requestDenied' | 'requestExpired' | 'approvalExpired' | 'approvalRevoked' | 'approvalWithoutEffect';

/** What became of a request to support. */
export type RequestNotice = {
  /** Number of the request, by which support finds it. */
  readonly request: string;
  /** What support said with its answer, safe to show. */
  readonly comment?: string;
} & (
  | { readonly kind: 'pending' }
  /** The person may start it now. */
  | {
      readonly kind: 'approved';
      /** ISO 8601, UTC: the approval is over then. */
      readonly until?: string;
    }
  | {
      readonly kind: 'answered';
      readonly answer: RequestAnswer;
      /** Why an approval has no effect. */
      readonly fault?: GrantFault;
    }
);

/** How a request ended. */
export type ConsentNotice = {
  /** What the request was for; absent: nothing may be told about the file but `program`. */
  readonly text?: QuestionText;
  /** File name, safe to show. */
  readonly program: string;
  readonly words: ConsentWords;
} & (
  | {
      readonly kind: 'denied';
      /** Why, as programs read it; an error code where the request failed. */
      readonly reason: DeniedReason | AgentDeniedReason | 'needsApproval' | ErrorCode;
      /** Name of the rule that decided, safe to show. */
      readonly rule?: string;
    }
  | { readonly kind: 'notManaged'; readonly reason: NotManagedReason }
  | RequestNotice
);

export interface ConsentWindow {
  /**
   * Shows the question in the session of the caller and waits for the answer. Never throws for what a person does; a window
   * that cannot be shown is an answer too.
   * @param signal closes the window when it is aborted: its reason is that of the answer, where it is a reason, else `cancelled`
   */
  ask(question: ConsentQuestion, who: VerifiedCaller, signal: AbortSignal): Promise<ConsentAnswer>;
  /** Shows how a request ended. Settles when the window is closed, or was open for long enough; never throws. */
  tell(notice: ConsentNotice, who: VerifiedCaller, signal: AbortSignal): Promise<void>;
}

/**
 * What became of a message: `seen` the person closed it, or used the machine while it was there; `unseen` nobody did; `away`
 * the person is not at the machine, or does something that no message is to cover.
 */
export type MessageOutcome = 'seen' | 'unseen' | 'away';

/** Tells people who have not asked just now, wherever they are signed in. */
export interface MessageWindow {
  /**
   * Shows a message in the session of the user, without taking what they type. Settles when it is closed, or was open for
   * long enough. Never throws.
   * @param signal closes it when it is aborted
   */
  show(notice: ConsentNotice, user: Sid, signal: AbortSignal): Promise<MessageOutcome>;
}
