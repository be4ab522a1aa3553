/**
 * `epm policy show --source mdm` with a PowerShell that does not answer. The build for the test bed waits three seconds for
 * it, the ordinary one thirty.
 */
import { describe, expect, it } from 'vitest';
import { describeWindows } from '../bed/index.ts';
import { isWindows } from '../../testbed/machine.ts';
import { AgentUnderTest } from './agent-under-test.ts';

describeWindows('epm policy show --source mdm', ['epm'], (bed) => {
  describe.skipIf(isWindows)('in Wine, whose powershell.exe only reads', () => {
    it('says in time that PowerShell does not answer, by its packed session', async () => {
      const agent = new AgentUnderTest(bed());
      const { exitCode, errors, output } = await agent.verb(['policy', 'show', '--source', 'mdm', '--json'], 'system');
      expect({ exitCode, output }).toEqual({ exitCode: 3, output: '' });
      expect(JSON.parse(errors)).toMatchObject({
        error: { code: expect.stringMatching(/^EPM_POWERSHELL_(?:FAILED|UNAVAILABLE|TIMEOUT)$/) as string },
      });
    });
  });
});
