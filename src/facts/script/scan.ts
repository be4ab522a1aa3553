/** Looking through a text that may be long. */
import type { Turns } from '../turns.ts';

/** Characters looked at in one go. */
const AT_ONCE = 16_384;

/**
 * The first place from `from` on where `isEnd` says so, the end of the text if there is none. A short way is gone at
 * once, so that nothing waits for it; a long one in turns, and a step for each character.
 * @throws what `turns` throws
 */
export function scan(
  text: string,
  from: number,
  isEnd: (index: number) => boolean,
  turns: Turns,
): number | Promise<number> {
  const near = Math.min(from + AT_ONCE, text.length);
  for (let index = from; index < near; index += 1) if (isEnd(index)) return index;
  return near === text.length ? near : scanOn(text, near, isEnd, turns);
}

async function scanOn(text: string, from: number, isEnd: (index: number) => boolean, turns: Turns): Promise<number> {
  for (let start = from; start < text.length; start += AT_ONCE) {
    await turns.take(AT_ONCE);
    const near = Math.min(start + AT_ONCE, text.length);
    for (let index = start; index < near; index += 1) if (isEnd(index)) return index;
  }
  return text.length;
}
