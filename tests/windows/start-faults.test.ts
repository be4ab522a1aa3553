/**
 * Every call of Windows, every use of a file and every check inside the native part that the agent makes for the start of a
 * program fails once, and everything from one on; so do the checks of the broker and the frames of its pipes. Of the latter,
 * and of a package, a script and a start as the current user, an ordinary run takes a sample; EPM_FAULTS_EVERY=1 takes all,
 * which takes long, and EPM_FAULTS_ONLY those series whose names fit a pattern.
 */
import { createHash } from 'node:crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import { patient } from '../../tooling/patience.mjs';
import { makePackage } from '../../testbed/installers.ts';
import { describeWindows, identitySid, machine } from '../bed/index.ts';
import { eventually } from '../eventually.ts';
import { AgentUnderTest, programRule } from './agent-under-test.ts';
import { giveProfile, knownUser, makeUsersKnown } from './credentials-under-test.ts';
import { installScript } from './install-script.ts';
import { SETTINGS } from './policy-keys.ts';
import type { FrameWay } from './native-faults.ts';
import type { FaultReport, FaultRun, FaultSeries, Layer, SeriesPlan } from './start-faults-script.ts';

const OUTPUT = 'C:\\ProgramData\\faults.json';
const FOLDER = 'C:\\Users\\Public\\Downloads';
const PROGRAM = `${FOLDER}\\probe.exe`;
/** What lies beside it is copied too. */
const SEVERAL = `${FOLDER}\\Several\\several.exe`;
const OWN = `${FOLDER}\\own.exe`;
/** It may start nothing, so that its broker is not its debugger and starts others afterwards. */
const ALONE = `${FOLDER}\\alone.exe`;
const PACKAGE = `${FOLDER}\\package.msi`;
const SCRIPT = `${FOLDER}\\script.ps1`;
const EVERY = Number(process.env['EPM_FAULTS_EVERY'] ?? 50);
const isLong = EVERY === 1;
/** Checks of the broker, and uses of files, of which one fails in an ordinary run. */
const BROKER_SAMPLE = 10;
const FILES_SAMPLE = 3;
/** Calls for a folder, of which one fails in an ordinary run. */
const FOLDER_SAMPLE = 7;
/** Milliseconds after which what is left stays, and after which a program has ended; nothing waits for them to pass. */
const SETTLE = 3_000;
const END = 60_000;
/** Milliseconds for some hundreds of elevations, or some thousands. */
const LIMIT = isLong ? 10_800_000 : 600_000;

const user = knownUser('EPMBED\\standard', identitySid.standardUser);

const REQUESTS = {
  program: { request: { path: PROGRAM } },
  folder: { request: { path: SEVERAL } },
  package: { request: { path: PACKAGE, arguments: ['/qn'] } },
  script: { request: { path: SCRIPT } },
  'current user': { request: { path: OWN }, user },
} as const;
/** Every call of the start of a program fails in each run; of what else there is, a sample. */
const CALL_PLANS: readonly SeriesPlan[] = Object.entries(REQUESTS).flatMap(([name, asked]) => {
  const isProgram = name === 'program';
  const plan = (layer: Layer): SeriesPlan => ({
    name: `${name}: ${layer}`,
    ...asked,
    layer,
    every: isProgram ? 1 : name === 'folder' && layer === 'dlls' ? Math.min(EVERY, FOLDER_SAMPLE) : EVERY,
  });
  const onwards = (layer: Layer): SeriesPlan => ({
    name: `${name}: ${layer} onwards`,
    ...asked,
    layer,
    onwards: true,
    every: EVERY,
  });
  const more = [onwards('dlls'), onwards('native'), onwards('files')];
  const files = isProgram || isLong ? [{ ...plan('files'), every: isLong ? 1 : FILES_SAMPLE }] : [];
  return [plan('dlls'), plan('native'), ...files, ...(isProgram || isLong ? more : [])];
});

const frames = (way: FrameWay, more: Partial<SeriesPlan> = {}): SeriesPlan => ({
  name: `program: frames ${way}`,
  ...REQUESTS.program,
  layer: 'frames',
  way,
  every: 1,
  ...more,
});
/** A child of which nothing is heard stays stopped: only the first two frames can be lost without the broker's end. */
const LOST: Partial<SeriesPlan> = { upTo: 2 };
const alone = { request: { path: ALONE } };
const BROKER_PLANS: readonly SeriesPlan[] = [
  { name: 'program: broker', ...REQUESTS.program, layer: 'broker', every: isLong ? 1 : BROKER_SAMPLE },
  { name: 'alone: broker', ...alone, layer: 'broker', every: isLong ? 1 : BROKER_SAMPLE },
  { name: 'program: native, no broker ready', ...REQUESTS.program, layer: 'native', fresh: true, every: EVERY },
  frames('half'),
  frames('without its end', LOST),
  ...(isLong
    ? [
        frames('before'),
        frames('after'),
        frames('with a wrong length'),
        frames('of a wrong kind'),
        frames('silently', LOST),
      ]
    : []),
  { name: 'program: broker killed', ...REQUESTS.program, layer: 'resume', every: 1 },
  { name: 'alone: broker killed', ...alone, layer: 'resume', every: 1 },
];
const ONLY = new RegExp(process.env['EPM_FAULTS_ONLY'] ?? '');
const PLANS = [...CALL_PLANS, ...BROKER_PLANS].filter(({ name }) => ONLY.test(name));

