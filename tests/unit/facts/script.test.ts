import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { MalformedContent } from '../../../src/facts/malformed.ts';
import type { ScriptFacts } from '../../../src/model/file-facts.ts';
import { localPowerShell, localPowerShellEnvironment, whyNoPowerShell } from '../../../testbed/powershell.ts';
import { FileSigner } from './file-signing.ts';
import { whyNoRecentOsslsigncode } from '../../corpus/osslsigncode.ts';
import { effortOf } from '../../effort.ts';
import { inspectScript } from '../../corpus/readers.ts';

const utf16be = (text: string): Buffer => Buffer.from(text, 'utf16le').swap16();
const facts = async (content: string | Uint8Array): Promise<ScriptFacts> => {
  const { script } = (await inspectScript(typeof content === 'string' ? Buffer.from(content) : content)).facts;
  if (script === undefined) throw new Error('There are no facts.');
  return script;
};
const BLOCK = '# SIG # Begin signature block\r\n# MAMCAQE=\r\n# SIG # End signature block\r\n';

describe('the text of a script', () => {
  it.each<[string, Uint8Array, ScriptFacts['encoding'], boolean]>([
    ['ASCII', Buffer.from("'x'"), 'utf8', false],
    ['nothing', Buffer.alloc(0), 'utf8', false],
    ['UTF-8 with mark', Buffer.from("\ufeff'é'"), 'utf8', true],
    ['UTF-16LE', Buffer.from("\ufeff'é'", 'utf16le'), 'utf16le', true],
    ['UTF-16BE', utf16be("\ufeff'é'"), 'utf16be', true],
    ['UTF-32LE', Buffer.from('fffe00002700000027000000', 'hex'), 'utf32le', true],
    ['UTF-32BE', Buffer.from('0000feff0001f600', 'hex'), 'utf32be', true],
    ['UTF-8 without mark', Buffer.from("'é'"), 'ansi', false],
    ['a code page', Buffer.from([0x27, 0xe9, 0x27]), 'ansi', false],
  ])('%s is read as PowerShell does', async (_, bytes, encoding, byteOrderMark) => {
    const { readsDifferently, ...found } = await facts(bytes);
    expect(found).toEqual({ encoding, byteOrderMark, requires: [], neighbours: 'unknown' });
    expect(readsDifferently).toBe(encoding === 'ansi' ? true : undefined);
  });

  it.each([
    ['UTF-8', 'efbbbf2780'],
    ['UTF-16 of odd length', 'fffe270000'],
    ['half of a surrogate pair', 'fffe00d82700'],
    ['UTF-32 that is cut', 'fffe00002700'],
    ['UTF-32 beyond Unicode', '0000feff00110000'],
  ])('AC-51: refuses text that does not fit its mark: %s', async (_, hex) => {
    await expect(inspectScript(Buffer.from(hex, 'hex'))).rejects.toThrow(MalformedContent);
  });
});

/** Every control character of Unicode but NUL and the ends of lines. */
const CONTROLS = Array.from({ length: 0xa0 }, (_, code) => code).filter(
  (code) => code !== 0 && code !== 0x0a && code !== 0x0d && (code < 0x20 || code >= 0x7f),
);
const CONTROL_SCRIPT = `\ufeff# ${String.fromCharCode(...CONTROLS)}
[int[]][char[]]'${String.fromCharCode(...CONTROLS)}' -join ' '
#requires -Version 5
`;

