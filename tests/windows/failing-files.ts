/** Functions of node:fs that can be told to fail, as on a disk that is full. */
import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { win32 } from 'node:path';
import type { CallFaults } from './call-faults.ts';

type Call = (...values: readonly unknown[]) => unknown;

/** Those that files of the agent are written, read and removed by. */
const NAMES = [
  'openSync',
  'closeSync',
  'readSync',
  'writeSync',
  'fsyncSync',
  'ftruncateSync',
  'fstatSync',
  'statSync',
  'lstatSync',
  'readFileSync',
  'writeFileSync',
  'renameSync',
  'rmSync',
  'rmdirSync',
  'unlinkSync',
  'mkdirSync',
  'readdirSync',
] as const;

/** Where the journal ended is noted again after each record, beside requests. */
const BESIDE = /\\journal-state\.json/;

/**
 * Replaces them for this process. A call is named after its function and its file, such as `writeSync journal.jsonl`. One that
 * is told to fail is not made; a file that is closed is closed all the same.
 * @returns puts the functions back
 */
export function failFiles(faults: CallFaults): () => void {
  const functions = fs as unknown as Record<string, Call>;
  const originals = Object.fromEntries(NAMES.map((name) => [name, functions[name]]));
  const open = new Map<unknown, string>();
  for (const name of NAMES) {
    const original = functions[name] as Call;
    functions[name] = (...values) => {
      const [place] = values;
      const file = typeof place === 'string' ? place : (open.get(place) ?? 'another file');
      if (BESIDE.test(file) || !faults.isToFail(`${name} ${generic(file)}`)) {
        const result = original(...values);
        if (name === 'openSync') open.set(result, file);
        return result;
      }
      if (name === 'closeSync') original(...values);
      throw Object.assign(new Error(`ENOSPC: no space left on device, ${name}`), { code: 'ENOSPC', errno: -4055 });
    };
  }
  syncBuiltinESMExports();
  return () => {
    Object.assign(fs, originals);
    syncBuiltinESMExports();
  };
}

/** The last name of a path, with a star for each name that was made up. */
function generic(file: string): string {
  return win32.basename(file).replace(/^(?:[0-9a-f]{20}|.*S-1-5-.*|EPM.*)$/i, '*');
}
