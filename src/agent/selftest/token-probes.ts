/** Facts about virtual accounts: names, logons and tokens of accounts that exist nowhere else. */
import { NOTHING, oneOf, type Probe } from './probe.ts';

const HIGH = 0x3000;
const NAME_MAPPING = 'Names an account with random parts, and removes the name.';

export const TOKEN_PROBES = [
  {
    id: 'unnamedAuthorities',
    title: 'S-1-5-107 to S-1-5-110 belong to nobody else',
    relies: 'The isolated accounts collide with none of Windows or of another product.',
    source: 'winnt.h, SECURITY_MIN_BASE_RID to SECURITY_MAX_BASE_RID; no owner of 100 to 110 is known',
    needs: 'administrator',
    restores: 'Changes nothing.',
    expected: { known: true, foreign: NOTHING },
  },
  {
    id: 'nameMapping',
    title: 'Windows names accounts below S-1-5-107 to S-1-5-110, and forgets them',
    relies: 'The isolated account has a name in the audit and in the tools of Windows.',
    source: 'LsaManageSidNameMapping, Microsoft Learn',
    needs: 'system',
    restores: NAME_MAPPING,
    expected: { refused: NOTHING, found: 4, forgotten: 4 },
  },
  {
    id: 'virtualLogon',
    title: 'A virtual account logs on and has a full token',
    relies: 'Programs run elevated under an isolated account, in a logon session of its own.',
    source: 'LogonUserExExW, LOGON32_PROVIDER_VIRTUAL, TokenLinkedToken; public implementations of IIS and OpenSSH',
    needs: 'system',
    restores: NAME_MAPPING,
    expected: {
      logon: 0,
      linked: oneOf('primary', 'none'),
      user: 'same',
      integrity: HIGH,
      elevated: true,
      administrators: 'enabled',
      verified: 'accepted',
    },
  },
  {
    id: 'serviceLogon',
    title: 'A right lets a virtual account log on as a service, and is taken back',
    relies: 'Elevation works where interactive logons are restricted; no right stays behind.',
    source: 'LsaAddAccountRights, SeServiceLogonRight, Microsoft Learn',
    needs: 'system',
    restores: `${NAME_MAPPING} Gives the account a right, and takes it back.`,
    expected: { before: 0, during: 1, logon: 0, after: 0, administrators: 'enabled', integrity: HIGH },
  },
  {
    id: 'profile',
    title: 'A virtual account gets a profile, which is removed again',
    relies: 'An elevated program has settings of its own.',
    source: 'CreateProfile, LoadUserProfileW, DeleteProfileW, Microsoft Learn',
    needs: 'system',
    restores: `${NAME_MAPPING} Makes a profile, and removes it.`,
    expected: { made: 0, loaded: true, unloaded: true, removed: true },
  },
] as const satisfies readonly Probe[];
