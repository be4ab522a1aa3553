/** Who records the answer to each probe of the table; the compiler names one that nobody records. */
import type { Needs } from '../../agent/selftest/probe.ts';
import type { ProbeId } from '../../agent/selftest/probes.ts';
import type { Recorder } from '../../agent/selftest/run-probes.ts';
import type { WindowsDlls } from '../dll/load.ts';
import { integrity, ownerRights, permissions } from './access.ts';
import {
  nameMapping,
  profile,
  type RequesterDesktop,
  serviceLogon,
  unnamedAuthorities,
  virtualLogon,
} from './accounts.ts';
export type { RequesterDesktop } from './accounts.ts';
import { ownToken } from './identities.ts';
import { junction, logonDrive, oplock } from './links.ts';
import { fileIdentity, lockedFile, lockedPackage, lockedScript, parentRename, writerFirst } from './locks.ts';
import { accountControl, eventLog, placeholders, policyRecords, systemDisk } from './machine.ts';
import { firstPipeInstance, protectedPrefix } from './pipes.ts';
import { childPolicy, jobEndsTree, jobLimit, mitigations } from './processes.ts';
import { staleSection, writableView } from './sections.ts';
import { windowsSignature } from './signatures.ts';
import { isSystem, readToken } from './token-reader.ts';
import type { ProbeTools } from './tools.ts';

const ADMINISTRATORS = 'S-1-5-32-544';
const SE_GROUP_ENABLED = 4;

type Record_ = (tools: ProbeTools, desktop: RequesterDesktop | undefined) => ReturnType<Recorder>;

const RECORDERS: Readonly<Record<ProbeId, Record_>> = {
  accountControl,
  policyRecords,
  eventLog,
  firstPipeInstance,
  protectedPrefix,
  lockedFile,
  writerFirst,
  parentRename,
  permissions,
  ownerRights,
  integrity,
  junction,
  oplock,
  staleSection,
  writableView,
  placeholders,
  logonDrive,
  systemDisk,
  lockedPackage,
  lockedScript,
  windowsSignature,
  fileIdentity,
  childPolicy,
  jobLimit,
  jobEndsTree,
  mitigations,
  unnamedAuthorities,
  nameMapping,
  virtualLogon,
  serviceLogon,
  profile,
};

/** @param desktop whose desktop the accounts of the probes may see; undefined: nobody's */
export function recorders(
  dlls: WindowsDlls,
  desktop: RequesterDesktop | undefined,
): Readonly<Record<ProbeId, Recorder>> {
  const entries = Object.entries(RECORDERS).map(
    ([id, record]) => [id, (putBack) => record({ dlls, putBack }, desktop)] as const satisfies [string, Recorder],
  );
  return Object.fromEntries(entries) as Record<ProbeId, Recorder>;
}

export interface Asking {
  /** `none`: neither an administrator nor the system, who may not ask at all. */
  readonly as: Needs | 'none';
  /** Undefined for the system, which has no desktop of its own. */
  readonly desktop: RequesterDesktop | undefined;
}

/** Who this process is, as Windows says. */
export function whoAsks(dlls: WindowsDlls): Asking {
  const undo: (() => void | Promise<void>)[] = [];
  const tools: ProbeTools = { dlls, putBack: (_, run) => void undo.push(run) };
  try {
    if (isSystem(tools)) return { as: 'system', desktop: undefined };
    const { groups, logonSid, session } = readToken(tools, ownToken(tools));
    const isAdministrator = groups.some(
      ({ sid, attributes }) => sid === ADMINISTRATORS && (attributes & SE_GROUP_ENABLED) !== 0,
    );
    return {
      as: isAdministrator ? 'administrator' : 'none',
      desktop: logonSid === null ? undefined : { logonSid, session },
    };
  } finally {
    for (const run of undo.reverse()) void run();
  }
}
