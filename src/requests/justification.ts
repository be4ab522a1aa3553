import { EpmError } from '../model/errors.ts';

/** Code points, after normalisation and trimming (decision F1). */
const MAX_JUSTIFICATION = 256;

/** Control characters, and the separators that break a line without being control characters. */
const CONTROL = /[\p{Cc}\p{Zl}\p{Zp}]/u;

/**
 * The justification as it is recorded: Unicode NFC, outer white space removed.
 * @throws EpmError EPM_JUSTIFICATION_INVALID, whose message never repeats the text
 */
export function parseJustification(text: string): string {
  if (!text.isWellFormed()) throw invalid('is not valid Unicode text', 'malformedText');
  const normal = text.normalize('NFC').trim();
  if (normal === '') throw invalid('is empty', 'empty');
  if (CONTROL.test(normal)) throw invalid('has control characters or line breaks', 'controlCharacter');
  const length = Array.from(normal).length;
  if (length > MAX_JUSTIFICATION)
    throw invalid(`has ${length} characters; the limit is ${MAX_JUSTIFICATION}`, 'tooLong');
  return normal;
}

function invalid(why: string, reason: string): EpmError {
  return new EpmError('EPM_JUSTIFICATION_INVALID', `The justification ${why}.`, { data: { reason } });
}
