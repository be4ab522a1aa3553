/** `epm agent selftest`, by the packed program. In Wine most probes must not be as expected: Wine only seems to do it. */
import { readdirSync } from 'node:fs';
import { beforeAll, expect, it } from 'vitest';
import type { ProbeState } from '../../src/agent/selftest/probe.ts';
import { PROBES, type ProbeId } from '../../src/agent/selftest/probes.ts';
import type { SelfTestReport } from '../../src/cli/agent/selftest.ts';
import { describeWindows, type Identity, windowsOnly } from '../bed/index.ts';
import { AgentUnderTest } from './agent-under-test.ts';

/** What Wine really does; seen by the effect, not by what a function returns. */
const RIGHT_IN_WINE: readonly ProbeId[] = [
  'lockedFile',
  'writerFirst',
  'lockedPackage',
  'fileIdentity',
  'jobEndsTree',
  'unnamedAuthorities',
];
/** What Wine cannot be asked; every other probe finds that Wine does not do it. */
const NOT_IN_WINE: readonly ProbeId[] = ['policyRecords', 'eventLog'];
const OF_SYSTEM: readonly ProbeId[] = ['nameMapping', 'virtualLogon', 'serviceLogon', 'profile'];

const statesInWine = (...notPossible: readonly ProbeId[]): Readonly<Record<string, ProbeState>> =>
  Object.fromEntries(
    PROBES.map(({ id }) => [
      id,
      RIGHT_IN_WINE.includes(id) ? 'asExpected' : notPossible.includes(id) ? 'notPossible' : 'differs',
    ]),
  );

describeWindows('epm agent selftest', ['epm'], (bed) => {
  let agent: AgentUnderTest;
  const reports = new Map<Identity, SelfTestReport>();

  async function report(as: Identity): Promise<SelfTestReport> {
    const kept = reports.get(as);
    if (kept !== undefined) return kept;
    const { output, errors, exitCode } = await agent.verb(['agent', 'selftest', '--json'], as);
    expect(errors).toBe('');
    const found = JSON.parse(output) as SelfTestReport;
    expect(exitCode).toBe(found.results.some(({ state }) => state === 'differs') ? 1 : 0);
    reports.set(as, found);
    return found;
  }

  const states = ({ results }: SelfTestReport): Record<string, ProbeState> =>
    Object.fromEntries(results.map(({ id, state }) => [id, state]));

  beforeAll(() => {
    agent = new AgentUnderTest(bed());
  });

  it('is for administrators', async () => {
    const { exitCode, errors, output } = await agent.verb(['agent', 'selftest'], 'standardUser');
    expect({ exitCode, output }).toEqual({ exitCode: 3, output: '' });
    expect(errors).toContain('EPM_NOT_ADMINISTRATOR');
  });

  it('does nothing as a service for whoever is none', async () => {
    const output = 'C:\\Users\\Public\\results.json';
    const words = ['agent', 'selftest', '--run-service', output, 'S-1-5-5-0-1', '1'];
    for (const as of ['standardUser', 'administrator'] as const) {
      const { exitCode, errors } = await agent.verb(words, as);
      expect(exitCode, as).toBe(2);
      expect(errors, as).toContain('EPM_ARGUMENT');
      expect(bed().fileExists(output)).toBe(false);
    }
  });

  it('takes nothing that Wine only seems to do for a fact, asked by an administrator and by the system', async (context) => {
    if (bed().kind !== 'wine') context.skip('what Wine does');
    const byAdministrator = await report('administrator');
    expect(byAdministrator.windows.wine).toBe(true);
    // The service ran and answered, under the one account of Wine, which is not the system.
    for (const { id, why } of byAdministrator.results)
      if (OF_SYSTEM.includes(id as ProbeId)) expect(why, id).toBe('only the local system account can ask this');
    expect(states(byAdministrator)).toEqual(statesInWine(...NOT_IN_WINE, ...OF_SYSTEM));
    // The system has no drive letters of its own. Every function of Windows' accounts is missing in Wine.
    expect(states(await report('system'))).toEqual(statesInWine(...NOT_IN_WINE, 'logonDrive', 'ownerRights'));
  });

  it('leaves nothing behind: no folder, no service, nothing that was not put back', async () => {
    const { results } = await report('administrator');
    expect(results.flatMap(({ id, left }) => left.map((what) => `${id}: ${what}`))).toEqual([]);
    const names = readdirSync(bed().hostPath('C:\\ProgramData'));
    expect(names.filter((name) => name.startsWith('epm-selftest'))).toEqual([]);
    const services = 'HKLM\\System\\CurrentControlSet\\Services';
    const query = await bed().run({ program: 'reg.exe', arguments: ['query', services], as: 'administrator' });
    expect(query.output).toMatch(/Services\\/i);
    expect(query.output).not.toMatch(/EPMSelfTest/i);
  });

  it('says in a table what differs, and that Wine proves nothing', async (context) => {
    if (bed().kind !== 'wine') context.skip('what Wine does');
    const { output } = await agent.verb(['agent', 'selftest'], 'administrator');
    expect(output).toMatch(/^differs +A second server of a pipe is refused\r?\n +second is 0, expected 5\r?$/m);
    expect(output).toMatch(/^as expected +A job that is closed ends its processes\r?$/m);
    expect(output).toMatch(
      /on Wine, which proves nothing about Windows: 6 as expected, 19 differ, 6 not possible here\./,
    );
  });

  it('names nobody and no place of theirs in what it keeps', async () => {
    const kept = JSON.stringify((await report('administrator')).results.map(({ answer }) => answer ?? null));
    expect(kept).not.toMatch(/[A-Z]:\\\\|S-1-5-21-/);
  });

  windowsOnly('every probe is as expected, or says why it is not possible here', 'Wine is no Windows', async () => {
    const { results, windows } = await report('administrator');
    expect(windows.wine).toBe(false);
    // How the machine is set up is no fact of Windows; `epm check` judges it.
    expect(results.filter(({ id, state }) => state === 'differs' && id !== 'accountControl')).toEqual([]);
    for (const { state, why } of results) if (state === 'notPossible') expect(why).not.toBe('');
  });
});
