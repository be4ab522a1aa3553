/** scripts/windows-evidence.ps1 as far as it goes without Windows: archives, their signatures, and what it asks for. */
import { createHash, createPublicKey, type JsonWebKey, verify } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { isWindows, projectRoot } from '../../testbed/machine.ts';
import { quote, run, shell } from './powershell.ts';

const scripts = path.join(projectRoot, 'scripts');
const MAIN = path.join(scripts, 'windows-evidence.ps1');
const PARTS = ['archive.ps1', 'prerequisites.ps1'].map((name) => path.join(scripts, 'windows-evidence', name));
const LOAD = `$ErrorActionPreference = 'Stop'\n${PARTS.map((part) => `. ${quote(part)}`).join('\n')}`;

interface Checked {
  readonly IsIntact: boolean;
  readonly Faults: readonly string[];
  readonly Files: number;
  readonly SignedBy: string;
}

describe.skipIf(shell === undefined)('an archive of evidence', () => {
  let folder: string;
  let archive: string;
  beforeEach(() => {
    const place = mkdtempSync(path.join(tmpdir(), 'epm-evidence-'));
    folder = path.join(place, 'content');
    archive = path.join(place, 'archive.zip');
    mkdirSync(path.join(folder, 'sub'), { recursive: true });
    writeFileSync(path.join(folder, 'selftest.json'), '{"format":"epm-selftest"}\n');
    writeFileSync(path.join(folder, 'sub', 'tests.log'), 'Grüße\n');
  });
  afterEach(() => rmSync(path.dirname(folder), { recursive: true, force: true }));

  function shellRun(text: string): string {
    const { output, errors, exitCode } = run(`${LOAD}\n$f = ${quote(folder)}\n$a = ${quote(archive)}\n${text}`);
    expect({ errors, exitCode }).toEqual({ errors: '', exitCode: 0 });
    return output;
  }
  const SIGN = "New-EvidenceManifest -Folder $f -RecordedAt '2026-01-02T03:04:05Z'\nNew-EvidenceSignature -Folder $f";
  const PACK = 'New-EvidenceArchive -Folder $f -Path $a';
  const CHECK = 'Test-EvidenceArchive -Path $a | ConvertTo-Json -Compress';
  const checked = (text: string): Checked => JSON.parse(shellRun(text)) as Checked;

  it('is intact as it was packed, and others can prove it', () => {
    expect(checked(`${SIGN}\n${PACK}\n${CHECK}`)).toMatchObject({
      IsIntact: true,
      Faults: [],
      Files: 2,
      SignedBy: 'ownKey',
    });
    const bytes = readFileSync(path.join(folder, 'manifest.json'));
    const manifest = JSON.parse(bytes.toString('utf8')) as {
      files: { path: string; sha256: string; length: number }[];
    };
    const digest = (name: string): string =>
      createHash('sha256')
        .update(readFileSync(path.join(folder, name)))
        .digest('hex');
    expect(manifest.files).toEqual([
      { path: 'selftest.json', length: 26, sha256: digest('selftest.json') },
      { path: 'sub/tests.log', length: 8, sha256: digest('sub/tests.log') },
    ]);
    const { key, signature } = JSON.parse(readFileSync(path.join(folder, 'signature.json'), 'utf8')) as {
      key: JsonWebKey;
      signature: string;
    };
    const publicKey = createPublicKey({ key, format: 'jwk' });
    const value = Buffer.from(signature, 'base64url');
    expect(verify('sha256', bytes, { key: publicKey, dsaEncoding: 'ieee-p1363' }, value)).toBe(true);
    expect(key).not.toHaveProperty('d');
  });

  it.each([
    [
      'a file was changed',
      "Write-EvidenceText -Path (Join-Path $f 'selftest.json') -Text 'x'",
      ['"selftest.json" was changed.'],
    ],
    [
      'a file was added',
      "Write-EvidenceText -Path (Join-Path $f 'more.txt') -Text 'x'",
      ['"more.txt" is not in the manifest.'],
    ],
    ['a file was taken away', "Remove-Item (Join-Path $f 'selftest.json')", ['"selftest.json" is missing.']],
    [
      'the manifest was made anew',
      "Write-EvidenceText -Path (Join-Path $f 'selftest.json') -Text 'x'; New-EvidenceManifest -Folder $f -RecordedAt 'later'",
      ['The signature does not fit the manifest.'],
    ],
  ])('is not when %s', (_, change, faults) => {
    expect(checked(`${SIGN}\n${change}\n${PACK}\n${CHECK}`)).toMatchObject({ IsIntact: false, Faults: faults });
  });

  it('is not when a signature stands in it that is none', () => {
    const forged = `Write-EvidenceText -Path (Join-Path $f 'signature.json') -Text '{"algorithm":"none","signature":"AA"}'`;
    expect(checked(`${SIGN}\n${forged}\n${PACK}\n${CHECK}`)).toMatchObject({ IsIntact: false });
  });

  it('may be signed by a certificate', () => {
    const certificate = `
      $rsa = [System.Security.Cryptography.RSA]::Create(2048)
      $hash = [System.Security.Cryptography.HashAlgorithmName]::SHA256
      $pad = [System.Security.Cryptography.RSASignaturePadding]::Pkcs1
      $wish = New-Object System.Security.Cryptography.X509Certificates.CertificateRequest 'CN=Evidence', $rsa, $hash, $pad
      $certificate = $wish.CreateSelfSigned([DateTimeOffset]::UtcNow.AddDays(-1), [DateTimeOffset]::UtcNow.AddDays(1))`;
    const sign = `${SIGN} -Certificate $certificate`;
    expect(checked(`${certificate}\n${sign}\n${PACK}\n${CHECK}`)).toMatchObject({
      IsIntact: true,
      SignedBy: 'certificate',
    });
  });

  it('is never written over another file', () => {
    writeFileSync(archive, 'mine');
    const { exitCode } = run(
      `${LOAD}\n${SIGN.replaceAll('$f', quote(folder))}\n${PACK.replace('$f', quote(folder)).replace('$a', quote(archive))}`,
    );
    expect(exitCode).not.toBe(0);
    expect(readFileSync(archive, 'utf8')).toBe('mine');
  });

  it('is checked by the script itself', () => {
    shellRun(`${SIGN}\n${PACK}`);
    const answer = run(`& ${quote(MAIN)} -Verify ${quote(archive)}`);
    expect(answer).toMatchObject({ exitCode: 0, output: expect.stringMatching(/IsIntact +: True/) as string });
  });

  it('names neither the person nor the machine', () => {
    const names = "@{ USERPROFILE = 'C:\\Users\\Ann.B'; USERNAME = 'Ann.B'; COMPUTERNAME = 'PC-7'; USERDOMAIN = '' }";
    const text = String.raw`{"a":"C:\\Users\\ann.b\\x"} c:\users\ANN.B\y on pc-7 by Ann.B, not Ann.Bee`;
    const output = shellRun(`Protect-EvidenceText -Text ${quote(text)} -Names ${names}`);
    expect(output.trim()).toBe(
      String.raw`{"a":"%USERPROFILE%\\x"} %USERPROFILE%\y on %COMPUTERNAME% by %USERNAME%, not Ann.Bee`,
    );
  });
});

