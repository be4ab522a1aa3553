/** Declarations of netapi32.dll. */
import type { Koffi } from './koffi.ts';
import { type Address, sidsAt } from './native-memory.ts';

export interface Netapi32 {
  /** Returns 0 (NERR_Success) or a Windows error. `name` is to be freed, `status` is a NETSETUP_JOIN_STATUS. */
  NetGetJoinInformation(server: null, name: [Address | null], status: [number]): number;
  /**
   * Of a local group, by its name; level 0. Returns 0 (NERR_Success) or a Windows error. `buffer` is to be freed, `read`
   * is the number of LOCALGROUP_MEMBERS_INFO_0 in it.
   */
  NetLocalGroupGetMembers(
    server: null,
    group: string,
    level: 0,
    buffer: [Address | null],
    maximum: number,
    read: [number],
    total: [number],
    resume: null,
  ): number;
  NetApiBufferFree(buffer: Address): number;
  /** Binary SIDs of an array of LOCALGROUP_MEMBERS_INFO_0. */
  sids(buffer: Address, count: number): readonly Uint8Array[];
}

/** @param path absolute path of netapi32.dll in System32 */
export function declareNetapi32(koffi: Koffi, path: string): Netapi32 {
  const library = koffi.load(path);
  return {
    NetGetJoinInformation: library.func(
      'uint32_t __stdcall NetGetJoinInformation(str16 server, _Out_ void **name, _Out_ int *status)',
    ) as never,
    NetLocalGroupGetMembers: library.func(
      'uint32_t __stdcall NetLocalGroupGetMembers(str16 server, str16 group, uint32_t level, _Out_ void **buffer, uint32_t maximum, _Out_ uint32_t *read, _Out_ uint32_t *total, void *resume)',
    ) as never,
    sids: (buffer, count) => sidsAt(koffi, buffer, count),
    NetApiBufferFree: library.func('uint32_t __stdcall NetApiBufferFree(void *buffer)') as never,
  };
}
