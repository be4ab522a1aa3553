/** The PowerShell module in the form in which it is installed. */
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { projectRoot } from '../testbed/machine.ts';

// The scripts of the build are JavaScript, without types.
const { moduleFiles } = (await import(pathToFileURL(path.join(projectRoot, 'scripts', 'lib', 'layout.mjs')).href)) as {
  readonly moduleFiles: () => readonly (readonly [name: string, content: Uint8Array])[];
};

/** Writes the module to a folder, which is made. @returns the names of its files, from there */
export function writeInstalledModule(folder: string): readonly string[] {
  return moduleFiles().map(([name, content]) => {
    const file = path.join(folder, name);
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, content);
    return name;
  });
}
