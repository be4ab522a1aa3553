/** What the agent's process uses, and the watch over its event loop. */
import { monitorEventLoopDelay } from 'node:perf_hooks';
import type { Vitals } from '../../agent/ports.ts';
import { CheckedObject } from '../checked-json.ts';
import type { EpmNative } from '../dll/epmnative.ts';
import { jsonCall } from '../dll/json-call.ts';
import { WIN32, windowsError } from '../dll/win32-error.ts';

/** Milliseconds of which a sample is one. */
const RESOLUTION = 20;
const NANOSECONDS = 1_000_000;
/**
 * Milliseconds without a sign of life after which the native part ends the process: eighteen looks of the watchdog. The
 * longest work at once, reading a large policy, takes seconds.
 */
const LIMIT = 180_000;
/** ERROR_PROCESS_ABORTED (winerror.h). */
const EXIT_CODE = 1067;

export function createVitals(native: EpmNative): Vitals {
  const delay = monitorEventLoopDelay({ resolution: RESOLUTION });
  delay.enable();
  const feed = (limit: number): void => {
    const result = native.epm_watchdog_feed(limit, EXIT_CODE);
    if (result !== WIN32.SUCCESS) throw windowsError('epm_watchdog_feed', result);
  };
  return {
    read() {
      const text = jsonCall('epm_process_vitals', (...out) => native.epm_process_vitals(...out));
      const vitals = new CheckedObject(text, 'the process', 'EPM_WINDOWS_API');
      const number = (name: string): number => vitals.integer(name, 0, Number.MAX_SAFE_INTEGER);
      // Each sample is the resolution too long; without one, the mean is no number.
      const late = (nanoseconds: number): number =>
        Math.max(0, Math.round(nanoseconds / NANOSECONDS - RESOLUTION)) || 0;
      const loopDelay = { mean: late(delay.mean), max: late(delay.max) };
      delay.reset();
      return {
        privateBytes: number('privateBytes'),
        workingSet: number('workingSet'),
        handles: number('handles'),
        threads: number('threads'),
        loopDelay,
      };
    },
    feed: () => feed(LIMIT),
    release() {
      delay.disable();
      feed(0);
    },
  };
}
