/** Names of the journal's files: the open segment, and closed ones by the number of their first record. */
export const OPEN_SEGMENT = 'journal.jsonl';
const CLOSED = /^journal-(\d{12})\.jsonl$/;

export function segmentFile(first: number): string {
  return `journal-${String(first).padStart(12, '0')}.jsonl`;
}

/** Whether there is a segment among the names. */
export function hasJournal(names: readonly string[]): boolean {
  return names.includes(OPEN_SEGMENT) || closedSegments(names).length > 0;
}

/** Number of the first record of a closed segment, by its name; undefined: it is not the name of one. */
export function firstRecordOf(name: string): number | undefined {
  const [, number] = CLOSED.exec(name) ?? [];
  return number === undefined ? undefined : Number(number);
}

/** @returns numbers of the first records of the closed segments among the names, ascending */
export function closedSegments(names: readonly string[]): readonly number[] {
  return names.flatMap((name) => firstRecordOf(name) ?? []).sort((left, right) => left - right);
}
