import type { AuditEnd, AuditQuery } from '../../agent/contract.ts';
import { AUDIT_FIELDS, type AuditKind, type AuditRecord } from '../../model/audit-record.ts';
import { EpmError } from '../../model/errors.ts';
import { bodySchema, POSITION } from './body-schema.ts';
import type { ChannelDeclaration } from './channel.ts';
import { cut, head } from './shorten.ts';

interface Recorded {
  readonly record: AuditRecord;
  /** A text of the record was too long for one message and is cut, so its hash no longer fits. */
  readonly truncated?: true;
}

interface Count extends AuditEnd {
  readonly count: number;
}

/** Asks for audit records, which come as events: the caller's own, on the pipe of administration all. */
export const audit: ChannelDeclaration<AuditQuery, Recorded, Count> = {
  pipes: ['user', 'administration'],
  schema: bodySchema({ after: POSITION, limit: { type: 'integer', minimum: 0, maximum: 100_000 } }),
  async serve(agent, { caller, cancelled, disconnected, send }, query) {
    let count = 0;
    const records = agent.audit(caller, query);
    for (;;) {
      const next = await records.next();
      if (next.done === true) return { count, ...next.value };
      if (disconnected.aborted || cancelled.aborted) {
        throw new EpmError('EPM_REQUEST_CANCELLED', 'The query was cancelled or took too long.');
      }
      // One at a time: a client that reads slowly must not make the agent hold the whole journal.
      await send({ record: next.value });
      count += 1;
    }
  },
  shortenEvent: ({ record }, keep) => ({ record: shortenRecord(record, keep), truncated: true }),
};

/** By the name of the field; a later version's record may have others. */
const KINDS: ReadonlyMap<string, AuditKind> = new Map(
  Object.entries(AUDIT_FIELDS).map(([field, { kind }]) => [field, kind]),
);

/** Cuts the fields of the kinds that may be longer than a message. */
function shortenRecord(record: AuditRecord, keep: number): AuditRecord {
  const fields = Object.entries(record).map(([field, value]: [string, unknown]) => {
    const kind = KINDS.get(field);
    if (kind === 'path' && typeof value === 'string') return [field, cut(value, keep)] as const;
    if (kind === 'texts' && Array.isArray(value)) {
      return [field, head(value, keep).map((text) => cut(String(text), keep))] as const;
    }
    return [field, value] as const;
  });
  return Object.fromEntries(fields) as unknown as AuditRecord;
}
