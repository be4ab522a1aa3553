/** Functions of node:fs that can be told to fail, as on a disk that is full. */
import fs from 'node:fs';
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

/** Replaces them for this process. A call that is told to fail is not made; a file that is closed is closed all the same. */
export function failFiles(faults: CallFaults): void {
  const functions = fs as unknown as Record<string, Call>;
  for (const name of NAMES) {
    const original = functions[name] as Call;
    functions[name] = (...values) => {
      if (!faults.isToFail(name)) return original(...values);
      if (name === 'closeSync') original(...values);
      throw Object.assign(new Error(`ENOSPC: no space left on device, ${name}`), { code: 'ENOSPC', errno: -4055 });
    };
  }
}
