import { describe, expect, it } from 'vitest';
import { buildEnvironment, workingDirectory } from '../../src/agent/environment.ts';
import { FakeMachine, PROFILE } from '../unit/agent/fake-machine.ts';

const { folders } = new FakeMachine().ports().machine;

const profile = { folder: PROFILE, temporary: `${PROFILE}\\AppData\\Local\\Temp` };

function environment(...account: string[]): Map<string, string> {
  const entries = buildEnvironment({ account, profile, folders, computerName: 'PC-1' });
  return new Map(
    entries.map((entry) => [entry.slice(0, entry.indexOf('=')).toUpperCase(), entry.slice(entry.indexOf('=') + 1)]),
  );
}

describe('AC-31 variables that make run-times load code', () => {
  it.each([
    'COR_ENABLE_PROFILING',
    'COR_PROFILER',
    'COR_PROFILER_PATH',
    'CORECLR_PROFILER',
    'DOTNET_STARTUP_HOOKS',
    'DOTNET_ADDITIONAL_DEPS',
    'COMPLUS_Version',
    'NODE_OPTIONS',
    'JAVA_TOOL_OPTIONS',
    '_JAVA_OPTIONS',
    'PYTHONPATH',
    'PYTHONSTARTUP',
    'PERL5LIB',
    'RUBYOPT',
    'OPENSSL_CONF',
    'QT_PLUGIN_PATH',
    'ELECTRON_RUN_AS_NODE',
    'GIT_EXEC_PATH',
    'LUA_PATH',
    'ANYTHING_ELSE',
  ])('%s is absent', (name) => {
    expect(environment(`${name}=C:\\Users\\alice\\evil`).has(name)).toBe(false);
  });
});

describe('AC-32 search paths and working folder', () => {
  it('are the machine’s own', () => {
    const made = environment(
      'PATH=C:\\Users\\alice\\bin;C:\\Windows',
      'PATHEXT=.EVIL;.EXE',
      'Path=C:\\evil',
      'ComSpec=C:\\evil\\cmd.exe',
    );
    expect(made.get('PATH')).toBe(
      'C:\\Windows\\System32;C:\\Windows;C:\\Windows\\System32\\Wbem;C:\\Windows\\System32\\WindowsPowerShell\\v1.0',
    );
    expect(made.get('PATHEXT')).not.toContain('EVIL');
    expect(made.get('COMSPEC')).toBe('C:\\Windows\\System32\\cmd.exe');
    expect(workingDirectory(folders)).toBe('C:\\Windows\\System32');
  });
});

describe('AC-33 folders', () => {
  it('come from the machine and the profile that the agent loaded, whatever the block of the account says', () => {
    const made = environment(
      'USERPROFILE=C:\\evil',
      'ProgramFiles=C:\\evil',
      'ProgramFiles(x86)=C:\\evil',
      'SystemRoot=C:\\evil',
      'windir=C:\\evil',
      'TEMP=C:\\evil',
      'TMP=C:\\evil',
      'APPDATA=C:\\evil',
      'LOCALAPPDATA=C:\\evil',
      'ProgramData=C:\\evil',
      'PUBLIC=C:\\evil',
      'COMPUTERNAME=evil',
      'SystemDrive=X:',
      'HOMEPATH=\\evil',
      'HOMEDRIVE=X:',
      '=C:=C:\\evil',
    );
    expect([...made.values()].filter((value) => value.includes('evil') || value.startsWith('X:'))).toEqual([]);
    expect(made.get('TEMP')).toBe('C:\\Users\\EPM.alice\\AppData\\Local\\Temp');
    expect(made.get('APPDATA')).toBe('C:\\Users\\EPM.alice\\AppData\\Roaming');
    expect(made.get('HOMEPATH')).toBe('\\Users\\EPM.alice');
    expect(made.get('PROGRAMFILES')).toBe('C:\\Program Files');
    expect(made.get('SYSTEMROOT')).toBe('C:\\Windows');
  });

  it.each(['\\\\server\\share', 'C:\\a;C:\\b', 'C:\\a\\..\\b', '%TEMP%', 'C:', 'relative', 'C:\\a\nPATH=x', ''])(
    'a profile of the form %j starts nothing',
    (odd) => {
      const made = (of: typeof profile) => () =>
        buildEnvironment({ account: [], profile: of, folders, computerName: 'PC-1' });
      const refused = expect.objectContaining({ code: 'EPM_PROFILE_UNAVAILABLE' }) as Error;
      expect(made({ ...profile, folder: odd })).toThrow(refused);
      expect(made({ ...profile, temporary: odd })).toThrow(refused);
    },
  );
});

describe('AC-34 compatibility layers', () => {
  it('are removed', () => {
    expect(environment('__COMPAT_LAYER=RunAsInvoker', '__compat_layer=x').has('__COMPAT_LAYER')).toBe(false);
  });
});

describe('AC-35 PowerShell', () => {
  it('gets no policy, profile or module path of the user', () => {
    const made = environment(
      'PSModulePath=C:\\Users\\alice\\Modules',
      'PSExecutionPolicyPreference=Bypass',
      '__PSLockdownPolicy=0',
    );
    expect(made.get('PSMODULEPATH')).toBe(
      'C:\\Program Files\\WindowsPowerShell\\Modules;C:\\Windows\\System32\\WindowsPowerShell\\v1.0\\Modules',
    );
    expect(made.has('PSEXECUTIONPOLICYPREFERENCE')).toBe(false);
    expect(made.has('__PSLOCKDOWNPOLICY')).toBe(false);
  });
});

it('the block is sorted without case and has each name once', () => {
  const names = buildEnvironment({
    account: ['USERNAME=a', 'username=b', 'NUMBER_OF_PROCESSORS=8;evil'],
    profile,
    folders,
    computerName: 'PC-1',
  }).map((entry) => entry.slice(0, entry.indexOf('=')).toUpperCase());
  expect(names).toEqual([...new Set(names)].sort());
  expect(names).toContain('USERNAME');
  expect(names).not.toContain('NUMBER_OF_PROCESSORS');
});
