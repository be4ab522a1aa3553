/** Installer packages that the packed agent elevates: Windows Installer really installs them. */
import { createHash } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { describeWindows } from '../bed/index.ts';
import { eventually } from '../eventually.ts';
import { AgentUnderTest, type Json } from './agent-under-test.ts';
import { makePackage } from '../../testbed/installers.ts';
import { quoteArgument } from '../../src/engine/arguments.ts';
import { machineValue } from './machine-value.ts';
import { machine } from '../bed/index.ts';
import path from 'node:path';

const FOLDER = 'C:\\Users\\Public\\Setup';
const PACKAGE = `${FOLDER}\\Field Tools.msi`;
const FAILING = `${FOLDER}\\failing.msi`;
const EXTERNAL = `${FOLDER}\\external.msi`;
const QUOTING = `${FOLDER}\\quoting.msi`;
/** What would give the package another folder where a mark ended the value. */
const SMUGGLED = 'GREETING=a" INSTALLDIR=C:\\Evil B="c';
const CACHE = 'C:\\ProgramData\\EPM\\Cache';
const INSTALLED = 'C:\\Program Files\\Field Tools\\tool.txt';

describeWindows('a package that the packed agent elevates', ['epm', 'powerShell', 'installerTools'], (bed) => {
  let agent: AgentUnderTest;

  const put = (file: string, bytes: Uint8Array): string => {
    bed().putFile(file, bytes);
    return createHash('sha256').update(bytes).digest('hex');
  };
  const program = (name: string): string => path.join(machine?.testPrograms ?? '', name);

  beforeAll(async () => {
    agent = new AgentUnderTest(bed());
    const rule = (name: string, file: string, fileHash: string, more: Json = {}): Json => ({
      name,
      type: 'automatic',
      fileName: file.slice(FOLDER.length + 1),
      fileHash,
      childProcesses: 'allow',
      ...more,
    });
    const good = put(PACKAGE, makePackage({ name: 'Field Tools', action: program('epmprobe.exe') }).bytes);
    const failing = put(FAILING, makePackage({ name: 'Field Failure', condition: 'FIT' }).bytes);
    const external = makePackage({ name: 'Field Extras', embedded: false });
    expect(external.cabinet?.subarray(0, 4).toString()).toBe('MSCF');
    put(`${FOLDER}\\tool.cab`, external.cabinet ?? Buffer.alloc(0));
    await bed().letUsersWrite(PACKAGE);
    await bed().letUsersWrite(FOLDER);
    await agent.apply({
      id: 'tests',
      settings: { enabled: true, defaultElevationResponse: 'denyAll' },
      rules: [
        rule('Field Tools', PACKAGE, good, { arguments: ['/qn "GREETING=say \\"hello\\" to all"'] }),
        rule('Failing', FAILING, failing),
        rule('Quoting', QUOTING, put(QUOTING, makePackage({ name: 'Field Quoting' }).bytes), {
          arguments: [`/qn ${quoteArgument(SMUGGLED)}`],
        }),
        rule('External', EXTERNAL, put(EXTERNAL, external.bytes), { type: 'userConfirmed' }),
      ],
    });
    await agent.start();
  });
  afterAll(() => agent.stop());

  const elevate = (file: string, values: readonly string[], more: Json = {}) =>
    agent.ask('elevate', { path: file, arguments: values, wait: true, ...more });

  it('installs its files and values, under the account of the elevation', async () => {
    const { kind, body } = await elevate(PACKAGE, ['/qn', 'GREETING=say "hello" to all']);
    expect({ kind, body }).toMatchObject({
      kind: 'result',
      body: {
        outcome: 'finished',
        exitCode: 0,
        file: { path: PACKAGE, host: expect.stringMatching(/^C:\\windows\\system32\\msiexec\.exe$/i) as string },
      },
    });
    expect(bed().readFile(INSTALLED).toString()).toBe('Field Tools');
    expect(await machineValue(bed(), 'Software\\Field Tools', 'Greeting')).toBe('say "hello" to all');
    const reports = readdirSync(bed().hostPath('C:\\ProgramData\\epm-probe')).map((name) =>
      agent.report(name.slice(0, -'.json'.length)),
    );
    const { sid } = body['account'] as { sid: string };
    expect(reports.map((report) => report?.token.user)).toEqual([sid]);
    expect(reports[0]?.arguments.slice(1)).toEqual(['from', 'the', 'package']);
    await eventually(() => expect(readdirSync(bed().hostPath(CACHE))).toEqual([]));
  });

  it('ends with what Windows Installer says when its installation fails', async () => {
    expect((await elevate(FAILING, ['/qn'])).body).toMatchObject({
      outcome: 'finished',
      exitCode: 1603,
      exitReason: 'installFailed',
    });
  });

  it('is elevated by the module, which says what its exit code means', async () => {
    const { output } = await bed().powerShell(
      `Import-Module '${agent.folder}\\EPM\\EPM.psd1'
Invoke-EPMElevation '${FAILING}' -ArgumentList '/qn' -Wait -WarningVariable said -WarningAction SilentlyContinue |
    Format-List Outcome, ExitCode, ExitReason
"$said"`,
    );
    expect(output).toMatch(/^Outcome +: finished\r?\nExitCode +: 1603\r?\nExitReason +: installFailed\r?$/m);
    expect(output).toContain('ended with exit code 1603. The installation failed');
  });

  it('waits while another installation runs, and says so', async () => {
    const held = 'C:\\Users\\Public\\held.txt';
    const other = bed().powerShell(`$mutex = [Threading.Mutex]::new($true, 'Global\\_MSIExecute')
Set-Content -LiteralPath '${held}' -Value held
Start-Sleep -Seconds 5
$mutex.ReleaseMutex()`);
    await eventually(() => expect(bed().fileExists(held)).toBe(true));
    const body = { path: PACKAGE, arguments: ['/qn', 'GREETING=say "hello" to all'], wait: true };
    const messages = await agent.messages('elevate', body);
    expect(messages).toMatchObject([
      { kind: 'event', body: { event: 'waiting', reason: 'otherInstallation' } },
      { kind: 'event', body: { event: 'started' } },
      { kind: 'result', body: { outcome: 'finished' } },
    ]);
    expect((await other).exitCode).toBe(0);
  });

  it('AC-47 is not elevated with what changes the installation', async () => {
    for (const value of [
      'TRANSFORMS=C:\\Users\\Public\\evil.mst',
      'PATCH=C:\\Users\\Public\\evil.msp',
      'SOURCELIST=C:\\Users\\Public',
    ]) {
      expect((await elevate(PACKAGE, ['/qn', value])).body).toMatchObject({ outcome: 'denied' });
    }
    expect((await elevate(PACKAGE, ['/i', EXTERNAL])).body).toMatchObject({ outcome: 'denied' });
  });

  it('AC-47 keeps what stands in a property from becoming another one', async () => {
    expect((await elevate(QUOTING, ['/qn', SMUGGLED])).body).toMatchObject({ outcome: 'finished', exitCode: 0 });
    expect(bed().fileExists('C:\\Program Files\\Field Quoting\\tool.txt')).toBe(true);
    expect(bed().fileExists('C:\\Evil')).toBe(false);
    const value = await machineValue(bed(), 'Software\\Field Quoting', 'Greeting');
    expect(`GREETING=${value}`).toBe(SMUGGLED);
  });

  it('AC-49 does not find the cabinet that lies beside it', async () => {
    const asked = (await elevate(EXTERNAL, ['/qn'])).body;
    expect(asked).toMatchObject({ outcome: 'needs' });
    const { body } = await elevate(EXTERNAL, ['/qn'], { ticket: asked['ticket'] });
    expect(body).toMatchObject({ outcome: 'finished' });
    expect(body['exitCode']).not.toBe(0);
    expect(bed().fileExists('C:\\Program Files\\Field Extras\\tool.txt')).toBe(false);
  });
});
