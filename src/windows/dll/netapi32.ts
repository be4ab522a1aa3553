/** Declarations of netapi32.dll. */
import type { Koffi } from './koffi.ts';
import type { Address } from './native-memory.ts';

export interface Netapi32 {
  /** Returns 0 (NERR_Success) or a Windows error. `name` is to be freed, `status` is a NETSETUP_JOIN_STATUS. */
  NetGetJoinInformation(server: null, name: [Address | null], status: [number]): number;
  NetApiBufferFree(buffer: Address): number;
}

/** @param path absolute path of netapi32.dll in System32 */
export function declareNetapi32(koffi: Koffi, path: string): Netapi32 {
  const library = koffi.load(path);
  return {
    NetGetJoinInformation: library.func(
      'uint32_t __stdcall NetGetJoinInformation(str16 server, _Out_ void **name, _Out_ int *status)',
    ) as never,
    NetApiBufferFree: library.func('uint32_t __stdcall NetApiBufferFree(void *buffer)') as never,
  };
}
