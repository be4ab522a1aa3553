/** The mark of the web: an alternate stream that browsers and mail programs write ("URL Security Zones", [MS-FSCC] 5.6.1). */
import type { LocalPath } from '../../facts/request-path.ts';
import type { WindowsDlls } from '../dll/load.ts';
import { openStream } from './open-file.ts';
import { readerOf } from './reader.ts';

const STREAM = 'Zone.Identifier';
/** URLZONE_INTERNET; 4 is URLZONE_UNTRUSTED. */
const FIRST_FOREIGN_ZONE = 3;
/** Bytes; the stream has a few lines. */
const MAX_STREAM = 4096;

/**
 * A mark that is there and cannot be read counts as the internet's: whoever may only read a file can hold its stream
 * open so that nobody else reads it, and would otherwise take the mark off.
 * @param path final path of a file that is locked, so that the name still means it
 */
export async function fromInternet(dlls: Pick<WindowsDlls, 'kernel32' | 'ntdll'>, path: LocalPath): Promise<boolean> {
  const handle = openStream(dlls, path, STREAM);
  if (handle === 'absent') return false;
  if (handle === 'unreadable') return true;
  const reader = readerOf(dlls.kernel32, handle, MAX_STREAM, path);
  try {
    return zoneOf(await reader.source.read(0, MAX_STREAM));
  } catch {
    return true;
  } finally {
    reader.close();
  }
}

/** Reads `ZoneId=n`. A mark without one counts as the internet's. */
export function zoneOf(stream: Uint8Array): boolean {
  const found = /^\s*ZoneId\s*=\s*(\d{1,3})\s*$/im.exec(Buffer.from(stream).toString('latin1'));
  return found === null || Number(found[1]) >= FIRST_FOREIGN_ZONE;
}
