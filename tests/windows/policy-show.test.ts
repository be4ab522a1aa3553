/** `epm policy show` from other sources than the agent, by the packed program. */
import { beforeAll, describe, expect, it } from 'vitest';
import { describeWindows } from '../bed/index.ts';
import { isWindows } from '../bed/machine.ts';
import { AgentUnderTest } from './agent-under-test.ts';

describeWindows('epm policy show --source', ['epm'], (bed) => {
  let agent: AgentUnderTest;
  beforeAll(() => {
    agent = new AgentUnderTest(bed());
  });

  it('registry shows what lies there, without an agent', async () => {
    const none = await agent.verb(['policy', 'show', '--source', 'registry', '--json']);
    expect(none).toMatchObject({ exitCode: 1, errors: '' });
    expect(JSON.parse(none.output)).toMatchObject({ present: false });
    await bed().setRegistry('HKLM\\Software\\Policies\\EPM', 'EnableEPM', 'REG_DWORD', '1');
    try {
      const found = await agent.verb(['policy', 'show', '--source', 'registry', '--json']);
      expect(found).toMatchObject({ exitCode: 0, errors: '' });
      expect(JSON.parse(found.output)).toMatchObject({ present: true, settings: { enabled: true }, problems: [] });
    } finally {
      await bed().deleteRegistry('HKLM\\Software\\Policies\\EPM');
    }
  });

  describe.skipIf(isWindows)('in Wine, whose powershell.exe only reads', () => {
    it('mdm says in time that PowerShell does not answer, by its packed session', async () => {
      const { exitCode, errors, output } = await agent.verb(['policy', 'show', '--source', 'mdm', '--json'], 'system');
      expect({ exitCode, output }).toEqual({ exitCode: 3, output: '' });
      expect(JSON.parse(errors)).toMatchObject({
        error: { code: expect.stringMatching(/^EPM_POWERSHELL_(?:FAILED|UNAVAILABLE|TIMEOUT)$/) as string },
      });
    });
  });
});
