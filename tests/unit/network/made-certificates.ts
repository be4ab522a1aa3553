/** An authority of its own for a test, and a certificate of a server on this machine that it signed. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

export class MadeCertificates {
  readonly folder = mkdtempSync(path.join(tmpdir(), 'epm-receiver-'));

  constructor() {
    const openssl = (...words: string[]): void =>
      void execFileSync('openssl', words, { cwd: this.folder, stdio: 'ignore' });
    const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'];
    openssl(
      'req',
      '-x509',
      ...key,
      '-keyout',
      'root.key',
      '-out',
      'root.pem',
      '-days',
      '30',
      '-subj',
      '/CN=Test authority',
    );
    openssl('req', ...key, '-keyout', 'server.key', '-out', 'server.csr', '-subj', '/CN=localhost');
    const names = 'subjectAltName=DNS:localhost,IP:127.0.0.1\nbasicConstraints=CA:FALSE\nextendedKeyUsage=serverAuth\n';
    writeFileSync(path.join(this.folder, 'names.cnf'), names);
    const signed = ['-CA', 'root.pem', '-CAkey', 'root.key', '-CAcreateserial', '-days', '30', '-extfile', 'names.cnf'];
    openssl('x509', '-req', '-in', 'server.csr', ...signed, '-out', 'server.pem');
  }

  path(name: 'root.pem' | 'server.pem' | 'server.key'): string {
    return path.join(this.folder, name);
  }

  text(name: 'root.pem' | 'server.pem' | 'server.key'): string {
    return readFileSync(this.path(name), 'utf8');
  }

  /** DER of the authority. */
  get root(): Uint8Array {
    return Buffer.from(this.text('root.pem').replace(/-----[^-]+-----|\s/g, ''), 'base64');
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}
