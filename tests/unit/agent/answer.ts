/** What a client sends where Windows authentication is asked for. */
import type { ElevateRequest, ElevateResult } from '../../../src/agent/contract.ts';
import { type Credential, writeCredential } from '../../../src/requests/credential.ts';
import { sealCredential } from '../../../src/requests/sealed-credential.ts';

type Needs = Extract<ElevateResult, { readonly outcome: 'needs' }>;

export const ALICE_NAME = 'CONTOSO\\alice';
export const ALICE_PASSWORD = 'alice: correct horse';

export function passwordOf(userName: string, password: string): Credential {
  return { form: 'password', userName, password: Buffer.from(password, 'utf16le') };
}

/** Ticket and credential; without one the question asks for no credential. */
export function answerTo(
  needs: Pick<Needs, 'ticket' | 'authentication'>,
  credential: Credential = passwordOf(ALICE_NAME, ALICE_PASSWORD),
): Pick<ElevateRequest, 'ticket' | 'credential'> {
  const { ticket, authentication } = needs;
  if (authentication === undefined) return { ticket };
  return { ticket, credential: sealCredential(writeCredential(credential), ticket, authentication.key) };
}
