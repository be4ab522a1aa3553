import { describe, expect, it } from 'vitest';
import { AuthenticationAttempts } from '../../../src/agent/authentication-attempts.ts';
import { sid } from '../../../src/model/brands.ts';
import { EpmError } from '../../../src/model/errors.ts';
import { ALICE } from './fake-machine.ts';

const MINUTE = 60_000;

class Kept {
  value: unknown;
  now = 1_000_000_000;
  fault: EpmError | undefined;
  writes = 0;

  open(): AuthenticationAttempts {
    const state = {
      read: () => this.value,
      write: (value: object) => {
        if (this.fault !== undefined) throw this.fault;
        this.writes += 1;
        this.value = structuredClone(value);
      },
    };
    return new AuthenticationAttempts(state, () => this.now);
  }
}

function waitOf(attempts: AuthenticationAttempts, user = ALICE): number {
  try {
    attempts.begin(user);
    return 0;
  } catch (error) {
    expect(error).toMatchObject({ code: 'EPM_AUTHENTICATION_LIMIT' });
    return Number((error as EpmError).data?.['seconds']);
  }
}

describe('attempts to authenticate', () => {
  it('are five in 15 minutes and ten in an hour', () => {
    const kept = new Kept();
    const attempts = kept.open();
    for (let index = 0; index < 5; index++) expect(waitOf(attempts)).toBe(0);
    expect(waitOf(attempts)).toBe(15 * 60);
    kept.now += 15 * MINUTE - 1;
    expect(waitOf(attempts)).toBe(1);
    kept.now += 1;
    for (let index = 0; index < 5; index++) expect(waitOf(attempts)).toBe(0);
    kept.now += 15 * MINUTE;
    expect(waitOf(attempts)).toBe(30 * 60);
    kept.now += 30 * MINUTE;
    expect(waitOf(attempts)).toBe(0);
  });

  it('are on the disk before they are made', () => {
    const kept = new Kept();
    kept.open().begin(ALICE);
    expect(kept.value).toEqual({ failedAttempts: { [ALICE]: [kept.now] } });
    kept.fault = new EpmError('EPM_DATA_FOLDER', 'The disk is full.');
    expect(() => kept.open().begin(ALICE)).toThrow(expect.objectContaining({ code: 'EPM_DATA_FOLDER' }));
  });

  it('that could not be written down are not made, and do not count', () => {
    const kept = new Kept();
    const attempts = kept.open();
    for (let index = 0; index < 4; index++) attempts.begin(ALICE);
    kept.fault = new EpmError('EPM_DATA_FOLDER', 'The disk is full.');
    for (let index = 0; index < 10; index++) {
      expect(() => attempts.begin(ALICE)).toThrow(expect.objectContaining({ code: 'EPM_DATA_FOLDER' }));
    }
    kept.fault = undefined;
    expect(waitOf(attempts)).toBe(0);
    expect(waitOf(attempts)).toBe(15 * 60);
  });

  it('in the future, after the clock was set back, count from now', () => {
    const kept = new Kept();
    const attempts = kept.open();
    for (let index = 0; index < 5; index++) attempts.begin(ALICE);
    kept.now -= 24 * 60 * MINUTE;
    expect(waitOf(kept.open())).toBe(15 * 60);
    kept.now += 15 * MINUTE;
    expect(waitOf(kept.open())).toBe(0);
  });

  it.each([
    null,
    1,
    'x',
    {},
    { [ALICE]: [1] },
    ...[1, ['1'], [0.5]].map((times) => ({ failedAttempts: { [ALICE]: times } })),
  ])('are not made when what was kept is %j', (value) => {
    const kept = new Kept();
    kept.value = value;
    expect(() => kept.open().begin(ALICE)).toThrow(expect.objectContaining({ code: 'EPM_DATA_FOLDER' }));
  });

  it('are remembered for a bounded number of users', () => {
    const kept = new Kept();
    const attempts = kept.open();
    for (let index = 0; index < 1000; index++) attempts.begin(sid(`S-1-5-21-1-2-3-${2000 + index}`));
    expect(waitOf(attempts)).toBe(60 * 60);
    expect(Buffer.byteLength(JSON.stringify(kept.value))).toBeLessThan(256 * 1024);
    kept.now += 60 * MINUTE;
    expect(waitOf(attempts)).toBe(0);
  });
});
