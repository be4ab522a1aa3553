/**
 * Support is asked at every door of the desktop, for every type of file, by rules and by the default response; who asked is told
 * of the answer without losing what they type; and the file then runs with what was asked for.
 */
import { createHash } from 'node:crypto';
import { readdirSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makePackage } from '../../testbed/installers.ts';
import { describeWindows, machine, type Outcome } from '../bed/index.ts';
import { eventually } from '../eventually.ts';
import { Approver } from '../unit/agent/approvals/approver.ts';
import { askingProgram } from '../unit/facts/asking-program.ts';
import { AgentUnderTest, type Json } from './agent-under-test.ts';
import { approverKeys, type Asked, importGrant, lastRequest } from './approvals-under-test.ts';

const FOLDER = 'C:\\Users\\Public\\Doors';
const NOTES = 'C:\\ProgramData\\Doors';
const ASKING = 'C:\\Program Files\\Asking\\asking.exe';
const HOSTILE = ['a b', 'Ünïcode ✓', '&', '"quoted"', 'end\\', '', '%PATH%'];
const KINDS = ['exe', 'msi', 'ps1'] as const;
type Kind = (typeof KINDS)[number];
const WAYS = ['ruled', 'unruled'] as const;
type Way = (typeof WAYS)[number];
const CASES = WAYS.flatMap((way) => KINDS.map((kind) => [way, kind] as const));
/** Of an account that the agent makes. */
const ISOLATED = /^S-1-5-107-(?:\d+-){4}\d+$/;
/** ERROR_CANCELLED of winerror.h. */
const CANCELLED = 1223 % 256;
const SHOWN = 'wait:EpmPrompt';
const REASON = 'Printer für 日本';
/** A reason is typed and sent, and what comes of it is read. */
const ASKS = [
  SHOWN,
  `type:${REASON}`,
  'text:102,14',
  'enabled:1',
  'key:alt+s',
  'gone',
  SHOWN,
  'read',
  'key:escape',
  'gone',
];

const fileOf = (way: Way, kind: Kind): string => `${FOLDER}\\${way}.${kind}`;
const argumentsOf = (kind: Kind): readonly string[] => (kind === 'msi' ? ['/qn'] : HOSTILE);

