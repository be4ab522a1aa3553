/** Declarations of advapi32.dll: registry, security descriptors and the service manager. */
import type { Koffi } from './koffi.ts';
import type { Pointer, SecurityAttributes } from './kernel32.ts';

/** HKEY or SC_HANDLE as a number. */
type AdvapiHandle = number;
type Out = [number];

/** SERVICE_FAILURE_ACTIONSW. */
interface ServiceFailureActions {
  /** Seconds. */
  readonly dwResetPeriod: number;
  readonly lpRebootMsg: null;
  readonly lpCommand: null;
  readonly cActions: number;
  readonly lpsaActions: readonly { readonly Type: number; readonly Delay: number }[];
}

export interface Advapi32 {
  RegOpenKeyExW(key: AdvapiHandle, name: string, options: number, access: number, result: Out): number;
  RegCreateKeyExW(
    key: AdvapiHandle,
    name: string,
    reserved: number,
    className: null,
    options: number,
    access: number,
    security: SecurityAttributes | null,
    result: Out,
    disposition: Out,
  ): number;
  RegCloseKey(key: AdvapiHandle): number;
  RegEnumKeyExW(
    key: AdvapiHandle,
    index: number,
    name: Uint8Array,
    nameLength: Out,
    reserved: null,
    className: null,
    classLength: null,
    time: null,
  ): number;
  RegEnumValueW(
    key: AdvapiHandle,
    index: number,
    name: Uint8Array,
    nameLength: Out,
    reserved: null,
    type: Out | null,
    data: Uint8Array | null,
    dataLength: Out | null,
  ): number;
  RegQueryValueExW(key: AdvapiHandle, name: string, reserved: null, type: Out, data: Uint8Array, length: Out): number;
  RegSetValueExW(
    key: AdvapiHandle,
    name: string,
    reserved: number,
    type: number,
    data: Uint8Array,
    length: number,
  ): number;
  RegDeleteValueW(key: AdvapiHandle, name: string): number;
  RegDeleteTreeW(key: AdvapiHandle, name: string | null): number;
  RegDeleteKeyExW(key: AdvapiHandle, name: string, view: number, reserved: number): number;
  RegGetKeySecurity(key: AdvapiHandle, information: number, descriptor: Uint8Array, length: Out): number;
  OpenThreadToken(thread: number, access: number, openAsSelf: number, token: Out): number;
  GetKernelObjectSecurity(
    handle: number,
    information: number,
    descriptor: Uint8Array,
    length: number,
    needed: Out,
  ): number;
  SetKernelObjectSecurity(handle: number, information: number, descriptor: Pointer): number;
  GetSecurityDescriptorOwner(descriptor: Pointer, owner: [Pointer], isDefault: Out): number;
  /** Returns a Windows error. */
  SetSecurityInfo(
    handle: number,
    type: number,
    information: number,
    owner: Pointer,
    group: null,
    dacl: Pointer,
    sacl: null,
  ): number;
  GetFileSecurityW(name: string, information: number, descriptor: Uint8Array, length: number, needed: Out): number;
  SetFileSecurityW(name: string, information: number, descriptor: Pointer): number;
  ConvertStringSecurityDescriptorToSecurityDescriptorW(
    sddl: string,
    revision: number,
    descriptor: [Pointer],
    length: Out,
  ): number;
  ConvertStringSidToSidW(sid: string, result: [Pointer]): number;
  /** Of the calling process when no token is given. */
  CheckTokenMembership(token: null, sid: Pointer, member: Out): number;
  LookupAccountSidW(
    system: null,
    sid: Pointer,
    name: Uint8Array,
    nameLength: Out,
    domain: Uint8Array,
    domainLength: Out,
    use: Out,
  ): number;
  LookupAccountNameW(
    system: null,
    name: string,
    sid: Uint8Array,
    sidLength: Out,
    domain: Uint8Array,
    domainLength: Out,
    use: Out,
  ): number;
  OpenSCManagerW(machine: null, database: null, access: number): AdvapiHandle;
  OpenServiceW(manager: AdvapiHandle, name: string, access: number): AdvapiHandle;
  CreateServiceW(
    manager: AdvapiHandle,
    name: string,
    displayName: string,
    access: number,
    type: number,
    start: number,
    errorControl: number,
    binaryPath: string,
    group: null,
    tag: null,
    dependencies: null,
    account: null,
    password: null,
  ): AdvapiHandle;
  ChangeServiceConfigW(
    service: AdvapiHandle,
    type: number,
    start: number,
    errorControl: number,
    binaryPath: string,
    group: null,
    tag: null,
    dependencies: null,
    account: string,
    password: null,
    displayName: string,
  ): number;
  /** ChangeServiceConfig2W with SERVICE_CONFIG_DELAYED_AUTO_START_INFO or SERVICE_CONFIG_SERVICE_SID_INFO: one number. */
  setServiceNumber(service: AdvapiHandle, level: number, information: { readonly value: number }): number;
  /** ChangeServiceConfig2W with SERVICE_CONFIG_REQUIRED_PRIVILEGES_INFO: UTF-16 names, each with a NUL, and one more. */
  setServicePrivileges(service: AdvapiHandle, level: number, information: { readonly names: Uint8Array }): number;
  SetServiceObjectSecurity(service: AdvapiHandle, information: number, descriptor: Pointer): number;
  RegSetKeySecurity(key: AdvapiHandle, information: number, descriptor: Pointer): number;
  /** Also for what is below the object and inherits from it; 0, or a Windows error. */
  SetNamedSecurityInfoW(
    name: string,
    type: number,
    information: number,
    owner: null,
    group: null,
    dacl: Pointer,
    sacl: null,
  ): number;
  GetSecurityDescriptorDacl(descriptor: Pointer, present: Out, dacl: [Pointer], defaulted: Out): number;
  /** ChangeServiceConfig2W with SERVICE_CONFIG_DESCRIPTION. */
  setServiceDescription(service: AdvapiHandle, level: number, information: { readonly lpDescription: string }): number;
  /** ChangeServiceConfig2W with SERVICE_CONFIG_FAILURE_ACTIONS. */
  setServiceFailureActions(service: AdvapiHandle, level: number, information: ServiceFailureActions): number;
  /** ChangeServiceConfig2W with SERVICE_CONFIG_FAILURE_ACTIONS_FLAG. */
  setServiceFailureFlag(
    service: AdvapiHandle,
    level: number,
    information: { readonly fFailureActionsOnNonCrashFailures: number },
  ): number;
  StartServiceW(service: AdvapiHandle, count: number, arguments_: null): number;
  ControlService(service: AdvapiHandle, control: number, status: Uint8Array): number;
  QueryServiceStatus(service: AdvapiHandle, status: Uint8Array): number;
  DeleteService(service: AdvapiHandle): number;
  CloseServiceHandle(handle: AdvapiHandle): number;
}

