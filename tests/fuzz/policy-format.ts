/** What must hold of any bytes given to the reader of a format. */
import { deepStrictEqual } from 'node:assert';
import { isEpmError } from '../../src/model/errors.ts';
import { portable, writeAs } from '../../src/policy/formats/convert.ts';
import type { PolicyFormat, ReadPolicies } from '../../src/policy/formats/format.ts';
import { FORMATS } from '../../src/policy/formats/formats.ts';
import type { PolicyFile } from '../../src/policy/formats/json/policy-file.ts';

/** Longest processor time one input may take, in microseconds, for 64 KiB; collecting garbage may fall into a first try. */
const LONGEST = 100_000;

/** @throws when the reader throws anything but a coded refusal, loses a rule, or what it read does not survive being written */
export function fuzzFormat(bytes: Uint8Array, format: PolicyFormat, read: (input: Uint8Array) => ReadPolicies): void {
  const start = process.cpuUsage();
  const result = readOrRefusal(bytes, read);
  if (process.cpuUsage(start).user > LONGEST) {
    const again = process.cpuUsage();
    readOrRefusal(bytes, read);
    const { user } = process.cpuUsage(again);
    if (user > LONGEST) throw new Error(`Reading ${bytes.length} bytes took ${user} µs.`);
  }
  for (const file of result?.policies ?? []) {
    if (file.report.length !== file.rules.length + file.rejected.length) throw new Error('A rule was lost.');
    const silent = file.rejected.find(({ reasons }) => reasons.length === 0);
    if (silent !== undefined) throw new Error('A rule was rejected without a reason.');
    const first = writtenOrRefusal(file, format);
    if (first === undefined) continue;
    const [again] = FORMATS[format].read(first, {}).policies;
    if (again === undefined) throw new Error('A policy that was written cannot be found.');
    deepStrictEqual(Buffer.from(writeAs(again, format).bytes), Buffer.from(first));
    const kept = portable({ ...again, scope: { kind: 'device' } }).rules.slice(0, file.rules.length);
    deepStrictEqual(structuredClone(kept), structuredClone([...file.rules]));
  }
}

function readOrRefusal(bytes: Uint8Array, read: (input: Uint8Array) => ReadPolicies): ReadPolicies | undefined {
  try {
    return read(bytes);
  } catch (error) {
    if (isEpmError(error)) return undefined;
    throw error;
  }
}

/** A policy may have no place in the format it came from: empty, or of a user nobody named. */
function writtenOrRefusal(file: PolicyFile, format: PolicyFormat): Uint8Array | undefined {
  try {
    return writeAs(file, format).bytes;
  } catch (error) {
    if (isEpmError(error)) return undefined;
    throw error;
  }
}
