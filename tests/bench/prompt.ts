/** How long a person waits for the consent window. */
import { createHash } from 'node:crypto';
import { startAgent } from '../../testbed/agent.ts';
import { makeTestBed } from '../../testbed/make-test-bed.ts';
import { summary, type BenchResult } from './result.ts';
import { drive } from './windows/bed-driver.ts';
import { deliverRules } from './windows/rules.ts';

const ROUNDS = 15;
const PROGRAM = 'C:\\Tools\\Confirmed.exe';

export async function run(): Promise<readonly BenchResult[]> {
  const bed = await makeTestBed();
  try {
    await bed.provideScreen();
    const install = bed.installEpm();
    const content = bed.readFile(bed.programs.probe);
    bed.putFile(PROGRAM, content);
    const fileHash = createHash('sha256').update(content).digest('hex');
    await deliverRules(bed, [{ name: 'Confirmed', type: 'userConfirmed', fileName: 'Confirmed.exe', fileHash }]);
    const agent = await startAgent(bed, install);
    try {
      const times = await drive<number[]>(bed, {
        kind: 'prompts',
        rounds: ROUNDS,
        launcher: `${install}\\epmlaunch.exe`,
        program: PROGRAM,
        person: bed.programs.window,
      });
      const shown = summary(times);
      return [
        {
          id: 'prompt.shown',
          value: shown.p50,
          unit: 'ms',
          ...shown,
          samples: ROUNDS,
          method:
            'start of the launcher, as the context menu does it, until the window of the question is on the screen, looked for every 20 ms by a program that runs before; then answered with no',
        },
      ];
    } finally {
      await agent.stop();
    }
  } finally {
    await bed.dispose();
  }
}
