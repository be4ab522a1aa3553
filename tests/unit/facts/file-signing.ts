/** Signs files with osslsigncode, by a key that is made for the test. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { patient } from '../../../tooling/patience.mjs';

function run(program: string, ...values: readonly string[]): string {
  const { status, stdout, stderr, error } = spawnSync(program, values, { encoding: 'utf8', timeout: patient(60_000) });
  if (status === null) throw new Error(`${program} did not end.`, { cause: error });
  return `${stdout}${stderr}`;
}

export class FileSigner {
  readonly #folder = mkdtempSync(path.join(tmpdir(), 'epm-signer-'));

  readonly #extension: 'exe' | 'ps1';

  constructor(extension: 'exe' | 'ps1') {
    this.#extension = extension;
    const [key, certificate] = [this.#path('key.pem'), this.#path('certificate.pem')];
    const usage = ['-addext', 'extendedKeyUsage=codeSigning'];
    const request = ['-x509', '-newkey', 'rsa:2048', '-nodes', '-subj', '/CN=File Signer', '-days', '2', ...usage];
    run('openssl', 'req', ...request, '-keyout', key, '-out', certificate);
  }

  sign(file: Uint8Array, digest = 'sha256'): Buffer {
    const [input, output] = [this.#path(`input.${this.#extension}`), this.#path(`output.${this.#extension}`)];
    writeFileSync(input, file);
    rmSync(output, { force: true });
    const identity = ['-certs', this.#path('certificate.pem'), '-key', this.#path('key.pem')];
    const said = run('osslsigncode', 'sign', ...identity, '-h', digest, '-in', input, '-out', output);
    if (!said.includes('Succeeded')) throw new Error(said);
    return readFileSync(output);
  }

  /** The digest that osslsigncode computes over what is signed, hexadecimal, and whether the message holds the same. */
  verify(bytes: Uint8Array): { readonly digest: string; readonly holds: boolean } {
    const file = this.#path(`verify.${this.#extension}`);
    writeFileSync(file, bytes);
    const said = run('osslsigncode', 'verify', '-CAfile', this.#path('certificate.pem'), '-in', file);
    const digest = /Calculated message digest\s*:\s*([0-9A-F]+)/.exec(said)?.[1] ?? '';
    const signed = /Current message digest\s*:\s*([0-9A-F]+)/.exec(said)?.[1] ?? '';
    return { digest: digest.toLowerCase(), holds: digest !== '' && digest === signed };
  }

  remove(): void {
    rmSync(this.#folder, { recursive: true, force: true });
  }

  #path(name: string): string {
    return path.join(this.#folder, name);
  }
}
