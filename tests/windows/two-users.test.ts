/**
 * Setup programs of NSIS, a package and a script, each elevated by the packed agent for two people at once. Every fact of
 * account, profile, environment and effects is one that both have, or one that each has for themselves; none is left out.
 */
import { createHash } from 'node:crypto';
import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { makePackage, makeSetup } from '../../testbed/installers.ts';
import { describeWindows, identitySid, machine, type Need } from '../bed/index.ts';
import { AgentUnderTest, type Json, type ProbeReport } from './agent-under-test.ts';
import { machineValue } from './machine-value.ts';
import { SETTINGS } from './policy-keys.ts';

const PEOPLE = ['standardUser', 'otherUser'] as const;
type Person = (typeof PEOPLE)[number];

const FOLDER = 'C:\\Users\\Public\\Downloads';
const NOTES = 'C:\\ProgramData\\Field Setup';
const VARIABLES = ['USERNAME', 'USERDOMAIN', 'USERPROFILE', 'HOMEPATH', 'TEMP', 'TMP', 'APPDATA', 'LOCALAPPDATA'];

const SCRIPT = `$ErrorActionPreference = 'Stop'
$name = Split-Path -Leaf $env:USERPROFILE
$facts = [ordered]@{
    before = "$([Microsoft.Win32.Registry]::GetValue('HKEY_CURRENT_USER\\Software\\Field Setup', 'Account', ''))"
    hive = [Security.Principal.WindowsIdentity]::GetCurrent().User.Value
    profile = [Environment]::GetFolderPath('UserProfile')
    desktop = [Environment]::GetFolderPath('Desktop')
    documents = [Environment]::GetFolderPath('MyDocuments')
    roaming = [Environment]::GetFolderPath('ApplicationData')
    localData = [Environment]::GetFolderPath('LocalApplicationData')
    temporary = [IO.Path]::GetTempPath()
}
foreach ($variable in '${VARIABLES.join("', '")}') { $facts[$variable] = [Environment]::GetEnvironmentVariable($variable) }
[Microsoft.Win32.Registry]::SetValue('HKEY_CURRENT_USER\\Software\\Field Setup', 'Account', $name)
[IO.File]::WriteAllText("$env:TEMP\\field.txt", $name)
[IO.Directory]::CreateDirectory('${NOTES}') | Out-Null
[IO.File]::WriteAllText("${NOTES}\\$name.json", (ConvertTo-Json -InputObject $facts))
[Microsoft.Win32.Registry]::SetValue('HKEY_LOCAL_MACHINE\\Software\\Field Setup', $PSScriptRoot, $name)
Start-Sleep -Seconds 3
`;

/** What a program found of its account, by name. */
type Facts = Readonly<Record<string, string>>;

interface Run {
  readonly outcome: string;
  readonly requestId: string;
  readonly exitCode: number;
  readonly account: { readonly sid: string; readonly name: string };
  readonly file: { readonly copy: string };
  readonly startTime: string;
  readonly endTime: string;
}

interface Kind {
  readonly name: string;
  readonly file: string;
  readonly bytes: () => Uint8Array;
  readonly arguments: (person: Person) => readonly string[];
  readonly facts: (agent: AgentUnderTest, run: Run) => Facts;
  /** What is installed for everybody, and by both. */
  readonly expectEffects: (agent: AgentUnderTest, runs: readonly Run[]) => Promise<void>;
  /** What has to be done before it can run again. */
  readonly reset?: (agent: AgentUnderTest) => Promise<void>;
}

/** Of the account's profile. */
const nameOf = ({ account }: Run): string => `EPM.${account.name.slice(account.name.indexOf('\\') + 1)}`;
const notesOf = (agent: AgentUnderTest, run: Run, ending: string): string =>
  agent.bed.readFile(`${NOTES}\\${nameOf(run)}.${ending}`).toString('utf8');
const folderOf = ({ file }: Run): string => file.copy.slice(0, file.copy.lastIndexOf('\\'));

const setup = (bits: 32 | 64): Kind => ({
  name: `a setup program of ${bits} bits`,
  file: `${FOLDER}\\setup${bits}.exe`,
  bytes: () => makeSetup(bits),
  arguments: () => ['/S'],
  facts: (agent, run) =>
    Object.fromEntries(
      [...notesOf(agent, run, 'ini').matchAll(/^(\w+)=(.*?)\r?$/gm)].map(([, name, text]) => [name, text]),
    ),
  expectEffects: async (agent, runs) => {
    const folder = bits === 64 ? 'C:\\Program Files\\Field Setup' : 'C:\\Program Files (x86)\\Field Setup';
    expect(agent.bed.readFile(`${folder}\\setup.txt`).toString()).toBe('set up');
    expect(agent.bed.fileExists(`${folder}\\uninstall.exe`)).toBe(true);
    const key = bits === 64 ? 'Software\\Field Setup' : 'Software\\WOW6432Node\\Field Setup';
    for (const run of runs) expect(await machineValue(agent.bed, key, folderOf(run))).toBe(`"${run.file.copy}" /S`);
  },
});

