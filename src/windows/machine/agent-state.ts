/** A small value in a file of the data folder, which only the system and administrators can change. */
import * as fs from 'node:fs';
import type { StateStore } from '../../agent/ports.ts';
import { defined } from '../../model/defined.ts';
import { EpmError } from '../../model/errors.ts';

/** Bytes: a few numbers, and the SIDs of at most some thousand users. */
const MAX_LENGTH = 256 * 1024;

/** @param path absolute path of the file, in a folder that was checked */
export function openAgentState(path: string): StateStore {
  return {
    read() {
      try {
        const status = fs.lstatSync(path, { throwIfNoEntry: false });
        if (status === undefined) return undefined;
        if (status.isFile() && status.size <= MAX_LENGTH) return JSON.parse(fs.readFileSync(path, 'utf8')) as unknown;
      } catch (cause) {
        throw failure(path, 'read', cause);
      }
      throw failure(path, 'read');
    },
    write(value) {
      const temporary = `${path}.new`;
      try {
        fs.rmSync(temporary, { force: true });
        fs.writeFileSync(temporary, JSON.stringify(value), { flag: 'wx', flush: true });
        fs.renameSync(temporary, path);
      } catch (cause) {
        throw failure(path, 'written', cause);
      }
    },
  };
}

function failure(path: string, verb: string, cause?: unknown): EpmError {
  return new EpmError('EPM_DATA_FOLDER', `"${path}" cannot be ${verb}.`, defined({ cause }));
}
