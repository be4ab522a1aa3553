/** Every type of rule with every kind of file, by the packed agent: what is answered, and under whom the file ran. */
import { createHash } from 'node:crypto';
import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { makePackage } from '../../testbed/installers.ts';
import { ELEVATION_TYPES, type ElevationType } from '../../src/model/rule-action.ts';
import { describeWindows, identitySid, machine, playedLogonOnly } from '../bed/index.ts';
import { AgentUnderTest, type AgentMessage, type Json } from './agent-under-test.ts';
import { giveProfile, knownUser, makeUsersKnown, passwordCredential, sealedAnswer } from './credentials-under-test.ts';
import { SETTINGS } from './policy-keys.ts';

const FOLDER = 'C:\\Users\\Public\\Kinds';
const NOTES = 'C:\\ProgramData\\Kinds';
/** Of the user. */
const PROFILE = 'C:\\users\\standard';
const KINDS = ['exe', 'msi', 'ps1'] as const;
type Kind = (typeof KINDS)[number];
const TYPES = Object.keys(ELEVATION_TYPES) as readonly ElevationType[];

const user = knownUser('EPMBED\\standard', identitySid.standardUser);
const credential = passwordCredential(user.name, user.password);
/** Of an account that the agent makes. */
const ISOLATED = /^S-1-5-107-(?:\d+-){4}\d+$/;

const fileOf = (type: ElevationType, kind: Kind): string => `${FOLDER}\\${type}.${kind}`;

describeWindows('a rule', ['epm', 'powerShell', 'screen', 'installerTools'], (bed) => {
  let agent: AgentUnderTest;

  const contentOf = (type: ElevationType, kind: Kind): Uint8Array => {
    if (kind === 'exe') return Buffer.concat([bed().readFile(bed().programs.probe), Buffer.from(type)]);
    if (kind === 'ps1') {
      return Buffer.from(`[IO.Directory]::CreateDirectory('${NOTES}') | Out-Null
[IO.File]::WriteAllText('${NOTES}\\${type}.txt', [Security.Principal.WindowsIdentity]::GetCurrent().User.Value)
`);
    }
    const action = path.join(machine?.testPrograms ?? '', 'epmprobe.exe');
    return makePackage({ name: `Field ${type}`, action, actionArguments: `package ${type}` }).bytes;
  };

  beforeAll(async () => {
    await bed().provideScreen();
    bed().provideWindowsPowerShell();
    agent = new AgentUnderTest(bed());
    if (bed().kind === 'wine') {
      await makeUsersKnown(bed(), [user]);
      await giveProfile(bed(), user.sid, PROFILE);
      // Where Windows Installer unpacks what it runs.
      bed().putFile(`${PROFILE}\\AppData\\Local\\Temp\\empty.txt`, '');
    }
    const rules: Json[] = [];
    for (const type of TYPES) {
      for (const kind of KINDS) {
        const [file, content] = [fileOf(type, kind), contentOf(type, kind)];
        bed().putFile(file, content);
        await bed().letUsersWrite(file);
        const fileHash = createHash('sha256').update(content).digest('hex');
        const fileName = `${type}.${kind}`;
        const more = type === 'deny' ? {} : { childProcesses: 'allow' };
        rules.push({ name: fileName, type, fileName, fileHash, ...more });
      }
    }
    await agent.apply({ id: 'tests', settings: SETTINGS, rules });
    await agent.start();
  });
  afterAll(() => agent.stop());

  const elevate = (type: ElevationType, kind: Kind, more: Json = {}): Promise<AgentMessage> =>
    agent.ask('elevate', { path: fileOf(type, kind), arguments: kind === 'msi' ? ['/qn'] : [], wait: true, ...more });
  /** SIDs of the accounts that the file of the rule ran under. */
  const ranAs = (type: ElevationType, kind: Kind): readonly string[] => {
    if (kind === 'ps1') {
      const note = `${NOTES}\\${type}.txt`;
      return bed().fileExists(note) ? [bed().readFile(note).toString()] : [];
    }
    const folder = bed().hostPath('C:\\ProgramData\\epm-probe');
    return (existsSync(folder) ? readdirSync(folder) : [])
      .map((name) => agent.report(name.slice(0, -'.json'.length)))
      .filter((report) =>
        kind === 'exe'
          ? report?.image.endsWith(`\\${type}.exe`)
          : report?.arguments.slice(1).join(' ') === `package ${type}`,
      )
      .map((report) => report?.token.user ?? '');
  };
  const expectRan = ({ body }: AgentMessage, type: ElevationType, kind: Kind, as: RegExp | string): void => {
    expect(body, JSON.stringify(body)).toMatchObject({
      outcome: 'finished',
      exitCode: 0,
      rule: { name: `${type}.${kind}`, type },
    });
    const [account, ...more] = ranAs(type, kind);
    expect(more).toEqual([]);
    expect(account).toMatch(as);
    if (kind === 'msi') expect(bed().fileExists(`C:\\Program Files\\Field ${type}\\tool.txt`)).toBe(true);
  };
  const expectNothing = (type: ElevationType, kind: Kind): void => {
    expect(ranAs(type, kind)).toEqual([]);
    if (kind === 'msi') expect(bed().fileExists(`C:\\Program Files\\Field ${type}\\tool.txt`)).toBe(false);
  };

  it.each(KINDS)('of type automatic elevates an .%s at once', async (kind) => {
    expectRan(await elevate('automatic', kind), 'automatic', kind, ISOLATED);
  });

  it.each(KINDS)('of type userConfirmed elevates an .%s that was confirmed', async (kind) => {
    const { body } = await elevate('userConfirmed', kind);
    expect(body).toMatchObject({ outcome: 'needs', requirements: ['confirmation'] });
    expectNothing('userConfirmed', kind);
    const answer = await elevate('userConfirmed', kind, { ticket: body['ticket'] });
    expectRan(answer, 'userConfirmed', kind, ISOLATED);
  });

  for (const kind of KINDS) {
    playedLogonOnly(`of type currentUser elevates an .${kind} as the user who authenticated`, async () => {
      const question = await elevate('currentUser', kind);
      expect(question.body).toMatchObject({ outcome: 'needs', requirements: ['confirmation', 'authentication'] });
      expectNothing('currentUser', kind);
      const answer = await elevate('currentUser', kind, sealedAnswer(question, credential));
      expectRan(answer, 'currentUser', kind, user.sid);
    });
  }

  it.each(KINDS)('of type deny refuses an .%s', async (kind) => {
    const { body } = await elevate('deny', kind);
    expect(body).toMatchObject({ outcome: 'denied', rule: { name: `deny.${kind}` } });
    expectNothing('deny', kind);
  });

  it.each(KINDS)('of type supportApproved elevates no .%s without an approval', async (kind) => {
    const { body } = await elevate('supportApproved', kind, { justification: 'I need it for my work.' });
    expect(body).toMatchObject({ outcome: 'needsApproval', rule: { name: `supportApproved.${kind}` } });
    expectNothing('supportApproved', kind);
  });
});
