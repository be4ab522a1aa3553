/** The approver's side: keys, grants and rules from the texts of requests, with the real command line, in one language mode. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { GrantStatement } from '../../src/model/grant.ts';
import type { StatedRequest } from '../../src/model/support-request.ts';
import { newSigningKey, publicKeyText } from '../../src/requests/ed25519.ts';
import { ApproverKeys } from '../../src/requests/grants/approver-keys.ts';
import { readGrantText } from '../../src/requests/grants/grant-text.ts';
import { writeRequestText } from '../../src/requests/request-text.ts';
import { requestOf } from '../unit/requests/statements.ts';
import { describeUnless } from '../describe-unless.ts';
import { noPrepared } from './powershell.ts';
import { RealInstallation } from './real-installation.ts';

const PASSPHRASE = 'pässphrase "of" a key $x';
const SECURE = `(ConvertTo-SecureString '${PASSPHRASE}' -AsPlainText -Force)`;
const HOUR = 3_600_000;
/** Shows the last error as a script sees it. */
const SHOW =
  '-ErrorVariable e -ErrorAction SilentlyContinue; $e | Select-Object -Last 1 | ForEach-Object { "$($_.FullyQualifiedErrorId)|$($_.CategoryInfo.Category)" }';

const device = newSigningKey();
const devicePublic = publicKeyText(device);
const textOf = (more: Partial<StatedRequest> = {}): string => writeRequestText(requestOf(devicePublic, more), device);
const TEXT = textOf();
const request = requestOf(devicePublic);

/** Both modes are files of their own, so that they run at the same time. */
export function describeApprovals(mode: 'full' | 'constrained'): void {
  describeUnless(noPrepared, `approvals in ${mode} language`, () => {
    testsIn(mode);
  });
}

