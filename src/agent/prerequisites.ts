/**
 * What a device must be for elevation to work, as data: each prerequisite is judged by facts that an adapter read, and
 * a fact that is not known is never taken for a good one.
 */

/** Facts of the machine. `null`: not known here. */
export interface MachineState {
  /** Of the registry's `CurrentBuildNumber` and `UBR`. */
  readonly build: { readonly number: number; readonly revision: number } | null;
  readonly installationType: 'client' | 'server' | null;
  /** Processor Windows runs on. */
  readonly architecture: 'x64' | 'arm64' | 'x86' | null;
  /** EnableLUA: User Account Control is on. */
  readonly userAccountControl: boolean | null;
  /** TypeOfAdminApprovalMode 2: elevation goes to an account that the system manages. */
  readonly administratorProtection: boolean | null;
  readonly join: 'entra' | 'hybrid' | 'domain' | 'none' | null;
  /** Whether an account with the groups of the isolated account may log on interactively. */
  readonly interactiveLogon: 'allowed' | 'denied' | null;
  /** Hives in which AlwaysInstallElevated is 1, as `HKLM` or a SID; Windows honours it when both sides have it. */
  readonly alwaysInstallElevated: readonly string[] | null;
  /** Several people work on it at the same time (Azure Virtual Desktop multi-session, terminal server). */
  readonly multiSession: boolean | null;
  /** The event log is registered in which the agent notes the head of its journal. */
  readonly eventLog: boolean | null;
}

export type PrerequisiteState = Judgement['state'];

export type Prerequisite = {
  /** What programs read, with the state. */
  readonly id: string;
  readonly title: string;
} & Judgement;

export type FailedPrerequisite = Extract<Prerequisite, { readonly state: 'failed' }>;

/** `found`: what was found, for a person. `hint`: what to do. */
type Judgement =
  | { readonly state: 'passed'; readonly found: string; readonly hint?: undefined }
  | { readonly state: 'warning'; readonly found: string; readonly hint: string }
  | { readonly state: 'failed'; readonly found: string; readonly hint: string }
  | { readonly state: 'unknown'; readonly found: string; readonly hint: string };

/** Lowest revision of each Windows build with the fixes Intune asks for, and what the build is called. */
export const SUPPORTED_BUILDS: readonly {
  readonly number: number;
  readonly revision: number;
  readonly name: string;
}[] = [
  { number: 19044, revision: 3393, name: 'Windows 10 21H2' },
  { number: 19045, revision: 3393, name: 'Windows 10 22H2' },
  { number: 22000, revision: 2713, name: 'Windows 11 21H2' },
  { number: 22621, revision: 2215, name: 'Windows 11 22H2' },
  { number: 22631, revision: 2506, name: 'Windows 11 23H2' },
  { number: 26100, revision: 0, name: 'Windows 11 24H2' },
];
/** Server builds have the same kernel; 17763 is the first with everything the agent calls. */
const FIRST_SERVER_BUILD = 17763;

const SYSTEM_POLICIES = 'HKLM\\SOFTWARE\\Microsoft\\Windows\\CurrentVersion\\Policies\\System';

type Judge = (state: MachineState) => Judgement;

