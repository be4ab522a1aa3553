/** What `epm policy show` says of other sources than the agent. */
import { describe, expect, it } from 'vitest';
import { run } from '../../../src/cli/program.ts';
import { showDelivery, showTree } from '../../../src/cli/verbs/policy-show.ts';
import { readMdmAnswer } from '../../../src/policy/formats/mdm/mdm-answer.ts';
import type { RegistrySnapshot } from '../../../src/policy/registry/registry-snapshot.ts';
import { isWindows } from '../../../testbed/machine.ts';
import { ANSWER, INTUNE, OTHER, values } from '../policy/formats/mdm/mdm-answers.ts';
import { captureOutput } from './captured.ts';

const URI = './Device/Vendor/MSFT/Policy/Config/EPM~Policy~EPM/';

describe('epm policy show --source mdm', () => {
  it('shows what was delivered and what comes out of it', async () => {
    const { code, out } = await captureOutput((io) => showDelivery(io, readMdmAnswer(ANSWER), {}));
    expect(code).toBe(0);
    expect(out).toContain('has no class for an ingested ADMX file');
    expect(out).toContain('MS DM Server (state 1)');
    expect(out).toContain(`  Device, ${URI}Rules: in force\n`);
    expect(out).toContain('  Tool: imported\n');
    const asJson = await captureOutput((io) => showDelivery(io, readMdmAnswer(ANSWER), { json: true }));
    expect(asJson.code).toBe(0);
    expect(JSON.parse(asJson.out)).toMatchObject({
      bridge: 'noClass',
      items: [{ name: 'EnableEPM', provider: INTUNE }, {}, {}],
      policies: [{ scope: { kind: 'device' }, settings: { enabled: true }, rules: [{ name: 'Tool' }], problems: [] }],
    });
  });

  it('says what is not in force, and answers 1', async () => {
    const providers = [
      ...ANSWER.providers,
      { id: OTHER, scope: 'Device', values: values({ 'Evil\u202e\n': 'x', EnableEPM: '<disabled/>' }) },
    ];
    const { code, out } = await captureOutput((io) => showDelivery(io, readMdmAnswer({ ...ANSWER, providers }), {}));
    expect(code).toBe(1);
    expect(out).toContain(`  Device, ${URI}EnableEPM: in force\n`);
    expect(out).toContain(`  Device, ${URI}EnableEPM: another enrollment wins\n`);
    expect(out).toContain(
      `  Device, ${URI}Evil<U+202E><U+000A>: delivered, and the device does not say that it holds\n`,
    );
    const nothing = { ...ANSWER, providers: [], current: [], admx: [], enrollments: [] };
    const empty = await captureOutput((io) => showDelivery(io, readMdmAnswer(nothing), {}));
    expect(empty).toMatchObject({ code: 0, out: expect.stringMatching(/nobody[^]*not ingested/) as string });
  });
});

describe('epm policy show --source registry', () => {
  it('shows the policy in the registry', async () => {
    const rule = { name: 'Tool', type: 'REG_SZ' as const, data: '{"type":"deny","fileName":"tool.exe"}' };
    const tree: RegistrySnapshot = {
      values: [{ name: 'EnableEPM', type: 'REG_DWORD', data: 1 }],
      subkeys: [{ name: 'Rules', key: { values: [rule], subkeys: [] } }],
    };
    const { code, out } = await captureOutput((io) => showTree(io, tree, {}));
    expect(code).toBe(0);
    expect(out).toContain('  Tool: imported\n');
    const bad = { ...tree, values: [{ name: 'Strange', type: 'REG_DWORD' as const, data: 1 }] };
    const asJson = await captureOutput((io) => showTree(io, bad, { json: true }));
    expect(asJson.code).toBe(1);
    expect(JSON.parse(asJson.out)).toMatchObject({ present: true, problems: [{ place: { registry: 'Strange' } }] });
    const text = await captureOutput((io) => showTree(io, bad, {}));
    expect(text.out).toContain('Strange: This is not known here');
    expect(text.out).not.toContain('undefined');
  });

  it('says when there is none', async () => {
    expect(await captureOutput((io) => showTree(io, undefined, {}))).toMatchObject({
      code: 1,
      out: expect.stringContaining('HKLM\\Software\\Policies\\EPM') as string,
    });
    const { out } = await captureOutput((io) => showTree(io, undefined, { json: true }));
    expect(JSON.parse(out)).toMatchObject({ present: false });
  });
});

describe('the option --source', () => {
  it.skipIf(isWindows).each(['mdm', 'registry'])('needs Windows for %s', async (source) => {
    const { code, out, error } = await captureOutput((io) => run(['policy', 'show', '--source', source, '--json'], io));
    expect({ code, out }).toEqual({ code: 3, out: '' });
    expect(JSON.parse(error)).toMatchObject({ error: { code: 'EPM_PLATFORM' } });
  });

  it('takes no other word, and not beside a file', async () => {
    expect((await captureOutput((io) => run(['policy', 'show', '--source', 'wmi'], io))).code).toBe(2);
    expect((await captureOutput((io) => run(['policy', 'show', '--source', 'mdm', '--policy', 'x'], io))).code).toBe(2);
  });
});

describe('the places of users in the registry', () => {
  const USER = 'S-1-5-21-1-2-3-1001';
  const rule = (name: string) => ({
    name: 'Rules',
    key: { values: [{ name, type: 'REG_SZ', data: '{"type":"deny","fileName":"a.exe"}' } as const], subkeys: [] },
  });
  const tree: RegistrySnapshot = {
    values: [{ name: 'EnableEPM', type: 'REG_DWORD', data: 1 }],
    subkeys: [
      rule('Of the device'),
      {
        name: 'Users',
        key: {
          values: [],
          subkeys: [
            { name: USER, key: { values: [], subkeys: [rule('Of the user')] } },
            { name: 'ann', key: { values: [], subkeys: [] } },
          ],
        },
      },
    ],
  };

  it('are shown beside the policy of the device, and what is no place is named', async () => {
    const { code, out } = await captureOutput((io) => showTree(io, tree, {}));
    expect(code).toBe(1);
    expect(out).toMatch(/Of the device[^]*Users\\ann[^]*User S-1-5-21-1-2-3-1001:[^]*Of the user/);
    const asJson = await captureOutput((io) => showTree(io, tree, { json: true }));
    expect(JSON.parse(asJson.out)).toMatchObject({
      rules: [{ name: 'Of the device' }],
      problems: [{ code: 'unknownMember', place: { registry: 'Users\\ann' } }],
      users: [{ user: USER, rules: [{ name: 'Of the user' }], problems: [] }],
    });
  });
});
