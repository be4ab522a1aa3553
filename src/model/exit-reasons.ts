/** Why an elevated program ended as it did, where its exit code says so; the command line and the module tell a person. */
export const EXIT_REASONS = {
  /** It ran from a protected copy, which has none of the files that lie beside the original. */
  neighboursMissing: {
    message:
      'It ran from a protected copy, because users may change the file or its folder, and a library that it needs was not found: it probably lies beside the file.',
    hint: 'Install the program where only administrators may write, such as Program Files, and elevate it there.',
  },
} as const satisfies Readonly<Record<string, { readonly message: string; readonly hint: string }>>;

export type ExitReason = keyof typeof EXIT_REASONS;
