/** Entries of an event log as ReadEventLogW gives them: EVENTLOGRECORD, winnt.h. */
import { textUpToNul } from '../dll/text.ts';

interface EventRecord {
  readonly source: string;
  readonly id: number;
  readonly strings: readonly string[];
}

/** Offsets of members of EVENTLOGRECORD; the name of the source follows the last one. */
const ID = 20;
const STRING_COUNT = 26;
const STRING_OFFSET = 36;
const SOURCE = 56;

/** @returns the records of a buffer in their order; a record that is not whole ends the list */
export function parseEventRecords(buffer: Uint8Array): readonly EventRecord[] {
  const records: EventRecord[] = [];
  const view = new DataView(buffer.buffer, buffer.byteOffset, buffer.byteLength);
  for (let at = 0; at + SOURCE <= buffer.length;) {
    const length = view.getUint32(at, true);
    if (length < SOURCE || length > buffer.length - at) break;
    const record = buffer.subarray(at, at + length);
    records.push({
      source: textUpToNul(record.subarray(SOURCE, SOURCE + ((length - SOURCE) & ~1))),
      // The upper half has severity and facility.
      id: view.getUint32(at + ID, true) & 0xffff,
      strings: stringsOf(record, view.getUint32(at + STRING_OFFSET, true), view.getUint16(at + STRING_COUNT, true)),
    });
    at += length;
  }
  return records;
}

function stringsOf(record: Uint8Array, offset: number, count: number): readonly string[] {
  const strings: string[] = [];
  for (let at = offset; strings.length < count && at < record.length;) {
    const text = textUpToNul(record.subarray(at, at + ((record.length - at) & ~1)));
    strings.push(text);
    at += (text.length + 1) * 2;
  }
  return strings;
}
