/** Facts of the file that a child has started from, as the policy in force asks for them, within a limited time. */
import type { CompiledPolicy } from '../../engine/index.ts';
import { checkRequestPath } from '../../facts/request-path.ts';
import type { Sid } from '../../model/brands.ts';
import { EpmError, isEpmError } from '../../model/errors.ts';
import type { FileFacts } from '../../model/file-facts.ts';
import type { LockedImage } from '../ports.ts';
import { sizeLimit } from '../program-file.ts';
import { FACTS_TIME } from './limits.ts';

interface ChildFacts {
  readonly facts: FileFacts;
  /** The facts were gathered for it. */
  readonly policy: CompiledPolicy;
}

/**
 * As for a request, facts are gathered again when a policy comes meanwhile that may ask for others.
 * @param user whose settings limit the size of the file
 * @param isLibrary it is a library that a process is about to load
 * @returns `timeout`: they were not there in time
 * @throws EpmError EPM_FILE_TOO_LARGE, EPM_FILE_UNREADABLE, EPM_FILE_PLACE_REFUSED
 */
export async function readChildFacts(
  image: LockedImage,
  user: Sid,
  currentPolicy: () => CompiledPolicy,
  isLibrary = false,
): Promise<ChildFacts | 'timeout'> {
  const over = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<'timeout'>((resolve) => {
    timer = setTimeout(() => {
      resolve('timeout');
      over.abort();
    }, FACTS_TIME);
  });
  const reading = readForPolicy(image, user, currentPolicy, { isLibrary, signal: over.signal });
  // Nobody waits for it any more when the time is over first.
  reading.catch(() => undefined);
  try {
    return await Promise.race([timeout, reading]);
  } catch (error) {
    if (isEpmError(error) && error.code === 'EPM_FILE_TIMEOUT') return 'timeout';
    throw error;
  } finally {
    clearTimeout(timer);
  }
}

async function readForPolicy(
  image: LockedImage,
  user: Sid,
  currentPolicy: () => CompiledPolicy,
  wanted: { readonly isLibrary: boolean; readonly signal: AbortSignal },
): Promise<ChildFacts> {
  for (;;) {
    const policy = currentPolicy();
    const facts = await image.facts({
      digests: [...policy.hashAlgorithms].filter((algorithm) => algorithm !== 'sha256'),
      maximumSize: sizeLimit(policy, user),
      ...wanted,
    });
    const sameId = facts.id === undefined || (facts.id.volume === image.id.volume && facts.id.file === image.id.file);
    if (facts.path !== image.path || !sameId) {
      throw new EpmError('EPM_FILE_UNREADABLE', 'The facts of the file do not belong to the process.');
    }
    if (currentPolicy() === policy) return { facts: withRefusedName(facts), policy };
  }
}

/** A name that no request could give makes the file one that no rule allows; a Deny rule still meets it. */
function withRefusedName(facts: FileFacts): FileFacts {
  if (facts.refusal !== undefined) return facts;
  try {
    checkRequestPath(facts.path);
    return facts;
  } catch (error) {
    if (!isEpmError(error)) throw error;
    return { ...facts, type: undefined, refusal: { reason: 'nameRefused', message: error.message } };
  }
}
