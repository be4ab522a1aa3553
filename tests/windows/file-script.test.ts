/** What `epm file` says of a script on Windows, where Windows' own PowerShell is asked. */
import { beforeAll, expect, it } from 'vitest';
import { describeWindows } from '../bed/index.ts';

describeWindows('epm file of a script', ['epm', 'powerShell'], (bed) => {
  const script = 'C:\\Users\\Public\\tool.ps1';
  let epm = '';
  beforeAll(() => {
    epm = `${bed().installEpm()}\\epm.exe`;
    bed().provideWindowsPowerShell();
    bed().putFile(script, "\uFEFF#requires -Version 5.1\r\n. .\\lib.ps1\r\n& 'C:\\ü\\tool.exe'\r\n");
  });

  it('names what it takes in', async () => {
    const outcome = await bed().run({ program: epm, arguments: ['file', script, '--json'] });
    expect(outcome).toMatchObject({ exitCode: 0, errors: '' });
    expect(JSON.parse(outcome.output)).toMatchObject({
      type: 'ps1',
      script: {
        requires: ['requires -Version 5.1'],
        neighbours: [
          { kind: 'dotSourced', text: '.\\lib.ps1', line: 2 },
          { kind: 'called', text: "'C:\\ü\\tool.exe'", line: 3 },
        ],
      },
    });
  });
});
