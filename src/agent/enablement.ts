/** Whom the policies in force enable EPM for. */
import { sid, type Sid } from '../model/brands.ts';
import type { EffectiveSettings } from '../model/settings.ts';
import type { PolicyInForce } from './policy-in-force.ts';

export interface Enablement {
  /** Some policy enables EPM, for everybody or for one user. */
  readonly now: boolean;
  /** Some policy has elevation requests detected, for everybody or for one user. */
  readonly detects: boolean;
  /** Whether the user's own policy does, of every user whose policy is known at the moment. */
  readonly users: ReadonlyMap<Sid, boolean>;
}

/** A user without own policies, to whom those of the device alone apply ([MS-DTYP] 2.4.2.4, NULL SID). */
const NULL_SID = sid('S-1-0-0');

/** Settings of the device alone, for what belongs to nobody. */
export function deviceSettings({ compiled }: PolicyInForce): EffectiveSettings {
  return compiled.forUser(NULL_SID).settings;
}

/**
 * A policy that cannot be read may enable EPM: what depends on this must not take it for one that does not.
 * @param loaded users of whom some source is there: their hives are loaded, or the machine has a place for them
 */
export function enablement({ compiled, documents, withheld }: PolicyInForce, loaded: ReadonlySet<Sid>): Enablement {
  // Settings that leave the switch out enable EPM (decision S2).
  const enabling = documents.flatMap(({ scope, trust, settings }) =>
    scope.kind === 'user' && trust === undefined && settings !== undefined && settings.enabled !== false
      ? [scope.sid]
      : [],
  );
  const users = new Map<Sid, boolean>();
  for (const user of loaded) if (!withheld.has(user)) users.set(user, enabling.includes(user));
  const enabled = [NULL_SID, ...users.keys()]
    .map((user) => compiled.forUser(user).settings)
    .filter(({ clientState }) => clientState === 'enabled');
  return {
    now: withheld.size > 0 || enabled.length > 0,
    detects: enabled.some(({ allowElevationDetection }) => allowElevationDetection),
    users,
  };
}
