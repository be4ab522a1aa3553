/**
 * Private memory of the agent over a bare Node, with 5,000 rules and after 10,000 requests that are denied (each opens
 * and hashes the file, decides and writes a durable record).
 */
import { readFileSync } from 'node:fs';
import { PIPE_NAME } from '../../src/ipc/protocol.ts';
import type { RuleInput } from '../../src/model/rule.ts';
import { startAgent } from '../../testbed/agent.ts';
import { machine } from '../../testbed/machine.ts';
import { makeTestBed } from '../../testbed/make-test-bed.ts';
import type { TestBed } from '../../testbed/test-bed.ts';
import { processesOf } from '../../testbed/wine/processes.ts';
import { WineBed } from '../../testbed/wine/wine-bed.ts';
import type { BenchResult } from './result.ts';
import { drive } from './windows/bed-driver.ts';
import { deliverRules } from './windows/rules.ts';

const RULES = 5_000;
const REQUESTS = 10_000;
const STEPS = 4;
const PROGRAM = 'C:\\Tools\\Unknown.exe';

export async function run(): Promise<readonly BenchResult[]> {
  const bed = await makeTestBed();
  if (!(bed instanceof WineBed)) {
    await bed.dispose();
    throw new Error('memory is read from /proc, which only the Wine bed has');
  }
  try {
    const bare = await bareNode(bed);
    const install = bed.installEpm();
    bed.putFile(PROGRAM, bed.readFile(bed.programs.probe));
    await deliverRules(bed, rules());
    const agent = await startAgent(bed, install);
    try {
      const steps: number[] = [];
      for (let step = 0; step < STEPS; step += 1) {
        const outcomes = await drive<Record<string, number>>(bed, {
          kind: 'requests',
          install,
          pipe: PIPE_NAME,
          channel: 'elevate',
          body: { path: PROGRAM },
          count: REQUESTS / STEPS,
        });
        if (outcomes['denied'] !== REQUESTS / STEPS)
          throw new Error(`Unexpected outcomes ${JSON.stringify(outcomes)}.`);
        steps.push(privateMegabytes(bed, 'epm.exe'));
      }
      const last = steps.at(-1) ?? Number.NaN;
      const half = steps[STEPS / 2 - 1] ?? Number.NaN;
      return [
        {
          id: 'agent.memory',
          value: last - bare,
          unit: 'MB',
          samples: steps.length,
          method: `private memory of the process, ${RULES} rules, after ${REQUESTS} requests, less ${bare.toFixed(1)} MB of a bare Node; after each quarter: ${steps.map((value) => (value - bare).toFixed(1)).join(', ')}`,
        },
        {
          id: 'agent.memory.growth',
          value: last - half,
          unit: 'MB',
          samples: 2,
          method: 'growth over the second half of the requests',
        },
      ];
    } finally {
      await agent.stop();
    }
  } finally {
    await bed.dispose();
  }
}

async function bareNode(bed: WineBed): Promise<number> {
  const node = await bed.start({
    program: bed.windowsPath(machine?.windowsNode ?? ''),
    arguments: ['-e', 'setInterval(() => undefined, 1000)'],
    as: 'system',
  });
  await new Promise((resolve) => setTimeout(resolve, 5_000));
  const megabytes = privateMegabytes(bed, 'node.exe');
  await node.stop();
  return megabytes;
}

/** Private pages of the only process of that name, in megabytes (10^6 bytes). */
function privateMegabytes(bed: TestBed & { readonly prefix: string }, name: string): number {
  const found = processesOf(bed.prefix).filter(({ commandLine }) => {
    const [program = ''] = commandLine.split(/\.exe/i);
    return program.toLowerCase().endsWith(name.slice(0, -4));
  });
  const [process] = found;
  if (process === undefined || found.length !== 1) {
    throw new Error(`There are ${found.length} processes named ${name}.`);
  }
  const rollup = readFileSync(`/proc/${process.pid}/smaps_rollup`, 'utf8');
  const kibibytes = [...rollup.matchAll(/^Private_(?:Clean|Dirty):\s+(\d+) kB$/gm)].map(([, value]) => Number(value));
  return (kibibytes.reduce((sum, value) => sum + value, 0) * 1024) / 1e6;
}

function rules(): readonly RuleInput[] {
  return Array.from({ length: RULES }, (_, index): RuleInput => {
    const digits = index.toString(16).padStart(64, '0');
    return {
      name: `Rule ${index}`,
      type: 'userConfirmed',
      fileName: `Program${index}.exe`,
      filePath: 'C:\\Programs',
      fileHash: digits,
    };
  });
}
