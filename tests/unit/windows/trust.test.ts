import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import koffi from 'koffi';
import { describe, expect, it, vi } from 'vitest';
import * as cms from '../../corpus/cms.ts';
import * as der from '../../corpus/der.ts';
import { CA, LEAF, message, TIMESTAMPING } from '../facts/authenticode/people.ts';
import { CRYPT32_SIZES, declareCrypt32Types } from '../../../src/windows/dll/crypt32.ts';
import { declareWintrustTypes } from '../../../src/windows/dll/wintrust.ts';
import { readCatalogFile } from '../../../src/windows/trust/catalogs.ts';
import { createTrustQueue } from '../../../src/windows/trust/trust-queue.ts';
import { timestampAuthorities } from '../../../src/windows/trust/timestamp-authorities.ts';
import { statusFor, verdictOf } from '../../../src/windows/trust/verdict.ts';

const GOOD = { errorStatus: 0, policyErrors: [0, 0], revocationStatus: 0 };

describe('the verdict of the machine', () => {
  it('is good when WinVerifyTrust, the chain and its policies are', () => {
    expect(verdictOf(0, GOOD)).toEqual({
      trusted: true,
      status: '0x00000000',
      chainStatus: '0x00000000',
      revocation: 'good',
    });
  });

  it.each([
    ['expired', 0x800b0101, { ...GOOD, errorStatus: 0x1 }, true, 'good'],
    ['nested dates', 0x800b0102, { ...GOOD, errorStatus: 0x2 }, true, 'good'],
    ['revoked', 0x800b010c, { ...GOOD, revocationStatus: 0x4 }, true, 'revoked'],
    ['revoked and offline', 0, { ...GOOD, revocationStatus: 0x4 | 0x40 | 0x1000000 }, true, 'revoked'],
    ['revocation unknown', 0x800b010e, { ...GOOD, revocationStatus: 0x40 }, true, 'unknown'],
    ['offline', 0, { ...GOOD, revocationStatus: 0x1000040 }, true, 'unknown'],
    ['revocation not asked', 0, { ...GOOD, revocationStatus: undefined }, true, 'unknown'],
    ['bad digest', 0x80096010, GOOD, false, 'good'],
    ['no signature', 0x800b0100, GOOD, false, 'good'],
    ['untrusted root by WinVerifyTrust', 0x800b0109, GOOD, false, 'good'],
    ['explicit distrust by WinVerifyTrust', 0x800b0111, GOOD, false, 'good'],
    ['untrusted root by the chain alone', 0, { ...GOOD, errorStatus: 0x20 }, false, 'good'],
    ['partial chain', 0, { ...GOOD, errorStatus: 0x10000 }, false, 'good'],
    ['wrong usage', 0, { ...GOOD, errorStatus: 0x10 }, false, 'good'],
    ['weak signature', 0, { ...GOOD, errorStatus: 0x100000 }, false, 'good'],
    ['disallowed', 0, { ...GOOD, errorStatus: 0x4000000 }, false, 'good'],
    ['disallowed in the second chain only', 0, { ...GOOD, revocationStatus: 0x4000000 }, false, 'good'],
    ['critical extension', 0, { ...GOOD, errorStatus: 0x8000000 }, false, 'good'],
    ['a bit that nobody knows', 0, { ...GOOD, errorStatus: 0x80000000 | 0 }, false, 'good'],
    ['the base policy', 0, { ...GOOD, policyErrors: [0x800b0109, 0] }, false, 'good'],
    ['the Authenticode policy', 0, { ...GOOD, policyErrors: [0, 0x800b0110] }, false, 'good'],
  ] as const)('AC-43 keeps %s apart', (_name, status, chain, trusted, revocation) => {
    expect(verdictOf(status, chain)).toMatchObject({ trusted, revocation });
  });

  it.each([
    ['its own', Buffer.from('leaf'), [0, 0x800b0101, 0x800b010c, 0x80096010], [0, 0x800b0101, 0x800b010c, 0x80096010]],
    ["somebody else's", Buffer.from('fael'), [0, 0x800b0101, 0x80096010], [0x800b0100, 0x800b0100, 0x800b0100]],
    ["nobody's", undefined, [0, 0x800b0101, 0x800b010c, 0x80096010], [0x800b0100, 0x800b0100, 0x800b0100, 0x80096010]],
  ] as const)('AC-40 takes a status about %s signature for what it is', (_whose, signer, given, expected) => {
    expect(given.map((status) => statusFor(Buffer.from('leaf'), { status, signer }))).toEqual(expected);
  });

  it('is written with all digits', () => {
    const chain = { ...GOOD, errorStatus: 0x80000000 | 0, revocationStatus: 0x40 };
    expect(verdictOf(0x800b0109, chain)).toMatchObject({ status: '0x800B0109', chainStatus: '0x80000040' });
  });
});

