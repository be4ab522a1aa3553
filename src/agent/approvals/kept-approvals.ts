/** What is kept of requests and grants between two runs of the agent, and how it is told from what the agent did not write. */
import type { Sid } from '../../model/brands.ts';
import {
  APPLICATION_DETAIL_FIELDS,
  SUPPORT_REQUEST_FIELDS,
  SUPPORT_REQUEST_STATES,
  type SupportRequest,
  type SupportRequestFieldRow,
  type SupportRequestKind,
} from '../../model/support-request.ts';
import type { GrantClock, GrantNote, GrantStore, LocalRevocation } from '../../requests/grants/grant-book.ts';
import type { KeptRequest, RequestStore } from '../../requests/request-book.ts';
import type { EntryStore, StateStore } from '../ports.ts';

type Members = Readonly<Record<string, unknown>>;

interface Read<T> {
  readonly kept: readonly T[];
  /** Keys of what is there and is not what the agent wrote. */
  readonly unreadable: readonly string[];
}

/** @throws EpmError EPM_DATA_FOLDER when it is not known what is there */
export function readRequests(store: EntryStore): Read<KeptRequest> {
  return readAll(store, (key, value) => {
    const { request, told } = value;
    if (!isMembers(request) || request['id'] !== key || typeof told !== 'boolean') return undefined;
    return isRequest(request) ? { request, told } : undefined;
  });
}

/** @param changed called after a request was written */
export function requestStore(store: EntryStore, changed: () => void = () => undefined): RequestStore {
  return {
    write(kept) {
      store.write(kept.request.id, kept);
      changed();
    },
    remove: (id) => store.remove(id),
  };
}

/** Notes of grants and what was taken back, in one store: a note has the id of its grant, the other what it revokes. */
const REVOKED = 'revoked-';

/** @throws EpmError EPM_DATA_FOLDER when it is not known what is there */
export function readNotes(store: EntryStore): Read<GrantNote | LocalRevocation> {
  return readAll(store, (key, value) => {
    if (key.startsWith(REVOKED))
      return isRevocation(value) && value.of === key.slice(REVOKED.length) ? value : undefined;
    return isNote(value) && value.id === key ? value : undefined;
  });
}

/** @throws EpmError EPM_DATA_FOLDER */
export function readClock(state: StateStore): GrantClock | undefined {
  const value = state.read();
  if (!isMembers(value)) return undefined;
  const { latest, doubtfulBefore } = value;
  if (!isTime(latest) || !(doubtfulBefore === undefined || isTime(doubtfulBefore))) return undefined;
  return { latest, ...(doubtfulBefore === undefined ? {} : { doubtfulBefore }) };
}

export function grantStore(store: EntryStore, state: StateStore): GrantStore {
  return {
    writeNote: (note) => store.write(note.id, note),
    removeNote: (id) => store.remove(id),
    writeRevocation: (revocation) => store.write(`${REVOKED}${revocation.of}`, revocation),
    removeRevocation: (of) => store.remove(`${REVOKED}${of}`),
    writeClock: (clock) => state.write(clock),
  };
}

function readAll<T>(store: EntryStore, read: (key: string, value: Members) => T | undefined): Read<T> {
  const kept: T[] = [];
  const unreadable: string[] = [];
  for (const [key, value] of store.read()) {
    const found = isMembers(value) ? read(key, value) : undefined;
    if (found === undefined) unreadable.push(key);
    else kept.push(found);
  }
  return { kept, unreadable };
}

function isNote(value: Members): value is Members & GrantNote {
  const { id, text, uses, until } = value;
  return typeof id === 'string' && isTime(uses) && isTime(until) && (text === undefined || typeof text === 'string');
}

function isRevocation(value: Members): value is Members & LocalRevocation {
  const { of, by, reason, time, until } = value;
  const hasReason = reason === undefined || typeof reason === 'string';
  return typeof of === 'string' && isText(by) && hasReason && isTime(time) && isTime(until);
}

const IS_KIND: { readonly [K in SupportRequestKind]: (value: unknown) => boolean } = {
  requestId: isText,
  grantId: isText,
  deviceId: isText,
  sid: isSid,
  text: isText,
  path: isText,
  texts: (value) => Array.isArray(value) && value.every(isText),
  flag: (value) => typeof value === 'boolean',
  count: isTime,
  time: (value) => isText(value) && !Number.isNaN(Date.parse(value)),
  digest: isText,
  state: (value) => isText(value) && Object.hasOwn(SUPPORT_REQUEST_STATES, value),
  rule: isMembers,
  ders: (value) => Array.isArray(value) && value.every(isText),
  chain: (value) => Array.isArray(value) && value.every(isMembers),
  application: (value) => isMembers(value) && fits(value, APPLICATION_DETAIL_FIELDS),
};

function isRequest(value: Members): value is Members & SupportRequest {
  return fits(value, SUPPORT_REQUEST_FIELDS);
}

/** A later version may have written members that this one does not know. */
function fits(value: Members, rows: Readonly<Record<string, SupportRequestFieldRow>>): boolean {
  return Object.entries(rows).every(([name, { kind, optional }]) =>
    value[name] === undefined ? optional === true : IS_KIND[kind](value[name]),
  );
}

function isMembers(value: unknown): value is Members {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isText(value: unknown): value is string {
  return typeof value === 'string';
}

function isSid(value: unknown): value is Sid {
  return isText(value) && /^S-1-/.test(value);
}

/** A number of milliseconds, or of uses. */
function isTime(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}
