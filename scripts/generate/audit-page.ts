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

The agent writes one line of JSON for each record to \`%ProgramData%\\EPM\\Audit\\journal.jsonl\`. A record is on the disk before
what it announces takes effect, and carries the hash of the record before it, so that a change, a removal or an insertion
shows: \`epm audit verify\`. Read it with \`Get-EPMAudit\` or \`epm audit\`; a standard user gets the records of their own requests,
an administrator all of them.

Fields and events are only added, never renamed or given another meaning. A reader should pass over what it does not know.
A field is left out where its value is not known.
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
