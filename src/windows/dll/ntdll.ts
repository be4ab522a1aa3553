/** Declarations of ntdll.dll. */
import type { Pointer } from './kernel32.ts';
import type { Koffi } from './koffi.ts';

export interface Ntdll {
  /** Returns an NTSTATUS as an unsigned number. */
  NtCreateFile(
    handle: [number],
    access: number,
    attributes: ObjectAttributes,
    status: Uint8Array,
    /** Bytes to reserve, 64 bits; of a file that is made. */
    allocation: Uint8Array | null,
    fileAttributes: number,
    share: number,
    disposition: number,
    options: number,
    extended: null,
    extendedLength: number,
  ): number;
  /** Returns an NTSTATUS; class 0 is MUTANT_BASIC_INFORMATION. */
  NtQueryMutant(handle: number, informationClass: number, buffer: Uint8Array, length: number, returned: null): number;
}

/** OBJECT_ATTRIBUTES; `Length` is its size on x64. */
interface ObjectAttributes {
  readonly Length: 48;
  readonly RootDirectory: number;
  readonly ObjectName: { readonly Length: number; readonly MaximumLength: number; readonly Buffer: string };
  readonly Attributes: number;
  /** Of what is made. */
  readonly SecurityDescriptor: Pointer;
  readonly SecurityQualityOfService: null;
}

/** @param path absolute path of ntdll.dll in System32 */
export function declareNtdll(koffi: Koffi, path: string): Ntdll {
  koffi.struct('UNICODE_STRING', { Length: 'uint16_t', MaximumLength: 'uint16_t', Buffer: 'str16' });
  koffi.struct('OBJECT_ATTRIBUTES', {
    Length: 'uint32_t',
    RootDirectory: 'intptr_t',
    ObjectName: 'UNICODE_STRING *',
    Attributes: 'uint32_t',
    SecurityDescriptor: 'void *',
    SecurityQualityOfService: 'void *',
  });
  const library = koffi.load(path);
  return {
    NtCreateFile: library.func(
      'uint32_t __stdcall NtCreateFile(_Out_ intptr_t *handle, uint32_t access, OBJECT_ATTRIBUTES *attributes, _Out_ uint8_t *status, uint8_t *allocation, uint32_t fileAttributes, uint32_t share, uint32_t disposition, uint32_t options, void *extended, uint32_t extendedLength)',
    ) as never,
    NtQueryMutant: library.func(
      'uint32_t __stdcall NtQueryMutant(intptr_t handle, uint32_t informationClass, _Out_ uint8_t *buffer, uint32_t length, void *returned)',
    ) as never,
  };
}
