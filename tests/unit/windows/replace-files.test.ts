import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import * as os from 'node:os';
import * as paths from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { replaceFiles } from '../../../src/windows/service/replace-files.ts';

describe('AC-99 files of another version', () => {
  let folder: string;
  let source: string;
  let target: string;
  const put = (at: string, content: string): void => {
    mkdirSync(paths.dirname(at), { recursive: true });
    writeFileSync(at, content);
  };
  const contents = (): Readonly<Record<string, string>> =>
    Object.fromEntries(
      readdirSync(target, { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map((entry) => paths.join(entry.parentPath, entry.name))
        .map((path) => [paths.relative(target, path), readFileSync(path, 'utf8')]),
    );
  const OLD = { 'epm.exe': 'old', 'gone.txt': 'gone', [paths.join('EPM', 'EPM.psm1')]: 'old module' };
  const NEW = { 'epm.exe': 'new', 'added.txt': 'added', [paths.join('EPM', 'EPM.psm1')]: 'new module' };

  beforeEach(() => {
    folder = mkdtempSync(paths.join(os.tmpdir(), 'epm-replace-'));
    [source, target] = [paths.join(folder, 'source'), paths.join(folder, 'target')];
    for (const [name, content] of Object.entries(OLD)) put(paths.join(target, name), content);
    for (const [name, content] of Object.entries(NEW)) put(paths.join(source, name), content);
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it('take the place of all that was there', () => {
    replaceFiles(source, target).finish();
    expect(contents()).toEqual(NEW);
  });

  it('go again, and the former ones come back', () => {
    replaceFiles(source, target).undo();
    expect(contents()).toEqual(OLD);
  });

  it('keep the former ones until it is said that they serve', () => {
    replaceFiles(source, target);
    expect(Object.values(contents())).toEqual(expect.arrayContaining(['old', 'new']));
    // What an upgrade that was broken off left is removed by the next one.
    replaceFiles(source, target).finish();
    expect(contents()).toEqual(NEW);
  });

  it('are not followed where one is a link, and nothing changes then', () => {
    symlinkSync(paths.join(target, 'gone.txt'), paths.join(source, 'link.txt'));
    expect(() => replaceFiles(source, target)).toThrow(expect.objectContaining({ code: 'EPM_UPGRADE_FAILED' }));
    expect(contents()).toEqual(OLD);
  });

  it('change nothing where one cannot be put in its place', () => {
    // A folder where the new file goes, which holds what is not a file of ours.
    mkdirSync(paths.join(target, 'added.txt', '.new-zzz'), { recursive: true });
    expect(() => replaceFiles(source, target)).toThrow(expect.objectContaining({ code: 'EPM_UPGRADE_FAILED' }));
    expect(contents()).toEqual(OLD);
  });
});
