/** What must hold of any bytes given to the reader of a form. */
import { deepStrictEqual } from 'node:assert';
import { isEpmError } from '../../src/model/errors.ts';
import { portable, writeAs } from '../../src/policy/convert.ts';
import type { PolicyForm, ReadPolicies } from '../../src/policy/form.ts';
import { FORMS } from '../../src/policy/forms.ts';

/** Longest time one input may take, in milliseconds, for 64 KiB; a busy machine gets a second try. */
const LONGEST = 100;

/** @throws when the reader throws anything but a coded refusal, loses a rule, or what it read does not survive being written */
export function fuzzForm(bytes: Uint8Array, form: PolicyForm, read: (input: Uint8Array) => ReadPolicies): void {
  const start = performance.now();
  const result = readOrRefusal(bytes, read);
  if (performance.now() - start > LONGEST) {
    const again = performance.now();
    readOrRefusal(bytes, read);
    const time = performance.now() - again;
    if (time > LONGEST) throw new Error(`Reading ${bytes.length} bytes took ${time} ms.`);
  }
  for (const file of result?.policies ?? []) {
    if (file.report.length !== file.rules.length + file.rejected.length) throw new Error('A rule was lost.');
    const silent = file.rejected.find(({ reasons }) => reasons.length === 0);
    if (silent !== undefined) throw new Error('A rule was rejected without a reason.');
    try {
      const first = writeAs(file, form);
      const [again] = FORMS[form].read(first.bytes, {}).policies;
      if (again === undefined) throw new Error('A policy that was written cannot be found.');
      deepStrictEqual(Buffer.from(writeAs(again, form).bytes), Buffer.from(first.bytes));
      const kept = structuredClone(portable({ ...again, scope: { kind: 'device' } }).rules.slice(0, file.rules.length));
      deepStrictEqual(kept, structuredClone([...file.rules]));
    } catch (error) {
      // A policy may have no place in the form it came from: empty, or of a user nobody named.
      if (!isEpmError(error)) throw error;
    }
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
