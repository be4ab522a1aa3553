/** Short ways to what the tests of programs ask. */
import { type ProgramFacts } from '../../../../src/facts/pe/index.ts';
import { MalformedContent } from '../../../../src/facts/malformed.ts';
import { memorySource } from '../../agent/fake-machine.ts';
import { inspectExecutable } from '../../../corpus/readers.ts';

export async function factsOf(bytes: Uint8Array): Promise<ProgramFacts> {
  return (await inspectExecutable(memorySource(bytes))).facts;
}

/** Message and place of the refusal; `undefined` when the program is taken. */
export async function refusalOf(bytes: Uint8Array): Promise<string | undefined> {
  try {
    await inspectExecutable(memorySource(bytes));
    return undefined;
  } catch (error) {
    if (error instanceof MalformedContent) return error.toRefusal().message;
    throw error;
  }
}

/** A copy with one change. */
export function changed(bytes: Uint8Array, change: (copy: Buffer) => unknown): Buffer {
  const copy = Buffer.from(bytes);
  change(copy);
  return copy;
}
