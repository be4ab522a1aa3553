import { expect, it } from 'vitest';
import { parseEventRecords } from '../../../src/windows/log/event-records.ts';
import { eventRecord } from './event-record.ts';

it('entries of an event log are read with their source, number and texts', () => {
  const buffer = Buffer.concat([
    eventRecord('EPM Agent', 900, ['{"records":7}']),
    eventRecord('Other', 1, []),
    eventRecord('EPM Agent', 900, ['a', '', 'ä']),
  ]);
  expect(parseEventRecords(buffer)).toEqual([
    { source: 'EPM Agent', id: 900, strings: ['{"records":7}'] },
    { source: 'Other', id: 1, strings: [] },
    { source: 'EPM Agent', id: 900, strings: ['a', '', 'ä'] },
  ]);
});

it('an entry that is not whole ends the list, whatever is in its place', () => {
  const buffer = Buffer.concat([eventRecord('EPM Agent', 900, ['x']), eventRecord('EPM Agent', 900, ['y'])]);
  for (let length = 0; length <= buffer.length; length += 1) {
    const records = parseEventRecords(buffer.subarray(0, length));
    expect(records.length).toBe(length === buffer.length ? 2 : length >= buffer.length / 2 ? 1 : 0);
  }
  expect(parseEventRecords(Buffer.alloc(4096))).toEqual([]);
  expect(parseEventRecords(Buffer.alloc(4096, 0xff))).toEqual([]);
  // Offsets that point behind the entry give no text.
  const wrong = eventRecord('EPM Agent', 900, ['x']);
  wrong.writeUInt32LE(0xffff_ffff, 36);
  expect(parseEventRecords(wrong)).toEqual([{ source: 'EPM Agent', id: 900, strings: [] }]);
});
