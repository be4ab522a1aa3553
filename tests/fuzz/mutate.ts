/** Mutation of a corpus of byte strings. */
import type { Choices } from './random.ts';

const MARKUP = ['"', '{', '}', '[', ']', ',', ':', '\\', '<', '>', '&', '\u0000', '\uf000'];

/** One input: an entry of the corpus with one to eight changes. The same choices give the same input. */
export function mutate(corpus: readonly Uint8Array[], choices: Choices): Uint8Array {
  let bytes = Buffer.from(choices.of(corpus));
  for (let changes = 1 + choices.below(8); changes > 0; changes -= 1) {
    const at = choices.below(bytes.length + 1);
    const end = Math.min(bytes.length, at + 1 + choices.below(16));
    const other = choices.of(corpus);
    const from = choices.below(other.length);
    const change = choices.of<() => Buffer>([
      () => Buffer.from([choices.below(256)]),
      () => Buffer.alloc(0),
      () => Buffer.from(other.subarray(from, from + 1 + choices.below(64))),
      () => Buffer.concat([bytes.subarray(at, end), bytes.subarray(at, end)]),
      () => Buffer.from(choices.of(MARKUP)),
    ]);
    bytes = Buffer.concat([bytes.subarray(0, at), change(), bytes.subarray(end)]);
  }
  return bytes;
}
