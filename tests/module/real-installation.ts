/** An installation whose epm.exe is the real command line, for what needs no agent. */
import { chmodSync, cpSync, mkdtempSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { build } from 'esbuild';
import { isWindows, projectRoot } from '../../testbed/machine.ts';
import { importModule, moduleFolder } from './powershell.ts';
import { Session, type Written } from './session.ts';

/** Made before it is started, so that it can be removed when the start takes too long. */
export class RealInstallation {
  readonly folder = mkdtempSync(path.join(tmpdir(), 'epm-module-'));
  #session: Session | undefined;

  /** The command line as one file, which starts three times as fast as its sources. */
  async start(options: { readonly constrained: boolean }): Promise<void> {
    if (isWindows) throw new Error('The way to the command line is a script for a POSIX shell.');
    const { folder } = this;
    cpSync(moduleFolder, path.join(folder, 'EPM'), { recursive: true });
    cpSync(path.join(projectRoot, 'policy-definitions'), path.join(folder, 'PolicyDefinitions'), { recursive: true });
    const bundle = path.join(folder, 'EPM.cjs');
    await build({
      entryPoints: [path.join(projectRoot, 'src', 'cli', 'main.ts')],
      outfile: bundle,
      bundle: true,
      platform: 'node',
      format: 'cjs',
      target: 'node24',
      charset: 'utf8',
      logLevel: 'silent',
    });
    const program = path.join(folder, 'epm.exe');
    writeFileSync(program, `#!/bin/sh\nexec '${process.execPath}' '${bundle}' "$@"\n`);
    chmodSync(program, 0o755);
    this.#session = new Session({ ...options, directory: folder });
    const { errors } = await this.run(importModule(path.join(folder, 'EPM')));
    if (errors !== '') throw new Error(`The module cannot be imported: ${errors}`);
  }

  put(name: string, content: string | object): string {
    const file = path.join(this.folder, name);
    writeFileSync(file, typeof content === 'string' ? content : JSON.stringify(content, undefined, 2));
    return file;
  }

  run(script: string): Promise<Written> {
    if (this.#session === undefined) throw new Error('The installation has not been started.');
    return this.#session.run(script);
  }

  /** What a script writes, back from JSON; always a list. */
  async list<T>(script: string): Promise<T[]> {
    const { output, errors } = await this.run(
      `$all = @(& {\n${script}\n}); ConvertTo-Json -InputObject $all -Depth 6 -Compress`,
    );
    if (errors !== '') throw new Error(`PowerShell wrote errors: ${errors}`);
    return JSON.parse(output) as T[];
  }

  async remove(): Promise<void> {
    try {
      await this.#session?.end();
    } finally {
      await rm(this.folder, { recursive: true, force: true });
    }
  }
}
