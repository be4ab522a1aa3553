/** What a person is shown before they confirm: made here, once, so that every door shows the same. */
import { quoteArgument } from '../engine/arguments.ts';
import { defined } from '../model/defined.ts';
import type { FileFacts, SignatureFacts } from '../model/file-facts.ts';
import { displayText } from '../text/display.ts';
import type { QuestionText } from './contract.ts';

/** Hexadecimal digits of the SHA-256 that are shown. */
const DIGEST_SHOWN = 16;
/** UTF-16 units of the arguments that are shown whole. */
const ARGUMENTS_SHOWN = 1_000;

/**
 * @param values argument vector of the request
 * @param rule name of the rule that asks; undefined: the default response does
 * @returns texts that are safe to show: what is invisible is escaped, and long texts are cut in the middle with the
 *   digest of the whole
 */
export function questionText(facts: FileFacts, values: readonly string[], rule: string | undefined): QuestionText {
  return {
    program: displayText(facts.name),
    path: displayText(facts.path),
    arguments: displayText(values.map(quoteArgument).join(' '), ARGUMENTS_SHOWN),
    digest: facts.sha256.slice(0, DIGEST_SHOWN),
    fromInternet: facts.fromInternet === true,
    ...defined({
      publisher: verifiedPublisher(facts.signatures),
      rule: rule === undefined ? undefined : displayText(rule),
    }),
  };
}

/** A name in a signature that does not hold is the author's own claim, and is shown to nobody. */
function verifiedPublisher(signatures: readonly SignatureFacts[]): string | undefined {
  const good = signatures.find(
    ({ trusted, revocation, validNow, validAtTimestamp }) =>
      trusted && revocation !== 'revoked' && (validNow || validAtTimestamp),
  );
  return good === undefined ? undefined : displayText(good.leaf.subject);
}
