/** The smallest changes of file, request or policy that lead to another outcome, as sentences. Each was decided with. */
import type { Decision } from '../model/decision.ts';
import { assertNever } from '../model/errors.ts';
import type { RuleInput } from '../model/rule.ts';
import { quoteArgument } from './arguments.ts';
import { ATTRIBUTE_LIST } from './attributes/index.ts';
import { answerWith, type Change } from './change.ts';
import type { CompiledRule } from './compiled-rule.ts';
import { describeTime, endOfActive } from './hours.ts';
import { failedChecks } from './match.ts';
import type { Missed, TraceInput } from './trace-input.ts';
import { nameOf, outcomeInWords } from './words.ts';

const LIMIT = 6;

/** A change that was decided with, and the outcome that it led to. */
export interface VerifiedChange {
  readonly sentence: string;
  readonly change: Change;
  readonly outcome: Decision['outcome'];
}

/** What may lead to another outcome. */
interface Suggestion {
  readonly change: Change;
  /** In front of a colon and the outcome. */
  readonly words: string;
  /** Only then is it true: this rule decides. */
  readonly winner?: CompiledRule;
}

/**
 * @param matching rules that match, the winner first
 * @param missed rules that come near, the nearest first
 */
export function possibleChanges(
  input: TraceInput,
  matching: readonly CompiledRule[],
  missed: readonly Missed[],
): readonly VerifiedChange[] {
  const verified: VerifiedChange[] = [];
  const suggestions = [
    ...aboutOutcome(input),
    ...aboutUnsignedTexts(input),
    ...aboutHours(input),
    ...aboutWinner(input, matching),
  ];
  for (const suggestion of suggestions) verified.push(...verify(input, suggestion));
  for (const miss of missed) if (verified.length < LIMIT) verified.push(...aboutMiss(input, miss));
  return verified.slice(0, LIMIT);
}

/** What is so whatever is changed. */
export function unchangeable({ decision, request }: TraceInput): readonly string[] {
  if (decision.outcome === 'needs') {
    return request.trigger === 'launch' ? [] : ['Once what is asked for is given, the file is elevated.'];
  }
  const isRefused = 'reason' in decision && decision.reason === 'fileRefused';
  return isRefused ? ['No rule can change it: such a file is never elevated.'] : [];
}

function verify(input: TraceInput, { change, words, winner }: Suggestion): readonly VerifiedChange[] {
  const made = answerWith(input, change);
  if (made === undefined || made.decision.outcome === input.decision.outcome) return [];
  if (winner !== undefined && (made.winner === undefined || !isSame(made.winner, winner))) return [];
  const { outcome } = made.decision;
  return [{ sentence: `${words}: ${outcomeInWords(outcome)}.`, change, outcome }];
}

/** An edited rule is still that rule. */
function isSame(left: CompiledRule, right: CompiledRule): boolean {
  return (
    left.reference.policyId === right.reference.policyId &&
    left.user === right.user &&
    left.position === right.position &&
    left.contentDigest === right.contentDigest
  );
}

function aboutOutcome(input: TraceInput): readonly Suggestion[] {
  const { decision, request, grant } = input;
  switch (decision.outcome) {
    case 'notManaged':
      return aboutNotManaged(input, decision.reason);
    case 'denied':
      return aboutDenied(input, decision.reason);
    case 'needsApproval':
      return [approved(input)];
    case 'elevate':
      if (grant === undefined) return [];
      return [{ change: { request: { ...request, time: grant.end } }, words: 'From the end of the approval on' }];
    case 'needs':
      return [];
    default:
      return assertNever(decision);
  }
}

type NotManaged = Extract<Decision, { outcome: 'notManaged' }>['reason'];
type Denied = Extract<Decision, { outcome: 'denied' }>['reason'];

function aboutNotManaged(input: TraceInput, reason: NotManaged): readonly Suggestion[] {
  const { request, winner } = input;
  switch (reason) {
    case 'noPolicy':
      return [{ change: { settings: { enabled: true } }, words: 'With a settings policy that switches the client on' }];
    case 'clientDisabled':
      return [{ change: { settings: { enabled: true } }, words: 'With a settings policy that enables the client' }];
    case 'administrator':
      return [
        {
          change: { settings: { manageAdministrators: true } },
          words: 'With the setting "manageAdministrators", which treats administrators like everyone',
        },
      ];
    case 'fileRefused':
      return unblocked(input);
    case 'userWritableFile':
      return writable(input);
    case 'noRule':
      return ruleForFile(input);
    case 'notAutomatic':
      return [
        {
          change: { request: { ...request, trigger: 'userInitiated' } },
          words: `If a person asks for it with "Run with elevated access", ${winner === undefined ? 'the rules decide' : `${nameOf(winner.reference)} decides`}`,
        },
      ];
    case 'detectionOff':
      return [
        {
          change: { settings: { allowElevationDetection: true } },
          words: 'With the setting "allowElevationDetection"',
        },
      ];
    default:
      return assertNever(reason);
  }
}

