/** The keys that policy lists, as they are asked for the one that signed a grant. */
import type { KeyObject } from 'node:crypto';
import { verifyingKey } from '../ed25519.ts';
import type { SignedText } from '../signed-text.ts';
import { keyIdOf } from './grant-values.ts';

interface Entry<K> {
  readonly key: K;
  readonly verifying: KeyObject;
}

export class ApproverKeys<K extends { readonly publicKey: string }> {
  readonly #byId = new Map<string, Entry<K>[]>();

  /** @param keys those that must not be trusted, such as points of small order, are passed over */
  constructor(keys: readonly K[]) {
    for (const key of keys) {
      const verifying = verifyingKey(key.publicKey);
      if (verifying === undefined) continue;
      const id = textOf(keyIdOf(key.publicKey));
      this.#byId.set(id, [...(this.#byId.get(id) ?? []), { key, verifying }]);
    }
  }

  /**
   * All keys of the list whose signature it is. One key may be listed under several names, with different rights; keys
   * that merely have the same id in the text are told apart by the signature.
   */
  signersOf(signed: SignedText): readonly K[] {
    const candidates = this.#byId.get(textOf(signed.keyId)) ?? [];
    return candidates.filter(({ verifying }) => signed.isSignedBy(verifying)).map(({ key }) => key);
  }
}

function textOf(id: Uint8Array): string {
  return Buffer.from(id).toString('hex');
}
