/** Bytes of one opened file. The agent's implementation reads through the locked handle, authoring through node:fs. */
export interface ByteSource {
  /** Bytes. */
  readonly size: number;
  /**
   * Reads up to `length` bytes at `offset`; fewer only at the end of the file.
   * @throws EpmError EPM_FILE_UNREADABLE
   */
  read(offset: number, length: number): Promise<Uint8Array> | Uint8Array;
  /**
   * The same into memory of the caller, which may be shared with another thread: no buffer is made for each read of a
   * large file. Absent where it would only copy.
   * @returns bytes read
   * @throws EpmError EPM_FILE_UNREADABLE
   */
  readInto?(target: Uint8Array, offset: number): Promise<number>;
  /** All of the file, where it is held in memory already; nobody changes it. */
  readonly whole?: Uint8Array;
  /**
   * Throws what a read would throw by now because of a limit; for long work that reads nothing. Absent: no limits.
   * @throws EpmError EPM_FILE_TIMEOUT, EPM_REQUEST_CANCELLED
   */
  check?(): void;
}
