/**
 * Approvals with the packed agent: a standard user asks, somebody else approves on this system with a key that the policy of the
 * device lists, and the device judges the grant alone.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { GrantFault } from '../../src/model/grant-faults.ts';
import type { GrantStatement } from '../../src/model/grant.ts';
import { KEY as POLICY_KEY, SETTINGS } from './policy-keys.ts';
import { describeWindows, identitySid, type Identity } from '../bed/index.ts';
import { eventually } from '../eventually.ts';
import { epm } from '../unit/cli/captured.ts';
import { Approver } from '../unit/agent/approvals/approver.ts';
import { type AgentMessage, AgentUnderTest, type Json, PROGRAM, programRule } from './agent-under-test.ts';
import { approverKeys } from './approvals-under-test.ts';
import { changeRegistry, REG, registryText } from './registry-steps.ts';

const HOUR = 60 * 60_000;
const PASSPHRASE = 'correct horse battery staple';
const OTHER = 'C:\\Program Files\\App\\other.exe';
const LATE = 'C:\\Program Files\\App\\late.exe';

/** Milliseconds for which a grant counts whose end a test sees: an agent of a busy machine can take it meanwhile. */
const SHORT = 120_000;

describeWindows('approvals', ['epm'], (bed) => {
  const folder = mkdtempSync(path.join(tmpdir(), 'epm-approvals-'));
  const at = (name: string): string => path.join(folder, name);
  const unlock = ['--passphrase-file', at('passphrase.txt')];
  let agent: AgentUnderTest;
  let listed: Json;
  const second = new Approver({ name: 'second' });
  const expired = new Approver({ name: 'expired', validUntil: Date.UTC(2026, 0, 1) });
  const own = new Approver({ name: 'own', approver: identitySid.standardUser });
  const foreign = new Approver({ name: 'foreign' });
  let lateEnd = 0;

  const applyPolicy = async (more: Json = {}): Promise<void> => {
    await agent.apply({
      id: 'tests',
      // Nobody is at a screen.
      settings: { ...SETTINGS, notifyUser: false },
      rules: [PROGRAM, OTHER, LATE].map((file) =>
        programRule(agent.putProbe(file, file), {
          name: path.win32.basename(file),
          type: 'supportApproved',
          fileName: path.win32.basename(file),
        }),
      ),
      approverKeys: { ...listed, ...approverKeys([second, expired, own]) },
      ...more,
    });
  };

  beforeAll(async () => {
    writeFileSync(at('passphrase.txt'), PASSPHRASE);
    const words = ['approval-key', 'new', '--out', at('desk.pem'), '--name', 'desk'];
    const made = await epm(...words, '--approver', 'S-1-5-21-9-9-9-5001', '--json', ...unlock);
    expect(made).toMatchObject({ code: 0, error: '' });
    listed = (JSON.parse(made.out) as { readonly approverKeys: Json }).approverKeys;
    agent = new AgentUnderTest(bed());
    await applyPolicy();
    await agent.start();
  });
  afterAll(async () => {
    await agent.stop();
    rmSync(folder, { recursive: true });
  });

  const elevate = async (more: Json = {}, as: Identity = 'standardUser'): Promise<Json> =>
    (await agent.ask('elevate', { path: PROGRAM, wait: true, ...more }, as)).body;
  /** Asks support, and answers the text for it. */
  const ask = async (more: Json = {}, as: Identity = 'standardUser'): Promise<{ id: string; text: string }> => {
    const answer = await elevate({ justification: 'I need it for my work.', ...more }, as);
    expect(answer, JSON.stringify(answer)).toMatchObject({
      outcome: 'needsApproval',
      supportRequest: { status: 'pending' },
    });
    return answer['supportRequest'] as { id: string; text: string };
  };
  const importGrant = (text: string, as: Identity = 'standardUser'): Promise<AgentMessage> =>
    agent.ask('import-grant', { text }, as);
  /** Signs for a request with the key on this system, as an approver does. */
  const approve = async (text: string, ...words: readonly string[]): Promise<string> => {
    const signed = await epm('approve', text, '--key', at('desk.pem'), '--yes', ...words, ...unlock);
    expect(signed).toMatchObject({ code: 0 });
    return signed.out.trim();
  };
  const refused = (fault: GrantFault): unknown =>
    expect.objectContaining({
      kind: 'error',
      body: expect.objectContaining({ code: 'EPM_GRANT_REFUSED', data: { fault } }) as unknown,
    });
  const runsOf = async (grantId: string): Promise<number> =>
    (await agent.records()).filter(({ event, grantId: by }) => event === 'elevationStarting' && by === grantId).length;

  it('of a program elevate it for who asked, once support has signed on another system', async () => {
    const { id, text } = await ask({ arguments: ['/for', 'me'] });
    const listedByVerb = await agent.verb(['request', 'list', '--json']);
    expect(JSON.parse(listedByVerb.output)).toMatchObject({ all: false, requests: [{ id, status: 'pending' }] });
    expect((await agent.verb(['request', 'show', id, '--text'])).output.trim()).toBe(text);
    const grant = await approve(text, '--reason', 'Go on.');
    const imported = await agent.verb(['grant', 'import', grant, '--json']);
    expect(JSON.parse(imported.output), imported.errors).toMatchObject({
      known: false,
      grant: { requestId: id, key: 'desk' },
    });
    // AC-86: what it names and nothing else.
    expect(await elevate({ arguments: ['/for', 'you'] })).not.toMatchObject({ outcome: 'finished' });
    expect(await elevate()).not.toMatchObject({ outcome: 'finished' });
    expect(await elevate({ arguments: ['/for', 'me'] }, 'otherUser')).not.toMatchObject({ outcome: 'finished' });
    expect(await elevate({ path: OTHER, arguments: ['/for', 'me'] })).not.toMatchObject({ outcome: 'finished' });
    const answer = await elevate({ arguments: ['/for', 'me'] });
    expect(answer, JSON.stringify(answer)).toMatchObject({
      outcome: 'finished',
      exitCode: 0,
      rule: { name: 'probe.exe' },
    });
    const told = (await agent.records()).filter(({ supportRequestId }) => supportRequestId === id);
    expect(told.map(({ event }) => event)).toEqual([
      'supportRequestCreated',
      'elevationPending',
      'grantImported',
      'supportRequestApproved',
      'elevationStarting',
      'elevationEnded',
    ]);
    expect(told.at(-2)).toMatchObject({
      approver: 'S-1-5-21-9-9-9-5001',
      approverKey: 'desk',
      elevationType: 'supportApprovedElevation',
    });
    await agent.stop();
    await agent.start();
    expect(await elevate({ arguments: ['/for', 'me'] })).toMatchObject({ outcome: 'finished' });
    expect(JSON.parse((await agent.verb(['request', 'show', id, '--json'])).output)).toMatchObject({
      requests: [{ status: 'completed', reviewerJustification: 'Go on.' }],
    });
  });

  it('end at their end', async () => {
    const { text } = await ask({ path: LATE });
    // It is over in the next test but one.
    lateEnd = Math.floor(Date.now() / 1000) * 1000 + SHORT;
    expect(await importGrant(second.approve(text, Date.now(), { until: lateEnd }))).toMatchObject({ kind: 'result' });
    expect(
      await importGrant(
        second.approve(text, Date.now(), {
          from: Date.now() - (Date.now() % 1000) - 2 * HOUR,
          until: Math.floor(Date.now() / 1000) * 1000 - HOUR,
        }),
      ),
    ).toEqual(refused('grantExpired'));
  });

  it('for one start are used up by it, through ends of the agent too', async () => {
    const { text } = await ask({ arguments: ['/once'] });
    const grant = await approve(text, '--single-use');
    const imported = await importGrant(grant);
    const { id } = imported.body['grant'] as { id: string };
    const starts = await Promise.all([1, 2, 3].map(() => elevate({ arguments: ['/once'] })));
    expect(starts.filter(({ outcome }) => outcome === 'finished')).toHaveLength(1);
    // What has lost the race has left nothing behind that keeps the next program from starting.
    expect(await elevate({ arguments: ['/for', 'me'] })).toMatchObject({ outcome: 'finished' });
    await agent.stop();
    await agent.start();
    expect(await elevate({ arguments: ['/for', 'me'] })).toMatchObject({ outcome: 'finished' });
    expect(await elevate({ arguments: ['/once'] })).not.toMatchObject({ outcome: 'finished' });
    expect(await importGrant(grant)).toEqual(refused('grantUsed'));
    expect(await runsOf(id)).toBe(1);
  });

  const cases: readonly (readonly [string, GrantFault, () => Approver, Partial<GrantStatement>])[] = [
    ['of a key that policy does not list', 'grantUnknownKey', () => foreign, {}],
    ['of a key that has ended', 'grantKeyExpired', () => expired, {}],
    ['of the user who asked', 'grantOwnRequest', () => own, {}],
    [
      'for another device',
      'grantOtherDevice',
      () => second,
      { device: { kind: 'device', id: '0'.repeat(8) + '-0000-0000-0000-' + '0'.repeat(12) } },
    ],
    ['for a group that the key may not', 'grantOtherDevice', () => second, { device: { kind: 'group', name: 'all' } }],
  ];
  it.each(cases)('AC-86 %s are refused, and recorded', async (what, fault, by, more) => {
    const { id, text } = await ask({ arguments: ['/refused', what] });
    expect(await importGrant(by().approve(text, Date.now(), more))).toEqual(refused(fault));
    expect(await elevate({ arguments: ['/refused', what] })).toMatchObject({ outcome: 'needsApproval' });
    const records = (await agent.records()).filter(({ supportRequestId }) => supportRequestId === id);
    expect(records.filter(({ event }) => event === 'grantRefused')).toMatchObject([
      { reason: fault, userSid: identitySid.standardUser },
    ]);
  });

  it('AC-86 that were changed or made up are refused', async () => {
    const { text } = await ask({ arguments: ['/changed'] });
    const grant = second.approve(text, Date.now());
    const middle = Math.floor(grant.length / 2);
    const changed = `${grant.slice(0, middle)}${grant[middle] === 'A' ? 'B' : 'A'}${grant.slice(middle + 1)}`;
    for (const bad of [changed, grant.slice(0, -4), `${grant}AAAA`, 'EPM1.', 'yes']) {
      expect(await importGrant(bad)).toMatchObject({ kind: 'error' });
    }
    expect(await elevate({ arguments: ['/changed'] })).toMatchObject({ outcome: 'needsApproval' });
  });

  it('AC-84 are not in the reach of the user: what is kept of them lies in the folder of the agent', async () => {
    const data = 'C:\\ProgramData\\EPM';
    for (const name of ['Grants', 'Requests']) expect(bed().fileExists(`${data}\\${name}`)).toBe(true);
    // The user's own hive and folders hold nothing that an answer is made from.
    const user = { root: 'HKU', key: `${identitySid.standardUser}\\${POLICY_KEY}\\Grants` } as const;
    const { text } = await ask({ arguments: ['/hive'] });
    const data64 = registryText(second.approve(text, Date.now()));
    await changeRegistry(agent, [{ ...user, name: 'mine', type: REG.SZ, data: data64 }], 'system');
    await agent.ask('reload', {}, 'administrator');
    expect(await elevate({ arguments: ['/hive'] })).toMatchObject({ outcome: 'needsApproval' });
    expect(await elevate({ arguments: ['/for', 'me'] })).toMatchObject({ outcome: 'finished' });
  });

  it('of policy count without anybody bringing them, until policy takes them back', async () => {
    const { id, text } = await ask({ arguments: ['/policy'] });
    const grant = second.approve(text, Date.now(), { id: 'abcdef0123456789' });
    const place = { root: 'HKLM', key: `${POLICY_KEY}\\Grants`, type: REG.SZ } as const;
    await changeRegistry(agent, [{ ...place, name: 'abcdef0123456789', data: registryText(grant) }]);
    await eventually(async () =>
      expect(await elevate({ arguments: ['/policy'] })).toMatchObject({ outcome: 'finished' }),
    );
    await applyPolicy({ revocations: { [id]: 'enough' } });
    await eventually(async () => expect((await elevate({ arguments: ['/policy'] }))['outcome']).not.toBe('finished'));
    expect(await importGrant(grant)).toEqual(refused('grantRevoked'));
  });

  describe('AC-89 answers on the device', () => {
    it('are given by who has the right, and by nobody else', async () => {
      const { id } = await ask({ arguments: ['/deny'] });
      for (const [channel, body] of [
        ['decide-request', { id, decision: 'deny' }],
        ['decide-request', { id, decision: 'revoke' }],
      ] as const) {
        for (const as of ['standardUser', 'otherUser'] as const) {
          expect(await agent.ask(channel, body, as)).toMatchObject({
            kind: 'error',
            body: { code: 'EPM_RIGHT_MISSING' },
          });
        }
      }
      expect(await agent.ask('support-requests', { id }, 'otherUser')).toMatchObject({
        body: { code: 'EPM_SUPPORT_REQUEST_UNKNOWN' },
      });
      expect((await agent.verb(['role', '--json'])).exitCode).toBe(1);
      expect(JSON.parse((await agent.verb(['role', '--json'], 'administrator')).output)).toMatchObject({
        rights: expect.arrayContaining(['requests.modify']) as unknown,
      });
      const denied = await agent.verb(['request', 'deny', id, '--reason', 'Use the portal.'], 'administrator');
      expect(denied).toMatchObject({ exitCode: 0, errors: '' });
      expect(await elevate({ arguments: ['/deny'] })).toMatchObject({
        outcome: 'needsApproval',
        supportRequest: { status: 'denied', comment: 'Use the portal.' },
      });
    });

    it('take an approval back for good', async () => {
      const { id, text } = await ask({ arguments: ['/revoke'] });
      const grant = await approve(text);
      expect(await importGrant(grant)).toMatchObject({ kind: 'result' });
      expect((await agent.verb(['request', 'revoke', id], 'administrator')).exitCode).toBe(0);
      expect(await elevate({ arguments: ['/revoke'] })).toMatchObject({ supportRequest: { status: 'revoked' } });
      await agent.stop();
      await agent.start();
      expect(await importGrant(grant)).toEqual(refused('grantRevoked'));
      expect(await elevate({ arguments: ['/revoke'] })).not.toMatchObject({ outcome: 'finished' });
    });
  });

  it('of a key that is taken out of policy end with it', async () => {
    const { text } = await ask({ arguments: ['/key'] });
    expect(await importGrant(second.approve(text, Date.now()))).toMatchObject({ kind: 'result' });
    await applyPolicy({ revocations: { second: 'lost' } });
    // Until the policy is in force the program still starts.
    await eventually(async () => expect((await elevate({ arguments: ['/key'] }))['outcome']).not.toBe('finished'));
    expect(JSON.parse((await agent.verb(['grant', 'list', '--json'])).output)).toMatchObject({
      grants: expect.arrayContaining([expect.objectContaining({ fault: 'grantKeyRevoked' })]) as unknown,
    });
    await applyPolicy();
  });

  it('that have ended start nothing any more', async () => {
    while (Date.now() < lateEnd) await new Promise((resolve) => setTimeout(resolve, 1000));
    expect((await elevate({ path: LATE }))['outcome']).not.toBe('finished');
  });
});
