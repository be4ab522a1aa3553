/**
 * Memory that a call on another thread uses. koffi gives Windows the address of a typed array and keeps no reference to
 * it: the collector could free it meanwhile, and Windows would write into what is something else by then.
 */
const inUse = new Set<readonly Uint8Array[]>();

/** Keeps memory until the work that uses it has ended. */
export async function whileUsed<T>(memory: readonly Uint8Array[], work: () => Promise<T>): Promise<T> {
  inUse.add(memory);
  try {
    return await work();
  } finally {
    inUse.delete(memory);
  }
}
