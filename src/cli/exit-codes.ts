/** What epm.exe ends with. Scripts depend on these; they never change their meaning. */
export const EXIT = {
  /** Done, or the answer is yes. */
  done: 0,
  /** The answer is no: denied, not managed, rejected rules, a journal that does not verify. */
  negative: 1,
  /** The command line is wrong. */
  usage: 2,
  /** Something failed; standard error says what, why and what to do. */
  error: 3,
  /** More is needed: a confirmation, a justification or an approval. */
  needsMore: 4,
} as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];
