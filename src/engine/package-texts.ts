/**
 * Texts of an installer package that its signature does not cover (decision M10): who has a signed package can give it
 * other ones without touching the signature, so that they count beside a hash only. A Deny takes them for what it asks.
 */
import type { Miss, RuleContext, RulePair } from './attributes/attribute.ts';

/**
 * Whether an attribute that asks for such a text passes.
 * @returns undefined: the text is compared, because the rule names the very package by its hash
 */
export function unsignedTextPasses(rule: RuleContext): boolean | undefined {
  if (rule.type === 'deny') return true;
  return rule.hasHash ? undefined : false;
}

export const UNSIGNED_TEXT: Miss = {
  expected: 'a text that the signature of the package covers, or a hash in the rule',
  found: 'a text that whoever has the package can change under its signature',
  reason: 'packageTextsUnsigned',
};

/** Whether `wide` takes every package with such texts that `narrow` takes, given that it does where texts are compared. */
export function coversUnsignedTexts({ wide, narrow }: RulePair): boolean {
  if (wide.type === 'deny' || !narrow.takesPackages) return true;
  return narrow.type !== 'deny' && (wide.hasHash || !narrow.hasHash);
}
