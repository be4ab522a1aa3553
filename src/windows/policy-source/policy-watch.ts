/**
 * Learns that a policy may have changed, or what confirms one, or that the hive of a user was loaded or unloaded. The
 * places of users lie below the key of the device and are watched with it.
 */
import { POLICY_KEY } from '../../policy/declaration/names.ts';
import type { EpmNative } from '../dll/epmnative.ts';
import { WIN32, windowsError } from '../dll/win32-error.ts';
import type { EventLoop } from '../events/event-loop.ts';
import { PROFILE_LIST } from '../machine/folders.ts';
import { recordKeys } from './confirmation.ts';
import { keyPath, ROOTS, type Root } from '../registry/key.ts';

/**
 * Milliseconds after a change of the profile list at which hives are looked for again: a hive comes and goes at some
 * time after or before its entry changes. HKEY_USERS cannot be watched for its subkeys without every change of every
 * hive waking the agent.
 */
const HIVE_DELAYS = [2_000, 10_000, 60_000] as const;

/**
 * @param hives gives the SIDs whose hives are loaded
 * @returns the function that stops watching
 * @throws EpmError EPM_POLICY_UNREADABLE when Windows does not let a key be watched
 */
export function watchPolicies(
  native: EpmNative,
  events: EventLoop,
  hives: () => readonly string[],
  changed: () => void,
): () => void {
  const places: readonly Place[] = [
    ['HKLM', PROFILE_LIST],
    ['HKLM', POLICY_KEY],
  ];
  const machine = watchAll(native, places);
  const [profiles, device] = machine;
  const users = new Map<string, readonly number[]>();
  let later: readonly NodeJS.Timeout[] = [];

  /** Watches the hives that are loaded and forgets the others. Returns whether they are others than before. */
  function followHives(): boolean {
    const loaded = new Set(hives());
    let different = false;
    for (const [hive, numbers] of users) {
      if (loaded.has(hive)) continue;
      for (const number of numbers) native.epm_registry_unwatch(number);
      users.delete(hive);
      different = true;
    }
    for (const hive of loaded) {
      if (users.has(hive)) continue;
      const records = recordKeys(hive).map((key): Place => ['HKLM', key]);
      users.set(hive, watchAll(native, [['HKU', `${hive}\\${POLICY_KEY}`], ...records]));
      different = true;
    }
    return different;
  }

  /** Whatever fails here is met again, and reported, by the reading that `changed` causes. */
  function hivesMayHaveChanged(): void {
    let different = true;
    try {
      different = followHives();
    } catch {
      // Reported by the reading.
    }
    if (different) changed();
  }

  function forget(): void {
    for (const timer of later) clearTimeout(timer);
  }

  const unwatch = (): void => {
    for (const number of [...machine, ...[...users.values()].flat()]) native.epm_registry_unwatch(number);
    users.clear();
  };

  try {
    followHives();
  } catch (error) {
    unwatch();
    throw error;
  }
  const end = events.on('registry', ({ watch: number }) => {
    if (number === profiles) {
      hivesMayHaveChanged();
      forget();
      later = HIVE_DELAYS.map((delay) => setTimeout(hivesMayHaveChanged, delay));
    } else if (number === device || [...users.values()].flat().includes(number)) {
      changed();
    }
  });
  return () => {
    end();
    forget();
    unwatch();
  };
}

type Place = readonly [root: Root, key: string];

/** Watches all of these keys, or none. @returns their numbers, in order */
function watchAll(native: EpmNative, places: readonly Place[]): readonly number[] {
  const numbers: number[] = [];
  try {
    for (const [root, key] of places) numbers.push(watch(native, root, key));
  } catch (error) {
    for (const number of numbers) native.epm_registry_unwatch(number);
    throw error;
  }
  return numbers;
}

function watch(native: EpmNative, root: Root, key: string): number {
  const number: [number] = [0];
  const result = native.epm_registry_watch(ROOTS[root] >>> 0, key, number);
  if (result === WIN32.SUCCESS) return number[0];
  const path = keyPath(root, key);
  throw windowsError(
    'epm_registry_watch',
    result,
    'EPM_POLICY_UNREADABLE',
    `The key ${path} cannot be watched (Windows error ${result}).`,
  );
}
