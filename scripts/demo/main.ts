/**
 * The demo's story, on a fresh Windows test bed: deliver, elevate, refuse, prove. Every line that is printed below a
 * PowerShell prompt is what the real module printed.
 */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { makeTestBed, whyNot } from '../../testbed/make-test-bed.ts';
import { identitySid, type TestBed } from '../../testbed/test-bed.ts';
import { MdmClient } from '../../testbed/mdm-client/mdm-client.ts';
import { renderRegText } from '../../testbed/mdm-client/registry.ts';
import { writeAs } from '../../src/policy/formats/convert.ts';
import { installOperation, renderSyncMl } from '../../src/policy/formats/mdm/syncml.ts';
import { describeReport, REQUESTERS_ENVIRONMENT } from './probe-report.ts';
import { startAgent } from '../../testbed/agent.ts';
import { makePackage } from '../../testbed/installers.ts';
import { askFromDesktop } from './consent.ts';
import { demoPolicy, PACKAGE, PROGRAMS, SCRIPT } from './policy.ts';

const root = path.resolve(import.meta.dirname, '../..');
const start = performance.now();
/** Where the administrator keeps the export from Intune. */
const EXPORT = 'C:\\Users\\Public\\intune.json';

const lack = whyNot(['epm', 'powerShell', 'screen', 'installerTools']);
if (lack !== undefined) {
  console.error(`The demo needs a Windows test bed: ${lack}`);
  process.exit(1);
}
/** Where the script of the demo writes. */
const REPAIR_LOG = 'C:\\ProgramData\\PrinterRepair.txt';
const REPAIR = `param([string]$Printer)
$account = [Security.Principal.WindowsIdentity]::GetCurrent().User.Value
[IO.File]::WriteAllText('${REPAIR_LOG}', "Repaired by $account")
New-Item -Path HKLM:\\Software -Name 'Printer Repair' -Force | Out-Null
Set-ItemProperty -Path 'HKLM:\\Software\\Printer Repair' -Name Printer -Value $Printer
`;
const sha256 = (content: string | Uint8Array): string => createHash('sha256').update(content).digest('hex');

let failures = 0;
const bed = await makeTestBed();
try {
  await tell(bed);
} finally {
  await bed.dispose();
}
heading(
  `Done in ${((performance.now() - start) / 1000).toFixed(1)} s${failures === 0 ? '' : `, ${failures} step(s) did not do what they should`}`,
);
process.exitCode = failures === 0 ? 0 : 1;

