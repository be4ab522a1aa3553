/** What follows from a winner, or from none: the elevation types and the default response (decisions P4 to P7). */
import type { Basis, Decision, DecisionNote, Requirement } from '../model/decision.ts';
import { defined } from '../model/defined.ts';
import { assertNever } from '../model/errors.ts';
import type { Grant, Trigger } from '../model/request.ts';
import { namesOf, VALIDATIONS, type Validation } from '../model/rule-action.ts';
import { onlyDisplayAndRestart } from './arguments.ts';
import type { CompiledRule } from './compiled-rule.ts';
import type { MatchInput } from './match-input.ts';
import { matchCertificate } from './signatures.ts';
import { withTokenTerms } from './token-terms.ts';
import { judgeWritable } from './user-writable.ts';

const DEFAULT_RESPONSE: Basis = { kind: 'defaultResponse' };

/** @param grant the approval that is valid for the request, if there is one */
export function judge(
  winner: CompiledRule | undefined,
  trigger: Trigger,
  file: MatchInput,
  grant: Grant | undefined,
): Decision {
  const decision = judgeByType(winner, trigger, file, grant);
  if (decision.outcome === 'denied' || decision.outcome === 'notManaged') return decision;
  const written = judgeWritable(decision, winner, trigger, file);
  return withTokenTerms(withLibraries(withStart(written, winner), winner), winner, file.settings);
}

/** Which libraries whatever runs may load, and whether it has its neighbours (decision F3). */
function withLibraries(decision: Decision, winner: CompiledRule | undefined): Decision {
  if (winner?.libraryGate !== true || (decision.outcome !== 'elevate' && decision.outcome !== 'needs')) return decision;
  const libraryGate = defined({
    certificate: winner.conditions.certificate,
    acceptTimestamped: winner.acceptTimestamped,
  });
  return { ...decision, libraryGate, ...(winner.copyFolder ? { copyFolder: true } : {}) };
}

/** Whatever runs, runs as the rule wants it to be started. */
function withStart(decision: Decision, winner: CompiledRule | undefined): Decision {
  if (winner?.start === undefined) return decision;
  return decision.outcome === 'elevate' || decision.outcome === 'needs'
    ? { ...decision, start: winner.start }
    : decision;
}

function judgeByType(
  winner: CompiledRule | undefined,
  trigger: Trigger,
  file: MatchInput,
  grant: Grant | undefined,
): Decision {
  const { settings } = file;
  const asLaunch = trigger === 'launch' || (trigger === 'detected' && !settings.allowElevationDetection);
  if (winner === undefined) {
    if (trigger === 'userInitiated') return defaultResponse(file, grant);
    return {
      outcome: 'notManaged',
      reason: trigger === 'detected' && asLaunch ? 'detectionOff' : 'noRule',
      basis: { kind: 'state' },
    };
  }
  const { basis } = winner;
  if (asLaunch && winner.type !== 'automatic') {
    return { outcome: 'notManaged', reason: trigger === 'detected' ? 'detectionOff' : 'notAutomatic', basis };
  }
  return judgeWinner(winner, grant);
}

function judgeWinner(winner: CompiledRule, grant: Grant | undefined): Decision {
  const { basis, childProcesses } = winner;
  switch (winner.type) {
    case 'deny':
      return { outcome: 'denied', reason: 'denyRule', basis };
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
        requirements: requirements(winner.validations, 'authentication'),
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

function approval(childProcesses: CompiledRule['childProcesses'], basis: Basis, grant: Grant | undefined): Decision {
  if (grant === undefined) return { outcome: 'needsApproval', requirements: ['justification'], childProcesses, basis };
  return { outcome: 'elevate', identity: 'virtualAccount', childProcesses, grantId: grant.id, basis };
}

const ASKED = namesOf(VALIDATIONS);
/** By one bit for each validation: what is asked for, in the order in which whoever answers is asked. */
const REQUIREMENTS = Array.from({ length: 1 << ASKED.length }, (_, bits): readonly Requirement[] =>
  Object.freeze(['confirmation', ...ASKED.filter((_each, index) => (bits & (1 << index)) !== 0)] as const),
);

function requirements(validations: readonly Validation[], implied?: Validation): readonly Requirement[] {
  let bits = implied === undefined ? 0 : 1 << ASKED.indexOf(implied);
  for (const validation of validations) bits |= 1 << ASKED.indexOf(validation);
  return REQUIREMENTS[bits] as readonly Requirement[];
}

function defaultResponse(file: MatchInput, grant: Grant | undefined): Decision {
  const { settings } = file;
  switch (settings.defaultElevationResponse) {
    case 'denyAll':
      return { outcome: 'denied', reason: 'defaultResponse', basis: DEFAULT_RESPONSE };
    case 'requireUserConfirmation':
      if (file.isInterpreter) return { outcome: 'denied', reason: 'hostNeedsArguments', basis: DEFAULT_RESPONSE };
      if (file.isMsi && !onlyDisplayAndRestart(file.arguments)) {
        return { outcome: 'denied', reason: 'argumentsNotAllowed', basis: DEFAULT_RESPONSE };
      }
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

/** What to tell and record besides the outcome. */
export function notesOf(winner: CompiledRule | undefined, file: MatchInput): DecisionNote[] {
  const notes: DecisionNote[] = [];
  const certificate = winner?.conditions.certificate;
  if (winner !== undefined && certificate !== undefined) {
    const match = matchCertificate(winner, certificate, file.facts.signatures, file.settings);
    if (match === 'accepted') notes.push('revocationUnknown');
  }
  if (file.facts.fromInternet === true) notes.push('fromInternet');
  const path = winner?.conditions.filePath;
  if (path?.isWild === true && file.facts.writableByUsers === true) notes.push('writableFolder');
  return notes;
}
