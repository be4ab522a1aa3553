import { fileHash, sha256 } from '../../model/brands.ts';
import { EpmError } from '../../model/errors.ts';
import type { FileFacts } from '../../model/file-facts.ts';

/** Facts of a file as `epm file --json` printed them. @param path where they came from @throws EpmError EPM_ARGUMENT */
export function toFacts(value: Readonly<Record<string, unknown>>, path: string): FileFacts {
  const wrong = (member: string): EpmError =>
    new EpmError('EPM_ARGUMENT', `The facts in "${path}" have no usable "${member}".`, {
      hint: 'Make them with `epm file PATH --json`.',
    });
  for (const member of ['path', 'folder', 'name', 'sha256']) {
    if (typeof value[member] !== 'string') throw wrong(member);
  }
  if (typeof value['size'] !== 'number') throw wrong('size');
  if (!Array.isArray(value['signatures'])) throw wrong('signatures');
  const facts = value as unknown as FileFacts;
  return {
    ...facts,
    sha256: sha256(facts.sha256),
    ...(facts.sha384 === undefined ? {} : { sha384: fileHash(facts.sha384) }),
    ...(facts.sha512 === undefined ? {} : { sha512: fileHash(facts.sha512) }),
    type: facts.type,
    refusal: facts.refusal,
  };
}
