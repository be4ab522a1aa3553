/** Every call of Windows that the TypeScript part of one elevation makes fails once; checks inside the native part do not yet. */
import { beforeAll, describe, expect, it } from 'vitest';
import { patient } from '../../tooling/patience.mjs';
import { describeWindows, machine } from '../bed/index.ts';
import { eventually } from '../eventually.ts';
import { AgentUnderTest, programRule } from './agent-under-test.ts';
import { installScript } from './install-script.ts';
import { SETTINGS } from './policy-keys.ts';
import type { FaultReport, FaultRun, FaultSeries } from './start-faults-script.ts';

const OUTPUT = 'C:\\ProgramData\\faults.json';
const FOLDER = 'C:\\Users\\Public\\Downloads';
const PROGRAM = `${FOLDER}\\probe.exe`;
/** Milliseconds after which what is left stays; nothing waits for them when nothing is left. */
const SETTLE = 3_000;
/** Milliseconds for some three hundred elevations. */
const LIMIT = 300_000;

/** Without what these calls say, a program may be started all the same. Nothing else may fail and end in a start. */
const HARMLESS: Readonly<Record<'dlls' | 'native', Readonly<Record<string, string>>>> = {
  dlls: {
    CloseHandle: 'it is made',
    LocalFree: 'it is made',
    RegCloseKey: 'it is made',
    epm_token_close: 'it is made',
    ConvertStringSidToSidW: 'the name of the requester is for people',
    LookupAccountSidW: 'the name of the requester is for people',
    GetFileInformationByHandleEx: 'FileRemoteProtocolInfo fails for every file of this machine',
    GetDriveTypeW: 'what is not known of the place of a file is a fact that no rule matches',
    GetShortPathNameW: 'a file without a short name has none',
    GetFileSecurityW: 'the first one asks for the length; a file is copied when it is not known who may write it',
    GetKernelObjectSecurity: 'as GetFileSecurityW',
    epm_name_map: 'another domain of isolated accounts is used',
    epm_name_unmap: 'the name stays for the account that needs it next',
    NtCreateFile: 'a mark of the web that cannot be read counts as one, which the policy here does not block',
    RegOpenKeyExW: 'whether Administrator Protection is on: both kinds of logon are tried anyhow',
    RegQueryValueExW: 'as RegOpenKeyExW',
    epm_token_create: 'the other kind of logon is tried',
  },
  native: {},
};

/** The program was let go and did not: its start is in the journal by then, and so is the failure. */
const RECORDED_BEFORE = /^(?:epm_process_resume|ResumeThread)$/;

const failures = ({ runs }: FaultSeries): readonly FaultRun[] => runs.filter(({ failAt }) => failAt > 0);

describeWindows('an elevation of which one call fails', ['epm'], (bed) => {
  let report: FaultReport;
  const series = (layer: 'dlls' | 'native'): FaultSeries => {
    const found = report.series[`program, ${layer}`];
    if (found === undefined) throw new Error(`no series of ${layer}`);
    return found;
  };

  beforeAll(async () => {
    const agent = new AgentUnderTest(bed());
    const sha256 = agent.putProbe(PROGRAM);
    await bed().letUsersWrite(PROGRAM);
    await agent.apply({
      id: 'tests',
      settings: { ...SETTINGS, accountScope: 'launch' },
      rules: [programRule(sha256, { filePath: FOLDER })],
    });
    const script = await installScript(bed(), agent.folder, 'start-faults-script');
    const running = await bed().start({
      program: bed().windowsPath(machine?.windowsNode ?? ''),
      arguments: [script, OUTPUT, JSON.stringify({ program: { path: PROGRAM } }), String(SETTLE)],
      as: 'system',
    });
    await eventually(() => expect(running.output() + running.errors()).toContain('ready'));
    // Whose token the requests are made with; it waits for an answer until the end.
    const client = await bed().start({ program: agent.epm, arguments: ['request', 'status'], input: '{}' });
    expect(await running.exited).toMatchObject({ exitCode: 0, errors: '' });
    await client.exited;
    report = JSON.parse(bed().readFile(OUTPUT).toString('utf8')) as FaultReport;
  }, patient(LIMIT));

  describe.each(['dlls'] as const)('of the layer %s', (layer) => {
    it('has many, each of which failed', () => {
      const { count, calls, runs } = series(layer);
      expect(count).toBeGreaterThan(layer === 'dlls' ? 150 : 100);
      expect(failures(series(layer)).map(({ failAt }) => failAt)).toEqual(
        Array.from({ length: count }, (_, at) => at + 1),
      );
      const failed = new Set(runs.map(({ call }) => call));
      expect(calls.filter((call) => !failed.has(call))).toEqual([]);
    });

    it('is answered with a code or a denial, unless the call is one of the harmless', () => {
      const started = failures(series(layer)).filter(({ answer }) => answer === 'started');
      expect(started.filter(({ call }) => !(call in HARMLESS[layer]))).toEqual([]);
      const others = failures(series(layer)).filter(({ answer }) => answer !== 'started');
      for (const run of others) expect(run.answer, JSON.stringify(run)).toMatch(/^(?:EPM_[A-Z_]+|denied [A-Za-z]+)$/);
      expect(others.filter(({ answer }) => answer === 'EPM_INTERNAL')).toEqual([]);
    });

    it('leaves no process, handle, name, right, profile or copy', () => {
      expect(series(layer).runs.filter(({ left }) => left.length > 0)).toEqual([]);
    });

    it('has one record', () => {
      for (const run of series(layer).runs) {
        const at = JSON.stringify(run);
        if (run.answer === 'started') expect(run.events, at).toEqual(['elevationStarting', 'elevationEnded']);
        else if (RECORDED_BEFORE.test(run.call))
          expect(run.events, at).toEqual(['elevationStarting', 'elevationFailed']);
        else
          expect([run.events.length, run.events[0]], at).toEqual([1, expect.stringMatching(/Denied|Failed|Refused/)]);
      }
    });

    it('is no hindrance for the next elevation', () => {
      const good = series(layer).runs.filter(({ failAt }) => failAt === 0);
      expect(good.map(({ answer }) => answer)).toEqual(['started', 'started']);
    });
  });

  it('leaves a journal that verifies', () => {
    expect(report.verified).toBe(true);
  });
});
