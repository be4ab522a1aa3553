/** What can be said of a journal. Programs read the code; it is never used again for another meaning. */
export const JOURNAL_STATES = {
  whole: {
    proved: true,
    meaning: 'Every record is there and unchanged, from the beginning on, and it ends where it should.',
  },
  truncated: {
    proved: true,
    meaning:
      'As `whole`, but some records were cut for display: they are linked to their neighbours, and their content was not compared.',
  },
  unverified: { proved: false, meaning: 'The agent has not read all of it since it started.' },
  changed: { proved: false, meaning: 'A record is not as it was written.' },
  gap: {
    proved: false,
    meaning:
      'Records are missing, doubled or in another order, or the journal begins later than at its first record and does not say why.',
  },
  cut: { proved: false, meaning: 'It ends before the newest record that was noted outside of it.' },
  older: {
    proved: false,
    meaning:
      'An older copy is in its place: it ends before the newest record that was noted outside, where an agent had been stopped, or as early as what the agent itself noted.',
  },
  replaced: {
    proved: false,
    meaning: 'Another journal is in its place: the record that was noted outside is not in it.',
  },
  swapped: { proved: false, meaning: 'A file of the journal has the records of another one.' },
  forged: {
    proved: false,
    meaning:
      'A record fits the chain and not its seal, or not the signature of the device: somebody wrote it, and the chain behind it, without the key.',
  },
  unsealed: {
    proved: false,
    meaning:
      'From the record named on there is no seal by a key that was given: the agent lost its key, another key took over, or somebody wrote on without one.',
  },
  missing: { proved: false, meaning: 'There was a journal, and none is in its place.' },
} as const;

export type JournalState = keyof typeof JOURNAL_STATES;