const isPackageReport = (report: ProbeReport | undefined): report is ProbeReport =>
  report?.arguments[1] === '--profile' && report.arguments[2] === 'package';

const PACKAGE: Kind = {
  name: 'a package',
  file: `${FOLDER}\\field.msi`,
  bytes: () =>
    makePackage({
      name: 'Field Tools',
      action: path.join(machine?.testPrograms ?? '', 'epmprobe.exe'),
      actionArguments: '--profile package [GREETING]',
    }).bytes,
  arguments: (person) => ['/qn', `GREETING=${person}`],
  facts: (agent, { account }) => {
    const reports = readdirSync(agent.bed.hostPath('C:\\ProgramData\\epm-probe'))
      .map((name) => agent.report(name.slice(0, -'.json'.length)))
      .filter(isPackageReport)
      .filter(({ token }) => token.user === account.sid)
      .sort((one, other) => Number(one.profile?.before !== null) - Number(other.profile?.before !== null));
    const report = reports.at(-1);
    if (report?.profile === undefined) throw new Error('the action of the package told nothing');
    const variables = new Map(report.environment.map((entry) => [entry.slice(0, entry.indexOf('=')), entry] as const));
    const texts = VARIABLES.map((name) => [name, variables.get(name)?.slice(name.length + 1) ?? ''] as const);
    const { before, hive, temporary, folders } = report.profile;
    return {
      before: before ?? '',
      value: hive ?? '',
      hive: report.token.user,
      temporary,
      ...folders,
      ...Object.fromEntries(texts),
    };
  },
  expectEffects: async (agent) => {
    expect(agent.bed.readFile('C:\\Program Files\\Field Tools\\tool.txt').toString()).toBe('Field Tools');
    expect(PEOPLE).toContain(await machineValue(agent.bed, 'Software\\Field Tools', 'Greeting'));
  },
  reset: async ({ bed }) => {
    const program = 'C:\\Windows\\System32\\msiexec.exe';
    const { exitCode } = await bed.run({ program, arguments: ['/x', PACKAGE.file, '/qn'], as: 'administrator' });
    expect(exitCode).toBe(0);
    expect(bed.fileExists('C:\\Program Files\\Field Tools\\tool.txt')).toBe(false);
  },
};

const SCRIPT_KIND: Kind = {
  name: 'a script',
  file: `${FOLDER}\\field.ps1`,
  bytes: () => Buffer.from(SCRIPT),
  arguments: () => [],
  facts: (agent, run) => JSON.parse(notesOf(agent, run, 'json')) as Facts,
  expectEffects: async (agent, runs) => {
    for (const run of runs)
      expect(await machineValue(agent.bed, 'Software\\Field Setup', folderOf(run))).toBe(nameOf(run));
  },
};

/** What each of two records has for itself; all else they have in common. */
const OWN_RECORD = new Set([
  'requestId',
  'userSid',
  'accountSid',
  'upn',
  'sequence',
  'recordHash',
  'previousHash',
  'copyPath',
]);
/** What may be the same by chance, or differs where the arguments do. */
const EITHER_WAY = new Set(['eventDateTime', 'arguments', 'processId']);

/** Facts that do not depend on who asked. */
const SHARED_FACTS = new Set(['USERDOMAIN', 'system']);
/** Wine names the one account it runs under, and the folder of its profile. */
const WINE_FACTS = new Set(['profile', 'USERNAME', 'USERDOMAIN']);

