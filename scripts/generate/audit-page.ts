/** docs/audit.md, from the tables of audit events and fields. */
import {
  AUDIT_ELEVATION_TYPES,
  AUDIT_EVENTS,
  AUDIT_FIELDS,
  AUDIT_KINDS,
  AUDIT_REQUEST_EVENTS,
  type AuditEvent,
} from '../../src/model/audit-record.ts';
import { ERROR_CODES } from '../../src/model/error-codes.ts';
import { JOURNAL_STATES } from '../../src/model/journal-states.ts';
import { auditProperties } from './audit-view.ts';

interface Row {
  readonly name: string;
  readonly kind: keyof typeof AUDIT_KINDS;
  readonly events: 'every' | readonly AuditEvent[];
  readonly graph?: string;
  readonly meaning: string;
}

const ROWS: readonly Row[] = Object.entries(AUDIT_FIELDS).map(([name, row]) => ({ name, ...row }));

const REQUEST_ROWS = ROWS.filter(
  ({ events }) => events !== 'every' && AUDIT_REQUEST_EVENTS.every((event) => events.includes(event)),
);

const HEAD = `# Audit journal

<!-- Generated from src/model/audit-record.ts by scripts/generate.mjs. Do not edit. -->

The agent writes one line of JSON for each record to files in \`%ProgramData%\\EPM\\Audit\`. A record is on the disk before what
it announces takes effect, and carries the hash of the record before it, so that a change, a removal or an insertion shows:
\`epm audit verify\`. Read it with \`Get-EPMAudit\` or \`epm audit\`; a standard user gets the records of their own requests, an
administrator all of them.

Fields and events are only added, never renamed or given another meaning. A reader should pass over what it does not know.
A field is left out where its value is not known.

## Order

- \`sequence\` counts 1, 2, 3 … through the whole life of a journal, without a gap and never again from the beginning.
  \`previousHash\` is the \`recordHash\` of the record before. The time is that of the device's clock and may jump; the order is
  that of the numbers.
- \`journal.jsonl\` is the segment that is written to. When it has 4 MiB, or its first record is a day old, it is closed and
  renamed to \`journal-<number of its first record>.jsonl\`; the chain goes on in the next one. A journal of one file, from a
  version without segments, is simply the first segment.
- Records older than the setting \`journalDays\` (30) are removed by whole segments, once a record \`journalTrimmed\` names the
  last of them. A journal that begins later than with record 1 verifies only when such a record in it says so. While no
  policy enables EPM nothing is removed by age.
- One user may add 60 records a minute and 16 MiB a day (UTC). What exceeds that is counted and told by one record
  \`recordsOmitted\`. A program is not elevated when the records of its start and its end have no room: \`EPM_AUDIT_QUOTA\`.
- What an interrupted agent left open is closed by its next start, once: an unfinished line by \`journalRecovered\`, a
  program without an end by \`elevationInterrupted\`.

## Proof

\`epm audit verify\` asks the agent for every record up to the newest, and compares with the head that the agent names.
\`--journal\` takes the files instead: a folder or its \`journal.jsonl\` stands for all segments in it, any other file for itself.
\`--head HASH\` takes the hash of a record that was noted earlier, such as the head that \`epm status\` shows: the proof then holds
only when that record is in the journal, or is the last one that was removed by its age. So everything up to it is as it
was then. Records that were too long for a message are cut for display and marked; the files have them whole.

An administrator's questions go over the pipe of administration, where requests are counted apart: a check waits for no
request of users. *(Test: AC-09 in [\`tests/unit/ipc/server.test.ts\`](../tests/unit/ipc/server.test.ts).)*

The agent notes the head of the journal outside of it: in \`%ProgramData%\\EPM\\journal-state.json\` after at most 64 records or
5 seconds, and in the event log "EPM" at its start and stop, after 1,024 records, or after 10 minutes with new records. A
note is made after its record is on the disk, so a crash never makes the journal look cut. What is cut from the end before
it was noted is not missed: those last records are what is left to whoever can stop the agent and write its files.
\`epm agent install\` registers the event log, to which only the system and administrators write; each entry has a code made
with the secret of the installation. Without it, \`eventLog\` of the status is \`notAvailable\`, and nothing tells when the
journal and the agent's own file are replaced together.

The agent compares when it starts, and then reads the older segments in the background. What it finds is the first record
that it writes, \`journalIncomplete\` with one of the states below, and its status warns of it for as long as records are kept.
It elevates all the same: only somebody with administrator rights can have changed the files, and refusing would hinder
everybody else. It does not start when the newest segment does not verify, because no record can follow such a one.
`;

const STATES = `## States

What can be said of a journal: \`state\` of \`epm audit verify --json\`, \`journal.state\` of \`epm status --json\`, \`JournalState\` of
\`Get-EPMAgent\`, and the reason of \`journalIncomplete\`.
`;

/** @returns the page */
export function renderAuditPage(): string {
  return [
    HEAD,
    '## Events',
    '',
    table(
      ['Event', 'What happened', 'Its fields'],
      (Object.keys(AUDIT_EVENTS) as AuditEvent[]).map((event) => [
        code(event),
        [AUDIT_EVENTS[event], failures(event)].join(' ').trim(),
        fieldsOf(event),
      ]),
    ),
    '',
    `Every record has ${names(ROWS.filter(({ events }) => events === 'every'))}.`,
    `Those of a request are ${names(REQUEST_ROWS)}.`,
    '',
    STATES,
    table(
      ['State', 'Verified', 'What it says'],
      Object.entries(JOURNAL_STATES).map(([state, { proved, meaning }]) => [
        code(state),
        proved ? 'yes' : 'no',
        meaning,
      ]),
    ),
    '',
    '## Fields',
    '',
    'A field whose name is that of a property of Graph’s `privilegeManagementElevation` has that property’s meaning.',
    '',
    table(
      ['Field', 'In the module', 'Form', 'Graph', 'Meaning'],
      ROWS.map(({ name, kind, graph, meaning }) => [
        code(name),
        auditProperties(name).map(code).join(', '),
        AUDIT_KINDS[kind],
        graph === undefined ? '' : code(graph),
        meaning,
      ]),
    ),
    '',
    '## Elevation types',
    '',
    table(
      ['Value', 'By'],
      Object.entries(AUDIT_ELEVATION_TYPES).map(([value, meaning]) => [code(value), meaning]),
    ),
    '',
  ].join('\n');
}

/** Fields of the event besides those of every record; those of a request together. */
function fieldsOf(event: AuditEvent): string {
  const carried = ROWS.filter(({ events }) => events !== 'every' && events.includes(event));
  const isRequest = AUDIT_REQUEST_EVENTS.some((other) => other === event);
  const own = isRequest ? carried.filter((row) => !REQUEST_ROWS.includes(row)) : carried;
  return [...(isRequest ? ['those of a request'] : []), ...own.map(({ name }) => code(name))].join(', ');
}

/** Error codes that end an elevation with the event. The many that are failures are those not named. */
function failures(event: AuditEvent): string {
  if (event !== 'elevationDenied' && event !== 'requestRefused') return '';
  const codes = Object.entries(ERROR_CODES).flatMap(([name, { auditEvent }]) => (auditEvent === event ? [name] : []));
  return `Error codes: ${codes.map(code).join(', ')}.`;
}

function names(rows: readonly Row[]): string {
  return rows.map(({ name }) => code(name)).join(', ');
}

function code(text: string): string {
  return `\`${text}\``;
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  return [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}
