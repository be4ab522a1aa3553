/** `epm policy show` of what lies in the registry, by the packed program. */
import { beforeAll, expect, it } from 'vitest';
import { describeWindows } from '../bed/index.ts';
import { AgentUnderTest } from './agent-under-test.ts';

describeWindows('epm policy show --source registry', ['epm'], (bed) => {
  let agent: AgentUnderTest;
  beforeAll(() => {
    agent = new AgentUnderTest(bed());
  });

  it('shows what lies there, without an agent', async () => {
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
});
