/** An authority that revokes: certificates that name a list on this machine, programs signed with them, and the server. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';

/** `silent` names a list that the server never answers for. */
export type Signer = 'good' | 'revoked' | 'silent';

export class RevocationServer {
  /** Paths that were asked for. */
  readonly asked: string[] = [];
  readonly #folder = mkdtempSync(path.join(tmpdir(), 'epm-revocation-'));
  readonly #server: Server;

  private constructor() {
    this.#server = createServer((request, response) => {
      this.asked.push(request.url ?? '');
      if (request.url === '/silent.crl') return;
      response.setHeader('content-type', 'application/pkix-crl');
      response.end(readFileSync(this.path('list.crl')));
    });
  }

  /** @param program the unsigned program to sign */
  static async start(program: string): Promise<RevocationServer> {
    const made = new RevocationServer();
    await new Promise<void>((resolve) => made.#server.listen(0, '127.0.0.1', resolve));
    made.#make(program);
    return made;
  }

  path(name: string): string {
    return path.join(this.#folder, name);
  }

  /** Path of the program that this signer signed. */
  program(signer: Signer): string {
    return this.path(`${signer}.exe`);
  }

  get root(): Uint8Array {
    return readFileSync(this.path('root.der'));
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
    rmSync(this.#folder, { recursive: true, force: true });
  }

  #make(program: string): void {
    const { port } = this.#server.address() as AddressInfo;
    const list = (name: string): string => `crlDistributionPoints = URI:http://127.0.0.1:${port}/${name}.crl`;
    const leaf = 'basicConstraints = CA:FALSE\nkeyUsage = digitalSignature\nextendedKeyUsage = codeSigning\n';
    writeFileSync(
      this.path('ca.cnf'),
      '[ca]\ndefault_ca = authority\n[authority]\ndatabase = index.txt\nserial = serial\ncrlnumber = crlnumber\n' +
        'default_md = sha256\ndefault_crl_days = 30\nnew_certs_dir = .\npolicy = policy\n[policy]\ncommonName = supplied\n' +
        `[leaf]\n${leaf}${list('list')}\n[silent]\n${leaf}${list('silent')}\n` +
        '[root]\nbasicConstraints = critical, CA:TRUE\nkeyUsage = keyCertSign, cRLSign\n' +
        '[req]\ndistinguished_name = name\n[name]\n',
    );
    for (const [name, text] of Object.entries({ 'index.txt': '', serial: '1000\n', crlnumber: '01\n' })) {
      writeFileSync(this.path(name), text);
    }
    const request = ['req', '-config', 'ca.cnf', '-newkey', 'rsa:2048', '-nodes'];
    const authority = ['ca', '-batch', '-config', 'ca.cnf', '-cert', 'root.pem', '-keyfile', 'root.key'];
    const subject = ['-subj', '/CN=EPM Test Revoking Root'];
    this.#run(
      'openssl',
      ...request,
      '-x509',
      '-days',
      '900',
      '-extensions',
      'root',
      ...subject,
      '-keyout',
      'root.key',
      '-out',
      'root.pem',
    );
    for (const signer of ['good', 'revoked', 'silent'] satisfies Signer[]) {
      this.#run(
        'openssl',
        ...request,
        '-subj',
        `/CN=EPM Test ${signer}`,
        '-keyout',
        `${signer}.key`,
        '-out',
        `${signer}.csr`,
      );
      const extensions = signer === 'silent' ? 'silent' : 'leaf';
      this.#run(
        'openssl',
        ...authority,
        '-notext',
        '-extensions',
        extensions,
        '-days',
        '300',
        '-in',
        `${signer}.csr`,
        '-out',
        `${signer}.pem`,
      );
      this.#run(
        'osslsigncode',
        'sign',
        '-h',
        'sha256',
        '-certs',
        `${signer}.pem`,
        '-key',
        `${signer}.key`,
        '-in',
        program,
        '-out',
        `${signer}.exe`,
      );
    }
    this.#run('openssl', ...authority, '-revoke', 'revoked.pem');
    this.#run('openssl', ...authority, '-gencrl', '-out', 'list.pem');
    this.#run('openssl', 'crl', '-in', 'list.pem', '-outform', 'DER', '-out', 'list.crl');
    this.#run('openssl', 'x509', '-in', 'root.pem', '-outform', 'DER', '-out', 'root.der');
  }

  #run(program: string, ...words: readonly string[]): void {
    execFileSync(program, words, { cwd: this.#folder, stdio: 'pipe' });
  }
}
