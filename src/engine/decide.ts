/** The decision about one request. Pure: nothing is read or kept. */
import type { Decision } from '../model/decision.ts';
import type { FileFacts } from '../model/file-facts.ts';
import type { ElevationRequest, Grant, Requester } from '../model/request.ts';
import { answer, type AnswerBeforeFile, checkBeforeFile, findWinner } from './answer.ts';
import type { CompiledPolicy } from './compile.ts';
import { buildTrace } from './trace.ts';

export interface DecideOptions {
  /** Also say which rules were considered, which came near, and what would change the outcome. */
  readonly trace?: boolean;
  /** Support approvals; those for other requests and times have no effect. */
  readonly grants?: readonly Grant[];
}

/**
 * Decides one request.
 * @param facts gathered from the one open handle of the file
 */
export function decide(
  compiled: CompiledPolicy,
  request: ElevationRequest,
  facts: FileFacts,
  options: DecideOptions = {},
): Decision {
  const policy = compiled.forUser(request.requester.sid);
  const question = { request, facts, grants: options.grants };
  const made = answer(policy, question, (file) => findWinner(policy, file));
  if (options.trace !== true) return made.decision;
  return { ...made.decision, trace: buildTrace({ compiled, ...question, ...made }) };
}

/**
 * What is decided before the file is looked at, its name included (decision P9).
 * @returns undefined when the answer depends on the file
 */
export function decideBeforeFile(compiled: CompiledPolicy, requester: Requester): AnswerBeforeFile | undefined {
  return checkBeforeFile(requester, compiled.forUser(requester.sid).settings);
}
