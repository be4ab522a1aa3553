/** Declarations of the security policy of the machine (ntsecapi.h), which advapi32.dll holds. */
import type { Koffi } from './koffi.ts';
import { type Address, sidsAt } from './native-memory.ts';

/** LSA_UNICODE_STRING; lengths in bytes. */
interface LsaText {
  readonly Length: number;
  readonly MaximumLength: number;
  readonly Buffer: string;
}

/** Every function returns an NTSTATUS as an unsigned number. */
export interface Lsa {
  /** @param attributes LSA_OBJECT_ATTRIBUTES, of which nothing is used: zeros */
  LsaOpenPolicy(system: null, attributes: Uint8Array, access: number, policy: [number]): number;
  /** `buffer` is to be freed with LsaFreeMemory. */
  LsaEnumerateAccountsWithUserRight(policy: number, right: LsaText, buffer: [Address | null], count: [number]): number;
  LsaFreeMemory(buffer: Address): number;
  LsaClose(policy: number): number;
  /** Binary SIDs ([MS-DTYP] 2.4.2.2) of an array of LSA_ENUMERATION_INFORMATION. */
  sids(buffer: Address, count: number): readonly Uint8Array[];
}

/** Bytes of LSA_OBJECT_ATTRIBUTES on x64. */
export const LSA_OBJECT_ATTRIBUTES_SIZE = 48;

/** Declares the structure, so that its layout can be compared with the headers without Windows. */
export function declareLsaTypes(koffi: Koffi): void {
  koffi.struct('LSA_UNICODE_STRING', { Length: 'uint16_t', MaximumLength: 'uint16_t', Buffer: 'str16' });
}

/** @param path absolute path of advapi32.dll in System32 */
export function declareLsa(koffi: Koffi, path: string): Lsa {
  declareLsaTypes(koffi);
  const library = koffi.load(path);
  const f = (prototype: string): never => library.func(prototype) as never;
  return {
    LsaOpenPolicy: f(
      'uint32_t __stdcall LsaOpenPolicy(void *system, const uint8_t *attributes, uint32_t access, _Out_ intptr_t *policy)',
    ),
    LsaEnumerateAccountsWithUserRight: f(
      'uint32_t __stdcall LsaEnumerateAccountsWithUserRight(intptr_t policy, LSA_UNICODE_STRING *right, _Out_ void **buffer, _Out_ uint32_t *count)',
    ),
    LsaFreeMemory: f('uint32_t __stdcall LsaFreeMemory(void *buffer)'),
    LsaClose: f('uint32_t __stdcall LsaClose(intptr_t policy)'),
    sids: (buffer, count) => sidsAt(koffi, buffer, count),
  };
}
