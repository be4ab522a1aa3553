/**
 * The device's own key and identifier. The key is made at the first start, and signs what the device says about requests; the
 * identifier is a digest of it, so that no other device can use it. With the agent's data the identity goes, and no grant
 * for it counts any more.
 */
import { createPrivateKey, type KeyObject } from 'node:crypto';
import { EpmError } from '../../model/errors.ts';
import { newSigningKey, publicKeyText } from '../../requests/ed25519.ts';
import { deviceIdOf } from '../../requests/request-text.ts';
import type { StateStore } from '../ports.ts';

export interface DeviceIdentity {
  /** GUID in lower case. */
  readonly id: string;
  /** Private, Ed25519. */
  readonly key: KeyObject;
}

/** @throws EpmError EPM_DATA_FOLDER when it cannot be read or made, or is not what the agent wrote */
export function deviceIdentity(store: StateStore): DeviceIdentity {
  const kept = store.read();
  const key = kept === undefined ? newSigningKey() : keyOf(kept);
  if (kept === undefined) {
    const privateKey = key.export({ format: 'der', type: 'pkcs8' }).toString('base64');
    store.write({ privateKey });
  }
  return { id: deviceIdOf(publicKeyText(key)), key };
}

function keyOf(kept: unknown): KeyObject {
  const text = typeof kept === 'object' && kept !== null && 'privateKey' in kept ? kept.privateKey : undefined;
  try {
    const key = createPrivateKey({ key: Buffer.from(String(text), 'base64'), format: 'der', type: 'pkcs8' });
    if (key.asymmetricKeyType === 'ed25519') return key;
  } catch {
    // Told below.
  }
  throw new EpmError('EPM_DATA_FOLDER', 'The key of the device is not as the agent wrote it.');
}
