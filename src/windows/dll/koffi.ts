/**
 * Loads koffi's native module. koffi's own JavaScript only looks for that file in several folders and adds spellings
 * that are no longer recommended; loading the file itself leaves one place it can come from.
 */
import type koffi from 'koffi';
import { EpmError } from '../../model/errors.ts';
import { holdingArguments } from './held-arguments.ts';

export type Koffi = typeof koffi;

/** The version whose calling rules the declarations beside this file were written for. */
const VERSION = '3.3.4';

/**
 * Calls on worker threads run on stacks that koffi makes. Checking a signature goes through RPC and HTTP inside of
 * Windows, for which the usual 128 KiB are little.
 */
const ASYNC_CALLS = { async_stack_size: 512 * 1024, resident_async_pools: 4 };

/**
 * @param path absolute path of koffi.node, already checked
 * @throws EpmError EPM_NATIVE_MISSING when it does not load or is of another version
 */
export function loadKoffi(path: string): Koffi {
  const holder: { exports: Partial<Koffi> } = { exports: {} };
  try {
    process.dlopen(holder, path);
  } catch (cause) {
    throw new EpmError('EPM_NATIVE_MISSING', `"${path}" does not load.`, { cause });
  }
  if (holder.exports.version !== VERSION) {
    throw new EpmError('EPM_NATIVE_MISSING', `"${path}" is not koffi ${VERSION}.`);
  }
  const koffi = holder.exports as Koffi;
  koffi.config(ASYNC_CALLS);
  return { ...koffi, load: (...place) => holdingArguments(koffi.load(...place)) };
}
