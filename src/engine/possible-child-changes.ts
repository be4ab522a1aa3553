/** What would let a program run that an elevated one starts, as sentences. Each was decided with. */
import type { ChildDecision } from '../model/decision.ts';
import { assertNever } from '../model/errors.ts';
import type { FileFacts } from '../model/file-facts.ts';
import type { ChildProcessBehavior } from '../model/rule-action.ts';
import type { RuleInput } from '../model/rule.ts';
import { quoteArgument } from './arguments.ts';

/** What is different. */
export interface ChildChange {
  /** Behaviour of the tree. */
  readonly childProcesses?: ChildProcessBehavior;
  readonly facts?: FileFacts;
  /** A settings policy enables the client. */
  readonly enabled?: true;
  readonly approved?: true;
  /** A rule that wins over all others. */
  readonly winner?: RuleInput;
}

interface Suggestion {
  readonly change: ChildChange;
  readonly sentence: string;
}

/** @param vector arguments of the child @param runs whether the child runs with the change */
export function possibleChangesForChild(
  decision: ChildDecision,
  vector: readonly string[],
  facts: FileFacts,
  runs: (change: ChildChange) => boolean,
): readonly string[] {
  if (decision.outcome === 'run') return [];
  if (decision.reason === 'fileRefused') return ['No rule can change it: such a file is never elevated.'];
  return suggestionsFor(decision.reason, vector, facts)
    .filter(({ change }) => runs(change))
    .slice(0, 1)
    .map(({ sentence }) => sentence);
}

type Reason = Exclude<Extract<ChildDecision, { outcome: 'end' }>['reason'], 'fileRefused'>;

function suggestionsFor(reason: Reason, vector: readonly string[], facts: FileFacts): readonly Suggestion[] {
  switch (reason) {
    case 'childrenDenied':
      return [
        {
          change: { childProcesses: 'requireRule' },
          sentence: 'If the rule that started the tree let child processes run by rules of their own, it would run.',
        },
        {
          change: { childProcesses: 'allow' },
          sentence: 'If the rule that started the tree allowed child processes, it would run.',
        },
      ];
    case 'clientOff':
      return [{ change: { enabled: true }, sentence: 'With a settings policy that enables the client it would run.' }];
    case 'userWritableFile':
      return [
        {
          change: { facts: { ...facts, writableByUsers: false } },
          sentence: 'If only administrators could write the file and its folder, it would run.',
        },
      ];
    case 'needsApproval':
      return [
        {
          change: { approved: true },
          sentence: 'A support approval for this file, requester and argument vector would let it run.',
        },
      ];
    case 'denyRule':
      return [];
    case 'needsConsent':
    case 'noRule':
    case 'escapeTool': {
      const winner: RuleInput = {
        name: facts.name,
        type: 'automatic',
        fileName: facts.name,
        fileHash: facts.sha256,
      };
      const list = [vector.map(quoteArgument).join(' ')];
      return [
        { change: { winner }, sentence: 'An Automatic rule for this program that wins would let it run.' },
        {
          change: { winner: { ...winner, arguments: list } },
          sentence: 'An Automatic rule for this program that lists these arguments and wins would let it run.',
        },
        // Where users may write the folder, a child has started there already.
        {
          change: { winner: { ...winner, runInPlace: true } },
          sentence: 'An Automatic rule for this program with "runInPlace" that wins would let it run.',
        },
        {
          change: { winner: { ...winner, runInPlace: true, arguments: list } },
          sentence:
            'An Automatic rule for this program with "runInPlace" that lists these arguments and wins would let it run.',
        },
      ];
    }
    default:
      return assertNever(reason);
  }
}