const CHECKS: readonly { readonly id: string; readonly title: string; readonly judge: Judge }[] = [
  { id: 'windowsBuild', title: 'Windows build', judge: judgeBuild },
  {
    id: 'architecture',
    title: '64-bit Windows',
    judge: ({ architecture }) =>
      architecture === null
        ? unknown('Settings > System > About shows the type of the system; it must be 64-bit.')
        : architecture === 'x86'
          ? failed('32-bit Windows', 'Install 64-bit Windows; the agent does not run on 32-bit Windows.')
          : passed(architecture),
  },
  {
    id: 'userAccountControl',
    title: 'User Account Control',
    judge: ({ userAccountControl }) =>
      userAccountControl === null
        ? unknown(`Read EnableLUA below ${SYSTEM_POLICIES}; it must be 1.`)
        : userAccountControl
          ? passed('on')
          : failed('off', 'Set EnableLUA to 1 and restart: without it every program has the rights of its user.'),
  },
  {
    id: 'administratorProtection',
    title: 'Administrator Protection',
    judge: ({ administratorProtection }) =>
      administratorProtection === null
        ? unknown(`Read TypeOfAdminApprovalMode below ${SYSTEM_POLICIES}; EPM works with it on and off.`)
        : // Isolated accounts log on as a service then, which it does not touch.
          passed(administratorProtection ? 'on' : 'off'),
  },
  {
    id: 'interactiveLogon',
    title: 'Interactive logon of the isolated account',
    judge: ({ interactiveLogon }) =>
      interactiveLogon === null
        ? unknown('Check as an administrator, or look for "Allow log on locally" in secpol.msc.')
        : interactiveLogon === 'allowed'
          ? passed('allowed')
          : {
              state: 'warning',
              found: 'denied',
              hint: 'Elevated programs log on as a service. Grant "Allow log on locally" to Users or Administrators if one of them needs an interactive logon.',
            },
  },
  {
    id: 'join',
    title: 'Join state',
    judge: ({ join }) =>
      join === null
        ? unknown('Run "dsregcmd /status"; the device should be joined to Entra ID.')
        : join === 'none'
          ? {
              state: 'warning',
              found: 'not joined',
              hint: 'Intune delivers policy to Entra joined devices; import policies from files on this one.',
            }
          : passed(join === 'entra' ? 'Entra joined' : join === 'hybrid' ? 'Entra hybrid joined' : 'domain joined'),
  },
  {
    id: 'alwaysInstallElevated',
    title: 'AlwaysInstallElevated',
    judge: judgeAlwaysInstallElevated,
  },
  {
    id: 'multiSession',
    title: 'One person at a time',
    judge: ({ multiSession }) =>
      multiSession === null
        ? unknown('Run winver; an edition for multi-session or a terminal server serves several people at once.')
        : multiSession
          ? {
              state: 'warning',
              found: 'several people can sign in at once',
              hint: 'Elevated programs of one person share the machine with the others; Intune supports single session only.',
            }
          : passed('single session'),
  },
  {
    id: 'eventLog',
    title: 'Event log of EPM',
    judge: ({ eventLog }) =>
      eventLog === null
        ? unknown('Look for the log "EPM" in the Event Viewer, below "Applications and Services Logs".')
        : eventLog
          ? passed('registered')
          : {
              state: 'warning',
              found: 'not registered',
              hint: 'Run "epm agent install": without the log nothing tells when the journal and the state of the agent are replaced together.',
            },
  },
];

/** Judges every prerequisite, in a fixed order. */
export function checkPrerequisites(state: MachineState): readonly Prerequisite[] {
  return CHECKS.map(({ id, title, judge }) => ({ id, title, ...judge(state) }));
}

function judgeBuild({ build, installationType }: MachineState): Judgement {
  if (build === null || installationType === null) {
    return unknown('Run winver and compare the build with the prerequisites of Endpoint Privilege Management.');
  }
  const found = `${build.number}.${build.revision}`;
  if (installationType === 'server') {
    return build.number >= FIRST_SERVER_BUILD
      ? {
          state: 'warning',
          found: `${found} (Server)`,
          hint: 'Windows Server is not a system Intune supports for this.',
        }
      : failed(`${found} (Server)`, 'Use Windows Server 2019 or later.');
  }
  const newest = SUPPORTED_BUILDS.at(-1);
  if (newest !== undefined && build.number > newest.number) {
    return passed(`${found} (newer than ${newest.name})`);
  }
  const known = SUPPORTED_BUILDS.find(({ number }) => number === build.number);
  if (known === undefined) return failed(found, 'Update to a Windows release that is still serviced.');
  return build.revision >= known.revision
    ? passed(`${found} (${known.name})`)
    : failed(`${found} (${known.name})`, `Install updates up to build ${known.number}.${known.revision} or later.`);
}

function judgeAlwaysInstallElevated({ alwaysInstallElevated }: MachineState): Judgement {
  if (alwaysInstallElevated === null) {
    return unknown('Check as an administrator: the hive of every user who is signed in must be readable.');
  }
  const machine = alwaysInstallElevated.includes('HKLM');
  const users = alwaysInstallElevated.filter((hive) => hive !== 'HKLM');
  if (machine && users.length > 0) {
    return failed(
      `on for ${users.join(', ')}`,
      'Remove the policy "Always install with elevated privileges": it lets these users install any package as the system.',
    );
  }
  if (!machine && users.length === 0) return passed('off');
  return {
    state: 'warning',
    found: machine ? 'on for the machine, for no user' : `on for ${users.join(', ')}, not for the machine`,
    hint: 'Remove the policy "Always install with elevated privileges" on both sides.',
  };
}

function passed(found: string): Judgement {
  return { state: 'passed', found };
}

function failed(found: string, hint: string): Judgement {
  return { state: 'failed', found, hint };
}

/** @param hint how a person learns it where Windows did not tell */
function unknown(hint: string): Judgement {
  return { state: 'unknown', found: 'Windows did not tell', hint };
}
