/** What happens to a process that an elevated process starts (decisions C1–C6). */
import type { ChildEndReason } from '../model/child-end-reasons.ts';
import type { ChildDecision } from '../model/decision.ts';
import { defined } from '../model/defined.ts';
import { assertNever } from '../model/errors.ts';
import type { FileFacts } from '../model/file-facts.ts';
import type { Grant, Requester } from '../model/request.ts';
import type { ChildProcessBehavior } from '../model/rule.ts';
import type { EffectiveSettings } from '../model/settings.ts';
import type { CompiledPolicy } from './compile.ts';
import type { CompiledRule } from './compiled-rule.ts';
import { findWinner, refusalOf } from './answer.ts';
import type { DecideOptions } from './decide.ts';
import { findGrant } from './grants.ts';
import { ESCAPE_TOOL_SET, isProgramOf } from './interpreters.ts';
import { notesOf } from './judge.ts';
import { matches } from './match.ts';
import { MatchInput } from './match-input.ts';
import { type ChildChange, possibleChangesForChild } from './possible-child-changes.ts';
import { buildChildTrace } from './trace.ts';
import { isChildRefusedAsWritable } from './user-writable.ts';

export interface ChildRequest {
  /** Behaviour fixed when the tree was started. */
  readonly childProcesses: ChildProcessBehavior;
  /** Who asked for the tree; its rules are the child's rules. */
  readonly requester: Pick<Requester, 'sid' | 'profileFolder'>;
  /** Arguments after the program, already split into a vector. */
  readonly arguments: readonly string[];
  /** Milliseconds since 1970, UTC. */
  readonly time: number;
  /** Minutes by which the device's own clock is ahead of UTC at that time. */
  readonly zoneOffset: number;
}

const TREE = { kind: 'tree' } as const;

/** Decides one child by the rules in force now. `end` means before its first instruction. */
export function decideChild(
  compiled: CompiledPolicy,
  request: ChildRequest,
  facts: FileFacts,
  options: DecideOptions = {},
): ChildDecision {
  const { sid } = request.requester;
  const policy = compiled.forUser(sid);
  const file = new MatchInput(facts, request.requester, request.arguments, request, policy);
  const winner = policy.settings.clientState === 'enabled' ? findWinner(policy, file) : undefined;
  const decision = childBeforeFile(policy.settings, request) ?? judgeChild(request, file, winner, options.grants);
  if (options.trace !== true) return decision;
  const runs = (change: ChildChange): boolean => runsWith(compiled, request, facts, options.grants, change);
  const wouldChange = possibleChangesForChild(decision, request.arguments, facts, runs);
  return { ...decision, trace: buildChildTrace(compiled, sid, file, winner, wouldChange) };
}

/** Whether the child would run if one thing were different. */
function runsWith(
  compiled: CompiledPolicy,
  asked: ChildRequest,
  given: FileFacts,
  grants: readonly Grant[] | undefined,
  change: ChildChange,
): boolean {
  const request = { ...asked, ...defined({ childProcesses: change.childProcesses }) };
  const { facts = given } = change;
  const policy = compiled.forUser(request.requester.sid);
  const settings: EffectiveSettings =
    change.enabled === true ? { ...policy.settings, clientState: 'enabled' } : policy.settings;
  const file = new MatchInput(facts, request.requester, request.arguments, request, { ...policy, settings });
  const other = change.winner && compiled.added(change.winner);
  if (change.winner !== undefined && (other === undefined || !matches(other, file))) return false;
  const winner = other ?? (settings.clientState === 'enabled' ? findWinner(policy, file) : undefined);
  const approval = {
    id: 'new',
    sha256: facts.sha256,
    fileName: facts.name,
    arguments: request.arguments,
    start: request.time,
    end: request.time + 1,
  };
  const approvals = change.approved === true ? [...(grants ?? []), approval] : grants;
  return (childBeforeFile(settings, request) ?? judgeChild(request, file, winner, approvals)).outcome === 'run';
}

/**
 * The answer that no fact of the child can change; undefined: it depends on them. What runs whatever it is runs also when
 * its file cannot be read.
 */
export function decideChildBeforeFile(compiled: CompiledPolicy, request: ChildRequest): ChildDecision | undefined {
  return childBeforeFile(compiled.forUser(request.requester.sid).settings, request);
}

function childBeforeFile(settings: EffectiveSettings, { childProcesses }: ChildRequest): ChildDecision | undefined {
  if (childProcesses === 'deny') return end('childrenDenied');
  // Without a client there are no rules; to keep on allowing everything would outlive the policy that allowed it.
  if (settings.clientState !== 'enabled') return end('clientOff');
  const isAnyTaken = childProcesses === 'allow' && !settings.denyReachesChildren && !settings.denyEscapeTools;
  return isAnyTaken ? { outcome: 'run', basis: TREE } : undefined;
}

function judgeChild(
  request: ChildRequest,
  file: MatchInput,
  winner: CompiledRule | undefined,
  grants: readonly Grant[] | undefined,
): ChildDecision {
  const { facts, settings } = file;
  if (request.childProcesses === 'allow') {
    if (winner?.type === 'deny' && settings.denyReachesChildren) return end('denyRule', winner.basis);
    const escapes = settings.denyEscapeTools && isProgramOf(ESCAPE_TOOL_SET, facts);
    if (escapes && winner?.type !== 'automatic') return end('escapeTool', winner === undefined ? TREE : winner.basis);
    return { outcome: 'run', basis: TREE };
  }
  if (refusalOf(facts, settings) !== undefined) return end('fileRefused');
  if (winner === undefined) return end('noRule');
  const { basis } = winner;
  const notes = notesOf(winner, file);
  const noted = notes.length === 0 ? {} : { notes };
  switch (winner.type) {
    case 'deny':
      return end('denyRule', basis);
    case 'automatic':
      if (isChildRefusedAsWritable(winner, file)) return end('userWritableFile', basis);
      return { outcome: 'run', basis, ...noted };
    case 'supportApproved': {
      if (isChildRefusedAsWritable(winner, file)) return end('userWritableFile', basis);
      const grant = findGrant(grants, request, file);
      return grant === undefined ? end('needsApproval', basis) : { outcome: 'run', grantId: grant.id, basis, ...noted };
    }
    case 'userConfirmed':
    case 'currentUser':
      return end('needsConsent', basis);
    default:
      return assertNever(winner.type);
  }
}

function end(reason: ChildEndReason, basis: ChildDecision['basis'] = TREE): ChildDecision {
  return { outcome: 'end', reason, basis };
}