function testsIn(mode: 'full' | 'constrained'): void {
  let installation: RealInstallation;
  let publicKey = '';
  const at = (name: string): string => `${installation.folder}/${name}`;
  const run = async (script: string): Promise<string> => (await installation.run(script)).output;
  const approve = (more: string, from = `'${TEXT}'`): string =>
    `${from} | Approve-EPMRequest -KeyPath desk.pem -Passphrase ${SECURE} ${more}`;
  const sign = async (more = '', from = `'${TEXT}'`): Promise<{ text: string; statement: GrantStatement }> => {
    const { output, errors } = await installation.run(`(${approve(`-Confirm:$false ${more}`, from)}).Text`);
    expect(errors).toBe('');
    return { text: output.trim(), statement: readGrantText(output.trim()).statement };
  };

  beforeAll(async () => {
    installation = new RealInstallation();
    await installation.start({ constrained: mode === 'constrained' });
    const [made] = await installation.list<{ PublicKey: string }>(
      `New-EPMApprovalKey desk.pem -Name 'Help "desk"' -Approver 'desk@example.com' -Passphrase ${SECURE} | Select-Object Name, Approver, PublicKey, Path`,
    );
    expect(made).toMatchObject({ Name: 'Help "desk"', Approver: 'desk@example.com', Path: at('desk.pem') });
    publicKey = made?.PublicKey ?? '';
    writeFileSync(at('request.txt'), TEXT.replace(/(.{76})/g, '$1\r\n'));
  });
  afterAll(() => installation.remove());

  it('make a key, its entry for policy, and never replace one', async () => {
    const before = readFileSync(at('desk.pem'), 'utf8');
    expect(before).toContain('BEGIN ENCRYPTED PRIVATE KEY');
    const make = (name: string, more: string): string =>
      `New-EPMApprovalKey ${name} -Name ann -Approver S-1-5-21-1-2-3-1001 ${more}`;
    expect(await run(`${make('desk.pem', `-Passphrase ${SECURE}`)} ${SHOW}`)).toBe(
      'EPM.File.Unwritable,New-EPMApprovalKey|WriteError\n',
    );
    expect(readFileSync(at('desk.pem'), 'utf8')).toBe(before);
    await run(make('what.pem', `-Passphrase ${SECURE} -WhatIf`));
    expect(existsSync(at('what.pem'))).toBe(false);
    // Nobody can be asked here.
    expect(await run(`${make('asked.pem', '')} ${SHOW}`)).toBe(
      'EPM.Passphrase.Required,New-EPMApprovalKey|InvalidArgument\n',
    );
    expect(existsSync(at('asked.pem'))).toBe(false);
    const written = `(${make('ann.pem', `-Passphrase ${SECURE}`)}).Policy | ConvertTo-Json -Depth 5 | Set-Content key.json -Encoding UTF8`;
    expect((await installation.run(written)).errors).toBe('');
    expect(await installation.list(`Test-EPMPolicy key.json | Where-Object Risk -eq high`)).toEqual([]);
    expect(JSON.parse(readFileSync(at('key.json'), 'utf8').replace(/^\ufeff/, ''))).toMatchObject({
      approverKeys: { ann: { approver: 'S-1-5-21-1-2-3-1001' } },
    });
  });

  it('sign exactly what is asked, from a text, a mail, a file and an object', async () => {
    const { text, statement } = await sign();
    const { signed } = readGrantText(text);
    expect(
      new ApproverKeys([
        { name: 'x', publicKey, approver: 'x', rights: { anyUser: false, deviceGroups: [] }, limits: {} },
      ]).signersOf(signed),
    ).toHaveLength(1);
    const { id, from, until, ...rest } = statement;
    expect(id).toMatch(/^[0-9a-f]{16}$/);
    expect(rest).toEqual({
      requestId: request.id,
      device: { kind: 'device', id: request.requestedOnDeviceId },
      requester: request.requestedByUserId,
      sha256: request.applicationDetail.fileHash,
      fileName: 'setup.exe',
      arguments: request.arguments,
    });
    // The end is the one that was shown, from which the beginning is some seconds away.
    expect(until - from).toBeLessThanOrEqual(24 * HOUR);
    expect(until - from).toBeGreaterThan(23 * HOUR);
    expect((await sign('', 'Get-Content request.txt')).statement.requestId).toBe(request.id);
    const two = `$all = @('${TEXT}', '${TEXT}' | Approve-EPMRequest -KeyPath desk.pem -Passphrase ${SECURE} -Confirm:$false); $all.Count; $all[0].GrantId -ne $all[1].GrantId`;
    expect(await run(two)).toBe('2\nTrue\n');
    const path = `(Approve-EPMRequest -Path request.txt -KeyPath desk.pem -Passphrase ${SECURE} -Confirm:$false).RequestId`;
    expect(await run(path)).toBe(`${request.id}\n`);
    const object = `New-Object psobject -Property @{ RequestId = '${request.id}'; Text = '${TEXT}' }`;
    expect((await sign('', object)).statement.requestId).toBe(request.id);
  });

  it('make of the parameters what they say', async () => {
    const reason = '-Ticket "4711" for C:\\';
    const { statement } = await sign(
      `-Until ([datetime]'2031-05-01T10:00:00Z') -SingleUse -Reason '${reason}' -QrPath grant.svg`,
    );
    expect(statement).toMatchObject({ until: Date.UTC(2031, 4, 1, 10), uses: 1, reason });
    expect(readFileSync(at('grant.svg'), 'utf8')).toMatch(/^<svg /);
    const wide = (await sign('-Hours 1 -AnyUser -DeviceGroup Laptops')).statement;
    expect(wide).not.toHaveProperty('requester');
    expect(wide.device).toEqual({ kind: 'group', name: 'Laptops' });
    expect(wide.until - wide.from).toBeLessThanOrEqual(HOUR);
    const shown = await installation.list(
      `${approve('-Confirm:$false -SingleUse')} | Select-Object FileName, UserSid, DeviceId, Uses, Imported, @{ n = 'Days'; e = { [int]($_.Until - $_.From).TotalDays } }`,
    );
    expect(shown).toEqual([
      {
        FileName: 'setup.exe',
        UserSid: request.requestedByUserId,
        DeviceId: request.requestedOnDeviceId,
        Uses: 1,
        Imported: false,
        Days: 1,
      },
    ]);
  });

  it('show what the command line shows, and sign nothing without a yes', async () => {
    const { output } = await installation.run(approve('-WhatIf'));
    for (const part of [
      'What if: Sign an approval.',
      `CONTOSO\\ada (${request.requestedByUserId})`,
      'The printer of room 4 needs its driver.',
      'C:\\Users\\ada\\Downloads\\setup.exe',
      'What you would sign:',
      'It admits nothing else',
      'A rule that does the same for good: {',
    ])
      expect(output).toContain(part);
    expect(output).not.toContain('EPM1.');
    const hostile = textOf({ requestJustification: 'a\u202eb\u001b[2J' });
    const escaped = await installation.run(approve('-WhatIf', `'${hostile}'`));
    expect(escaped.output).toContain('a<U+202E>b<U+001B>[2J');
    // Where nobody can be asked, the question is an error and not a yes.
    const asked = await installation.run(`try { (${approve('')}).Text } catch { $_.FullyQualifiedErrorId }`);
    expect(`${asked.output}${asked.errors}`).not.toContain('EPM1.');
    expect(`${asked.output}${asked.errors}`).not.toBe('');
  });

  it.each([
    ['a wrong passphrase', `'${TEXT}'`, "'another passphrase'", 'EPM.Approver.KeyInvalid'],
    ['what is no request', "'C:\\Windows\\win.ini'", `'${PASSPHRASE}'`, 'EPM.Request.TextInvalid'],
    ['a name of a file', "'request.txt'", `'${PASSPHRASE}'`, 'EPM.Request.TextInvalid'],
    ['an empty text', "''", `'${PASSPHRASE}'`, 'EPM.Request.TextInvalid'],
    ['a text without an end', `('EPMR1.' + 'A' * 100000)`, `'${PASSPHRASE}'`, 'EPM.Request.TextInvalid'],
    ['a request that was changed', `'${TEXT.slice(0, -8)}AAAAAAAA'`, `'${PASSPHRASE}'`, 'EPM.Request.TextInvalid'],
    ['another object', 'Get-Item .', `'${PASSPHRASE}'`, 'EPM.Request.Source'],
  ])('refuse %s', async (_, from, passphrase, id) => {
    const script = `${from} | Approve-EPMRequest -KeyPath desk.pem -Confirm:$false -Passphrase (ConvertTo-SecureString ${passphrase} -AsPlainText -Force) ${SHOW}`;
    expect((await run(script)).split('|')[0]).toBe(`${id},Approve-EPMRequest`);
  });

  it('never put the passphrase on a command line, in the environment, or in an error', async () => {
    // An epm.exe that tells what it was given.
    const spy = `#!/bin/sh\n{ printf '%s\\n' "$0" "$@"; env; } >> '${at('seen.txt')}'\nexec '${process.execPath}' '${at('EPM.cjs')}' "$@"\n`;
    const program = readFileSync(at('epm.exe'), 'utf8');
    writeFileSync(at('epm.exe'), spy);
    try {
      await sign();
      const wrong = `${approve('-Confirm:$false').replace('desk.pem', 'missing.pem')} -ErrorAction SilentlyContinue; $Error | Out-String; Get-Variable | Out-String`;
      expect(await run(wrong)).not.toContain('of" a key');
    } finally {
      writeFileSync(at('epm.exe'), program);
    }
    const seen = readFileSync(at('seen.txt'), 'utf8');
    expect(seen).toContain('--passphrase-json');
    expect(seen).not.toMatch(/of\\?" a key/);
  });

  it('make rules of requests', async () => {
    const rule = `Select-Object name, type, fileName, filePath, fileHash, arguments`;
    const [tight] = await installation.list(`New-EPMRule -Request '${TEXT}' -SamePath -SameArgument | ${rule}`);
    expect(tight).toEqual({
      name: 'setup.exe',
      type: 'userConfirmed',
      fileName: 'setup.exe',
      filePath: 'C:\\Users\\ada\\Downloads',
      fileHash: 'ab'.repeat(32),
      arguments: ['/quiet "C:\\Temp\\a b.inf"'],
    });
    expect(await installation.list(`'${TEXT}' | New-EPMRule -SamePath -SameArgument | ${rule}`)).toEqual([tight]);
    const json = JSON.stringify({ ...request, status: 'completed' }).replaceAll("'", "''");
    const object = `& (Get-Module EPM) { ConvertTo-EPMSupportRequest -InputObject (ConvertFrom-EPMJson -Text $args[0]) } '${json}'`;
    // A script outside of the module reaches into it in full language only.
    if (mode === 'full') {
      expect(await installation.list(`${object} | New-EPMRule -SamePath -SameArgument | ${rule}`)).toEqual([tight]);
      const [signed] = await installation.list<{ certificate: object }>(`${object} | New-EPMRule -By Publisher`);
      expect(signed?.certificate).toMatchObject({ type: 'publisher' });
    }
    expect(await run(`New-EPMRule -Request 'desk.pem' ${SHOW}`)).toBe(
      'EPM.Request.TextInvalid,New-EPMRule|InvalidData\n',
    );
  });
}
