/** Attacks on approvals by hostile standard users, with the packed agent: each does what it can, and nothing it may not have runs. */
import { createHash } from 'node:crypto';
import { unlinkSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { describeWindows, identitySid, type Identity } from '../bed/index.ts';
import { eventually } from '../eventually.ts';
import { Approver } from '../unit/agent/approvals/approver.ts';
import { type AgentMessage, AgentUnderTest, type Json } from './agent-under-test.ts';
import { approverKeys, askSupport, importGrant } from './approvals-under-test.ts';
import { KEY } from './policy-keys.ts';
import { changeRegistry, REG, registryText } from './registry-steps.ts';

const FOLDER = 'C:\\Users\\Public\\Mine';
const TOOL = `${FOLDER}\\tool.exe`;
const SWAPPED = `${FOLDER}\\swapped.exe`;
const DATA = 'C:\\ProgramData\\EPM';
const CLOCK = `${DATA}\\clock-state.json`;
const DAY = 24 * 60 * 60_000;
/** Open requests of one user (decision G2). */
const OPEN = 20;

describeWindows('approvals and hostile users', ['epm'], (bed) => {
  const support = new Approver();
  const own = new Approver({ name: 'own', approver: identitySid.standardUser });
  const foreign = new Approver({ name: 'foreign' });
  let agent: AgentUnderTest;

  const content = (mark: string): Buffer => Buffer.concat([bed().readFile(bed().programs.probe), Buffer.from(mark)]);
  const put = async (file: string, mark: string): Promise<void> => {
    bed().putFile(file, content(mark));
    await bed().letUsersWrite(file);
  };
  const hashOf = (mark: string): string => createHash('sha256').update(content(mark)).digest('hex').toUpperCase();

  const apply = (): Promise<void> =>
    agent.apply({
      id: 'tests',
      settings: { enabled: true, defaultElevationResponse: 'requireSupportApproval', notifyUser: false },
      approverKeys: approverKeys([support, own]),
    });

  beforeAll(async () => {
    agent = new AgentUnderTest(bed());
    await put(TOOL, 'tool');
    await put(SWAPPED, 'good');
    await apply();
    await agent.start();
  });
  afterAll(() => agent.stop());

  const elevate = async (more: Json = {}, as: Identity = 'standardUser'): Promise<Json> =>
    (await agent.ask('elevate', { path: TOOL, wait: true, ...more }, as)).body;
  const ask = (more: Json = {}, as?: Identity) => askSupport(agent, { path: TOOL, ...more }, as);
  const accept = async (text: string): Promise<void> => {
    expect(await importGrant(agent, text)).toMatchObject({ kind: 'result' });
  };
  const fault = ({ body }: AgentMessage): unknown => (body['data'] as Json | undefined)?.['fault'];
  const startings = async (): Promise<readonly Json[]> =>
    (await agent.records()).filter(
      ({ event, processType }) => event === 'elevationStarting' && processType !== 'child',
    );
  const restart = async (change: () => void): Promise<void> => {
    await agent.stop();
    change();
    await agent.start();
    await eventually(async () =>
      expect((await agent.ask('status', {}, 'administrator')).body).toMatchObject({
        journal: { state: expect.not.stringMatching('unverified') as unknown },
      }),
    );
  };

  it('AC-84 the text of an approval gives nobody anything else: no user, file, argument or later time', async () => {
    const { text } = await ask({ arguments: ['/a'] });
    const grant = support.approve(text, Date.now());
    // Whoever reads the text may bring it, and has nothing of it.
    expect(await importGrant(agent, grant, 'otherUser')).toMatchObject({ kind: 'result' });
    const before = (await startings()).length;
    for (const [more, as] of [
      [{ arguments: ['/a'] }, 'otherUser'],
      [{ arguments: ['/b'] }, 'standardUser'],
      [{ arguments: [] }, 'standardUser'],
      [{ arguments: ['/a', ''] }, 'standardUser'],
      [{ arguments: ['/A'] }, 'standardUser'],
      [{ arguments: ['/a'], path: SWAPPED }, 'standardUser'],
    ] as const) {
      expect(await elevate(more, as)).toMatchObject({ outcome: 'needs', asksSupport: true });
    }
    // The same bytes under another name are another file.
    await put(`${FOLDER}\\renamed.exe`, 'tool');
    expect(await elevate({ arguments: ['/a'], path: `${FOLDER}\\renamed.exe` })).toMatchObject({ outcome: 'needs' });
    expect(await startings()).toHaveLength(before);
    expect(await elevate({ arguments: ['/a'] })).toMatchObject({ outcome: 'finished' });
  });

  it('AC-84 two users who ask for the same file are two', async () => {
    const [mine, theirs] = [await ask({ arguments: ['/two'] }), await ask({ arguments: ['/two'] }, 'otherUser')];
    expect(mine.id).not.toBe(theirs.id);
    await accept(support.approve(theirs.text, Date.now()));
    expect(await elevate({ arguments: ['/two'] })).toMatchObject({ supportRequest: { status: 'pending' } });
    expect(await elevate({ arguments: ['/two'] }, 'otherUser')).toMatchObject({ outcome: 'finished' });
    for (const [id, as] of [
      [mine.id, 'otherUser'],
      [theirs.id, 'standardUser'],
    ] as const) {
      expect(await agent.ask('support-requests', { id }, as)).toMatchObject({ kind: 'error' });
    }
  });

  it('AC-85 numbers of requests cannot be guessed, and attempts are counted', async () => {
    const ids: string[] = [];
    for (let count = 0; count < 5; count += 1) ids.push((await ask({ arguments: [`/id${count}`] })).id);
    // 16 random bytes.
    for (const id of ids) expect(id).toMatch(/^[A-Za-z0-9_-]{22}$/);
    const heads = new Set(ids.map((id) => id.slice(0, 6)));
    expect(heads.size).toBe(ids.length);
    const answers: unknown[] = [];
    for (let count = 0; count < 40; count += 1)
      answers.push((await importGrant(agent, `EPM1.${'A'.repeat(count)}`, 'otherUser')).body['code']);
    expect(new Set(answers)).toEqual(new Set(['EPM_GRANT_INVALID', 'EPM_GRANT_LIMIT']));
    expect(answers.at(-1)).toBe('EPM_GRANT_LIMIT');
    // Nobody else has to wait for that.
    const { text } = await ask({ arguments: ['/free'] });
    await accept(support.approve(text, Date.now()));
  });

  it('AC-86 a file that is exchanged after the approval does not run by it, and the right one does', async () => {
    const { text } = await ask({ path: SWAPPED });
    await accept(support.approve(text, Date.now()));
    await put(SWAPPED, 'evil');
    expect(await elevate({ path: SWAPPED })).toMatchObject({ outcome: 'needs' });
    await put(SWAPPED, 'good');
    expect(await elevate({ path: SWAPPED })).toMatchObject({ outcome: 'finished' });
  });

  it('AC-86 a file that is exchanged while it starts never runs by it', async () => {
    let isOver = false;
    const exchange = (async () => {
      for (let count = 0; !isOver; count += 1) {
        try {
          bed().putFile(SWAPPED, content(count % 2 === 0 ? 'evil' : 'good'));
        } catch {
          // It is open.
        }
        await new Promise((resolve) => setTimeout(resolve, 7));
      }
    })();
    const before = (await startings()).length;
    const outcomes: unknown[] = [];
    for (let count = 0; count < 15; count += 1) outcomes.push((await elevate({ path: SWAPPED }))['outcome'] ?? 'error');
    isOver = true;
    await exchange;
    const ran = (await startings()).slice(before);
    expect(ran.length).toBe(outcomes.filter((outcome) => outcome === 'finished').length);
    for (const { hash } of ran) expect(String(hash).toUpperCase()).toBe(hashOf('good'));
    await put(SWAPPED, 'good');
  });

  it('AC-88 keys that a user brings in their own registry sign for nobody', async () => {
    const entry = { publicKey: foreign.key.publicKey, approver: foreign.key.approver };
    const place = { root: 'HKU', key: `${identitySid.standardUser}\\${KEY}\\ApproverKeys`, type: REG.SZ } as const;
    await changeRegistry(agent, [{ ...place, name: 'foreign', data: registryText(JSON.stringify(entry)) }], 'system');
    await agent.ask('reload', {}, 'administrator');
    const { text } = await ask({ arguments: ['/rogue'] });
    expect(fault(await importGrant(agent, foreign.approve(text, Date.now())))).toBe('grantUnknownKey');
    expect(await elevate({ arguments: ['/rogue'] })).toMatchObject({ supportRequest: { status: 'pending' } });
  });

  describe('AC-89 who asks does not approve', () => {
    it('their own request, nor by a grant for everybody, nor by a number that is not theirs', async () => {
      const { id, text } = await ask({ arguments: ['/own'] });
      const theirs = await ask({ arguments: ['/own'] }, 'otherUser');
      expect(fault(await importGrant(agent, own.approve(text, Date.now())))).toBe('grantOwnRequest');
      const words = { requestId: theirs.id };
      expect(fault(await importGrant(agent, own.approve(text, Date.now(), words)))).toBe('grantOwnRequest');
      const forAll = own.approve(text, Date.now(), { requester: undefined as never });
      expect(fault(await importGrant(agent, forAll))).toBe('grantKeyMayNot');
      expect(await elevate({ arguments: ['/own'] })).toMatchObject({ supportRequest: { id, status: 'pending' } });
      // Of another user they may, and have nothing of it themselves.
      await accept(own.approve(theirs.text, Date.now(), { id: 'f00d'.repeat(4) }));
      expect(await elevate({ arguments: ['/own'] }, 'otherUser')).toMatchObject({ outcome: 'finished' });
      expect(await elevate({ arguments: ['/own'] })).toMatchObject({ supportRequest: { status: 'pending' } });
    });

    it('and many requests of one keep nobody else from asking', async () => {
      const answers: Json[] = [];
      for (let count = 0; count <= OPEN; count += 1)
        answers.push(await elevate({ arguments: [`/flood${count}`], justification: 'flood' }));
      expect(answers.at(-1)).toMatchObject({ code: 'EPM_SUPPORT_REQUEST_LIMIT' });
      expect(await ask({ arguments: ['/flood'] }, 'otherUser')).toMatchObject({ status: 'pending' });
    });

    it('and no reason is longer than it may be, or turns what an approver reads', async () => {
      const as = 'otherUser';
      for (const justification of ['x'.repeat(257), 'x'.repeat(60_000), 'a\u0000b', 'a\nb', '   ']) {
        const answer = await elevate({ arguments: ['/reason'], justification }, as);
        expect(answer, JSON.stringify(answer)).not.toHaveProperty('supportRequest');
      }
      const turned = await elevate({ arguments: ['\u202Etxt.exe'], justification: 'exe.\u202Etxt please' }, as);
      if (turned['supportRequest'] !== undefined) {
        const { id } = turned['supportRequest'] as { readonly id: string };
        const shown = await agent.verb(['request', 'show', id], 'otherUser');
        expect(shown.output).not.toMatch(/[\u202a-\u202e]/);
        expect(shown.output).toContain('<U+202E>');
      }
      await agent.expectAlive();
    });
  });

  describe('AC-90 an approval is asked again at each start', () => {
    const as = 'otherUser';

    it('so that nothing starts after it was taken back, however close', async () => {
      const { id, text } = await ask({ arguments: ['/race'] }, as);
      await accept(support.approve(text, Date.now()));
      const starts = Array.from({ length: 8 }, () => elevate({ arguments: ['/race'] }, as));
      await Promise.race(starts);
      const revoked = await agent.ask('decide-request', { id, decision: 'revoke' }, 'administrator');
      expect(revoked).toMatchObject({ kind: 'result', body: { request: { status: 'revoked' } } });
      await Promise.all(starts);
      expect((await elevate({ arguments: ['/race'] }, as))['outcome']).not.toBe('finished');
      const of = (await agent.records()).filter(({ supportRequestId }) => supportRequestId === id);
      const end = of.findIndex(({ event }) => event === 'supportRequestRevoked');
      expect(end).toBeGreaterThan(0);
      expect(of.slice(end).filter(({ event }) => event === 'elevationStarting')).toEqual([]);
    });

    it('with a clock that was set back', async () => {
      const { text } = await ask({ arguments: ['/clock'] }, as);
      await accept(support.approve(text, Date.now()));
      expect(await elevate({ arguments: ['/clock'] }, as)).toMatchObject({ outcome: 'finished' });
      const state = JSON.parse(bed().readFile(CLOCK).toString('utf8')) as Json;
      // What the device has seen before the clock went back by two days.
      await restart(() => bed().putFile(CLOCK, JSON.stringify({ ...state, latest: Date.now() + 2 * DAY })));
      const answer = await elevate({ arguments: ['/clock'] }, as);
      expect(answer['outcome'], JSON.stringify(answer)).not.toBe('finished');
      await restart(() => bed().putFile(CLOCK, JSON.stringify(state)));
      expect(await elevate({ arguments: ['/clock'] }, as)).toMatchObject({ outcome: 'finished' });
    });

    it('and counts on this device alone: a new identity of the device knows none of them', async () => {
      const { text } = await ask({ arguments: ['/device'] }, as);
      const grant = support.approve(text, Date.now());
      await accept(grant);
      await restart(() => unlinkSync(bed().hostPath(`${DATA}\\device-state.json`)));
      expect(fault(await importGrant(agent, grant, as))).toBe('grantOtherDevice');
      const answer = await elevate({ arguments: ['/device'] }, as);
      expect(answer['outcome'], JSON.stringify(answer)).not.toBe('finished');
    });
  });
});
