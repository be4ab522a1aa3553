/** Why a message did not reach its receiver, as codes; the words are for docs/notifications.md and for people. */
export const SEND_FAULTS = {
  secretMissing: 'The agent has no secret of the name that the receiver needs.',
  address: 'The address, or the folder, is none that can be used.',
  unreachable: 'No connection could be made, or it was broken.',
  timeout: 'The receiver did not answer in time.',
  certificate: 'The certificate of the receiver is not trusted, or names another.',
  signIn: 'The receiver does not accept the user name or the password.',
  busy: 'The receiver asks to wait.',
  redirect: 'The receiver points to another address. A message is never sent after it.',
  serverError: 'The receiver has a fault of its own.',
  rejected: 'The receiver does not want the message.',
  notWritten: 'The file or the entry could not be written.',
  link: 'A link of somebody who is no administrator lies on the way to the folder.',
  failed: 'Something else went wrong.',
} as const;

export type SendFault = keyof typeof SEND_FAULTS;
