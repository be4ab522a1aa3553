/** Notifications as entries of the Windows event log, which Windows Event Forwarding can carry to a collector. */
import type { NotificationEvent } from '../../model/notification.ts';
import { EVENT_FACTS, type EventFact, NOTIFICATION_WINDOWS_EVENTS } from '../../model/windows-events.ts';
import { shownFact } from '../event-entries.ts';
import type { EventEntries } from '../ports.ts';
import type { NotificationPayload } from './payload.ts';
import type { Sender } from './sender.ts';

/**
 * The reasons that people give are not among the facts: more people read the event log than answer requests.
 * @param entries of the agent's own log
 */
export function eventLogSender(entries: EventEntries): Sender<'eventLog'> {
  return async (_, { payload }) => {
    if (!entries.isAvailable()) return { outcome: 'failed', fault: 'notWritten', answer: 'There is no event log.' };
    try {
      const facts = factsOf(payload);
      entries.write(
        NOTIFICATION_WINDOWS_EVENTS[payload.event],
        EVENT_FACTS.map((name) => shownFact(facts[name])),
      );
      return { outcome: 'sent' };
    } catch {
      return { outcome: 'failed', fault: 'notWritten' };
    }
  };
}

function factsOf({ event, test, request }: NotificationPayload): Partial<Readonly<Record<EventFact, string>>> {
  const { applicationDetail: file } = request;
  const text = (value: unknown): string => (typeof value === 'string' ? value : '');
  const what: Readonly<Record<NotificationEvent, string>> = {
    requested: 'requestRequested',
    approved: 'requestApproved',
    denied: 'requestDenied',
    expired: 'requestExpired',
    revoked: 'requestRevoked',
    completed: 'requestCompleted',
  };
  return {
    What: test === true ? `${what[event]}, test` : what[event],
    User: text(request['requestedByUserPrincipalName']) || text(request['requestedByUserId']),
    File: text(file['filePath']),
    Request: request.id,
    Reason: text(request['status']),
    Number: text(file['fileHash']),
  };
}
