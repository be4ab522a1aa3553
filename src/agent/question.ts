/** What the user is asked before an elevation, and the ticket that ties the answer to the question. */
import { defined } from '../model/defined.ts';
import { EpmError } from '../model/errors.ts';
import type { FileFacts } from '../model/file-facts.ts';
import { CredentialKey } from '../requests/sealed-credential.ts';
import type { TicketBinding, Tickets } from '../requests/tickets.ts';
import { describeAttempt, ruleOf, type Attempt } from './audit-entries.ts';
import type { AuditTrail } from './audit-trail.ts';
import type { AuthenticationQuestion, ElevateRequest, ElevateResult } from './contract.ts';
import type { Permission, Unapproved } from './permission.ts';
import type { LockedFile } from './ports.ts';
import { questionText } from './question-text.ts';

type Question = Extract<ElevateResult, { readonly outcome: 'needs' }>;

export interface QuestionPorts {
  readonly tickets: Tickets;
  readonly trail: AuditTrail;
}

interface Subject {
  readonly attempt: Attempt;
  readonly file: LockedFile;
  readonly facts: FileFacts;
  /** What counts of what was sent or said; with a ticket it answers a question. */
  readonly given: Pick<ElevateRequest, 'ticket' | 'credential'>;
  /** Folder of the request in which the program starts; undefined: the system folder. */
  readonly directory: string | undefined;
}

/** Everything that is needed was given. */
interface Answer {
  /** Opens what was sent for Windows authentication, once; absent: none is asked for. */
  readonly credential: (() => Uint8Array) | undefined;
}

const NOTHING_ASKED: Answer = { credential: undefined };

/**
 * @returns the question, which is recorded; or the answer
 * @throws EpmError EPM_JUSTIFICATION_INVALID, EPM_CREDENTIAL_INVALID, EPM_TICKET_INVALID, EPM_AGENT_BUSY, EPM_AUDIT_WRITE
 */
export function askQuestion(
  decision: Permission | Unapproved,
  { attempt, file, facts, given: { ticket, credential }, directory }: Subject,
  { tickets, trail }: QuestionPorts,
): Question | Answer {
  const requirements = decision.outcome === 'elevate' ? [] : decision.requirements;
  if (ticket === undefined && requirements.length === 0) return NOTHING_ASKED;
  // Asked for before the ticket is used up: a slip in the text does not cost the answer.
  if (ticket !== undefined && requirements.includes('justification') && attempt.justification === undefined) {
    throw new EpmError('EPM_JUSTIFICATION_INVALID', 'A justification is needed and none was given.', {
      data: { reason: 'missing' },
    });
  }
  const authenticates = requirements.includes('authentication');
  if (ticket !== undefined && authenticates && credential === undefined) {
    throw new EpmError('EPM_CREDENTIAL_INVALID', 'Windows authentication is needed and no credential was given.', {
      data: { reason: 'missing' },
    });
  }
  const binding = bindingOf(attempt, file, facts, directory);
  const asksSupport = decision.outcome === 'needsApproval';
  const identity = asksSupport ? 'support' : decision.identity;
  const text = JSON.stringify([decision.basis, requirements, identity, decision.childProcesses]);
  // A ticket is redeemed even where none is needed any more, so that a wrong one never passes unnoticed.
  const answered = ticket === undefined ? undefined : tickets.redeem(ticket, binding);
  if (requirements.length === 0) return NOTHING_ASKED;
  if (ticket !== undefined && answered?.text === text) {
    const { key } = answered;
    return { credential: key && (() => key.open(ticket, credential ?? '')) };
  }
  const rule = ruleOf(decision.basis);
  // Nothing was answered yet, or the policy asks something else by now.
  const key = authenticates ? new CredentialKey() : undefined;
  const issued = tickets.issue(binding, { text, ...defined({ key }) });
  trail.appendOrThrow({ ...describeAttempt(attempt), event: 'elevationPending', reason: requirements.join(',') });
  return {
    outcome: 'needs',
    requestId: attempt.requestId,
    requirements,
    ticket: issued.ticket,
    expires: new Date(issued.expires).toISOString(),
    ...(asksSupport ? { asksSupport } : {}),
    question: questionText(facts, attempt.arguments, rule?.name),
    file: { path: facts.path, sha256: facts.sha256 },
    ...defined({ rule, authentication: key && authenticationQuestion(key, attempt) }),
  };
}

function authenticationQuestion({ publicKey }: CredentialKey, { caller }: Attempt): AuthenticationQuestion {
  return { key: publicKey, userSid: caller.sid, ...defined({ userName: caller.accountName }) };
}

function bindingOf(
  { caller, arguments: values }: Attempt,
  file: LockedFile,
  facts: FileFacts,
  directory: string | undefined,
): TicketBinding {
  return {
    user: caller.sid,
    authenticationId: caller.authenticationId,
    session: caller.session,
    logonSid: caller.logonSid,
    file: file.id,
    sha256: facts.sha256,
    arguments: values,
    directory,
  };
}
