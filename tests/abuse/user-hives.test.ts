/**
 * A user's own hive as a source of policy. It is a file of that user: made offline, or as NTUSER.MAN, it carries any keys
 * with any permissions. What the tests put there looks as if only the system could have written it.
 */
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { renderAdmx } from '../../src/policy/declaration/admx.ts';
import type { RuleInput } from '../../src/model/rule.ts';
import type { SettingsInput } from '../../src/model/settings.ts';
import { writeRegistryPol } from '../../src/policy/formats/registry-pol.ts';
import { installOperation, policyOperations, renderSyncMl } from '../../src/policy/formats/mdm/syncml.ts';
import { MdmClient } from '../../testbed/mdm-client/mdm-client.ts';
import type { Hive } from '../../testbed/mdm-client/registry.ts';
import { renderRegText } from '../../testbed/mdm-client/registry.ts';
import { describeWindows, identitySid, windowsOnly } from '../bed/index.ts';
import { eventually } from '../eventually.ts';
import { AgentUnderTest, type Json, PROGRAM, programRule } from '../windows/agent-under-test.ts';
import { KEY, TRUSTED } from '../windows/policy-keys.ts';
import { changeRegistry, REG, registryText } from '../windows/registry-steps.ts';

const USER = identitySid.standardUser;
const PLACE = `${KEY}\\Users\\${USER}`;
const MANAGER = 'SOFTWARE\\Microsoft\\PolicyManager';
const GROUP_POLICY = 'SOFTWARE\\Microsoft\\Windows\\CurrentVersion\\Group Policy\\State';
const RECORD = `${MANAGER}\\current\\${USER}\\EPM~Policy~EPM`;
const DENY_ALL = { id: 'device', settings: { enabled: true, defaultElevationResponse: 'denyAll' }, rules: [] };

