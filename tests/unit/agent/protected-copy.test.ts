/** What runs, and what is recorded of it, when users may write the file that was asked for (decision F3). */
import { describe, expect, it } from 'vitest';
import { createAgent } from '../../../src/agent/index.ts';
import { COPY_FOLDER_INTERVAL } from '../../../src/agent/copy-folder.ts';
import { EpmError } from '../../../src/model/errors.ts';
import { caller, context, COPIES, FakeMachine, hashOf, program, SETUP } from './fake-machine.ts';

const COPY = `${COPIES}\\00000000000000000001\\setup.exe`;

function copied(rule: Parameters<FakeMachine['withRule']>[0] = {}) {
  const machine = new FakeMachine().withRule(rule);
  const file = machine.files.get(SETUP.toUpperCase());
  if (file === undefined) throw new Error('no file');
  file.writableByUsers = true;
  return { machine, file };
}

async function start(machine: FakeMachine) {
  return createAgent(machine.ports(), { version: '1', processId: 1 });
}

describe('a file that users may write', () => {
  it('runs from a copy, which the answer and the records name beside it', async () => {
    const { machine } = copied();
    const agent = await start(machine);
    const result = await agent.elevate(caller(), { path: SETUP, arguments: ['/quiet'] }, context().value);
    const file = { path: SETUP, sha256: hashOf(program()), copy: COPY };
    expect(result).toMatchObject({ outcome: 'started', file });
    expect(machine.process.request).toMatchObject({
      path: COPY,
      commandLine: `"${COPY}" /quiet`,
      directory: 'C:\\Windows\\System32',
    });
    expect([...machine.copies.keys()]).toEqual([COPY.toUpperCase()]);
    machine.process.exit(0);
    await expect.poll(() => machine.copies.size).toBe(0);
    expect(machine.openHandles).toBe(0);
    const run = { filePath: SETUP, copyPath: COPY, hash: file.sha256 };
    expect(machine.records().slice(-2)).toMatchObject([
      { event: 'elevationStarting', ...run },
      { event: 'elevationEnded', ...run },
    ]);
  });

  it('does so when it is not known who may write it', async () => {
    const { machine, file } = copied();
    file.writableByUsers = undefined;
    await (await start(machine)).elevate(caller(), { path: SETUP }, context().value);
    expect(machine.process.request.path).toBe(COPY);
  });

  it('runs where it lies when only administrators may write there', async () => {
    const machine = new FakeMachine().withRule();
    const result = await (await start(machine)).elevate(caller(), { path: SETUP }, context().value);
    expect(result).not.toHaveProperty('file.copy');
    expect(machine.copiesMade).toBe(0);
    expect(machine.records().at(-1)).not.toHaveProperty('copyPath');
  });

  it('AC-15 is judged by the bytes of the copy, whatever becomes of the file meanwhile', async () => {
    const { machine, file } = copied();
    const agent = await start(machine);
    const ports = machine.ports();
    const changing = {
      ...ports,
      opener: {
        open: async (...asked: Parameters<typeof ports.opener.open>) => {
          const opened = await ports.opener.open(...asked);
          if (opened === 'notYours') return opened;
          const copy = async (...limits: Parameters<typeof opened.copy>) => {
            const made = await opened.copy(...limits);
            file.bytes = program('changed');
            return made;
          };
          return { ...opened, copy };
        },
      },
    };
    const racing = await createAgent(changing, { version: '1', processId: 1 });
    expect(await racing.elevate(caller(), { path: SETUP }, context().value)).toMatchObject({
      outcome: 'started',
      file: { sha256: hashOf(program()), copy: COPY },
    });
    // The changed file is another one.
    expect(await agent.elevate(caller(), { path: SETUP }, context().value)).toMatchObject({ outcome: 'denied' });
  });

  it('runs where it lies by a rule that says so, when only its folder is writable', async () => {
    for (const isFileWritable of [false, true, undefined]) {
      const { machine, file } = copied({ runInPlace: true });
      file.known = { place: isFileWritable === undefined ? {} : { fileWritableByUsers: isFileWritable } };
      const agent = await start(machine);
      await agent.elevate(caller(), { path: SETUP }, context().value);
      expect(machine.process.request.path).toBe(isFileWritable === false ? SETUP : COPY);
      expect(machine.copies.size).toBe(isFileWritable === false ? 0 : 1);
    }
  });

  it('is refused where policy says so, by its reason', async () => {
    const { machine } = copied();
    machine.addPolicy([], { enabled: true, userWritableFile: 'refuse' });
    const agent = await start(machine);
    expect(await agent.elevate(caller(), { path: SETUP }, context().value)).toMatchObject({
      outcome: 'denied',
      reason: 'userWritableFile',
      rule: { name: 'Setup' },
    });
    expect(machine.copies.size).toBe(0);
    expect(machine.records().at(-1)).toMatchObject({ event: 'elevationDenied', reason: 'userWritableFile' });
  });

  it('is started only as the copy that was checked', async () => {
    const { machine, file } = copied();
    machine.imageOverrides = file.id;
    const agent = await start(machine);
    await expect(agent.elevate(caller(), { path: SETUP }, context().value)).rejects.toMatchObject({
      code: 'EPM_IMAGE_CHANGED',
    });
    expect(machine.process).toMatchObject({ resumed: false, terminatedWith: 0xc0000022 });
    expect(machine.copies.size).toBe(0);
  });

  it.each([
    ['denied', { type: 'deny' }],
    ['needs', { type: 'userConfirmed' }],
    ['needsApproval', { type: 'supportApproved' }],
  ] as const)('leaves no copy behind when the answer is "%s"', async (outcome, rule) => {
    const { machine } = copied(rule);
    const agent = await start(machine);
    const request = { path: SETUP, justification: 'It is needed.' };
    expect(await agent.elevate(caller(), request, context().value)).toMatchObject({ outcome });
    expect(machine.copiesMade).toBe(1);
    expect(machine.copies.size).toBe(0);
    expect(machine.openHandles).toBe(0);
  });

  it('is not copied for a test', async () => {
    const { machine } = copied();
    const agent = await start(machine);
    expect(await agent.test(caller(), { path: SETUP }, context().value)).toMatchObject({ outcome: 'elevate' });
    expect(machine.copiesMade).toBe(0);
  });

  it('is denied when no copy can be made', async () => {
    const { machine } = copied();
    machine.copyFault = new EpmError('EPM_COPY_FAILED', 'The disk is full.', { data: { reason: 'diskFull' } });
    const agent = await start(machine);
    await expect(agent.elevate(caller(), { path: SETUP }, context().value)).rejects.toMatchObject({
      code: 'EPM_COPY_FAILED',
    });
    expect(machine.processes).toEqual([]);
    expect(machine.openHandles).toBe(0);
    expect(machine.records().at(-1)).toMatchObject({ event: 'elevationDenied', errorCode: 'EPM_COPY_FAILED' });
  });

  it.each([0xc0000135, 0xc0000139, 0xc000007b])(
    'says what is probably missing after exit code %i',
    async (exitCode) => {
      for (const isCopy of [true, false]) {
        const { machine, file } = copied();
        file.writableByUsers = isCopy;
        const agent = await start(machine);
        const run = agent.elevate(caller(), { path: SETUP, wait: true }, context().value);
        await expect.poll(() => machine.processes.length).toBe(1);
        machine.process.exit(exitCode);
        const reason = isCopy ? 'neighboursMissing' : undefined;
        expect(await run).toMatchObject({ outcome: 'finished', exitCode });
        expect(((await run) as { exitReason?: string }).exitReason).toBe(reason);
        expect(machine.records().at(-1)).toMatchObject({ event: 'elevationEnded', result: exitCode });
        expect(machine.records().at(-1)?.reason).toBe(reason);
      }
    },
  );

  it('is copied once, and read again from the copy, when the policy changes meanwhile', async () => {
    const { machine, file } = copied();
    const agent = await start(machine);
    let changed = false;
    file.afterFacts = async () => {
      if (changed) return;
      changed = true;
      machine.addPolicy([], { enabled: true }, 'another');
      machine.changed?.();
      await expect.poll(() => machine.events()).toContain('policyChanged');
    };
    expect(await agent.elevate(caller(), { path: SETUP }, context().value)).toMatchObject({ outcome: 'started' });
    expect(machine.copiesMade).toBe(1);
  });

  it('has its copy removed when the agent stops', async () => {
    const { machine } = copied();
    const agent = await start(machine);
    await agent.elevate(caller(), { path: SETUP }, context().value);
    expect(machine.copies.size).toBe(1);
    await agent.stop();
    expect(machine.copies.size).toBe(0);
  });
});

