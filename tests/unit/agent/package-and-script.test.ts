/** Packages and scripts, which a program of the machine runs (decisions A3, F3, N5). */
import { describe, expect, it } from 'vitest';
import { createAgent } from '../../../src/agent/index.ts';
import { EpmError } from '../../../src/model/errors.ts';
import type { RuleInput } from '../../../src/model/rule.ts';
import type { SettingsInput } from '../../../src/model/settings.ts';
import { writeInstaller } from '../facts/msi/installer-writer.ts';
import {
  caller,
  context,
  COPIES,
  FakeMachine,
  hashOf,
  INSTALLER,
  POWERSHELL,
  WINDOWS_POWERSHELL,
} from './fake-machine.ts';

const PACKAGE = 'C:\\Program Files\\Setup\\field tools.msi';
const SCRIPT = 'C:\\Program Files\\Setup\\repair.ps1';
const COPY = `${COPIES}\\00000000000000000001`;
const TRANSFORM = 'TRANSFORMS=C:\\Users\\Public\\evil.mst';

type Rule = Partial<RuleInput>;

function elevatable(path: string, content: Uint8Array | string, rule: Rule = {}) {
  const machine = new FakeMachine();
  const bytes = Buffer.from(content);
  const file = machine.addFile(path, bytes);
  const fileName = path.slice(path.lastIndexOf('\\') + 1);
  machine.addPolicy([{ name: 'Rule', type: 'automatic', fileName, fileHash: hashOf(bytes), ...rule }]);
  return { machine, file };
}

const installer = (rule?: Rule) => elevatable(PACKAGE, writeInstaller().bytes, rule);
const script = (text = 'Write-Output 1\r\n', rule?: Rule) => elevatable(SCRIPT, text, rule);

async function elevate(machine: FakeMachine, path: string, values: readonly string[] = [], more: object = {}) {
  const agent = await createAgent(machine.ports(), { version: '1', processId: 1 });
  return agent.elevate(caller(), { path, arguments: values, ...more }, context().value);
}

