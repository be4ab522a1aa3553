import * as fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { openEntryFolder } from '../../../src/windows/machine/entry-folder.ts';

let folder: string;

beforeEach(() => (folder = fs.mkdtempSync(path.join(os.tmpdir(), 'epm-entries-'))));
afterEach(() => fs.rmSync(folder, { recursive: true, force: true }));

it('keeps each value in a file of its own, and forgets what is removed', () => {
  const store = openEntryFolder(folder);
  store.write('a-1_B', { value: 1 });
  store.write('a-1_B', { value: 2 });
  store.write('b', { value: 3 });
  store.remove('b');
  store.remove('b');
  expect(openEntryFolder(folder).read()).toEqual(new Map([['a-1_B', { value: 2 }]]));
});

it('tells what it cannot read, and passes over what it did not write', () => {
  const store = openEntryFolder(folder);
  store.write('good', {});
  fs.writeFileSync(path.join(folder, 'cut.json'), '{"a":');
  fs.mkdirSync(path.join(folder, 'folder.json'));
  fs.writeFileSync(path.join(folder, 'half.json.new'), '{}');
  fs.writeFileSync(path.join(folder, 'a name.json'), '{}');
  expect(new Map([...store.read()].sort())).toEqual(
    new Map([
      ['cut', undefined],
      ['folder', undefined],
      ['good', {}],
    ]),
  );
});

it('takes no key that is a path, and no folder that is not there', () => {
  const store = openEntryFolder(folder);
  for (const key of ['..', '../x', 'a\\b', '', 'x'.repeat(65)]) {
    expect(() => store.write(key, {})).toThrow(expect.objectContaining({ code: 'EPM_INTERNAL' }) as Error);
  }
  const gone = openEntryFolder(path.join(folder, 'gone'));
  const unreadable = expect.objectContaining({ code: 'EPM_DATA_FOLDER' }) as Error;
  expect(() => gone.read()).toThrow(unreadable);
  expect(() => gone.write('a', {})).toThrow(unreadable);
});
