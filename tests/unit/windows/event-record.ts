/** EVENTLOGRECORD as winnt.h has it, with a SID and data that are passed over. */
export function eventRecord(source: string, id: number, strings: readonly string[]): Buffer {
  const names = Buffer.from(`${source}\0PC-1\0`, 'utf16le');
  const sid = Buffer.alloc(12, 1);
  const text = Buffer.from(strings.map((each) => `${each}\0`).join(''), 'utf16le');
  const head = Buffer.alloc(56);
  const offset = head.length + names.length + sid.length;
  const data = Buffer.alloc(8 - ((offset + text.length) % 4), 7);
  const record = Buffer.concat([head, names, sid, text, data, Buffer.alloc(4)]);
  record.writeUInt32LE(record.length, 0);
  record.write('LfLe', 4, 'latin1');
  record.writeUInt32LE((0x4000_0000 | id) >>> 0, 20);
  record.writeUInt16LE(4, 24);
  record.writeUInt16LE(strings.length, 26);
  record.writeUInt32LE(offset, 36);
  record.writeUInt32LE(record.length, record.length - 4);
  return record;
}
