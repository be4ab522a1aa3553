/** Reads a file of policy test cases: JSON in which comments are tolerated. */
import type { TextFact } from '../../engine/attributes/index.ts';
import { parseLocalTime } from '../../engine/hours.ts';
import type { Outcome, Requirement } from '../../model/decision.ts';
import { placeText } from '../../model/diagnostic.ts';
import { EpmError } from '../../model/errors.ts';
import type { Trigger } from '../../model/request.ts';
import type { ChildProcessBehavior } from '../../model/rule.ts';
import { displayText } from '../../text/display.ts';
import { nodeAt } from '../../text/json-pointer.ts';
import { hasDuplicates, membersOf, parseJson, valueOf } from '../../text/json-text.ts';
import { checkValue } from '../declaration/validation.ts';
import type { SIGNATURE_STATES } from './schema.ts';

/** UTF-16 units. */
const MAX_LENGTH = 16 * 1024 * 1024;
const MAX_DEPTH = 8;

export interface PolicyCase {
  readonly name: string;
  readonly file: {
    readonly path: string;
    readonly sha256?: string;
    readonly sha384?: string;
    readonly sha512?: string;
    readonly version?: string;
    readonly originalName?: string;
    readonly publisher?: string;
    readonly authorities?: readonly string[];
    readonly signature?: (typeof SIGNATURE_STATES)[number];
    readonly fromInternet?: boolean;
    readonly textsSigned?: boolean;
    readonly externalFiles?: boolean;
  } & { readonly [Name in TextFact]?: string };
  readonly user?: { readonly sid?: string; readonly profileFolder?: string; readonly administrator?: boolean };
  readonly trigger?: Trigger;
  readonly arguments?: readonly string[];
  /** What the clock of the device shows: `2026-12-24T08:00`. */
  readonly localTime?: string;
  readonly expect: {
    readonly outcome: Outcome;
    readonly winner?: string | null;
    readonly requirements?: readonly Requirement[];
    readonly reason?: string;
    readonly childProcesses?: ChildProcessBehavior;
  };
}

export interface CaseFile {
  /** Paths as written, relative to the file. */
  readonly policies: readonly string[];
  readonly cases: readonly (PolicyCase & {
    /** From 1. */
    readonly line: number;
  })[];
}

/**
 * @param text a byte order mark is ignored
 * @throws EpmError EPM_CASES_INVALID with the line: a case that is misread would prove nothing
 */
export function parseCaseFile(text: string): CaseFile {
  if (text.length > MAX_LENGTH) throw invalid(`It has more than ${MAX_LENGTH} characters.`);
  const parsed = parseJson(text.replace(/^\ufeff/, ''), { comments: true, maxDepth: MAX_DEPTH });
  if ('fault' in parsed) throw invalid(parsed.fault.message, parsed.fault.place.line);
  const { root } = parsed;
  if (hasDuplicates(root)) throw invalid('A name is given twice.', root.line);
  const value = valueOf(root);
  const members = membersOf(root);
  if (members?.has('rules') === true && !members.has('cases')) {
    throw new EpmError('EPM_CASES_INVALID', 'This is a policy, not a file of test cases.', {
      hint: 'Write a file of cases that names the policy, and test that.',
    });
  }
  const [found] = checkValue('cases', value);
  if (found !== undefined) {
    const { place, message } = found.diagnostic;
    throw invalid(`${placeText(place)}: ${message}`, nodeAt(root, place?.pointer ?? '').line);
  }
  // The schema was checked, and the type says what it says.
  const { policies = [], cases } = value as { policies?: readonly string[]; cases: readonly PolicyCase[] };
  const nodes = members?.get('cases')?.[0];
  const lines = nodes?.type === 'Array' ? nodes.elements.map(({ line }) => line) : [];
  const timeless = cases.findIndex(
    ({ localTime }) => localTime !== undefined && parseLocalTime(localTime) === undefined,
  );
  if (timeless >= 0) throw invalid(`/cases/${timeless}/localTime: There is no such time.`, lines[timeless]);
  const odd = policies.find((policy) => !isBeside(policy));
  if (odd !== undefined) {
    throw new EpmError(
      'EPM_CASES_INVALID',
      `The file of test cases names the policy "${displayText(odd)}", which is no path from that file.`,
      { hint: 'Name it relative to the file of cases, or give it with --policy.' },
    );
  }
  return { policies, cases: cases.map((policyCase, index) => ({ ...policyCase, line: lines[index] ?? 1 })) };
}

/** Whoever writes cases does not choose what is opened on another machine: no drive, share, device or stream. */
function isBeside(policy: string): boolean {
  return policy.trim() !== '' && !/^[\\/~]|[:\0]/.test(policy);
}

function invalid(reason: string, line?: number): EpmError {
  const where = line === undefined ? '' : ` at line ${line}`;
  return new EpmError('EPM_CASES_INVALID', `The file of test cases is not valid${where}: ${reason}`, {
    ...(line === undefined ? {} : { data: { line } }),
  });
}
