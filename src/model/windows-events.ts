/**
 * Entries that the agent writes to the Windows event log: their numbers, weights and texts. The message file is generated
 * from this table, and so is docs/events.md. A number is never used again for something else.
 *
 * What became of a request that failed has the number of its error code; what else is recorded has one of 600 to 699, what
 * the agent tells of itself one of 700 to 719 and of requests one of 720 to 729, what the launcher tells 800, and the head of the journal 900.
 */
import type { AuditEvent } from './audit-record.ts';
import { ERROR_CODES, type ErrorCode } from './error-codes.ts';
import type { NotificationEvent } from './notification.ts';

export type EventSeverity = 'information' | 'warning' | 'error';

export interface WindowsEvent {
  readonly id: number;
  readonly severity: EventSeverity;
  readonly text: string;
}

function event(id: number, severity: EventSeverity, text: string): WindowsEvent {
  return { id, severity, text };
}

/** Of the records of the audit journal that have no error code. */
export const AUDIT_WINDOWS_EVENTS = {
  agentStarted: event(600, 'information', 'The agent started.'),
  agentStopped: event(601, 'information', 'The agent was stopped.'),
  policyChanged: event(602, 'information', 'Another policy came into force, or one can be read again.'),
  policyFault: event(603, 'error', 'A delivered policy cannot be used.'),
  elevationStarting: event(604, 'information', 'A program is about to run with administrator rights.'),
  elevationEnded: event(605, 'information', 'A program with administrator rights ended.'),
  elevationInterrupted: event(606, 'warning', 'The end of a program with administrator rights was not recorded.'),
  treeEnded: event(618, 'warning', 'What a program with administrator rights had started was ended.'),
  childAllowed: event(616, 'information', 'A program with administrator rights starts another one.'),
  childDenied: event(617, 'warning', 'A program that one with administrator rights had started was ended.'),
  libraryDenied: event(619, 'warning', 'A program with administrator rights was ended because of a library.'),
  elevationFailed: event(607, 'error', 'An elevation could not be carried out. Nothing ran.'),
  elevationDenied: event(608, 'warning', 'An elevation was denied.'),
  elevationPending: event(609, 'information', 'An elevation waits for an answer or an approval.'),
  requestRefused: event(610, 'warning', 'A request was refused.'),
  journalRecovered: event(611, 'warning', 'An unfinished record was removed from the audit journal.'),
  journalGap: event(612, 'error', 'Records could not be written to the audit journal.'),
  journalIncomplete: event(613, 'error', 'The audit journal is not the one that the agent left.'),
  journalTrimmed: event(614, 'information', 'Old records were removed from the audit journal.'),
  recordsOmitted: event(615, 'warning', 'Records of a user who makes too many were only counted.'),
  journalSealed: event(628, 'information', 'The audit journal has a new key.'),
  journalCheckpoint: event(629, 'information', 'The device signed how far the audit journal is.'),
  supportRequestCreated: event(620, 'information', 'A user asks support for an approval.'),
  supportRequestUpdated: event(621, 'information', 'A user asks support again.'),
  supportRequestApproved: event(622, 'information', 'A request to support was approved.'),
  supportRequestDenied: event(623, 'information', 'A request to support was denied.'),
  supportRequestExpired: event(624, 'information', 'A request to support, or its approval, is over.'),
  supportRequestRevoked: event(625, 'warning', 'The approval of a request to support was taken back.'),
  grantImported: event(626, 'information', 'A signed approval was imported.'),
  grantRefused: event(627, 'warning', 'A signed approval was refused.'),
  secretChanged: event(640, 'information', 'A secret of the agent was changed.'),
  notificationDropped: event(641, 'warning', 'A receiver was not told of a request to support.'),
  grantRevoked: event(630, 'warning', 'A signed revocation took an approval back.'),
} as const satisfies Readonly<Record<AuditEvent, WindowsEvent>>;

