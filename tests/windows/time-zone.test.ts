/** Rules with hours, by the clock of the device: the running agent, and the zone that Windows tells. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { describeWindows, machine } from '../bed/index.ts';
import { eventually } from '../eventually.ts';
import { AgentUnderTest, type Json, PROGRAM, programRule } from './agent-under-test.ts';
import { installScript } from './install-script.ts';

const DAY = 24 * 60 * 60_000;
const date = (time: number): string => new Date(time).toISOString().slice(0, 10);

describeWindows('the clock of the device', ['epm'], (bed) => {
  let agent: AgentUnderTest;
  let sha256: string;

  beforeAll(async () => {
    agent = new AgentUnderTest(bed());
    sha256 = agent.putProbe();
    await agent.start();
  });
  afterAll(async () => agent.stop());

  const elevate = (): ReturnType<AgentUnderTest['ask']> => agent.ask('elevate', { path: PROGRAM, wait: true });

  it('has the zone that Windows says, in winter and in summer', async () => {
    const script = await installScript(bed(), agent.folder, 'time-zone-script');
    const times = [Date.UTC(2026, 0, 15, 12), Date.UTC(2026, 6, 15, 12), Date.now()];
    const outcome = await bed().run({
      program: bed().windowsPath(machine?.windowsNode ?? ''),
      arguments: [script, ...times.map(String)],
      as: 'system',
    });
    expect(outcome).toMatchObject({ exitCode: 0, errors: '' });
    const rows = JSON.parse(outcome.output) as readonly { readonly windows: number; readonly script: number }[];
    expect(rows.map(({ windows }) => windows)).toEqual(rows.map(({ script }) => script));
  });

  it('decides when a rule elevates, and the trace says from when on', async () => {
    // Two days before and behind, so that neither zone nor midnight matters.
    const now = Date.now();
    const settings = { enabled: true };
    await agent.apply({
      settings,
      rules: [programRule(sha256, { activeFrom: date(now - 2 * DAY), activeUntil: date(now + 2 * DAY) })],
    });
    await agent.untilRules(1);
    expect(await elevate()).toMatchObject({ body: { outcome: 'finished' } });

    const later = date(now + 2 * DAY);
    await agent.apply({ settings, rules: [programRule(sha256, { activeFrom: later })] });
    const test = async (): Promise<Json> => (await agent.ask('test', { path: PROGRAM })).body;
    await eventually(async () => expect(await test()).toMatchObject({ outcome: 'denied', reason: 'defaultResponse' }));
    expect(await elevate()).toMatchObject({ body: { outcome: 'denied', reason: 'defaultResponse' } });
    const body = await test();
    expect(JSON.stringify(body['trace'])).toContain('outsideHours');
    expect(String(body['explanation'])).toMatch(new RegExp(`From \\w{3} ${later} 00:00 on.*the file is elevated`));
  });
});