describe('control characters in a script', () => {
  it.each(['utf8', 'utf16le'] as const)('are text in %s, as escape sequences for a console are', async (encoding) => {
    expect(await facts(Buffer.from(CONTROL_SCRIPT, encoding))).toEqual({
      encoding,
      byteOrderMark: true,
      requires: ['requires -Version 5'],
      neighbours: 'unknown',
    });
  });

  it('are taken by PowerShell too', ({ skip }) => {
    const powerShell = localPowerShell();
    if (powerShell === undefined) return skip(whyNoPowerShell());
    const folder = mkdtempSync(path.join(tmpdir(), 'epm-controls-'));
    try {
      const file = path.join(folder, 'controls.ps1');
      writeFileSync(file, CONTROL_SCRIPT);
      const options = { encoding: 'utf8', env: localPowerShellEnvironment() } as const;
      const { stdout, stderr } = spawnSync(powerShell, ['-NoProfile', '-File', file], options);
      expect({ stdout: stdout.trim(), stderr }).toEqual({ stdout: CONTROLS.join(' '), stderr: '' });
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it.each([
    ['NUL', Buffer.from("'a\0b'"), 'script, character 2'],
    ['NUL in UTF-16', Buffer.from("\ufeff'\0'", 'utf16le'), 'script, character 2'],
    ['UTF-16 without a mark', Buffer.from('Get-Date', 'utf16le'), 'script, character 1'],
  ])('AC-26: %s is not text', async (_, bytes, place) => {
    await expect(inspectScript(bytes)).rejects.toThrow(
      expect.objectContaining({ place, message: expect.stringContaining('NUL') }),
    );
  });
});

describe('#requires', () => {
  it('is taken anywhere in the script, with its own words', async () => {
    const script = [
      '\ufeff#Requires -Version 5.1',
      'Get-Process  #REQUIRES -Modules A, B   ',
      'function f {',
      '  #requires -RunAsAdministrator',
      '}',
      '# requires -Version 9',
      '## requires -Version 9',
    ].join('\r\n');
    expect((await facts(script)).requires).toEqual([
      'Requires -Version 5.1',
      'REQUIRES -Modules A, B',
      'requires -RunAsAdministrator',
    ]);
  });

  it('is not taken from inside of strings and comments, as long as the text is plain', async () => {
    const script = [
      "$a = @'",
      '#requires -Version 1',
      "'@",
      '$b = "',
      '#requires -Version 2',
      '"; <#',
      '#requires -Version 3',
      '#>',
      "$c = 'it''s",
      "#requires -Version 4'",
      '#requires -Version 5',
    ].join('\n');
    expect((await facts(script)).requires).toEqual(['requires -Version 5']);
  });

  it.each([
    ['an expression inside a string', '"$("'],
    ['an escaped quote', 'echo `"'],
    ['verbatim arguments', 'echo --% "'],
    ['a number sign inside a word', "echo a#'"],
    ['a string without end', "'"],
    ['a comment without end', '<#'],
    ['a here-string with an expression', '@"\n$("\n"@'],
    ['text of an unknown code page', "'\u00e9"],
  ])('is never lost after %s', async (_, code) => {
    expect((await facts(`${code}\n'\n  #requires -Version 7\n'`)).requires.at(-1)).toMatch(/^requires -Version 7/);
  });

  it('is refused in numbers that no script has', async () => {
    await expect(facts('#requires -Version 5\n'.repeat(257))).rejects.toThrow(MalformedContent);
    await expect(facts(`#requires ${'x'.repeat(5000)}`)).rejects.toThrow(MalformedContent);
  });
});

const noSigning = whyNoRecentOsslsigncode();
describe.skipIf(noSigning !== undefined)(`a signed script${noSigning === undefined ? '' : ` (${noSigning})`}`, () => {
  let signer: FileSigner;
  beforeAll(() => void (signer = new FileSigner('ps1')));
  afterAll(() => signer.remove());

  const CODE = "#requires -Version 5.1\r\nparam($Name)\r\nWrite-Output 'hello'\r\n";
  const digestOf = async (script: Uint8Array, algorithm: 'sha1' | 'sha256' | 'sha384' = 'sha256') => {
    const { coverage, signatures } = (await inspectScript(script)).content;
    if (coverage.kind !== 'own') throw new Error('Nothing is signed.');
    const digest = Buffer.from(await coverage.digest(algorithm));
    return { digest: digest.toString('hex'), inMessage: Buffer.from(signatures[0] ?? []).includes(digest) };
  };

  it.each([
    ['ASCII', Buffer.from(CODE)],
    ['no line end at the end', Buffer.from("Write-Output 'hello'")],
    ['line feeds only', Buffer.from(CODE.replaceAll('\r\n', '\n'))],
    ['mixed line ends', Buffer.from(`${CODE}'a'\n'b'\r'c'\n\r\n`)],
    ['UTF-8 with mark', Buffer.from(`\ufeff${CODE}'é \u{1f511}'`)],
    ['UTF-16LE', Buffer.from(`\ufeff${CODE}'é \u{1f511}'`, 'utf16le')],
  ])('AC-52: has the digest that osslsigncode computes: %s', async (_, script) => {
    const signed = signer.sign(script);
    expect((await facts(signed)).signatureBlock).toBe('counted');
    const { digest, inMessage } = await digestOf(signed);
    expect(signer.verify(signed)).toEqual({ digest, holds: true });
    expect(inMessage).toBe(true);
  });

  it('has its digest by other algorithms', async () => {
    const signed = signer.sign(Buffer.from(CODE), 'sha384');
    expect(await digestOf(signed, 'sha384')).toMatchObject({ inMessage: true });
    expect(await digestOf(signed, 'sha1')).toMatchObject({ inMessage: false });
  });

  it('AC-51: has another digest once any character before the block is another', async () => {
    const signed = signer.sign(Buffer.from(CODE)).toString('latin1');
    const { digest } = await digestOf(Buffer.from(signed, 'latin1'));
    for (const changed of [
      signed.replace('hello', 'hellO'),
      signed.replace('\r\nparam', '\nparam'),
      signed.replace("'\r\n\r\n# SIG", "'\r\n# SIG"),
      signed.replace("'\r\n\r\n# SIG", "' \r\n\r\n# SIG"),
      ` ${signed}`,
      // The same characters in another encoding are another text, by the mark that comes with it.
      `\xef\xbb\xbf${signed}`,
    ]) {
      const found = await digestOf(Buffer.from(changed, 'latin1'));
      expect(found.inMessage).toBe(false);
      expect(found.digest).not.toBe(digest);
    }
  });

  it.each<[string, (signed: string) => string, ScriptFacts['signatureBlock']]>([
    ['code after the block', (text) => `${text}Remove-Item x\r\n`, 'misplaced'],
    ['a comment after the block', (text) => `${text}# x\r\n`, 'misplaced'],
    ['a third line end after the block', (text) => `${text}\r\n`, 'misplaced'],
    ['no line end after the block', (text) => text.trimEnd(), 'misplaced'],
    ['the block in the middle', (text) => text.replace(CODE, '') + CODE, 'misplaced'],
    ['two blocks', (text) => text + text.slice(CODE.length), 'several'],
    ['a second beginning in another spelling', (text) => `#sig # BEGIN signature  block\r\n${text}`, 'several'],
    ['the beginning in another spelling', (text) => text.replace('# SIG # Begin', '# sig # Begin'), 'misplaced'],
    ['blanks before the beginning', (text) => text.replace('# SIG # Begin', ' # SIG # Begin'), 'misplaced'],
    ['line feeds around the block', (text) => text.replaceAll('\r\n', '\n'), 'misplaced'],
    ['one line feed inside the block', (text) => text.replace(/\r\n(?=# SIG # End)/, '\n'), 'malformed'],
    ['code inside the block', (text) => text.replace('block\r\n', 'block\r\nRemove-Item x\r\n'), 'malformed'],
    ['no end', (text) => text.replace('# SIG # End', '# SIG # Enf'), 'malformed'],
    ['base64 that is none', (text) => text.replace(/block\r\n# ..../, 'block\r\n# M-_!'), 'malformed'],
    ['base64 with loose bits', () => `'x'\r\n${BLOCK.replace('MAMCAQE=', 'MAMCAQF=')}`, 'malformed'],
    ['an empty block', () => `'x'\r\n${BLOCK.replace('# MAMCAQE=\r\n', '')}`, 'malformed'],
    ['a block and nothing else', () => `\r\n${BLOCK}`, 'malformed'],
    ['a block at the very beginning', () => BLOCK, 'misplaced'],
    ['a character beyond ASCII without mark', (text) => text.replace('hello', 'h\u00e9llo'), 'encodingUnclear'],
  ])('AC-51, AC-52: counts as unsigned with %s', async (_, change, state) => {
    const script = Buffer.from(change(signer.sign(Buffer.from(CODE)).toString('latin1')), 'latin1');
    const { facts: found, content } = await inspectScript(script);
    expect(found.script?.signatureBlock).toBe(state);
    const ranges = [{ start: 0, end: script.length }];
    expect(content).toEqual({ signatures: [], coverage: { kind: 'ranges', ranges } });
  });

  it('takes no signature from UTF-32, which Windows does not sign', async () => {
    const text = [...`\ufeff'x'\r\n${BLOCK}`].flatMap((character) => [character.charCodeAt(0) & 0xff, 0, 0, 0]);
    const bytes = Buffer.from(text);
    bytes.set([0xff, 0xfe], 0);
    expect((await facts(bytes)).signatureBlock).toBe('encodingUnclear');
  });

  it('signs UTF-16BE as the same text in UTF-16LE', async () => {
    const signed = signer.sign(Buffer.from(`\ufeff${CODE}`, 'utf16le'));
    const swapped = utf16be(signed.toString('utf16le'));
    expect(await facts(swapped)).toMatchObject({ encoding: 'utf16be', signatureBlock: 'counted' });
    expect(await digestOf(swapped)).toEqual(await digestOf(signed));
  });

  it('reads a block of the longest kind and no longer one', async () => {
    const lines = (count: number): string =>
      `'x'\r\n${BLOCK.replace('MAMCAQE=\r\n', `${'A'.repeat(64)}\r\n# `.repeat(count) + 'MAMCAQE=\r\n')}`;
    expect((await facts(lines(16_000))).signatureBlock).toBe('counted');
    expect((await facts(lines(17_000))).signatureBlock).toBe('malformed');
  });
});

describe('an unsigned script', () => {
  it('is covered whole, as catalogs list it', async () => {
    const bytes = Buffer.from("'x'\r\n");
    const { content } = await inspectScript(bytes);
    expect(content).toEqual({ signatures: [], coverage: { kind: 'ranges', ranges: [{ start: 0, end: 5 }] } });
  });

  it('is read in a bounded time, whatever it holds', async () => {
    const size = 4 * 1024 * 1024;
    for (const part of [
      '#',
      '# ',
      "'",
      '"',
      '@"\n',
      '<#',
      '\r',
      '#sig#',
      '# s i g',
      '`\n',
      "@'\n'@",
      '\r\n# SIG # Begin signature block\r\n',
    ]) {
      const bytes = Buffer.alloc(size, part);
      expect(await effortOf(() => inspectScript(bytes)), JSON.stringify(part)).toBeLessThan(3000);
    }
  });
});
