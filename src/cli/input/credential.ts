/** What proves the person who runs the command, sealed for the question of the agent. */
import type { AuthenticationQuestion } from '../../agent/contract.ts';
import { EpmError } from '../../model/errors.ts';
import { type Credential, writeCredential } from '../../requests/credential.ts';
import { readLogonBuffer } from '../../requests/logon-buffer.ts';
import { sealCredential, wipe } from '../../requests/sealed-credential.ts';
import { createUserLogons, loadDlls, promptForCredential } from '../../windows/index.ts';
import { sid } from '../../model/brands.ts';

export interface CredentialQuestion {
  readonly ticket: string;
  readonly authentication: AuthenticationQuestion;
  /** Of the program, safe to show. */
  readonly program: string;
  /** The answer before was not accepted. */
  readonly again: boolean;
}

/**
 * Asks in the credential dialog of Windows.
 * @returns the sealed credential; undefined: the person closed the dialog
 * @throws EpmError EPM_CREDENTIAL_INVALID when no dialog can be shown, or it was answered for somebody else; EPM_PLATFORM
 */
export async function askCredential(question: CredentialQuestion): Promise<string | undefined> {
  const { native } = loadDlls();
  const packed = await promptForCredential(native, {
    caption: 'Endpoint Privilege Management',
    message: `${question.again ? 'The password was wrong. ' : ''}Confirm that it is you who starts ${question.program} with administrator rights.`,
    user: question.authentication.userName ?? '',
    again: question.again,
  });
  return packed && sealed(question, { form: 'buffer', ...packed });
}

/**
 * @param credential is overwritten
 * @throws EpmError EPM_CREDENTIAL_INVALID when it is that of somebody else, or has not the form of one; EPM_PLATFORM
 */
export async function sealed(question: CredentialQuestion, credential: Credential): Promise<string> {
  const secret = credential.form === 'buffer' ? credential.buffer : credential.password;
  let bytes: Uint8Array | undefined;
  try {
    await refuseOthers(question.authentication, nameIn(credential));
    bytes = writeCredential(credential);
    return sealCredential(bytes, question.ticket, question.authentication.key);
  } finally {
    wipe(secret, bytes);
  }
}

/** The name that the credential is for, where it says one. */
function nameIn(credential: Credential): string | undefined {
  if (credential.form === 'password') return credential.userName;
  const logon = readLogonBuffer(credential.buffer);
  if (logon.kind !== 'password') return undefined;
  return logon.domain === '' ? logon.userName : `${logon.domain}\\${logon.userName}`;
}

/** The agent compares too; here a slip costs no attempt, and nobody's password goes anywhere. */
async function refuseOthers({ userSid, userName }: AuthenticationQuestion, name: string | undefined): Promise<void> {
  // Of a name without a domain the agent makes the requester's own.
  if (name === undefined || !name.includes('\\')) return;
  const requester = sid(userSid);
  const known = await createUserLogons(loadDlls().native).accountSid(requester, name);
  if (known === undefined || known === requester) return;
  throw new EpmError('EPM_CREDENTIAL_INVALID', 'The credential is that of another user; it was not sent.', {
    hint: `Give the credential of ${userName ?? userSid}.`,
    data: { reason: 'otherUser' },
  });
}
