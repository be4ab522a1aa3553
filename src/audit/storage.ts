/**
 * Where the journal is kept: segments, of which the newest is open for appending and the older ones are closed. The
 * name of a closed segment is the sequence number of its first record.
 */
export interface JournalStorage {
  /** Closed segments, by the sequence number of their first record, ascending. @throws EpmError EPM_AUDIT_UNREADABLE */
  closed(): readonly number[];
  /**
   * The content of a segment in pieces. Reading the open one ends when it is closed meanwhile.
   * @param first of a closed segment; otherwise the open one
   * @throws EpmError EPM_AUDIT_UNREADABLE
   */
  read(first?: number): AsyncIterable<Uint8Array>;
  /**
   * Appends to the open segment and makes durable before it returns.
   * @throws EpmError EPM_AUDIT_WRITE; then nothing was appended
   */
  append(bytes: Uint8Array): void;
  /** Cuts an unfinished last line of the open segment, which a crash left. @throws EpmError EPM_AUDIT_WRITE */
  truncate(length: number): void;
  /**
   * Closes the open segment and begins another.
   * @param first sequence number of the first record of the open segment
   * @throws EpmError EPM_AUDIT_WRITE; then it may be tried again, and appending goes on where it was
   */
  rotate(first: number): void;
  /** Removes a closed segment. @throws EpmError EPM_AUDIT_WRITE */
  remove(first: number): void;
  close(): void;
}

/** Where the key that seals the next record is kept. Its bytes are replaced in their place, so that the old ones are gone. */
export interface SealStore {
  /** @returns undefined where there is none yet @throws EpmError EPM_AUDIT_UNREADABLE */
  read(): Uint8Array | undefined;
  /** Replaces it without waiting for the disk. @throws EpmError EPM_AUDIT_WRITE */
  replace(bytes: Uint8Array): void;
  /** Makes it, or replaces it, and makes durable before it returns. @throws EpmError EPM_AUDIT_WRITE */
  begin(bytes: Uint8Array): void;
  /** Has what was replaced on the disk soon; never fails. */
  flush(): void;
  close(): void;
}
