/** What the MDM client writes, imported by the system's own reg.exe and read back. */
import { expect, it } from 'vitest';
import { renderAdmx } from '../../src/policy/declaration/admx.ts';
import { POLICY_KEY } from '../../src/policy/declaration/names.ts';
import { installOperation, policyOperations, renderSyncMl } from '../../src/policy/formats/mdm/syncml.ts';
import { describeWindows } from '../bed/index.ts';
import { MdmClient } from '../../testbed/mdm-client/mdm-client.ts';
import { renderRegText } from '../../testbed/mdm-client/registry.ts';

describeWindows('the registry file of a delivered policy', [], (bed) => {
  const lines = (text: string): string[] =>
    text
      .split(/\r?\n/)
      .filter((line) => line !== '')
      .sort();

  it('means to Windows what it says', async () => {
    const client = new MdmClient('S-1-5-21-1-2-3-1001');
    const message = renderSyncMl([
      installOperation(renderAdmx()),
      ...policyOperations({
        id: 'pilot "1"',
        scope: { kind: 'device' },
        settings: { enabled: true, defaultValidations: ['justification'], sendData: false },
        rules: [
          {
            name: 'Git <"&"> é \u{1f511}',
            type: 'automatic',
            filePath: 'C:\\Program Files\\Git\\',
            fileHash: 'a'.repeat(64),
          },
          { name: 'long', type: 'deny', fileName: 'x.exe', arguments: ['y'.repeat(8000), 'z'.repeat(8000)] },
        ],
        rejected: [],
      }),
    ]);
    const text = renderRegText(client.receive(message).operations);
    await bed().importRegistry(text);
    try {
      const target = 'C:\\ProgramData\\policy.reg';
      const outcome = await bed().run({
        program: 'C:\\Windows\\System32\\reg.exe',
        arguments: ['export', `HKLM\\${POLICY_KEY}`, target, '/y'],
        as: 'administrator',
      });
      expect(outcome.exitCode).toBe(0);
      expect(lines(bed().readFile(target).subarray(2).toString('utf16le'))).toEqual(lines(text));
    } finally {
      await bed().deleteRegistry(`HKLM\\${POLICY_KEY}`);
    }
  });
});
