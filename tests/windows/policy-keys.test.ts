/** What happens to the policy in force while its keys are half there, damaged, taken away or not to be trusted. */
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { describeWindows, identitySid } from '../bed/index.ts';
import { AgentUnderTest, type Json, PROGRAM, programRule } from './agent-under-test.ts';
import { changeRegistry, REG, registryText, type RegistryStep } from './registry-steps.ts';

const KEY = 'Software\\Policies\\EPM';
const RULES = `${KEY}\\Rules`;
const DENIED = 'C:\\Program Files\\App\\denied.exe';
const LOG = 'C:\\ProgramData\\EPM\\Logs\\agent.jsonl';
const SETTINGS = { enabled: true, defaultElevationResponse: 'denyAll' };
const DENY_RULE = { name: 'Denied', type: 'deny', fileName: 'denied.exe' };
/** What Windows gives a key of HKLM\Software: the system and administrators write, everyone reads. */
const TRUSTED = 'O:BAD:P(A;CI;KA;;;SY)(A;CI;KA;;;BA)(A;CI;KR;;;BU)';

const device = (
  more: { name: string; type: number; data: Uint8Array } | { sddl: string },
  key = KEY,
): RegistryStep => ({
  root: 'HKLM',
  key,
  ...more,
});
/** Wine does not tell of changed permissions; taking the policy back to what it was removes this again. */
const TOUCH = device({ name: 'Touched', type: REG.DWORD, data: Uint8Array.of(1, 0, 0, 0) });
const rule = (name: string, text: string, type: number = REG.SZ): RegistryStep =>
  device({ name, type, data: registryText(text) }, RULES);

