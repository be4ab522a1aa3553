/**
 * What receivers are told of a request: the fields of Graph's elevation request under their names, version 1. Which of them
 * may leave the device is a table, so that a new field is not sent before somebody has said so (decision E4).
 */
import { createHash } from 'node:crypto';
import type { NotificationEvent } from '../../model/notification.ts';
import { namesOf } from '../../model/rule-action.ts';
import type { EffectiveSettings } from '../../model/settings.ts';
import {
  APPLICATION_DETAIL_FIELDS,
  SUPPORT_REQUEST_FIELDS,
  type ApplicationDetailField,
  type SupportRequest,
  type SupportRequestField,
} from '../../model/support-request.ts';

/**
 * `diagnostic`: sent whenever data may be sent. `usage`: only where the reporting scope has elevations. `never`: Intune
 * collects command lines nowhere, and certificates are too long for a message.
 */
type Reporting = 'diagnostic' | 'usage' | 'never';

const REQUEST_REPORTING: Readonly<Record<Exclude<SupportRequestField, 'applicationDetail'>, Reporting>> = {
  id: 'diagnostic',
  status: 'diagnostic',
  requestedByUserId: 'usage',
  requestedByUserPrincipalName: 'usage',
  requestedOnDeviceId: 'diagnostic',
  deviceName: 'usage',
  requestCreatedDateTime: 'diagnostic',
  requestLastModifiedDateTime: 'diagnostic',
  requestExpiryDateTime: 'diagnostic',
  requestJustification: 'usage',
  arguments: 'never',
  fromInternet: 'never',
  timesAsked: 'never',
  rule: 'never',
  reviewCompletedByUserId: 'usage',
  reviewCompletedByUserPrincipalName: 'usage',
  reviewCompletedDateTime: 'diagnostic',
  reviewerJustification: 'usage',
  grantId: 'diagnostic',
  approvalExpiryDateTime: 'diagnostic',
};

const APPLICATION_REPORTING: Readonly<Record<ApplicationDetailField, Reporting>> = {
  fileHash: 'usage',
  fileName: 'usage',
  filePath: 'usage',
  fileDescription: 'usage',
  publisherName: 'diagnostic',
  publisherTrusted: 'diagnostic',
  publisherCert: 'never',
  certificateChain: 'never',
  productName: 'usage',
  productInternalName: 'usage',
  productVersion: 'diagnostic',
};

/** UTF-16 units of one text; the file and the person write them. */
const MAX_TEXT = 1024;

/** Members as Graph names them; the values are texts and flags. */
type Told = Readonly<Record<string, string | boolean>>;

/** A request as receivers are told it. */
interface ToldRequest {
  readonly [name: string]: string | boolean | Told;
  readonly id: string;
  readonly applicationDetail: Told;
}

export interface NotificationPayload {
  readonly version: 1;
  readonly event: NotificationEvent;
  /** ISO 8601, UTC. */
  readonly eventDateTime: string;
  /** An administrator tries the receiver: there is no such request. */
  readonly test?: true;
  readonly request: ToldRequest;
}

/** Everything of a request that a receiver may ever be told. */
export function payloadOf(event: NotificationEvent, request: SupportRequest): NotificationPayload {
  const { id, applicationDetail } = request;
  const eventDateTime = event === 'requested' ? request.requestCreatedDateTime : request.requestLastModifiedDateTime;
  const detail = told(applicationDetail, namesOf(APPLICATION_DETAIL_FIELDS), APPLICATION_REPORTING);
  const { applicationDetail: _, ...rows } = SUPPORT_REQUEST_FIELDS;
  const fields = told(request, namesOf(rows), REQUEST_REPORTING);
  // The object is made of texts and flags alone, and of this one member besides.
  const whole = { ...fields, id, applicationDetail: detail } as ToldRequest;
  return { version: 1, event, eventDateTime, request: whole };
}

/** What of it may leave the device by the settings of the user whom it is about; undefined: nothing. */
export function allowedPayload(
  payload: NotificationPayload,
  { sendData, reportingScope }: Pick<EffectiveSettings, 'sendData' | 'reportingScope'>,
): NotificationPayload | undefined {
  if (!sendData) return undefined;
  if (reportingScope !== 'diagnosticOnly') return payload;
  const { applicationDetail, ...request } = payload.request;
  const keep = (values: object, table: Readonly<Record<string, Reporting>>): object =>
    Object.fromEntries(Object.entries(values).filter(([name]) => table[name] === 'diagnostic'));
  const detail = keep(applicationDetail, APPLICATION_REPORTING);
  return {
    ...payload,
    request: { ...keep(request, REQUEST_REPORTING), applicationDetail: detail } as ToldRequest,
  };
}

/** Names one message to one receiver: the same again after a crash. 32 hexadecimal digits. */
export function messageKey(payload: NotificationPayload, receiver: string): string {
  const parts = [payload.request.id, payload.event, payload.eventDateTime, receiver];
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 32);
}

function told<Name extends string>(
  values: Readonly<Partial<Record<Name, unknown>>>,
  names: readonly Name[],
  table: Readonly<Record<string, Reporting>>,
): Told {
  const members: Record<string, string | boolean> = {};
  for (const name of names) {
    const value = values[name];
    if (table[name] === 'never') continue;
    if (typeof value === 'string') members[name] = value.slice(0, MAX_TEXT).toWellFormed();
    if (typeof value === 'boolean') members[name] = value;
  }
  return members;
}
