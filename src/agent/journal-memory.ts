/** What the agent keeps about its journal beside it: the head it noted, what was found wrong, and what users have added. */
import type { ChainHead } from '../audit/chain.ts';
import { JOURNAL_STATES } from '../model/journal-states.ts';
import type { JournalFinding } from './journal-finding.ts';
import { isHead } from './noted-heads.ts';
import type { Log, StateStore } from './ports.ts';
import type { Usage } from './record-quota.ts';

export interface JournalMemory {
  readonly head?: ChainHead;
  /** The last thing that was found wrong, and when: milliseconds since 1970, UTC. */
  readonly finding?: JournalFinding & { readonly time: number };
  readonly usage?: Usage;
}

/** What cannot be read is as what was never written; the event log still tells where the journal was. */
export function readJournalMemory(store: StateStore, log: Log): JournalMemory {
  let value: unknown;
  try {
    value = store.read();
  } catch {
    log.write('warning', 'journalStateUnreadable', {});
  }
  if (typeof value !== 'object' || value === null) return {};
  const { head, finding, usage } = value as Readonly<Record<string, unknown>>;
  return {
    ...(isObject(head) && isHead(head) ? { head: { records: head.records, headHash: head.headHash } } : {}),
    ...(isFinding(finding) ? { finding } : {}),
    ...(isUsage(usage) ? { usage } : {}),
  };
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}

function isFinding(value: unknown): value is JournalFinding & { readonly time: number } {
  if (!isObject(value)) return false;
  const { state, record, time, noted } = value;
  return (
    isFault(state) &&
    Number.isSafeInteger(record) &&
    Number.isFinite(time) &&
    (noted === undefined || (isObject(noted) && isHead(noted)))
  );
}

function isFault(state: unknown): boolean {
  if (typeof state !== 'string' || !Object.hasOwn(JOURNAL_STATES, state)) return false;
  return state !== 'unverified' && !JOURNAL_STATES[state as keyof typeof JOURNAL_STATES].proved;
}

function isUsage(value: unknown): value is Usage {
  if (!isObject(value) || typeof value['day'] !== 'string' || !isObject(value['users'])) return false;
  const isCount = (count: unknown): boolean => Number.isSafeInteger(count) && (count as number) >= 0;
  return Object.values(value['users']).every(
    (user) => isObject(user) && isCount(user['bytes']) && isCount(user['omitted']),
  );
}