describe('the questions to Windows', () => {
  const later = <T>(): { promise: Promise<T>; resolve: (value: T) => void } => {
    let resolve: (value: T) => void = () => undefined;
    const promise = new Promise<T>((done) => (resolve = done));
    return { promise, resolve };
  };

  const ONE = { slots: 1, perUser: 1 };
  const alice = { user: 'alice' };
  const settle = (): Promise<unknown> => new Promise(setImmediate);

  it('AC-98 run so many at once, and one of each user', async () => {
    const queue = createTrustQueue({ slots: 2, perUser: 1 }, 5_000);
    const started: string[] = [];
    const ask = (user: string, gate: Promise<string>) =>
      queue({ user }, () => {
        started.push(user);
        return gate;
      });
    const slow = later<string>();
    // Somebody whose questions take long, as those about a large file without a signature do.
    const flood = Array.from({ length: 8 }, () => ask('flooder', slow.promise));
    expect(await ask('alice', Promise.resolve('trusted'))).toBe('trusted');
    expect(await ask('bob', Promise.resolve('trusted'))).toBe('trusted');
    expect(started).toEqual(['flooder', 'alice', 'bob']);
    slow.resolve('');
    await Promise.all(flood);
  });

  it('AC-98 end in time, and a late one keeps its turn until it returns', async () => {
    const queue = createTrustQueue(ONE, 30);
    const hanging = later<string>();
    let second = 0;
    await expect(queue(alice, () => hanging.promise)).rejects.toMatchObject({ code: 'EPM_SIGNATURE_UNCHECKED' });
    const next = queue(alice, () => {
      second += 1;
      return Promise.resolve('second');
    });
    await settle();
    expect(second).toBe(0);
    hanging.resolve('late');
    expect(await next).toBe('second');
  });

  it('AC-98 do not count the time that they wait for others', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    try {
      const queue = createTrustQueue(ONE, 10_000);
      const gates = Array.from({ length: 4 }, () => later<string>());
      const answers = Promise.all(gates.map((gate) => queue(alice, () => gate.promise)));
      for (const gate of gates) {
        await settle();
        // Together more than one question may take, and less than a turn is waited for.
        await vi.advanceTimersByTimeAsync(9_000);
        gate.resolve('in time');
      }
      expect(await answers).toEqual(gates.map(() => 'in time'));
    } finally {
      vi.useRealTimers();
    }
  });

  it('AC-98 are not waited for any more once the client is gone', async () => {
    const queue = createTrustQueue(ONE, 5_000);
    const client = new AbortController();
    const hanging = later<string>();
    const asked = queue({ ...alice, signal: client.signal }, () => hanging.promise);
    const waiting = queue({ ...alice, signal: client.signal }, () => Promise.resolve('never'));
    await settle();
    client.abort();
    await expect(asked).rejects.toMatchObject({ code: 'EPM_REQUEST_CANCELLED' });
    await expect(waiting).rejects.toMatchObject({ code: 'EPM_REQUEST_CANCELLED' });
    hanging.resolve('');
    expect(await queue(alice, () => Promise.resolve('next'))).toBe('next');
  });

  it('hand on what fails, and go on', async () => {
    const queue = createTrustQueue(ONE, 5_000);
    await expect(queue(alice, () => Promise.reject(new Error('broken')))).rejects.toThrow('broken');
    await expect(
      queue(alice, () => {
        throw new Error('at once');
      }),
    ).rejects.toThrow('at once');
    expect(await queue(alice, () => Promise.resolve(1))).toBe(1);
  });
});

