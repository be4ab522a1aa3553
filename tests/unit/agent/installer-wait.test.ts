/** One installation at a time: a package waits for its turn. */
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { LONGEST_WAIT } from '../../../src/agent/installer-wait.ts';
import { eventually } from '../../eventually.ts';
import { createAgent } from '../../../src/agent/index.ts';
import { writeInstaller } from '../facts/msi/installer-writer.ts';
import { caller, context, FakeMachine, hashOf } from './fake-machine.ts';

const PACKAGE = 'C:\\Program Files\\Setup\\tools.msi';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

async function asked() {
  const machine = new FakeMachine();
  machine.isInstalling = true;
  const { bytes } = writeInstaller();
  machine.addFile(PACKAGE, bytes);
  machine.addPolicy([{ name: 'Tools', type: 'automatic', fileName: 'tools.msi', fileHash: hashOf(bytes) }]);
  const agent = await createAgent(machine.ports(), { version: '1', processId: 1 });
  const client = context();
  const answer = agent.elevate(caller(), { path: PACKAGE }, client.value);
  answer.catch(() => undefined);
  await eventually(() => expect(client.waits).toEqual(['otherInstallation']));
  const advance = async (milliseconds: number): Promise<void> => {
    machine.monotonic += milliseconds;
    await vi.advanceTimersByTimeAsync(milliseconds);
  };
  const nothingLeft = () => {
    expect(machine.processes).toEqual([]);
    expect(machine.copies.size + machine.openHandles).toBe(0);
  };
  return { machine, agent, client, answer, advance, nothingLeft };
}

it('a package is started when the other installation has ended', async () => {
  const { machine, answer, advance } = await asked();
  await advance(LONGEST_WAIT - 2_000);
  expect(machine.processes).toEqual([]);
  machine.isInstalling = false;
  await advance(1_000);
  expect(await answer).toMatchObject({ outcome: 'started' });
});

it('a package that waits for too long is not started, and the answer says why', async () => {
  const { machine, answer, advance, nothingLeft } = await asked();
  for (let second = 0; second <= LONGEST_WAIT / 1000; second += 1) await advance(1_000);
  await expect(answer).rejects.toMatchObject({ code: 'EPM_INSTALLER_BUSY' });
  nothingLeft();
  expect(machine.records().at(-1)).toMatchObject({ event: 'elevationFailed', errorCode: 'EPM_INSTALLER_BUSY' });
});

it('a request that is taken back ends at once', async () => {
  for (const end of ['cancel', 'gone'] as const) {
    const { client, answer, nothingLeft } = await asked();
    client[end].abort();
    await expect(answer).rejects.toMatchObject({ code: 'EPM_REQUEST_CANCELLED' });
    nothingLeft();
  }
});

it('a package is not started by a policy that is not in force any more', async () => {
  const { machine, answer, advance, nothingLeft } = await asked();
  machine.addPolicy([{ name: 'No', type: 'deny', fileName: 'tools.msi' }]);
  machine.changed?.();
  await advance(1_000);
  machine.isInstalling = false;
  await advance(1_000);
  await expect(answer).rejects.toMatchObject({
    code: 'EPM_INSTALLER_BUSY',
    message: expect.stringMatching(/policy/) as string,
  });
  nothingLeft();
});

it('each package that waits takes one of its user’s places, and gives it back', async () => {
  const { machine, agent, answer, advance } = await asked();
  expect(agent.status(caller()).running).toBe(0);
  machine.isInstalling = false;
  await advance(1_000);
  await answer;
  expect(agent.status(caller()).running).toBe(1);
  machine.process.exit(0);
  await eventually(() => expect(agent.status(caller()).running).toBe(0));
});
