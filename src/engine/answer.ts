/** One decision without its explanation: checks in the order of decision P9, then the ladder. */
import type { Basis, Decision, DeniedReason, NotManagedReason } from '../model/decision.ts';
import type { FileFacts, FileRefusal } from '../model/file-facts.ts';
import type { ElevationRequest, Grant, Requester } from '../model/request.ts';
import type { EffectiveSettings } from '../model/settings.ts';
import type { UserPolicy } from './compile.ts';
import type { CompiledRule } from './compiled-rule.ts';
import { findGrant } from './grants.ts';
import { judge, notesOf } from './judge.ts';
import { MatchInput } from './match-input.ts';
import { nameRefusal } from './refused-name.ts';

/** An answer that no fact of the file can change. */
export type AnswerBeforeFile = Extract<Decision, { outcome: 'denied' | 'notManaged' }>;

/** A decision, and what it was made of. */
export interface MadeDecision {
  readonly decision: Decision;
  readonly file: MatchInput;
  /** False: the request was answered before any rule was looked at. */
  readonly judged: boolean;
  readonly winner: CompiledRule | undefined;
  readonly grant: Grant | undefined;
}

/** What is asked. */
export interface DecideQuestion {
  readonly request: ElevationRequest;
  readonly facts: FileFacts;
  readonly grants: readonly Grant[] | undefined;
}

/** @param find the rule that wins, of those that are in force; otherwise that of the policy */
export function answer(
  policy: Pick<UserPolicy, 'settings' | 'interpreters'>,
  { request, facts, grants }: DecideQuestion,
  find: (file: MatchInput) => CompiledRule | undefined,
): MadeDecision {
  const early = checkBeforeFile(request.requester, policy.settings) ?? checkFile(request, facts, policy.settings);
  const file = new MatchInput(facts, request.requester, request.arguments, request, policy);
  if (early !== undefined) return { decision: early, file, judged: false, winner: undefined, grant: undefined };
  const winner = find(file);
  const grant = findGrant(grants, request, file);
  const decision = withNotes(judge(winner, request.trigger, file, grant), winner, file);
  return { decision, file, judged: true, winner, grant };
}

export function checkBeforeFile(requester: Requester, settings: EffectiveSettings): AnswerBeforeFile | undefined {
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
