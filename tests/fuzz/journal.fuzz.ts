/** Bytes in place of a journal never throw, and are good only up to the record before the first change. */
import { createHash } from 'node:crypto';
import { Journal } from '../../src/audit/journal.ts';
import { verifyJournal } from '../../src/audit/verify.ts';
import { isEpmError } from '../../src/model/errors.ts';
import { entry } from '../unit/audit/entry.ts';
import { MemoryJournal } from '../unit/audit/memory-journal.ts';

const CONTEXT = { deviceName: 'PC-1', now: () => 0 };
const lines = await someLines();

export async function fuzz(bytes: Uint8Array): Promise<void> {
  const plain = await verifyJournal([bytes]);
  const pieces = await verifyJournal([bytes.subarray(0, bytes.length / 3), bytes.subarray(bytes.length / 3)]);
  if (JSON.stringify(plain) !== JSON.stringify(pieces)) throw new Error('The result depends on how the bytes arrive.');
  await fuzzSegments(bytes);
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
  `${lines.toString('ascii').split('\n')[1] ?? ''}\n`,
  '\n\n',
  '{}\n',
  '[]',
];

/** Bytes in place of a closed segment are found by the review, which reads the segments around them all the same. */
async function fuzzSegments(bytes: Uint8Array): Promise<void> {
  const [first = 0, second = 0] = [...lines.entries()].flatMap(([at, byte]) => (byte === 0x0a ? [at + 1] : []));
  const disk = new MemoryJournal();
  disk.segments.set(1, Buffer.from(lines.subarray(0, first)));
  disk.segments.set(2, Buffer.from(bytes));
  disk.open = Buffer.from(lines.subarray(second));
  const seen: number[] = [];
  const journal = await Journal.open(disk, CONTEXT);
  const record = ({ sequence }: { readonly sequence: number }): boolean => seen.push(sequence) > 0;
  const fault = await journal.review({ record, fault: () => undefined });
  const isRight = lines.subarray(first, second).equals(bytes);
  if ((fault === undefined) !== isRight) throw new Error(`The review says ${fault?.reason ?? 'nothing'}.`);
  if (!seen.includes(1) || !seen.includes(3)) throw new Error(`Only the records ${seen.join(', ')} were read.`);
  // As the open segment they are taken, or refused with the code for that.
  const open = new MemoryJournal();
  open.open = Buffer.from(bytes);
  try {
    (await Journal.open(open, CONTEXT)).append(entry('agentStopped'));
  } catch (error) {
    if (!isEpmError(error) || error.code !== 'EPM_AUDIT_BROKEN') throw error;
  }
}

async function someLines(): Promise<Buffer> {
  const storage = new MemoryJournal();
  const journal = await Journal.open(storage, CONTEXT);
  journal.append(entry('agentStarted', { message: 'Agent' }));
  journal.append(entry('elevationStarting', { filePath: 'C:\\\u00e4.exe', arguments: ['a\u202e', ''], processId: 7 }));
  journal.append(entry('elevationEnded', { result: 3221225786 }));
  return storage.content();
}
