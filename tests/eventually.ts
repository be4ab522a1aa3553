/** Waiting for what another process brings about. */
import { vi } from 'vitest';
import { patient } from '../tooling/patience.mjs';

/** Repeats assertions until they hold. Fails with the last failure when they do not in 20 seconds of a quiet machine. */
export function eventually<T>(assertions: () => T | Promise<T>): Promise<T> {
  // eslint-disable-next-line no-restricted-syntax -- this is what the rule sends everybody to
  return vi.waitFor(assertions, { timeout: patient(20_000), interval: 50 });
}