/** @param path absolute path of advapi32.dll in System32 */
export function declareAdvapi32(koffi: Koffi, path: string): Advapi32 {
  koffi.struct('SERVICE_FAILURE_ACTIONS_FLAG', { fFailureActionsOnNonCrashFailures: 'int' });
  koffi.struct('EPM_SERVICE_NUMBER', { value: 'uint32_t' });
  koffi.struct('SERVICE_REQUIRED_PRIVILEGES_INFOW', { names: 'uint8_t *' });
  koffi.struct('SERVICE_DESCRIPTIONW', { lpDescription: 'str16' });
  koffi.struct('SC_ACTION', { Type: 'int', Delay: 'uint32_t' });
  koffi.struct('SERVICE_FAILURE_ACTIONSW', {
    dwResetPeriod: 'uint32_t',
    lpRebootMsg: 'str16',
    lpCommand: 'str16',
    cActions: 'uint32_t',
    lpsaActions: 'SC_ACTION *',
  });
  const library = koffi.load(path);
  const f = (prototype: string): never => library.func(prototype) as never;
  return {
    RegOpenKeyExW: f(
      'int32_t __stdcall RegOpenKeyExW(intptr_t key, str16 name, uint32_t options, uint32_t access, _Out_ intptr_t *result)',
    ),
    RegCreateKeyExW: f(
      'int32_t __stdcall RegCreateKeyExW(intptr_t key, str16 name, uint32_t reserved, void *className, uint32_t options, uint32_t access, SECURITY_ATTRIBUTES *security, _Out_ intptr_t *result, _Out_ uint32_t *disposition)',
    ),
    RegCloseKey: f('int32_t __stdcall RegCloseKey(intptr_t key)'),
    RegEnumKeyExW: f(
      'int32_t __stdcall RegEnumKeyExW(intptr_t key, uint32_t index, _Out_ uint8_t *name, _Inout_ uint32_t *nameLength, void *reserved, void *className, void *classLength, void *time)',
    ),
    RegEnumValueW: f(
      'int32_t __stdcall RegEnumValueW(intptr_t key, uint32_t index, _Out_ uint8_t *name, _Inout_ uint32_t *nameLength, void *reserved, _Out_ uint32_t *type, _Out_ uint8_t *data, _Inout_ uint32_t *dataLength)',
    ),
    RegQueryValueExW: f(
      'int32_t __stdcall RegQueryValueExW(intptr_t key, str16 name, void *reserved, _Out_ uint32_t *type, _Out_ uint8_t *data, _Inout_ uint32_t *length)',
    ),
    RegSetValueExW: f(
      'int32_t __stdcall RegSetValueExW(intptr_t key, str16 name, uint32_t reserved, uint32_t type, const uint8_t *data, uint32_t length)',
    ),
    RegDeleteValueW: f('int32_t __stdcall RegDeleteValueW(intptr_t key, str16 name)'),
    RegDeleteTreeW: f('int32_t __stdcall RegDeleteTreeW(intptr_t key, str16 name)'),
    RegDeleteKeyExW: f('int32_t __stdcall RegDeleteKeyExW(intptr_t key, str16 name, uint32_t view, uint32_t reserved)'),
    RegGetKeySecurity: f(
      'int32_t __stdcall RegGetKeySecurity(intptr_t key, uint32_t information, _Out_ uint8_t *descriptor, _Inout_ uint32_t *length)',
    ),
    OpenThreadToken: f(
      'int __stdcall OpenThreadToken(intptr_t thread, uint32_t access, int openAsSelf, _Out_ intptr_t *token)',
    ),
    GetKernelObjectSecurity: f(
      'int __stdcall GetKernelObjectSecurity(intptr_t handle, uint32_t information, _Out_ uint8_t *descriptor, uint32_t length, _Out_ uint32_t *needed)',
    ),
    SetKernelObjectSecurity: f(
      'int __stdcall SetKernelObjectSecurity(intptr_t handle, uint32_t information, void *descriptor)',
    ),
    GetSecurityDescriptorOwner: f(
      'int __stdcall GetSecurityDescriptorOwner(void *descriptor, _Out_ void **owner, _Out_ int *isDefault)',
    ),
    SetSecurityInfo: f(
      'uint32_t __stdcall SetSecurityInfo(intptr_t handle, int type, uint32_t information, void *owner, void *group, void *dacl, void *sacl)',
    ),
    GetFileSecurityW: f(
      'int __stdcall GetFileSecurityW(str16 name, uint32_t information, _Out_ uint8_t *descriptor, uint32_t length, _Out_ uint32_t *needed)',
    ),
    SetFileSecurityW: f('int __stdcall SetFileSecurityW(str16 name, uint32_t information, void *descriptor)'),
    ConvertStringSecurityDescriptorToSecurityDescriptorW: f(
      'int __stdcall ConvertStringSecurityDescriptorToSecurityDescriptorW(str16 sddl, uint32_t revision, _Out_ void **descriptor, _Out_ uint32_t *length)',
    ),
    ConvertStringSidToSidW: f('int __stdcall ConvertStringSidToSidW(str16 sid, _Out_ void **result)'),
    CheckTokenMembership: f('int __stdcall CheckTokenMembership(void *token, void *sid, _Out_ int *member)'),
    LookupAccountSidW: f(
      'int __stdcall LookupAccountSidW(void *system, void *sid, _Out_ uint8_t *name, _Inout_ uint32_t *nameLength, _Out_ uint8_t *domain, _Inout_ uint32_t *domainLength, _Out_ int *use)',
    ),
    LookupAccountNameW: f(
      'int __stdcall LookupAccountNameW(void *system, str16 name, _Out_ uint8_t *sid, _Inout_ uint32_t *sidLength, _Out_ uint8_t *domain, _Inout_ uint32_t *domainLength, _Out_ int *use)',
    ),
    OpenSCManagerW: f('intptr_t __stdcall OpenSCManagerW(void *machine, void *database, uint32_t access)'),
    OpenServiceW: f('intptr_t __stdcall OpenServiceW(intptr_t manager, str16 name, uint32_t access)'),
    CreateServiceW: f(
      'intptr_t __stdcall CreateServiceW(intptr_t manager, str16 name, str16 displayName, uint32_t access, uint32_t type, uint32_t start, uint32_t errorControl, str16 binaryPath, void *group, void *tag, void *dependencies, void *account, void *password)',
    ),
    ChangeServiceConfigW: f(
      'int __stdcall ChangeServiceConfigW(intptr_t service, uint32_t type, uint32_t start, uint32_t errorControl, str16 binaryPath, void *group, void *tag, void *dependencies, str16 account, void *password, str16 displayName)',
    ),
    setServiceNumber: f(
      'int __stdcall ChangeServiceConfig2W(intptr_t service, uint32_t level, EPM_SERVICE_NUMBER *information)',
    ),
    setServicePrivileges: f(
      'int __stdcall ChangeServiceConfig2W(intptr_t service, uint32_t level, SERVICE_REQUIRED_PRIVILEGES_INFOW *information)',
    ),
    SetServiceObjectSecurity: f(
      'int __stdcall SetServiceObjectSecurity(intptr_t service, uint32_t information, void *descriptor)',
    ),
    RegSetKeySecurity: f('int32_t __stdcall RegSetKeySecurity(intptr_t key, uint32_t information, void *descriptor)'),
    SetNamedSecurityInfoW: f(
      'uint32_t __stdcall SetNamedSecurityInfoW(str16 name, int type, uint32_t information, void *owner, void *group, void *dacl, void *sacl)',
    ),
    GetSecurityDescriptorDacl: f(
      'int __stdcall GetSecurityDescriptorDacl(void *descriptor, _Out_ int *present, _Out_ void **dacl, _Out_ int *defaulted)',
    ),
    setServiceDescription: f(
      'int __stdcall ChangeServiceConfig2W(intptr_t service, uint32_t level, SERVICE_DESCRIPTIONW *information)',
    ),
    setServiceFailureActions: f(
      'int __stdcall ChangeServiceConfig2W(intptr_t service, uint32_t level, SERVICE_FAILURE_ACTIONSW *information)',
    ),
    setServiceFailureFlag: f(
      'int __stdcall ChangeServiceConfig2W(intptr_t service, uint32_t level, SERVICE_FAILURE_ACTIONS_FLAG *information)',
    ),
    StartServiceW: f('int __stdcall StartServiceW(intptr_t service, uint32_t count, void *arguments)'),
    ControlService: f('int __stdcall ControlService(intptr_t service, uint32_t control, _Out_ uint8_t *status)'),
    QueryServiceStatus: f('int __stdcall QueryServiceStatus(intptr_t service, _Out_ uint8_t *status)'),
    DeleteService: f('int __stdcall DeleteService(intptr_t service)'),
    CloseServiceHandle: f('int __stdcall CloseServiceHandle(intptr_t handle)'),
  };
}
