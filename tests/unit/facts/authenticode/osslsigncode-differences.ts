/**
 * Where our judgement and that of `osslsigncode verify` differ on the corpus, and why. `theirs` is what it says of each
 * signature in order; a file that is not here must be judged alike.
 */
export interface Difference {
  readonly theirs: readonly ('ok' | 'failed')[];
  readonly reason: string;
}

export const DIFFERENCES: Readonly<Record<string, Difference>> = {
  padded: {
    theirs: ['ok'],
    reason: 'It does not look at bytes behind the message in the certificate table (CVE-2013-3900).',
  },
  'weak-md5': { theirs: ['ok'], reason: 'It takes MD5.' },
  'weak-sha1': { theirs: ['ok'], reason: 'It takes SHA-1.' },
  nested: { theirs: ['ok', 'ok'], reason: 'It takes SHA-1, with which the first of the two signatures is made.' },
  'weak-certificate': { theirs: ['ok'], reason: 'It takes certificates that were signed with SHA-1.' },
  'authority-weak': { theirs: ['ok'], reason: 'It takes authorities that were signed with SHA-1.' },
  'authority-other-usage': {
    theirs: ['ok'],
    reason: 'It looks at the purposes of the signer only, not of authorities.',
  },
  'authority-constrained': {
    theirs: ['ok'],
    reason:
      'It evaluates name constraints; here a constrained authority is refused, since a file has no name to check.',
  },
  'usage-none': { theirs: ['ok'], reason: 'It takes a signer that names no purpose at all.' },
  'usage-no-signature': { theirs: ['ok'], reason: 'It does not look at the key usage of the signer.' },
  'lifetime-timestamped': {
    theirs: ['ok'],
    reason: 'It does not know the lifetime signing purpose, with which a timestamp prolongs nothing.',
  },
  'timestamp-weak': { theirs: ['ok'], reason: 'It takes a timestamp that was made with SHA-1.' },
};
