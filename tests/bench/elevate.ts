/** What an elevation by an automatic rule costs over a bare CreateProcessW of the same program, in the same run. */
import { createHash } from 'node:crypto';
import { PIPE_NAME } from '../../src/ipc/protocol.ts';
import { startAgent } from '../../testbed/agent.ts';
import { makeTestBed } from '../../testbed/make-test-bed.ts';
import { summary, type BenchResult } from './result.ts';
import { drive } from './windows/bed-driver.ts';
import { deliverRules } from './windows/rules.ts';

const ROUNDS = 60;
const PROGRAM = 'C:\\Tools\\Probe.exe';

export async function run(): Promise<readonly BenchResult[]> {
  const bed = await makeTestBed();
  try {
    const install = bed.installEpm();
    const program = bed.readFile(bed.programs.probe);
    bed.putFile(PROGRAM, program);
    const fileHash = createHash('sha256').update(program).digest('hex');
    await deliverRules(bed, [{ name: 'Probe', type: 'automatic', fileName: 'Probe.exe', fileHash }]);
    const agent = await startAgent(bed, install);
    try {
      const { elevated, bare } = await drive<{ elevated: number[]; bare: number[] }>(bed, {
        kind: 'elevations',
        install,
        pipe: PIPE_NAME,
        program: PROGRAM,
        rounds: ROUNDS,
        pause: 150,
      });
      const ours = summary(elevated);
      const theirs = summary(bare);
      const row = (id: string, value: number, unit: string, times: typeof ours, method: string): BenchResult => ({
        id,
        value,
        unit,
        ...times,
        samples: ROUNDS,
        method,
      });
      const size = `${(program.length / 1024).toFixed(0)} KiB program`;
      return [
        {
          id: 'elevate.start',
          value: ours.p50 / theirs.p50,
          unit: 'ratio',
          samples: ROUNDS,
          method: `p50 over p50 of the two rows below, taken in turn; ${size}`,
        },
        row(
          'elevate.start.request',
          ours.p50,
          'ms',
          ours,
          'connect, request, decision, audit, start, answer; native client',
        ),
        row('elevate.start.createProcess', theirs.p50, 'ms', theirs, 'CreateProcessW alone, new console, same program'),
      ];
    } finally {
      await agent.stop();
    }
  } finally {
    await bed.dispose();
  }
}
