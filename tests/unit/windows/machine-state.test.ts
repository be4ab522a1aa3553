import koffi from 'koffi';
import { describe, expect, it } from 'vitest';
import type { MachineState } from '../../../src/agent/prerequisites.ts';
import { declareLsaTypes, type Lsa, LSA_OBJECT_ATTRIBUTES_SIZE } from '../../../src/windows/dll/lsa.ts';
import type { Netapi32 } from '../../../src/windows/dll/netapi32.ts';
import { readMachineState } from '../../../src/windows/machine/machine-state.ts';
import { fakeKey, FakeRegistry, type FakeValue, number, sidBytes, text } from './fake-registry.ts';

const WINDOWS_NT = 'Software\\Microsoft\\Windows NT\\CurrentVersion';
const POLICIES = 'Software\\Microsoft\\Windows\\CurrentVersion\\Policies\\System';
const ENVIRONMENT = 'SYSTEM\\CurrentControlSet\\Control\\Session Manager\\Environment';
const TERMINAL_SERVER = 'SYSTEM\\CurrentControlSet\\Control\\Terminal Server';
const JOIN = 'SYSTEM\\CurrentControlSet\\Control\\CloudDomainJoin\\JoinInfo';
const EVENT_SOURCE = 'SYSTEM\\CurrentControlSet\\Services\\EventLog\\EPM\\EPM Agent';
const INSTALLER = 'Software\\Policies\\Microsoft\\Windows\\Installer';
const USER = 'S-1-5-21-1-2-3-1001';
const STATUS_ACCESS_DENIED = 0xc0000022;
const STATUS_NO_MORE_ENTRIES = 0x8000001a;

/** A Windows whose registry is in memory and whose functions answer what a test wants; counts what is not given back. */
class Windows {
  readonly registry = new FakeRegistry();
  wine = 0;
  /** NETSETUP_JOIN_STATUS, and the error of the function. */
  join = { status: 2, error: 0, name: true };
  openPolicy = 0;
  /** Of each right its holders, or an NTSTATUS. */
  rights: Record<string, readonly string[] | number> = {
    SeInteractiveLogonRight: ['S-1-5-32-544', 'S-1-5-32-545'],
    SeDenyInteractiveLogonRight: STATUS_NO_MORE_ENTRIES,
  };
  sids: readonly Uint8Array[] | undefined;
  count: number | undefined;
  held = 0;
  #listed: readonly string[] = [];

  constructor() {
    this.put(WINDOWS_NT, {
      CurrentBuildNumber: text('22631'),
      UBR: number(4317),
      InstallationType: text('Client'),
      EditionID: text('Enterprise'),
    });
    this.put(ENVIRONMENT, { PROCESSOR_ARCHITECTURE: text('AMD64') });
  }

  put(path: string, values: Record<string, FakeValue>): void {
    this.registry.put(this.registry.machine, path, fakeKey(values));
  }

  read(): MachineState {
    const state = readMachineState({
      advapi32: this.registry.advapi32,
      native: { epm_is_wine: () => this.wine },
      health: () => ({ lsa: this.#lsa, netapi32: this.#netapi32 }),
    });
    expect(this.held, 'handles and buffers that were not given back').toBe(0);
    expect(this.registry.open.size, 'keys that were not closed').toBe(0);
    return state;
  }

  readonly #netapi32: Netapi32 = {
    NetGetJoinInformation: (_server, name, status) => {
      if (this.join.name) {
        name[0] = 1n;
        this.held += 1;
      }
      status[0] = this.join.status;
      return this.join.error;
    },
    NetLocalGroupGetMembers: () => 1,
    sids: () => [],
    NetApiBufferFree: () => {
      this.held -= 1;
      return 0;
    },
  };

  readonly #lsa: Lsa = {
    LsaOpenPolicy: (_system, attributes, _access, policy) => {
      expect(attributes).toHaveLength(LSA_OBJECT_ATTRIBUTES_SIZE);
      if (this.openPolicy !== 0) return this.openPolicy;
      policy[0] = 7;
      this.held += 1;
      return 0;
    },
    LsaEnumerateAccountsWithUserRight: (_policy, right, buffer, count) => {
      expect(right).toMatchObject({ Length: right.Buffer.length * 2, MaximumLength: right.Buffer.length * 2 + 2 });
      const answer = this.rights[right.Buffer] ?? STATUS_ACCESS_DENIED;
      if (typeof answer === 'number') return answer;
      this.#listed = answer;
      buffer[0] = 2n;
      count[0] = this.count ?? answer.length;
      this.held += 1;
      return 0;
    },
    LsaFreeMemory: () => {
      this.held -= 1;
      return 0;
    },
    LsaClose: () => {
      this.held -= 1;
      return 0;
    },
    sids: () => this.sids ?? this.#listed.map(sidBytes),
  };
}

