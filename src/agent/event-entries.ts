/** Writes records and the agent's own log to the Windows event log as well, as far as that has room for them. */
import type { AuditRecord } from '../model/audit-record.ts';
import { ERROR_CODES, type ErrorCode } from '../model/error-codes.ts';
import {
  AGENT_WINDOWS_EVENTS,
  AUDIT_WINDOWS_EVENTS,
  errorWindowsEvent,
  EVENT_FACTS,
  type EventFact,
  type WindowsEvent,
} from '../model/windows-events.ts';
import { displayText } from '../text/display.ts';
import type { Clock, EventEntries, Log } from './ports.ts';

/** Entries a minute; somebody who makes many must not push the heads of the journal out of the log. */
export const ENTRIES_PER_MINUTE = 120;
const MINUTE = 60_000;
/** Characters of one fact. */
const MAX_FACT = 512;

type Facts = Partial<Readonly<Record<EventFact, string>>>;

export class EventLog {
  readonly #entries: EventEntries;
  readonly #clock: Pick<Clock, 'monotonic'>;
  #start = -Infinity;
  #written = 0;
  #omitted = 0;

  constructor(entries: EventEntries, clock: Pick<Clock, 'monotonic'>) {
    this.#entries = entries;
    this.#clock = clock;
  }

  /** Never throws: the journal has what must be proved. */
  record(record: AuditRecord): void {
    const { userSid, filePath, rule, requestId, reason, processId, errorCode } = record as Partial<
      Record<string, unknown>
    > & { readonly rule?: { readonly name?: unknown } };
    this.#write(recordEvent(record.event, errorCode), {
      What: record.event,
      User: text(userSid),
      File: text(filePath),
      Rule: text(rule?.name),
      Request: text(requestId),
      Reason: text(errorCode ?? reason),
      Process: text(processId),
      Number: String(record.sequence),
    });
  }

  /** What the agent's own log has under a name of the table. */
  log(name: string, data: Readonly<Record<string, string | number | boolean>>): void {
    if (name === 'agentFailed' && isErrorCode(data['code'])) {
      this.#write(errorWindowsEvent(data['code']), { What: name, Reason: data['code'] });
      return;
    }
    if (!isAgentEvent(name)) return;
    const { fault, code, mitigations, value, win32, records, movedTo } = data;
    this.#write(AGENT_WINDOWS_EVENTS[name], {
      What: name,
      File: text(movedTo),
      Reason: text(fault ?? code ?? mitigations),
      Number: text(value ?? win32 ?? records),
    });
  }

  #write(event: WindowsEvent, facts: Facts): void {
    const now = this.#clock.monotonic();
    if (now - this.#start >= MINUTE) {
      this.#start = now;
      this.#written = 0;
      const omitted = this.#omitted;
      this.#omitted = 0;
      if (omitted > 0)
        this.#put(AGENT_WINDOWS_EVENTS.eventsOmitted, { What: 'eventsOmitted', Number: String(omitted) });
    }
    if (this.#written >= ENTRIES_PER_MINUTE) {
      this.#omitted += 1;
      return;
    }
    this.#put(event, facts);
  }

  #put(event: WindowsEvent, facts: Facts): void {
    this.#written += 1;
    try {
      if (!this.#entries.isAvailable()) return;
      this.#entries.write(
        event,
        EVENT_FACTS.map((name) => shownFact(facts[name])),
      );
    } catch {
      // A log that is full or gone changes nothing of what the agent does.
    }
  }
}

/** The log that the agent writes to, with those of its entries in the event log that the table has. */
export function withEvents(log: Log, events: EventLog): Log {
  return {
    write(level, event, data) {
      log.write(level, event, data);
      events.log(event, data);
    },
  };
}

function recordEvent(name: AuditRecord['event'], errorCode: unknown): WindowsEvent {
  if (isErrorCode(errorCode)) return errorWindowsEvent(errorCode);
  // A record of a later version may have an event that this one does not know.
  return (AUDIT_WINDOWS_EVENTS as Readonly<Record<string, WindowsEvent>>)[name] ?? AUDIT_WINDOWS_EVENTS.requestRefused;
}

function isErrorCode(value: unknown): value is ErrorCode {
  return typeof value === 'string' && Object.hasOwn(ERROR_CODES, value);
}

function isAgentEvent(name: string): name is keyof typeof AGENT_WINDOWS_EVENTS {
  return Object.hasOwn(AGENT_WINDOWS_EVENTS, name);
}

function text(value: unknown): string {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
}

/**
 * The Event Viewer takes "%%" and a number in an insertion for the number of another text (Microsoft Learn, "Event
 * Sources", ParameterMessageFile): what a user names a file must not become that.
 */
export function shownFact(value: string | undefined): string {
  if (value === undefined || value === '') return '-';
  return displayText(value, MAX_FACT).replaceAll(/%(?=%)/g, '<U+0025>');
}
