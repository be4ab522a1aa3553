/** The smallest changes of file, request or policy that would lead to another outcome, as sentences. */
import type { ChildDecision, Decision, FailedAttribute, Outcome } from '../model/decision.ts';
import { assertNever } from '../model/errors.ts';
import { isNameOf } from '../model/rule-action.ts';
import { ATTRIBUTE_LIST, ATTRIBUTES } from './attributes/index.ts';
import type { CompiledRule } from './compiled-rule.ts';
import { judge } from './judge.ts';
import { type Missed, type TraceInput, nameOf } from './trace-input.ts';

const LIMIT = 6;

export function possibleChanges(
  input: TraceInput,
  matching: readonly CompiledRule[],
  missed: readonly Missed[],
): readonly string[] {
  const changes = [
    ...aboutOutcome(input),
    ...aboutUnsignedTexts(input),
    ...aboutWinner(input, matching),
    ...aboutMisses(input, missed),
  ];
  return changes.slice(0, LIMIT);
}

export function possibleChangesForChild(decision: ChildDecision): readonly string[] {
  if (decision.outcome === 'run') return [];
  switch (decision.reason) {
    case 'childrenDenied':
      return ['The rule that started the tree would have to allow child processes.'];
    case 'clientOff':
      return ['A settings policy that enables the client would put its rules in force again.'];
    case 'fileRefused':
      return ['No rule can change it: such a file is never elevated.'];
    case 'userWritableFile':
      return [WRITABLE];
    case 'needsApproval':
      return ['A support approval for this file, requester and argument vector would let it run.'];
    case 'denyRule':
      return [];
    case 'needsConsent':
    case 'noRule':
    case 'escapeTool':
      return ['An Automatic rule for this program that wins would let it run.'];
    default:
      return assertNever(decision.reason);
  }
}

function aboutOutcome({ decision, winner, request }: TraceInput): string[] {
  switch (decision.outcome) {
    case 'notManaged':
      return aboutNotManaged(decision.reason, winner);
    case 'denied':
      return aboutDenied(decision.reason);
    case 'needsApproval':
      return ['A support approval for this file, requester and argument vector would elevate it.'];
    case 'elevate':
      return decision.grantId === undefined ? [] : ['From the end of the approval on, a new one is needed.'];
    case 'needs':
      return request.trigger === 'launch' ? [] : ['Once what is asked for is given, the file is elevated.'];
    default:
      return assertNever(decision);
  }
}

const WRITABLE =
  'In a folder that only administrators may write the file would be allowed; so would a protected copy, by "userWritableFile".';

type NotManaged = Extract<Decision, { outcome: 'notManaged' }>['reason'];
type Denied = Extract<Decision, { outcome: 'denied' }>['reason'];

function aboutNotManaged(reason: NotManaged, winner: CompiledRule | undefined): string[] {
  switch (reason) {
    case 'noPolicy':
      return ['A settings policy for this device or user would switch the client on.'];
    case 'clientDisabled':
      return ['A settings policy that enables the client would switch it on.'];
    case 'administrator':
      return ['The setting "manageAdministrators" would treat administrators like everyone.'];
    case 'fileRefused':
      return ['No rule can change it: such a file is never elevated.'];
    case 'userWritableFile':
      return [WRITABLE];
    case 'noRule':
      return ['A rule that matches the file would decide; the default response is for requests that a person makes.'];
    case 'notAutomatic':
      return [
        `If a person asks for it with "Run with elevated access", ${winner === undefined ? 'the rules decide' : `${nameOf(winner.reference)} decides`}.`,
      ];
    case 'detectionOff':
      return ['The setting "allowElevationDetection" would let the rules decide.'];
    default:
      return assertNever(reason);
  }
}

function aboutDenied(reason: Denied): string[] {
  switch (reason) {
    case 'denyRule':
      return [];
    case 'defaultResponse':
      return ['A rule that matches the file, or another default elevation response, would allow it.'];
    case 'fileRefused':
      return ['No rule can change it: such a file is never elevated.'];
    case 'userWritableFile':
      return [WRITABLE];
    case 'elevatedRequester':
      return ['The same request from a program that is not elevated would be decided by the rules.'];
    case 'hostNeedsArguments':
      return ['A rule with an argument list that names this command line would allow it.'];
    case 'argumentsNotAllowed':
      return ['Without these arguments, or with a rule that lists them, the package would be allowed.'];
    default:
      return assertNever(reason);
  }
}

/** A Deny that a package fits only because its signature does not cover its texts. */
function aboutUnsignedTexts({ winner, file }: TraceInput): string[] {
  if (winner?.type !== 'deny' || !file.hasUnsignedTexts) return [];
  const differs = ATTRIBUTE_LIST.some(([name, attribute]) => {
    const condition = winner.conditions[name];
    return attribute.isPackageText === true && condition !== undefined && !attribute.matches(condition, file, winner);
  });
  if (!differs) return [];
  return [
    `The signature of the package does not cover its texts, so ${nameOf(winner.reference)} takes them for what it asks; those of a package whose signature covers them would be compared.`,
  ];
}

/** What would happen if the winner were gone. */
function aboutWinner(input: TraceInput, matching: readonly CompiledRule[]): string[] {
  const { winner, decision } = input;
  if (winner === undefined) return [];
  const next = matching.find((rule) => rule !== winner);
  const otherwise = judge(next, input.request.trigger, input.file, input.grant);
  if (otherwise.outcome === decision.outcome) return [];
  const heir = next === undefined ? 'no rule would match' : `${nameOf(next.reference)} would win`;
  return [`Without ${nameOf(winner.reference)}, ${heir}: ${outcomeInWords(otherwise.outcome)}.`];
}

function aboutMisses(input: TraceInput, missed: readonly Missed[]): string[] {
  const changes: string[] = [];
  for (const { rule, near } of missed) {
    const failure = near.failed[0];
    if (near.failed.length !== 1 || failure === undefined) continue;
    if (input.winner !== undefined && rule.rank > input.winner.rank) continue;
    const outcome = judge(rule, input.request.trigger, input.file, input.grant).outcome;
    if (outcome === input.decision.outcome) continue;
    changes.push(aboutMiss(failure, nameOf(rule.reference), outcomeInWords(outcome)));
  }
  return changes;
}

function aboutMiss({ attribute, expected, reason }: FailedAttribute, rule: string, outcome: string): string {
  const name = attributeInWords(attribute);
  switch (reason) {
    case undefined:
      return `With ${name} that ${rule} expects (${expected}), it would win: ${outcome}.`;
    case 'packageTextsUnsigned':
      return `With the hash of the package in ${rule}, ${name} would count, which the signature does not cover.`;
    case 'externalFiles':
      return `If the package had everything inside, ${rule} would win: ${outcome}.`;
    default:
      return assertNever(reason);
  }
}

/** An attribute, or what else keeps a rule from matching, in a sentence. */
export function attributeInWords(attribute: string): string {
  if (attribute === 'externalFiles') return 'the payload';
  return isNameOf(ATTRIBUTES, attribute) ? ATTRIBUTES[attribute].words.inSentence : attribute;
}

export function outcomeInWords(outcome: Outcome): string {
  switch (outcome) {
    case 'elevate':
      return 'the file is elevated';
    case 'needs':
      return 'the requester is asked first';
    case 'needsApproval':
      return 'a support approval is needed';
    case 'denied':
      return 'the elevation is denied';
    case 'notManaged':
      return 'EPM does nothing';
    default:
      return assertNever(outcome);
  }
}
