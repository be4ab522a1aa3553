/**
 * The composition of the self-test. An administrator asks most probes; those of the local system are asked by a service
 * that exists for this one run and is the same epm.exe.
 */
import * as fs from 'node:fs';
import { randomBytes } from 'node:crypto';
import type { Needs } from '../../agent/selftest/probe.ts';
import { PROBES } from '../../agent/selftest/probes.ts';
import { type ProbeResult, runProbes } from '../../agent/selftest/run-probes.ts';
import { EpmError, isEpmError } from '../../model/errors.ts';
import {
  enterService,
  isTestBuild,
  loadDlls,
  machineFolders,
  makePrivateFolder,
  programFolder,
  readMachineState,
  recorders,
  type RequesterDesktop,
  requireSafeInstallation,
  runTemporaryService,
  startEventLoop,
  whoAsks,
  type WindowsDlls,
} from '../../windows/index.ts';
import { VERSION } from '../version.ts';

/** What the self-test found, as it is kept and replayed. */
export interface SelfTestReport {
  readonly format: 'epm-selftest';
  readonly version: 1;
  /** Version of EPM, and whether it is the build for the test bed. */
  readonly epm: { readonly version: string; readonly testBuild: boolean };
  readonly windows: {
    readonly build: string | null;
    readonly type: 'client' | 'server' | null;
    /** Of no worth as a proof of Windows. */
    readonly wine: boolean;
  };
  /** ISO 8601. */
  readonly recordedAt: string;
  readonly results: readonly ProbeResult[];
}

/** How the service is told whose desktop the accounts of the probes may see, and where its results go. */
interface ServiceRun {
  readonly output: string;
  readonly desktop: RequesterDesktop | undefined;
}

/** Milliseconds that the service may take. */
const LONGEST = 180_000;
const LOGON_SID = /^S-1-5-5-\d{1,10}-\d{1,10}$/;

/**
 * Asks every probe.
 * @throws EpmError EPM_PLATFORM, EPM_NATIVE_MISSING, EPM_NOT_ADMINISTRATOR
 */
export async function selfTest(): Promise<SelfTestReport> {
  const dlls = loadDlls();
  const { as, desktop } = whoAsks(dlls);
  if (as === 'none') {
    throw new EpmError('EPM_NOT_ADMINISTRATOR', 'The self-test asks Windows what only an administrator may ask.', {
      hint: 'Run it from an elevated prompt.',
    });
  }
  const results = await ask(dlls, as, desktop);
  const ofSystem = as === 'system' ? [] : await askAsSystem(dlls, desktop);
  return reportOf(
    dlls,
    results.map((result) => ofSystem.find(({ id }) => id === result.id) ?? result),
  );
}

/** What the service does: asks the probes of the local system, and writes the results. @throws EpmError */
export async function selfTestAsService({ output, desktop }: ServiceRun): Promise<void> {
  const dlls = loadDlls();
  requireSafeInstallation(dlls, programFolder());
  const events = startEventLoop(dlls.native, () => undefined);
  try {
    const service = enterService(dlls.native, events, () => undefined);
    let failed = true;
    try {
      service.running();
      const { as } = whoAsks(dlls);
      const results = await ask(dlls, as === 'system' ? 'system' : 'administrator', desktop, 'system');
      fs.writeFileSync(output, JSON.stringify(results), { flag: 'wx' });
      failed = false;
    } finally {
      service.stopped(failed);
    }
  } finally {
    await events.stop();
  }
}

/** @throws EpmError EPM_ARGUMENT when a value is not one that {@link selfTest} gives */
export function serviceRun(output: string, logonSid: string, session: string): ServiceRun {
  const isKnown = LOGON_SID.test(logonSid) && /^\d{1,9}$/.test(session);
  if (!isKnown && logonSid !== 'none') throw new EpmError('EPM_ARGUMENT', 'These are no values of the self-test.');
  return { output, desktop: isKnown ? { logonSid, session: Number(session) } : undefined };
}

function ask(
  dlls: WindowsDlls,
  as: Needs,
  desktop: RequesterDesktop | undefined,
  needs?: Needs,
): Promise<readonly ProbeResult[]> {
  return runProbes({
    probes: needs === undefined ? PROBES : PROBES.filter((probe) => probe.needs === needs),
    recorders: recorders(dlls, desktop),
    as,
    now: () => performance.now(),
  });
}

/** Where no service can be used, the reason is the result of each of its probes. */
async function askAsSystem(dlls: WindowsDlls, desktop: RequesterDesktop | undefined): Promise<readonly ProbeResult[]> {
  try {
    return await throughService(dlls, desktop);
  } catch (error) {
    if (!isEpmError(error)) throw error;
    const why = `only the local system account can ask this, and no service could: ${error.message}`;
    return PROBES.filter(({ needs }) => needs === 'system').map(({ id, title }) => ({
      id,
      title,
      state: 'notPossible',
      why,
      left: [],
      milliseconds: 0,
    }));
  }
}

async function throughService(
  dlls: WindowsDlls,
  desktop: RequesterDesktop | undefined,
): Promise<readonly ProbeResult[]> {
  if (!/\\epm\.exe$/i.test(process.execPath)) {
    throw new EpmError('EPM_ARGUMENT', `"${process.execPath}" is not epm.exe.`);
  }
  // Whoever may change what the service runs would be the system.
  requireSafeInstallation(dlls, programFolder());
  const folder = `${machineFolders(dlls.advapi32).programData}\\epm-selftest-${randomBytes(8).toString('hex')}`;
  makePrivateFolder(dlls, folder);
  try {
    const output = `${folder}\\results.json`;
    const { logonSid = 'none', session = 0 } = desktop ?? {};
    const words = ['agent', 'selftest', '--run-service', output, logonSid, String(session)];
    await runTemporaryService(dlls, [process.execPath, ...words].map((word) => `"${word}"`).join(' '), LONGEST);
    if (!fs.existsSync(output)) throw new EpmError('EPM_WINDOWS_API', 'The service of the self-test wrote no result.');
    return JSON.parse(fs.readFileSync(output, 'utf8')) as readonly ProbeResult[];
  } finally {
    fs.rmSync(folder, { recursive: true, force: true });
  }
}

function reportOf(dlls: WindowsDlls, results: readonly ProbeResult[]): SelfTestReport {
  const { build, installationType } = readMachineState(dlls);
  return {
    format: 'epm-selftest',
    version: 1,
    epm: { version: VERSION, testBuild: isTestBuild() },
    windows: {
      build: build === null ? null : `${build.number}.${build.revision}`,
      type: installationType,
      wine: dlls.native.epm_is_wine() === 1,
    },
    recordedAt: new Date().toISOString(),
    results,
  };
}
