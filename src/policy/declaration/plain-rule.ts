/**
 * The short way for stored rules that are plainly right, which almost all are: JSON.parse and the compiled schema. It
 * only ever says "right" or nothing; everything it is not sure about goes the careful way, which has the reasons.
 */
import type { RuleInput } from '../../model/rule.ts';
import { LIMITS } from './limits.ts';
import { checkValue } from './validation.ts';

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COLON = 0x3a;

/**
 * @param name Name of the registry value, which is the rule's name.
 * @returns undefined when the careful reader must look: for anything but a right rule, and for one that refers to
 *   the list of certificates, which is looked up there.
 */
export function readPlainRule(name: string, text: string): RuleInput | undefined {
  // Stored again, one character is at most six.
  if (text.length * 6 + 128 > LIMITS.ruleText) return undefined;
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) return undefined;
  const value = Object.assign(Object.create(null) as Record<string, unknown>, parsed);
  // JSON.parse keeps the last of two equal names without a word; then the text has more names than the value.
  // A rule holds no other object than a certificate, so a deeper one makes the counts differ as well.
  const certificate = value['certificate'];
  if (colons(text) !== Object.keys(value).length + memberCount(certificate)) return undefined;
  if (value['name'] === undefined) value['name'] = name;
  if (value['name'] !== name || refersToList(certificate)) return undefined;
  // Every member was checked against the schema, which is rendered from the same declaration as the type.
  return checkValue('rule', value).length === 0 ? ({ ...value } as unknown as RuleInput) : undefined;
}

/** Colons outside of texts, of which JSON has one a member. The text was parsed, so its quotes are balanced. */
function colons(text: string): number {
  let count = 0;
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index);
    if (code === COLON) count += 1;
    if (code !== QUOTE) continue;
    for (index += 1; text.charCodeAt(index) !== QUOTE; index += 1) {
      if (text.charCodeAt(index) === BACKSLASH) index += 1;
    }
  }
  return count;
}

function memberCount(value: unknown): number {
  return typeof value === 'object' && value !== null ? Object.keys(value).length : 0;
}

function refersToList(certificate: unknown): boolean {
  return typeof certificate === 'object' && certificate !== null && !('sha256' in certificate);
}
