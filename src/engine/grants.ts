/** Support approvals (decisions G1, P7). */
import type { Grant, Requester } from '../model/request.ts';
import { canonicalMsiVector, sameVector } from './arguments.ts';
import type { MatchInput } from './match-input.ts';
import { compareCodePoints, foldText } from '../text/compare.ts';

/** Who asks, and when. */
interface GrantQuery {
  readonly requester: Pick<Requester, 'sid'>;
  /** Milliseconds since 1970, UTC. */
  readonly time: number;
}

/** The valid approval for the request: of several the one with the smallest id. At exactly its end one is over. */
export function findGrant(
  grants: readonly Grant[] | undefined,
  request: GrantQuery,
  file: MatchInput,
): Grant | undefined {
  let found: Grant | undefined;
  for (const grant of grants ?? []) {
    if (!fits(grant, request, file)) continue;
    if (found === undefined || compareCodePoints(grant.id, found.id) < 0) found = grant;
  }
  return found;
}

function fits(grant: Grant, request: GrantQuery, file: MatchInput): boolean {
  return (
    request.time >= grant.start &&
    request.time < grant.end &&
    (grant.requester === undefined || grant.requester === request.requester.sid) &&
    grant.sha256.toLowerCase() === file.facts.sha256 &&
    foldText(grant.fileName) === file.name &&
    sameVector(file.isMsi ? canonicalMsiVector(grant.arguments) : grant.arguments, file.comparedArguments)
  );
}
