/** What happened at the devices of a made-up company: plausible people, programs and hours, the same for the same seed. */
import { createHash } from 'node:crypto';
import { EMPTY_CHAIN, headOf, link } from '../../src/audit/chain.ts';
import type { AuditElevationType, AuditEntry, AuditRecord } from '../../src/model/audit-record.ts';
import { defined } from '../../src/model/defined.ts';
import { Choices } from '../fuzz/random.ts';

const DAY = 24 * 60 * 60 * 1000;

interface Program {
  readonly path: string;
  readonly name: string;
  readonly company: string;
  readonly publisher?: string;
  readonly type: AuditElevationType;
  /** Of 100 requests so many ask for it. */
  readonly share: number;
}

const PROGRAMS: readonly Program[] = [
  {
    path: 'C:\\Program Files\\7-Zip\\7zFM.exe',
    name: '7zFM',
    company: 'Igor Pavlov',
    type: 'userConfirmedElevation',
    share: 14,
  },
  {
    path: 'C:\\Users\\Public\\Downloads\\npp.8.7.Installer.x64.exe',
    name: 'npp',
    company: 'Notepad++',
    publisher: 'CN=Notepad++',
    type: 'zeroTouchElevation',
    share: 16,
  },
  {
    path: 'C:\\Tools\\Wireshark\\Wireshark-4.4.2-x64.exe',
    name: 'Wireshark',
    company: 'Wireshark',
    publisher: 'CN=Wireshark Foundation',
    type: 'supportApprovedElevation',
    share: 9,
  },
  {
    path: 'C:\\Windows\\System32\\mmc.exe',
    name: 'mmc.exe',
    company: 'Microsoft Corporation',
    publisher: 'CN=Microsoft Windows',
    type: 'userConfirmedElevation',
    share: 18,
  },
  {
    path: 'C:\\Program Files\\Docker\\Docker\\Docker Desktop.exe',
    name: 'Docker Desktop',
    company: 'Docker Inc.',
    publisher: 'CN=Docker Inc',
    type: 'currentUserElevation',
    share: 12,
  },
  {
    path: 'D:\\Setup\\Cisco AnyConnect.msi',
    name: 'AnyConnect',
    company: 'Cisco',
    publisher: 'CN="Cisco Systems, Inc."',
    type: 'zeroTouchElevation',
    share: 11,
  },
  {
    path: 'C:\\Users\\Public\\Downloads\\driver_update.exe',
    name: 'driver_update',
    company: 'DriverFix',
    type: 'denied',
    share: 12,
  },
  { path: 'C:\\Scripts\\Reset-Printer.ps1', name: '', company: '', type: 'userConfirmedElevation', share: 8 },
];

const REASONS = ['printer driver', 'new project', 'update asked for by IT', 'Messgerät anschließen', '=1+1'];

export interface Company {
  readonly seed: number;
  readonly devices: number;
  readonly days: number;
  /** Requests of one device on one day, on average. */
  readonly requestsPerDay: number;
  /** Milliseconds since 1970, UTC: the first day. */
  readonly start: number;
}

/** The journal of one device. @param device from 0 on */
export function* deviceRecords(company: Company, device: number): Generator<AuditRecord> {
  const deviceName = `PC-${String(device + 1).padStart(4, '0')}`;
  let head = EMPTY_CHAIN;
  for (const { time, ...entry } of deviceEntries(company, device)) {
    const eventDateTime = new Date(time).toISOString();
    const { record } = link(head, defined({ ...(entry as AuditEntry), eventDateTime, deviceName }));
    head = headOf(record);
    yield record;
  }
}

function* deviceEntries(company: Company, device: number): Generator<AuditEntry & { readonly time: number }> {
  const choices = new Choices(company.seed * 100_003 + device);
  for (let day = 0; day < company.days; day += 1) {
    const isWeekend = (4 + Math.floor(company.start / DAY) + day) % 7 >= 5;
    const requests = choices.below(Math.ceil(company.requestsPerDay * (isWeekend ? 0.4 : 2)) + 1);
    // Between eight and six, in the order of the day.
    const times = Array.from({ length: requests }, () => (8 + choices.next() * 10) * 3_600_000).sort((a, b) => a - b);
    for (const [index, hour] of times.entries()) {
      yield* request(choices, device, company.start + day * DAY + Math.floor(hour), `${device}-${day}-${index}`);
    }
  }
}

function* request(
  choices: Choices,
  device: number,
  time: number,
  id: string,
): Generator<AuditEntry & { readonly time: number }> {
  let at = choices.below(100);
  const program = PROGRAMS.find(({ share }) => (at -= share) < 0) ?? PROGRAMS[0]!;
  const person = device * 2 + choices.below(2);
  const facts = {
    requestId: id,
    trigger: choices.of(['userInitiated', 'userInitiated', 'launch'] as const),
    userSid: `S-1-5-21-1-2-3-${1000 + person}`,
    upn: `${choices.chance(0.5) ? 'AzureAD' : 'CONTOSO'}\\user${person}`,
    filePath: program.path,
    arguments: [],
    hash: createHash('sha256').update(program.path).digest('hex'),
    elevationType: program.type,
    productName: program.name === '' ? undefined : program.name,
    internalName: program.name === '' ? undefined : program.name,
    companyName: program.company === '' ? undefined : program.company,
    publisher: program.publisher,
    fileVersion: `${1 + choices.below(3)}.0.${choices.below(4)}.0`,
    justification: choices.chance(0.4) ? choices.of(REASONS) : undefined,
    rule: { policyId: 'workstations', scope: 'device', name: program.name, type: 'automatic' },
  };
  const entry = (event: string, more: object, later: number) =>
    ({ ...facts, ...more, event, time: time + later }) as unknown as AuditEntry & { readonly time: number };
  if (program.type === 'denied') {
    yield entry('elevationDenied', { reason: 'denyRule' }, 0);
    return;
  }
  yield entry('elevationStarting', { processType: 'parent', processId: 4000 }, 0);
  const children = choices.chance(0.3) ? 1 + choices.below(3) : 0;
  for (let child = 0; child < children; child += 1) {
    const filePath = choices.of(['C:\\Windows\\System32\\conhost.exe', 'C:\\Windows\\System32\\cmd.exe', program.path]);
    const more = { filePath, processType: 'child', parentProcessName: program.path, processId: 4001 + child };
    if (choices.chance(0.1))
      yield entry('childDenied', { ...more, reason: 'denyRule', elevationType: 'denied' }, 1000 + child);
    else yield entry('childAllowed', more, 1000 + child);
  }
  // Some were running when the machine lost power, and some still run.
  const end = choices.next();
  if (end < 0.9)
    yield entry('elevationEnded', { result: choices.chance(0.9) ? 0 : 1603, processType: 'parent' }, 60_000);
  else if (end < 0.95) yield entry('elevationInterrupted', { processType: 'parent' }, 90_000);
}
