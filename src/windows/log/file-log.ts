/** The operational log: one file of JSON lines in ASCII, replaced when it is full. Two files at most exist. */
import * as fs from 'node:fs';
import { win32 as paths } from 'node:path';
import type { Log } from '../../agent/ports.ts';
import { asciiJson } from '../../text/ascii-json.ts';

/** Bytes of one file. */
const MAX_FILE = 4 * 1024 * 1024;
/** Characters of one line; longer data is cut. */
const MAX_TEXT = 1024;

/**
 * Opens the log in a folder that only the system and administrators can write to. A log that cannot be written never
 * stops the agent: what has to be provable is in the audit journal.
 */
export function openLog(folder: string, now: () => number): Log & { close(): void } {
  const path = paths.join(folder, 'agent.jsonl');
  let file: number | undefined;
  let size = 0;
  function open(): void {
    try {
      file = fs.openSync(path, 'a', 0o600);
      size = fs.fstatSync(file).size;
    } catch {
      close();
    }
  }
  /** Never throws: the number of a file that was closed is soon another file's. */
  function close(): void {
    const last = file;
    file = undefined;
    try {
      if (last !== undefined) fs.closeSync(last);
    } catch {
      // There is nothing more to do with it.
    }
  }
  function rotate(): void {
    close();
    try {
      fs.renameSync(path, paths.join(folder, 'agent.1.jsonl'));
    } catch {
      // The old file stays and grows past its size until it can be renamed.
    }
    open();
  }
  open();
  /** Writes the line where there is room for it. */
  function append(line: Uint8Array): void {
    if (file === undefined) open();
    else if (size + line.length > MAX_FILE) rotate();
    if (file === undefined) return;
    fs.writeSync(file, line);
    size += line.length;
  }
  return {
    close,
    write(level, event, data) {
      const short = Object.fromEntries(
        Object.entries(data).map(([name, value]) => [
          name,
          typeof value === 'string' ? value.slice(0, MAX_TEXT) : value,
        ]),
      );
      const line = `${asciiJson({ time: new Date(now()).toISOString(), level, event, ...short })}\n`;
      try {
        append(Buffer.from(line));
      } catch {
        // A full disk keeps the log as it is; the next line tries again.
      }
    },
  };
}
