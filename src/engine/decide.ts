/** The decision about one request: checks in the order of decision P9, then the ladder. Pure: nothing is read or kept. */
import type { Basis, Decision, DeniedReason, NotManagedReason } from '../model/decision.ts';
import type { FileFacts, FileRefusal } from '../model/file-facts.ts';
import type { ElevationRequest, Grant, Requester } from '../model/request.ts';
import type { EffectiveSettings } from '../model/settings.ts';
import type { CompiledPolicy, UserPolicy } from './compile.ts';
import type { CompiledRule } from './compiled-rule.ts';
import { findGrant } from './grants.ts';
import { MatchInput } from './match-input.ts';
import { judge, notesOf } from './judge.ts';
import { nameRefusal } from './refused-name.ts';
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
  const { settings } = policy;
  const early = checkBeforeFile(request.requester, settings) ?? checkFile(request, facts, settings);
  if (early !== undefined && options.trace !== true) return early;
  const file = new MatchInput(facts, request.requester, request.arguments, policy);
  const winner = early === undefined ? findWinner(policy, file) : undefined;
  const grant = early === undefined ? findGrant(options.grants, request, file) : undefined;
  const decision = early ?? withNotes(judge(winner, request.trigger, file, grant), winner, file);
  if (options.trace !== true) return decision;
  return {
    ...decision,
    trace: buildTrace({ compiled, request, file, decision, grant, judged: early === undefined, winner }),
  };
}

/** An answer that no fact of the file can change. */
export type AnswerBeforeFile = Extract<Decision, { outcome: 'denied' | 'notManaged' }>;

/**
 * What is decided before the file is looked at, its name included (decision P9).
 * @returns undefined when the answer depends on the file
 */
export function decideBeforeFile(compiled: CompiledPolicy, requester: Requester): AnswerBeforeFile | undefined {
  return checkBeforeFile(requester, compiled.forUser(requester.sid).settings);
}

function checkBeforeFile(requester: Requester, settings: EffectiveSettings): AnswerBeforeFile | undefined {
  return checkState(settings) ?? checkRequester(requester, settings);
}

export function findWinner({ indexes }: UserPolicy, file: MatchInput): CompiledRule | undefined {
  let best: CompiledRule | undefined;
  for (const index of indexes) best = index.winner(file, best);
  return best;
}

const STATE: Basis = { kind: 'state' };

function notManaged(reason: NotManagedReason): AnswerBeforeFile {
  return { outcome: 'notManaged', reason, basis: STATE };
}

function denied(reason: DeniedReason): AnswerBeforeFile {
  return { outcome: 'denied', reason, basis: STATE };
}

function checkState(settings: EffectiveSettings): AnswerBeforeFile | undefined {
  if (settings.clientState === 'enabled') return undefined;
  return notManaged(settings.clientState === 'disabled' ? 'clientDisabled' : 'noPolicy');
}

function checkRequester(requester: Requester, settings: EffectiveSettings): AnswerBeforeFile | undefined {
  // A process that EPM elevated holds Administrators too: asked first, or it would be waved through as unmanaged.
  if (requester.isElevatedByEpm) return denied('elevatedRequester');
  if (requester.isAdministrator && !settings.manageAdministrators) return notManaged('administrator');
  return undefined;
}

function checkFile(request: ElevationRequest, facts: FileFacts, settings: EffectiveSettings): Decision | undefined {
  if (refusalOf(facts, settings) === undefined) return undefined;
  return request.trigger === 'userInitiated' ? denied('fileRefused') : notManaged('fileRefused');
}

/** Why no rule may elevate the file; undefined when one may. */
export function refusalOf(
  facts: FileFacts,
  settings: Pick<EffectiveSettings, 'blockInternetFiles'>,
): FileRefusal | undefined {
  const refusal = facts.refusal ?? nameRefusal(facts);
  if (refusal !== undefined) return refusal;
  if (facts.type === undefined) {
    return { reason: 'typeUnknown', message: 'The file is not an .exe, .msi or .ps1.' };
  }
  if (settings.blockInternetFiles && facts.fromInternet === true) {
    return { reason: 'fromInternet', message: 'The file comes from the internet, and policy blocks such files.' };
  }
  return undefined;
}

function withNotes(decision: Decision, winner: CompiledRule | undefined, file: MatchInput): Decision {
  const mayRun = decision.outcome !== 'denied' && decision.outcome !== 'notManaged';
  const notes = mayRun ? notesOf(winner, file) : [];
  return notes.length === 0 ? decision : { ...decision, notes };
}
