/**
 * The support requests of a device: what each is about, and what became of it (decision G2). Every change is written before
 * it counts, so that a request which the user was told of survives the agent.
 *
 * A request is open while it waits for an answer, or is approved and has not run. Of one user there is one open request for
 * one file with the same arguments, and asking again updates it.
 */
import { canonicalMsiVector } from '../engine/arguments.ts';
import type { Sid } from '../model/brands.ts';
import { EpmError } from '../model/errors.ts';
import type { SupportRequest, SupportRequestState } from '../model/support-request.ts';
import { foldText } from '../text/compare.ts';

const DAY = 24 * 60 * 60_000;
/** Milliseconds for which a request waits for an answer. */
export const REQUEST_LIFETIME = 7 * DAY;
/** Milliseconds for which a request is kept after its last change, once it is not open any more. */
export const REQUEST_KEPT = 30 * DAY;

export interface RequestLimits {
  /** Open requests of one user. */
  readonly open: number;
  /** Requests of one user that are kept, in whatever state; the oldest ones that are not open make room. */
  readonly perUser: number;
  /** The same for all users together. */
  readonly total: number;
}

const REQUEST_LIMITS: RequestLimits = { open: 20, perUser: 100, total: 2000 };

/** One request as it is kept. */
export interface KeptRequest {
  readonly request: SupportRequest;
  /** Its user was told the state that it has now, or knows it. */
  readonly told: boolean;
}

/** Where requests outlive the agent. Each method throws EPM_DATA_FOLDER when it did not happen. */
export interface RequestStore {
  write(kept: KeptRequest): void;
  remove(id: string): void;
}

/** What a request is about: of these there is one open request. */
type RequestSubject = Pick<SupportRequest, 'requestedByUserId' | 'arguments'> & {
  readonly applicationDetail: Pick<SupportRequest['applicationDetail'], 'fileHash' | 'fileName'>;
};

/** What is asked: what the agent found out, and the reason that the user gives. */
export type Asked = Omit<
  SupportRequest,
  | 'id'
  | 'status'
  | 'requestCreatedDateTime'
  | 'requestLastModifiedDateTime'
  | 'requestExpiryDateTime'
  | 'timesAsked'
  | 'grantId'
  | 'approvalExpiryDateTime'
  | `review${string}`
>;

/** Who answered, and what they said. */
export interface Review {
  readonly by: { readonly id: string; readonly name?: string };
  readonly reason?: string;
}

/** The grant that answers a request. */
export interface Approval extends Review {
  readonly grantId: string;
  /** Milliseconds since 1970, UTC. */
  readonly until: number;
}

type RequestChange = 'created' | 'updated' | 'approved' | 'denied' | 'expired' | 'revoked' | 'completed';

/** What happened to a request, for the audit and for whoever tells people. */
export interface ChangedRequest {
  readonly change: RequestChange;
  readonly request: SupportRequest;
}

/** What is known of the grant of an approved request: it may still elevate, or why it never will again. */
export type GrantOutlook = 'live' | 'expired' | 'revoked' | 'used';

export class RequestBook {
  readonly #store: RequestStore;
  readonly #newId: () => string;
  readonly #limits: RequestLimits;
  /** In the order in which they were made. */
  readonly #kept: Map<string, KeptRequest>;

  /**
   * @param kept what an earlier agent left
   * @param newId gives an identifier that nobody can guess
   */
  constructor(
    kept: readonly KeptRequest[],
    store: RequestStore,
    newId: () => string,
    limits: RequestLimits = REQUEST_LIMITS,
  ) {
    const inOrder = kept.toSorted(
      (one, other) => timeOf(one.request.requestCreatedDateTime) - timeOf(other.request.requestCreatedDateTime),
    );
    this.#kept = new Map(inOrder.map((each) => [each.request.id, each]));
    this.#store = store;
    this.#newId = newId;
    this.#limits = limits;
  }

