import { describe, expect, it } from 'vitest';
import { serviceRun } from '../../../../src/cli/agent/selftest.ts';
import { epm } from '../captured.ts';

const OUTPUT = 'C:\\ProgramData\\epm-selftest-0\\results.json';

describe('what the service of the self-test is told', () => {
  it('is a desktop, or none', () => {
    expect(serviceRun(OUTPUT, 'S-1-5-5-0-123456', '2')).toEqual({
      output: OUTPUT,
      desktop: { logonSid: 'S-1-5-5-0-123456', session: 2 },
    });
    expect(serviceRun(OUTPUT, 'none', '0')).toEqual({ output: OUTPUT, desktop: undefined });
  });

  it.each([
    ['S-1-5-18', '0'],
    ['S-1-5-32-544', '0'],
    ['S-1-5-5-0-1-2', '0'],
    ['S-1-5-5-0-1', '-1'],
    ['S-1-5-5-0-1', '1 --json'],
    ['', ''],
  ])('is never another SID or another session: %s %s', (logonSid, session) => {
    expect(() => serviceRun(OUTPUT, logonSid, session)).toThrow(expect.objectContaining({ code: 'EPM_ARGUMENT' }));
  });

  it('reaches it by the command line, whose verb above has options of its own', async () => {
    const { code, error } = await epm('agent', 'selftest', '--run-service', OUTPUT, 'S-1-5-18', '0');
    expect(code).toBe(2);
    expect(error).toContain('These are no values of the self-test.');
  });
});
