/**
 * One rule from JSON. A rule that cannot be taken whole is rejected with its reasons, and keeps what could be read
 * of it, because a rejected deny rule still denies by that (decision M8).
 */
import type { Sha256 } from '../../model/brands.ts';
import { diagnostic, type Diagnostic } from '../../model/diagnostic.ts';
import type { CertificateType, RejectedRuleInput, RuleInput } from '../../model/rule.ts';
import { LIMITS } from './limits.ts';
import { ATTRIBUTE_ENTRIES } from './rule-attributes.ts';
import { pointerNames, pointerStep } from '../../text/json-pointer.ts';
import { readableStart } from '../../text/json-salvage.ts';
import {
  hasDuplicates,
  membersOf,
  parseJson,
  valueOf,
  type JsonFault,
  type JsonNode,
  type JsonObject,
} from '../../text/json-text.ts';
import { storedRule } from './canonical.ts';
import { checkValue } from './validation.ts';

export type RuleResult = { readonly rule: RuleInput } | { readonly rejected: RejectedRuleInput };

/** What a rule may refer to. `undefined` as a value: the entry exists and cannot be read. */
export type Certificates = ReadonlyMap<string, Sha256 | undefined>;

/** Length up to which the text of an unreadable type is kept. */
const TYPE_TEXT_LENGTH = 256;
const TOO_LONG = diagnostic('tooLong', `The rule is longer than ${LIMITS.ruleText} characters.`);

/**
 * Reads a rule stored as the data of one registry value, with the reasons and places of all that is wrong with it. For a
 * text without faults `readPlainRule` answers the same, sooner.
 * @param name Name of the value, which is the rule's name.
 * @param text Its data; strict JSON without comments. A `name` inside must be the same.
 */
export function readRuleText(name: string, text: string, certificates: Certificates): RuleResult {
  const bounded = text.length > LIMITS.ruleText ? text.slice(0, LIMITS.ruleText) : text;
  const parsed = parseJson(bounded, { comments: false, maxDepth: LIMITS.ruleDepth });
  if ('root' in parsed && bounded === text) return readRuleNode(parsed.root, certificates, name);

  // What cannot be read whole is read up to the fault.
  const reason: Diagnostic = bounded === text && 'fault' in parsed ? withCharacter(parsed.fault) : TOO_LONG;
  const start = readableStart(bounded, 'fault' in parsed ? parsed.fault.place.offset : bounded.length);
  const salvaged = parseJson(start.object, { comments: false, maxDepth: LIMITS.ruleDepth });
  const partial = 'root' in salvaged ? readRuleNode(salvaged.root, certificates, name) : undefined;
  const read = partial === undefined ? undefined : 'rule' in partial ? rejectedFrom(partial.rule) : partial.rejected;
  return {
    rejected: {
      name: ruleNameOr(name),
      typeText: [read?.typeText ?? '', typeTextAfterFault(start.rest)].filter((part) => part !== '').join(' '),
      readable: read?.readable ?? {},
      reasons: [reason, ...(read?.reasons ?? []).filter((other) => other.code !== 'missing')],
    },
  };
}

/** A stored rule is one line, so that its characters are counted. */
function withCharacter({ code, message, place: { offset } }: JsonFault): Diagnostic {
  return diagnostic(code, `${message} (character ${offset + 1})`, { offset });
}

/**
 * Reads a rule from a parsed JSON value.
 * @param outerName The name when it stands outside of the JSON, as in the registry.
 * @param fallbackName What a rejected rule without a usable name is called.
 */
