/**
 * Secrets that administrators gave the agent: passwords, keys and addresses that policy only names, because every user can
 * read policy. They are told to nobody again, and are in no log, status or record; only their names are.
 */
import { createHash } from 'node:crypto';
import { EpmError } from '../model/errors.ts';
import { compareCodePoints } from '../text/compare.ts';
import type { AuditTrail } from './audit-trail.ts';
import type { VerifiedCaller } from './caller.ts';
import type { SecretReport, SecretsReport, SecretsRequest } from './contract.ts';
import type { Clock, EntryStore } from './ports.ts';

/** Names of secrets, as policy writes them; case does not count. */
export const SECRET_NAME_PATTERN = '^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$';
/** UTF-16 units. */
export const MAX_SECRET = 16_384;
const MAX_SECRETS = 200;

/** Makes bytes that only this machine reads back. Both throw EPM_WINDOWS_API. */
export interface SecretProtection {
  protect(bytes: Uint8Array): Uint8Array;
  unprotect(bytes: Uint8Array): Uint8Array;
}

interface KeptSecret {
  readonly name: string;
  /** Milliseconds since 1970, UTC. */
  readonly time: number;
  /** Protected bytes in base64. */
  readonly value: string;
}

export class Secrets {
  readonly #store: EntryStore;
  readonly #protection: SecretProtection;

  constructor(store: EntryStore, protection: SecretProtection) {
    this.#store = store;
    this.#protection = protection;
  }

  /** Names and times, by name. @throws EpmError EPM_DATA_FOLDER */
  list(): readonly SecretReport[] {
    return this.#kept()
      .map(({ name, time }) => ({ name, changed: new Date(time).toISOString() }))
      .sort((left, right) => compareCodePoints(left.name, right.name));
  }

  /**
   * The secret itself, asked anew each time so that it stays in memory no longer than it is used.
   * @returns undefined: there is none of that name, or what is there cannot be read on this machine
   */
  get(name: string): string | undefined {
    try {
      const kept = this.#kept().find((each) => keyOf(each.name) === keyOf(name));
      if (kept === undefined) return undefined;
      const bytes = this.#protection.unprotect(Buffer.from(kept.value, 'base64'));
      return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    } catch {
      return undefined;
    }
  }

  /** @throws EpmError EPM_ARGUMENT, EPM_SECRET_LIMIT, EPM_DATA_FOLDER, EPM_WINDOWS_API */
  set(name: string, value: string, now: number): void {
    if (!new RegExp(SECRET_NAME_PATTERN).test(name) || value === '' || value.length > MAX_SECRET) {
      throw new EpmError('EPM_ARGUMENT', 'The name or the length of the secret is not allowed.');
    }
    const kept = this.#kept();
    if (kept.length >= MAX_SECRETS && !kept.some((each) => keyOf(each.name) === keyOf(name))) {
      throw new EpmError('EPM_SECRET_LIMIT', `The agent keeps ${kept.length} secrets already.`);
    }
    const bytes = this.#protection.protect(Buffer.from(value, 'utf8'));
    const secret: KeptSecret = { name, time: now, value: Buffer.from(bytes).toString('base64') };
    this.#store.write(keyOf(name), secret);
  }

  /** @throws EpmError EPM_SECRET_UNKNOWN, EPM_DATA_FOLDER */
  remove(name: string): void {
    const key = keyOf(name);
    if (!this.#store.read().has(key)) {
      throw new EpmError('EPM_SECRET_UNKNOWN', `The agent has no secret "${name.slice(0, 64)}".`);
    }
    this.#store.remove(key);
  }

  #kept(): readonly KeptSecret[] {
    return [...this.#store.read()].flatMap(([key, value]) =>
      isKept(value) && keyOf(value.name) === key ? [value] : [],
    );
  }
}

/**
 * What an administrator asks of the secrets. A change is recorded, by its name alone.
 * @throws EpmError as the methods
 */
export function administerSecrets(
  secrets: Secrets,
  { sid: userSid }: VerifiedCaller,
  request: SecretsRequest,
  { clock, trail }: { readonly clock: Pick<Clock, 'now'>; readonly trail: Pick<AuditTrail, 'appendBestEffort'> },
): SecretsReport {
  if (request.action !== 'list') {
    const { action, name } = request;
    if (action === 'set') secrets.set(name, request.value, clock.now());
    else secrets.remove(name);
    const message = `The secret "${name}" was ${action === 'set' ? 'set' : 'removed'}.`;
    trail.appendBestEffort({ event: 'secretChanged', userSid, message });
  }
  return { secrets: secrets.list() };
}

/** Keys of the store have no dots, and are the same for names that differ by case only. */
function keyOf(name: string): string {
  return createHash('sha256').update(name.toLowerCase()).digest('hex').slice(0, 32);
}

function isKept(value: unknown): value is KeptSecret {
  if (typeof value !== 'object' || value === null) return false;
  const { name, time, value: bytes } = value as Partial<Record<keyof KeptSecret, unknown>>;
  return typeof name === 'string' && Number.isSafeInteger(time) && typeof bytes === 'string';
}
