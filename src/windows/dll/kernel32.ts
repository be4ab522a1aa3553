/** Declarations of kernel32.dll. Handles are numbers; INVALID_HANDLE_VALUE is -1. */
import type { Koffi } from './koffi.ts';

export type Handle = number;
export const INVALID_HANDLE: Handle = -1;
type Out = [number];
/** Takes the pointer that a Windows function allocated; opaque to TypeScript. */
export type Pointer = unknown;

export interface Kernel32 {
  GetLastError(): number;
  CloseHandle(handle: Handle): number;
  LocalFree(memory: Pointer): Pointer;
  GetSystemDirectoryW(buffer: Uint8Array, characters: number): number;
  GetComputerNameExW(format: number, buffer: Uint8Array, characters: Out): number;
  CreateFileW(
    name: string,
    access: number,
    share: number,
    security: SecurityAttributes | null,
    disposition: number,
    flags: number,
    template: Handle,
  ): Handle;
  CreateDirectoryW(name: string, security: SecurityAttributes | null): number;
  /** Characters of the long form, or what the buffer must hold; 0 when there is no such path. */
  GetOEMCP(): number;
  /** Takes and gives a SYSTEMTIME; without a zone that of the machine, as it is set now. */
  SystemTimeToTzSpecificLocalTime(zone: null, universal: Uint8Array, local: Uint8Array): number;
  MultiByteToWideChar(
    codePage: number,
    flags: number,
    bytes: Uint8Array,
    length: number,
    characters: Uint8Array,
    capacity: number,
  ): number;
  GetLongPathNameW(path: string, buffer: Uint8Array, characters: number): number;
  GetShortPathNameW(path: string, buffer: Uint8Array, characters: number): number;
  /** A handle with a file position of its own to a file that is open, whatever its name is by now. */
  ReOpenFile(handle: Handle, access: number, share: number, flags: number): Handle;
  /** A pseudo handle that needs no closing. */
  GetCurrentThread(): Handle;
  /** 0 when there is none of the name, or it may not be opened so. */
  OpenMutexW(access: number, inherit: number, name: string): Handle;
  GetFileType(handle: Handle): number;
  GetDriveTypeW(root: string): number;
  GetFileInformationByHandleEx(handle: Handle, informationClass: number, buffer: Uint8Array, length: number): number;
  DeviceIoControl(
    handle: Handle,
    code: number,
    input: Uint8Array | null,
    inputLength: number,
    output: Uint8Array,
    outputLength: number,
    returned: Out,
    overlapped: null,
  ): number;
  GetFinalPathNameByHandleW(handle: Handle, buffer: Uint8Array, characters: number, flags: number): number;
  GetVolumeInformationByHandleW(
    handle: Handle,
    volumeName: null,
    volumeNameLength: number,
    serial: null,
    componentLength: null,
    flags: null,
    fileSystem: Uint8Array,
    fileSystemLength: number,
  ): number;
  /** Reads at an offset on a worker thread, so that a slow disk does not hold up the agent. */
  ReadFile: {
    async(
      handle: Handle,
      buffer: Uint8Array,
      length: number,
      read: Out,
      overlapped: Uint8Array,
      done: (error: unknown, result: number) => void,
    ): void;
  };
  /** The same for writing. */
  WriteFile: {
    async(
      handle: Handle,
      buffer: Uint8Array,
      length: number,
      written: Out,
      overlapped: Uint8Array,
      done: (error: unknown, result: number) => void,
    ): void;
  };
  /** Bytes that the caller may still take of the volume that a folder is on. */
  GetDiskFreeSpaceExW(folder: string, available: [bigint], total: null, free: null): number;
}

export interface SecurityAttributes {
  readonly nLength: number;
  readonly lpSecurityDescriptor: Pointer;
  readonly bInheritHandle: number;
}
/** sizeof(SECURITY_ATTRIBUTES) on x64. */
export const SECURITY_ATTRIBUTES_SIZE = 24;

