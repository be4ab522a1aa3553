/**
 * Tickets: the agent asks a question, the client comes back with the answer. A ticket proves nothing about the person;
 * it ties the answer to the very request that was asked about, so that an answer for one file never starts another.
 */
import { createHash } from 'node:crypto';
import type { Sha256, Sid } from '../model/brands.ts';
import { EpmError } from '../model/errors.ts';
import type { FileId } from '../model/file-facts.ts';
import type { CredentialKey } from './sealed-credential.ts';

/** What a ticket is bound to. All of it comes from the caller's token and the opened file, nothing from a message. */
export interface TicketBinding {
  readonly user: Sid;
  /** LUID of the logon session; null only where the system keeps none. */
  readonly authenticationId: string | null;
  readonly session: number;
  /** SID of the logon at that session; another logon there is another person, or the same one later. */
  readonly logonSid: string;
  readonly file: FileId;
  readonly sha256: Sha256;
  readonly arguments: readonly string[];
  /** Folder of the request in which the program starts. */
  readonly directory?: string | undefined;
}

interface IssuedTicket {
  /** 32 hexadecimal digits. */
  readonly ticket: string;
  /** Milliseconds since 1970, UTC; for display. */
  readonly expires: number;
}

interface TicketSources {
  /** Milliseconds since 1970, UTC. */
  now(): number;
  /** Milliseconds of a clock that never jumps; alone decides about expiry. */
  monotonic(): number;
  /** Bytes of a cryptographic generator. */
  bytes(length: number): Uint8Array;
}

interface TicketLimits {
  readonly perUser: number;
  readonly total: number;
}

/** Milliseconds. */
export const TICKET_LIFETIME = 120_000;
const TICKET_BYTES = 16;
const TICKET_LIMITS: TicketLimits = { perUser: 16, total: 1024 };

interface Entry {
  readonly user: Sid;
  readonly session: number;
  readonly binding: string;
  readonly question: Question;
  readonly deadline: number;
}

/** What is asked, and what its answer is read with. */
interface Question {
  /** Changes when the question does. */
  readonly text: string;
  /** Of a question for a credential. It is dropped with its ticket. */
  readonly key?: CredentialKey;
}

export class Tickets {
  readonly #sources: TicketSources;
  readonly #limits: TicketLimits;
  /** Keyed by digest, so that looking a ticket up takes no time that depends on how much of it was guessed. */
  readonly #entries = new Map<string, Entry>();

  constructor(sources: TicketSources, limits: TicketLimits = TICKET_LIMITS) {
    this.#sources = sources;
    this.#limits = limits;
  }

  /** Tickets that wait for their answer. */
  get open(): number {
    this.#expire();
    return this.#entries.size;
  }

  /**
   * @throws EpmError EPM_AGENT_BUSY when too many tickets of this user, or of all, are open
   */
  issue(binding: TicketBinding, question: Question): IssuedTicket {
    this.#expire();
    let mine = 0;
    for (const entry of this.#entries.values()) if (entry.user === binding.user) mine++;
    if (mine >= this.#limits.perUser || this.#entries.size >= this.#limits.total) {
      throw new EpmError('EPM_AGENT_BUSY', 'Too many questions of this user wait for an answer already.', {
        hint: 'Answer one of them, or wait two minutes until they expire.',
      });
    }
    const bytes = this.#sources.bytes(TICKET_BYTES);
    if (bytes.length !== TICKET_BYTES) throw new EpmError('EPM_INTERNAL', 'The random generator gave too few bytes.');
    const ticket = Buffer.from(bytes).toString('hex');
    this.#entries.set(keyOf(ticket), {
      user: binding.user,
      session: binding.session,
      binding: bindingText(binding),
      question,
      deadline: this.#sources.monotonic() + TICKET_LIFETIME,
    });
    return { ticket, expires: this.#sources.now() + TICKET_LIFETIME };
  }

  /**
   * Uses a ticket up, whatever comes of it.
   * @returns the question the ticket was issued for
   * @throws EpmError EPM_TICKET_INVALID; the message is the same for every reason, so that nothing can be learned
   */
  redeem(ticket: string, binding: TicketBinding): Question {
    this.#expire();
    const key = keyOf(ticket);
    const entry = this.#entries.get(key);
    this.#entries.delete(key);
    if (entry === undefined || entry.binding !== bindingText(binding)) {
      throw new EpmError('EPM_TICKET_INVALID', 'The ticket is unknown, used, expired or belongs to another request.');
    }
    return entry.question;
  }

  /**
   * Forgets the questions of a session: whoever was asked is not there any more.
   * @returns how many there were
   */
  dropSession(session: number): number {
    const before = this.#entries.size;
    for (const [key, entry] of this.#entries) if (entry.session === session) this.#entries.delete(key);
    return before - this.#entries.size;
  }

  #expire(): void {
    const now = this.#sources.monotonic();
    for (const [key, entry] of this.#entries) if (entry.deadline <= now) this.#entries.delete(key);
  }
}

function keyOf(ticket: string): string {
  return createHash('sha256').update(ticket, 'utf8').digest('hex');
}

function bindingText(binding: TicketBinding): string {
  const { user, authenticationId, session, logonSid, file, sha256, directory = null } = binding;
  return JSON.stringify([
    user,
    authenticationId,
    session,
    logonSid,
    file.volume,
    file.file,
    sha256,
    binding.arguments,
    directory,
  ]);
}
