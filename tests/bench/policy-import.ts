/** Importing a policy of Microsoft Graph with 100 rules, the most that Intune keeps in one. */
import { createHash } from 'node:crypto';
import { sha256 } from '../../src/model/brands.ts';
import type { RuleInput } from '../../src/model/rule.ts';
import { readGraph, writeGraph } from '../../src/policy/formats/graph/index.ts';
import { CERTIFICATES } from '../compliance/graph-shorthand.ts';
import { type BenchResult, summary } from './result.ts';

const RULES = 100;
const ROUNDS = 60;
const WARM_UP = 5;

export async function run(): Promise<BenchResult[]> {
  const bytes = exportedPolicy();
  const times: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const start = performance.now();
    const { policies } = readGraph(bytes, {});
    times.push(performance.now() - start);
    const outcomes = policies.flatMap(({ report }) => report.map(({ outcome }) => outcome));
    if (outcomes.filter((outcome) => outcome === 'imported').length !== RULES) throw new Error('Not every rule is in.');
  }
  const [first = Number.NaN] = times;
  const warm = summary(times.slice(WARM_UP));
  return [
    {
      id: 'policy.import.graph100',
      value: warm.p50,
      unit: 'ms',
      ...warm,
      samples: ROUNDS - WARM_UP,
      method: `bytes of an export of ${RULES} rules with all attributes (${Math.round(bytes.length / 1024)} KiB) to rules and reports; value is the median, the first call in the process took ${first.toFixed(0)} ms`,
    },
  ];
}

/** An export, laid out as Graph Explorer and backup tools write it. */
function exportedPolicy(): Uint8Array {
  const [der = ''] = CERTIFICATES;
  const digest = sha256(createHash('sha256').update(Buffer.from(der, 'base64')).digest('hex'));
  const rules = Array.from({ length: RULES }, (_, index): RuleInput => ({
    name: `Vendor tool ${index}`,
    description: 'Asked for by the service desk',
    type: 'userConfirmed',
    validations: ['justification', 'authentication'],
    childProcesses: 'requireRule',
    fileName: `tool-${index}.exe`,
    filePath: `C:\\Program Files\\Vendor\\Tool ${index}`,
    fileHash: createHash('sha256').update(String(index)).digest('hex'),
    certificate: { type: 'publisher', sha256: digest },
    minimumVersion: `${index}.2.3.4`,
    fileDescription: 'Tool of the vendor',
    productName: 'Vendor tools',
    internalName: `tool${index}`,
    arguments: ['/install /quiet', '/repair'],
  }));
  const certificates = [{ name: 'Vendor', sha256: digest, der }];
  return writeGraph({ id: 'bench', scope: { kind: 'device' }, rules, rejected: [], certificates }).bytes;
}
