import { sign } from 'node:crypto';
import { decode } from 'cborg';
import { describe, expect, it } from 'vitest';
import { newSigningKey, publicKeyText } from '../../../../src/requests/ed25519.ts';
import { ApproverKeys } from '../../../../src/requests/grants/approver-keys.ts';
import { GRANT_PREFIX, readGrantText, writeGrantText } from '../../../../src/requests/grants/grant-text.ts';
import { keyIdOf } from '../../../../src/requests/grants/grant-values.ts';
import { bytesOf, cbor, GRANT, textOf, wrap } from '../statements.ts';

/** Order of the group (RFC 8032, 5.1). */
const L = 2n ** 252n + 27742317777372353535851937790883648493n;

const key = newSigningKey();
const publicKey = publicKeyText(key);
const TEXT = writeGrantText(GRANT, key);
const listed = { name: 'Help desk', publicKey };

const signersOf = (text: string, keys: readonly { readonly publicKey: string }[] = [listed]) =>
  new ApproverKeys(keys).signersOf(readGrantText(text).signed);

type TextParts = readonly [headers: Uint8Array, unprotected: unknown, content: Uint8Array, signature: Uint8Array];
const parts = (): TextParts => decode(bytesOf(TEXT), { useMaps: true }) as TextParts;
/** The text with another signature. */
const signedBy = (signature: Uint8Array): string => {
  const [headers, , content] = parts();
  return wrap(GRANT_PREFIX, cbor([headers, new Map(), content, signature]));
};

const littleEndian = (number: bigint): Buffer => Buffer.from(number.toString(16).padStart(64, '0'), 'hex').reverse();
const numberOf = (bytes: Uint8Array): bigint => BigInt(`0x${Buffer.from(bytes).reverse().toString('hex')}`);

describe('the signers of a grant', () => {
  it('are the keys of the list that made its signature', () => expect(signersOf(TEXT)).toEqual([listed]));

  it('are all entries of one key', () => {
    const other = { name: 'The same for a year', publicKey };
    expect(signersOf(TEXT, [listed, other])).toEqual([listed, other]);
  });

  it('are none when the key is not listed', () => {
    expect(signersOf(TEXT, [])).toEqual([]);
    expect(signersOf(TEXT, [{ publicKey: publicKeyText(newSigningKey()) }])).toEqual([]);
  });

  it('are told apart by the signature when a text names the id of another key', () => {
    const foreign = newSigningKey();
    const [, , content] = parts();
    const named = (id: Uint8Array, signer: typeof key): string =>
      textOf(
        {
          prefix: GRANT_PREFIX,
          headers: cbor(
            new Map<number, unknown>([
              [1, -19],
              [4, id],
            ]),
          ),
          content,
        },
        signer,
      );
    const claimed = named(keyIdOf(publicKey), foreign);
    expect(signersOf(claimed, [listed, { publicKey: publicKeyText(foreign) }])).toEqual([]);
    // The right key under a wrong id is not looked for either.
    expect(signersOf(named(Buffer.alloc(4), key))).toEqual([]);
  });

  it('are none after any change of a bit', () => {
    const bytes = bytesOf(TEXT);
    let read = 0;
    for (let bit = 0; bit < bytes.length * 8; bit += 1) {
      const changed = Buffer.from(bytes);
      changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      let signed;
      try {
        ({ signed } = readGrantText(wrap(GRANT_PREFIX, changed)));
      } catch {
        continue;
      }
      read += 1;
      expect(new ApproverKeys([listed]).signersOf(signed), `bit ${bit}`).toEqual([]);
    }
    expect(read).toBeGreaterThan(1000);
  });

  it('are none for a signature that was made for another kind of text, or for the bare content', () => {
    const [headers, , content] = parts();
    const structure = (prefix: string): Buffer => cbor(['Signature1', headers, Buffer.from(prefix), content]);
    expect(signersOf(signedBy(sign(null, structure(GRANT_PREFIX), key)))).toEqual([listed]);
    expect(signersOf(signedBy(sign(null, structure('EPMR1.'), key)))).toEqual([]);
    expect(signersOf(signedBy(sign(null, structure(''), key)))).toEqual([]);
    expect(signersOf(signedBy(sign(null, content, key)))).toEqual([]);
  });

  it('are none for the same signature with S + L, which a lax check would take', () => {
    const [, , , signature] = parts();
    const malleated = Buffer.concat([signature.subarray(0, 32), littleEndian(numberOf(signature.subarray(32)) + L)]);
    expect(malleated).toHaveLength(64);
    expect(signersOf(signedBy(malleated))).toEqual([]);
  });

  it('are never points of small order, with which anybody signs anything', () => {
    // The neutral element as key: R = [S]B for S = 0 is the neutral element again, for every content.
    const neutral = littleEndian(1n);
    const [, , content] = parts();
    const weak = neutral.toString('base64');
    const headers = cbor(
      new Map<number, unknown>([
        [1, -19],
        [4, keyIdOf(weak)],
      ]),
    );
    const forged = textOf(
      { prefix: GRANT_PREFIX, headers, content, signature: Buffer.concat([neutral, Buffer.alloc(32)]) },
      key,
    );
    expect(signersOf(forged, [{ publicKey: weak }, listed])).toEqual([]);
  });
});
