/** What happens to a process that an elevated process starts (decisions C1–C6). */
import type { ChildEndReason } from '../model/child-end-reasons.ts';
import type { ChildDecision } from '../model/decision.ts';
import { assertNever } from '../model/errors.ts';
import type { FileFacts } from '../model/file-facts.ts';
import type { Requester } from '../model/request.ts';
import type { ChildProcessBehavior } from '../model/rule.ts';
import type { CompiledPolicy } from './compile.ts';
import type { CompiledRule } from './compiled-rule.ts';
import { type DecideOptions, findWinner, refusalOf } from './decide.ts';
import { findGrant } from './grants.ts';
import { ESCAPE_TOOL_SET, isProgramOf } from './interpreters.ts';
import { notesOf } from './judge.ts';
import { MatchInput } from './match-input.ts';
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
  const file = new MatchInput(facts, request.requester, request.arguments, policy);
  const winner = policy.settings.clientState === 'enabled' ? findWinner(policy, file) : undefined;
  const decision = decideChildBeforeFile(compiled, request) ?? judgeChild(request, file, winner, options);
  if (options.trace !== true) return decision;
  return { ...decision, trace: buildChildTrace(compiled, sid, file, decision, winner) };
}

/**
 * The answer that no fact of the child can change; undefined: it depends on them. What runs whatever it is runs also when
 * its file cannot be read.
 */
export function decideChildBeforeFile(
  compiled: CompiledPolicy,
  { childProcesses, requester }: ChildRequest,
): ChildDecision | undefined {
  const { settings } = compiled.forUser(requester.sid);
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
  options: DecideOptions,
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
      const grant = findGrant(options.grants, request, file);
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
