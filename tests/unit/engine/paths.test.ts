import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FolderFacts, type PathContext, matchesPath, parsePath } from '../../../src/engine/path-pattern.ts';
import { MACHINE } from '../../fuzz/engine-case.ts';

const context: PathContext = { folders: MACHINE };
const segment = fc.string({ unit: fc.constantFrom('a', 'B', '1', 'é', '_'), minLength: 1, maxLength: 6 });
const segments = fc.array(segment, { minLength: 1, maxLength: 5 });

function matches(pattern: string, folder: string, profile?: string, given: PathContext = context): boolean {
  const result = parsePath(pattern, undefined, given);
  return 'path' in result && matchesPath(result.path, new FolderFacts(folder, profile));
}

describe('paths of rules', () => {
  it('match the folder they name, in any case, with any slashes', () => {
    fc.assert(
      fc.property(segments, fc.constantFrom('\\', '/', '\\\\', '//'), (parts, separator) => {
        const folder = ['C:', ...parts].join('\\');
        const written = `${['c:', ...parts].join(separator).toLowerCase()}${separator}`;
        expect(matches(written, folder.toUpperCase())).toBe(true);
        expect(matches(written, `${folder}\\more`)).toBe(false);
      }),
    );
  });

  it('with `\\**` match the folder and everything below it, and nothing beside it', () => {
    fc.assert(
      fc.property(segments, segments, (parts, below) => {
        const folder = ['C:', ...parts].join('\\');
        expect(matches(`${folder}\\**`, folder)).toBe(true);
        expect(matches(`${folder}\\**`, [folder, ...below].join('\\'))).toBe(true);
        expect(matches(`${folder}\\**`, `${folder}x`)).toBe(false);
      }),
    );
  });

  it('with a variable match where the machine or the profile has that folder', () => {
    fc.assert(
      fc.property(
        segments,
        fc.constantFrom('%ProgramFiles%', '%PROGRAMFILES%', '%programw6432%'),
        (parts, variable) => {
          expect(matches([variable, ...parts].join('\\'), [MACHINE.programFiles, ...parts].join('\\'))).toBe(true);
        },
      ),
    );
    fc.assert(
      fc.property(segments, segments, (profile, parts) => {
        const home = ['C:', ...profile].join('\\');
        const folder = [home, 'AppData', 'Local', ...parts].join('\\');
        expect(matches(['%LocalAppData%', ...parts].join('\\'), folder, home)).toBe(true);
        expect(matches(['%LocalAppData%', ...parts].join('\\'), folder, undefined)).toBe(false);
        expect(matches(['%LocalAppData%', ...parts].join('\\'), folder, `${home}x`)).toBe(false);
      }),
    );
  });

  it('take 8.3 names as the device reads them', () => {
    const given: PathContext = {
      ...context,
      longPath: (folder) => (folder === 'C:\\PROGRA~1\\App' ? 'C:\\Program Files\\App' : undefined),
    };
    expect(matches('C:\\PROGRA~1\\App', 'C:\\Program Files\\App', undefined, given)).toBe(true);
    expect(matches('C:\\PROGRA~1\\App\\*', 'C:\\Program Files\\App\\x', undefined, given)).toBe(true);
    expect(matches('C:\\OTHER~1', 'C:\\OTHER~1', undefined, given)).toBe(true);
  });

  it('take an 8.3 name for the folder that has it now, whatever it stood for when the rule was read', () => {
    const given: PathContext = { ...context, longPath: (folder) => folder.replace('FOLDER~1', 'Folder before') };
    const parsed = (pattern: string, isDeny = false) => {
      const result = parsePath(pattern, undefined, given, isDeny);
      if (!('path' in result)) throw new Error(result.problem.message);
      return result.path;
    };
    const now = new FolderFacts('C:\\Folder now\\Sub', undefined, 'C:\\FOLDER~1\\Sub');
    const before = new FolderFacts('C:\\Folder before\\Sub', undefined, 'C:\\FOLDER~2\\Sub');
    for (const isDeny of [false, true]) {
      for (const pattern of ['C:\\FOLDER~1\\Sub', 'C:\\FOLDER~1\\**', 'C:\\*\\Sub']) {
        expect(matchesPath(parsed(pattern, isDeny), now), pattern).toBe(true);
      }
      expect(matchesPath(parsed('C:\\FOLDER~1\\Sub', isDeny), before)).toBe(false);
      // Where the file's short names are not known, what the rule's stood for counts.
      expect(
        matchesPath(parsed('C:\\FOLDER~1\\Sub', isDeny), new FolderFacts('C:\\Folder before\\Sub', undefined)),
      ).toBe(true);
      expect(matchesPath(parsed('C:\\FOLDER~1\\Sub', isDeny), new FolderFacts('C:\\Folder now\\Sub', undefined))).toBe(
        false,
      );
      // Short names of another depth are those of another folder.
      expect(
        matchesPath(
          parsed('C:\\FOLDER~1\\Sub', isDeny),
          new FolderFacts('C:\\Folder now\\Sub', undefined, 'C:\\FOLDER~1'),
        ),
      ).toBe(false);
    }
  });

  it('in 8.3 names of which nothing is known take any folder on a Deny, and none elsewhere', () => {
    for (const pattern of ['%UserProfile%\\FOLDER~1\\**', 'C:\\*\\ann\\FOLDER~1\\**', 'C:\\Users\\ann\\FOLDER~1\\**']) {
      for (const isDeny of [false, true]) {
        const result = parsePath(pattern, undefined, { ...context, longPath: () => undefined }, isDeny);
        if (!('path' in result)) throw new Error(result.problem.message);
        expect(result.warnings.map(({ code }) => code)).toEqual(['pathShortName', 'pathShortNameUnknown']);
        const home = 'C:\\Users\\ann';
        expect(matchesPath(result.path, new FolderFacts(`${home}\\Folder\\x`, home)), pattern).toBe(isDeny);
        expect(matchesPath(result.path, new FolderFacts(`${home}\\Folder\\x`, home, `${home}\\OTHER~1\\x`))).toBe(
          false,
        );
        expect(matchesPath(result.path, new FolderFacts(`${home}\\Folder\\x`, home, `${home}\\FOLDER~1\\x`))).toBe(
          true,
        );
        expect(matchesPath(result.path, new FolderFacts(home, home))).toBe(false);
      }
    }
  });

  it('take variables from the machine given, not from the environment of the process', () => {
    const before = process.env['ProgramFiles'];
    process.env['ProgramFiles'] = 'C:\\Evil';
    try {
      expect(matches('%ProgramFiles%\\App', 'C:\\Evil\\App')).toBe(false);
      expect(matches('%ProgramFiles%\\App', 'C:\\Program Files\\App')).toBe(true);
    } finally {
      if (before === undefined) delete process.env['ProgramFiles'];
      else process.env['ProgramFiles'] = before;
    }
  });

  it('never throw, whatever is written', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom('C', ':', '\\', '/', '%', '*', '?', '.', '~', '1', ' ') }),
        (text) => {
          const result = parsePath(text, 'a.exe', context);
          expect('path' in result || result.problem.message !== '').toBe(true);
        },
      ),
      { numRuns: 3000 },
    );
  });
});
