/** A publisher of a test's own, who signs programs and libraries with osslsigncode. */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { keyPem, makeCertificate, OID, pem } from '../corpus/pki.ts';
import type { TestBed } from '../bed/index.ts';
import { eventually } from '../eventually.ts';
import { storeText } from './trust-machine.ts';

/** Certificates that every system brings along; Wine has imported its own once there are as many as this. */
const MANY_ROOTS = 20;

export class TestPublisher {
  readonly #root = makeCertificate({ commonName: 'EPM Library Root', authority: true });
  readonly #leaf = makeCertificate({
    commonName: 'EPM Library Publisher',
    issuer: this.#root,
    usages: [OID.codeSigning],
    kind: 'rsa',
  });

  /** As rules name the certificate. */
  get sha256(): string {
    return createHash('sha256').update(this.#leaf.der).digest('hex');
  }

  /**
   * Has the machine trust the publisher. Once its agent runs: Wine imports the roots of the system when they are asked for
   * first, and throws away the others.
   */
  async trustedBy(bed: TestBed): Promise<void> {
    await eventually(async () => {
      const found = await bed.run({
        program: 'C:\\windows\\system32\\reg.exe',
        arguments: ['query', 'HKLM\\Software\\Microsoft\\SystemCertificates\\Root\\Certificates'],
      });
      if (found.output.split('\n').length <= MANY_ROOTS) throw new Error('the roots of the system are not there yet');
    });
    await bed.importRegistry(storeText(['machine', 'Root'], [this.#root.der]));
  }

  /** @throws Error when osslsigncode fails or is missing */
  sign(image: Uint8Array): Buffer {
    const folder = mkdtempSync(path.join(tmpdir(), 'epm-sign-'));
    try {
      const at = (name: string): string => path.join(folder, name);
      writeFileSync(at('in'), image);
      writeFileSync(at('signer.pem'), pem(this.#leaf, this.#root));
      writeFileSync(at('signer.key'), keyPem(this.#leaf));
      const options = ['-certs', at('signer.pem'), '-key', at('signer.key'), '-h', 'sha256'];
      const { status, stdout, stderr } = spawnSync(
        'osslsigncode',
        ['sign', ...options, '-in', at('in'), '-out', at('out')],
        { encoding: 'utf8' },
      );
      if (status !== 0) throw new Error(`osslsigncode: ${stdout}${stderr}`);
      return readFileSync(at('out'));
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  }
}
