import { describe, expect, it } from 'vitest';
import { requireNoDowngrade } from '../../../src/cli/agent/version-order.ts';

describe('AC-99 a version in the place of another', () => {
  it.each([
    [undefined, '0.1.0'],
    ['0.1.0', '0.1.0'],
    ['0.1.0', '0.1.1'],
    ['0.9.9', '0.10.0'],
    ['1.0.0', '2.0.0'],
  ])('%s may be followed by %s', (recorded, version) => {
    expect(() => requireNoDowngrade(recorded, version)).not.toThrow();
  });

  it.each([
    ['0.1.1', '0.1.0'],
    ['0.10.0', '0.9.9'],
    ['1.0.0', '0.99.99'],
    ['99999.0.0', '1.0.0'],
    ['nonsense', '1.0.0'],
    ['', '1.0.0'],
    ['1.0.0', 'nonsense'],
  ])('%s is not followed by %s', (recorded, version) => {
    expect(() => requireNoDowngrade(recorded, version)).toThrow(expect.objectContaining({ code: 'EPM_DOWNGRADE' }));
  });
});