function twoUsers(group: string, needs: readonly Need[], kinds: readonly Kind[]): void {
  describeWindows(group, ['epm', 'installerTools', ...needs], (bed) => {
    let agent: AgentUnderTest;

    beforeAll(async () => {
      if (needs.includes('screen')) await bed().provideScreen();
      if (needs.includes('powerShell')) bed().provideWindowsPowerShell();
      agent = new AgentUnderTest(bed());
      const rules: Json[] = [];
      for (const { name, file, bytes, arguments: words } of kinds) {
        const values = PEOPLE.map((person) => words(person).join(' ')).filter((text) => text !== '');
        const content = bytes();
        bed().putFile(file, content);
        await bed().letUsersWrite(file);
        const fileHash = createHash('sha256').update(content).digest('hex');
        rules.push({
          name,
          type: 'automatic',
          fileName: file.slice(FOLDER.length + 1),
          fileHash,
          childProcesses: 'allow',
          ...(values.length === 0 ? {} : { arguments: values }),
        });
      }
      await agent.apply({ id: 'tests', settings: SETTINGS, rules });
      await agent.start();
    });
    afterAll(() => agent.stop());

    it.each(kinds)(
      'AC-100 of $name, each has an account, a profile, an environment and effects of their own',
      async (kind) => {
        const elevate = async (person: Person): Promise<Run> => {
          const body = { path: kind.file, arguments: kind.arguments(person), wait: true };
          const answer = await agent.ask('elevate', body, person);
          expect(answer.body, `${JSON.stringify(answer.body)}`).toMatchObject({ outcome: 'finished', exitCode: 0 });
          return answer.body as unknown as Run;
        };
        const round = async (): Promise<{ runs: readonly [Run, Run]; facts: readonly [Facts, Facts] }> => {
          const runs = (await Promise.all(PEOPLE.map(elevate))) as unknown as readonly [Run, Run];
          return { runs, facts: [kind.facts(agent, runs[0]), kind.facts(agent, runs[1])] };
        };
        const { runs, facts } = await round();
        const [first, second] = runs;
        // Both ran at the same time.
        expect(first.startTime < second.endTime && second.startTime < first.endTime).toBe(true);
        for (const part of [
          (run: Run) => run.account.sid,
          (run: Run) => run.account.name,
          (run: Run) => run.file.copy,
        ]) {
          expect(part(first)).not.toBe(part(second));
        }
        for (const [index, own] of facts.entries()) expectOwn(own, runs[index] as Run);
        for (const name of Object.keys(facts[0])) {
          if (name === 'before' || (WINE_FACTS.has(name) && bed().kind === 'wine')) continue;
          const [one, other] = [facts[0][name], facts[1][name]];
          if (SHARED_FACTS.has(name)) expect(one, name).toBe(other);
          else expect(one, name).not.toBe(other);
        }
        await expectRecords(runs);
        await kind.expectEffects(agent, runs);
        await kind.reset?.(agent);
        // Each finds what it left itself.
        const again = await round();
        for (const index of [0, 1] as const) {
          expect(again.runs[index].account).toEqual(runs[index].account);
          const left = facts[index]['value'] ?? nameOf(runs[index]);
          expect(again.facts[index]).toEqual({ ...facts[index], before: left });
        }
        await kind.expectEffects(agent, again.runs);
      },
    );

    /** The records of the two, fact by fact. */
    async function expectRecords(runs: readonly Run[]): Promise<void> {
      const records = await agent.records();
      const [first, second] = runs.map(({ requestId }) =>
        records.filter((record) => record['requestId'] === requestId && record['processType'] !== 'child'),
      );
      expect(first?.map(({ event }) => event)).toEqual(['elevationStarting', 'elevationEnded']);
      for (const [at, one] of (first ?? []).entries()) {
        const other = second?.[at] ?? {};
        expect(Object.keys(other)).toEqual(Object.keys(one));
        for (const [name, value] of Object.entries(one)) {
          if (EITHER_WAY.has(name)) continue;
          if (OWN_RECORD.has(name)) expect(value, name).not.toEqual(other[name]);
          else expect(value, name).toEqual(other[name]);
        }
      }
    }

    /** What a program finds is its account's, the first time. */
    function expectOwn(facts: Facts, run: Run): void {
      const { account } = run;
      const [domain = '', name = ''] = account.name.split('\\');
      const profile = `C:\\Users\\${nameOf(run)}`;
      const local = `${profile}\\AppData\\Local`;
      const expected: Readonly<Record<string, string>> = {
        before: '',
        hive: account.sid,
        profile,
        desktop: `${profile}\\Desktop`,
        documents: `${profile}\\Documents`,
        downloads: `${profile}\\Downloads`,
        roaming: `${profile}\\AppData\\Roaming`,
        localData: local,
        temporary: `${local}\\Temp`,
        USERNAME: name,
        USERDOMAIN: domain,
        USERPROFILE: profile,
        HOMEPATH: profile.slice(2),
        TEMP: `${local}\\Temp`,
        TMP: `${local}\\Temp`,
        APPDATA: `${profile}\\AppData\\Roaming`,
        LOCALAPPDATA: local,
      };
      expect(account.sid).not.toBe(identitySid.standardUser);
      for (const [fact, found] of Object.entries(facts)) {
        if (WINE_FACTS.has(fact) && bed().kind === 'wine') continue;
        const wanted = expected[fact];
        if (wanted !== undefined) expect(found.replace(/\\$/, '').toLowerCase(), fact).toBe(wanted.toLowerCase());
      }
      expect(Object.keys(facts)).toEqual(
        expect.arrayContaining(['before', 'hive', 'desktop', 'temporary', ...VARIABLES]),
      );
      const host = bed().hostPath(facts['USERPROFILE'] ?? '');
      expect(existsSync(host)).toBe(true);
      const left = readdirSync(bed().hostPath(facts['TEMP'] ?? ''));
      expect(left).toContain(facts['value'] === undefined ? 'field.txt' : 'package.tmp');
    }
  });
}

twoUsers('elevated for two people at once', ['powerShell', 'screen'], [setup(64), PACKAGE, SCRIPT_KIND]);
twoUsers('elevated for two people at once, in 32 bits', ['programs32'], [setup(32)]);