describe('a package', () => {
  it('is installed by Windows Installer from a copy, wherever it lies', async () => {
    for (const writableByUsers of [false, true, undefined]) {
      const { machine, file } = installer();
      file.writableByUsers = writableByUsers;
      const copy = `${COPY}\\field tools.msi`;
      const result = await elevate(machine, PACKAGE, ['/qn', '/norestart']);
      expect(result).toMatchObject({ outcome: 'started', file: { path: PACKAGE, copy, host: INSTALLER } });
      expect(machine.process.request).toMatchObject({
        path: INSTALLER,
        commandLine: `"${INSTALLER}" /i "${copy}" /qn /norestart`,
        directory: 'C:\\Windows\\System32',
      });
      expect(machine.process.resumed).toBe(true);
      machine.process.exit(0);
      await expect.poll(() => machine.openHandles).toBe(0);
      expect(machine.records().slice(-2)).toMatchObject([
        { event: 'elevationStarting', filePath: PACKAGE, copyPath: copy, hostPath: INSTALLER },
        { event: 'elevationEnded', filePath: PACKAGE, copyPath: copy, hostPath: INSTALLER },
      ]);
    }
  });

  it('runs from its copy by a rule that lets programs run in place', async () => {
    const { machine, file } = installer({ runInPlace: true });
    file.writableByUsers = true;
    file.known = { place: { fileWritableByUsers: false, folderWritableByUsers: true } };
    await elevate(machine, PACKAGE);
    expect(machine.process.request.commandLine).toBe(`"${INSTALLER}" /i "${COPY}\\field tools.msi"`);
  });

  it('keeps its copy until no process of the tree is left', async () => {
    const { machine } = installer();
    await elevate(machine, PACKAGE);
    expect([...machine.copies.keys()]).toEqual([`${COPY}\\field tools.msi`.toUpperCase()]);
    machine.process.exit(3010);
    await expect.poll(() => machine.copies.size).toBe(0);
  });

  it.each([
    ['a transform', [TRANSFORM]],
    ['a transform in other letters', ['transforms=C:\\Users\\Public\\evil.mst']],
    ['a patch', ['PATCH=C:\\Users\\Public\\evil.msp']],
    ['a source list', ['SOURCELIST=C:\\Users\\Public']],
    ['another folder', ['TARGETDIR=C:\\Users\\Public']],
    ['a second package', ['/i', 'C:\\Users\\Public\\evil.msi']],
    ['a log over a file of the system', ['/l*v', 'C:\\Windows\\System32\\drivers\\etc\\hosts']],
  ])('AC-47 is not elevated with %s by a rule that lists no arguments', async (_name, values) => {
    for (const rule of [{}, { type: 'userConfirmed' }] as const) {
      const { machine } = installer(rule);
      expect(await elevate(machine, PACKAGE, values)).toMatchObject({ outcome: 'denied', reason: 'defaultResponse' });
      expect(machine.processes).toEqual([]);
    }
    const { machine } = installer({ type: 'deny' });
    machine.policies = [];
    machine.addPolicy([], { enabled: true, defaultElevationResponse: 'requireUserConfirmation' });
    expect(await elevate(machine, PACKAGE, values)).toMatchObject({ outcome: 'denied', reason: 'argumentsNotAllowed' });
    expect(machine.openHandles).toBe(0);
  });

  it('takes properties that its rule lists, and quotes them as Windows Installer reads them', async () => {
    const { machine } = installer({ arguments: ['/qn "GREETING=say \\"hi\\" twice"'] });
    await elevate(machine, PACKAGE, ['/qn', 'GREETING=say "hi" twice']);
    expect(machine.process.request.commandLine).toBe(
      `"${INSTALLER}" /i "${COPY}\\field tools.msi" /qn GREETING="say ""hi"" twice"`,
    );
  });

  it('AC-47 is refused with what its rule lists and msiexec would not read in one way', async () => {
    for (const [listed, values] of [
      ['/i C:\\evil.msi', ['/i', 'C:\\evil.msi']],
      ['"A=b c\\\\"', ['A=b c\\']],
    ] as const) {
      const { machine } = installer({ arguments: [listed] });
      await expect(elevate(machine, PACKAGE, values)).rejects.toMatchObject({ code: 'EPM_ARGUMENTS_INVALID' });
      expect(machine.processes).toEqual([]);
      expect(machine.copies.size + machine.openHandles).toBe(0);
    }
  });

  it('AC-48 shows no dialogs by a rule that takes nothing but a silent installation', async () => {
    const { machine } = installer({ arguments: ['/qn'], requireArguments: true });
    for (const values of [[], ['/qf'], ['/qb'], ['/qn', '/qf']]) {
      expect(await elevate(machine, PACKAGE, values)).toMatchObject({ outcome: 'denied' });
    }
    expect(await elevate(machine, PACKAGE, ['/QN'])).toMatchObject({ outcome: 'started' });
  });

  it('asks for what the rule wants, and starts with the answer', async () => {
    const { machine } = installer({ type: 'userConfirmed', validations: ['justification'] });
    const agent = await createAgent(machine.ports(), { version: '1', processId: 1 });
    const asked = await agent.elevate(caller(), { path: PACKAGE, arguments: ['/qn'] }, context().value);
    expect(asked).toMatchObject({ outcome: 'needs', requirements: ['confirmation', 'justification'] });
    expect(machine.copies.size + machine.openHandles).toBe(0);
    const { ticket } = asked as { ticket: string };
    const request = { path: PACKAGE, arguments: ['/qn'], justification: 'Needed in the field', ticket };
    expect(await agent.elevate(caller(), request, context().value)).toMatchObject({ outcome: 'started' });
  });

  it('is not started by a program that is not the one of Windows', async () => {
    const { machine } = installer();
    machine.hostFault = new EpmError('EPM_HOST_UNUSABLE', 'Users may write it.');
    await expect(elevate(machine, PACKAGE)).rejects.toMatchObject({ code: 'EPM_HOST_UNUSABLE' });
    machine.hostFault = undefined;
    machine.hosts.delete('windowsInstaller');
    await expect(elevate(machine, PACKAGE)).rejects.toMatchObject({ code: 'EPM_HOST_UNUSABLE' });
    expect(machine.copies.size + machine.openHandles).toBe(0);
  });

  it('is ended before it runs when another image started than the one that was opened', async () => {
    const { machine } = installer();
    machine.imageOverrides = { file: 'e'.repeat(32) };
    await expect(elevate(machine, PACKAGE)).rejects.toMatchObject({ code: 'EPM_IMAGE_CHANGED' });
    expect(machine.process).toMatchObject({ resumed: false, terminatedWith: 0xc0000022 });
    expect(machine.copies.size).toBe(0);
  });
});

