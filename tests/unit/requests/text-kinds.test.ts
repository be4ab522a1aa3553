import { describe, expect, it } from 'vitest';
import type { EpmError } from '../../../src/model/errors.ts';
import { readGrantText } from '../../../src/requests/grants/grant-text.ts';
import { readRevocationText } from '../../../src/requests/grants/revocation-text.ts';
import { readRequestText } from '../../../src/requests/request-text.ts';
import { TEXT_KINDS, textKind } from '../../../src/requests/text-kinds.ts';

const READ = { request: readRequestText, grant: readGrantText, revocation: readRevocationText };
type Kind = keyof typeof TEXT_KINDS;
const KINDS = Object.keys(TEXT_KINDS) as Kind[];
const failure = (read: () => unknown): EpmError => {
  try {
    read();
  } catch (error) {
    return error as EpmError;
  }
  throw new Error('nothing was thrown');
};

describe('a signed text in the wrong place', () => {
  const pairs = KINDS.flatMap((kind) => KINDS.filter((other) => other !== kind).map((other) => [other, kind] as const));

  it.each(pairs)('a %s that is taken for a %s says what it is and where it belongs', (other, kind) => {
    const { prefix, what, hint } = TEXT_KINDS[other];
    const error = failure(() => READ[kind](`  ${prefix}hEmi\n`));
    expect(error.data).toEqual({ reason: 'prefix' });
    expect(error.message).toContain(`It is ${what}.`);
    expect(error.hint).toBe(hint);
  });

  it('that is none at all gets no such words', () => {
    expect(textKind('EPM2.hEmi')).toBeUndefined();
    expect(failure(() => readGrantText('EPM2.hEmi')).message).toBe('The grant does not begin as one.');
  });
});
