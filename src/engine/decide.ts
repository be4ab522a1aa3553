/** The decision about one request: checks in the order of decision P9, then the ladder. Pure: nothing is read or kept. */
import type { Basis, Decision, DecisionNote, DeniedReason, NotManagedReason, Requirement } from '../model/decision.ts';
import { assertNever } from '../model/errors.ts';
import type { FileFacts, FileRefusal } from '../model/file-facts.ts';
import type { ElevationRequest, Grant, Requester } from '../model/request.ts';
import type { Validation } from '../model/rule.ts';
import type { EffectiveSettings } from '../model/settings.ts';
import { onlyDisplayAndRestart } from './arguments.ts';
import type { CompiledPolicy } from './compile.ts';
import type { CompiledRule } from './compiled-rule.ts';
import { findGrant } from './grants.ts';
import { type Prepared, prepare } from './prepared.ts';
import { matchCertificate } from './signatures.ts';
import { buildTrace } from './trace.ts';

export interface DecideOptions {
  /** Also say which rules were considered, which came near, and what would change the outcome. */
  readonly trace?: boolean;
  /** Support approvals; those for other requests and times have no effect. */
  readonly grants?: readonly Grant[];
}

type Core = Decision;

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
  const settings = compiled.settingsFor(request.requester.sid);
  const early = checkState(settings) ?? checkRequester(request, settings) ?? checkFile(request, facts, settings);
  if (early !== undefined && options.trace !== true) return early;
  const file = prepare(facts, request.requester, request.arguments, settings, compiled.hosts);
  const winner = early === undefined ? findWinner(compiled, request, file) : undefined;
  const grant = early === undefined ? findGrant(options.grants, request, file) : undefined;
  const decision = early ?? withNotes(judge(winner, request, file, grant), winner, file);
  if (options.trace !== true) return decision;
  return { ...decision, trace: buildTrace(compiled, request, file, decision, early === undefined, winner) };
}

export function findWinner(
  compiled: CompiledPolicy,
  request: { readonly requester: Pick<Requester, 'sid'> },
  file: Prepared,
): CompiledRule | undefined {
  let best: CompiledRule | undefined;
  for (const index of compiled.indexesFor(request.requester.sid)) best = index.winner(file, best);
  return best;
}

const STATE: Basis = { kind: 'state' };
const DEFAULT_RESPONSE: Basis = { kind: 'defaultResponse' };

function notManaged(reason: NotManagedReason, basis: Basis = STATE): Core {
  return { outcome: 'notManaged', reason, basis };
}

function denied(reason: DeniedReason, basis: Basis = STATE): Core {
  return { outcome: 'denied', reason, basis };
}

function checkState(settings: EffectiveSettings): Core | undefined {
  if (settings.clientState === 'enabled') return undefined;
  return notManaged(settings.clientState === 'disabled' ? 'clientDisabled' : 'noPolicy');
}

function checkRequester({ requester }: ElevationRequest, settings: EffectiveSettings): Core | undefined {
  // A process that EPM elevated holds Administrators too: asked first, or it would be waved through as unmanaged.
  if (requester.isElevatedByEpm) return denied('elevatedRequester');
  if (requester.isAdministrator && !settings.manageAdministrators) return notManaged('administrator');
  return undefined;
}

function checkFile(request: ElevationRequest, facts: FileFacts, settings: EffectiveSettings): Core | undefined {
  if (refusalOf(facts, settings) === undefined) return undefined;
  return request.trigger === 'userInitiated' ? denied('fileRefused') : notManaged('fileRefused');
}

/** Why no rule may elevate the file; undefined when one may. */
export function refusalOf(facts: FileFacts, settings: EffectiveSettings): FileRefusal | undefined {
  if (facts.refusal !== undefined) return facts.refusal;
  if (facts.type === undefined) {
    return { reason: 'typeUnknown', message: 'The file is not an .exe, .msi or .ps1.' };
  }
  if (settings.blockInternetFiles && facts.fromInternet === true) {
    return { reason: 'fromInternet', message: 'The file comes from the internet, and policy blocks such files.' };
  }
  return undefined;
}

