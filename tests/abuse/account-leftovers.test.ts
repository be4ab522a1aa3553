/**
 * What an elevation leaves behind when the agent ends or a call of Windows fails in the middle of it: names in the LSA, and
 * the right to log on as a service. The real code runs over a machine that keeps both.
 */
import { describe, expect, it } from 'vitest';
import type { AccountFactory } from '../../src/agent/ports.ts';
import { accountRequest, ERROR_LOGON_TYPE_NOT_GRANTED, FakeLsa, isEnded } from '../unit/windows/fake-lsa.ts';

/** An elevation by the longest way: the interactive logon is refused, and the service logon needs its right. */
async function elevateOnce(accounts: AccountFactory): Promise<void> {
  accounts.domain();
  const token = await accounts.create(accountRequest());
  token.close();
  token.release();
}

function hardened(): FakeLsa {
  const lsa = new FakeLsa();
  lsa.logonErrors = { 2: ERROR_LOGON_TYPE_NOT_GRANTED };
  return lsa;
}

describe('AC-62 an agent that ends in the middle of an elevation', () => {
  it('leaves no name and no right once the next one has started, whatever the step', async () => {
    let step = 0;
    for (let isOver = false; !isOver;) {
      step += 1;
      const lsa = hardened();
      const agent = lsa.start();
      lsa.endAt = step;
      try {
        await elevateOnce(agent);
        isOver = true;
      } catch (error) {
        expect(isEnded(error), `step ${step}: ${String(error)}`).toBe(true);
      }
      lsa.start().sweep();
      expect([...lsa.names], `names after step ${step}`).toEqual([]);
      expect([...lsa.rights], `rights after step ${step}`).toEqual([]);
    }
    // Each name, right and logon has a step before and one after.
    expect(step).toBeGreaterThan(20);
  });

  it('is cleaned up after although the clean-up was ended as well', async () => {
    const lsa = hardened();
    const agent = lsa.start();
    lsa.endAt = 16;
    await expect(elevateOnce(agent)).rejects.toSatisfy(isEnded);
    expect(lsa.names.size).toBeGreaterThan(0);
    for (let step = 1; ; step += 1) {
      const next = lsa.start();
      lsa.endAt = step;
      try {
        next.sweep();
        break;
      } catch (error) {
        expect(isEnded(error)).toBe(true);
      }
    }
    expect([...lsa.names]).toEqual([]);
    expect([...lsa.rights]).toEqual([]);
  });
});

describe('AC-62 a call of Windows that fails in the middle of an elevation', () => {
  it('leaves no token and, at the latest after the next start, no name and no right', async () => {
    for (let step = 1; ; step += 1) {
      const lsa = hardened();
      const agent = lsa.start();
      lsa.failAt = step;
      const error = await elevateOnce(agent).then(
        () => undefined,
        (caught: unknown) => caught,
      );
      if (lsa.steps < step) break;
      if (error !== undefined) expect(error, `step ${step}`).toMatchObject({ code: 'EPM_ACCOUNT_UNAVAILABLE' });
      expect(lsa.tokens, `tokens after step ${step}`).toBe(0);
      lsa.start().sweep();
      expect([...lsa.names], `names after step ${step}`).toEqual([]);
      expect([...lsa.rights], `rights after step ${step}`).toEqual([]);
    }
  });

  it('takes the right back whatever became of the logon, and gives no token out when it cannot', async () => {
    const lsa = hardened();
    lsa.logonErrors = { 2: ERROR_LOGON_TYPE_NOT_GRANTED, 5: ERROR_LOGON_TYPE_NOT_GRANTED };
    await expect(elevateOnce(lsa.start())).rejects.toMatchObject({ code: 'EPM_ACCOUNT_UNAVAILABLE' });
    expect(lsa.logons).toEqual([
      [2, false],
      [5, true],
    ]);
    expect([...lsa.rights, ...lsa.names]).toEqual([]);
  });
});

describe('AC-62 names and rights of somebody else', () => {
  it('are left alone by the sweep', () => {
    const lsa = new FakeLsa();
    const foreign = ['S-1-5-80-1-2-3-4-5', 'S-1-5-21-1-2-3-1001', 'S-1-5-107-0', 'S-1-5-111-1-2-3-4-5'];
    for (const account of foreign) lsa.rights.add(account);
    lsa.rights.add('S-1-5-107-1-2-3-4-5').add('S-1-5-110-5-4-3-2-1');
    lsa.names.set('IIS', 'S-1-5-82');
    // Our file names what another has by now.
    lsa.names.set('EPM\\taken', 'S-1-5-111-9-9-9-9-9');
    lsa.written = { names: [{ domain: 'EPM', name: 'taken', sid: 'S-1-5-107-1-2-3-4-5' }] };
    lsa.start().sweep();
    expect([...lsa.rights]).toEqual(foreign);
    expect([...lsa.names.keys()]).toEqual(['IIS', 'EPM\\taken']);
    expect(lsa.written).toEqual({ names: [] });
  });

  it.each([[{ names: 'x' }], [{ names: [{ domain: 'EPM', name: 'x', sid: 'S-1-5-18' }] }], ['text']])(
    'a list of names that is not ours, %j, is none, and rights are swept all the same',
    (written) => {
      const lsa = new FakeLsa();
      lsa.written = written;
      lsa.rights.add('S-1-5-107-1-2-3-4-5');
      expect(() => lsa.start().sweep()).toThrow(expect.objectContaining({ code: 'EPM_DATA_FOLDER' }) as Error);
      expect([...lsa.rights]).toEqual([]);
    },
  );
});