describe('the folder of copies', () => {
  it('is swept when the agent starts', async () => {
    const machine = new FakeMachine();
    await start(machine);
    expect(machine.copiesSwept).toBe(1);
  });

  it('AC-27 is neither swept nor used when it is not safe; the agent serves on and says so', async () => {
    const machine = new FakeMachine().withRule();
    machine.copyFolderFault = new EpmError('EPM_COPY_FAILED', 'The folder is not used: it belongs to somebody.');
    const agent = await start(machine);
    expect(machine.copiesSwept).toBe(0);
    expect(machine.log).toContainEqual(expect.objectContaining({ level: 'error', event: 'copyFolderUnusable' }));
    expect(agent.status(caller())).toMatchObject({
      state: 'degraded',
      warnings: [{ code: 'copyFolderUnusable', data: { errorCode: 'EPM_COPY_FAILED' } }],
    });
    machine.copyFolderFault = undefined;
    machine.monotonic += COPY_FOLDER_INTERVAL;
    expect(agent.status(caller())).toMatchObject({ state: 'running', warnings: [] });
    expect(machine.log.at(-1)).toMatchObject({ level: 'information', event: 'copyFolderUsable' });
  });

  it('is looked at for the status now and then, not for each one', async () => {
    const machine = new FakeMachine().withRule();
    const agent = await start(machine);
    const looks = machine.copyFolderLooks;
    for (let round = 0; round < 20; round += 1) agent.status(caller());
    expect(machine.copyFolderLooks).toBe(looks);
    machine.monotonic += COPY_FOLDER_INTERVAL;
    for (let round = 0; round < 20; round += 1) agent.status(caller());
    expect(machine.copyFolderLooks).toBe(looks + 1);
  });
});
