/** What a request asks of the standard streams of the program. */
import { EpmError } from '../model/errors.ts';
import type { ElevateRequest } from './contract.ts';
import type { StartRequest } from './ports.ts';

/** Bytes of standard input: what fits into one request beside a long command line. */
export const MAX_INPUT = 32 * 1024;

/**
 * @returns undefined: the program reads from and writes to its console
 * @throws EpmError EPM_REQUEST_MALFORMED, EPM_REQUEST_TOO_LARGE
 */
export function streamsOf({ output, input = '' }: ElevateRequest): StartRequest['streams'] {
  if (output === undefined) {
    if (input === '') return undefined;
    throw new EpmError('EPM_REQUEST_MALFORMED', 'Standard input was given without asking for the output.', {
      hint: 'Ask for the output as well: the program has either its console or both.',
    });
  }
  const bytes = Buffer.from(input, 'base64');
  if (bytes.toString('base64') !== input) {
    throw new EpmError('EPM_REQUEST_MALFORMED', 'The standard input is not base64.');
  }
  if (bytes.length > MAX_INPUT) {
    throw new EpmError('EPM_REQUEST_TOO_LARGE', `The standard input is longer than ${MAX_INPUT} bytes.`);
  }
  return { input: bytes };
}
