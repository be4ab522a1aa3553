/** Whether a library is signed as the rule of its tree asks for (decision F3). */
import type { Sid } from '../model/brands.ts';
import type { LibraryGateTerms } from '../model/decision.ts';
import type { FileFacts } from '../model/file-facts.ts';
import type { ElevationType } from '../model/rule-action.ts';
import type { CompiledPolicy } from './compile.ts';
import { matchCertificate } from './signatures.ts';

/** The gate of a tree, fixed when it was started. */
export interface LibraryGate extends LibraryGateTerms {
  /** Of the rule; an Automatic one takes no certificate whose revocation is not known. */
  readonly type: ElevationType;
}

/**
 * @param user whose settings say what becomes of signatures that are not good in every respect
 * @returns whether the certificate of the rule signs the file; never by a rule without one
 */
export function isSignedForGate(compiled: CompiledPolicy, user: Sid, gate: LibraryGate, facts: FileFacts): boolean {
  const { type, certificate, acceptTimestamped } = gate;
  if (certificate === undefined) return false;
  const { settings } = compiled.forUser(user);
  return matchCertificate({ type, acceptTimestamped }, certificate, facts.signatures, settings) !== 'no';
}
