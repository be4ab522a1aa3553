/** Bytes in place of a journal never throw, and are good only up to the record before the first change. */
import { createHash } from 'node:crypto';
import { Journal } from '../../src/audit/journal.ts';
import { verifyJournal } from '../../src/audit/verify.ts';
import { entry } from '../unit/audit/entry.ts';

const lines = await someLines();

export async function fuzz(bytes: Uint8Array): Promise<void> {
  const plain = await verifyJournal([bytes]);
  const pieces = await verifyJournal([bytes.subarray(0, bytes.length / 3), bytes.subarray(bytes.length / 3)]);
  if (JSON.stringify(plain) !== JSON.stringify(pieces)) throw new Error('The result depends on how the bytes arrive.');
  // One byte of a good journal replaced: the records before it are good, the rest is not.
  const changed = Buffer.from(lines);
  const at = createHash('sha256').update(bytes).digest().readUInt32LE() % changed.length;
  const value = bytes.at(-1) ?? 0;
  if (changed[at] === value) return;
  changed[at] = value;
  const result = await verifyJournal([changed]);
  const before = lines.subarray(0, at).filter((byte) => byte === 0x0a).length;
  const isLastLineFeed = at === changed.length - 1;
  if (result.ok && !isLastLineFeed) throw new Error(`A changed byte at ${at} was not noticed.`);
  if (result.records !== before) throw new Error(`${result.records} records are called good; ${before} are.`);
}

export const corpus: readonly string[] = [
  lines.toString('ascii'),
  lines.subarray(0, 900).toString('ascii'),
  '\n\n',
  '{}\n',
  '[]',
];

async function someLines(): Promise<Buffer> {
  const written: Uint8Array[] = [];
  const storage = {
    read: () => empty(),
    append: (bytes: Uint8Array) => void written.push(bytes),
    truncate: () => undefined,
    close: () => undefined,
  };
  const journal = await Journal.open(storage, { deviceName: 'PC-1', now: () => 0 });
  journal.append(entry('agentStarted', { message: 'Agent' }));
  journal.append(entry('elevationStarting', { filePath: 'C:\\\u00e4.exe', arguments: ['a\u202e', ''], processId: 7 }));
  journal.append(entry('elevationEnded', { result: 3221225786 }));
  return Buffer.concat(written);
}

async function* empty(): AsyncGenerator<Uint8Array> {
  // A journal that was never written.
}