/** What the agent tells of itself, by the name of the event in its own log. */
export const AGENT_WINDOWS_EVENTS = {
  memoryHigh: event(700, 'warning', 'The agent uses more memory than it should.'),
  handlesHigh: event(701, 'warning', 'The agent has more handles open than it should.'),
  eventLoopSlow: event(702, 'warning', 'The agent came late to its next task.'),
  requestsStuck: event(703, 'warning', 'A request has had no answer for longer than any should wait.'),
  journalSlow: event(704, 'warning', 'The audit journal is slow to be on the disk.'),
  healthRecovered: event(705, 'information', 'The agent is as it should be again.'),
  unhealthyEnds: event(706, 'error', 'The agent ends because of its state, and Windows starts it again.'),
  unhealthyGoesOn: event(707, 'error', 'The agent goes on in a bad state: it has ended itself too often.'),
  pipeTroubled: event(708, 'warning', 'The agent could not listen to one of its pipes, and tries again.'),
  hardeningRefused: event(709, 'warning', 'Windows refused a protection of the agent itself.'),
  foreignDataFolder: event(710, 'warning', 'Something else lay in the place of the data of the agent and was moved.'),
  auditWriteFailed: event(711, 'error', 'A record could not be written to the audit journal.'),
  eventsOmitted: event(712, 'warning', 'Entries of the event log were left out, because there were too many.'),
} as const satisfies Readonly<Record<string, WindowsEvent>>;

/** What receivers of the kind `eventLog` are told of a request to support. */
export const NOTIFICATION_WINDOWS_EVENTS = {
  requested: event(720, 'information', 'A request to support waits for an answer.'),
  approved: event(721, 'information', 'Receivers are told: a request to support was approved.'),
  denied: event(722, 'information', 'Receivers are told: a request to support was denied.'),
  expired: event(723, 'information', 'Receivers are told: a request to support, or its approval, is over.'),
  revoked: event(724, 'information', 'Receivers are told: the approval of a request to support was taken back.'),
  completed: event(725, 'information', 'Receivers are told: an approved program was run.'),
} as const satisfies Readonly<Record<NotificationEvent, WindowsEvent>>;

/** What the launcher tells, in the log "Application", where everybody may write. */
const LAUNCHER_WINDOWS_EVENTS = {
  startedWithoutAgent: event(
    800,
    'warning',
    'A program that a rule names started as always, because the agent did not answer.',
  ),
} as const satisfies Readonly<Record<string, WindowsEvent>>;

/** Read by the agent itself when it starts: its text is not for people. */
export const HEAD_EVENT: WindowsEvent = event(900, 'information', 'Head of the audit journal.');

/** Of a record with an error code, and of an agent that ends with one. */
export function errorWindowsEvent(code: ErrorCode): WindowsEvent {
  const { eventId, meaning, auditEvent } = ERROR_CODES[code];
  return event(eventId, auditEvent === 'elevationFailed' ? 'error' : 'warning', meaning);
}

/** Names of the facts that an entry shows, in the order of its insertions %1, %2, … */
export const EVENT_FACTS = ['What', 'User', 'File', 'Rule', 'Request', 'Reason', 'Process', 'Number'] as const;

export type EventFact = (typeof EVENT_FACTS)[number];

/** Every entry there is, by its number. @throws RangeError when two have the same */
export function allWindowsEvents(): ReadonlyMap<number, WindowsEvent> {
  const all = [
    ...(Object.keys(ERROR_CODES) as ErrorCode[]).map(errorWindowsEvent),
    ...Object.values(AUDIT_WINDOWS_EVENTS),
    ...Object.values(AGENT_WINDOWS_EVENTS),
    ...Object.values(NOTIFICATION_WINDOWS_EVENTS),
    ...Object.values(LAUNCHER_WINDOWS_EVENTS),
    HEAD_EVENT,
  ];
  const byId = new Map<number, WindowsEvent>();
  for (const each of all) {
    if (byId.has(each.id)) throw new RangeError(`Two events have the number ${each.id}.`);
    byId.set(each.id, each);
  }
  return new Map([...byId].sort(([left], [right]) => left - right));
}