describeWindows('AC-76 policy keys that cannot be used', ['epm'], (bed) => {
  let agent: AgentUnderTest;
  let policy: Json;

  beforeAll(async () => {
    agent = new AgentUnderTest(bed());
    const sha256 = agent.putProbe();
    agent.putProbe(DENIED);
    // A rule for everything by the same file's hash stands below the deny rule for one name.
    const other = { name: 'Other', type: 'automatic', fileName: 'denied.exe', fileHash: sha256 };
    policy = { id: 'good', settings: SETTINGS, rules: [programRule(sha256), other, DENY_RULE] };
    await agent.apply(policy);
    await agent.start();
    await agent.untilRules(3);
  });
  afterAll(async () => agent.stop());

  const status = async (): Promise<Json> => (await agent.ask('status')).body;
  const elevated = async (): Promise<boolean> =>
    (await agent.ask('elevate', { path: PROGRAM, wait: true })).body['outcome'] === 'finished';
  const expectDenied = async (): Promise<void> => {
    expect((await agent.ask('elevate', { path: DENIED })).body).toMatchObject({
      outcome: 'denied',
      reason: 'denyRule',
      rule: { name: 'Denied' },
    });
  };
  const untilState = async (state: 'running' | 'degraded'): Promise<void> =>
    vi.waitFor(async () => expect(await status()).toMatchObject({ state }), { timeout: 10_000 });

  /** Last good policy in force, and everybody told. */
  async function expectKept(code: string): Promise<void> {
    await untilState('degraded');
    const found = await status();
    expect(found).toMatchObject({ clientState: 'enabled', rules: 3 });
    expect(found['policyFaultSince']).toMatch(/Z$/);
    expect(found['warnings']).toContainEqual(expect.stringContaining(code));
    expect((await agent.ask('policy')).body['fault']).toMatchObject({ code });
    await expectDenied();
    expect(await elevated()).toBe(true);
    const faults = (await agent.records()).filter(({ event }) => event === 'policyFault');
    expect(faults.at(-1)).toMatchObject({ errorCode: code });
  }

  /** Back to the good policy, without a fault. */
  async function repair(): Promise<void> {
    await agent.apply(policy);
    await vi.waitFor(
      async () => expect(await status()).toMatchObject({ state: 'running', rules: 3, rejectedRules: 0 }),
      {
        timeout: 10_000,
      },
    );
    expect(await status()).not.toHaveProperty('policyFaultSince');
  }

  it('is about a policy that denies one program and elevates another', async () => {
    await expectDenied();
    expect(await elevated()).toBe(true);
  });

  it('keeps the last good policy while the keys are gone whole', async () => {
    await bed().deleteRegistry(`HKLM\\${KEY}`);
    await expectKept('EPM_POLICY_MISSING');
    const { output } = await agent.verb(['status']);
    expect(output).toMatch(/^Agent +\S+, degraded/m);
    expect(output).toMatch(/^Policy fault +since \S+Z \(\d+ seconds?\)\r?$/m);
    expect(output).toMatch(/^Warning: .*EPM_POLICY_MISSING.* last good policy stays in force\.\r?$/m);
    const shown = await agent.verb(['policy', 'show']);
    expect(shown.exitCode).toBe(1);
    expect(shown.output).toMatch(
      /^The delivered policy cannot be used since \S+Z \(\d+ seconds?\); the last good one stays/,
    );
    expect(shown.output).toMatch(/^Read +\S+Z\r?$/m);
    await repair();
  });

  it('keeps it while the list of rules has another shape than a list', async () => {
    await changeRegistry(agent, [device({ name: 'x', type: REG.SZ, data: registryText('{}') }, `${RULES}\\Below`)]);
    await expectKept('EPM_POLICY_INVALID');
    await bed().deleteRegistry(`HKLM\\${RULES}\\Below`);
    await repair();
  });

  it('keeps it while a value is larger than anything that is read', async () => {
    await changeRegistry(agent, [rule('Huge', 'x'.repeat(600_000))]);
    await expectKept('EPM_POLICY_UNREADABLE');
    await repair();
  });

  it('keeps it while the agent may not read a key', async () => {
    const secret = 'O:BAD:P(D;;KA;;;SY)(A;;KA;;;BA)';
    await changeRegistry(agent, [TOUCH, device({ sddl: secret }, RULES)]);
    await expectKept('EPM_POLICY_UNREADABLE');
    await changeRegistry(agent, [device({ sddl: TRUSTED }, RULES)]);
    await repair();
  });

  it.each([
    ['the key', KEY, `${TRUSTED}(A;;KA;;;BU)`, 'S-1-5-32-545'],
    ['the list of rules', RULES, `${TRUSTED}(A;;KW;;;AU)`, 'S-1-5-11'],
    ['the parent key', 'Software\\Policies', `${TRUSTED}(A;CI;0x4;;;WD)`, 'S-1-1-0'],
  ])('keeps it while users may write %s', async (_what, key, sddl, writer) => {
    await changeRegistry(agent, [device({ sddl }, key), TOUCH]);
    await expectKept('EPM_POLICY_UNREADABLE');
    expect((await agent.ask('policy')).body['fault']).toMatchObject({ data: { writer } });
    await changeRegistry(agent, [device({ sddl: TRUSTED }, key)]);
    await repair();
  });

  it('denies by every half of a deny rule, and elevates by none of another', async () => {
    const broken: readonly (readonly [string, RegistryStep])[] = [
      ['cut off', rule('Denied', '{"type":"deny","fileName":"denied.exe","filePath":"C:\\\\Prog')],
      ['with a member nobody knows', rule('Denied', '{"type":"deny","fileName":"denied.exe","newer":true}')],
      ['with a value of another type', rule('Denied', '{"type":"deny","fileName":"denied.exe"}', REG.EXPAND_SZ)],
      ['with a broken hash', rule('Denied', '{"type":"deny","fileName":"denied.exe","fileHash":"12"}')],
      ['of a type that is none', rule('Denied', '{"type":"alwaysDenied","fileName":"denied.exe"}')],
    ];
    for (const [what, step] of broken) {
      await changeRegistry(agent, [step]);
      await vi.waitFor(async () => expect((await status())['rejectedRules'], what).toBe(1), { timeout: 10_000 });
      await expectDenied();
      expect(await elevated(), what).toBe(true);
      await repair();
    }
    await changeRegistry(agent, [rule('Probe', '{"type":"automatic","fileName":"probe.exe","fileHash":"')]);
    await vi.waitFor(async () => expect((await status())['rejectedRules']).toBe(1), { timeout: 10_000 });
    expect(await elevated()).toBe(false);
    await expectDenied();
    await repair();
  });

  it('takes an older policy that comes back, and the audit shows which', async () => {
    const before = (await status())['policyDigest'];
    await agent.apply({ ...policy, id: 'newer', rules: [DENY_RULE] });
    await agent.untilRules(1);
    await repair();
    expect((await status())['policyDigest']).toBe(before);
    const changes = (await agent.records()).filter(({ event }) => event === 'policyChanged');
    expect(changes.at(-1)?.['message']).toContain(String(before).slice(0, 16));
  });

  it('AC-77 elevates nothing after a start at which the policy cannot be read, and says so', async () => {
    await agent.stop();
    await changeRegistry(agent, [TOUCH, device({ sddl: 'O:BAD:P(D;;KA;;;SY)(A;;KA;;;BA)' })]);
    const before = agent.probeRuns();
    await agent.start();
    const found = await status();
    expect(found).toMatchObject({ state: 'degraded', clientState: 'noPolicy', rules: 0 });
    expect(found).not.toHaveProperty('policyLastRead');
    expect(found['warnings']).toContainEqual(
      expect.stringMatching(/EPM_POLICY_UNREADABLE.* Nothing is elevated until it can\.$/),
    );
    for (const path of [PROGRAM, DENIED]) {
      expect((await agent.ask('elevate', { path, wait: true })).body).toMatchObject({ outcome: 'notManaged' });
    }
    expect(agent.probeRuns()).toBe(before);
    expect((await agent.verb(['status'])).output).toMatch(/^Policy read +never whole/m);
    await changeRegistry(agent, [device({ sddl: TRUSTED })]);
    await repair();
    await expectDenied();
    // The key that could not be watched at the start is watched now.
    await agent.apply({ ...policy, rules: [DENY_RULE] });
    await agent.untilRules(1);
  });
});

