import { describe, expect, it } from 'vitest';
import { MAX_INPUT, streamsOf } from '../../../src/agent/streams.ts';

const base64 = (length: number): string => Buffer.alloc(length, 'x').toString('base64');

describe('the standard streams that a request asks for', () => {
  it('are those of the console unless the output is asked for', () => {
    expect(streamsOf({ path: 'x' })).toBeUndefined();
    expect(streamsOf({ path: 'x', output: 'stream' })?.input.length).toBe(0);
    expect(streamsOf({ path: 'x', output: 'stream', input: base64(MAX_INPUT) })?.input.length).toBe(MAX_INPUT);
  });

  it.each([
    ['input alone', { input: base64(1) }, 'EPM_REQUEST_MALFORMED'],
    ['one byte too many', { output: 'stream', input: base64(MAX_INPUT + 1) }, 'EPM_REQUEST_TOO_LARGE'],
    ['other characters', { output: 'stream', input: 'a-_=' }, 'EPM_REQUEST_MALFORMED'],
    ['white space', { output: 'stream', input: 'YQ ==' }, 'EPM_REQUEST_MALFORMED'],
    ['no padding', { output: 'stream', input: 'YQ' }, 'EPM_REQUEST_MALFORMED'],
    ['bits behind the end', { output: 'stream', input: 'YR==' }, 'EPM_REQUEST_MALFORMED'],
  ] as const)('refuse %s', (_what, more, code) => {
    expect(() => streamsOf({ path: 'x', ...more })).toThrow(expect.objectContaining({ code }));
  });
});