  /** The oldest first. */
  get all(): readonly SupportRequest[] {
    return [...this.#kept.values()].map(({ request }) => request);
  }

  get(id: string): SupportRequest | undefined {
    return this.#kept.get(id)?.request;
  }

  /** A request of which its user does not know what became of it; undefined: they know, or there is none. */
  untold(id: string): SupportRequest | undefined {
    const kept = this.#kept.get(id);
    return kept === undefined || kept.told ? undefined : kept.request;
  }

  /** The open request about the subject, else the last one of which its user does not know what became of it. */
  about(subject: RequestSubject): SupportRequest | undefined {
    const key = keyOf(subject);
    const same = [...this.#kept.values()].filter(({ request }) => keyOf(request) === key);
    const found = same.find(({ request }) => isOpen(request)) ?? same.findLast(({ told }) => !told);
    return found?.request;
  }

  /**
   * Makes a request, or updates the open one about the same subject.
   * @param now milliseconds since 1970, UTC
   * @throws EpmError EPM_SUPPORT_REQUEST_LIMIT, EPM_DATA_FOLDER
   */
  ask(asked: Asked, now: number): ChangedRequest {
    const open = this.#openAbout(asked);
    const time = isoTime(now);
    if (open !== undefined) {
      const request = { ...open, ...asked, requestLastModifiedDateTime: time, timesAsked: open.timesAsked + 1 };
      return this.#put('updated', request, true);
    }
    this.#makeRoom(asked.requestedByUserId);
    return this.#put(
      'created',
      {
        ...asked,
        id: this.#newId(),
        status: 'pending',
        requestCreatedDateTime: time,
        requestLastModifiedDateTime: time,
        requestExpiryDateTime: isoTime(now + REQUEST_LIFETIME),
        timesAsked: 1 + this.#askedBefore(asked),
      },
      true,
    );
  }

  /**
   * The user asks again without a reason.
   * @returns undefined: there is no open request about it
   * @throws EpmError EPM_DATA_FOLDER
   */
  askAgain(subject: RequestSubject, now: number): ChangedRequest | undefined {
    const open = this.#openAbout(subject);
    if (open === undefined) return undefined;
    const request = { ...open, requestLastModifiedDateTime: isoTime(now), timesAsked: open.timesAsked + 1 };
    return this.#put('updated', request, true);
  }

  /** Its user knows what became of it. @throws EpmError EPM_DATA_FOLDER */
  told(id: string): void {
    const kept = this.#kept.get(id);
    if (kept !== undefined && !kept.told) this.#keep({ ...kept, told: true });
  }

  /**
   * A grant answers a request, whatever was answered before. Where the user has asked for the same again meanwhile, it answers
   * that. Of several grants the one that ends last is told.
   * @returns undefined: nothing changes, or there is no such request any more
   * @throws EpmError EPM_DATA_FOLDER
   */
  approve(id: string, { grantId, until, by, reason }: Approval, now: number): ChangedRequest | undefined {
    const named = this.get(id);
    if (named === undefined || named.status === 'revoked') return undefined;
    const before = this.#openAbout(named) ?? named;
    const known =
      before.status === 'approved' || before.status === 'completed' ? before.approvalExpiryDateTime : undefined;
    if (known !== undefined && (before.grantId === grantId || timeOf(known) >= until)) return undefined;
    const { reviewerJustification: _, ...rest } = before;
    return this.#put('approved', {
      ...reviewed(
        { ...rest, status: before.status === 'completed' ? 'completed' : 'approved' },
        { by, ...said(reason) },
        now,
      ),
      grantId,
      approvalExpiryDateTime: isoTime(until),
    });
  }

  /** @throws EpmError EPM_SUPPORT_REQUEST_UNKNOWN, EPM_SUPPORT_REQUEST_STATE, EPM_DATA_FOLDER */
  deny(id: string, review: Review, now: number): ChangedRequest {
    const before = this.#known(id);
    if (before.status !== 'pending') throw wrongState(before, 'denied', 'pending');
    return this.#put('denied', reviewed({ ...before, status: 'denied' }, review, now));
  }

  /**
   * Takes an approval back. Whoever revokes sees to it that its grants do not count any more.
   * @throws EpmError EPM_SUPPORT_REQUEST_UNKNOWN, EPM_SUPPORT_REQUEST_STATE, EPM_DATA_FOLDER
   */
  revoke(id: string, review: Review, now: number): ChangedRequest {
    const before = this.#known(id);
    if (before.status !== 'approved' && before.status !== 'completed') throw wrongState(before, 'revoked', 'approved');
    return this.#put('revoked', reviewed({ ...before, status: 'revoked' }, review, now));
  }

  /**
   * A program ran by a grant: what its user asked for is completed.
   * @throws EpmError EPM_DATA_FOLDER
   */
  ran(
    subject: RequestSubject,
    grant: { readonly id: string; readonly until: number },
    now: number,
  ): readonly ChangedRequest[] {
    const open = this.#openAbout(subject);
    if (open === undefined) return [];
    return [
      this.#put(
        'completed',
        {
          ...open,
          status: 'completed',
          requestLastModifiedDateTime: isoTime(now),
          grantId: grant.id,
          approvalExpiryDateTime: isoTime(grant.until),
        },
        true,
      ),
    ];
  }

  /**
   * Ends what is over, and forgets what is old. What cannot be written stays as it was, and its time comes again.
   * @param outlook of the grant of an approved request
   */
  settle(now: number, outlook: (request: SupportRequest) => GrantOutlook): readonly ChangedRequest[] {
    const changes: ChangedRequest[] = [];
    for (const { request } of [...this.#kept.values()]) {
      const next = isOpen(request) ? overState(request, now, outlook) : undefined;
      try {
        if (next !== undefined) {
          changes.push(this.#put(next, { ...request, status: next, requestLastModifiedDateTime: isoTime(now) }));
        } else if (!isOpen(request) && timeOf(request.requestLastModifiedDateTime) + REQUEST_KEPT <= now) {
          this.#forget(request.id);
        }
      } catch (error) {
        if (!(error instanceof EpmError)) throw error;
      }
    }
    return changes;
  }

  #openAbout(subject: RequestSubject): SupportRequest | undefined {
    const key = keyOf(subject);
    for (const { request } of this.#kept.values()) if (isOpen(request) && keyOf(request) === key) return request;
    return undefined;
  }

  /** How often the same was asked in requests that are not open any more. */
  #askedBefore(subject: RequestSubject): number {
    const key = keyOf(subject);
    return this.all
      .filter((request) => keyOf(request) === key)
      .reduce((sum, { timesAsked }) => Math.max(sum, timesAsked), 0);
  }

  #makeRoom(user: Sid): void {
    const mine = this.all.filter(({ requestedByUserId }) => requestedByUserId === user);
    const open = mine.filter(isOpen).length;
    if (open >= this.#limits.open) throw tooMany(`You have ${open} open requests to support`);
    for (const [requests, limit] of [
      [mine, this.#limits.perUser],
      [this.all, this.#limits.total],
    ] as const) {
      if (requests.length < limit) continue;
      const oldest = requests.find((request) => !isOpen(request));
      if (oldest === undefined) throw tooMany(`${requests.length} requests to support are open on this device`);
      if (this.#kept.has(oldest.id)) this.#forget(oldest.id);
    }
  }

  #known(id: string): SupportRequest {
    const request = this.get(id);
    if (request === undefined) {
      throw new EpmError(
        'EPM_SUPPORT_REQUEST_UNKNOWN',
        `There is no support request ${id.slice(0, 32)} on this device.`,
      );
    }
    return request;
  }

  #put(change: RequestChange, request: SupportRequest, told = false): ChangedRequest {
    this.#keep({ request, told });
    return { change, request };
  }

  #keep(kept: KeptRequest): void {
    this.#store.write(kept);
    this.#kept.set(kept.request.id, kept);
  }

  #forget(id: string): void {
    this.#store.remove(id);
    this.#kept.delete(id);
  }
}