export function readRuleNode(
  node: JsonNode,
  certificates: Certificates,
  outerName?: string,
  fallbackName = 'unnamed rule',
): RuleResult {
  const members = membersOf(node);
  if (node.type !== 'Object' || members === undefined) {
    const reason = diagnostic('wrongType', 'A rule must be a JSON object.');
    return { rejected: { name: ruleNameOr(outerName ?? fallbackName), typeText: '', readable: {}, reasons: [reason] } };
  }

  const reasons: Diagnostic[] = [];
  const broken = new Set<string>();
  const value = Object.create(null) as Record<string, unknown>;
  for (const [member, nodes] of members) {
    const [only] = nodes;
    if (nodes.length > 1 || only === undefined || hasDuplicates(only)) {
      const message = `"${member.slice(0, 64)}" is given twice.`;
      reasons.push(diagnostic('givenTwice', message, { pointer: pointerStep(member) }));
      broken.add(member);
    } else {
      value[member] = valueOf(only);
    }
  }

  if (outerName !== undefined && !broken.has('name')) {
    if (value['name'] === undefined) value['name'] = outerName;
    else if (value['name'] !== outerName) {
      const message = 'The name inside the rule differs from the name it is stored under.';
      reasons.push(diagnostic('nameDiffers', message, { pointer: '/name' }));
    }
  }
  for (const found of checkValue('rule', value)) {
    if (found.member !== undefined && broken.has(found.member)) continue;
    reasons.push(found.diagnostic);
  }
  for (const { place } of reasons) broken.add(pointerNames(place?.pointer ?? '')[0] ?? '');

  if (value['certificate'] !== undefined && !broken.has('certificate')) {
    const resolved = resolveCertificate(value['certificate'] as FileCertificate, certificates);
    if ('code' in resolved) {
      reasons.push(resolved);
      broken.add('certificate');
    } else {
      value['certificate'] = resolved;
    }
  }

  // Every member was checked against the schema, which is rendered from the same declaration as the type.
  if (reasons.length === 0) {
    const rule = { ...value } as unknown as RuleInput;
    if (fitsInValue(rule, node)) return { rule };
    reasons.push(TOO_LONG);
  }
  const readable: Record<string, unknown> = {};
  for (const [member] of ATTRIBUTE_ENTRIES) {
    if (member === 'name' || member === 'type' || broken.has(member)) continue;
    if (value[member] !== undefined) readable[member] = value[member];
  }
  const name = outerName ?? (broken.has('name') ? fallbackName : (value['name'] as string));
  return { rejected: { name: ruleNameOr(name), typeText: typeText(members), readable, reasons } };
}

/**
 * Whether the rule, stored, is no longer than a value may be. One character of the source becomes at most six, and a
 * certificate's name may become its digest, so that short sources need no second look.
 */
function fitsInValue(rule: RuleInput, source: JsonObject): boolean {
  const longest = source.length * 6 + 128;
  return longest <= LIMITS.ruleText || storedRule(rule).length <= LIMITS.ruleText;
}

type FileCertificate = { readonly type: CertificateType; readonly sha256?: string; readonly name?: string };

function resolveCertificate(
  certificate: FileCertificate,
  certificates: Certificates,
): { readonly type: CertificateType; readonly sha256: string } | Diagnostic {
  if (certificate.sha256 !== undefined) return { type: certificate.type, sha256: certificate.sha256 };
  const name = certificate.name ?? '';
  const sha256 = certificates.get(name);
  if (sha256 !== undefined) return { type: certificate.type, sha256 };
  const problem = certificates.has(name) ? 'cannot be read' : 'is not in the list of certificates';
  return diagnostic('certificateMissing', `Certificate "${name}" ${problem}.`, { pointer: '/certificate/name' });
}

/** All that is said about the type, in whatever form: every member that is called so but for case. */
function typeText(members: ReadonlyMap<string, readonly JsonNode[]>): string {
  return [...members]
    .filter(([member]) => member.toLowerCase() === 'type')
    .flatMap(([, nodes]) => nodes)
    .map((node) => (node.type === 'String' ? node.value : JSON.stringify(valueOf(node))))
    .join(' ')
    .slice(0, TYPE_TEXT_LENGTH);
}

/** The start of a type that the fault of a broken text cuts off. */
function typeTextAfterFault(rest: string): string {
  const type = /"type"\s*:\s*"?([^",}]*)/i.exec(rest);
  return (type?.[1] ?? '').slice(0, TYPE_TEXT_LENGTH);
}

function rejectedFrom({ name, type, ...readable }: RuleInput): RejectedRuleInput {
  return { name, typeText: type, readable, reasons: [] };
}

/** A name fit for lists and logs, whatever was given. */
function ruleNameOr(name: string): string {
  const plain = name.replace(/[\p{Cc}\p{Cs}\uf000\ufffe\uffff]/gu, '\ufffd').slice(0, LIMITS.ruleName);
  return plain.trim() === '' ? 'unnamed rule' : plain;
}
