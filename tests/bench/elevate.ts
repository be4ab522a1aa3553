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
/** The same bytes under a name that no rule has. */
const UNKNOWN = 'C:\\Tools\\Unknown.exe';

type Part = 'elevated' | 'bare' | 'status' | 'denied';

export async function run(): Promise<readonly BenchResult[]> {
  const bed = await makeTestBed();
  try {
    const install = bed.installEpm();
    const program = bed.readFile(bed.programs.probe);
    bed.putFile(PROGRAM, program);
    bed.putFile(UNKNOWN, program);
    const fileHash = createHash('sha256').update(program).digest('hex');
    await deliverRules(bed, [{ name: 'Probe', type: 'automatic', fileName: 'Probe.exe', fileHash }]);
    const agent = await startAgent(bed, install);
    try {
      const { elevated, bare, status, denied } = await drive<Record<Part, number[]>>(bed, {
        kind: 'elevations',
        install,
        pipe: PIPE_NAME,
        program: PROGRAM,
        unknown: UNKNOWN,
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
      const part = (id: string, times: typeof ours, method: string): BenchResult =>
        row(id, times.p50, 'ms', times, method);
      const size = `${(program.length / 1024).toFixed(0)} KiB program`;
      return [
        {
          id: 'elevate.start',
          value: ours.p50 / theirs.p50,
          unit: 'ratio',
          samples: ROUNDS,
          method: `p50 over p50 of the two rows below, taken in turn with a pause after each; ${size}`,
        },
        row(
          'elevate.start.request',
          ours.p50,
          'ms',
          ours,
          'connect, request, decision, audit, start, answer; native client',
        ),
        row('elevate.start.createProcess', theirs.p50, 'ms', theirs, 'CreateProcessW alone, new console, same program'),
        part('elevate.start.pipe', summary(status), 'part: a question about the status, so the pipe and the caller'),
        part(
          'elevate.start.denied',
          summary(denied),
          'part: pipe, file, facts from the cache, decision, audit; no start',
        ),
      ];
    } finally {
      await agent.stop();
    }
  } finally {
    await bed.dispose();
  }
}
