/** The mark of the web: an alternate stream that browsers and mail programs write ("URL Security Zones", [MS-FSCC] 5.6.1). */
import type { LocalPath } from '../../facts/request-path.ts';
import { INVALID_HANDLE } from '../dll/kernel32.ts';
import type { WindowsDlls } from '../dll/load.ts';
import { WIN32 } from '../dll/win32-error.ts';
import { readerOf } from './reader.ts';

const GENERIC_READ = 0x80000000;
/** Browsers may still write the stream, so everything is shared. */
const SHARE_ALL = 7;
const OPEN_EXISTING = 3;
/** URLZONE_INTERNET; 4 is URLZONE_UNTRUSTED. */
const FIRST_FOREIGN_ZONE = 3;
/** Bytes; the stream has a few lines. */
const MAX_STREAM = 4096;

/**
 * @param path final path of a file that is locked, so that the name still means it
 * @returns undefined when the mark is there but cannot be read
 */
export async function fromInternet(dlls: WindowsDlls, path: LocalPath): Promise<boolean | undefined> {
  const { kernel32 } = dlls;
  const name = `\\\\?\\${path}:Zone.Identifier`;
  const handle = kernel32.CreateFileW(name, GENERIC_READ, SHARE_ALL, null, OPEN_EXISTING, 0, 0);
  if (handle === INVALID_HANDLE) {
    const win32 = kernel32.GetLastError();
    return win32 === WIN32.FILE_NOT_FOUND || win32 === WIN32.INVALID_NAME ? false : undefined;
  }
  const reader = readerOf(kernel32, handle, MAX_STREAM, path);
  try {
    return zoneOf(await reader.source.read(0, MAX_STREAM));
  } catch {
    return undefined;
  } finally {
    reader.close();
  }
}

/** Reads `ZoneId=n`. A mark without one counts as the internet's. */
export function zoneOf(stream: Uint8Array): boolean {
  const found = /^\s*ZoneId\s*=\s*(\d{1,3})\s*$/im.exec(Buffer.from(stream).toString('latin1'));
  return found === null || Number(found[1]) >= FIRST_FOREIGN_ZONE;
}
