import { describe, expect, it } from 'vitest';
import { createAgent } from '../../../src/agent/index.ts';
import { ENTRIES_PER_MINUTE, EventLog, withEvents } from '../../../src/agent/event-entries.ts';
import type { AuditRecord } from '../../../src/model/audit-record.ts';
import { EpmError } from '../../../src/model/errors.ts';
import { allWindowsEvents, EVENT_FACTS } from '../../../src/model/windows-events.ts';
import { renderEventMessages } from '../../../scripts/generate/event-messages.ts';
import { ALICE, caller, context, FakeMachine, SETUP } from './fake-machine.ts';

describe('the table of entries', () => {
  it('gives every number once, and those of the Event Viewer only', () => {
    const all = allWindowsEvents();
    expect(Math.min(...all.keys())).toBeGreaterThan(0);
    expect(Math.max(...all.keys())).toBeLessThan(0x10000);
  });

  it('is the whole message file', () => {
    const text = renderEventMessages();
    const numbers = [...text.matchAll(/^MessageId=(\d+)$/gm)].map(([, id]) => Number(id));
    expect(numbers).toEqual([...allWindowsEvents().keys()]);
    // A line with a full stop alone ends a message, so none has one in its text.
    expect(text.match(/^\.$/gm)).toHaveLength(numbers.length);
    expect(text).toMatch(/^[ -~\n]*$/);
  });
});

describe('entries of the Windows event log', () => {
  const facts = (machine: FakeMachine, id: number) => {
    const entry = machine.entries.find((each) => each.id === id);
    return Object.fromEntries(EVENT_FACTS.map((name, index) => [name, entry?.facts[index]]));
  };

  it('tell of an elevation without its justification and its arguments', async () => {
    const machine = new FakeMachine().withRule();
    const agent = await createAgent(machine.ports(), { version: '1', processId: 1 });
    await agent.elevate(
      caller(),
      { path: SETUP, justification: 'JUSTIFICATION', arguments: ['/ARGUMENT'] },
      context().value,
    );
    expect(machine.entries.map(({ id }) => id)).toEqual([600, 602, 604]);
    expect(facts(machine, 604)).toMatchObject({
      What: 'elevationStarting',
      User: ALICE,
      File: SETUP,
      Rule: 'Setup',
      Process: '777',
    });
    expect(facts(machine, 604)['Request']).toMatch(/^[0-9a-f]{32}$/);
    expect(JSON.stringify(machine.entries)).not.toMatch(/JUSTIFICATION|ARGUMENT/);
    await agent.stop();
  });

  it('have the number of the error where there is one', async () => {
    const machine = new FakeMachine().withRule();
    const agent = await createAgent(machine.ports(), { version: '1', processId: 1 });
    await expect(agent.elevate(caller({ integrity: 0x1000 }), { path: SETUP }, context().value)).rejects.toThrow();
    expect(facts(machine, 313)).toMatchObject({ What: 'requestRefused', Reason: 'EPM_CALLER_REFUSED', User: ALICE });
    await agent.stop();
  });

  const log = (entries: (readonly [number, readonly string[]])[], clock = { monotonic: () => 0 }, available = true) =>
    new EventLog(
      { isAvailable: () => available, write: ({ id }, insertions) => void entries.push([id, insertions]) },
      clock,
    );
  const record = (more: object): AuditRecord =>
    ({ event: 'elevationDenied', sequence: 1, ...more }) as unknown as AuditRecord;

  it('AC-94 hold a path that only looks like text of the system, and nothing that cannot be seen', () => {
    const entries: (readonly [number, readonly string[]])[] = [];
    log(entries).record(record({ filePath: 'C:\\a\r\nUser: admin\u202e%%1234%%%5.exe' }));
    const file = entries[0]?.[1][2];
    expect(file).not.toMatch(/%%|[\r\n\u202e]/);
    expect(file).toContain('<U+000D><U+000A>User: admin<U+202E>');
  });

  it('AC-94 cut what is long', () => {
    const entries: (readonly [number, readonly string[]])[] = [];
    log(entries).record(record({ filePath: 'x'.repeat(32_767) }));
    expect(entries[0]?.[1].join('').length).toBeLessThan(1_000);
  });

  it('AC-75 are so many a minute, and the rest is counted', () => {
    const entries: (readonly [number, readonly string[]])[] = [];
    let now = 0;
    const events = log(entries, { monotonic: () => now });
    for (let index = 0; index < ENTRIES_PER_MINUTE + 30; index += 1) events.record(record({}));
    expect(entries).toHaveLength(ENTRIES_PER_MINUTE);
    now = 60_000;
    events.record(record({}));
    expect(entries.slice(ENTRIES_PER_MINUTE).map(([id, insertions]) => [id, insertions.at(-1)])).toEqual([
      [712, '30'],
      [608, '1'],
    ]);
  });

  it('are none where there is no log, and never stop the agent', () => {
    const entries: (readonly [number, readonly string[]])[] = [];
    log(entries, undefined, false).record(record({}));
    expect(entries).toEqual([]);
    const failing = new EventLog(
      {
        isAvailable: () => true,
        write: () => {
          throw new EpmError('EPM_WINDOWS_API', 'full');
        },
      },
      { monotonic: () => 0 },
    );
    expect(() => failing.record(record({}))).not.toThrow();
  });

  it('tell what the agent says of itself, and nothing else of its log', () => {
    const entries: (readonly [number, readonly string[]])[] = [];
    const lines: string[] = [];
    const both = withEvents({ write: (_level, event) => void lines.push(event) }, log(entries));
    both.write('warning', 'memoryHigh', { value: 7, limit: 5 });
    both.write('error', 'agentFailed', { code: 'EPM_AUDIT_BROKEN', message: 'SECRET' });
    both.write('error', 'agentFailed', { code: 'toString', message: 'SECRET' });
    both.write('information', 'clientGone', { code: 'x' });
    expect(lines).toHaveLength(4);
    expect(entries.map(([id]) => id)).toEqual([700, 501]);
    expect(JSON.stringify(entries)).not.toContain('SECRET');
  });
});
