import { describe, expect, it } from 'vitest';
import { sid } from '../../../src/model/brands.ts';
import { accountRequest, ERROR_LOGON_TYPE_NOT_GRANTED, FakeLsa } from './fake-lsa.ts';

const INTERACTIVE = 2;
const SERVICE = 5;

describe('the logon of an isolated account', () => {
  it('is interactive where it can be, and needs no right then', async () => {
    const lsa = new FakeLsa();
    const token = await lsa.start().create(accountRequest());
    expect(token).toMatchObject({ factory: 'virtualAccount', logon: 'interactive' });
    expect(lsa.logons).toEqual([[INTERACTIVE, false]]);
  });

  it('is a service logon where the interactive one is refused, with the right for that moment only', async () => {
    const lsa = new FakeLsa();
    lsa.logonErrors = { [INTERACTIVE]: ERROR_LOGON_TYPE_NOT_GRANTED };
    const token = await lsa.start().create(accountRequest());
    expect(token.logon).toBe('service');
    expect(lsa.logons).toEqual([
      [INTERACTIVE, false],
      [SERVICE, true],
    ]);
    expect([...lsa.rights]).toEqual([]);
  });

  it('under Administrator Protection is a service logon at once', async () => {
    const lsa = new FakeLsa();
    const token = await lsa.start().create(accountRequest(1, { logons: ['service'] }));
    expect(token.logon).toBe('service');
    expect(lsa.logons).toEqual([[SERVICE, true]]);
  });

  it('AC-54 that fails in every way names each, and leaves nothing', async () => {
    const lsa = new FakeLsa();
    lsa.logonErrors = { [INTERACTIVE]: ERROR_LOGON_TYPE_NOT_GRANTED, [SERVICE]: 1326 };
    await expect(lsa.start().create(accountRequest())).rejects.toMatchObject({
      code: 'EPM_ACCOUNT_UNAVAILABLE',
      message: expect.stringMatching(/Logon interactive: .*1385.*Logon service: .*1326/) as string,
    });
    expect([...lsa.names, ...lsa.rights]).toEqual([]);
  });
});

describe('the names of isolated accounts', () => {
  it('are there before the logon and until the last tree of the account is empty', async () => {
    const lsa = new FakeLsa();
    const accounts = lsa.start();
    const first = await accounts.create(accountRequest());
    const second = await accounts.create(accountRequest());
    const other = await accounts.create(accountRequest(2));
    const all = ['EPM', 'EPM\\Elevated', 'EPM\\alice_1', 'EPM\\alice_2'];
    expect([...lsa.names.keys()]).toEqual(all);
    first.close();
    first.release();
    first.release();
    expect([...lsa.names.keys()]).toEqual(all);
    second.release();
    expect([...lsa.names.keys()]).toEqual(['EPM', 'EPM\\Elevated', 'EPM\\alice_2']);
    other.release();
    expect([...lsa.names.keys()]).toEqual([]);
  });

  it('are written down once for an account that comes again, and not for ever', async () => {
    const lsa = new FakeLsa();
    const accounts = lsa.start();
    for (let round = 0; round < 5; round += 1) (await accounts.create(accountRequest())).release();
    expect(lsa.writes).toBe(1);
    for (let number = 2; number < 450; number += 1) (await accounts.create(accountRequest(number))).release();
    expect((lsa.written as { names: unknown[] }).names.length).toBeLessThan(210);
  });

  it('of a running program stay when what is left over is swept', async () => {
    const lsa = new FakeLsa();
    const accounts = lsa.start();
    const token = await accounts.create(accountRequest());
    lsa.names.set('EPM\\old', 'S-1-5-107-9-9-9-9-9');
    accounts.sweep();
    expect([...lsa.names.keys()]).toContain('EPM\\alice_1');
    token.release();
  });

  it('AC-54 that are somebody else’s are not used and not taken away', async () => {
    const lsa = new FakeLsa();
    lsa.names.set('EPM\\alice_1', 'S-1-5-111-1-1-1-1-1');
    await expect(lsa.start().create(accountRequest())).rejects.toMatchObject({ code: 'EPM_ACCOUNT_UNAVAILABLE' });
    expect([...lsa.names]).toEqual([['EPM\\alice_1', 'S-1-5-111-1-1-1-1-1']]);
    expect(lsa.logons).toEqual([]);
  });
});

describe('the domain of isolated accounts', () => {
  it('is the first one whose SID and name are free', () => {
    const lsa = new FakeLsa();
    expect(lsa.start().domain()).toEqual({ name: 'EPM', sid: sid('S-1-5-107') });
    lsa.names.set('OTHER', 'S-1-5-107');
    expect(lsa.start().domain()).toEqual({ name: 'EPM', sid: sid('S-1-5-108') });
    // The machine or its domain is called EPM.
    lsa.names.set('EPM', 'S-1-5-21-1-2-3');
    expect(lsa.start().domain()).toEqual({ name: 'EPM-Accounts', sid: sid('S-1-5-108') });
  });

  it('stays the first one when Windows keeps its name, which goes with the next account', async () => {
    const lsa = new FakeLsa();
    // Its name is written down from now on.
    lsa.start().domain();
    const accounts = lsa.start();
    // After the two of giving the name.
    lsa.failAt = 3;
    expect(accounts.domain()).toEqual({ name: 'EPM', sid: sid('S-1-5-107') });
    expect([...lsa.names.keys()]).toEqual(['EPM']);
    (await accounts.create(accountRequest())).release();
    expect([...lsa.names.keys()]).toEqual([]);
  });

  it('is no other one when Windows cannot say whose the first one is', async () => {
    const lsa = new FakeLsa();
    // Its name is written down from now on.
    lsa.start().domain();
    const accounts = lsa.start();
    lsa.failAt = 1;
    expect(() => accounts.domain()).toThrow(expect.objectContaining({ code: 'EPM_ACCOUNT_UNAVAILABLE' }) as Error);
    // It was for that moment only.
    expect(accounts.domain()).toEqual({ name: 'EPM', sid: sid('S-1-5-107') });
    (await accounts.create(accountRequest())).release();
    expect([...lsa.names.keys()]).toEqual([]);
  });

  it('AC-54 is none when others have all, and theirs stay', () => {
    const lsa = new FakeLsa();
    const taken = [107, 108, 109, 110].map((rid) => [`D${rid}`, `S-1-5-${rid}`] as const);
    for (const [name, account] of taken) lsa.names.set(name, account);
    expect(() => lsa.start().domain()).toThrow(expect.objectContaining({ code: 'EPM_ACCOUNT_UNAVAILABLE' }) as Error);
    expect([...lsa.names]).toEqual(taken);
  });
});