export function declareKernel32(koffi: Koffi): Kernel32 {
  koffi.struct('SECURITY_ATTRIBUTES', { nLength: 'uint32_t', lpSecurityDescriptor: 'void *', bInheritHandle: 'int' });
  // Already mapped into every process and one of the KnownDLLs, so its bare name cannot be hijacked.
  const library = koffi.load('kernel32.dll');
  const f = (prototype: string): never => library.func(prototype) as never;
  return {
    GetLastError: f('uint32_t __stdcall GetLastError()'),
    CloseHandle: f('int __stdcall CloseHandle(intptr_t handle)'),
    LocalFree: f('void * __stdcall LocalFree(void *memory)'),
    GetSystemDirectoryW: f('uint32_t __stdcall GetSystemDirectoryW(_Out_ uint8_t *buffer, uint32_t characters)'),
    GetComputerNameExW: f(
      'int __stdcall GetComputerNameExW(int format, _Out_ uint8_t *buffer, _Inout_ uint32_t *characters)',
    ),
    GetOEMCP: f('uint32_t __stdcall GetOEMCP()'),
    SystemTimeToTzSpecificLocalTime: f(
      'int __stdcall SystemTimeToTzSpecificLocalTime(void *zone, const uint8_t *universal, _Out_ uint8_t *local)',
    ),
    MultiByteToWideChar: f(
      'int __stdcall MultiByteToWideChar(uint32_t codePage, uint32_t flags, const uint8_t *bytes, int length, _Out_ uint8_t *characters, int capacity)',
    ),
    GetLongPathNameW: f('uint32_t __stdcall GetLongPathNameW(str16 path, _Out_ uint8_t *buffer, uint32_t characters)'),
    GetShortPathNameW: f(
      'uint32_t __stdcall GetShortPathNameW(str16 path, _Out_ uint8_t *buffer, uint32_t characters)',
    ),
    CreateFileW: f(
      'intptr_t __stdcall CreateFileW(str16 name, uint32_t access, uint32_t share, SECURITY_ATTRIBUTES *security, uint32_t disposition, uint32_t flags, intptr_t template)',
    ),
    CreateDirectoryW: f('int __stdcall CreateDirectoryW(str16 name, SECURITY_ATTRIBUTES *security)'),
    ReOpenFile: f('intptr_t __stdcall ReOpenFile(intptr_t handle, uint32_t access, uint32_t share, uint32_t flags)'),
    GetCurrentThread: f('intptr_t __stdcall GetCurrentThread()'),
    OpenMutexW: f('intptr_t __stdcall OpenMutexW(uint32_t access, int inherit, str16 name)'),
    GetFileType: f('uint32_t __stdcall GetFileType(intptr_t handle)'),
    GetDriveTypeW: f('uint32_t __stdcall GetDriveTypeW(str16 root)'),
    GetFileInformationByHandleEx: f(
      'int __stdcall GetFileInformationByHandleEx(intptr_t handle, int informationClass, _Out_ uint8_t *buffer, uint32_t length)',
    ),
    DeviceIoControl: f(
      'int __stdcall DeviceIoControl(intptr_t handle, uint32_t code, uint8_t *input, uint32_t inputLength, _Out_ uint8_t *output, uint32_t outputLength, _Out_ uint32_t *returned, void *overlapped)',
    ),
    GetFinalPathNameByHandleW: f(
      'uint32_t __stdcall GetFinalPathNameByHandleW(intptr_t handle, _Out_ uint8_t *buffer, uint32_t characters, uint32_t flags)',
    ),
    GetVolumeInformationByHandleW: f(
      'int __stdcall GetVolumeInformationByHandleW(intptr_t handle, void *volumeName, uint32_t volumeNameLength, void *serial, void *componentLength, void *flags, _Out_ uint8_t *fileSystem, uint32_t fileSystemLength)',
    ),
    ReadFile: f(
      'int __stdcall ReadFile(intptr_t handle, _Out_ uint8_t *buffer, uint32_t length, _Out_ uint32_t *read, _Inout_ uint8_t *overlapped)',
    ),
    WriteFile: f(
      'int __stdcall WriteFile(intptr_t handle, uint8_t *buffer, uint32_t length, _Out_ uint32_t *written, _Inout_ uint8_t *overlapped)',
    ),
    GetDiskFreeSpaceExW: f(
      'int __stdcall GetDiskFreeSpaceExW(str16 folder, _Out_ uint64_t *available, void *total, void *free)',
    ),
  };
}
