/**
 * Tells users what became of their requests, when it happens and wherever they are signed in. Nobody is flooded by it, whoever
 * answers how often: of one user there is one window at a time and few in a minute, and it tells what is so when it is shown.
 * Who is not at the machine is told when they are back, or at their next attempt, whichever comes first; nobody is told twice.
 */
import type { Sid } from '../../model/brands.ts';
import { toErrorReport } from '../../model/errors.ts';
import type { SupportRequest } from '../../model/support-request.ts';
import type { ConsentWords, MessageOutcome, MessageWindow } from '../consent/consent-window.ts';
import type { Clock, Log } from '../ports.ts';
import type { Approvals } from './approvals.ts';
import { changeNotice, requestedText } from './request-notice.ts';

const MINUTE = 60_000;
/** Windows of one user in a minute. */
export const MESSAGES_PER_MINUTE = 3;

interface MessagePorts {
  readonly window: MessageWindow;
  readonly clock: Pick<Clock, 'monotonic'>;
  readonly log: Log;
  readonly approvals: Pick<Approvals, 'untold' | 'told'>;
  /** Of the policy in force; undefined: the user is not to be told (setting `notifyUser`). */
  readonly words: (user: Sid) => ConsentWords | undefined;
}

/** What there is to tell one user. */
interface Mailbox {
  /** Identifiers of requests, those that changed first before the others. */
  readonly waiting: Set<string>;
  /** When windows were opened, by the clock that never jumps; the youngest last. */
  opened: readonly number[];
  isOpen: boolean;
}

export class UserMessages {
  readonly #ports: MessagePorts;
  readonly #mailboxes = new Map<Sid, Mailbox>();
  readonly #over = new AbortController();
  readonly #showing = new Set<Promise<void>>();
  readonly #timer: NodeJS.Timeout;

  constructor(ports: MessagePorts) {
    this.#ports = ports;
    this.#timer = setInterval(() => this.#everyMinute(), MINUTE);
    this.#timer.unref();
  }

  /** The state of a request has changed by what others did, or by the time. Never fails. */
  changed({ id, requestedByUserId: user }: SupportRequest): void {
    if (this.#over.signal.aborted) return;
    const mailbox = this.#mailboxes.get(user) ?? { waiting: new Set(), opened: [], isOpen: false };
    this.#mailboxes.set(user, mailbox);
    mailbox.waiting.add(id);
    // A start that comes upon the change tells its user at once.
    queueMicrotask(() => this.#next(user, mailbox));
  }

  /** Closes what is open, and waits until it is. */
  async stop(): Promise<void> {
    clearInterval(this.#timer);
    this.#over.abort();
    await Promise.all(this.#showing);
  }

  #everyMinute(): void {
    for (const [user, mailbox] of this.#mailboxes) {
      this.#next(user, mailbox);
      if (mailbox.waiting.size === 0 && !mailbox.isOpen) this.#mailboxes.delete(user);
    }
  }

  /** Shows the next one, where one may be shown now. */
  #next(user: Sid, mailbox: Mailbox): void {
    if (mailbox.isOpen || this.#over.signal.aborted) return;
    const now = this.#ports.clock.monotonic();
    mailbox.opened = mailbox.opened.filter((time) => time > now - MINUTE);
    if (mailbox.opened.length >= MESSAGES_PER_MINUTE) return;
    const words = this.#ports.words(user);
    if (words === undefined) mailbox.waiting.clear();
    const request = this.#take(mailbox);
    if (request === undefined || words === undefined) return;
    mailbox.isOpen = true;
    mailbox.opened = [...mailbox.opened, now];
    const showing = this.#show(request, user, words).then((outcome) => {
      mailbox.isOpen = false;
      this.#showing.delete(showing);
      if (outcome === 'away') mailbox.waiting.add(request.id);
      else this.#next(user, mailbox);
    });
    this.#showing.add(showing);
  }

  /** The first of which there is still something to tell. */
  #take({ waiting }: Mailbox): SupportRequest | undefined {
    for (const id of [...waiting]) {
      waiting.delete(id);
      const request = this.#ports.approvals.untold(id);
      if (request !== undefined) return request;
    }
    return undefined;
  }

  async #show(request: SupportRequest, user: Sid, words: ConsentWords): Promise<MessageOutcome> {
    const { window, approvals, log } = this.#ports;
    const notice = changeNotice(request);
    if (notice === undefined) return 'unseen';
    try {
      const text = requestedText(request);
      const outcome = await window.show({ ...notice, program: text.program, text, words }, user, this.#over.signal);
      // What became of it meanwhile has not been told yet.
      if (outcome === 'seen' && approvals.untold(request.id) === request) approvals.told(request.id);
      return outcome;
    } catch (error) {
      log.write('warning', 'userNotTold', { code: toErrorReport(error).code });
      return 'unseen';
    }
  }
}
