/** Names that no rule may elevate, whatever it says (decisions M1, M9). */
import type { FileFacts, FileRefusal } from '../model/file-facts.ts';
import { hasOuterBlank } from '../text/outer-blank.ts';

/** Said of a path in one sentence that begins with the path. */
export const OUTER_BLANK = 'a name in it begins or ends with a blank or an invisible character';

/** Why a file of this name and folder is refused; undefined when the names are ordinary ones. */
export function nameRefusal({ name, folder }: Pick<FileFacts, 'name' | 'folder'>): FileRefusal | undefined {
  if (!hasOuterBlank(name) && !hasOuterBlank(folder)) return undefined;
  return {
    reason: 'nameRefused',
    message: `The path is not accepted: ${OUTER_BLANK}.`,
    hint: 'Rename the file or the folder, so that its name is what it looks like.',
  };
}