describe.skipIf(shell === undefined)('the script that makes one', () => {
  it.skipIf(isWindows)('says that it needs Windows, and makes nothing', () => {
    const place = mkdtempSync(path.join(tmpdir(), 'epm-evidence-'));
    try {
      const answer = run(`& ${quote(MAIN)} -Output ${quote(place)}\nexit $LASTEXITCODE`);
      expect(answer).toMatchObject({ exitCode: 2, errors: expect.stringContaining('This is no Windows.') as string });
      expect(existsSync(path.join(place, 'manifest.json'))).toBe(false);
    } finally {
      rmSync(place, { recursive: true });
    }
  });

  it('knows which Node is new enough', () => {
    const { output } = run(
      `${LOAD}\n'v18.19.0', 'v20.0.0', 'v124.1.0', '' | ForEach-Object { Test-EvidenceNodeVersion -Version $_ }`,
    );
    expect(output.trim().split('\n')).toEqual(['False', 'True', 'True', 'False']);
  });

  it('is written in what Windows PowerShell 5.1 knows', () => {
    const newer = [
      'AndAnd',
      'OrOr',
      'QuestionQuestion',
      'QuestionQuestionEquals',
      'QuestionDot',
      'QuestionLBracket',
      'QuestionMark',
    ];
    for (const file of [MAIN, ...PARTS]) {
      const { output, errors } = run(
        `$tokens = $null; $wrong = $null
         [void][System.Management.Automation.Language.Parser]::ParseFile(${quote(file)}, [ref]$tokens, [ref]$wrong)
         $wrong.Count; ($tokens | ForEach-Object { "$($_.Kind)" } | Sort-Object -Unique) -join ','`,
      );
      expect(errors).toBe('');
      const [wrong = '', kinds = ''] = output.trim().split('\n');
      expect(wrong).toBe('0');
      expect(kinds.split(',')).toContain('LCurly');
      expect(kinds.split(',').filter((kind) => newer.includes(kind))).toEqual([]);
      // Windows PowerShell reads a script without byte order mark in the code page of the machine.
      expect(readFileSync(file).every((byte) => byte < 0x80)).toBe(true);
    }
  });
});
