/** Declarations of what only the self-test calls. What a Windows may lack is undefined where it is absent. */
import type { Handle, Pointer, SecurityAttributes } from './kernel32.ts';
import type { Koffi } from './koffi.ts';
import { type Address, copyBytes, NativeMemory } from './native-memory.ts';

type Out = [number];

/** LSA_UNICODE_STRING, UNICODE_STRING: lengths in bytes. */
export interface CountedText {
  readonly Length: number;
  readonly MaximumLength: number;
  readonly Buffer: string;
}

/** LSA_SID_NAME_MAPPING_OPERATION_ADD_INPUT, "LsaManageSidNameMapping", Microsoft Learn. */
interface MappingInput {
  readonly DomainName: CountedText;
  readonly AccountName: CountedText;
  readonly Sid: Pointer;
  readonly Flags: number;
}

/** Functions return BOOL unless they are said to return something else; handles are numbers. */
export interface ProbeCalls {
  /** Memory that stays where it is; the caller releases it. */
  memory(): NativeMemory;
  bytes(address: Address, length: number): Uint8Array;
  write(address: Address, bytes: Uint8Array): void;

  // kernel32.dll
  GetCurrentProcess(): Handle;
  CreateNamedPipeW(
    name: string,
    openMode: number,
    pipeMode: number,
    instances: number,
    out: number,
    in_: number,
    timeout: number,
    security: SecurityAttributes | null,
  ): Handle;
  CreateJobObjectW(security: null, name: null): Handle;
  SetInformationJobObject(job: Handle, kind: number, information: Uint8Array, length: number): number;
  AssignProcessToJobObject(job: Handle, process: Handle): number;
  CreateProcessW(
    program: string,
    commandLine: Address,
    processSecurity: null,
    threadSecurity: null,
    inherit: number,
    flags: number,
    environment: null,
    folder: null,
    startup: Address,
    information: Uint8Array,
  ): number;
  InitializeProcThreadAttributeList(list: Address | null, count: number, flags: number, size: [bigint]): number;
  UpdateProcThreadAttribute(
    list: Address,
    flags: number,
    attribute: number,
    value: Address,
    size: number,
    previous: null,
    returned: null,
  ): number;
  DeleteProcThreadAttributeList(list: Address): void;
  ResumeThread(thread: Handle): number;
  /** Returns 0 when the object is signalled, WAIT_TIMEOUT (258) otherwise. */
  WaitForSingleObject(object: Handle, milliseconds: number): number;
  GetExitCodeProcess(process: Handle, code: Out): number;
  TerminateProcess(process: Handle, code: number): number;
  CreateFileMappingW(file: Handle, security: null, protection: number, high: number, low: number, name: null): Handle;
  /** Returns the address, null on failure. */
  MapViewOfFile(mapping: Handle, access: number, high: number, low: number, length: number): Address | null;
  UnmapViewOfFile(view: Address): number;
  /** A request that stays pending: the structure must live until its end. */
  startControl(
    handle: Handle,
    code: number,
    input: Address,
    inputLength: number,
    output: Address,
    outputLength: number,
    returned: null,
    overlapped: Address,
  ): number;
  GetProcessMitigationPolicy(process: Handle, policy: number, flags: Uint8Array, length: number): number;
  DefineDosDeviceW(flags: number, name: string, target: string | null): number;

  // advapi32.dll
  OpenProcessToken(process: Handle, access: number, token: Out): number;
  DuplicateTokenEx(token: Handle, access: number, security: null, level: number, type: number, made: Out): number;
  CreateRestrictedToken(
    token: Handle,
    flags: number,
    disabledCount: number,
    disabled: Address,
    removedCount: number,
    removed: null,
    restrictedCount: number,
    restricted: null,
    made: Out,
  ): number;
  SetTokenInformation(token: Handle, kind: number, information: Address, length: number): number;
  GetTokenInformation(token: Handle, kind: number, information: Address, length: number, needed: Out): number;
  ImpersonateLoggedOnUser(token: Handle): number;
  RevertToSelf(): number;
  LookupPrivilegeNameW(system: null, luid: Uint8Array, name: Uint8Array, length: Out): number;
  LookupPrivilegeValueW(system: null, name: string, luid: Uint8Array): number;
  AdjustTokenPrivileges(
    token: Handle,
    disableAll: number,
    state: Uint8Array,
    length: number,
    previous: null,
    needed: null,
  ): number;
  /** LSA functions return an NTSTATUS. */
  LsaAddAccountRights(policy: Handle, sid: Pointer, rights: CountedText, count: number): number;
  LsaRemoveAccountRights(policy: Handle, sid: Pointer, all: number, rights: CountedText, count: number): number;
  LsaEnumerateAccountRights(policy: Handle, sid: Pointer, rights: [Address | null], count: Out): number;
  readonly LsaManageSidNameMapping:
    ((operation: number, input: MappingInput, output: [Address | null]) => number) | undefined;
  readonly LogonUserExExW:
    | ((
        user: string,
        domain: string,
        password: null,
        type: number,
        provider: number,
        groups: Address,
        token: Out,
        logonSid: null,
        profile: null,
        profileLength: null,
        quota: null,
      ) => number)
    | undefined;

