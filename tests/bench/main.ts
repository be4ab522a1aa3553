/**
 * `npm run bench`: measures what is asked for and prints one table. Nothing here decides pass or fail: speed is
 * read, compared with the targets in docs/performance.md, and not part of timed tests.
 */
import { writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import type { BenchResult } from './result.ts';

/** Which module measures which ids; modules load only when asked for. */
const BENCHMARKS: readonly {
  readonly prefix: string;
  readonly load: () => Promise<{ run(only: string): Promise<readonly BenchResult[]> }>;
}[] = [
  { prefix: 'engine.', load: () => import('./engine.ts') },
  { prefix: 'policy.apply', load: () => import('./policy-apply.ts') },
  { prefix: 'policy.read', load: () => import('./policy-read.ts') },
  { prefix: 'policy.import', load: () => import('./policy-import.ts') },
  { prefix: 'facts.', load: () => import('./facts.ts') },
  { prefix: 'cli.version', load: () => import('./cli.ts') },
  { prefix: 'module.import', load: () => import('./module.ts') },
  { prefix: 'grants.', load: () => import('./grants.ts') },
  { prefix: 'approve.', load: () => import('./approve.ts') },
  { prefix: 'elevate.', load: () => import('./elevate.ts') },
  { prefix: 'child.', load: () => import('./children.ts') },
  { prefix: 'launch.', load: () => import('./launch.ts') },
  { prefix: 'prompt.', load: () => import('./prompt.ts') },
  { prefix: 'size.', load: () => import('./sizes.ts') },
  { prefix: 'audit.', load: () => import('./audit.ts') },
  { prefix: 'agent.memory', load: () => import('./memory.ts') },
];

const { values } = parseArgs({ options: { only: { type: 'string' }, json: { type: 'string' } } });
const only = values.only ?? '';
const results: BenchResult[] = [];
let failed = false;
for (const benchmark of BENCHMARKS) {
  if (!benchmark.prefix.startsWith(only) && !only.startsWith(benchmark.prefix)) continue;
  process.stderr.write(`measuring ${benchmark.prefix} …\n`);
  try {
    const module = await benchmark.load();
    results.push(...(await module.run(only)).filter((result) => result.id.startsWith(only)));
  } catch (error) {
    failed = true;
    process.stderr.write(
      `${benchmark.prefix}: not measured: ${error instanceof Error ? error.message : String(error)}\n`,
    );
  }
}
print(results);
if (values.json !== undefined) {
  const rows = Object.fromEntries(results.map(({ id, ...rest }) => [id, rest]));
  await writeFile(values.json, `${JSON.stringify(rows, undefined, 2)}\n`);
}
process.exitCode = failed || results.length === 0 ? 1 : 0;

function print(rows: readonly BenchResult[]): void {
  const format = (value: number | undefined): string =>
    value === undefined ? '' : value >= 1000 ? value.toFixed(0) : value.toPrecision(3);
  const cells = rows.map((row) => [
    row.id,
    format(row.value),
    row.unit,
    format(row.p50),
    format(row.p99),
    format(row.max),
    String(row.samples),
    row.method,
  ]);
  const header = ['id', 'value', 'unit', 'p50', 'p99', 'max', 'samples', 'method'];
  const widths = header.map((title, column) => Math.max(title.length, ...cells.map((row) => row[column]?.length ?? 0)));
  for (const row of [header, ...cells]) {
    process.stdout.write(
      `${row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd()}\n`,
    );
  }
}
