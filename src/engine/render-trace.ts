/** A decision as one text that a requester, a helpdesk and a log can all read. */
import type { Decision, RuleReference, Trace } from '../model/decision.ts';
import { placeText } from '../model/diagnostic.ts';
import type { FileFacts } from '../model/file-facts.ts';
import { ELEVATION_TYPES } from '../model/rule-action.ts';
import type { ElevationRequest, Trigger } from '../model/request.ts';
import { attributeInWords, outcomeInWords } from './words.ts';
import { displayText } from '../text/display.ts';

const TRIGGERS: Readonly<Record<Trigger, string>> = {
  userInitiated: 'asked for by a person',
  launch: 'ordinary launch',
  detected: 'detected elevation request',
};

/**
 * @param decision with or without a trace; a trace adds the rules that matched, came near or were rejected
 * @returns lines of printable text without arguments or justification; characters that could mislead a reader or break
 *   a log are written as `<U+…>`
 */
export function renderTrace(decision: Decision, facts: FileFacts, request: ElevationRequest): string {
  const { trace } = decision;
  const lines = [
    `${printable(facts.name)}: ${outcomeInWords(decision.outcome)}${details(decision)}`,
    `  File: ${printable(facts.path)}`,
    `  SHA-256: ${facts.sha256}`,
    `  Request: ${TRIGGERS[request.trigger]}, ${count(request.arguments.length, 'argument')}`,
    `  Decided by: ${basis(decision)}`,
  ];
  if (facts.refusal !== undefined) lines.push(`  Refused: ${printable(facts.refusal.message)}`);
  for (const note of decision.notes ?? []) lines.push(`  Note: ${NOTES[note]}`);
  if (trace !== undefined) lines.push(...traceLines(trace));
  return lines.join('\n');
}

const NOTES = {
  revocationUnknown: 'whether the certificate was revoked could not be checked.',
  fromInternet: 'the file comes from the internet.',
  writableFolder: 'the rule stands on a path pattern, and people may change the file or put files beside it.',
} as const;

function details(decision: Decision): string {
  if ('reason' in decision) return ` (${decision.reason})`;
  const parts = 'requirements' in decision ? [...decision.requirements] : [];
  return parts.length === 0 ? '' : ` (${parts.join(', ')})`;
}

function basis({ basis }: Decision): string {
  switch (basis.kind) {
    case 'rule':
      return `the rule ${ruleInWords(basis.rule)}`;
    case 'defaultResponse':
      return 'the default elevation response; no rule matches';
    case 'state':
      return 'the state of the client, the requester, the file or the launch';
  }
}

function ruleInWords(rule: RuleReference): string {
  return `"${printable(rule.name)}" (${ELEVATION_TYPES[rule.type].title}, ${rule.scope} policy "${printable(rule.policyId)}")`;
}

function traceLines(trace: Trace): string[] {
  const lines: string[] = [];
  if (trace.candidates.length > 0) lines.push('Rules that match, the first one wins:');
  trace.candidates.forEach(({ rule, lostOn, explanation }, index) => {
    const step = lostOn === undefined ? '' : ` [${lostOn}]`;
    lines.push(`  ${index + 1}. ${ruleInWords(rule)}: ${explanation}${step}`);
  });
  if (trace.nearMisses.length > 0) lines.push('Rules that come near:');
  for (const { rule, failed } of trace.nearMisses) {
    lines.push(`  - ${ruleInWords(rule)}`);
    for (const { attribute, expected, found } of failed) {
      lines.push(`    ${attributeInWords(attribute)}: expected ${printable(expected)}; found ${printable(found)}`);
    }
  }
  if (trace.rejected.length > 0) lines.push('Rejected rules:');
  for (const { policyId, name, reasons, stillDenies } of trace.rejected) {
    const still = stillDenies ? ' It still denies by what can be read of it.' : '';
    const why = reasons.map(({ place, message }) => {
      const where = placeText(place);
      return `${where === '' ? '' : `${printable(where)}: `}${printable(message)}`;
    });
    lines.push(`  - "${printable(name)}" (policy "${printable(policyId)}"): ${why.join(' ')}${still}`);
  }
  if (trace.wouldChange.length > 0) lines.push('What would change it:');
  for (const sentence of trace.wouldChange) lines.push(`  - ${printable(sentence)}`);
  return lines;
}

function count(number: number, noun: string): string {
  return number === 0 ? `no ${noun}s` : `${number} ${noun}${number === 1 ? '' : 's'}`;
}

/** Characters of one text of a stranger. */
const LONGEST = 512;

function printable(text: string): string {
  return displayText(text, LONGEST);
}
