/** Real policy data from public sources. It is not part of the repository; tests that need it are skipped without it. */
import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

export const samplesFolder = process.env['EPM_SAMPLES'] ?? resolve(import.meta.dirname, '../../../../shared/samples');

export const haveSamples = existsSync(join(samplesFolder, 'README.md'));

export function sample(name: string): string {
  return readFileSync(join(samplesFolder, name), 'utf8');
}
