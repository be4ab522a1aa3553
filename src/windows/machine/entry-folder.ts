/** Values of the agent, each in a file of one folder, which only the system and administrators can change. */
import * as fs from 'node:fs';
import path from 'node:path';
import type { EntryStore } from '../../agent/ports.ts';
import { defined } from '../../model/defined.ts';
import { EpmError } from '../../model/errors.ts';
import { openAgentState } from './agent-state.ts';

const EXTENSION = '.json';
/** No two keys that differ by case only are ever made: they are random. */
const KEY = /^[A-Za-z0-9_-]{1,64}$/;

/** @param folder absolute path of a folder that was checked */
export function openEntryFolder(folder: string): EntryStore {
  const fileOf = (key: string): string => {
    if (!KEY.test(key)) throw new EpmError('EPM_INTERNAL', 'A key of the agent has characters that no key has.');
    return path.join(folder, `${key}${EXTENSION}`);
  };
  return {
    read() {
      const entries = new Map<string, unknown>();
      for (const name of orFail(folder, 'read', () => fs.readdirSync(folder))) {
        const key = name.slice(0, -EXTENSION.length);
        // What a write left that was not finished has another ending.
        if (!name.endsWith(EXTENSION) || !KEY.test(key)) continue;
        entries.set(key, valueIn(fileOf(key)));
      }
      return entries;
    },
    write: (key, value) => openAgentState(fileOf(key)).write(value),
    remove(key) {
      const file = fileOf(key);
      orFail(file, 'removed', () => fs.rmSync(file, { force: true }));
    },
  };
}

function valueIn(file: string): unknown {
  try {
    return openAgentState(file).read();
  } catch {
    return undefined;
  }
}

function orFail<T>(place: string, verb: string, action: () => T): T {
  try {
    return action();
  } catch (cause) {
    throw new EpmError('EPM_DATA_FOLDER', `"${place}" cannot be ${verb}.`, defined({ cause }));
  }
}
