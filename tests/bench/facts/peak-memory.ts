/** Runs alone: gathers the facts of one file and prints the peak of its resident memory in megabytes (10^6 bytes). */
import { DigestWorker } from '../../../src/facts/digest-worker.ts';
import { gatherNodeFile } from '../../../src/facts/node-file.ts';
import { readRoots } from '../../../src/cli/input/read-roots.ts';

const [, , file = '', rootsFile = ''] = process.argv;
const worker = new DigestWorker();
const facts = await gatherNodeFile(file, { roots: await readRoots([rootsFile]), worker });
await worker.dispose();
if (facts.signatures[0]?.trusted !== true) throw new Error('The program is not well signed.');
process.stdout.write(String((process.resourceUsage().maxRSS * 1024) / 1e6));