async function tell(device: TestBed): Promise<void> {
  await device.provideScreen();
  device.provideWindowsPowerShell();
  const install = device.installEpm();
  const program = device.readFile(device.programs.probe);
  for (const file of Object.values(PROGRAMS)) device.putFile(file, program);

  const { bytes } = makePackage({ name: 'Field Tools' });
  device.putFile(PACKAGE, bytes);
  device.putFile(SCRIPT, REPAIR);

  const epm = `${install}\\epm.exe`;

  heading('1  Policies exported from Intune become OMA-URI settings, and MDM delivers them');
  const graph = writeAs(
    demoPolicy({ program: sha256(program), package: sha256(bytes), script: sha256(REPAIR) }),
    'graph',
  ).bytes;
  await deliver(device, epm, graph);

  const agent = await startAgent(device, install);
  try {
    heading('2  Read back from the device, the policy is what was exported');
    await readBack(device, epm, graph);
    const module = `${install}\\EPM\\EPM.psd1`;

    heading('3  A standard user asks for a program that needs a confirmation and a reason');
    await prompt(
      device,
      module,
      `Invoke-EPMElevation -FilePath '${PROGRAMS.diskDoctor}' -ArgumentList '--report','C:\\Users\\Public\\My Disk' -Justification 'Disk errors since Monday' -Confirm:$false -Wait | Format-List`,
      /finished/,
    );
    const report = describeReport(device).join('\n');
    printBlock(report);
    expectTrue(!/NOT|PRESENT|BUT/.test(report));

    heading('4  From the desktop the agent asks in its window, and what the program starts is judged');
    await fromDesktop(device, install, module);

    heading('5  An automatic rule asks nothing');
    await prompt(device, module, `Invoke-EPMElevation -FilePath '${PROGRAMS.clockSync}' -Wait`, /finished/);

    heading('6  An installer package, with a property that its rule lists');
    await prompt(
      device,
      module,
      `Invoke-EPMElevation -FilePath '${PACKAGE}' -ArgumentList '/qn','GREETING=Hello from the field' -Confirm:$false -Wait | Format-List`,
      /ExitCode +: 0/,
    );
    await installed(device, 'C:\\Program Files\\Field Tools\\tool.txt', 'Field Tools', /Hello from the field/);

    heading('7  A script, with arguments that stay texts');
    await prompt(
      device,
      module,
      `Invoke-EPMElevation -FilePath '${SCRIPT}' -ArgumentList '-Printer','Hall 2; $(calc)' -Wait | Format-List`,
      /ExitCode +: 0/,
    );
    await installed(device, REPAIR_LOG, 'Printer Repair', /Hall 2; \$\(calc\)/);

    heading('8  A deny rule');
    await prompt(
      device,
      module,
      `Invoke-EPMElevation -FilePath '${PROGRAMS.registryEditor}' -Confirm:$false`,
      /No registry editors/,
    );

    heading('9  A program that no rule knows');
    await prompt(
      device,
      module,
      `Invoke-EPMElevation -FilePath '${PROGRAMS.unknown}' -Confirm:$false`,
      /no rule|default/i,
    );

    heading('10  A program that was changed after its rule was made');
    device.putFile(PROGRAMS.printerSetup, Buffer.concat([program, Buffer.from('one more byte')]));
    await prompt(
      device,
      module,
      `Invoke-EPMElevation -FilePath '${PROGRAMS.printerSetup}' -Confirm:$false`,
      /no rule|default/i,
    );
    await prompt(
      device,
      module,
      `(Test-EPMElevation -FilePath '${PROGRAMS.printerSetup}').Explanation`,
      /Printer setup 4\.2/,
    );

    heading('11  The audit, as the administrator sees it');
    await prompt(device, module, 'Get-EPMAudit | Format-Table', /elevationEnded .*DiskDoctor/, 'administrator');
    const elevation = 'Get-EPMAudit | Where-Object Event -EQ elevationStarting | Select-Object -First 1 | Format-List';
    await prompt(device, module, elevation, /Justification *: Disk errors since Monday/, 'administrator');
    await verb(device, epm, ['audit', 'verify']);
  } finally {
    await agent.stop();
  }
}

/** The verb of the desktop: a question in the window, and a child that no rule knows. */
async function fromDesktop(device: TestBed, install: string, module: string): Promise<void> {
  const values = ['--spawn', PROGRAMS.unknown];
  print(`   "Run with elevated access" for ${PROGRAMS.diskDoctor} ${values.join(' ')}`);
  const { isAnswered, picture } = await askFromDesktop(device, {
    install,
    program: PROGRAMS.diskDoctor,
    arguments: values,
    reason: 'Disk errors since Monday',
    picture: path.join(root, 'build', 'demo', 'consent-window.png'),
  });
  print(`   the window: ${picture === undefined ? 'no picture is taken where others may be on the screen' : picture}`);
  expectTrue(isAnswered);
  const child =
    'Get-EPMAudit | Where-Object Event -EQ childDenied | Select-Object -Last 1 | Format-List Event, FilePath, Reason';
  await prompt(device, module, child, /FreeGame\.exe/, 'administrator');
}

/** Prints a file and a value of the registry that something elevated has made. */
async function installed(device: TestBed, file: string, key: string, expected: RegExp): Promise<void> {
  print(`   ${file}:`);
  printBlock(`  ${device.fileExists(file) ? device.readFile(file).toString('utf8').trim() : 'NOT there'}`);
  const query = { program: 'C:\\Windows\\System32\\reg.exe', arguments: ['query', `HKLM\\Software\\${key}`] };
  const { output } = await device.run({ ...query, as: 'administrator' });
  printBlock(output.replaceAll('\r', '').trim());
  expectTrue(device.fileExists(file) && expected.test(output));
}

