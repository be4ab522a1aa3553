import { readFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { displayText } from '../../src/text/display.ts';
import { importModule, shell } from './powershell.ts';
import { Session } from './session.ts';

const run1 = `{"requestId":"0d9a","processId":4711,"startTime":"2026-03-01T10:00:00.000Z","file":{"path":"C:\\\\Tools\\\\setup.exe","sha256":"aa11"},"rule":{"policyId":"p1","scope":"device","name":"Setup","type":"automatic"},"account":{"sid":"S-1-5-96-1","name":"EPM\\\\user1"},"accountFactory":"virtualAccount","childProcesses":"requireRule"`;
const request1 = `{"id":"AAECAwQFBgcICQoLDA0ODw","status":"denied","requestedByUserId":"S-1-5-21-1-2-3-1001","requestedByUserPrincipalName":"PC1\\\\anna","requestedOnDeviceId":"3f2504e0-4f89-11d3-9a0c-0305e82c3301","deviceName":"PC1","requestCreatedDateTime":"2026-03-01T10:00:00.000Z","requestLastModifiedDateTime":"2026-03-01T11:00:00.000Z","requestExpiryDateTime":"2026-03-08T10:00:00.000Z","requestJustification":"Ticket 4711","applicationDetail":{"fileHash":"aa11","fileName":"setup.exe","filePath":"C:\\\\Tools\\\\setup.exe"},"arguments":["/quiet","a b"],"timesAsked":2,"reviewerJustification":"No games.","fromInternet":true}`;
const grant1 = `{"id":"0123456789abcdef","requestId":"AAECAwQFBgcICQoLDA0ODw","requester":"S-1-5-21-1-2-3-1001","sha256":"aa11","fileName":"setup.exe","arguments":["/quiet"]`;
const finding = `ConvertTo-EPMPolicyFinding -Path 'C:\\p.json' -Finding (ConvertFrom-EPMJson '{"code":"path-missing","severity":"error","risk":"high","rule":"Setup","place":{"pointer":"/rules/0","line":3},"message":"A copy fits as well.","hint":"Set filePath.","tighter":{"name":"Setup","type":"automatic"}}')`;
const testResult = `ConvertTo-EPMPolicyTestResult -Path 'C:\\c.json' -Result (ConvertFrom-EPMJson '{"name":"Setup goes","line":4,"passed":false,"differences":["outcome is denied."],"explanation":"No rule matches.","duration":1.5}')`;
const samples: Readonly<Record<string, string>> = {
  elevation: `ConvertTo-EPMElevation -ArgumentList '/quiet', 'a b' -InputObject (ConvertFrom-EPMJson '${run1},"outcome":"finished","endTime":"2026-03-01T10:00:02.500Z","exitCode":3010}')
    ConvertTo-EPMElevation -InputObject (ConvertFrom-EPMJson '${run1},"outcome":"started"}')`,
  running: `ConvertTo-EPMRunningElevation -InputObject (ConvertFrom-EPMJson '${run1},"userSid":"S-1-5-21-1-2-3-1001","userName":"PC1\\\\anna","session":1,"children":{"allowed":2,"denied":1,"recent":[{"processId":4712,"path":"C:\\\\Tools\\\\helper.exe","time":"2026-03-01T10:00:01.000Z"},{"processId":4713,"path":"C:\\\\Windows\\\\System32\\\\cmd.exe","time":"2026-03-01T10:00:02.000Z","reason":"noRule"}]}}')`,
  request: `ConvertTo-EPMSupportRequest -InputObject (ConvertFrom-EPMJson '${request1}') -Text 'EPMR1.abc'`,
  approval: `ConvertTo-EPMApproval -FilePath 'C:\\Tools\\setup.exe' -ArgumentList '/quiet' -InputObject (ConvertFrom-EPMJson '{"outcome":"needsApproval","requestId":"0d9a","message":"It waits.","hint":"Wait.","supportRequest":{"id":"AAECAwQFBgcICQoLDA0ODw","status":"pending","created":"2026-03-01T10:00:00.000Z","expires":"2026-03-08T10:00:00.000Z","timesAsked":1,"text":"EPMR1.abc"}}')`,
  grant: `ConvertTo-EPMGrant -InputObject (ConvertFrom-EPMJson '${grant1},"from":"2026-03-01T12:00:00.000Z","until":"2026-03-02T12:00:00.000Z","uses":1,"used":1,"key":"desk","approver":"desk@example.com","source":"import","fault":"grantUsed"}')`,
  signed: `ConvertTo-EPMSignedGrant -Text 'EPM1.abc' -InputObject (ConvertFrom-EPMJson '${grant1},"device":{"kind":"device","id":"3f2504e0-4f89-11d3-9a0c-0305e82c3301"},"from":1772366400000,"until":1772452800000}')`,
  role: `ConvertTo-EPMRole -InputObject (ConvertFrom-EPMJson '{"userSid":"S-1-5-21-1-2-3-1001","userName":"PC1\\\\anna","rights":["requests.view"],"from":[{"group":"S-1-5-21-9","groupName":"PC1\\\\Desk","given":["requests.view"]}]}')`,
  decision: `ConvertTo-EPMDecision -InputObject (ConvertFrom-EPMJson '{"outcome":"needs","requirements":["confirmation","justification"],"rule":{"policyId":"p1","scope":"user","name":"Tool","type":"userConfirmed"},"childProcesses":"deny","file":{"path":"C:\\\\Tools\\\\tool.exe","sha256":"aa11"},"trace":{"candidates":[]},"explanation":"Tool wins."}')
    ConvertTo-EPMDecision -InputObject (ConvertFrom-EPMJson '{"outcome":"denied","reason":"defaultResponse","requirements":[],"file":{"path":"C:\\\\Tools\\\\other.exe","sha256":"bb22"},"trace":{"candidates":[]},"explanation":"No rule matches."}')`,
  policy: `ConvertTo-EPMPolicy -Result (ConvertFrom-EPMJson '{"digest":"cc33","since":"2026-03-01T09:00:00.000Z","settings":{"clientState":"enabled","defaultElevationResponse":"denyAll","defaultValidations":[]},"rules":[{"policyId":"p1","scope":"device","name":"Setup","type":"automatic","fileName":"setup.exe","state":"active","reasons":[]},{"policyId":"p1","scope":"device","name":"Bad","type":"unreadable","state":"rejected","reasons":[{"code":"typeUnreadable","severity":"error","message":"type is not known"}]}],"fault":{"code":"EPM_POLICY_INVALID","message":"The policy cannot be read.","hint":"Mend it."}}')`,
  audit: `ConvertTo-EPMAuditRecord -Message (ConvertFrom-EPMJson '{"record":{"sequence":7,"eventDateTime":"2026-03-01T10:00:02.500Z","event":"elevationEnded","requestId":"0d9a","userSid":"S-1-5-21-1-2-3-1001","deviceName":"PC1","elevationType":"zeroTouchElevation","filePath":"C:\\\\Tools\\\\setup.exe","hash":"aa11","arguments":["/quiet","a b"],"rule":{"policyId":"p1","scope":"device","name":"Setup","type":"automatic"},"processId":4711,"result":0,"previousHash":"01","recordHash":"02"}}')
    ConvertTo-EPMAuditRecord -Message (ConvertFrom-EPMJson '{"record":{"sequence":8,"eventDateTime":"2026-03-01T10:01:00.000Z","event":"elevationDenied","userSid":"S-1-5-21-1-2-3-1001","deviceName":"PC1","elevationType":"denied","filePath":"C:\\\\Tools\\\\other.exe","reason":"defaultResponse","previousHash":"02","recordHash":"03"},"truncated":true}')`,
  agent: `ConvertTo-EPMAgent -InputObject (ConvertFrom-EPMJson '{"version":"0.1.0","state":"degraded","startTime":"2026-03-01T08:00:00.000Z","processId":812,"clientState":"enabled","policyDigest":"cc33","policySince":"2026-03-01T09:00:00.000Z","rules":12,"rejectedRules":1,"running":2,"counters":{"elevated":5,"denied":6,"failed":0,"refusedClients":1},"journal":{"records":40,"headHash":"03","firstRecord":12,"state":"whole","eventLog":"notAvailable"},"accountFactory":"virtualAccount","warnings":[{"code":"prerequisiteFailed","message":"User Account Control: off.","hint":"Set EnableLUA to 1.","data":{"prerequisite":"userAccountControl"}}]}')`,
  finding,
  testResult,
  tested: `${finding}\n${testResult}`,
  difference: `ConvertTo-EPMPolicyDifference -Difference (ConvertFrom-EPMJson '{"what":"rule","name":"Setup","attribute":"validations","left":["justification"]}')
    ConvertTo-EPMPolicyDifference -Difference (ConvertFrom-EPMJson '{"what":"setting","name":"enabled","left":false,"right":true}')`,
  setting: `ConvertTo-EPMClientSetting -InputObject (ConvertFrom-EPMJson '{"name":"defaultValidations","value":["justification"],"source":"conflict","effect":"refused yet","policies":[{"id":"p1","scope":"device","value":["justification"]},{"id":"p2","scope":"user","value":[]}]}')
    ConvertTo-EPMClientSetting -InputObject (ConvertFrom-EPMJson '{"name":"revocationUnknown","value":null,"source":"builtIn","policies":[]}')`,
  file: `ConvertTo-EPMFileAttribute -HashAlgorithm Sha256 -Facts (ConvertFrom-EPMJson '{"path":"C:\\\\Tools\\\\setup.exe","folder":"C:\\\\Tools","name":"setup.exe","type":"exe","size":5456,"sha256":"aa11","fixedVersion":[1,2,0,0],"productName":"Tools","signatures":[{"leaf":{"sha256":"bb22","subject":"CN=Publisher","issuer":"CN=Root","notAfter":1772359200000},"issuers":[{"sha256":"cc33","subject":"CN=Root"}],"trusted":true,"validNow":false,"validAtTimestamp":true,"revocation":"unknown","faults":["expired"]}],"writableByUsers":false}')`,
  check: `New-EPMAgentCheck -Id 'policy' -Title 'Policy' -State 'failed' -Found 'Not JSON.' -Hint 'Mend it.'
    New-EPMAgentCheck -Id 'policyRules' -Title 'Rules' -State 'passed' -Found '2 in force'`,
  overview: `ConvertTo-EPMReportRow -Report Overview -InputObject (ConvertFrom-EPMJson '{"table":"trend","from":"2026-03-01T10:00:00.000Z","elevationType":"denied","count":3}')
    ConvertTo-EPMReportRow -Report Overview -InputObject (ConvertFrom-EPMJson '{"table":"frequentlyElevated","fileName":"setup.exe","publisher":"CN=P","count":12,"users":2}')`,
  reported: `ConvertTo-EPMReportRow -Report Managed -InputObject (ConvertFrom-EPMJson '{"id":"7","deviceId":"<Null>","deviceName":"PC1","eventDateTime":"2026-03-01 10:00:02.5000000","elevationType":"supportApprovedElevation","filePath":"C:\\\\Tools\\\\setup.exe","upn":"PC1\\\\anna","userType":"local","result":3010,"processType":"parent","ruleId":"Setup","policyId":"p1","policyName":"p1","isSystemInitiated":false}')`,
  byApplication: `ConvertTo-EPMReportRow -Report ByApplication -InputObject (ConvertFrom-EPMJson '{"internalName":"setup","fileVersion":"1.2.0.0","publisher":"CN=P","elevationType":"denied","elevationCount":3}')`,
  byUser: `ConvertTo-EPMReportRow -Report ByUser -InputObject (ConvertFrom-EPMJson '{"upn":"PC1\\\\anna","internalName":"setup","fileVersion":"1.2.0.0","publisher":"CN=P","elevationType":"denied","elevationCount":3}')`,
  byPublisher: `ConvertTo-EPMReportRow -Report ByPublisher -InputObject (ConvertFrom-EPMJson '{"publisher":"CN=P","elevationType":"denied","elevationCount":3}')`,
  denials: `ConvertTo-EPMReportRow -Report Denied -InputObject (ConvertFrom-EPMJson '{"userName":"PC1\\\\anna","fileName":"setup.exe","publisher":"CN=P","elevationType":"denied","reason":"defaultResponse","monthElevationCount":3}')`,
  imported: `ConvertTo-EPMImportResult -Path 'C:\\p.json' -Summary (ConvertFrom-EPMJson '{"policy":"p1","rules":2,"key":"HKLM\\\\Software\\\\Policies\\\\EPM","report":[{"name":"Setup","outcome":"imported","reasons":[]},{"name":"Bad","outcome":"rejected","reasons":[{"code":"noDetection","severity":"error","place":{"pointer":"/rules/1","line":7},"message":"It names no file."}]}],"problems":[{"code":"unknownMember","severity":"error","place":{"pointer":"/x"},"message":"x is not known."}]}')`,
};

/** Every view of the module: the types it is for, whether it is a table, and what it reads of an object. */
const views = readFileSync(path.join(import.meta.dirname, '../../module/EPM.format.ps1xml'), 'utf8')
  .split('<View>')
  .slice(1)
  .map((view) => ({
    name: /<Name>(.+?)</.exec(view)?.[1] ?? '',
    types: [...view.matchAll(/<TypeName>(.+?)</g)].map(([, type]) => type ?? ''),
    isTable: view.includes('<TableControl>'),
    members: [...new Set([...view.matchAll(/\$_\.(?!Shown\()(\w+)/g)].map(([, member]) => member ?? ''))],
  }));

/** A title of a console, a colour, an order of reading, a tag, half a pair, a command of a pipeline. */
const HOSTILE = '::x\u001B]0;t\u0007\u009B31mA\u202Egpj.\u{E0041}\uD800\u00A0\u2028😀##vso[a]';
/** What a session reads as a text of any characters. */
const literal = (text: string): string =>
  `(-join @(${[...Array(text.length).keys()].map((at) => `[char]${text.charCodeAt(at)}`).join(',')}))`;

let session: Session;

/** What a person sees, lines without the blanks that fill columns. */
async function shown(sample: string, view = '', width = 120): Promise<string> {
  const script = `& (Get-Module EPM) {\n${samples[sample]}\n} ${view} | Out-String -Width ${width}`;
  const { output, errors } = await session.run(script);
  expect(errors).toBe('');
  return output
    .split('\n')
    .map((line) => line.trimEnd())
    .join('\n')
    .trim();
}

describe.skipIf(shell === undefined)('the views of', () => {
  beforeAll(async () => {
    session = new Session({ environment: { TZ: 'UTC' } });
    await session.run(importModule());
  });
  afterAll(() => session.end());

  it.each(Object.keys(samples))('%s have every column in a window of 80 characters', async (sample) => {
    const lines = (await shown(sample, '| Format-Table', 80)).split('\n');
    const [names = ''] = (await shown(sample, '| Format-Table', 200)).split('\n');
    expect(lines[0]?.split(/\s{2,}|\s/)).toEqual(names.split(/\s{2,}|\s/));
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(80);
    // And room for the last of them.
    expect(80 - (lines[1]?.lastIndexOf(' ') ?? 80)).toBeGreaterThanOrEqual(9);
  });

  it.each(views)('$name escape what a stranger wrote', async ({ types, isTable, members }) => {
    expect(members.length).toBeGreaterThan(1);
    for (const type of types) {
      const texts = members.map((member) => `${member} = $text`).join('; ');
      const lists = members.map((member) => `${member} = @($text, $text)`).join('; ');
      const script = `& (Get-Module EPM) { $text = ${literal(HOSTILE)}
        New-EPMObject -TypeName '${type}' -Property @{ ${texts} }
        New-EPMObject -TypeName '${type}' -Property @{ ${lists} }
      } | ${isTable ? 'Format-Table' : 'Format-List'} | Out-String -Width 4000`;
      const { output } = await session.run(script);
      expect(output).toContain('<U+');
      expect(JSON.stringify(output.match(/.{0,30}(?:[^\P{Cc}\n\r]|[\p{Cf}\p{Cs}\p{Zl}]|(?! )\p{Zs}).{0,20}/u))).toBe(
        'null',
      );
    }
  });

  it('texts show them as the command line does', async () => {
    for (const text of [
      HOSTILE,
      'plain',
      '',
      '\u200B',
      'a\r\nb\tc',
      '\uDC00\uD800',
      '#[x ##[y',
      ': ::',
      '\u{10FFFD}\u{F0000}é漢',
    ]) {
      const { output } = await session.run(`& (Get-Module EPM) { ConvertTo-EPMDisplayText ${literal(text)} }`);
      expect(output.replace(/\r?\n$/, ''), JSON.stringify(text)).toBe(displayText(text));
    }
  });

  it('a program that runs have each of its children', async () => {
    const each = '| ForEach-Object { "$($_.Outcome) $($_.FilePath) $($_.Reason)" }';
    const script = `(& (Get-Module EPM) { ${samples['running']} }).Children ${each}`;
    expect(await session.run(script)).toMatchObject({
      output: 'allowed C:\\Tools\\helper.exe \nended C:\\Windows\\System32\\cmd.exe noRule\n',
      errors: '',
    });
  });

  it('an elevation', async () => {
    expect(await shown('elevation')).toMatchInlineSnapshot(`
      "Outcome       PID        Exit   Duration Rule                     FilePath
      -------       ---        ----   -------- ----                     --------
      finished     4711        3010      2.5 s Setup                    C:\\Tools\\setup.exe
      started      4711                        Setup                    C:\\Tools\\setup.exe"
    `);
    expect(await shown('elevation', '| Select-Object -First 1 | Format-List')).toMatchInlineSnapshot(`
      "Outcome        : finished
      FilePath       : C:\\Tools\\setup.exe
      ArgumentList   : {/quiet, a b}
      ProcessId      : 4711
      ExitCode       : 3010
      StartTime      : 03/01/2026 10:00:00
      EndTime        : 03/01/2026 10:00:02
      Duration       : 00:00:02.5000000
      Rule           : Setup
      PolicyId       : p1
      Account        : EPM\\user1
      AccountSid     : S-1-5-96-1
      AccountFactory : virtualAccount
      ChildProcesses : requireRule
      Sha256         : aa11
      RequestId      : 0d9a"
    `);
  });

  it('a request to support', async () => {
    expect(await shown('request', '| Format-Table')).toMatchInlineSnapshot(`
      "RequestId              Status    Asked       User           FileName
      ---------              ------    -----       ----           --------
      AAECAwQFBgcICQoLDA0ODw denied    03-01 11:00 PC1\\anna       setup.exe"
    `);
    expect(await shown('request', '| Format-List')).toMatchInlineSnapshot(`
      "RequestId             : AAECAwQFBgcICQoLDA0ODw
      Status                : denied
      FilePath              : C:\\Tools\\setup.exe
      ArgumentList          : {/quiet, a b}
      User                  : PC1\\anna
      Justification         : Ticket 4711
      TimesAsked            : 2
      Created               : 03/01/2026 10:00:00
      LastModified          : 03/01/2026 11:00:00
      Expires               : 03/08/2026 10:00:00
      ReviewerJustification : No games.
      Sha256                : aa11
      FromInternet          : True
      DeviceName            : PC1
      DeviceId              : 3f2504e0-4f89-11d3-9a0c-0305e82c3301
      Text                  : EPMR1.abc"
    `);
    expect(await shown('approval')).toMatchInlineSnapshot(`
      "Outcome      : needsApproval
      FilePath     : C:\\Tools\\setup.exe
      ArgumentList : /quiet
      RequestId    : AAECAwQFBgcICQoLDA0ODw
      Status       : pending
      Created      : 03/01/2026 10:00:00
      Expires      : 03/08/2026 10:00:00
      TimesAsked   : 1
      Text         : EPMR1.abc"
    `);
  });

  it('a grant', async () => {
    expect(await shown('grant')).toMatchInlineSnapshot(`
      "GrantId          Effect           Until       Starts Key          FileName
      -------          ------           -----       ------ ---          --------
      0123456789abcdef grantUsed        03-02 12:00    1/1 desk         setup.exe"
    `);
    expect(await shown('grant', '| Format-List')).toMatchInlineSnapshot(`
      "GrantId      : 0123456789abcdef
      Effect       : grantUsed
      Explanation  : All starts that it admits were used. Ask for another approval.
      FileName     : setup.exe
      ArgumentList : /quiet
      User         : S-1-5-21-1-2-3-1001
      From         : 03/01/2026 12:00:00
      Until        : 03/02/2026 12:00:00
      Starts       : 1/1
      Key          : desk
      Approver     : desk@example.com
      RequestId    : AAECAwQFBgcICQoLDA0ODw
      Sha256       : aa11
      Source       : import"
    `);
    expect(await shown('signed')).toMatchInlineSnapshot(`
      "GrantId      : 0123456789abcdef
      RequestId    : AAECAwQFBgcICQoLDA0ODw
      FileName     : setup.exe
      ArgumentList : /quiet
      User         : S-1-5-21-1-2-3-1001
      DeviceId     : 3f2504e0-4f89-11d3-9a0c-0305e82c3301
      From         : 03/01/2026 12:00:00
      Until        : 03/02/2026 12:00:00
      Sha256       : aa11
      Imported     : False
      Text         : EPM1.abc"
    `);
  });

  it('a row of each kind of report', async () => {
    expect(await shown('overview', '| Format-Table')).toMatchInlineSnapshot(`
      "Table                Count Users What
      -----                ----- ----- ----
      trend                    3       03-01 10:00 denied
      frequentlyElevated      12     2 setup.exe"
    `);
    expect(await shown('reported', '| Format-Table')).toMatchInlineSnapshot(`
      "Time        Type                    User                 Result FilePath
      ----        ----                    ----                 ------ --------
      03-01 10:00 supportApprovedElevati… PC1\\anna               3010 C:\\Tools\\setup.exe"
    `);
    expect(await shown('reported', '| Format-List')).toMatchInlineSnapshot(`
      "Number          : 7
      DeviceName      : PC1
      Time            : 03/01/2026 10:00:02
      ElevationType   : supportApprovedElevation
      FilePath        : C:\\Tools\\setup.exe
      User            : PC1\\anna
      UserType        : local
      Result          : 3010
      ProcessType     : parent
      Rule            : Setup
      PolicyId        : p1
      SystemInitiated : False"
    `);
    expect(await shown('byApplication', '| Format-Table')).toMatchInlineSnapshot(`
      "Count Type                    Application        Version    Publisher
        ----- ----                    -----------        -------    ---------
            3 denied                  setup              1.2.0.0    CN=P"
    `);
    expect(await shown('byUser', '| Format-Table')).toMatchInlineSnapshot(`
      "Count Type                    User             Application  Publisher
        ----- ----                    ----             -----------  ---------
            3 denied                  PC1\\anna         setup        CN=P"
    `);
    expect(await shown('byPublisher', '| Format-Table')).toMatchInlineSnapshot(`
      "Count Type                    Publisher
        ----- ----                    ---------
            3 denied                  CN=P"
    `);
    expect(await shown('denials', '| Format-Table')).toMatchInlineSnapshot(`
      "Count User             FileName             Reason            Publisher
        ----- ----             --------             ------            ---------
            3 PC1\\anna         setup.exe            defaultResponse   CN=P"
    `);
  });

  it('a role', async () => {
    expect(await shown('role')).toMatchInlineSnapshot(`
      "User   : PC1\\anna
      Rights : requests.view
      Groups : PC1\\Desk: requests.view"
    `);
  });

  it('a decision', async () => {
    expect(await shown('decision')).toMatchInlineSnapshot(`
      "Outcome        : needs
      Requirements   : {confirmation, justification}
      FilePath       : C:\\Tools\\tool.exe
      Rule           : Tool
      RuleType       : userConfirmed
      PolicyId       : p1
      Scope          : user
      ChildProcesses : deny
      Sha256         : aa11
      Explanation    : Tool wins.

      Outcome     : denied
      Reason      : defaultResponse
      FilePath    : C:\\Tools\\other.exe
      Sha256      : bb22
      Explanation : No rule matches."
    `);
    expect(await shown('decision', '| Format-Table')).toMatchInlineSnapshot(`
      "Outcome       Needs or reason             Rule              FilePath
      -------       ---------------             ----              --------
      needs         confirmation, justification Tool              C:\\Tools\\tool.exe
      denied        defaultResponse                               C:\\Tools\\other.exe"
    `);
  });

  it('a policy and its rules', async () => {
    expect(await shown('policy')).toMatchInlineSnapshot(`
      "Source                   : Agent
      ClientState              : enabled
      DefaultElevationResponse : denyAll
      RuleCount                : 1
      RejectedRuleCount        : 1
      Since                    : 03/01/2026 09:00:00
      Digest                   : cc33
      Fault                    : The policy cannot be read."
    `);
    expect(await shown('policy', '| Format-Table')).toMatchInlineSnapshot(`
      "ClientState  Default response          Rules Rejected Since
      -----------  ----------------          ----- -------- -----
      enabled      denyAll                       1        1 03/01/2026 09:00:00"
    `);
    expect(await shown('policy', '| ForEach-Object { $_.Rules }')).toMatchInlineSnapshot(`
      "Name                             Type             State     Scope   File
      ----                             ----             -----     -----   ----
      Setup                            automatic        active    device  setup.exe
      Bad                              unreadable       rejected  device"
    `);
    expect(await shown('policy', '| ForEach-Object { $_.Rules } | Format-List')).toMatchInlineSnapshot(`
      "Name     : Setup
      Type     : automatic
      State    : active
      Scope    : device
      PolicyId : p1
      FileName : setup.exe

      Name     : Bad
      Type     : unreadable
      State    : rejected
      Scope    : device
      PolicyId : p1
      Reasons  : type is not known"
    `);
  });

  it('audit records', async () => {
    expect(await shown('audit')).toMatchInlineSnapshot(`
      "Seq Time                Event                    Result           FilePath
         --- ----                -----                    ------           --------
           7 2026-03-01 10:00:02 elevationEnded           0                C:\\Tools\\setup.exe
           8 2026-03-01 10:01:00 elevationDenied          defaultResponse  C:\\Tools\\other.exe"
    `);
    expect(await shown('audit', '| Format-List')).toMatchInlineSnapshot(`
      "Sequence      : 7
      Time          : 03/01/2026 10:00:02
      Event         : elevationEnded
      ElevationType : zeroTouchElevation
      UserSid       : S-1-5-21-1-2-3-1001
      DeviceName    : PC1
      FilePath      : C:\\Tools\\setup.exe
      ArgumentList  : {/quiet, a b}
      ProcessId     : 4711
      ExitCode      : 0
      Rule          : Setup
      PolicyId      : p1
      Sha256        : aa11
      RequestId     : 0d9a
      PreviousHash  : 01
      RecordHash    : 02
      Truncated     : False

      Sequence      : 8
      Time          : 03/01/2026 10:01:00
      Event         : elevationDenied
      ElevationType : denied
      UserSid       : S-1-5-21-1-2-3-1001
      DeviceName    : PC1
      FilePath      : C:\\Tools\\other.exe
      Reason        : defaultResponse
      PreviousHash  : 02
      RecordHash    : 03
      Truncated     : True"
    `);
  });

  it('the agent', async () => {
    expect(await shown('agent')).toMatchInlineSnapshot(`
      "State              : degraded
      Warnings           : User Account Control: off.
      Version            : 0.1.0
      StartTime          : 03/01/2026 08:00:00
      ProcessId          : 812
      ClientState        : enabled
      Rules              : 12
      RejectedRules      : 1
      Running            : 2
      Elevated           : 5
      Denied             : 6
      Failed             : 0
      RefusedClients     : 1
      PolicySince        : 03/01/2026 09:00:00
      PolicyDigest       : cc33
      JournalState       : whole
      JournalEventLog    : notAvailable
      JournalFirstRecord : 12
      JournalRecords     : 40
      JournalHead        : 03
      AccountFactory     : virtualAccount"
    `);
    expect(await shown('agent', '| Format-Table')).toMatchInlineSnapshot(`
      "State     Version    Client     Rules Running Elevated  Denied  Failed Warnings
      -----     -------    ------     ----- ------- --------  ------  ------ --------
      degraded  0.1.0      enabled       12       2        5       6       0        1"
    `);
  });

  it('findings', async () => {
    expect(await shown('finding')).toMatchInlineSnapshot(`
      "Result Rule or case            Line Message
      ------ ------------            ---- -------
      high   Setup                      3 A copy fits as well. [path-missing]"
    `);
    expect(await shown('finding', '| Format-List')).toMatchInlineSnapshot(`
      "Risk    : high
      Code    : path-missing
      Rule    : Setup
      Path    : C:\\p.json
      Line    : 3
      Place   : /rules/0
      Message : A copy fits as well.
      Hint    : Set filePath.
      Tighter : {"name":"Setup","type":"automatic"}"
    `);
  });

  it('test results', async () => {
    expect(await shown('testResult')).toMatchInlineSnapshot(`
      "Result Rule or case            Line Message
      ------ ------------            ---- -------
      FAILED Setup goes                 4 outcome is denied."
    `);
    expect(await shown('testResult', '| Format-List')).toMatchInlineSnapshot(`
      "Name         : Setup goes
      Passed       : False
      Path         : C:\\c.json
      Line         : 4
      Differences  : outcome is denied.
      Explanation  : No rule matches.
      Milliseconds : 1.5"
    `);
  });

  it('findings and test results, as Test-EPMPolicy writes them', async () => {
    expect(await shown('tested', '', 80)).toMatchInlineSnapshot(`
      "Result Rule or case            Line Message
      ------ ------------            ---- -------
      high   Setup                      3 A copy fits as well. [path-missing]
      FAILED Setup goes                 4 outcome is denied."
    `);
  });

  it('differences', async () => {
    expect(await shown('difference')).toMatchInlineSnapshot(`
      "What          Name                     Reference            Difference
      ----          ----                     ---------            ----------
      rule          Setup: validations       ["justification"]    (none)
      setting       enabled                  false                true"
    `);
    expect(await shown('difference', '| Format-List')).toMatchInlineSnapshot(`
      "What       : rule
      Name       : Setup
      Attribute  : validations
      Reference  : ["justification"]
      Difference : (none)

      What       : setting
      Name       : enabled
      Reference  : false
      Difference : true"
    `);
  });

  it('settings', async () => {
    expect(await shown('setting')).toMatchInlineSnapshot(`
      "Name                     Value                   Source   Effect      Policies
      ----                     -----                   ------   ------      --------
      defaultValidations       justification           conflict refused yet p1, p2
      revocationUnknown        (by elevation type)     builtIn"
    `);
    expect(await shown('setting', '| Format-List')).toMatchInlineSnapshot(`
      "Name     : defaultValidations
      Value    : justification
      Source   : conflict
      Effect   : refused yet
      Policies : p1 (device): justification
                 p2 (user):

      Name   : revocationUnknown
      Value  : (by elevation type)
      Source : builtIn"
    `);
  });

  it('attributes of a file', async () => {
    expect(await shown('file')).toMatchInlineSnapshot(`
      "FileName        : setup.exe
      FilePath        : C:\\Tools
      Type            : exe
      Size            : 5456
      FileHash        : aa11
      HashAlgorithm   : Sha256
      ProductName     : Tools
      Version         : 1.2.0.0
      Signature       : timestamped
      SignatureFaults : expired
      Publisher       : CN=Publisher
      CertificateHash : bb22
      Chain           : CN=Publisher
                        CN=Root
      WritableByUsers : False"
    `);
    expect(await shown('file', '| Format-Table')).toMatchInlineSnapshot(`
      "FileName                 Version         Signature   Publisher
      --------                 -------         ---------   ---------
      setup.exe                1.2.0.0         timestamped CN=Publisher"
    `);
  });

  it('checks', async () => {
    expect(await shown('check')).toMatchInlineSnapshot(`
      "State    Check                          Found
      -----    -----                          -----
      failed   Policy                         Not JSON.
      passed   Rules                          2 in force"
    `);
    expect(await shown('check', '| Format-List')).toMatchInlineSnapshot(`
      "State : failed
      Id    : policy
      Title : Policy
      Found : Not JSON.
      Hint  : Mend it.

      State : passed
      Id    : policyRules
      Title : Rules
      Found : 2 in force"
    `);
  });

  it('an import', async () => {
    expect(await shown('imported')).toMatchInlineSnapshot(`
      "Applied  : True
      Path     : C:\\p.json
      PolicyId : p1
      Key      : HKLM\\Software\\Policies\\EPM
      Rules    : 2
      Rejected : 1
      Warnings : 0
      Findings : "Bad" rejected: It names no file.
                 x is not known."
    `);
    expect(await shown('imported', '| Format-Table')).toMatchInlineSnapshot(`
      "Applied PolicyId                  Rules Rejected Warnings Path
      ------- --------                  ----- -------- -------- ----
      True    p1                            2        1        0 C:\\p.json"
    `);
  });
});