describeWindows('support is asked', ['epm', 'powerShell', 'screen', 'installerTools'], (bed) => {
  const support = new Approver();
  const rules: Json[] = [];
  let agent: AgentUnderTest;

  const contentOf = (way: Way, kind: Kind): Uint8Array => {
    if (kind === 'exe') return Buffer.concat([bed().readFile(bed().programs.probe), Buffer.from(way)]);
    if (kind === 'ps1') {
      return Buffer.from(`[IO.Directory]::CreateDirectory('${NOTES}') | Out-Null
$said = @{ user = [Security.Principal.WindowsIdentity]::GetCurrent().User.Value; arguments = @($args) }
[IO.File]::WriteAllText('${NOTES}\\${way}.json', (ConvertTo-Json -InputObject $said))
`);
    }
    const action = path.join(machine?.testPrograms ?? '', 'epmprobe.exe');
    // Without a rule nothing that a package starts runs with administrator rights.
    const started = way === 'ruled' ? { action, actionArguments: `package ${way}` } : {};
    return makePackage({ name: `Field ${way}`, ...started }).bytes;
  };
  const apply = (settings: Json = {}): Promise<void> =>
    agent.apply({
      id: 'tests',
      settings: {
        enabled: true,
        defaultElevationResponse: 'requireSupportApproval',
        allowElevationDetection: true,
        supportContact: ['Phone 1234'],
        ...settings,
      },
      rules,
      approverKeys: approverKeys([support]),
    });

  beforeAll(async () => {
    await bed().provideScreen();
    bed().provideWindowsPowerShell();
    agent = new AgentUnderTest(bed());
    const ruleFor = (file: string, content: Uint8Array): Json => {
      const fileName = path.win32.basename(file);
      const fileHash = createHash('sha256').update(content).digest('hex');
      return { name: fileName, type: 'supportApproved', fileName, fileHash, childProcesses: 'allow' };
    };
    for (const [way, kind] of CASES) {
      const [file, content] = [fileOf(way, kind), contentOf(way, kind)];
      bed().putFile(file, content);
      await bed().letUsersWrite(file);
      if (way === 'ruled') rules.push(ruleFor(file, content));
    }
    const asking = askingProgram('requireAdministrator', 'asking');
    bed().putFile(ASKING, asking);
    rules.push(ruleFor(ASKING, asking));
    await apply();
    await agent.start();
  });
  afterAll(() => agent.stop());

  /** Does at the windows what the steps say. @returns what was read there */
  async function person(steps: readonly string[]): Promise<string> {
    const outcome = await bed().run({ program: bed().programs.window, arguments: [...steps] });
    expect(outcome).toMatchObject({ exitCode: 0, errors: '' });
    return outcome.output;
  }
  const byVerb = (file: string, values: readonly string[]) =>
    bed().start({ program: `${agent.folder}\\epmlaunch.exe`, arguments: ['--elevate', file, ...values] });
  /** Asks support at the window, and answers the request. */
  async function ask(start: () => ReturnType<typeof byVerb>): Promise<Asked & Json> {
    const launcher = await start();
    const seen = await person(ASKS);
    expect((await launcher.exited).exitCode).toBe(CANCELLED);
    const request = await lastRequest(agent);
    expect(request).toMatchObject({ status: 'pending', requestJustification: REASON });
    for (const text of ['Your request waits for support', request.id, 'Phone 1234']) expect(seen).toContain(text);
    return request;
  }
  const approve = async ({ text }: Asked): Promise<void> => {
    expect(await importGrant(agent, support.approve(text, Date.now()), 'otherUser')).toMatchObject({ kind: 'result' });
  };
  /** What ran of a file, and as whom. */
  const ranAs = (way: Way, kind: Kind): { readonly user: string; readonly arguments: readonly string[] }[] => {
    const note = `${NOTES}\\${way}.json`;
    if (kind === 'ps1') return bed().fileExists(note) ? [JSON.parse(bed().readFile(note).toString())] : [];
    const folder = 'C:\\ProgramData\\epm-probe';
    const reports = bed().fileExists(folder) ? readdirSync(bed().hostPath(folder)) : [];
    return reports
      .map((name) => agent.report(name.slice(0, -'.json'.length)))
      .filter((report) =>
        kind === 'exe'
          ? report?.image.endsWith(`\\${way}.exe`)
          : report?.arguments.slice(1).join(' ') === `package ${way}`,
      )
      .map((report) => ({ user: report?.token.user ?? '', arguments: report?.arguments.slice(1) ?? [] }));
  };

  describe('and who asked is told of the answer', () => {
    let denied: Asked;

    it('while they go on typing: that it is approved', async () => {
      const request = await ask(() => byVerb(fileOf('ruled', 'exe'), HOSTILE));
      const typing = await bed().start({
        program: bed().programs.window,
        arguments: ['own', 'type:before ', 'tell', 'see:EpmPrompt', 'type:and after', 'typed:before and after', 'read'],
      });
      await eventually(() => expect(typing.output()).toContain('done'));
      await approve(request);
      const outcome = await typing.exited;
      expect(outcome).toMatchObject({ exitCode: 0, errors: '' });
      for (const text of ['Support approved your request', 'ruled.exe', request.id, 'Phone 1234']) {
        expect(outcome.output).toContain(text);
      }
      // It is within reach of keys, and closes.
      await person([SHOWN, 'key:enter', 'gone']);
    });

    it('that it is denied, with the reason, and not once more at the next attempt', async () => {
      denied = await ask(() => byVerb(fileOf('unruled', 'exe'), ['/denied']));
      const words = ['request', 'deny', denied.id, '--reason', 'Use the portal.'];
      expect((await agent.verb(words, 'administrator')).exitCode).toBe(0);
      const seen = await person([SHOWN, 'read', 'key:escape', 'gone']);
      for (const text of ['Support denied your request', 'Use the portal.', denied.id]) expect(seen).toContain(text);
      const again = await agent.ask('elevate', { path: fileOf('unruled', 'exe'), arguments: ['/denied'] });
      expect(again.body).toMatchObject({ outcome: 'needs', requirements: ['justification'] });
    });

    it('at the next attempt where policy wants no window', async () => {
      await apply({ notifyUser: false });
      const request = await ask(() => byVerb(fileOf('unruled', 'exe'), ['/later']));
      expect((await agent.verb(['request', 'deny', request.id], 'administrator')).exitCode).toBe(0);
      const launcher = await byVerb(fileOf('unruled', 'exe'), ['/later']);
      expect(await person([SHOWN, 'read', 'key:escape', 'gone'])).toContain('Support denied your request');
      expect((await launcher.exited).exitCode).toBe(CANCELLED);
    });
  });

  it.each(CASES)(
    'for a file that is %s, .%s, and after the approval it runs with what was asked for',
    async (way, kind) => {
      const [file, values] = [fileOf(way, kind), argumentsOf(kind)];
      if (!(way === 'ruled' && kind === 'exe')) await approve(await ask(() => byVerb(file, values)));
      expect(ranAs(way, kind)).toEqual([]);
      // The very same, and nothing else.
      const other = await agent.ask('elevate', {
        path: file,
        arguments: [...values, kind === 'msi' ? '/norestart' : 'more'],
      });
      expect(other.body).toMatchObject({ outcome: 'needs', asksSupport: true });
      const launcher = await byVerb(file, values);
      const { exitCode } = await launcher.exited;
      expect(exitCode).toBe(0);
      const [ran, ...more] = ranAs(way, kind);
      expect(more).toEqual([]);
      if (kind !== 'msi' || way === 'ruled') expect(ran?.user).toMatch(ISOLATED);
      if (kind === 'msi') expect(bed().fileExists(`C:\\Program Files\\Field ${way}\\tool.txt`)).toBe(true);
      else expect(ran?.arguments).toEqual(values);
      const record = (await agent.records()).findLast(
        ({ event, processType }) => event === 'elevationStarting' && processType !== 'child',
      );
      expect(record).toMatchObject({ elevationType: 'supportApprovedElevation', approver: support.key.approver });
    },
  );

  it('by an ordinary launch of a program that asks Windows for administrator rights', async () => {
    const start = (): ReturnType<typeof byVerb> => bed().start({ program: bed().programs.start, arguments: [ASKING] });
    await approve(await ask(start));
    const outcome: Outcome = await (await start()).exited;
    expect(outcome.exitCode).toBe(0);
    expect((await agent.records()).findLast(({ event }) => event === 'elevationStarting')).toMatchObject({
      elevationType: 'supportApprovedElevation',
      trigger: 'detected',
      filePath: ASKING,
    });
  });
});
