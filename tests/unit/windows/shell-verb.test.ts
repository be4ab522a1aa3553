import { describe, expect, it } from 'vitest';
import { registerShellVerb, removeShellVerb, shellVerbFault } from '../../../src/windows/shell/shell-verb.ts';
import { FakeRegistry, text } from './fake-registry.ts';

const EPM = 'C:\\Program Files\\EPM\\epm.exe';
const HKLM = 0x80000002 | 0;
const shell = (extension: string): string => `SOFTWARE\\Classes\\SystemFileAssociations\\${extension}\\shell`;

function registered(): FakeRegistry {
  const registry = new FakeRegistry();
  registerShellVerb(registry.advapi32, EPM);
  return registry;
}

const textOf = (registry: FakeRegistry, name: string, value: string): string | undefined => {
  const data = keyIn(registry, name)?.values.get(value)?.data;
  return data === undefined ? undefined : Buffer.from(data).toString('utf16le').replace(/\0$/, '');
};

function keyIn(registry: FakeRegistry, name: string) {
  const root = registry.roots.get(HKLM);
  return root === undefined ? undefined : registry.find(root, name);
}

describe('the verb in the context menu', () => {
  it.each(['.exe', '.msi', '.ps1'])('starts the launcher for one %s file, whose name is quoted', (extension) => {
    const registry = registered();
    const verb = `${shell(extension)}\\EPM.RunElevated`;
    expect(textOf(registry, `${verb}\\command`, '')).toBe('"C:\\Program Files\\EPM\\epmlaunch.exe" --elevate "%1"');
    expect(textOf(registry, verb, 'MultiSelectModel')).toBe('Single');
    expect(textOf(registry, verb, 'MUIVerb')).toBe('Run with elevated access');
    expect(shellVerbFault(registry.advapi32, EPM)).toBeUndefined();
    expect(registry.open.size).toBe(0);
  });

  it('is missed where it is not, or is another one', () => {
    expect(shellVerbFault(new FakeRegistry().advapi32, EPM)).toContain('.exe');
    for (const extension of ['.exe', '.msi', '.ps1']) {
      const registry = registered();
      keyIn(registry, `${shell(extension)}\\EPM.RunElevated\\command`)?.values.set(
        '',
        text('C:\\Users\\evil.exe "%1"'),
      );
      expect(shellVerbFault(registry.advapi32, EPM)).toContain(extension);
      registerShellVerb(registry.advapi32, EPM);
      expect(shellVerbFault(registry.advapi32, EPM)).toBeUndefined();
    }
    expect(shellVerbFault(registered().advapi32, 'D:\\Other\\epm.exe')).toContain('another one');
  });

  it('is taken back without what others have beside it', () => {
    const registry = registered();
    const menu = keyIn(registry, shell('.exe'));
    menu?.keys.set('Other', { values: new Map(), keys: new Map() });
    removeShellVerb(registry.advapi32);
    expect([...(menu?.keys.keys() ?? [])]).toEqual(['Other']);
    removeShellVerb(registry.advapi32);
    expect(registry.open.size).toBe(0);
  });
});
