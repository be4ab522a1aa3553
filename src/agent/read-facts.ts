/** Facts of the opened file, as the policy in force asks for them. */
import type { CompiledPolicy } from '../engine/index.ts';
import { checkRequestPath } from '../facts/request-path.ts';
import type { Sid } from '../model/brands.ts';
import { defined } from '../model/defined.ts';
import { EpmError } from '../model/errors.ts';
import type { FileFacts } from '../model/file-facts.ts';
import { type ElevationContext, untilNobodyWaits } from './elevation-context.ts';
import { sizeLimit, type ProgramFile } from './program-file.ts';

/**
 * Facts, and the policy they were gathered for. A policy that comes while a file is read may ask for another digest,
 * without which its Deny rules would not meet the file, or set another limit: then the facts are gathered again for it.
 * @throws EpmError with the codes of {@link readFacts}
 */
export async function readCurrentFacts(
  program: ProgramFile,
  user: Sid,
  context: ElevationContext,
  currentPolicy: () => CompiledPolicy,
): Promise<{ readonly facts: FileFacts; readonly policy: CompiledPolicy }> {
  const signal = untilNobodyWaits(context);
  for (;;) {
    const policy = currentPolicy();
    const facts = await readFacts(program, policy, user, signal);
    if (currentPolicy() === policy) return { facts, policy };
  }
}

/**
 * The name that Windows gives for what was opened is checked like the text of the request.
 * @param user who asks: the settings for this user limit the size of the file
 * @param signal aborted when the client waits no longer
 * @throws EpmError EPM_FILE_NAME_REFUSED, EPM_FILE_TOO_LARGE, EPM_FILE_UNREADABLE, EPM_FILE_TIMEOUT,
 *   EPM_REQUEST_CANCELLED
 */
export async function readFacts(
  { file, copy }: ProgramFile,
  policy: CompiledPolicy,
  user: Sid,
  signal?: AbortSignal,
): Promise<FileFacts> {
  checkRequestPath(file.path);
  const facts = await (copy ?? file).facts({
    digests: [...policy.hashAlgorithms].filter((algorithm) => algorithm !== 'sha256'),
    maximumSize: sizeLimit(policy, user),
    ...defined({ signal }),
  });
  const sameId = facts.id === undefined || (facts.id.volume === file.id.volume && facts.id.file === file.id.file);
  if (facts.path !== file.path || !sameId) {
    throw new EpmError('EPM_FILE_UNREADABLE', 'The facts of the file do not belong to the file that was opened.');
  }
  return facts;
}
