import type { FileFacts } from '../../model/file-facts.ts';

/** The same file by another name or in another folder, of which no 8.3 name is known. */
export function placed(facts: FileFacts, folder: string, name: string): FileFacts {
  const { shortFolder, ...rest } = facts;
  const moved = { ...rest, folder, name, path: folder.endsWith('\\') ? folder + name : `${folder}\\${name}` };
  return shortFolder === undefined || folder !== facts.folder ? moved : { ...moved, shortFolder };
}