describeWindows('AC-76 policies in hives of users', ['epm'], (bed) => {
  const user = identitySid.standardUser;
  const HIVE = `${user}\\${KEY}`;
  const PROFILES = 'Software\\Microsoft\\Windows NT\\CurrentVersion\\ProfileList';
  let agent: AgentUnderTest;

  beforeAll(async () => {
    agent = new AgentUnderTest(bed());
    const fileHash = agent.putProbe();
    await agent.apply({ id: 'device', settings: SETTINGS, rules: [programRule(fileHash)] });
    await inHive([{ name: 'Mine', type: REG.SZ, data: registryText('{"type":"deny","fileName":"probe.exe"}') }]);
    await agent.start();
    await agent.untilRules(2);
  });
  afterAll(async () => agent.stop());

  const inHive = (
    steps: readonly ({ name: string; type: number; data: Uint8Array } | { sddl: string })[],
    key = `${HIVE}\\Rules`,
  ): Promise<void> =>
    changeRegistry(
      agent,
      steps.map((step): RegistryStep => ({ root: 'HKU', key, ...step })),
      'system',
    );
  const outcome = async (): Promise<unknown> =>
    (await agent.ask('elevate', { path: PROGRAM, wait: true })).body['outcome'];
  const log = (): string => bed().readFile(LOG).toString('utf8');
  const WARNING = expect.stringMatching(/EPM_POLICY_UNREADABLE.* last good policy stays in force\.$/) as string;

  it('apply to their user alone', async () => {
    expect(await outcome()).toBe('denied');
    const { body } = await agent.ask('elevate', { path: PROGRAM, wait: true }, 'otherUser');
    expect(body).toMatchObject({ outcome: 'finished' });
  });

  it.each([
    ['he may write the list', `${HIVE}\\Rules`, `${TRUSTED}(A;;KA;;;${user})`],
    ['he may write the parent', `${user}\\Software\\Policies`, `${TRUSTED}(A;;0x4;;;${user})`],
    ['everyone may write the key', HIVE, `${TRUSTED}(A;;0x2;;;WD)`],
    ['he may change its permissions', HIVE, `${TRUSTED}(A;;WD;;;${user})`],
    ['he owns it', HIVE, TRUSTED.replace('O:BA', `O:${user}`)],
  ])('are not read any more when %s, and what he added then has no effect', async (_why, key, sddl) => {
    const told = log().split('userPolicyNotUsed').length;
    await inHive([{ sddl }], key);
    const allow = `{"type":"automatic","fileName":"probe.exe","fileHash":"${agent.putProbe()}"}`;
    await inHive([{ name: 'Mine', type: REG.SZ, data: registryText(allow) }]);
    await vi.waitFor(() => expect(log().split('userPolicyNotUsed').length).toBeGreaterThan(told), { timeout: 10_000 });
    // His last good policy stays, and with it the deny.
    expect(await outcome()).toBe('denied');
    expect(await agent.ask('status')).toMatchObject({
      body: { state: 'degraded', rules: 2, warnings: expect.arrayContaining([WARNING]) as unknown },
    });
    const others = await agent.ask('status', {}, 'otherUser');
    expect(others).toMatchObject({ body: { state: 'running' } });
    expect(JSON.stringify(others.body['warnings'])).not.toContain(user);
    const faults = (await agent.records()).filter(({ event }) => event === 'policyFault');
    expect(faults.at(-1)).toMatchObject({ userSid: user, errorCode: 'EPM_POLICY_UNREADABLE' });

    await inHive([{ sddl: TRUSTED }], key);
    await inHive([{ name: 'Mine', type: REG.SZ, data: registryText('{"type":"deny","fileName":"probe.exe"}') }]);
    await vi.waitFor(
      async () =>
        expect((await agent.ask('policy')).body['rules']).toContainEqual(
          expect.objectContaining({ name: 'Mine', type: 'deny' }),
        ),
      {
        timeout: 10_000,
      },
    );
  });

  it('AC-77 put nothing into force for him when the agent never saw them good, until they are repaired', async () => {
    await agent.stop();
    await inHive([{ sddl: `${TRUSTED}(A;;KA;;;${user})` }], HIVE);
    await agent.start();
    expect((await agent.ask('policy')).body).toMatchObject({ rules: [], fault: { code: 'EPM_POLICY_UNREADABLE' } });
    expect(await outcome()).toBe('notManaged');
    expect((await agent.ask('status')).body['warnings']).toContainEqual(
      expect.stringMatching(new RegExp(`${user} may change it. Nothing is elevated until it can\\.$`)),
    );
    expect((await agent.ask('policy', {}, 'otherUser')).body['rules']).toEqual([
      expect.objectContaining({ name: 'Probe', scope: 'device' }),
    ]);
    expect(log()).toMatch(new RegExp(`userPolicyNotUsed.*EPM_POLICY_UNREADABLE.*because ${user} may change it`));
    // Wine does not tell of changed permissions, nor does Windows of those of keys above: the agent looks by itself.
    await inHive([{ sddl: TRUSTED }], HIVE);
    await vi.waitFor(async () => expect((await agent.ask('status')).body['rules']).toBe(2), { timeout: 45_000 });
    expect(await outcome()).toBe('denied');
    expect((await agent.ask('status')).body).toMatchObject({ state: 'running' });
  });

  it('count as they come although the device’s policy cannot be read', async () => {
    await inHive([{ name: 'Mine', type: REG.SZ, data: registryText('{"type":"deny","fileName":"other.exe"}') }]);
    await vi.waitFor(async () => expect(await outcome()).toBe('finished'), { timeout: 10_000 });
    await changeRegistry(agent, [TOUCH, device({ sddl: 'O:BAD:P(D;;KA;;;SY)(A;;KA;;;BA)' }, RULES)]);
    await vi.waitFor(async () => expect((await agent.ask('status')).body['state']).toBe('degraded'), {
      timeout: 10_000,
    });
    expect(await outcome()).toBe('finished');
    await inHive([{ name: 'Mine', type: REG.SZ, data: registryText('{"type":"deny","fileName":"probe.exe"}') }]);
    await vi.waitFor(async () => expect(await outcome()).toBe('denied'), { timeout: 10_000 });
    await changeRegistry(agent, [
      device({ sddl: TRUSTED }, RULES),
      device({ name: 'Touched', type: REG.DWORD, data: Uint8Array.of(2, 0, 0, 0) }),
    ]);
    await vi.waitFor(async () => expect((await agent.ask('status')).body['state']).toBe('running'), {
      timeout: 10_000,
    });
  });

  it('come with a hive that is loaded while the agent runs, and go with it', async () => {
    const other = identitySid.otherUser;
    await changeRegistry(
      agent,
      [
        {
          root: 'HKU',
          key: `${other}\\${RULES}`,
          name: 'His',
          type: REG.SZ,
          data: registryText('{"type":"deny","fileName":"probe.exe"}'),
        },
      ],
      'system',
    );
    await bed().setRegistry(`HKLM\\${PROFILES}\\${other}`, 'State', 'REG_DWORD', '1');
    await vi.waitFor(
      async () =>
        expect((await agent.ask('policy', {}, 'otherUser')).body['rules']).toContainEqual(
          expect.objectContaining({ name: 'His' }),
        ),
      { timeout: 10_000 },
    );
    await bed().deleteRegistry(`HKU\\${other}`);
    await bed().setRegistry(`HKLM\\${PROFILES}\\${other}`, 'State', 'REG_DWORD', '2');
    await vi.waitFor(
      async () =>
        expect((await agent.ask('policy', {}, 'otherUser')).body['rules']).not.toContainEqual(
          expect.objectContaining({ name: 'His' }),
        ),
      { timeout: 10_000 },
    );
  });
});

