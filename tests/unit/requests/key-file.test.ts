import { createPublicKey, generateKeyPairSync } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { newSigningKey } from '../../../src/requests/ed25519.ts';
import { MAX_PASSPHRASE, MIN_PASSPHRASE, readKeyFile, writeKeyFile } from '../../../src/requests/key-file.ts';

const PASSPHRASE = 'correct hörse battery \u{1f40e}';
const key = newSigningKey();
const FILE = writeKeyFile(key, PASSPHRASE);

const refused = (reason: string) => expect.objectContaining({ code: 'EPM_APPROVER_KEY_INVALID', data: { reason } });

describe('a key file', () => {
  it('opens with its passphrase', () => {
    expect(readKeyFile(FILE, PASSPHRASE).equals(key)).toBe(true);
    expect(readKeyFile(`\ufeff${FILE.replaceAll('\n', '\r\n')}\r\n`, PASSPHRASE).equals(key)).toBe(true);
  });

  it('is another one each time, and has nothing of the key in it', () => {
    expect(writeKeyFile(key, PASSPHRASE)).not.toBe(FILE);
    const { d = '', x = '' } = key.export({ format: 'jwk' });
    const bytes = Buffer.from(FILE.replace(/-----[^-]+-----/g, ''), 'base64');
    expect(bytes.includes(Buffer.from(d, 'base64url'))).toBe(false);
    expect(bytes.includes(Buffer.from(x, 'base64url'))).toBe(false);
  });

  it('names scrypt, with a cost that makes guessing dear', () => {
    const hex = Buffer.from(FILE.replace(/-----[^-]+-----/g, ''), 'base64').toString('hex');
    expect(hex).toContain('06092b06010401da47040b');
    // N = 16,384, r = 8, p = 5.
    expect(hex).toContain('02024000020108020105');
  });

  it('opens with no other passphrase', () => {
    for (const wrong of ['', 'correct horse battery', `${PASSPHRASE} `])
      expect(() => readKeyFile(FILE, wrong)).toThrow(refused('passphrase'));
  });

  it('needs a passphrase of some length', () => {
    for (const short of ['', 'a'.repeat(MIN_PASSPHRASE - 1), 'a'.repeat(MAX_PASSPHRASE + 1)])
      expect(() => writeKeyFile(key, short)).toThrow(refused('passphrase'));
    const least = 'a'.repeat(MIN_PASSPHRASE);
    expect(readKeyFile(writeKeyFile(key, least), least).equals(key)).toBe(true);
  });

  it('is that of another tool too, where it is encrypted', () => {
    const node = key.export({ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: PASSPHRASE }).toString();
    expect(readKeyFile(node, PASSPHRASE).equals(key)).toBe(true);
    const plain = key.export({ type: 'pkcs8', format: 'pem' }).toString();
    expect(() => readKeyFile(plain, PASSPHRASE)).toThrow(
      expect.objectContaining({ message: 'The key is not encrypted.' }),
    );
  });

  it('is one of Ed25519', () => {
    for (const other of [generateKeyPairSync('ed448'), generateKeyPairSync('ec', { namedCurve: 'P-256' })]) {
      const file = other.privateKey
        .export({ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: PASSPHRASE })
        .toString();
      expect(() => readKeyFile(file, PASSPHRASE)).toThrow(refused('kind'));
    }
  });

  it.each<[string, string]>([
    ['nothing', ''],
    ['a public key', createPublicKey(key).export({ type: 'spki', format: 'pem' }).toString()],
    ['two keys', FILE + FILE],
    ['a text before it', `key:\n${FILE}`],
    ['a megabyte', FILE.replace('\n', `\n${'A'.repeat(1_000_000)}\n`)],
  ])('is not %s', (_, text) => expect(() => readKeyFile(text, PASSPHRASE)).toThrow(refused('form')));

  it('cannot be changed', () => {
    const [first = '', ...lines] = FILE.split('\n');
    const changed = [
      first,
      ...lines.map((line, index) => (index === 2 ? line.replace(/^./, (c) => (c === 'A' ? 'B' : 'A')) : line)),
    ];
    expect(() => readKeyFile(changed.join('\n'), PASSPHRASE)).toThrow(refused('passphrase'));
  });
});
