/**
 * The demo's story, on a fresh Windows test bed: deliver, elevate, refuse, prove. Every line that is printed below a
 * PowerShell prompt is what the real module printed.
 */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { makeTestBed, whyNot } from '../../testbed/make-test-bed.ts';
import { identitySid } from '../../testbed/test-bed.ts';
import { MdmClient } from '../../testbed/mdm-client/mdm-client.ts';
import { renderRegText } from '../../testbed/mdm-client/registry.ts';
import { writeAs } from '../../src/policy/formats/convert.ts';
import { installOperation, renderSyncMl } from '../../src/policy/formats/mdm/syncml.ts';
import { describeReport } from './probe-report.ts';
import { startAgent } from '../../testbed/agent.ts';
import { makePackage } from '../../testbed/installers.ts';
import { askSupport, makeApproverKey } from './approval.ts';
import { askFromDesktop } from './consent.ts';
import { demoPolicy, demoPolicyText, type Digests, PACKAGE, PROGRAMS, SCRIPT } from './policy.ts';
import { heading, print, printBlock, Stage } from './stage.ts';

const root = path.resolve(import.meta.dirname, '../..');
const start = performance.now();
/** Where the administrator keeps the export from Intune, and the policy file that comes after it. */
const EXPORT = 'C:\\Users\\Public\\intune.json';
const POLICY = 'C:\\Users\\Public\\policy.json';

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

const bed = await makeTestBed();
const stage = new Stage(bed, path.join(root, 'dist', 'linux', 'epm.cjs'));
try {
  await tell(stage);
} finally {
  stage.dispose();
  await bed.dispose();
}
const { failures } = stage;
heading(
  `Done in ${((performance.now() - start) / 1000).toFixed(1)} s${failures === 0 ? '' : `, ${failures} step(s) did not do what they should`}`,
);
process.exitCode = failures === 0 ? 0 : 1;

async function tell(stage: Stage): Promise<void> {
  const { device, install } = stage;
  await device.provideScreen();
  device.provideWindowsPowerShell();
  const program = device.readFile(device.programs.probe);
  for (const file of Object.values(PROGRAMS)) device.putFile(file, program);

  const { bytes } = makePackage({ name: 'Field Tools' });
  device.putFile(PACKAGE, bytes);
  device.putFile(SCRIPT, REPAIR);
  const digests: Digests = { program: sha256(program), package: sha256(bytes), script: sha256(REPAIR) };
  const management = new MdmClient(identitySid.standardUser as `S-1-${string}`);

  heading('1  Policies exported from Intune become OMA-URI settings, and MDM delivers them');
  const graph = writeAs(demoPolicy(digests), 'graph').bytes;
  await deliverExport(stage, management, graph);

  const agent = await startAgent(device, install);
  try {
    heading('2  Read back from the device, the policy is what was exported');
    await readBack(stage, graph);

    heading('3  A standard user asks for a program that needs a confirmation and a reason');
    await stage.prompt(
      `Invoke-EPMElevation -FilePath '${PROGRAMS.diskDoctor}' -ArgumentList '--report','C:\\Users\\Public\\My Disk' -Justification 'Disk errors since Monday' -Confirm:$false -Wait | Format-List`,
      /finished/,
    );
    const report = describeReport(device).join('\n');
    printBlock(report);
    stage.expectTrue(!/NOT|PRESENT|BUT/.test(report));

    heading('4  From the desktop the agent asks in its window, and what the program starts is judged');
    await fromDesktop(stage);

    heading('5  An automatic rule asks nothing');
    await stage.prompt(`Invoke-EPMElevation -FilePath '${PROGRAMS.clockSync}' -Wait`, /finished/);

    heading('6  An installer package, with a property that its rule lists');
    await stage.prompt(
      `Invoke-EPMElevation -FilePath '${PACKAGE}' -ArgumentList '/qn','GREETING=Hello from the field' -Confirm:$false -Wait | Format-List`,
      /ExitCode +: 0/,
    );
    await installed(stage, 'C:\\Program Files\\Field Tools\\tool.txt', 'Field Tools', /Hello from the field/);

    heading('7  A script, with arguments that stay texts');
    await stage.prompt(
      `Invoke-EPMElevation -FilePath '${SCRIPT}' -ArgumentList '-Printer','Hall 2; $(calc)' -Wait | Format-List`,
      /ExitCode +: 0/,
    );
    await installed(stage, REPAIR_LOG, 'Printer Repair', /Hall 2; \$\(calc\)/);

    heading('8  A deny rule');
    await stage.prompt(
      `Invoke-EPMElevation -FilePath '${PROGRAMS.registryEditor}' -Confirm:$false`,
      /No registry editors/,
    );

    heading('9  A program that no rule knows');
    await stage.prompt(`Invoke-EPMElevation -FilePath '${PROGRAMS.unknown}' -Confirm:$false`, /no rule|default/i);

    heading('10  A program that was changed after its rule was made');
    device.putFile(PROGRAMS.printerSetup, Buffer.concat([program, Buffer.from('one more byte')]));
    await stage.prompt(`Invoke-EPMElevation -FilePath '${PROGRAMS.printerSetup}' -Confirm:$false`, /no rule|default/i);
    await stage.prompt(`(Test-EPMElevation -FilePath '${PROGRAMS.printerSetup}').Explanation`, /Printer setup 4\.2/);

    heading('11  A program that needs a yes from support');
    await deliverApprover(stage, management, digests);
    await askSupport(stage);

    heading('12  The audit, as the administrator sees it, and a report of it');
    await stage.prompt('Get-EPMAudit | Format-Table', /elevationEnded .*DiskDoctor/, { as: 'administrator' });
    const elevation = 'Get-EPMAudit | Where-Object Event -EQ elevationStarting | Select-Object -First 1 | Format-List';
    await stage.prompt(elevation, /Justification *: Disk errors since Monday/, { as: 'administrator' });
    await stage.verb(['audit', 'verify']);
    await stage.verb(['report', 'applications']);
  } finally {
    await agent.stop();
  }
}