/** It waits for an answer, or is approved and has not run. */
export function isOpen({ status }: SupportRequest): boolean {
  return status === 'pending' || status === 'approved';
}

/** The end that an open request has come to; undefined: none. */
function overState(
  request: SupportRequest,
  now: number,
  outlook: (request: SupportRequest) => GrantOutlook,
): Extract<SupportRequestState, 'expired' | 'revoked' | 'completed'> | undefined {
  if (request.status === 'pending') return timeOf(request.requestExpiryDateTime) <= now ? 'expired' : undefined;
  switch (outlook(request)) {
    case 'live':
      return undefined;
    case 'used':
      return 'completed';
    case 'expired':
      return 'expired';
    case 'revoked':
      return 'revoked';
  }
}

/** Equal for requests about the same subject. */
function keyOf({
  requestedByUserId,
  applicationDetail: { fileHash, fileName },
  arguments: values,
}: RequestSubject): string {
  const isPackage = /\.msi$/i.test(fileName);
  return JSON.stringify([
    requestedByUserId,
    fileHash,
    foldText(fileName),
    isPackage ? canonicalMsiVector(values) : values,
  ]);
}

function reviewed(request: SupportRequest, { by, reason }: Review, now: number): SupportRequest {
  const { reviewCompletedByUserPrincipalName: _, reviewerJustification: __, ...rest } = request;
  return {
    ...rest,
    requestLastModifiedDateTime: isoTime(now),
    reviewCompletedByUserId: by.id,
    ...(by.name === undefined ? {} : { reviewCompletedByUserPrincipalName: by.name }),
    reviewCompletedDateTime: isoTime(now),
    ...(reason === undefined ? {} : { reviewerJustification: reason }),
  };
}

function said(reason: string | undefined): { readonly reason?: string } {
  return reason === undefined ? {} : { reason };
}

function isoTime(time: number): string {
  return new Date(time).toISOString();
}

function timeOf(text: string): number {
  return Date.parse(text);
}

function tooMany(what: string): EpmError {
  return new EpmError('EPM_SUPPORT_REQUEST_LIMIT', `${what} already.`);
}

function wrongState({ id, status }: SupportRequest, wanted: string, from: string): EpmError {
  return new EpmError(
    'EPM_SUPPORT_REQUEST_STATE',
    `The support request ${id} is ${status}; only one that is ${from} can be ${wanted}.`,
    { data: { status } },
  );
}