function judge(
  winner: CompiledRule | undefined,
  request: ElevationRequest,
  file: Prepared,
  grant: Grant | undefined,
): Core {
  const { settings } = file;
  const asLaunch =
    request.trigger === 'launch' || (request.trigger === 'detected' && !settings.allowElevationDetection);
  if (winner === undefined) {
    if (request.trigger === 'userInitiated') return defaultResponse(file, grant);
    return notManaged(asLaunch && request.trigger === 'detected' ? 'detectionOff' : 'noRule');
  }
  const basis: Basis = { kind: 'rule', rule: winner.reference };
  if (asLaunch && winner.type !== 'automatic') {
    return notManaged(request.trigger === 'detected' ? 'detectionOff' : 'notAutomatic', basis);
  }
  return judgeWinner(winner, basis, grant);
}

function judgeWinner(winner: CompiledRule, basis: Basis, grant: Grant | undefined): Core {
  const { childProcesses } = winner;
  switch (winner.type) {
    case 'deny':
      return denied('denyRule', basis);
    case 'automatic':
      return { outcome: 'elevate', identity: 'virtualAccount', childProcesses, basis };
    case 'userConfirmed':
      return {
        outcome: 'needs',
        requirements: requirements(winner.validations),
        identity: 'virtualAccount',
        childProcesses,
        basis,
      };
    case 'currentUser':
      return {
        outcome: 'needs',
        requirements: requirements([...winner.validations, 'authentication']),
        identity: 'currentUser',
        childProcesses,
        basis,
      };
    case 'supportApproved':
      return approval(childProcesses, basis, grant);
    default:
      return assertNever(winner.type);
  }
}

function approval(childProcesses: CompiledRule['childProcesses'], basis: Basis, grant: Grant | undefined): Core {
  if (grant === undefined) return { outcome: 'needsApproval', requirements: ['justification'], childProcesses, basis };
  return { outcome: 'elevate', identity: 'virtualAccount', childProcesses, grantId: grant.id, basis };
}

/** Whoever answers is asked in this order. */
function requirements(validations: readonly Validation[]): Requirement[] {
  const asked = (['justification', 'authentication'] as const).filter((each) => validations.includes(each));
  return ['confirmation', ...asked];
}

function defaultResponse(file: Prepared, grant: Grant | undefined): Core {
  const { settings } = file;
  switch (settings.defaultElevationResponse) {
    case 'denyAll':
      return denied('defaultResponse', DEFAULT_RESPONSE);
    case 'requireUserConfirmation':
      if (file.isHost) return denied('hostNeedsArguments', DEFAULT_RESPONSE);
      if (file.isMsi && !onlyDisplayAndRestart(file.arguments)) return denied('argumentsNotAllowed', DEFAULT_RESPONSE);
      return {
        outcome: 'needs',
        requirements: requirements(settings.defaultValidations),
        identity: 'virtualAccount',
        childProcesses: 'requireRule',
        basis: DEFAULT_RESPONSE,
      };
    case 'requireSupportApproval':
      return approval('requireRule', DEFAULT_RESPONSE, grant);
    default:
      return assertNever(settings.defaultElevationResponse);
  }
}

export function notesOf(winner: CompiledRule | undefined, file: Prepared): DecisionNote[] {
  const notes: DecisionNote[] = [];
  const certificate = winner?.conditions.certificate;
  if (winner !== undefined && certificate !== undefined) {
    if (matchCertificate(winner, certificate, file.signatures, file.settings) === 'accepted')
      notes.push('revocationUnknown');
  }
  if (file.facts.fromInternet === true) notes.push('fromInternet');
  const path = winner?.conditions.path;
  if (path !== undefined && path.literal === undefined && file.facts.writableByUsers === true)
    notes.push('writableFolder');
  return notes;
}

function withNotes(decision: Core, winner: CompiledRule | undefined, file: Prepared): Core {
  const mayRun = decision.outcome !== 'denied' && decision.outcome !== 'notManaged';
  const notes = mayRun ? notesOf(winner, file) : [];
  return notes.length === 0 ? decision : { ...decision, notes };
}
