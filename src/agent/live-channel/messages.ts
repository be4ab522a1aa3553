/**
 * What a device says beside the signed texts: small JSON with a version. Nobody signs it, so it is a hint and never more:
 * whoever can write to the broker can make one up.
 */
import { isNameOf } from '../../model/rule-action.ts';
import { SUPPORT_REQUEST_STATES, type SupportRequest, type SupportRequestState } from '../../model/support-request.ts';
import { defined } from '../../model/defined.ts';

/** Bytes of the longest one that is read. */
const MAX_STATE = 1024;
const VERSION = 1;

/** The state of one request. */
export interface RequestStateMessage {
  readonly status: SupportRequestState;
  /** ISO 8601, UTC. */
  readonly lastModified: string;
  readonly grantId?: string;
  readonly approvedUntil?: string;
}

/** Whether a device is there. */
interface PresenceMessage {
  readonly state: 'online' | 'offline';
}

export function writeRequestState(request: SupportRequest): Uint8Array {
  return write({
    status: request.status,
    lastModified: request.requestLastModifiedDateTime,
    ...defined({ grantId: request.grantId, approvedUntil: request.approvalExpiryDateTime }),
  } satisfies RequestStateMessage);
}

export function writePresence(state: PresenceMessage['state']): Uint8Array {
  return write({ state } satisfies PresenceMessage);
}

/** @returns undefined for anything else; members that a later version adds are passed over */
export function readRequestState(payload: Uint8Array): RequestStateMessage | undefined {
  const value = parse(payload);
  if (value === undefined) return undefined;
  const { status, lastModified, grantId, approvedUntil } = value;
  if (!isNameOf(SUPPORT_REQUEST_STATES, status) || !isTime(lastModified)) return undefined;
  if (grantId !== undefined && !(typeof grantId === 'string' && /^[0-9a-f]{16}$/.test(grantId))) return undefined;
  if (approvedUntil !== undefined && !isTime(approvedUntil)) return undefined;
  return { status, lastModified, ...defined({ grantId, approvedUntil }) };
}

function write(message: object): Uint8Array {
  return Buffer.from(JSON.stringify({ version: VERSION, ...message }));
}

function parse(payload: Uint8Array): Readonly<Partial<Record<string, unknown>>> | undefined {
  if (payload.length > MAX_STATE) return undefined;
  try {
    const value: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(payload));
    return typeof value === 'object' && value !== null && 'version' in value && value.version === VERSION
      ? value
      : undefined;
  } catch {
    return undefined;
  }
}

function isTime(value: unknown): value is string {
  return typeof value === 'string' && /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/.test(value);
}
