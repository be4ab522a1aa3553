import { describe, expect, it } from 'vitest';
import type { EpmNative } from '../../../src/windows/dll/epmnative.ts';
import { requesterOf } from '../../../src/windows/files/requester-rights.ts';
import { caller } from '../agent/fake-machine.ts';

/** Answers one access check, and says what it was asked. */
function nativeWith(error: number, allowed: number) {
  const asked: number[][] = [];
  const native = {
    epm_pipe_caller_may(connection: number, object: number, rights: number, out: [number]) {
      asked.push([connection, object, rights]);
      out[0] = allowed;
      return error;
    },
  } as Partial<EpmNative> as EpmNative;
  return { native, asked };
}

const client = { ...caller(), connection: 7 };

describe('what the requester may do with an open file', () => {
  it('AC-28 is asked of the token of the connection: reading and executing', () => {
    const { native, asked } = nativeWith(0, 1);
    expect(requesterOf(native, client).mayRun(40)).toBe(true);
    expect(requesterOf(native, client).mayList(44)).toBe(true);
    expect(asked).toEqual([
      [7, 40, 0x1200a9],
      [7, 44, 0x81],
    ]);
  });

  it.each([
    ['denied', 0, 0],
    ['answered by another number', 0, 7],
    ['a security descriptor that cannot be read', 5, 1],
    ['a connection that is closed', 6, 0],
  ])('AC-28 is nothing when it is %s', (_name, error, allowed) => {
    const requester = requesterOf(nativeWith(error, allowed).native, client);
    expect(requester.mayRun(40)).toBe(false);
    expect(requester.mayList(40)).toBe(false);
  });

  it('is not asked of a caller that the pipe did not capture', () => {
    expect(() => requesterOf(nativeWith(0, 1).native, caller())).toThrow(
      expect.objectContaining({ code: 'EPM_INTERNAL' }),
    );
  });
});
