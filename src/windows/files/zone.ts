/** The mark of the web: an alternate stream that browsers and mail programs write ("URL Security Zones", [MS-FSCC] 5.6.1). */
import type { LocalPath } from '../../facts/request-path.ts';
import type { WindowsDlls } from '../dll/load.ts';
import { openStream } from './open-file.ts';
import { readerOf } from './reader.ts';

export const MARK_STREAM = 'Zone.Identifier';
/** URLZONE_INTERNET; 4 is URLZONE_UNTRUSTED. */
const FIRST_FOREIGN_ZONE = 3;
/** Bytes; the stream has a few lines. */
const MAX_STREAM = 4096;

export interface InternetMark {
  readonly fromInternet: boolean;
  /** What the stream says; undefined: there is none. */
  readonly stream: Uint8Array | undefined;
}

/** For a mark that cannot be read: it counts as the internet's, and so does a copy of it. */
const UNREADABLE: InternetMark = {
  fromInternet: true,
  stream: Buffer.from('[ZoneTransfer]\r\nZoneId=3\r\n', 'latin1'),
};

/**
 * A mark that is there and cannot be read counts as the internet's: whoever may only read a file can hold its stream
 * open so that nobody else reads it, and would otherwise take the mark off.
 * @param path final path of a file that is locked, so that the name still means it
 */
export async function readMark(dlls: Pick<WindowsDlls, 'kernel32' | 'ntdll'>, path: LocalPath): Promise<InternetMark> {
  const handle = openStream(dlls, path, MARK_STREAM);
  if (handle === 'absent') return { fromInternet: false, stream: undefined };
  if (handle === 'unreadable') return UNREADABLE;
  const reader = readerOf(dlls.kernel32, handle, MAX_STREAM, path);
  try {
    const stream = await reader.source.read(0, MAX_STREAM);
    return { fromInternet: zoneOf(stream), stream };
  } catch {
    return UNREADABLE;
  } finally {
    reader.close();
  }
}

/** Reads `ZoneId=n`. A mark without one counts as the internet's. */
export function zoneOf(stream: Uint8Array): boolean {
  const found = /^\s*ZoneId\s*=\s*(\d{1,3})\s*$/im.exec(Buffer.from(stream).toString('latin1'));
  return found === null || Number(found[1]) >= FIRST_FOREIGN_ZONE;
}