describeWindows('a policy in the hive of a user', ['epm'], (bed) => {
  let agent: AgentUnderTest;
  let rule: RuleInput;

  beforeAll(async () => {
    agent = new AgentUnderTest(bed());
    rule = programRule(agent.putProbe()) as unknown as RuleInput;
    await agent.apply(DENY_ALL);
    // The user is signed in: the hive is there, and the agent follows it from its start.
    const key = `${USER}\\Software`;
    await changeRegistry(agent, [{ root: 'HKU', key, name: 'Here', type: REG.SZ, data: registryText('') }], 'system');
    await agent.start();
  });
  afterAll(async () => agent.stop());
  afterEach(async () => {
    for (const key of [`HKU\\${USER}\\${KEY}`, `HKLM\\${KEY}\\Users`, `HKLM\\${MANAGER}`]) {
      await bed()
        .deleteRegistry(key)
        .catch(() => undefined);
    }
    await agent.apply(DENY_ALL);
    await untilOutcome('denied');
  });

  const asked = async (): Promise<Json> => (await agent.ask('elevate', { path: PROGRAM, wait: true })).body;
  const untilOutcome = (expected: string): Promise<void> =>
    eventually(async () => expect((await asked())['outcome']).toBe(expected));
  const warnings = async (): Promise<unknown> => (await agent.ask('status')).body['warnings'];
  const leftOut = (rules: number, settings: number): unknown =>
    expect.arrayContaining([
      expect.objectContaining({ code: 'unconfirmedUserPolicy', data: { userSid: USER, rules, settings } }),
    ]);

  /** As its user would make the hive offline: every key with permissions that look right. */
  async function plant(text: string, name = 'Mine'): Promise<void> {
    const root = 'HKU' as const;
    await changeRegistry(
      agent,
      [
        { root, key: `${USER}\\${KEY}`, sddl: TRUSTED },
        { root, key: `${USER}\\${KEY}\\Rules`, name, type: REG.SZ, data: registryText(text) },
        { root, key: `${USER}\\${KEY}\\Rules`, sddl: TRUSTED },
        { root, key: `${USER}\\Software\\Policies`, sddl: TRUSTED },
      ],
      'system',
    );
  }

  async function plantSetting(name: string, number: number): Promise<void> {
    const data = Buffer.alloc(4);
    data.writeUInt32LE(number);
    const key = `${USER}\\${KEY}`;
    await changeRegistry(agent, [{ root: 'HKU', key, name, type: REG.DWORD, data }], 'system');
  }

  /** As MDM delivers a policy to a user, into the hive, into Windows' own record, or into both. */
  async function deliver(
    policy: { readonly settings?: SettingsInput; readonly rules: readonly RuleInput[] },
    into: 'hive' | 'record' | 'both' = 'both',
  ): Promise<void> {
    const client = new MdmClient(USER as Hive);
    client.receive(renderSyncMl([installOperation(renderAdmx())]));
    const document = { id: 'mdm', scope: { kind: 'user' }, rejected: [], ...policy } as const;
    const { operations, records } = client.receive(renderSyncMl(policyOperations(document)));
    if (into !== 'hive') await bed().importRegistry(renderRegText(records));
    if (into !== 'record') await bed().importRegistry(renderRegText(operations));
  }

  it('AC-76 elevates nothing by a rule that only the hive has, and says so', async () => {
    await plant(JSON.stringify({ ...rule, name: undefined }));
    await plantSetting('DefaultElevationResponse', 1);
    await eventually(async () => expect(await warnings()).toEqual(leftOut(1, 1)));
    const runs = agent.probeRuns();
    expect(await asked()).toMatchObject({ outcome: 'denied', reason: 'defaultResponse' });
    expect(agent.probeRuns()).toBe(runs);
    expect((await agent.ask('policy')).body['rules']).toContainEqual(
      expect.objectContaining({
        name: 'Mine',
        state: 'rejected',
        reasons: [expect.objectContaining({ code: 'unconfirmedUserPolicy' })],
      }),
    );
    const faults = (await agent.records()).filter(({ event }) => event === 'policyFault');
    expect(faults.at(-1)).toMatchObject({ userSid: USER, errorCode: 'EPM_POLICY_UNCONFIRMED' });
    const shown = await agent.verb(['policy', 'show']);
    expect(shown).toMatchObject({
      exitCode: 1,
      output: expect.stringMatching(/Mine: automatic, rejected[^]*nothing confirms/) as string,
    });
    expect((await agent.verb(['policy', 'show'], 'otherUser')).output).not.toContain('Mine');
  });

  it('AC-76 is not enabled by it, nor disabled', async () => {
    await agent.apply({ id: 'device', settings: { enabled: true }, rules: [rule] });
    await untilOutcome('finished');
    await plantSetting('EnableEPM', 0);
    await eventually(async () => expect(await warnings()).toEqual(leftOut(0, 1)));
    expect(await asked()).toMatchObject({ outcome: 'finished' });
    await agent.apply({ id: 'device', settings: { enabled: false }, rules: [rule] });
    await plantSetting('EnableEPM', 1);
    await untilOutcome('notManaged');
    expect((await agent.ask('policy')).body['settings']).toMatchObject({ clientState: 'disabled' });
  });

  it('lets it restrict', async () => {
    await agent.apply({ id: 'device', settings: { enabled: true }, rules: [rule] });
    await untilOutcome('finished');
    await plant('{"type":"deny","fileName":"probe.exe"}');
    await untilOutcome('denied');
    expect((await agent.ask('elevate', { path: PROGRAM, wait: true }, 'otherUser')).body).toMatchObject({
      outcome: 'finished',
    });
  });

  it('AC-76 cannot lift the restrictions of the device by repeating what is built in', async () => {
    const strict = {
      defaultElevationResponse: 'denyAll',
      blockInternetFiles: true,
      maximumFileSize: 1,
      denyReachesChildren: true,
      denyEscapeTools: true,
      manageAdministrators: true,
      acceptTimestamped: false,
      revocationUnknown: 'refuse',
      additionalInterpreters: ['probe'],
      defaultValidations: ['justification', 'authentication'],
    };
    await agent.apply({ id: 'device', settings: { ...strict, enabled: true }, rules: [] });
    for (const [name, number] of Object.entries({
      BlockInternetFiles: 0,
      MaximumFileSizeMegabytes: 4096,
      DenyReachesChildren: 0,
      DenyEscapeTools: 0,
      ManageAdministrators: 0,
      AcceptTimestamped: 1,
      RevocationUnknown: 1,
      DefaultBehaviorValidation: 0,
      AllowElevationDetection: 1,
    })) {
      await plantSetting(name, number);
    }
    await eventually(async () => {
      const { settings } = (await agent.ask('policy')).body;
      expect((settings as Json)['leftOut']).toHaveLength(8);
      expect(settings).toMatchObject({ ...strict, allowElevationDetection: false, conflicts: [] });
    });
  });

  it('elevates by what the record of MDM confirms', async () => {
    await deliver({ settings: { enabled: true }, rules: [rule] });
    await untilOutcome('finished');
    expect(await warnings()).not.toEqual(leftOut(1, 1));
    // Another rule in the hive does not fit its digest, and what was confirmed before stays.
    await plant(JSON.stringify({ ...rule, name: undefined, fileName: 'cmd.exe' }), 'More');
    await eventually(async () => expect((await agent.ask('status')).body).toMatchObject({ state: 'degraded' }));
    expect(JSON.stringify((await agent.ask('policy')).body['rules'])).not.toContain('More');
    await bed().deleteRegistry(`HKU\\${USER}\\${KEY}\\Rules`, 'More');
    await eventually(async () => expect((await agent.ask('status')).body).toMatchObject({ state: 'running' }));
    expect(await asked()).toMatchObject({ outcome: 'finished' });
    await bed().deleteRegistry(`HKLM\\${RECORD}`, 'Rules_WinningProvider');
    await untilOutcome('denied');
  });

  it('AC-76 elevates nothing by a record that has no hive, is another one, or lacks its payload', async () => {
    await deliver({ settings: { enabled: true }, rules: [rule] }, 'hive');
    await eventually(async () => expect(await warnings()).toEqual(leftOut(1, 1)));
    expect(await asked()).toMatchObject({ outcome: 'denied' });
    await deliver({ settings: { enabled: true }, rules: [{ ...rule, fileName: 'other.exe' }] }, 'record');
    expect(await asked()).toMatchObject({ outcome: 'denied' });
    await deliver({ settings: { enabled: true }, rules: [rule] }, 'record');
    await untilOutcome('finished');
  });

  it('AC-72 elevates nothing by a record that users may write', async () => {
    await deliver({ settings: { enabled: true }, rules: [rule] });
    await untilOutcome('finished');
    await changeRegistry(agent, [{ root: 'HKLM', key: RECORD, sddl: `${TRUSTED}(A;;KA;;;${USER})` }]);
    const data = Uint8Array.of(1, 0, 0, 0);
    await changeRegistry(agent, [{ root: 'HKLM', key: RECORD, name: 'Touched', type: REG.DWORD, data }]);
    await untilOutcome('denied');
    expect(await warnings()).toEqual(leftOut(1, 1));
  });

  windowsOnly(
    'elevates by a file of Group Policy, until others may write it',
    'who may write a file is not known',
    async () => {
      const policy = {
        id: 'mdm',
        scope: { kind: 'user' },
        settings: { enabled: true },
        rules: [rule],
        rejected: [],
      } as const;
      const file = 'C:\\Windows\\System32\\GroupPolicy\\User\\Registry.pol';
      bed().putFile(file, writeRegistryPol(policy).bytes);
      await bed().setRegistry(`HKLM\\${GROUP_POLICY}\\${USER}\\GPO-List\\0`, 'GPOID', 'REG_SZ', 'LocalGPO');
      await deliver(policy, 'hive');
      await untilOutcome('finished');
      const granted = await bed().run({
        program: 'C:\\Windows\\System32\\icacls.exe',
        arguments: [file, '/grant', `*${USER}:(W)`],
        as: 'administrator',
      });
      expect(granted.exitCode).toBe(0);
      await bed().setRegistry(`HKLM\\${GROUP_POLICY}\\${USER}\\GPO-List\\0`, 'Options', 'REG_DWORD', '0');
      await untilOutcome('denied');
    },
  );

  it('elevates by the place that the machine has for the user, and no longer when it is gone', async () => {
    const file = 'C:\\Users\\Public\\own.json';
    bed().putFile(file, JSON.stringify({ version: 1, id: 'own', rules: [rule] }));
    const applied = await agent.verb(['policy', 'apply', file, '--user', USER], 'administrator');
    expect(applied).toMatchObject({ exitCode: 0, output: expect.stringContaining(`HKLM\\${PLACE}`) as string });
    await untilOutcome('finished');
    expect((await agent.ask('elevate', { path: PROGRAM, wait: true }, 'otherUser')).body).toMatchObject({
      outcome: 'denied',
    });
    expect((await agent.verb(['policy', 'show', '--source', 'registry'])).output).toMatch(
      new RegExp(`User ${USER}:[^]*Probe: imported`),
    );
    const text = await agent.verb(['policy', 'convert', `HKLM\\${PLACE}`, '--to', 'registry'], 'administrator');
    expect(JSON.parse(text.output)).toMatchObject({ key: `HKEY_LOCAL_MACHINE\\${PLACE}` });
    // The device's own policy is replaced beside it.
    await agent.apply({ ...DENY_ALL, id: 'next' });
    await eventually(async () =>
      expect((await agent.ask('policy')).body['settingSources']).toContainEqual(
        expect.objectContaining({ name: 'enabled', policies: [expect.objectContaining({ id: 'next' })] }),
      ),
    );
    expect(await asked()).toMatchObject({ outcome: 'finished' });
    bed().putFile(file, '{"version":1,"rules":[]}');
    expect((await agent.verb(['policy', 'apply', file, '--user', USER], 'administrator')).exitCode).toBe(0);
    await untilOutcome('denied');
  });

  it('AC-72 does not use a place that users may write', async () => {
    const text = JSON.stringify({ ...rule, name: undefined });
    await changeRegistry(agent, [
      { root: 'HKLM', key: PLACE, sddl: `${TRUSTED}(A;;KA;;;${USER})` },
      { root: 'HKLM', key: `${PLACE}\\Rules`, name: 'Mine', type: REG.SZ, data: registryText(text) },
    ]);
    await eventually(async () =>
      expect(await warnings()).toEqual(
        expect.arrayContaining([
          expect.objectContaining({
            code: 'policyFault',
            data: { errorCode: 'EPM_POLICY_UNREADABLE', lastGood: false },
          }),
        ]),
      ),
    );
    expect((await asked())['outcome']).toBe('notManaged');
    expect((await agent.ask('status', {}, 'otherUser')).body).toMatchObject({ state: 'running' });
  });
});
