/** What `epm.exe --version` costs over the bare packed runtime. */
import { makeTestBed } from '../../testbed/make-test-bed.ts';
import { machine } from '../../testbed/machine.ts';
import { summary, type BenchResult } from './result.ts';
import { drive } from './windows/bed-driver.ts';

const ROUNDS = 30;

export async function run(): Promise<readonly BenchResult[]> {
  const bed = await makeTestBed();
  try {
    const install = bed.installEpm('production');
    const bare = bed.windowsPath(machine?.bare.production ?? '');
    const [epmTimes = [], bareTimes = []] = await drive<number[][]>(bed, {
      kind: 'programs',
      rounds: ROUNDS,
      programs: [
        { program: `${install}\\epm.exe`, arguments: ['--version'] },
        { program: bare, arguments: [] },
      ],
    });
    const ratios = epmTimes.map((time, index) => time / (bareTimes[index] ?? Number.NaN));
    const times = { epm: summary(epmTimes), bare: summary(bareTimes) };
    const { p50, p99, max } = summary(ratios);
    return [
      {
        id: 'cli.version',
        value: times.epm.p50 / times.bare.p50,
        unit: 'ratio',
        p50,
        p99,
        max,
        samples: ROUNDS,
        method: `whole run, in turn; p50 ${times.epm.p50.toFixed(0)} ms against ${times.bare.p50.toFixed(0)} ms of an empty packed program`,
      },
    ];
  } finally {
    await bed.dispose();
  }
}
