/** Notifications as files: one for each message, written whole under another name and then renamed. */
import { rename, rm, writeFile } from 'node:fs/promises';
import { randomBytes } from 'node:crypto';
import type { Sender } from '../agent/notifications/sender.ts';
import { asciiJson } from '../text/ascii-json.ts';

/**
 * Holds a folder, so that nobody puts a link in its place meanwhile.
 * @returns lets it go; undefined: a link of somebody who is no administrator lies on the way
 */
type HoldFolder = (path: string) => (() => void) | undefined;

/** The name has the time, so that a listing is in order, and the key, and no text of anybody. */
export function folderSender(hold: HoldFolder): Sender<'folder'> {
  return async ({ path }, { key, payload }) => {
    const base = path.replace(/[\\/]+$/, '');
    const separator = base.includes('\\') ? '\\' : '/';
    let release: (() => void) | undefined;
    try {
      release = hold(base);
    } catch {
      return { outcome: 'failed', fault: 'address' };
    }
    if (release === undefined) return { outcome: 'failed', fault: 'link' };
    const time = payload.eventDateTime.replace(/[^0-9TZ]/g, '');
    const file = `${base}${separator}${time}-${key}.json`;
    const temporary = `${base}${separator}.${key}-${randomBytes(8).toString('hex')}.new`;
    try {
      // Made anew or not at all: what somebody put there under this name is not written through.
      await writeFile(temporary, `${asciiJson({ ...payload, key }, 2)}\n`, { flag: 'wx', flush: true });
      await rename(temporary, file);
      return { outcome: 'sent', answer: file };
    } catch {
      await rm(temporary, { force: true }).catch(() => undefined);
      return { outcome: 'failed', fault: 'notWritten' };
    } finally {
      release();
    }
  };
}
