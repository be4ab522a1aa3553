import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { scriptNeighbours } from '../../../src/windows/powershell/neighbours.ts';
import { openPowerShell, type PowerShellSession } from '../../../src/windows/powershell/session.ts';
import { localPowerShell, whyNoPowerShell } from '../../../testbed/powershell.ts';
import { keepPowerShellInProject } from '../../powershell-folders.ts';
import { mutate } from '../../fuzz/mutate.ts';
import { Choices } from '../../fuzz/random.ts';
import { patient } from '../../../tooling/patience.mjs';
import { inspectScript } from '../../corpus/readers.ts';

keepPowerShellInProject();
const executable = localPowerShell() ?? '';
const reason = executable === '' ? ` (${whyNoPowerShell()})` : '';

describe.skipIf(executable === '')(`files that a script takes in${reason}`, () => {
  let session: PowerShellSession;
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'epm-neighbours-'));
    session = openPowerShell({ executable, timeout: patient(30_000) });
  });
  afterAll(async () => {
    await session.dispose();
    rmSync(folder, { recursive: true, force: true });
  });
  const told = async (text: string): Promise<readonly string[]> =>
    (await scriptNeighbours(session, Buffer.from(text))).map((one) => `${one.line} ${one.kind} ${one.text}`);

  it.each<[string, readonly string[]]>([
    ['', []],
    ["Get-Process; 'x' | Out-Null; & { 'block' }; & Get-Date", []],
    ['. .\\lib.ps1', ['1 dotSourced .\\lib.ps1']],
    ['\ufeff\r\n. "$PSScriptRoot\\lib.ps1" -Name x', ['2 dotSourced "$PSScriptRoot\\lib.ps1"']],
    ['. (Join-Path $a b)', ['1 dotSourced (Join-Path $a b)']],
    ['. lib', ['1 dotSourced lib']],
    ["# é\r\n. './ü.ps1'", ["2 dotSourced './ü.ps1'"]],
    ['& .\\x.ps1 1', ['1 called .\\x.ps1']],
    ["& 'C:\\a b\\tool.exe'", ["1 called 'C:\\a b\\tool.exe'"]],
    ['.\\x.ps1', ['1 called .\\x.ps1']],
    ['x.ps1 -a', ['1 called x.ps1']],
    ['& $program', ['1 called $program']],
    ['Import-Module .\\m.psm1 -Force', ['1 importedModule .\\m.psm1']],
    ['ipmo -Name:m', ['1 importedModule m']],
    ['Microsoft.PowerShell.Core\\Import-Module m', ['1 importedModule m']],
    ['.\\Import-Module m', ['1 called .\\Import-Module']],
    ['IMPORT-MODULE @arguments', ['1 importedModule @arguments']],
    ['$x | Import-Module', ['1 importedModule Import-Module']],
    ['using module .\\m.psm1\nusing namespace System.IO', ['1 usingModule .\\m.psm1']],
    ['#x\nUSING Module @{ModuleName="m"; ModuleVersion="1"}', ['2 usingModule @{ModuleName="m"; ModuleVersion="1"}']],
    ['using assembly a.dll; using module b', ['1 usingAssembly a.dll', '1 usingModule b']],
    [
      'using module b\n[CmdletBinding()]\nparam([Parameter(Mandatory)][string]$x = (. ./c.ps1))',
      ['1 usingModule b', '3 dotSourced ./c.ps1'],
    ],
    [
      '#Requires -Version 5 -Modules A, B\n#requires -Version 5',
      ['1 requiredModule #Requires -Version 5 -Modules A, B'],
    ],
    ['function f {\n  if ($a) { "$( . ./in.ps1 )" }\n}', ['2 dotSourced ./in.ps1']],
    ['configuration C { Import-DscResource -ModuleName M }', ['1 importedModule M']],
    ['\'using module x\'; "using:$using:y"', []],
    ['. ./broken.ps1\nif (', ['1 dotSourced ./broken.ps1']],
  ])('%j', async (text, expected) => {
    expect(await told(text)).toEqual(expected);
  });

  it('AC-51: never runs the script or loads what it names', async () => {
    const mark = path.join(folder, 'ran');
    const module = path.join(folder, 'evil.psm1');
    writeFileSync(module, `[IO.File]::WriteAllText('${mark}', 'x')\nclass Evil { }`);
    const text = `using module ${module}\nImport-Module ${module}\n[IO.File]::WriteAllText('${mark}', 'x')`;
    expect(await told(text)).toEqual([`1 usingModule ${module}`, `2 importedModule ${module}`]);
    expect(existsSync(mark)).toBe(false);
  });

  it('is told as an error for a script that is too long or names too much', async () => {
    const code = 'EPM_POWERSHELL_FAILED';
    await expect(scriptNeighbours(session, Buffer.alloc(4 * 1024 * 1024 + 1, 'x'))).rejects.toMatchObject({ code });
    await expect(scriptNeighbours(session, Buffer.from('. ./a.ps1\n'.repeat(1001)))).rejects.toMatchObject({ code });
    expect(await told('. ./a.ps1\n'.repeat(1000))).toHaveLength(1000);
    const [long] = await scriptNeighbours(session, Buffer.from(`. ./${'a'.repeat(5000)}`));
    expect(long?.text).toHaveLength(1000);
  });

  it('is told as an error when the parser does not survive the script', async () => {
    const other = openPowerShell({ executable, timeout: patient(30_000) });
    await expect(scriptNeighbours(other, Buffer.alloc(1_000_000, '('))).rejects.toMatchObject({
      code: expect.stringMatching(/^EPM_POWERSHELL_/) as string,
    });
    await other.dispose();
  });

  it('#requires is found without the parser wherever the parser finds it in a script that it takes', async () => {
    const corpus = [
      "#requires -Version 5\n$a = @'\n#requires -Modules x\n'@\n",
      '"a" #requires -Version 1\n<# b #> #requires -Version 2\n@"\n#requires -Version 3\n"@',
      "echo `\n#requires -Version 4\n(';') + 'it''s'\n{#requires -Version 5\n}",
      'echo --% " #requires\n"$(1 + "x") #requires -Version 6"\n${a#b}\n[int]#requires -Version 7',
      "\u2018a\u2019 \u201cb\u201d\r#requires -Version 8\ra#b 'c'\n5#\u00a0#requires -Version 9\n--%#'",
    ].map((text) => Buffer.from(text));
    const tokens = `
@{ comments = @(foreach ($text in $InputData.texts) {
  $tokens = $null; $errors = $null
  $text = [Text.Encoding]::UTF8.GetString([Convert]::FromBase64String($text))
  [void][System.Management.Automation.Language.Parser]::ParseInput($text, [ref]$tokens, [ref]$errors)
  if (@(foreach ($one in $errors) { if ($one.ErrorId -notlike '*Requires*') { 1 } }).Count -gt 0) { ''; continue }
  @(foreach ($token in $tokens) { if ($token.Kind -eq 'Comment' -and $token.Text -like '#requires*') { $token.Text } }) -join [char]10
}) }`;
    const choices = new Choices(Number(process.env['EPM_FUZZ_SEED'] ?? 1));
    let found = 0;
    for (let round = Number(process.env['EPM_FUZZ_INPUTS'] ?? 1000); round > 0; round -= 250) {
      const texts = Array.from({ length: 250 }, () =>
        mutate(corpus, choices).toString().replaceAll('\u0000', '').replaceAll('\ufffd', '').replaceAll('\ufeff', ''),
      );
      const input = { texts: texts.map((text) => Buffer.from(text).toString('base64')) };
      const { comments } = (await session.invoke(tokens, input)) as { comments: string[] };
      expect(comments).toHaveLength(texts.length);
      for (const [index, text] of texts.entries()) {
        const ours = (await inspectScript(Buffer.from(`\ufeff${text}`))).facts.script?.requires ?? [];
        const parsed = (comments[index] ?? '').split('\n').filter((comment) => comment !== '');
        found += parsed.length;
        for (const comment of parsed) expect(ours, JSON.stringify(text)).toContain(comment.slice(1).trimEnd());
      }
    }
    expect(found).toBeGreaterThan(100);
  });
});
