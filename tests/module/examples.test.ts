/** Every example of the help and every PowerShell block of the documentation is run, with files it can find. */
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { isWindows, projectRoot } from '../../testbed/machine.ts';
import { graphPolicy, reusableSetting } from '../compliance/graph-shorthand.ts';
import { newSigningKey, publicKeyText } from '../../src/requests/ed25519.ts';
import { writeGrantText } from '../../src/requests/grants/grant-text.ts';
import { writeRequestText } from '../../src/requests/request-text.ts';
import { GRANT as STATEMENT, requestOf } from '../unit/requests/statements.ts';
import { deviceRecords } from '../corpus/company.ts';
import { canonicalJson } from '../../src/text/canonical-json.ts';
import { buildProgram } from '../unit/facts/pe-builder.ts';
import { shell, value } from './powershell.ts';
import { RealInstallation } from './real-installation.ts';

interface Example {
  readonly title: string;
  readonly code: string;
}

const CERTIFICATE = '3f2504e0-4f89-11d3-9a0c-0305e82c3301';
const POLICY = {
  version: 1,
  settings: { enabled: true },
  rules: [{ name: 'Contoso setup', type: 'userConfirmed', fileName: 'setup.exe', fileHash: 'a'.repeat(64) }],
};
const CASES = {
  version: 1,
  cases: [{ name: 'Other', file: { path: 'C:\\other.exe' }, expect: { outcome: 'denied' } }],
};
const GRAPH = graphPolicy({
  name: 'Pilot',
  rules: [
    {
      _name: 'Signed',
      _filename: 'setup.exe',
      _ruletype: { choose: '_self' },
      _signaturesource: {
        choose: '_signaturesource_0',
        children: {
          _certificatepayloadwithreusablesetting: { reference: CERTIFICATE },
          _certificatetype: { choose: '_publisher' },
        },
      },
    },
  ],
});

const device = newSigningKey();
const REQUEST = writeRequestText(requestOf(publicKeyText(device)), device);
const GRANT = writeGrantText(STATEMENT, device);

/** Errors that a system without an agent, a registry, a person and their files gives, and a program that nobody signed. */
const EXPECTED =
  /^(?:EPM\.Platform,|FileOpenFailure,.*ImportClixml|EPM\.Rule\.Source,|EPM\.Policy\.Findings,|EPM\.Passphrase\.Required,|ParameterArgumentValidationError,Approve-EPMRequest|.*InvokeCommandCommand|.*HostException|.*InvalidOperation)/;

const helpExamples = (): readonly Example[] =>
  value<Example[]>(
    `@(foreach ($command in Get-Command -Module EPM) {
       foreach ($example in (Get-Help $command.Name -Full).examples.example) { @{ title = $command.Name; code = [string]$example.code } }
     })`,
  );

/** Statements of the PowerShell blocks of a page: a line, and those that go on from it. */
function pageExamples(page: string): readonly Example[] {
  const text = readFileSync(path.join(projectRoot, 'docs', page), 'utf8');
  return [...text.matchAll(/^```powershell\n([\s\S]*?)^```/gm)].flatMap(([, block = '']) =>
    block
      .trim()
      .split(/(?<![|{])\n(?![ \t]|catch|\})/)
      .map((code) => ({ title: page, code })),
  );
}

const examples = shell === undefined ? [] : [...helpExamples(), ...pageExamples('powershell.md')];

describe.skipIf(shell === undefined || isWindows)('an example', () => {
  let installation: RealInstallation;
  const at = (name: string): string => path.join(installation.folder, name);

  beforeAll(async () => {
    installation = new RealInstallation();
    await installation.start({ constrained: false });
    mkdirSync(at('Tools'));
    writeFileSync(at('Tools/setup.exe'), buildProgram());
    writeFileSync(at('Tools/update-1.exe'), buildProgram());
    writeFileSync(at('request.txt'), REQUEST);
    writeFileSync(at('grant.txt'), GRANT);
    for (const device of [0, 1]) {
      const records = [...deviceRecords({ seed: 7, devices: 2, days: 2, requestsPerDay: 2, start: 0 }, device)];
      installation.put(`pc-000${device + 1}.jsonl`, records.map((record) => `${canonicalJson(record)}\n`).join(''));
    }
    // The clipboard of a person, who has copied what the example is about.
    const { errors } = await installation.run(`
      function global:Get-Clipboard { param([switch]$Raw) if ($global:ofGrant) { '${GRANT}' } else { '${REQUEST}' } }
      function global:Set-Clipboard { }
      $global:passphrase = ConvertTo-SecureString 'correct horse battery' -AsPlainText -Force
      $null = New-EPMApprovalKey '${at('my-key.pem')}' -Name me -Approver me@example.com -Passphrase $passphrase`);
    expect(errors).toBe('');
  });
  afterAll(() => installation.remove());
  beforeEach(() => {
    for (const name of ['policy.json', 'old.json', 'new.json']) installation.put(name, POLICY);
    installation.put('cases.json', CASES);
    installation.put('graph.json', GRAPH);
    installation.put('certificates.json', reusableSetting(CERTIFICATE, '@pem'));
    for (const name of ['profile.json', 'Registry.pol', 'Temp', 'key.json'])
      rmSync(at(name), { recursive: true, force: true });
  });

  /** The folders of the example below the one of the test. */
  const here = (code: string): string =>
    code
      .replaceAll('D:\\my-key.pem', at('my-key.pem'))
      .replace(/C:\\(?=Tools|Temp|Windows)([\w\\.*-]+)/g, (_, rest: string) => at(rest.replaceAll('\\', '/')));

  it.each(examples.filter(({ code }) => !code.includes('$env:ProgramFiles')).map(({ title, code }) => [title, code]))(
    'of %s runs: %s',
    async (_, code) => {
      // What an example writes is not there yet, and a folder of policies has nothing else.
      if (code.includes('-OutputPath .\\graph.json')) rmSync(at('graph.json'));
      if (code.includes('*.json')) for (const name of ['certificates.json', 'cases.json']) rmSync(at(name));
      const script = `$Error.Clear(); $global:ofGrant = $${code.includes('Import-EPMGrant')}
        try { $null = & { ${here(code)}
          } 2>$null 3>$null 6>$null } catch { }
        $Error | ForEach-Object { [string]$_.FullyQualifiedErrorId + '|' + $_ }`;
      const { output, errors } = await installation.run(script);
      expect(errors).toBe('');
      const unexpected = output
        .replace(/^What if: Sign an approval\.[^]*?^A rule that does the same.*$/gm, '')
        .split('\n')
        .filter((line) => line !== '' && !line.startsWith('What if: ') && !EXPECTED.test(line));
      expect(unexpected).toEqual([]);
    },
  );

  it('is there for every page and cmdlet', () => {
    expect(new Set(examples.map(({ title }) => title)).size).toBe(27);
    expect(examples.length).toBeGreaterThan(70);
  });
});
