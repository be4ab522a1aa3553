/** Records the answers of the probes of the machine itself. */
import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Answer } from '../../agent/selftest/probe.ts';
import { NotPossible } from '../../agent/selftest/run-probes.ts';
import { WIN32, windowsError } from '../dll/win32-error.ts';
import { whyForeign } from '../files/disks.ts';
import { disksOf, systemVolume } from '../files/volume.ts';
import { parseEventRecords } from '../log/event-records.ts';
import { EVENT_SOURCE, isEventSourceRegistered } from '../log/event-source.ts';
import { readMachineState } from '../machine/machine-state.ts';
import { readKey } from '../registry/key.ts';
import { parseDescriptor } from '../security/descriptor.ts';
import { untrustedWriter } from '../security/writers.ts';
import type { ProbeTools } from './tools.ts';

const RECORDS = 'SOFTWARE\\Microsoft\\PolicyManager\\current';
/** What Windows keeps beside the value of a policy: who delivered it. */
const PROVIDER = /_(?:WinningProvider|ProviderSet|ADMXInstanceData|LastWrite)$/i;
const WINNING = '_WinningProvider';
const USER_SID = /^S-1-(?:5-21|12-1)-/;
/** KEY_SET_VALUE | KEY_CREATE_SUB_KEY | DELETE | WRITE_DAC | WRITE_OWNER. */
const KEY_WRITE_RIGHTS = 0x2 | 0x4 | 0x10000 | 0x40000 | 0x80000;

/** PHCM_EXPOSE_PLACEHOLDERS, ntifs.h. */
const EXPOSE = 2;

const EVENTLOG_INFORMATION_TYPE = 4;
/** EVENTLOG_SEQUENTIAL_READ | EVENTLOG_BACKWARDS_READ. */
const NEWEST_FIRST = 0x1 | 0x8;
const SELFTEST_EVENT = 999;
const BUFFER = 512 * 1024;
const RETRIES = 20;
const RETRY_MS = 100;

export function accountControl({ dlls }: ProbeTools): Answer {
  const state = readMachineState(dlls);
  return { ...state, build: state.build === null ? null : { ...state.build } };
}

export function systemDisk({ dlls }: ProbeTools): Answer {
  const { itself, disks } = disksOf(dlls.kernel32, systemVolume(dlls));
  return {
    itself: itself === undefined ? null : { ...itself },
    disks: disks === undefined ? null : disks.map((disk) => (disk === undefined ? null : { ...disk })),
    foreign: whyForeign({ itself, disks }) ?? '',
  };
}

export function placeholders({ dlls, putBack }: ProbeTools): Answer {
  const calls = dlls.probes();
  const [set, query] = [
    calls.RtlSetProcessPlaceholderCompatibilityMode,
    calls.RtlQueryProcessPlaceholderCompatibilityMode,
  ];
  if (set === undefined || query === undefined) return { function: 'absent' };
  const before = query();
  putBack('how placeholders are shown', () => {
    set(before);
    if (query() !== before) throw new Error('it is still another one');
  });
  set(EXPOSE);
  return { before, mode: query() };
}

/** Counts only: what the policies say, and whose they are, is nobody's business. */
export function policyRecords({ dlls }: ProbeTools): Answer {
  const { advapi32 } = dlls;
  const users = (readKey(advapi32, 'HKLM', RECORDS, (key) => key.subkeyNames()) ?? []).filter((name) =>
    USER_SID.test(name),
  );
  if (users.length === 0) throw new NotPossible('MDM has delivered no policy of a user to this machine');
  const counts = { users: users.length, areas: 0, policies: 0, withoutProvider: 0, ofEpm: 0 };
  let writableByOthers = false;
  for (const user of users) {
    const path = `${RECORDS}\\${user}`;
    const areas = readKey(advapi32, 'HKLM', path, (key) => {
      writableByOthers ||= untrustedWriter(parseDescriptor(key.security()), KEY_WRITE_RIGHTS) !== undefined;
      return key.subkeyNames();
    });
    for (const area of areas ?? []) {
      const names = readKey(advapi32, 'HKLM', `${path}\\${area}`, (key) => key.valueNames()) ?? [];
      const policies = names.filter((name) => !PROVIDER.test(name));
      counts.areas += 1;
      counts.policies += policies.length;
      counts.withoutProvider += policies.filter((name) => !names.includes(`${name}${WINNING}`)).length;
      if (/^EPM~Policy~EPM/i.test(area)) counts.ofEpm += policies.length;
    }
  }
  return { ...counts, writableByOthers };
}

export async function eventLog({ dlls }: ProbeTools): Promise<Answer> {
  if (!isEventSourceRegistered(dlls.advapi32))
    throw new NotPossible('the event log of EPM is not registered (epm agent install)');
  const text = `The self-test ran: ${randomBytes(8).toString('hex')}.`;
  const log = dlls.eventLog();
  const source = log.RegisterEventSourceW(null, EVENT_SOURCE);
  if (source === 0) throw windowsError('RegisterEventSourceW', dlls.kernel32.GetLastError());
  const written =
    log.ReportEventW(source, EVENTLOG_INFORMATION_TYPE, 0, SELFTEST_EVENT, null, 1, 0, [text], null) !== 0;
  log.DeregisterEventSource(source);
  let readBack = false;
  // The service of the log writes a moment later.
  for (let time = 0; written && !readBack && time < RETRIES; time += 1) {
    readBack = isInLog(dlls, text);
    if (!readBack) await sleep(RETRY_MS);
  }
  return { written, readBack };
}

/** Whether the text is among the newest entries. */
function isInLog(dlls: ProbeTools['dlls'], text: string): boolean {
  const log = dlls.eventLog();
  const handle = log.OpenEventLogW(null, EVENT_SOURCE);
  if (handle === 0) return false;
  try {
    const buffer = new Uint8Array(BUFFER);
    const read: [number] = [0];
    if (log.ReadEventLogW(handle, NEWEST_FIRST, 0, buffer, buffer.length, read, [0]) === 0) {
      const win32 = dlls.kernel32.GetLastError();
      if (win32 === WIN32.HANDLE_EOF) return false;
      throw windowsError('ReadEventLogW', win32);
    }
    return parseEventRecords(buffer.subarray(0, read[0])).some(({ strings }) => strings[0] === text);
  } finally {
    log.CloseEventLog(handle);
  }
}
