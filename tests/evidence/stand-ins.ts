/**
 * What stands in for Windows in the test bed. A claim that rests on one of them is only simulated there, whatever its
 * tests say; the probe asks a real Windows for what the stand-in takes for granted.
 */
import type { ProbeId } from '../../src/agent/selftest/probes.ts';

export interface StandIn {
  /** What the test bed has. */
  readonly what: string;
  /** What Windows has in its place. */
  readonly for: string;
  /** Empty: no probe can ask for it without a person. */
  readonly probes: readonly ProbeId[];
  /** Titles of points of the security model that rest on it. */
  readonly points?: readonly string[];
  readonly cases?: readonly string[];
}

export const STAND_INS: readonly StandIn[] = [
  {
    what: '`epmstart.exe`, which looks at the options of a name before it starts a program',
    for: '"Image File Execution Options", which Wine does not look at',
    probes: [],
  },
  {
    what: '`epmshelluser.exe`, which calls the command of the first context menu',
    for: 'Explorer, and packages, which Wine does not have',
    probes: [],
  },
  {
    what: 'tokens that `NtCreateToken` makes',
    for: 'logons of virtual accounts by LSASS',
    probes: ['unnamedAuthorities', 'nameMapping', 'virtualLogon', 'serviceLogon', 'accountControl'],
    points: ['A fresh identity'],
    cases: ['AC-54', 'AC-57', 'AC-61'],
  },
  {
    what: 'any program of a user, which shows where they are signed in',
    for: 'sessions of Remote Desktop Services, with who is signed in and whether they are locked',
    probes: [],
  },
  {
    what: 'no profile: the environment of the one account of Wine',
    for: 'profiles of virtual accounts',
    probes: ['profile'],
    points: ['A clean environment'],
  },
  {
    what: 'an event log in memory, in unit tests',
    for: 'the event log',
    probes: ['eventLog'],
    points: ['The journal is evidence, not a vault'],
  },
  {
    what: 'links and folders that unit tests describe, because Wine makes no junction',
    for: 'reparse points of NTFS',
    probes: ['junction', 'oplock'],
    points: ['Links'],
    cases: ['AC-16', 'AC-17'],
  },
  {
    what: 'disks that unit tests describe',
    for: 'what drivers answer about bus and medium',
    probes: ['systemDisk', 'placeholders'],
    points: ['Places'],
  },
  {
    what: 'records of MDM and of Group Policy that tests write',
    for: 'what Windows keeps of delivered policies',
    probes: ['policyRecords'],
    points: ["Policies in users' hives"],
  },
  {
    what: 'rights of a caller by the mode of a file, which is all that Wine keeps of a DACL',
    for: 'permissions and integrity levels',
    probes: ['permissions', 'ownerRights', 'integrity'],
    points: [
      "The requester's own rights",
      "The agent's own files",
      'The folder of copies and administrators',
      'Closed objects',
    ],
    cases: ['AC-55', 'AC-72'],
  },
  {
    what: 'a WinVerifyTrust that knows no catalogs and takes any root, beside an own verifier and the chain engine',
    for: 'the three verdicts on a signature',
    probes: ['windowsSignature'],
    points: ['Trust in signatures', 'Network and time of a signature check'],
  },
  {
    what: 'a logon and a credential dialog that the test bed plays',
    for: 'LsaLogonUser and the credential dialog of Windows',
    probes: [],
    points: ['Authentication', 'Elevate as current user'],
    cases: ['AC-83'],
  },
  {
    what: 'an msiexec that installs in its own process',
    for: 'the service of Windows Installer',
    probes: ['lockedPackage'],
    points: ['What Windows Installer does itself'],
  },
  {
    what: 'pipes that Wine lets anybody open and serve',
    for: 'permissions of pipes, their protected names and their first instance',
    probes: ['firstPipeInstance', 'protectedPrefix'],
    points: ['A guarded pipe'],
  },
  {
    what: 'PowerShell 7',
    for: 'Windows PowerShell 5.1',
    probes: ['lockedScript'],
    points: ['Files beside a script'],
  },
  {
    what: 'limits of jobs and processes that Wine takes and does not keep',
    for: 'job limits and the policy for children',
    probes: ['childPolicy', 'jobLimit'],
    points: ['Children'],
    cases: ['AC-69'],
  },
];
