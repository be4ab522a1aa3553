/** What stands between the start of a program that an automatic rule names and the program: epmlaunch.exe and its question. */
import { createHash } from 'node:crypto';
import { startAgent } from '../../testbed/agent.ts';
import { makeTestBed } from '../../testbed/make-test-bed.ts';
import { summary, type BenchResult } from './result.ts';
import { drive } from './windows/bed-driver.ts';
import { deliverRules } from './windows/rules.ts';

const ROUNDS = 60;
const KNOWN = 'C:\\Tools\\Known.exe';
const UNKNOWN = 'C:\\Tools\\Unknown.exe';

export async function run(): Promise<readonly BenchResult[]> {
  const bed = await makeTestBed();
  try {
    const install = bed.installEpm();
    const content = bed.readFile(bed.programs.exit);
    // The number that it ends with stands in it.
    content.write('EPM-EXIT-CODE:000', content.indexOf('EPM-EXIT-CODE:'), 'latin1');
    for (const file of [KNOWN, UNKNOWN]) bed.putFile(file, content);
    const fileHash = createHash('sha256').update(content).digest('hex');
    await deliverRules(bed, [{ name: 'Known', type: 'automatic', fileName: 'Known.exe', fileHash }]);
    const agent = await startAgent(bed, install);
    try {
      // As Windows starts it by the options of the image.
      const launched = (file: string) => ({
        program: `${install}\\epmlaunch.exe`,
        arguments: ['--image', `"${file.slice(file.lastIndexOf('\\') + 1)}"`, `"${file}"`],
        verbatim: true,
      });
      const [plain = [], unmanaged = [], elevated = []] = await drive<number[][]>(bed, {
        kind: 'programs',
        rounds: ROUNDS,
        programs: [{ program: UNKNOWN, arguments: [] }, launched(UNKNOWN), launched(KNOWN)],
      });
      const row = (id: string, times: readonly number[], what: string): BenchResult => {
        const net = summary(times.map((time, index) => time - (plain[index] ?? Number.NaN)));
        return {
          id,
          value: net.p50,
          unit: 'ms',
          ...net,
          samples: ROUNDS,
          method: `${what}; whole runs of a program that ends at once, less the same program alone, in turn; p50 ${summary(times).p50.toFixed(1)} ms against ${summary(plain).p50.toFixed(1)} ms`,
        };
      };
      return [
        row(
          'launch.answer',
          unmanaged,
          'start of the launcher, the answer that no rule fits, and the program as always',
        ),
        row('launch.answer.elevated', elevated, 'start of the launcher, and the program elevated by its rule'),
      ];
    } finally {
      await agent.stop();
    }
  } finally {
    await bed.dispose();
  }
}