describe('the structures of wincrypt.h and wintrust.h', () => {
  it('lie as on 64-bit Windows', () => {
    declareCrypt32Types(koffi);
    declareWintrustTypes(koffi);
    // Measured with the headers of the Windows SDK as mingw-w64 has them, x64; WINTRUST_DATA and its settings with
    // the members of Windows 8, which end at 88 and 32 bytes.
    const sizes = Object.fromEntries(
      [
        'WINTRUST_DATA',
        'WINTRUST_FILE_INFO',
        'WINTRUST_CATALOG_INFO',
        'WINTRUST_SIGNATURE_SETTINGS',
        'CERT_CHAIN_PARA',
        'CERT_CHAIN_POLICY_PARA',
        'CERT_CHAIN_POLICY_STATUS',
        'CERT_CONTEXT',
      ].map((name) => [name, koffi.sizeof(name)]),
    );
    expect(sizes).toEqual({
      WINTRUST_DATA: 88,
      WINTRUST_FILE_INFO: 32,
      WINTRUST_CATALOG_INFO: 72,
      WINTRUST_SIGNATURE_SETTINGS: 32,
      CERT_CHAIN_PARA: CRYPT32_SIZES.chainParameters,
      CERT_CHAIN_POLICY_PARA: CRYPT32_SIZES.chainPolicyParameters,
      CERT_CHAIN_POLICY_STATUS: CRYPT32_SIZES.chainPolicyStatus,
      CERT_CONTEXT: 40,
    });
    expect(CRYPT32_SIZES).toEqual({ chainParameters: 96, chainPolicyParameters: 16, chainPolicyStatus: 24 });
    for (const [type, member, offset] of [
      ['WINTRUST_DATA', 'pSubject', 40],
      ['WINTRUST_DATA', 'dwStateAction', 48],
      ['WINTRUST_DATA', 'hWVTStateData', 56],
      ['WINTRUST_DATA', 'dwProvFlags', 72],
      ['WINTRUST_DATA', 'dwUIContext', 76],
      ['WINTRUST_DATA', 'pSignatureSettings', 80],
      ['WINTRUST_CATALOG_INFO', 'pcCatalogContext', 56],
      ['CERT_CHAIN_PARA', 'dwUrlRetrievalTimeout', 56],
      ['CERT_CHAIN_CONTEXT', 'rgpChain', 16],
      ['CERT_SIMPLE_CHAIN', 'rgpElement', 16],
      ['CERT_CHAIN_ELEMENT', 'TrustStatus', 16],
      ['CRYPT_PROVIDER_SGNR', 'pasCertChain', 16],
      ['CRYPT_PROVIDER_CERT', 'pCert', 8],
    ] as const) {
      expect(koffi.offsetof(type, member), `${type}.${member}`).toBe(offset);
    }
  });
});

describe('the authorities of timestamps', () => {
  it('are those of the signature where a token carries none', async () => {
    const plain = message({ certificates: [LEAF, CA, TIMESTAMPING] });
    const over = cms.signatureValue(plain);
    for (const certificates of [[], [TIMESTAMPING]]) {
      const token = cms.timestampToken({ authority: TIMESTAMPING, time: Date.UTC(2024, 0, 1), over, certificates });
      const found = await timestampAuthorities(
        cms.withUnsigned(plain, cms.attribute(cms.CMS.timestampToken, der.raw(token))),
      );
      expect(found).toHaveLength(1);
      expect(Buffer.compare(found[0]?.leaf ?? Buffer.alloc(0), TIMESTAMPING.der)).toBe(0);
    }
  });

  it.each([new Uint8Array(0), new Uint8Array(100), Buffer.from('308006092a864886f70d010702a080', 'hex')])(
    'are nobody in a message that cannot be read',
    async (message) => {
      expect(await timestampAuthorities(message)).toEqual([]);
    },
  );
});

describe('a catalog that lists the file and cannot be read', () => {
  it.each([
    ['is not there', undefined, /Windows does not let the agent read it/],
    ['is no catalog', Buffer.from('Get-Date'), /\(.*offset 0x/],
  ])('is named, with the reason: it %s', async (_case, content, why) => {
    const folder = await mkdtemp(path.join(tmpdir(), 'epm-catalog-'));
    try {
      const file = path.join(folder, 'listed.cat');
      if (content !== undefined) await writeFile(file, content);
      const read = readCatalogFile(file);
      await expect(read).rejects.toMatchObject({
        code: 'EPM_SIGNATURE_UNCHECKED',
        message: expect.stringContaining('The catalog "listed.cat" that lists the file cannot be read: ') as string,
      });
      await expect(read).rejects.toThrow(why);
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});