function aboutDenied(input: TraceInput, reason: Denied): readonly Suggestion[] {
  const { request } = input;
  switch (reason) {
    case 'denyRule':
      return [];
    case 'defaultResponse':
      return [
        ...ruleForFile(input),
        {
          change: { settings: { defaultElevationResponse: 'requireUserConfirmation' } },
          words: 'With the default elevation response "requireUserConfirmation"',
        },
        {
          change: { settings: { defaultElevationResponse: 'requireSupportApproval' } },
          words: 'With the default elevation response "requireSupportApproval"',
        },
      ];
    case 'fileRefused':
      return unblocked(input);
    case 'userWritableFile':
      return writable(input);
    case 'elevatedRequester': {
      const requester = { ...request.requester, isElevatedByEpm: false, isAdministrator: false };
      return [{ change: { request: { ...request, requester } }, words: 'Asked from a program that is not elevated' }];
    }
    case 'hostNeedsArguments':
      return ruleForFile(input);
    case 'argumentsNotAllowed':
      return [
        { change: { request: { ...request, arguments: [] } }, words: 'Without these arguments' },
        ...ruleForFile(input),
      ];
    default:
      return assertNever(reason);
  }
}

function approved({ request, facts, grants = [] }: TraceInput): Suggestion {
  const grant = {
    id: 'new',
    requester: request.requester.sid,
    sha256: facts.sha256,
    fileName: facts.name,
    arguments: request.arguments,
    start: request.time,
    end: request.time + 1,
  };
  return {
    change: { grants: [...grants, grant] },
    words: 'With a support approval for this file, requester and argument vector',
  };
}

/** The mark of the web is the one refusal that whoever has the file can take away. */
function unblocked({ facts }: TraceInput): readonly Suggestion[] {
  if (facts.fromInternet !== true) return [];
  return [
    { change: { facts: { ...facts, fromInternet: false } }, words: 'Once somebody unblocks the file (Unblock-File)' },
  ];
}

function writable({ facts, winner }: TraceInput): readonly Suggestion[] {
  const safe = {
    change: { facts: { ...facts, writableByUsers: false } },
    words: 'If only administrators could write the file and its folder',
  };
  const copied = 'With "userWritableFile" copy, which runs it from a protected copy';
  return [
    safe,
    winner?.userWritableFile === undefined
      ? { change: { settings: { userWritableFile: 'copy' } }, words: copied }
      : {
          change: { edited: { rule: winner, by: { userWritableFile: 'copy' } } },
          words: `${copied}, in ${nameOf(winner.reference)}`,
        },
  ];
}

/** A rule that somebody could write for this file: without a list of arguments where that is enough. */
function ruleForFile(input: TraceInput): readonly Suggestion[] {
  const { request, facts } = input;
  const asksNobody = request.trigger !== 'userInitiated';
  const rule: RuleInput = {
    name: facts.name,
    type: asksNobody ? 'automatic' : 'userConfirmed',
    fileName: facts.name,
    fileHash: facts.sha256,
  };
  const what = asksNobody ? 'With an Automatic rule for the file by its hash' : 'With a rule for the file by its hash';
  const open: Suggestion = { change: { added: rule }, words: what };
  if (request.arguments.length === 0 || verify(input, open).length > 0) return [open];
  const list = [request.arguments.map(quoteArgument).join(' ')];
  return [{ change: { added: { ...rule, arguments: list } }, words: `${what} that lists these arguments` }];
}

/** A Deny that a package fits only because its signature does not cover its texts. */
function aboutUnsignedTexts({ winner, file, facts }: TraceInput): readonly Suggestion[] {
  if (winner?.type !== 'deny' || !file.hasUnsignedTexts || facts.installer === undefined) return [];
  const differs = ATTRIBUTE_LIST.some(([name, attribute]) => {
    const condition = winner.conditions[name];
    return attribute.isPackageText === true && condition !== undefined && !attribute.matches(condition, file, winner);
  });
  if (!differs) return [];
  const signed = { ...facts, installer: { ...facts.installer, textsSigned: true } };
  const words = `The signature of the package does not cover its texts, so ${nameOf(winner.reference)} takes them for what it asks; of a package whose signature covers them they would be compared`;
  return [{ change: { facts: signed }, words }];
}

/** From when on the winner does not match. */
function aboutHours({ winner, file, request }: TraceInput): readonly Suggestion[] {
  const end = winner?.hours && endOfActive(winner.hours, file.localTime);
  if (winner === undefined || end === undefined) return [];
  const time = request.time + end - file.localTime;
  const words = `From ${describeTime(end)} on, when ${nameOf(winner.reference)} does not match`;
  return [{ change: { request: { ...request, time } }, words }];
}

/** What would happen if the winner were gone. */
function aboutWinner({ winner }: TraceInput, matching: readonly CompiledRule[]): readonly Suggestion[] {
  if (winner === undefined) return [];
  const next = matching.find((rule) => rule !== winner);
  const heir = next === undefined ? 'no rule would match' : `${nameOf(next.reference)} would win`;
  return [{ change: { without: winner }, words: `Without ${nameOf(winner.reference)}, ${heir}` }];
}

/** What would make a rule win that fails on one thing only. */
function aboutMiss(input: TraceInput, { rule }: Missed): readonly VerifiedChange[] {
  const { file, request } = input;
  const [check, second] = failedChecks(rule, file);
  if (check === undefined || second !== undefined) return [];
  const name = nameOf(rule.reference);
  for (const { clause, facts, arguments: vector, later, rule: by } of check.fits(file, rule)) {
    const change: Change = {
      ...(facts === undefined ? {} : { facts }),
      ...(vector === undefined ? {} : { request: { ...request, arguments: vector } }),
      ...(later === undefined ? {} : { request: { ...request, time: request.time + later } }),
      ...(by === undefined ? {} : { edited: { rule, by } }),
    };
    const text = clause(name);
    const who = text.includes(name) ? 'it' : name;
    const words = `${text.charAt(0).toUpperCase()}${text.slice(1)}, ${who} would win`;
    const verified = verify(input, { change, words, winner: rule });
    if (verified.length > 0) return verified;
  }
  return [];
}