/** Without what these calls say, a program may be started all the same. Nothing else may fail and end in a start. */
const HARMLESS: Readonly<Record<Layer, Readonly<Record<string, string>>>> = {
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
    epm_name_unmap: 'the name stays for the account that needs it next',
    NtCreateFile: 'a mark of the web that cannot be read counts as one, which the policy here does not block',
    RegOpenKeyExW: 'whether Administrator Protection is on: both kinds of logon are tried anyhow',
    RegQueryValueExW: 'as RegOpenKeyExW',
    epm_broker_start: 'of the one that is kept ready: the next start makes its own',
    epm_token_create: 'the other kind of logon is tried',
    OpenMutexW:
      'whether an installation runs: Windows Installer asks that itself, and the agent waits for the code it ends with',
  },
  native: {
    RegCreateKeyExW: 'names are in the registry here: as epm_name_unmap',
    RegGetValueW: 'as RegCreateKeyExW',
    RegDeleteValueW: 'as RegCreateKeyExW',
    ConvertStringSidToSidW: 'the other kind of logon is tried',
    ConvertStringSecurityDescriptorToSecurityDescriptorW: 'as ConvertStringSidToSidW',
    GetSecurityDescriptorDacl: 'as ConvertStringSidToSidW',
    AllocateLocallyUniqueId: 'as ConvertStringSidToSidW',
    NtCreateToken: 'as ConvertStringSidToSidW',
    CreateEventW: 'beside the request: a hive that was loaded is watched for a policy, and again at the next look',
    GetProcessHandleCount: 'beside the request: the agent looks at itself',
  },
  broker: {
    WaitForSingleObject: 'nothing is asked of it any more, or the tree that it watches ends with it',
    WaitForMultipleObjects: 'the program runs, and its tree ends with the broker',
  },
  frames: {
    'frame 2': 'a verdict; the program runs, and its tree ends with the broker',
    'frame 3': 'as frame 2, a witness',
    'frame 6': 'as frame 2, a process that was stopped',
  },
  resume: {
    'broker killed': 'the program runs: it needs no broker any more, or ends with it',
  },
  files: {
    'readFileSync epmbroker.exe': 'as epm_broker_start',
  },
};

/** The least that there is to fail. Frames are at least the request and its answer. */
const LEAST: Readonly<Record<Layer, number>> = { dlls: 31, native: 31, files: 11, broker: 11, frames: 2, resume: 1 };
/** Calls and checks at the end of a start, some of which come after its record: two records are right there. */
const AFTER_RECORD = 16;
/** Handles that threads of Node and Wine may have more after a series than before it. */
const MORE_HANDLES = 24;

const failures = ({ runs }: FaultSeries): readonly FaultRun[] => runs.filter(({ failAt }) => failAt > 0);

