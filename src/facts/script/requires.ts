/** What a script demands of the session that runs it (about_Requires). */
import { MalformedContent } from '../malformed.ts';
import type { Turns } from '../turns.ts';
import { eachComment } from './comments.ts';
import type { ScriptText } from './encoding.ts';

const WORD = '#requires';
/** A script has a handful. */
const MAX_REQUIRES = 256;
/** Characters of one. */
const MAX_LENGTH = 4096;

/**
 * The `#requires` comments in their order, without the sign. PowerShell takes them anywhere in the script, also behind
 * code and inside of functions, and the word must follow the sign directly.
 * @throws MalformedContent when there are more than any script has; what `turns` throws
 */
export async function findRequires({ text, encoding }: ScriptText, turns: Turns): Promise<readonly string[]> {
  const requires: string[] = [];
  const take = (start: number, end: number): void => {
    if (text.slice(start, start + WORD.length).toLowerCase() !== WORD) return;
    if (requires.length === MAX_REQUIRES || end - start > MAX_LENGTH) {
      throw new MalformedContent(
        `script, character ${start}`,
        `It has more than ${MAX_REQUIRES} #requires lines, or one of more than ${MAX_LENGTH} characters.`,
      );
    }
    requires.push(text.slice(start + 1, end).trimEnd());
  };
  await eachComment(text, encoding === 'ansi', take, turns);
  return requires;
}