describe('the state of the machine', () => {
  it('is read whole', () => {
    expect(new Windows().read()).toEqual({
      build: { number: 22631, revision: 4317 },
      installationType: 'client',
      architecture: 'x64',
      userAccountControl: true,
      administratorProtection: false,
      join: 'none',
      interactiveLogon: 'allowed',
      alwaysInstallElevated: [],
      multiSession: false,
      eventLog: false,
    });
  });

  it('is not known where Windows does not tell, and each fact by itself', () => {
    const windows = new Windows();
    windows.registry.roots.set(0x80000002 | 0, fakeKey());
    windows.openPolicy = STATUS_ACCESS_DENIED;
    expect(windows.read()).toEqual({
      build: null,
      installationType: null,
      architecture: null,
      userAccountControl: true,
      administratorProtection: false,
      join: 'none',
      interactiveLogon: null,
      alwaysInstallElevated: [],
      multiSession: null,
      eventLog: false,
    });
  });

  it('is not known where keys cannot be opened', () => {
    const windows = new Windows();
    for (const path of [WINDOWS_NT, ENVIRONMENT, POLICIES, TERMINAL_SERVER, JOIN, INSTALLER, EVENT_SOURCE]) {
      windows.registry.put(windows.registry.machine, path, { ...fakeKey(), error: 5 });
    }
    const { interactiveLogon, ...rest } = windows.read();
    expect(interactiveLogon).toBe('allowed');
    expect(Object.values(rest)).toEqual(Object.values(rest).map(() => null));
  });

  it.each<[string, Record<string, FakeValue>, Partial<MachineState>]>([
    ['no revision', { CurrentBuildNumber: text('22631') }, { build: null }],
    ['a build that is no number', { CurrentBuildNumber: text('22631x'), UBR: number(1) }, { build: null }],
    ['a build of another type', { CurrentBuildNumber: number(22631), UBR: number(1) }, { build: null }],
    ['a revision of another type', { CurrentBuildNumber: text('22631'), UBR: text('1') }, { build: null }],
    ['a server', { InstallationType: text('Server Core') }, { installationType: 'server' }],
    ['an unknown installation', { InstallationType: text('Nano Server') }, { installationType: null }],
    ['an edition for several sessions', { EditionID: text('ServerRdsh') }, { multiSession: true }],
  ])('with %s', (_what, values, expected) => {
    const windows = new Windows();
    windows.put(WINDOWS_NT, values);
    expect(windows.read()).toMatchObject(expected);
  });

  it.each<[string, Record<string, FakeValue>, Partial<MachineState>]>([
    ['EnableLUA 0', { EnableLUA: number(0) }, { userAccountControl: false }],
    ['EnableLUA 1', { EnableLUA: number(1) }, { userAccountControl: true }],
    ['EnableLUA as text', { EnableLUA: text('0') }, { userAccountControl: null }],
    ['Admin Approval Mode', { TypeOfAdminApprovalMode: number(1) }, { administratorProtection: false }],
    ['Administrator Protection', { TypeOfAdminApprovalMode: number(2) }, { administratorProtection: true }],
  ])('with %s', (_what, values, expected) => {
    const windows = new Windows();
    windows.put(POLICIES, values);
    expect(windows.read()).toMatchObject(expected);
  });

  it.each<[string, MachineState['architecture']]>([
    ['AMD64', 'x64'],
    ['ARM64', 'arm64'],
    ['x86', 'x86'],
    ['IA64', null],
  ])('with the architecture %s', (name, architecture) => {
    const windows = new Windows();
    windows.put(ENVIRONMENT, { PROCESSOR_ARCHITECTURE: text(name) });
    expect(windows.read()).toMatchObject({ architecture });
  });

  it.each<[string, Record<string, FakeValue>, boolean | null]>([
    ['the role of a terminal server', { TSAppCompat: number(1), TSEnabled: number(1) }, true],
    ['remote administration alone', { TSAppCompat: number(0), TSEnabled: number(1) }, false],
    ['the role while it is switched off', { TSAppCompat: number(1), TSEnabled: number(0) }, false],
    ['a role of another type', { TSAppCompat: text('1') }, null],
  ])('with %s', (_what, values, multiSession) => {
    const windows = new Windows();
    windows.put(TERMINAL_SERVER, values);
    expect(windows.read().multiSession).toBe(multiSession);
  });

  it.each<[string, Windows['join'], boolean, MachineState['join']]>([
    ['a workgroup', { status: 2, error: 0, name: true }, false, 'none'],
    ['nothing', { status: 1, error: 0, name: false }, false, 'none'],
    ['a domain', { status: 3, error: 0, name: true }, false, 'domain'],
    ['Entra', { status: 2, error: 0, name: true }, true, 'entra'],
    ['both', { status: 3, error: 0, name: true }, true, 'hybrid'],
    ['what Windows does not know', { status: 0, error: 0, name: true }, true, null],
    ['a status of later', { status: 9, error: 0, name: true }, false, null],
    ['an error', { status: 3, error: 2102, name: false }, false, null],
    ['an error with a buffer', { status: 3, error: 8, name: true }, true, null],
  ])('joined to %s', (_what, join, entra, expected) => {
    const windows = new Windows();
    windows.join = join;
    windows.registry.put(windows.registry.machine, JOIN, fakeKey({}, entra ? { A1B2: fakeKey() } : {}));
    expect(windows.read().join).toBe(expected);
  });

  it.each<[string, Partial<Windows>, MachineState['interactiveLogon']]>([
    [
      'nobody',
      { rights: { SeInteractiveLogonRight: STATUS_NO_MORE_ENTRIES, SeDenyInteractiveLogonRight: [] } },
      'denied',
    ],
    ['others only', { rights: { SeInteractiveLogonRight: [USER], SeDenyInteractiveLogonRight: [] } }, 'denied'],
    [
      'Users, and nobody denied but a stranger',
      { rights: { SeInteractiveLogonRight: ['S-1-5-32-545'], SeDenyInteractiveLogonRight: [USER] } },
      'allowed',
    ],
    [
      'Users, and Everyone denied',
      { rights: { SeInteractiveLogonRight: ['S-1-5-32-545'], SeDenyInteractiveLogonRight: ['S-1-1-0'] } },
      'denied',
    ],
    ['whom Windows does not tell', { rights: { SeDenyInteractiveLogonRight: [] } }, null],
    ['Users, and it is not told who is denied', { rights: { SeInteractiveLogonRight: ['S-1-5-32-545'] } }, null],
    ['no list at all', { openPolicy: STATUS_ACCESS_DENIED }, null],
    ['more than there can be', { count: 10_001 }, null],
    ['a damaged SID', { sids: [Uint8Array.of(1, 200, 0, 0, 0, 0, 0, 5)] }, null],
    ['an empty SID', { sids: [new Uint8Array(0)] }, null],
    ['Wine, which keeps no rights', { wine: 1, rights: {} }, null],
  ])('gives the right to log on to %s', (_what, more, expected) => {
    const windows = Object.assign(new Windows(), more);
    expect(windows.read().interactiveLogon).toBe(expected);
  });

  it('names the machine and each user who installs packages as the system, services left out', () => {
    const windows = new Windows();
    const on = (): ReturnType<typeof fakeKey> => fakeKey({ AlwaysInstallElevated: number(1) });
    windows.registry.put(windows.registry.machine, INSTALLER, on());
    for (const hive of [USER, `${USER}_Classes`, 'S-1-5-18', '.DEFAULT'])
      windows.registry.put(windows.registry.users, `${hive}\\${INSTALLER}`, on());
    windows.registry.put(windows.registry.users, `S-1-12-1-1-2-3-4\\${INSTALLER}`, fakeKey({ Other: number(1) }));
    expect(windows.read().alwaysInstallElevated).toEqual(['HKLM', USER]);
  });

  it.each([
    ['cannot be read', { ...fakeKey(), error: 5 }],
    ['has text in place of the number', fakeKey({ AlwaysInstallElevated: text('1') })],
  ])('does not know who installs packages as the system when a hive %s', (_why, key) => {
    const windows = new Windows();
    windows.registry.put(windows.registry.users, `${USER}\\${INSTALLER}`, key);
    expect(windows.read().alwaysInstallElevated).toBeNull();
  });

  it('does not take a mistake of its own for a fact that is not known', () => {
    const windows = new Windows();
    windows.registry.advapi32.RegOpenKeyExW = () => {
      throw new TypeError('a mistake');
    };
    expect(() => windows.read()).toThrow(TypeError);
  });
});

describe('the structures of ntsecapi.h', () => {
  it('lie as on 64-bit Windows', () => {
    declareLsaTypes(koffi);
    expect(koffi.sizeof('LSA_UNICODE_STRING')).toBe(16);
    expect(koffi.offsetof('LSA_UNICODE_STRING', 'Buffer')).toBe(8);
  });
});
