/** What an elevation by an automatic rule costs over a bare CreateProcessW of the same program, in the same run. */
import { createHash } from 'node:crypto';
import { PIPE_NAMES } from '../../src/ipc/protocol.ts';
import type { RuleInput } from '../../src/model/rule.ts';
import { startAgent } from '../../testbed/agent.ts';
import { makeTestBed } from '../../testbed/make-test-bed.ts';
import { summary, type BenchResult } from './result.ts';
import { drive } from './windows/bed-driver.ts';
import { deliverRules } from './windows/rules.ts';

const ROUNDS = 60;
const PROGRAM = 'C:\\Tools\\Probe.exe';
/** The same bytes under a name that no rule has. */
const UNKNOWN = 'C:\\Tools\\Unknown.exe';
/** Lies where users may write, so that a protected copy of it runs. */
const COPIED = 'C:\\Downloads\\Probe.exe';
const COPIED_BYTES = 1024 ** 2;

type Part = 'elevated' | 'bare' | 'copied' | 'bareCopied' | 'status' | 'denied';

export async function run(): Promise<readonly BenchResult[]> {
  const bed = await makeTestBed();
  try {
    const install = bed.installEpm();
    const program = bed.readFile(bed.programs.probe);
    bed.putFile(PROGRAM, program);
    bed.putFile(UNKNOWN, program);
    // What follows the last section of a program is not loaded, but copied and hashed.
    const large = Buffer.concat([program, Buffer.alloc(COPIED_BYTES - program.length)]);
    bed.putFile(COPIED, large);
    await bed.letUsersWrite(COPIED);
    await deliverRules(bed, [rule('Probe', program), rule('Copied', large)]);
    const agent = await startAgent(bed, install);
    try {
      const { elevated, bare, copied, bareCopied, status, denied } = await drive<Record<Part, number[]>>(bed, {
        kind: 'elevations',
        install,
        pipe: PIPE_NAMES.user,
        program: PROGRAM,
        unknown: UNKNOWN,
        copied: COPIED,
        rounds: ROUNDS,
        pause: 150,
      });
      const ours = summary(elevated);
      const theirs = summary(bare);
      const ofCopy = summary(copied);
      const bareOfCopied = summary(bareCopied);
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
        {
          id: 'elevate.start.copy',
          value: ofCopy.p50 / bareOfCopied.p50,
          unit: 'ratio',
          samples: ROUNDS,
          method: 'as elevate.start, of a protected copy: 1 MiB program in a folder that users may write',
        },
        row('elevate.start.copy.request', ofCopy.p50, 'ms', ofCopy, 'as elevate.start.request, and the copy'),
        row('elevate.start.copy.createProcess', bareOfCopied.p50, 'ms', bareOfCopied, 'CreateProcessW of the original'),
      ];
    } finally {
      await agent.stop();
    }
  } finally {
    await bed.dispose();
  }
}

function rule(name: string, program: Uint8Array): RuleInput {
  const fileHash = createHash('sha256').update(program).digest('hex');
  return { name, type: 'automatic', fileName: 'Probe.exe', fileHash };
}
