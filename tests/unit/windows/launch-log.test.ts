/** What the launcher writes to the Windows event log, which Wine does not keep, against the table of the entries. */
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { allWindowsEvents, EVENT_FACTS } from '../../../src/model/windows-events.ts';

const read = (path: string): string => readFileSync(new URL(`../../../${path}`, import.meta.url), 'utf8');

const LOG = read('native/launch/launch_log.cpp');

it('has the number, the weight and the facts of the entry, and a registered source', () => {
  const id = Number(/started_without_agent = (\d+);/.exec(LOG)?.[1]);
  expect(allWindowsEvents().get(id)).toMatchObject({ severity: 'warning' });
  expect(LOG).toContain('EVENTLOG_WARNING_TYPE, 0, started_without_agent');
  const facts = (/facts\[\] = \{([^}]*)\}/.exec(LOG)?.[1] ?? '').split(',').map((fact) => fact.trim());
  expect(facts).toHaveLength(EVENT_FACTS.length);
  expect(facts[EVENT_FACTS.indexOf('File')]).toBe('path.c_str()');
  expect(facts[EVENT_FACTS.indexOf('Reason')]).toBe('reason.c_str()');
  const source = /source\[\] = L"([^"]+)"/.exec(LOG)?.[1];
  expect(read('src/windows/log/event-source.ts')).toContain(`EventLog\\\\Application\\\\${source}'`);
});
