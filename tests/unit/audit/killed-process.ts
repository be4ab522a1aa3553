/**
 * Writes a sealed journal until it is killed, alone and together, with new segments and removals. Each record that is durable is told
 * on the standard output: its number and hash, a line each.
 */
import * as fs from 'node:fs';
import * as path from 'node:path';
import { openJournalFolder } from '../../../src/audit/file-storage.ts';
import { Journal } from '../../../src/audit/journal.ts';
import { openSealFile } from '../../../src/audit/seal-file.ts';
import { Sealer } from '../../../src/audit/sealer.ts';
import type { AuditRecord } from '../../../src/model/audit-record.ts';
import { entry } from './entry.ts';

const HOUR = 60 * 60 * 1000;
const KEPT = 72 * HOUR;

const [folder = ''] = process.argv.slice(2);
let records = 0;
// A clock that the records drive: every 24 of them begin another segment, whatever the machine's speed.
const now = (): number => 1_800_000_000_000 + records * HOUR;
const sealer = new Sealer(openSealFile(path.join(folder, 'journal-seal.bin')));
const journal = await Journal.open(openJournalFolder(folder), { deviceName: 'PC-1', now, sealer });

function tell({ sequence, recordHash }: AuditRecord): void {
  records = sequence;
  fs.writeSync(1, `${sequence} ${recordHash}\n`);
}

for (records = journal.head.records; ;) {
  tell(journal.append(entry('agentStarted', { message: 'x'.repeat((records * 97) % 1500) })));
  const together = Array.from({ length: 1 + (records % 5) }, () => journal.appendSoon(entry('policyFault')));
  for (const record of await Promise.all(together)) tell(record);
  if (records % 7 === 0) await journal.trim(now() - KEPT);
}
