/**
 * The demo's story, on a fresh Windows test bed: deliver, elevate, refuse, prove. Every line that is printed below a
 * PowerShell prompt is what the real module printed.
 */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { makeTestBed, whyNot } from '../../tests/bed/make-test-bed.ts';
import { identitySid, type TestBed } from '../../tests/bed/test-bed.ts';
import { MdmClient } from '../../tests/mdm-client/mdm-client.ts';
import { renderRegText } from '../../tests/mdm-client/registry.ts';
import { parsePolicyFile, toPolicyDocuments } from '../../src/policy/policy-file.ts';
import { installOperation, policyOperations, renderSyncMl } from '../../src/policy/syncml.ts';
import { describeReport, REQUESTERS_ENVIRONMENT } from './probe-report.ts';
import { startAgent } from '../../tests/bed/agent.ts';
import { demoPolicy, PROGRAMS } from './policy.ts';

const root = path.resolve(import.meta.dirname, '../..');
const start = performance.now();

const lack = whyNot(['epm', 'powerShell']);
if (lack !== undefined) {
  console.error(`The demo needs a Windows test bed: ${lack}`);
  process.exit(1);
}
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
  const install = device.installEpm();
  const program = device.readFile(device.programs.probe);
  for (const file of Object.values(PROGRAMS)) device.putFile(file, program);

  heading('1  An administrator writes a policy, and Intune delivers it as OMA-URI');
  const text = demoPolicy(createHash('sha256').update(program).digest('hex'));
  await deliver(device, text);

  const agent = await startAgent(device, install);
  try {
    heading('2  A standard user asks for a program that needs a confirmation and a reason');
    const module = `${install}\\EPM\\EPM.psd1`;
    await prompt(
      device,
      module,
      `Invoke-EPMElevation -FilePath '${PROGRAMS.diskDoctor}' -ArgumentList '--report','C:\\Users\\Public\\My Disk' -Justification 'Disk errors since Monday' -Confirm:$false -Wait | Format-List`,
      /finished/,
    );
    const report = describeReport(device).join('\n');
    printBlock(report);
    expectTrue(!/NOT|PRESENT|BUT/.test(report));

    heading('3  An automatic rule asks nothing');
    await prompt(device, module, `Invoke-EPMElevation -FilePath '${PROGRAMS.clockSync}' -Wait`, /finished/);

    heading('4  A deny rule');
    await prompt(
      device,
      module,
      `Invoke-EPMElevation -FilePath '${PROGRAMS.registryEditor}' -Confirm:$false`,
      /No registry editors/,
    );

    heading('5  A program that no rule knows');
    await prompt(
      device,
      module,
      `Invoke-EPMElevation -FilePath '${PROGRAMS.unknown}' -Confirm:$false`,
      /no rule|default/i,
    );

    heading('6  A program that was changed after its rule was made');
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

    heading('7  The audit, as the administrator sees it');
    await prompt(device, module, 'Get-EPMAudit | Format-Table', /Disk doctor/, 'administrator');
    const verify = await device.run({
      program: `${install}\\epm.exe`,
      arguments: ['audit', 'verify'],
      as: 'administrator',
    });
    print('C:\\> epm.exe audit verify');
    printBlock(verify.output + verify.errors);
    expectTrue(verify.exitCode === 0);
  } finally {
    await agent.stop();
  }
}

/** Policy file → OMA-URI → SyncML → MDM client → registry, the route a policy takes from Intune to the agent. */
async function deliver(device: TestBed, text: string): Promise<void> {
  printBlock(text);
  const [document] = toPolicyDocuments(parsePolicyFile(text), { kind: 'device' });
  if (document === undefined) throw new Error('The policy of the demo cannot be read.');
  const admx = readFileSync(path.join(root, 'policy-definitions', 'EPM.admx'), 'utf8');
  const message = renderSyncMl([installOperation(admx), ...policyOperations(document)]);
  const delivered = new MdmClient(identitySid.standardUser as `S-1-${string}`).receive(message);
  print(`   as SyncML (${message.length} characters), and what the device answered:`);
  for (const { verb, uri, status } of delivered.statuses) print(`   ${status}  ${verb.padEnd(7)} ${uri}`);
  expectTrue(delivered.statuses.every(({ status }) => status === 200));
  const registry = renderRegText(delivered.operations);
  print('   as the registry holds it now:');
  printBlock(registry.replaceAll('\r', '').trim());
  await device.importRegistry(registry);
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
  printBlock(`${outcome.output}${outcome.errors}`.replaceAll('\r', '').trim());
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
