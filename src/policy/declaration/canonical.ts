/** The one text form of a rule or a policy, so that the same policy is always the same bytes. */
import type { RuleInput } from '../../model/rule.ts';
import type { SettingsInput } from '../../model/settings.ts';
import { ATTRIBUTE_ENTRIES } from './rule-attributes.ts';
import { SETTING_ENTRIES } from './settings.ts';

/** Members of a rule in declared order; `name` only when it does not stand outside. */
export function orderedRule(rule: RuleInput, withName: boolean): Record<string, unknown> {
  const ordered: Record<string, unknown> = {};
  for (const [name] of ATTRIBUTE_ENTRIES) {
    const value = rule[name];
    if (value === undefined || (name === 'name' && !withName)) continue;
    ordered[name] = name === 'certificate' ? orderedCertificate(rule.certificate) : value;
  }
  return ordered;
}

function orderedCertificate(certificate: RuleInput['certificate']): unknown {
  return certificate && { type: certificate.type, sha256: certificate.sha256 };
}

/** A rule as the data of its registry value: JSON on one line, without the name. */
export function storedRule(rule: RuleInput): string {
  return toJson(orderedRule(rule, false), 0);
}

export function orderedSettings(settings: SettingsInput): Record<string, unknown> {
  const ordered: Record<string, unknown> = {};
  for (const [name] of SETTING_ENTRIES) {
    if (settings[name] !== undefined) ordered[name] = settings[name];
  }
  return ordered;
}

/**
 * JSON in which every character that a format could lose or misread is escaped: U+F000 separates list entries in an
 * MDM payload, U+FFFE and U+FFFF are no XML characters, U+2028 and U+2029 are line breaks to some readers, and C1
 * controls change on their way through XML 1.1 tools. JSON.stringify itself escapes the rest.
 * @param indent Blanks a level; 0: one line.
 */
export function toJson(value: unknown, indent: 0 | 2): string {
  return JSON.stringify(value, null, indent).replace(
    /[\u007f-\u009f\u2028\u2029\uf000\ufffe\uffff]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