describeWindows('an elevation of which one call fails', ['epm', 'powerShell', 'installerTools', 'screen'], (bed) => {
  let report: FaultReport;

  beforeAll(async () => {
    await bed().provideScreen();
    bed().provideWindowsPowerShell();
    const agent = new AgentUnderTest(bed());
    const put = (file: string, bytes: Uint8Array): string => {
      bed().putFile(file, bytes);
      return createHash('sha256').update(bytes).digest('hex');
    };
    // Ends at once: the start is what is tested.
    const packageHash = put(PACKAGE, makePackage({ name: 'Field Faults', condition: 'FIT' }).bytes);
    const scriptHash = put(SCRIPT, Buffer.from('exit 0\n'));
    const rule = (name: string, file: string, sha256: string) =>
      programRule(sha256, { name, fileName: file.slice(FOLDER.length + 1), filePath: FOLDER, childProcesses: 'allow' });
    await makeUsersKnown(bed(), [user]);
    await giveProfile(bed(), user.sid, 'C:\\Users\\standard');
    const programHash = agent.putProbe(PROGRAM);
    const ownHash = agent.putProbe(OWN, 'own');
    const aloneHash = agent.putProbe(ALONE, 'alone');
    const severalHash = agent.putProbe(SEVERAL, 'several');
    for (const name of ['data.txt', 'below\\data.txt', 'below\\data.txt:Zone.Identifier']) {
      bed().putFile(`${FOLDER}\\Several\\${name}`, name);
    }
    for (const file of [PROGRAM, SEVERAL]) await bed().letUsersWrite(file);
    await agent.apply({
      id: 'tests',
      settings: { ...SETTINGS, accountScope: 'launch' },
      rules: [
        programRule(programHash, { filePath: FOLDER }),
        {
          ...rule('Several', SEVERAL, severalHash),
          filePath: `${FOLDER}\\Several`,
          fileName: 'several.exe',
          copyFolder: true,
        },
        rule('Package', PACKAGE, packageHash),
        rule('Script', SCRIPT, scriptHash),
        programRule(aloneHash, {
          name: 'Alone',
          fileName: 'alone.exe',
          filePath: FOLDER,
          childProcesses: 'deny',
        }),
        { ...programRule(ownHash, { name: 'Own', fileName: 'own.exe', filePath: FOLDER }), type: 'currentUser' },
      ],
    });
    const script = await installScript(bed(), agent.folder, 'start-faults-script');
    const running = await bed().start({
      program: bed().windowsPath(machine?.windowsNode ?? ''),
      arguments: [script, OUTPUT, JSON.stringify(PLANS), String(SETTLE), String(END)],
      as: 'system',
    });
    await eventually(() => expect(running.output() + running.errors()).toContain('ready'));
    // Whose token the requests are made with; it waits for an answer until the end.
    const client = await bed().start({ program: agent.epm, arguments: ['request', 'status'], input: '{}' });
    const outcome = await running.exited;
    expect(outcome, outcome.output.slice(-400)).toMatchObject({ exitCode: 0, errors: '' });
    await client.exited;
    report = JSON.parse(bed().readFile(OUTPUT).toString('utf8')) as FaultReport;
    const figures = Object.entries(report.series).map(([name, { count, runs, seconds }]) => {
      return `${name}: ${runs.length} runs of ${count}, ${seconds} s`;
    });
    if (isLong) console.info(figures.join('\n'));
  }, patient(LIMIT));

  describe.each(PLANS)('$name', ({ name, layer, every, onwards }) => {
    const series = (): FaultSeries => {
      const found = report.series[name];
      if (found === undefined) throw new Error(`no series ${name}`);
      return found;
    };

    it('has many, which failed', () => {
      const { count, calls } = series();
      // A part of the start may be in a process of its own.
      expect(count).toBeGreaterThanOrEqual(LEAST[layer]);
      const numbers = failures(series()).map(({ failAt }) => failAt);
      // How many there are in the broker is known when no more are made.
      const made = numbers.filter((number) => number <= count);
      expect(made).toEqual(Array.from({ length: Math.ceil(count / every) }, (_, at) => at * every + 1));
      // What is made beside a request, or last, is not made each time.
      const missed = failures(series()).filter(({ call }) => call === '');
      expect(missed.length, JSON.stringify(missed)).toBeLessThan(8);
      const failed = new Set(failures(series()).map(({ call }) => call));
      if (every === 1) expect(calls.filter((call) => !failed.has(call)).length).toBeLessThan(8);
    });

    it('ends with a code or a denial, unless the call is one of the harmless', () => {
      const started = failures(series()).filter(({ answer }) => answer === 'started');
      expect(started.filter(({ call }) => !(call in HARMLESS[layer]) && call !== '')).toEqual([]);
      const others = failures(series()).filter(({ answer }) => answer !== 'started');
      for (const run of others) expect(run.answer, JSON.stringify(run)).toMatch(/^(?:EPM_[A-Z_]+|denied [A-Za-z]+)$/);
      expect(others.filter(({ answer }) => answer === 'EPM_INTERNAL')).toEqual([]);
    });

    it('leaves no process, handle, name, right, profile or copy', () => {
      const { runs, handles } = series();
      expect(runs.filter(({ left }) => left.length > 0)).toEqual([]);
      expect(handles[1] - handles[0]).toBeLessThan(MORE_HANDLES);
    });

    it('has one record', () => {
      const { count, runs } = series();
      for (const [index, run] of runs.entries()) {
        const at = JSON.stringify(run);
        // The console host of a program is a process of its tree. What could not be recorded before is told first.
        const events = run.events.filter((event) => event !== 'childAllowed' && event !== 'journalGap');
        const [first] = events;
        if (layer === 'files' && onwards && events.length === 0) {
          // On a disk that takes nothing it is counted, and the next record is preceded by the count.
          expect(run.answer, at).not.toBe('started');
          const later = runs.slice(index + 1).flatMap(({ asked, events: own }) => [...asked, ...own]);
          expect(later[0], at).toBe('journalGap');
          continue;
        }
        const isOfBroker = layer === 'broker' || layer === 'frames' || layer === 'resume';
        if (run.answer === 'started') {
          const [, end] = events;
          expect(events.length, at).toBe(2);
          expect(first, at).toBe('elevationStarting');
          const isOwnEnd = end === 'elevationEnded';
          expect(isOwnEnd || (isOfBroker && run.call !== '' && end === 'elevationEnded brokerGone'), at).toBe(true);
        } else if (first === 'elevationStarting') {
          expect(events, at).toEqual(['elevationStarting', 'elevationFailed']);
          if (!isOfBroker) expect(run.failAt, at).toBeGreaterThan(count - AFTER_RECORD);
        } else expect([events.length, first], at).toEqual([1, expect.stringMatching(/Denied|Failed|Refused/)]);
      }
    });

    it('is no hindrance for the next elevation', () => {
      const good = series().runs.filter(({ failAt }) => failAt === 0);
      expect(good.map(({ answer }) => answer)).toEqual(['started', 'started']);
    });
  });

  it('leaves a journal that verifies', () => {
    expect(report.verified).toBe(true);
  });
});
