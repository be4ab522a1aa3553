/** Attacks on approvals by people who hold every text and every file that a user can read. */
import { createHmac, createPublicKey, sign } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { newSigningKey, publicKeyText } from '../../src/requests/ed25519.ts';
import { ApproverKeys } from '../../src/requests/grants/approver-keys.ts';
import { GRANT_PREFIX, readGrantText, writeGrantText } from '../../src/requests/grants/grant-text.ts';
import { keyIdOf } from '../../src/requests/grants/grant-values.ts';
import { deviceIdOf, readRequestText, writeRequestText } from '../../src/requests/request-text.ts';
import { epm } from '../unit/cli/captured.ts';
import { bytesOf, cbor, GRANT, requestOf, textOf, wrap } from '../unit/requests/statements.ts';

const approver = newSigningKey();
const listed = { name: 'Help desk', publicKey: publicKeyText(approver) };
const device = newSigningKey();

const isSigned = (text: string): boolean => {
  try {
    return new ApproverKeys([listed]).signersOf(readGrantText(text).signed).length > 0;
  } catch {
    return false;
  }
};

describe('AC-84 nothing that a user can read makes an approval', () => {
  const headers = (algorithm: unknown): Buffer =>
    cbor(
      new Map<number, unknown>([
        [1, algorithm],
        [4, keyIdOf(listed.publicKey)],
      ]),
    );
  const content = cbor(new Map<number, unknown>([[1, Buffer.alloc(8)]]));
  const toSign = (algorithm: unknown): Buffer =>
    cbor(['Signature1', headers(algorithm), Buffer.from(GRANT_PREFIX), content]);

  it('with the public key, the only thing that a device has to check approvals', () => {
    const secret = Buffer.from(listed.publicKey, 'base64');
    for (const algorithm of [-19, 5, 6, 7]) {
      const mac = createHmac('sha512', secret).update(toSign(algorithm)).digest();
      expect(
        isSigned(textOf({ prefix: GRANT_PREFIX, headers: headers(algorithm), content, signature: mac }, approver)),
      ).toBe(false);
    }
    expect(() => sign(null, toSign(-19), createPublicKey(approver))).toThrow();
  });

  it('with the key of the device, should somebody get hold of it', () => {
    expect(isSigned(writeGrantText(GRANT, device))).toBe(false);
    const signature = sign(null, toSign(-19), device);
    expect(isSigned(textOf({ prefix: GRANT_PREFIX, headers: headers(-19), content, signature }, device))).toBe(false);
  });

  it('with former approvals: no part of one fits another', () => {
    const texts = [GRANT, { ...GRANT, fileName: 'other.exe' }, { ...GRANT, arguments: ['/a'] }].map((grant) =>
      writeGrantText(grant, approver),
    );
    // The signature is the last part of the bytes.
    const parts = texts.map((text) => ({
      head: bytesOf(text).subarray(0, -64),
      signature: bytesOf(text).subarray(-64),
    }));
    for (const [one, { head }] of parts.entries())
      for (const [other, { signature }] of parts.entries())
        expect(isSigned(wrap(GRANT_PREFIX, Buffer.concat([head, signature])))).toBe(one === other);
  });

  it('with a request of a device that somebody made up: the approval is for no real device', () => {
    const invented = newSigningKey();
    const { request } = readRequestText(writeRequestText(requestOf(publicKeyText(invented)), invented));
    expect(request.deviceName).toBe(requestOf(publicKeyText(device)).deviceName);
    expect(request.requestedOnDeviceId).not.toBe(deviceIdOf(publicKeyText(device)));
    expect(() => writeRequestText(requestOf(publicKeyText(device)), invented)).toThrow(
      expect.objectContaining({ code: 'EPM_REQUEST_TEXT_INVALID' }),
    );
  });
});

describe('AC-85 approvals cannot be predicted', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'epm-approvals-'));
  const at = (name: string): string => path.join(folder, name);
  const secret = ['--passphrase-file', at('passphrase.txt')];
  beforeAll(async () => {
    writeFileSync(at('passphrase.txt'), 'a passphrase for tests');
    await epm('approval-key', 'new', '--out', at('key.pem'), '--name', 'x', '--approver', 'x', ...secret);
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  it('neither from the time nor from what random numbers of scripts give', async () => {
    vi.useFakeTimers({ toFake: ['Date'], now: GRANT.from });
    vi.spyOn(Math, 'random').mockReturnValue(0.5);
    try {
      const text = writeRequestText(requestOf(publicKeyText(device)), device);
      const grants = [];
      for (let count = 0; count < 4; count += 1)
        grants.push((await epm('approve', text, '--yes', '--key', at('key.pem'), ...secret)).out);
      const statements = grants.map((grant) => readGrantText(grant).statement);
      expect(new Set(statements.map(({ id }) => id)).size).toBe(4);
      expect(new Set(statements.map(({ from }) => from))).toEqual(new Set([GRANT.from]));
    } finally {
      vi.useRealTimers();
      vi.restoreAllMocks();
    }
  });

  it('and keys are made by the same generator', async () => {
    const keys = new Set([publicKeyText(newSigningKey()), publicKeyText(newSigningKey())]);
    expect(keys.size).toBe(2);
    const again = ['approval-key', 'new', '--out', at('again.pem'), '--name', 'x', '--approver', 'x'];
    expect(await epm(...again, ...secret)).toMatchObject({ code: 0 });
    expect(readFileSync(at('again.pem'), 'utf8')).not.toBe(readFileSync(at('key.pem'), 'utf8'));
  });

  it('guessing an identifier gives nothing: it is signed with the rest', () => {
    const bytes = bytesOf(writeGrantText(GRANT, approver));
    const at = bytes.indexOf(Buffer.from(GRANT.id, 'hex'));
    for (let guess = 0; guess < 256; guess += 1) {
      const changed = bytes.with(at, guess);
      expect(isSigned(wrap(GRANT_PREFIX, changed))).toBe(changed[at] === bytes[at]);
    }
  });
});