/** Policies of Intune → OMA-URI as SyncML → MDM client → registry, the route a policy takes to the agent. */
async function deliver(device: TestBed, epm: string, graph: Uint8Array): Promise<void> {
  device.putFile(EXPORT, graph);
  const [settings, rules] = JSON.parse(Buffer.from(graph).toString('utf8')) as { name: string; settings: object[] }[];
  print(`   ${EXPORT}, as Graph gives it (${graph.length} bytes): "${settings?.name}" and "${rules?.name}"`);
  const message = await verb(device, epm, ['policy', 'convert', EXPORT, '--to', 'syncml']);
  const admx = readFileSync(path.join(root, 'policy-definitions', 'EPM.admx'), 'utf8');
  const client = new MdmClient(identitySid.standardUser as `S-1-${string}`);
  const installed = client.receive(renderSyncMl([installOperation(admx)]));
  const delivered = client.receive(message);
  print(`   as SyncML (${message.length} characters), and what the device answered:`);
  const statuses = [...installed.statuses, ...delivered.statuses];
  for (const { verb: name, uri, status } of statuses) print(`   ${status}  ${name.padEnd(7)} ${uri}`);
  expectTrue(statuses.length > 2 && statuses.every(({ status }) => status === 200));
  const registry = renderRegText(delivered.operations);
  print('   as the registry holds it now:');
  printBlock(registry.replaceAll('\r', '').trim());
  await device.importRegistry(registry);
}

/** The policy of the device in the form it came in; every byte must be the same. */
async function readBack(device: TestBed, epm: string, graph: Uint8Array): Promise<void> {
  await verb(device, epm, ['policy', 'compare', EXPORT, 'device']);
  const back = await verb(device, epm, ['policy', 'convert', 'HKLM\\Software\\Policies\\EPM', '--to', 'graph'], false);
  const same = Buffer.from(back, 'utf8').equals(graph);
  print(`   ${Buffer.byteLength(back)} bytes, ${same ? 'the same as the export' : 'NOT what was exported'}`);
  expectTrue(same);
}

/** Runs a verb of epm.exe as an administrator and gives what it printed. */
async function verb(device: TestBed, epm: string, values: readonly string[], shown = true): Promise<string> {
  print(`C:\\> epm.exe ${values.join(' ')}`);
  const outcome = await device.run({ program: epm, arguments: values, as: 'administrator' });
  const long = outcome.output.length > 400;
  if (shown && !long) printBlock(`${outcome.output}${outcome.errors}`.trim());
  expectTrue(outcome.exitCode === 0);
  return outcome.output;
}

/** Runs a command in the user's PowerShell and prints it with its output. */
async function prompt(
  device: TestBed,
  module: string,
  command: string,
  expected: RegExp,
  as: 'standardUser' | 'administrator' = 'standardUser',
): Promise<void> {
  print(`PS ${as}> ${command}`);
  const outcome = await device.powerShell(`Import-Module '${module}'\n${command}\n`, {
    as,
    environment: REQUESTERS_ENVIRONMENT,
  });
  printBlock(`${outcome.output}${outcome.errors}`.replaceAll('\r', '').replace(/^\s*\n|\s+$/g, ''));
  expectTrue(expected.test(outcome.output + outcome.errors));
}

function expectTrue(holds: boolean): void {
  if (holds) return;
  failures += 1;
  print('   ✗ this is not what the demo expects');
}

function heading(text: string): void {
  print(`\n── ${text} ${'─'.repeat(Math.max(0, 100 - text.length))}`);
}

function printBlock(text: string): void {
  for (const line of text.split('\n')) print(`   ${line}`);
}

function print(line: string): void {
  process.stdout.write(`${line.trimEnd()}\n`);
}