/** The verb of the desktop: a question in the window, and a child that no rule knows. */
async function fromDesktop(stage: Stage): Promise<void> {
  const { device, install } = stage;
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
  stage.expectTrue(isAnswered);
  const child =
    'Get-EPMAudit | Where-Object Event -EQ childDenied | Select-Object -Last 1 | Format-List Event, FilePath, Reason';
  await stage.prompt(child, /FreeGame\.exe/, { as: 'administrator' });
}

/** Prints a file and a value of the registry that something elevated has made. */
async function installed({ device }: Stage, file: string, key: string, expected: RegExp): Promise<void> {
  print(`   ${file}:`);
  printBlock(`  ${device.fileExists(file) ? device.readFile(file).toString('utf8').trim() : 'NOT there'}`);
  const query = { program: 'C:\\Windows\\System32\\reg.exe', arguments: ['query', `HKLM\\Software\\${key}`] };
  const { output } = await device.run({ ...query, as: 'administrator' });
  printBlock(output.replaceAll('\r', '').trim());
  stage.expectTrue(device.fileExists(file) && expected.test(output));
}

/** Policies of Intune → OMA-URI as SyncML → MDM client → registry, the route a policy takes to the agent. */
async function deliverExport(stage: Stage, management: MdmClient, graph: Uint8Array): Promise<void> {
  stage.device.putFile(EXPORT, graph);
  const [settings, rules] = JSON.parse(Buffer.from(graph).toString('utf8')) as { name: string; settings: object[] }[];
  print(`   ${EXPORT}, as Graph gives it (${graph.length} bytes): "${settings?.name}" and "${rules?.name}"`);
  const message = await stage.verb(['policy', 'convert', EXPORT, '--to', 'syncml'], { isShown: false });
  const admx = readFileSync(path.join(root, 'policy-definitions', 'EPM.admx'), 'utf8');
  const installed = management.receive(renderSyncMl([installOperation(admx)]));
  const delivered = management.receive(message);
  print(`   as SyncML (${message.length} characters), and what the device answered:`);
  const statuses = [...installed.statuses, ...delivered.statuses];
  for (const { verb: name, uri, status } of statuses) print(`   ${status}  ${name.padEnd(7)} ${uri}`);
  stage.expectTrue(statuses.length > 2 && statuses.every(({ status }) => status === 200));
  const registry = renderRegText(delivered.operations);
  print('   as the registry holds it now:');
  printBlock(registry.replaceAll('\r', '').trim());
  await stage.device.importRegistry(registry);
}

/** The policy of the device in the form it came in; every byte must be the same. */
async function readBack(stage: Stage, graph: Uint8Array): Promise<void> {
  await stage.verb(['policy', 'compare', EXPORT, 'device']);
  const words = ['policy', 'convert', 'HKLM\\Software\\Policies\\EPM', '--to', 'graph'];
  const back = await stage.verb(words, { isShown: false });
  const same = Buffer.from(back, 'utf8').equals(graph);
  print(`   ${Buffer.byteLength(back)} bytes, ${same ? 'the same as the export' : 'NOT what was exported'}`);
  stage.expectTrue(same);
}

/** An approver makes a key, and MDM delivers a policy that lists it and has a rule for approvals. */
async function deliverApprover(stage: Stage, management: MdmClient, digests: Digests): Promise<void> {
  const approverKeys = makeApproverKey(stage);
  stage.device.putFile(POLICY, demoPolicyText(digests, { approverKeys }));
  const message = await stage.verb(['policy', 'convert', POLICY, '--to', 'syncml'], { isShown: false });
  const { statuses, operations } = management.receive(message);
  print(`   as SyncML (${message.length} characters): ${statuses.length} commands, which the device took`);
  stage.expectTrue(statuses.every(({ status }) => status === 200));
  await stage.device.importRegistry(renderRegText(operations));
  await stage.verb(['policy', 'reload']);
}
