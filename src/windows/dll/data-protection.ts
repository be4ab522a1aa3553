/** Declarations of DPAPI in crypt32.dll (dpapi.h, wincrypt.h). */
import type { Koffi } from './koffi.ts';
import { type Address, copyBytes, NativeMemory } from './native-memory.ts';

interface DataBlob {
  cbData: number;
  pbData: Address | null;
}

/** Both functions take the same. */
type Protect = (
  input: DataBlob,
  description: null,
  entropy: DataBlob,
  reserved: null,
  prompt: null,
  flags: number,
  output: Partial<DataBlob>,
) => number;
export interface DataProtection {
  /**
   * One call of CryptProtectData or CryptUnprotectData.
   * @param free gives back what Windows allocated (LocalFree)
   * @returns undefined: it failed, and GetLastError says why
   */
  call(
    name: 'CryptProtectData' | 'CryptUnprotectData',
    bytes: Uint8Array,
    entropy: Uint8Array,
    flags: number,
    free: (memory: Address) => void,
  ): Uint8Array | undefined;
}

/** @param path absolute path of crypt32.dll in System32 */
export function declareDataProtection(koffi: Koffi, path: string): DataProtection {
  koffi.struct('DATA_BLOB', { cbData: 'uint32_t', pbData: 'void *' });
  const library = koffi.load(path);
  const parameters =
    'DATA_BLOB *input, void *description, DATA_BLOB *entropy, void *reserved, void *prompt, uint32_t flags, _Out_ DATA_BLOB *output';
  const functions = {
    CryptProtectData: library.func(`int __stdcall CryptProtectData(${parameters})`) as Protect,
    CryptUnprotectData: library.func(`int __stdcall CryptUnprotectData(${parameters})`) as Protect,
  };
  return {
    call(name, bytes, entropy, flags, free) {
      const memory = new NativeMemory(koffi);
      const blob = (content: Uint8Array): DataBlob => ({ cbData: content.length, pbData: memory.bytes(content) });
      try {
        const output: Partial<DataBlob> = {};
        if (functions[name](blob(bytes), null, blob(entropy), null, null, flags, output) === 0) return undefined;
        const { pbData, cbData = 0 } = output;
        if (pbData === undefined || pbData === null) return new Uint8Array(0);
        try {
          return copyBytes(koffi, pbData, cbData);
        } finally {
          free(pbData);
        }
      } finally {
        memory.release();
      }
    },
  };
}
