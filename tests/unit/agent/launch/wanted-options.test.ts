import { describe, expect, it } from 'vitest';
import { debuggerValue, MAX_DEBUGGER } from '../../../../src/agent/launch/image-options.ts';
import { wantedOptions } from '../../../../src/agent/launch/wanted-options.ts';
import { compile } from '../../../../src/engine/index.ts';
import { DEFAULT_WINDOWS_FOLDERS } from '../../../../src/engine/default-windows-folders.ts';
import type { RuleInput } from '../../../../src/model/rule.ts';

const LAUNCHER = 'C:\\Program Files\\EPM\\epmlaunch.exe';

type Given = Pick<RuleInput, 'fileName' | 'filePath'> & { readonly type?: RuleInput['type'] };

const wants = (...given: readonly Given[]) => wantsOf(given, false);
const detects = (...given: readonly Given[]) => wantsOf(given, true);

function wantsOf(given: readonly Given[], detects: boolean) {
  const rules = given.map(
    (rule, index): RuleInput =>
      ({
        name: `rule ${index}`,
        type: 'automatic',
        fileHash: 'ab'.repeat(32),
        ...rule,
      }) as unknown as RuleInput,
  );
  const { rules: statuses } = compile(
    [{ id: 'p', scope: { kind: 'device' }, rules, rejected: [], settings: { enabled: true } }],
    {
      machine: DEFAULT_WINDOWS_FOLDERS,
    },
  );
  expect(statuses.filter(({ state }) => state !== 'active')).toEqual([]);
  const { wanted, leftOut } = wantedOptions(statuses, DEFAULT_WINDOWS_FOLDERS, { launcher: LAUNCHER, detects });
  return { paths: Object.fromEntries([...wanted.values()].map(({ name, paths }) => [name, paths])), leftOut };
}

describe('starts that the launcher sees', () => {
  it('are those of programs that automatic rules name', () => {
    expect(
      wants(
        { fileName: 'setup.exe' },
        { fileName: 'asked.exe', type: 'userConfirmed' },
        { fileName: 'setup.msi' },
        { fileName: 'script.ps1' },
      ).paths,
    ).toEqual({ 'setup.exe': undefined });
  });

  it('are those of programs that any rule names without wildcards, where elevation requests are detected', () => {
    expect(
      detects(
        { fileName: 'asked.exe', type: 'userConfirmed', filePath: 'C:\\Tools' },
        { fileName: 'denied.exe', type: 'deny' },
        { fileName: 'setup*.exe', type: 'userConfirmed' },
        { fileName: 'setup.msi', type: 'userConfirmed' },
        { type: 'userConfirmed' },
        { fileName: 'cmd.exe', type: 'deny' },
      ),
    ).toEqual({
      paths: { 'asked.exe': ['C:\\Tools\\asked.exe'], 'denied.exe': undefined },
      leftOut: [{ name: 'cmd.exe', reason: 'startedByAll' }],
    });
  });

  it.each([
    ['C:\\Tools', 'C:\\Tools\\setup.exe'],
    ['c:/Tools//sub/', 'c:\\Tools\\sub\\setup.exe'],
    ['C:\\Tools\\Setup.EXE', 'C:\\Tools\\setup.exe'],
    ['%ProgramFiles%\\Vendor', 'C:\\Program Files\\Vendor\\setup.exe'],
    ['%programfiles(x86)%', 'C:\\Program Files (x86)\\setup.exe'],
    ['%SystemDrive%\\Tools', 'C:\\Tools\\setup.exe'],
  ])('are those of one folder where the path says %s', (filePath, expected) => {
    expect(wants({ fileName: 'setup.exe', filePath }).paths).toEqual({ 'setup.exe': [expected] });
  });

  it.each(['%UserProfile%\\Apps', '%LocalAppData%', 'C:\\PROGRA~1\\Vendor'])(
    'are those of every folder where Windows cannot compare the path %s',
    (filePath) => {
      expect(wants({ fileName: 'setup.exe', filePath }).paths).toEqual({ 'setup.exe': undefined });
    },
  );

  it('are all of a name when one rule has no path, whatever the order and the case', () => {
    const some: Given = { fileName: 'setup.exe', filePath: 'C:\\Tools' };
    expect(wants(some, { fileName: 'SETUP.EXE' }).paths).toEqual({ 'setup.exe': undefined });
    expect(wants({ fileName: 'SETUP.EXE' }, some).paths).toEqual({ 'SETUP.EXE': undefined });
    expect(wants(some, { ...some, filePath: 'C:\\TOOLS' }, { ...some, filePath: 'D:\\' }).paths).toEqual({
      'setup.exe': ['C:\\TOOLS\\setup.exe', 'D:\\setup.exe'],
    });
  });

  it('are never those of Windows, of EPM, or of what everything starts', () => {
    expect(wants({ fileName: 'Winlogon.exe' }, { fileName: 'epmprompt.exe' }, { fileName: 'PwSh.exe' })).toEqual({
      paths: {},
      leftOut: [
        { name: 'Winlogon.exe', reason: 'partOfWindows' },
        { name: 'epmprompt.exe', reason: 'ownProgram' },
        { name: 'PwSh.exe', reason: 'startedByAll' },
      ],
    });
  });

  it('are not those of a name that makes the option longer than Windows reads it', () => {
    const room = MAX_DEBUGGER - debuggerValue(LAUNCHER, '.exe').length;
    const longest = `${'x'.repeat(room)}.exe`;
    expect(wants({ fileName: longest }).paths).toEqual({ [longest]: undefined });
    expect(wants({ fileName: `x${longest}` })).toEqual({
      paths: {},
      leftOut: [{ name: `x${longest}`, reason: 'nameTooLong' }],
    });
  });
});
