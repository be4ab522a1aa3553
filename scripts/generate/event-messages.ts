/** native/messages/events.mc, the source of the message table in epmnative.dll, and docs/events.md. */
import { allWindowsEvents, EVENT_FACTS, HEAD_EVENT, type WindowsEvent } from '../../src/model/windows-events.ts';

/** Insertions whose fact an entry lacks are written as a hyphen. */
const FACTS = EVENT_FACTS.map((name, index) => `${name}: %${index + 1}`).join('\n');

/** For windmc and mc.exe (Microsoft Learn, "Message Text Files"); ASCII, so that no code page can change it. */
export function renderEventMessages(): string {
  const head = [
    ';// Generated from src/model/windows-events.ts by `npm run generate`. Do not edit.',
    'MessageIdTypedef=DWORD',
    'LanguageNames=(English=0x409:MSG00409)',
  ];
  return `${[...head, ...[...allWindowsEvents().values()].map(message)].join('\n')}\n`;
}

function message(each: WindowsEvent): string {
  const text = each.text.replaceAll('…', '...').replaceAll('%', '%%');
  if (/[^ -~]/.test(text)) throw new RangeError(`The text of event ${each.id} is not ASCII.`);
  const body = each.id === HEAD_EVENT.id ? `${text}\n%1` : `${text}\n\n${FACTS}`;
  return `\nMessageId=${each.id}\nLanguage=English\n${body}\n.`;
}

export function renderEventsPage(): string {
  const rows = [...allWindowsEvents().values()].map(({ id, severity, text }) => `| ${id} | ${severity} | ${text} |`);
  return `# Entries of the Windows event log

<!-- Generated from src/model/windows-events.ts by scripts/generate.mjs. Do not edit. -->

The agent writes what it records and what it finds out about itself to a log of its own: **EPM**, source **EPM Agent**, in
the Event Viewer below "Applications and Services Logs". Only the system and administrators write and clear it; Event Log
Readers read it. The audit journal, not this log, is the proof: an entry says less than its record, at most 120 are written
a minute, and old ones go when the log is full.

An entry shows facts and no sentences of strangers: ${EVENT_FACTS.join(', ')}, each where it is known. It never has a
justification, an argument, a ticket or a secret. Characters that cannot be seen are written as their code points.

A number below 600 is that of an [error code](errors.md), 600 to 699 of an [audit event](audit.md), 700 to 799 of the agent
itself. 800 is of the [launcher](launch.md#when-the-agent-does-not-answer), which runs as the person: it writes to "Application", source
**EPM Launcher**, where everybody may write. \`epm agent install\` registers \`epmnative.dll\` as the file with the texts, \`epm agent repair\` does it again.

| Event id | Weight | What happened |
|---|---|---|
${rows.join('\n')}

*Tests: [unit/agent/event-entries](../tests/unit/agent/event-entries.test.ts), [windows/service-events](../tests/windows/service-events.test.ts).*
`;
}
