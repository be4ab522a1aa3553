/** Splits a stream of bytes into lines without ever holding more than one line and one piece of the stream. */
type Line =
  | { readonly kind: 'line'; readonly text: string }
  /** What follows the last line feed. */
  | { readonly kind: 'rest'; readonly bytes: number }
  | { readonly kind: 'tooLong' };

const LINE_FEED = 0x0a;

/**
 * @param maximum longest line in bytes, line feed not counted
 * @returns lines in order, then the rest (also when it is empty); ends after `tooLong`
 */
export async function* linesOf(
  source: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  maximum: number,
): AsyncGenerator<Line> {
  let pending: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of source) {
    let start = 0;
    for (let end = chunk.indexOf(LINE_FEED); end !== -1; end = chunk.indexOf(LINE_FEED, start)) {
      const last = chunk.subarray(start, end);
      if (length + last.length > maximum) {
        yield { kind: 'tooLong' };
        return;
      }
      pending.push(last);
      // Latin-1 keeps every byte apart, so a byte that is not ASCII can never be taken for another text.
      yield { kind: 'line', text: Buffer.concat(pending).toString('latin1') };
      pending = [];
      length = 0;
      start = end + 1;
    }
    // A copy: the source may use its buffer again.
    const rest = chunk.slice(start);
    length += rest.length;
    if (length > maximum) {
      yield { kind: 'tooLong' };
      return;
    }
    if (rest.length > 0) pending.push(rest);
  }
  yield { kind: 'rest', bytes: length };
}
