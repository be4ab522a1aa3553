import { setTimeout as sleep } from 'node:timers/promises';
import type { Running, TestBed } from './test-bed.ts';
import { patient } from '../tooling/patience.mjs';

/** Starts the agent as the local system and waits until it answers. */
export async function startAgent(device: TestBed, install: string): Promise<Running> {
  const program = `${install}\\epm.exe`;
  const agent = await device.start({ program, arguments: ['agent'], as: 'system' });
  let last = '';
  const end = performance.now() + patient(30_000);
  while (performance.now() < end) {
    const status = await device.run({ program, arguments: ['status'], as: 'standardUser' });
    if (status.exitCode === 0) return agent;
    last = status.output + status.errors;
    await sleep(250);
  }
  const { output, errors } = await agent.stop();
  throw new Error(`The agent does not answer: ${last}\n${output}${errors}`);
}