describe.each([
  ['a package', () => installer({ type: 'deny' }), PACKAGE, ['/qn']],
  ['a script', () => script(undefined, { type: 'deny' }), SCRIPT, ['-Name', 'x']],
] as const)('%s', (_name, make, path, values) => {
  const withPolicy = (rule: Rule, settings: SettingsInput = { enabled: true }) => {
    const { machine, file } = make();
    const fileName = path.slice(path.lastIndexOf('\\') + 1);
    machine.policies = [];
    const rules = rule.type === undefined ? [] : [{ fileName, fileHash: hashOf(file.bytes), name: 'Rule', ...rule }];
    machine.addPolicy(rules as RuleInput[], settings);
    return machine;
  };

  it('is elevated by the default response once the user has confirmed', async () => {
    const machine = withPolicy({}, { enabled: true, defaultElevationResponse: 'requireUserConfirmation' });
    const agent = await createAgent(machine.ports(), { version: '1', processId: 1 });
    const ask = (more: object) => agent.elevate(caller(), { path, arguments: values, ...more }, context().value);
    const asked = await ask({});
    expect(asked).toMatchObject({ outcome: 'needs', requirements: ['confirmation'] });
    expect(machine.processes).toEqual([]);
    expect(await ask({ ticket: (asked as { ticket: string }).ticket })).toMatchObject({ outcome: 'started' });
    expect(machine.process.resumed).toBe(true);
  });

  it('waits for an approval, and is denied, by rules that say so', async () => {
    const reason = { justification: 'It is needed.' };
    expect(await elevate(withPolicy({ type: 'supportApproved' }), path, values, reason)).toMatchObject({
      outcome: 'needsApproval',
      supportRequest: { status: 'pending' },
    });
    const denied = { outcome: 'denied', reason: 'denyRule' };
    expect(await elevate(withPolicy({ type: 'deny' }), path, values)).toMatchObject(denied);
    const byDefault = withPolicy({}, { enabled: true, defaultElevationResponse: 'denyAll' });
    expect(await elevate(byDefault, path, values)).toMatchObject({ outcome: 'denied', reason: 'defaultResponse' });
  });

  it('asks for authentication by a rule that elevates as the current user', async () => {
    expect(await elevate(withPolicy({ type: 'currentUser' }), path, values)).toMatchObject({
      outcome: 'needs',
      requirements: ['confirmation', 'authentication'],
    });
  });
});

describe('a script', () => {
  it('is run by Windows PowerShell from a copy, wherever it lies', async () => {
    for (const writableByUsers of [false, true, undefined]) {
      const { machine, file } = script();
      file.writableByUsers = writableByUsers;
      const result = await elevate(machine, SCRIPT, ['-Name', 'a b', '$(calc)', '; calc', '"', 'x\\']);
      const copy = `${COPY}\\repair.ps1`;
      expect(result).toMatchObject({ file: { path: SCRIPT, copy, host: WINDOWS_POWERSHELL } });
      expect(machine.process.request).toMatchObject({
        path: WINDOWS_POWERSHELL,
        commandLine: `"${WINDOWS_POWERSHELL}" -NoLogo -NoProfile -ExecutionPolicy Bypass -File "${copy}" -Name "a b" $(calc) "; calc" "\\"" x\\`,
      });
    }
  });

  it('AC-51 runs in the bytes that were judged, whatever becomes of the file and its neighbours', async () => {
    const { machine, file } = script('. .\\neighbour.ps1\r\n');
    file.writableByUsers = true;
    machine.addFile('C:\\Program Files\\Setup\\neighbour.ps1', Buffer.from('evil'));
    await elevate(machine, SCRIPT);
    const copies = [...machine.copies.values()];
    file.bytes = Buffer.from('evil');
    expect(copies.map(({ bytes }) => Buffer.from(bytes).toString())).toEqual(['. .\\neighbour.ps1\r\n']);
  });

  it.each([
    ['#requires -Version 5.1\r\n', WINDOWS_POWERSHELL],
    ['#Requires -Version 7.0\r\n', POWERSHELL],
    ['#Requires -PSEdition Core\r\n', POWERSHELL],
    ['Write-Output 1\r\n#requires -version 6\r\n', POWERSHELL],
  ])('gets the host it asks for: %j', async (text, host) => {
    const { machine } = script(text);
    await elevate(machine, SCRIPT);
    expect(machine.process.request.path).toBe(host);
  });

  it('is denied when it asks for a PowerShell that is not there, before anybody is asked', async () => {
    for (const type of ['automatic', 'userConfirmed'] as const) {
      const { machine } = script('#requires -Version 7\r\n', { type });
      machine.hosts.delete('powerShell');
      expect(await elevate(machine, SCRIPT)).toMatchObject({
        outcome: 'denied',
        reason: 'scriptHostMissing',
        rule: { name: 'Rule' },
        file: { path: SCRIPT },
      });
      expect(machine.processes).toEqual([]);
      expect(machine.copies.size + machine.openHandles).toBe(0);
      expect(machine.records().at(-1)).toMatchObject({
        event: 'elevationDenied',
        elevationType: 'denied',
        reason: 'scriptHostMissing',
        rule: { name: 'Rule' },
      });
    }
  });
});