  // ntdll.dll: these take and return PHCM_… values as a signed byte
  readonly RtlSetProcessPlaceholderCompatibilityMode: ((mode: number) => number) | undefined;
  readonly RtlQueryProcessPlaceholderCompatibilityMode: (() => number) | undefined;

  // userenv.dll; CreateProfile returns an HRESULT
  readonly CreateProfile: ((sid: string, name: string, folder: Uint8Array, characters: number) => number) | undefined;
  readonly DeleteProfileW: ((sid: string, folder: null, computer: null) => number) | undefined;
  readonly LoadUserProfileW: (token: Handle, information: Address) => number;
  readonly UnloadUserProfile: (token: Handle, profile: bigint) => number;

  // msi.dll: return a Windows error
  MsiOpenDatabaseW(path: string, persist: number, database: Out): number;
  MsiDatabaseCommit(database: number): number;
  MsiCloseHandle(handle: number): number;
}

/** @param system System32, without a backslash at the end */
export function declareProbeCalls(koffi: Koffi, system: string): ProbeCalls {
  koffi.struct('EPM_COUNTED_TEXT', { Length: 'uint16_t', MaximumLength: 'uint16_t', Buffer: 'str16' });
  koffi.struct('EPM_MAPPING_INPUT', {
    DomainName: 'EPM_COUNTED_TEXT',
    AccountName: 'EPM_COUNTED_TEXT',
    Sid: 'void *',
    Flags: 'uint32_t',
  });
  const kernel32 = koffi.load(`${system}\\kernel32.dll`);
  const advapi32 = koffi.load(`${system}\\advapi32.dll`);
  const ntdll = koffi.load(`${system}\\ntdll.dll`);
  const userenv = koffi.load(`${system}\\userenv.dll`);
  const msi = koffi.load(`${system}\\msi.dll`);
  const from =
    (library: ReturnType<Koffi['load']>) =>
    (prototype: string): never =>
      library.func(prototype) as never;
  const [k, a, u, m] = [from(kernel32), from(advapi32), from(userenv), from(msi)];
  return {
    memory: () => new NativeMemory(koffi),
    bytes: (address, length) => copyBytes(koffi, address, length),
    write: (address, bytes) => new Uint8Array(koffi.view(address, bytes.length)).set(bytes),

    GetCurrentProcess: k('intptr_t __stdcall GetCurrentProcess()'),
    CreateNamedPipeW: k(
      'intptr_t __stdcall CreateNamedPipeW(str16 name, uint32_t openMode, uint32_t pipeMode, uint32_t instances, uint32_t out, uint32_t in_, uint32_t timeout, SECURITY_ATTRIBUTES *security)',
    ),
    CreateJobObjectW: k('intptr_t __stdcall CreateJobObjectW(void *security, str16 name)'),
    SetInformationJobObject: k(
      'int __stdcall SetInformationJobObject(intptr_t job, int kind, const uint8_t *information, uint32_t length)',
    ),
    AssignProcessToJobObject: k('int __stdcall AssignProcessToJobObject(intptr_t job, intptr_t process)'),
    CreateProcessW: k(
      'int __stdcall CreateProcessW(str16 program, void *commandLine, void *processSecurity, void *threadSecurity, int inherit, uint32_t flags, void *environment, str16 folder, void *startup, _Out_ uint8_t *information)',
    ),
    InitializeProcThreadAttributeList: k(
      'int __stdcall InitializeProcThreadAttributeList(void *list, uint32_t count, uint32_t flags, _Inout_ uint64_t *size)',
    ),
    UpdateProcThreadAttribute: k(
      'int __stdcall UpdateProcThreadAttribute(void *list, uint32_t flags, uintptr_t attribute, void *value, uintptr_t size, void *previous, void *returned)',
    ),
    DeleteProcThreadAttributeList: k('void __stdcall DeleteProcThreadAttributeList(void *list)'),
    ResumeThread: k('uint32_t __stdcall ResumeThread(intptr_t thread)'),
    WaitForSingleObject: k('uint32_t __stdcall WaitForSingleObject(intptr_t object, uint32_t milliseconds)'),
    GetExitCodeProcess: k('int __stdcall GetExitCodeProcess(intptr_t process, _Out_ uint32_t *code)'),
    TerminateProcess: k('int __stdcall TerminateProcess(intptr_t process, uint32_t code)'),
    CreateFileMappingW: k(
      'intptr_t __stdcall CreateFileMappingW(intptr_t file, void *security, uint32_t protection, uint32_t high, uint32_t low, str16 name)',
    ),
    MapViewOfFile: k(
      'void * __stdcall MapViewOfFile(intptr_t mapping, uint32_t access, uint32_t high, uint32_t low, uintptr_t length)',
    ),
    UnmapViewOfFile: k('int __stdcall UnmapViewOfFile(void *view)'),
    startControl: k(
      'int __stdcall DeviceIoControl(intptr_t handle, uint32_t code, void *input, uint32_t inputLength, void *output, uint32_t outputLength, void *returned, void *overlapped)',
    ),
    GetProcessMitigationPolicy: k(
      'int __stdcall GetProcessMitigationPolicy(intptr_t process, int policy, _Out_ uint8_t *flags, uintptr_t length)',
    ),
    DefineDosDeviceW: k('int __stdcall DefineDosDeviceW(uint32_t flags, str16 name, str16 target)'),

    OpenProcessToken: a('int __stdcall OpenProcessToken(intptr_t process, uint32_t access, _Out_ intptr_t *token)'),
    DuplicateTokenEx: a(
      'int __stdcall DuplicateTokenEx(intptr_t token, uint32_t access, void *security, int level, int type, _Out_ intptr_t *made)',
    ),
    CreateRestrictedToken: a(
      'int __stdcall CreateRestrictedToken(intptr_t token, uint32_t flags, uint32_t disabledCount, void *disabled, uint32_t removedCount, void *removed, uint32_t restrictedCount, void *restricted, _Out_ intptr_t *made)',
    ),
    SetTokenInformation: a(
      'int __stdcall SetTokenInformation(intptr_t token, int kind, void *information, uint32_t length)',
    ),
    GetTokenInformation: a(
      'int __stdcall GetTokenInformation(intptr_t token, int kind, void *information, uint32_t length, _Out_ uint32_t *needed)',
    ),
    ImpersonateLoggedOnUser: a('int __stdcall ImpersonateLoggedOnUser(intptr_t token)'),
    RevertToSelf: a('int __stdcall RevertToSelf()'),
    LookupPrivilegeNameW: a(
      'int __stdcall LookupPrivilegeNameW(str16 system, const uint8_t *luid, _Out_ uint8_t *name, _Inout_ uint32_t *length)',
    ),
    LookupPrivilegeValueW: a('int __stdcall LookupPrivilegeValueW(str16 system, str16 name, _Out_ uint8_t *luid)'),
    AdjustTokenPrivileges: a(
      'int __stdcall AdjustTokenPrivileges(intptr_t token, int disableAll, const uint8_t *state, uint32_t length, void *previous, void *needed)',
    ),
    LsaAddAccountRights: a(
      'uint32_t __stdcall LsaAddAccountRights(intptr_t policy, void *sid, EPM_COUNTED_TEXT *rights, uint32_t count)',
    ),
    LsaRemoveAccountRights: a(
      'uint32_t __stdcall LsaRemoveAccountRights(intptr_t policy, void *sid, uint8_t all, EPM_COUNTED_TEXT *rights, uint32_t count)',
    ),
    LsaEnumerateAccountRights: a(
      'uint32_t __stdcall LsaEnumerateAccountRights(intptr_t policy, void *sid, _Out_ void **rights, _Out_ uint32_t *count)',
    ),
    LsaManageSidNameMapping: optional(
      advapi32,
      'uint32_t __stdcall LsaManageSidNameMapping(int operation, EPM_MAPPING_INPUT *input, _Out_ void **output)',
    ),
    LogonUserExExW: optional(
      advapi32,
      'int __stdcall LogonUserExExW(str16 user, str16 domain, str16 password, uint32_t type, uint32_t provider, void *groups, _Out_ intptr_t *token, void *logonSid, void *profile, void *profileLength, void *quota)',
    ),
    RtlSetProcessPlaceholderCompatibilityMode: optional(
      ntdll,
      'int8_t __stdcall RtlSetProcessPlaceholderCompatibilityMode(int8_t mode)',
    ),
    RtlQueryProcessPlaceholderCompatibilityMode: optional(
      ntdll,
      'int8_t __stdcall RtlQueryProcessPlaceholderCompatibilityMode()',
    ),
    CreateProfile: optional(
      userenv,
      'uint32_t __stdcall CreateProfile(str16 sid, str16 name, _Out_ uint8_t *folder, uint32_t characters)',
    ),
    DeleteProfileW: optional(userenv, 'int __stdcall DeleteProfileW(str16 sid, str16 folder, str16 computer)'),
    LoadUserProfileW: u('int __stdcall LoadUserProfileW(intptr_t token, void *information)'),
    UnloadUserProfile: u('int __stdcall UnloadUserProfile(intptr_t token, uintptr_t profile)'),
    MsiOpenDatabaseW: m('uint32_t __stdcall MsiOpenDatabaseW(str16 path, uintptr_t persist, _Out_ uint32_t *database)'),
    MsiDatabaseCommit: m('uint32_t __stdcall MsiDatabaseCommit(uint32_t database)'),
    MsiCloseHandle: m('uint32_t __stdcall MsiCloseHandle(uint32_t handle)'),
  };
}

/** A function that not every Windows has: koffi throws when a library does not have it. */
function optional(library: ReturnType<Koffi['load']>, prototype: string): never {
  try {
    return library.func(prototype) as never;
  } catch {
    return undefined as never;
  }
}
