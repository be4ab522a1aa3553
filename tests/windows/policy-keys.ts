/** The keys of policies, and steps that change them. */
import { REG, registryText, type RegistryStep } from './registry-steps.ts';

export const KEY = 'Software\\Policies\\EPM';
export const RULES = `${KEY}\\Rules`;
/** What Windows gives a key of HKLM\Software: the system and administrators write, everyone reads. */
export const TRUSTED = 'O:BAD:P(A;CI;KA;;;SY)(A;CI;KA;;;BA)(A;CI;KR;;;BU)';
/** Nobody but administrators, not even the agent. */
export const SECRET = 'O:BAD:P(D;;KA;;;SY)(A;;KA;;;BA)';
/** A policy that elevates only what its rules say. */
export const SETTINGS = { enabled: true, defaultElevationResponse: 'denyAll' };

export type Change =
  { readonly name: string; readonly type: number; readonly data: Uint8Array } | { readonly sddl: string };

/** A change of the device's policy. */
export const device = (change: Change, key = KEY): RegistryStep => ({ root: 'HKLM', key, ...change });

/** A value of any kind among the device's rules. */
export const rule = (name: string, text: string, type: number = REG.SZ): RegistryStep =>
  device({ name, type, data: registryText(text) }, RULES);

let touches = 0;
/** A value that means nothing, another each time: Wine does not tell of changed permissions, nor of a value that stays. */
export function touch(): RegistryStep {
  touches += 1;
  return device({ name: 'Touched', type: REG.DWORD, data: Uint8Array.of(touches, 0, 0, 0) });
}