describeWindows('AC-94 texts of an attacker in a policy and a request', ['epm'], (bed) => {
  const HOSTILE = 'evil\r\n\u001b[31m2026-01-01 elevated\u202e","event":"agentStopped","x":"';
  /** Arguments with a line break are refused. */
  const BESIDE = HOSTILE.replaceAll(/[\r\n]/g, '');
  const escaped = JSON.stringify(HOSTILE).slice(1, -1);

  it('reach no console and no log as they are', async () => {
    const agent = new AgentUnderTest(bed());
    const sha256 = agent.putProbe();
    await agent.apply({ id: 'device', settings: SETTINGS, rules: [programRule(sha256)] });
    await changeRegistry(agent, [
      rule(HOSTILE, '{"type":"deny","fileName":"other.exe"}'),
      rule('path', `{"type":"deny","filePath":"C:\\\\${escaped}"}`),
      rule('unknown', `{"type":"deny","fileName":"third.exe","${escaped}":"${escaped}"}`),
      device({ name: HOSTILE, type: REG.SZ, data: registryText(HOSTILE) }),
      device({ name: 'PolicyId', type: REG.SZ, data: registryText(HOSTILE) }),
    ]);
    await agent.start();
    try {
      await vi.waitFor(async () => expect((await agent.ask('status')).body['rejectedRules']).toBe(3), {
        timeout: 10_000,
      });
      const started = await agent.ask('elevate', { path: PROGRAM, arguments: [BESIDE, '\u2028'], wait: true });
      expect(started.body).toMatchObject({ outcome: 'finished' });
      expect(agent.report(started.body['processId'])?.arguments).toContain(BESIDE);
      for (const justification of [HOSTILE, 'a\u001b[2Jb']) {
        const answer = await agent.ask('elevate', { path: PROGRAM, justification });
        expect(answer).toMatchObject({ kind: 'error', body: { code: 'EPM_JUSTIFICATION_INVALID' } });
      }
      expect(await agent.ask('elevate', { path: PROGRAM, arguments: [HOSTILE] })).toMatchObject({
        kind: 'error',
        body: { code: 'EPM_ARGUMENTS_INVALID' },
      });
      await agent.ask('elevate', { path: `C:\\${HOSTILE}.exe` });
      await agent.ask('test', { path: `C:\\${HOSTILE}.exe` });
      // A key so deep that its name comes into the message of the fault.
      await changeRegistry(agent, [
        device({ name: 'x', type: REG.DWORD, data: Uint8Array.of(1, 0, 0, 0) }, `${KEY}\\Other\\${HOSTILE}\\a\\b\\c`),
      ]);
      await vi.waitFor(async () => expect((await agent.ask('status')).body['state']).toBe('degraded'), {
        timeout: 10_000,
      });

      const verbs = [
        ['status'],
        ['status', '--json'],
        ['policy', 'show'],
        ['policy', 'show', '--json'],
        ['policy', 'show', '--source', 'registry'],
        ['policy', 'show', '--source', 'registry', '--json'],
        ['audit'],
        ['audit', '--json'],
        ['elevate', `C:\\${HOSTILE}.exe`],
        ['elevate', PROGRAM, '--justification', HOSTILE],
      ];
      for (const words of verbs) {
        const { output, errors } = await agent.verb(words, 'administrator');
        const all = `${output}${errors}`;
        expect(all, words.join(' ')).not.toBe('');
        expect(all.replaceAll('\r\n', '\n'), words.join(' ')).toMatch(/^[\n\u0020-\u007e…\ufffd]*$/);
        // Each line is one of ours: none begins where the attacker broke it.
        expect(all, words.join(' ')).not.toMatch(/^(?:2026-01-01 elevated|","event)/m);
      }
      const log = bed().readFile(LOG).toString('latin1');
      const journal = bed().readFile('C:\\ProgramData\\EPM\\Audit\\journal.jsonl').toString('latin1');
      for (const text of [log, journal]) {
        expect(text).toMatch(/^(?:[ -~]+\n)+$/);
        const events = text
          .trimEnd()
          .split('\n')
          .map((line) => (JSON.parse(line) as { event: string }).event);
        expect(events.filter((event) => event === 'agentStarted')).toHaveLength(1);
        expect(events).not.toContain('agentStopped');
      }
      expect((await agent.verb(['audit', 'verify'], 'administrator')).exitCode).toBe(0);
    } finally {
      await agent.stop();
    }
  });
});
