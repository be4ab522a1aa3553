/** The kinds of signed texts, by how they begin, and where each belongs: whoever brings one to the wrong place is told. */

interface TextKind {
  readonly prefix: string;
  /** Within a sentence. */
  readonly what: string;
  /** What to do with it. */
  readonly hint: string;
}

export const TEXT_KINDS = {
  request: {
    prefix: 'EPMR1.',
    what: 'a request to support',
    hint: 'Whoever has an approval key answers it with: epm approve.',
  },
  grant: {
    prefix: 'EPM1.',
    what: 'a grant',
    hint: 'Bring it to the device with: epm grant import. Read it with: epm grant show.',
  },
  revocation: {
    prefix: 'EPMV1.',
    what: 'a revocation',
    hint: 'It comes to a device by the live channel. Without one put the identifier into the list of revocations in policy, or take the approval back on the device with: epm request revoke.',
  },
} as const satisfies Readonly<Record<string, TextKind>>;

/** @returns undefined: the text begins like none of them */
export function textKind(text: string): TextKind | undefined {
  return Object.values(TEXT_KINDS).find(({ prefix }) => text.startsWith(prefix));
}
