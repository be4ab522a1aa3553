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
  readonly events: 'every' | 'sealed' | readonly AuditEvent[];
  readonly graph?: string;
  readonly meaning: string;
}

const ROWS: readonly Row[] = Object.entries(AUDIT_FIELDS).map(([name, row]) => ({ name, ...row }));

const REQUEST_ROWS = ROWS.filter(
  ({ events }) => typeof events !== 'string' && AUDIT_REQUEST_EVENTS.every((event) => events.includes(event)),
);

const HEAD = `# Audit journal

<!-- Generated from src/model/audit-record.ts by scripts/generate.mjs. Do not edit. -->

The agent writes one line of JSON for each record to files in \`%ProgramData%\\EPM\\Audit\`. A record is on the disk before what
it announces takes effect, and carries the hash of the record before it, so that a change, a removal or an insertion shows:
\`epm audit verify\`. Read it with \`Get-EPMAudit\` or \`epm audit\`; a standard user gets the records of their own requests, an
administrator all of them.

## Seal it, keep the key, verify

As an administrator on the device, once, at its installation:

\`\`\`powershell
epm audit seal
\`\`\`

It prints the *verification key*, one line that begins with \`EPM-SEAL-1-\`, and the key of the device. **Keep the line away from the
device**, in a file of its own: it is shown only now, the device does not keep it, and whoever has it can make seals. It also holds the
number and the hash of the record after which sealing begins, so that everything before is fixed by it as well.

Whoever verifies, on any system, takes a copy of the folder and the line:

\`\`\`powershell
epm audit verify --journal D:\\Copies\\PC-1\\Audit --key PC-1.key --head 4711:3f0c…
\`\`\`

It ends with 0 when every record is there as the agent wrote it, and with 1 when not; \`--json\` gives \`state\`, one of the [states](#states),
and \`record\`, the first one that is not proved. \`--head\` takes the newest number and hash that somebody noted
(\`epm status\`, \`Get-EPMAgent\`, the event log): only a note from outside tells that a journal and everything beside it was put back to an
earlier day. A file of keys may have several lines: \`epm audit seal\` can be run again and begins with a new key; keep the old one too.

## How records are sealed

- Each record has a \`seal\`, an HMAC-SHA-256 by a key that is replaced after it, one way (HKDF-Expand). The agent has only the
  key of the next record, in \`%ProgramData%\\EPM\\journal-seal.bin\`. Whoever takes over the machine gets that one, and can forge
  what is recorded from then on, and nothing of what was recorded before, not even with a new chain of hashes.
  *(Tests: [\`tests/unit/audit/tampering.test.ts\`](../tests/unit/audit/tampering.test.ts), [\`tests/unit/audit/seal-keys.test.ts\`](../tests/unit/audit/seal-keys.test.ts).)*
- The file is overwritten in its place once the record is on the disk, and is not waited for: a record costs no second flush. After
  a crash the key on the disk is some records behind, and the next start brings it forward by their seals. Until then, and on a disk
  that keeps what is overwritten (shadow copies, wear levelling), an older key can be found: whoever finds it can forge the
  records since. *(Test: [\`tests/unit/agent/seal.test.ts\`](../tests/unit/agent/seal.test.ts).)*
- The key is never ahead of the journal. When it is at a start, records were removed: the agent records it, and the numbers of
  the seals (\`sealNumber\`) keep the gap for ever.
- Keys come in blocks of 1,024 records, so that verification gets to any record quickly, also when older ones were removed by their age.
- Without \`journal-seal.bin\` the agent goes on without seals, records it (\`journalIncomplete\`, reason \`unsealed\`) and warns. Run
  \`epm audit seal\` again when you know why.
- A journal of an earlier version goes on: the record \`journalSealed\` says from where on there are seals.

The device signs how far the journal is with a key of its own, in a record \`journalCheckpoint\` after 1,024 records at the latest, after 10 minutes
with new ones, and at the end of each segment. \`epm audit verify --device-key KEY\` compares these; it takes the key or the
identifier of the device (\`DeviceId\` of \`Get-EPMAgent\`). That needs no secret, and says less than seals: the device’s key lies on the device.

## Form

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
- What an interrupted agent left open is closed by its next start, once: an unfinished line, or one that the disk
  wrote in parts when its power went (it has zeros then), by \`journalRecovered\`; a program without an end by \`elevationInterrupted\`.

## Proof

\`epm audit verify\` asks the agent for every record up to the newest, and compares with the head that the agent names.
\`--journal\` takes the files instead: a folder or its \`journal.jsonl\` stands for all segments in it, any other file for itself.
\`--head NUMBER:HASH\`, or the hash alone, takes a record that was noted earlier, such as the head that \`epm status\` shows: the proof then holds
only when that record is in the journal, or is the last one that was removed by its age. So everything up to it is as it
was then. With the number it also says whether the journal was cut, or is an older copy. Records that were too long for a message are cut for display and marked; the files have them whole.

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
    `Every record has ${names(ROWS.filter(({ events }) => events === 'every'))}; one with a seal ${names(ROWS.filter(({ events }) => events === 'sealed'))} too.`,
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
  const carried = ROWS.filter(({ events }) => typeof events !== 'string' && events.includes(event));
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
