/** Limits by the speed of the machine. */
import os from 'node:os';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { measurePatience, patient, slowness } from '../../../tooling/patience.mjs';

describe('a limit', () => {
  afterEach(() => vi.unstubAllEnvs());

  it('is never shorter than it is written', () => {
    vi.stubEnv('EPM_SLOWNESS', '0.1');
    expect(patient(1000)).toBeGreaterThanOrEqual(1000);
  });

  it('is as many times longer as the machine was slower when the run started', () => {
    vi.stubEnv('EPM_SLOWNESS', '1000');
    expect(patient(15)).toBe(15_000);
  });

  it('is longer on a machine with more to do than processors, whatever was measured before', () => {
    vi.stubEnv('EPM_SLOWNESS', '1');
    const load = (os.loadavg()[0] ?? 0) / os.availableParallelism();
    expect(slowness()).toBeGreaterThanOrEqual(Math.max(1, load - 0.5));
  });

  it('knows the machine once it has been measured', () => {
    vi.stubEnv('EPM_SLOWNESS', '');
    measurePatience();
    expect(Number(process.env['EPM_SLOWNESS'])).toBeGreaterThan(0);
  });
});
