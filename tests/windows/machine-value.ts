import type { TestBed } from '../bed/index.ts';

/** A value below HKLM as `reg query` prints it; undefined when there is none. */
export async function machineValue(bed: TestBed, key: string, name: string): Promise<string | undefined> {
  const { exitCode, output } = await bed.run({
    program: 'C:\\Windows\\System32\\reg.exe',
    arguments: ['query', `HKLM\\${key}`, '/v', name],
    as: 'administrator',
  });
  if (exitCode !== 0) return undefined;
  return new RegExp(`^ +${name.replaceAll('\\', '\\\\')} +REG_\\w+ +(.*?)\\r?$`, 'm').exec(output)?.[1];
}
