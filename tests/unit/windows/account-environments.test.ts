import { describe, expect, it } from 'vitest';
import { sid } from '../../../src/model/brands.ts';
import { AccountEnvironments } from '../../../src/windows/tokens/account-environments.ts';

const ALICE = { accountSid: sid('S-1-5-107-1-2-3-4-5'), domainName: 'EPM', accountName: 'alice_1' };
const BOB = { accountSid: sid('S-1-5-107-9-8-7-6-5'), domainName: 'EPM', accountName: 'bob_1' };

function environments() {
  const profiles = new Map<string, string>();
  const loaded = new Set<string>();
  const known = new AccountEnvironments((user) => ({ folder: profiles.get(user), isLoaded: loaded.has(user) }));
  let made = 0;
  const of = (account: typeof ALICE): readonly string[] =>
    known.of(account, () => [`USERNAME=${account.accountName}`, `MADE=${(made += 1)}`]);
  return { profiles, loaded, known, of, made: () => made };
}

describe('the environment that Windows makes for an account', () => {
  it('is made once, and never given to another account', () => {
    const { of, made } = environments();
    expect(of(ALICE)).toEqual(['USERNAME=alice_1', 'MADE=1']);
    expect(of(BOB)).toEqual(['USERNAME=bob_1', 'MADE=2']);
    expect(of(ALICE)).toEqual(['USERNAME=alice_1', 'MADE=1']);
    expect(made()).toBe(2);
  });

  it('is made again when the account gets another profile, loses it, or has another name, or it is loaded', () => {
    const { profiles, loaded, of, made } = environments();
    of(ALICE);
    profiles.set(ALICE.accountSid, 'C:\\Users\\alice_1');
    expect(of(ALICE)).toContain('MADE=2');
    profiles.set(ALICE.accountSid, 'D:\\Users\\alice_1');
    expect(of(ALICE)).toContain('MADE=3');
    profiles.delete(ALICE.accountSid);
    expect(of(ALICE)).toContain('MADE=4');
    expect(of({ ...ALICE, accountName: 'alicia_1' })).toContain('USERNAME=alicia_1');
    loaded.add(ALICE.accountSid);
    expect(of({ ...ALICE, accountName: 'alicia_1' })).toContain('MADE=6');
    expect(made()).toBe(6);
  });

  it('is not kept when it could not be made', () => {
    const { known, of, made } = environments();
    const fail = (): never => {
      throw new Error('not now');
    };
    expect(() => known.of(ALICE, fail)).toThrow('not now');
    expect(of(ALICE)).toContain('MADE=1');
    expect(made()).toBe(1);
  });

  it('is kept for a bounded number of accounts', () => {
    const { of, made } = environments();
    const accounts = Array.from({ length: 201 }, (_, at) => ({ ...ALICE, accountSid: sid(`S-1-5-107-${at}-2-3-4-5`) }));
    for (const account of accounts) of(account);
    of({ ...ALICE, accountSid: sid('S-1-5-107-0-2-3-4-5') });
    expect(made()).toBe(202);
  });

  it('is kept for a bounded number of texts, however often one account changes', () => {
    const { profiles, of, made } = environments();
    of(BOB);
    for (let time = 0; time < 4_000; time += 1) {
      profiles.set(ALICE.accountSid, `C:\\Users\\${time}`);
      of(ALICE);
    }
    const before = made();
    of(BOB);
    expect(made()).toBe(before + 1);
  });
});
