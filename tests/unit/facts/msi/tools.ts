/** Packages made and read by the tools of others: what they say is what the reader here must say. */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

const TOOLS = ['wixl', 'msibuild', 'msiinfo', 'osslsigncode', 'openssl'];
const missing = TOOLS.filter((tool) => spawnSync(tool, ['--version']).error !== undefined);

/** Why no packages can be made on this machine; undefined: they can. */
export const noTools = missing.length === 0 ? undefined : `not installed: ${missing.join(', ')}`;

export class Workshop {
  readonly folder = mkdtempSync(path.join(tmpdir(), 'epm-msi-'));

  close(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }

  path(name: string): string {
    return path.join(this.folder, name);
  }

  /** Output of a tool; throws when it fails. */
  run(tool: string, ...words: string[]): string {
    const { status, stdout, stderr } = spawnSync(tool, words, { cwd: this.folder, encoding: 'utf8' });
    if (status !== 0) throw new Error(`${tool} ${words.join(' ')}: ${stdout}${stderr}`);
    return stdout;
  }

  /** A package of one file by wixl. */
  compile(options: { readonly embedded: boolean }): Buffer {
    writeFileSync(this.path('readme.txt'), 'A line of text.\r\n'.repeat(2000));
    writeFileSync(this.path('package.wxs'), source(options.embedded));
    this.run('wixl', '-o', 'compiled.msi', 'package.wxs');
    return readFileSync(this.path('compiled.msi'));
  }

  /** Signs with a certificate of its own. */
  sign(bytes: Uint8Array, options: { readonly digest?: string; readonly extended?: boolean } = {}): Buffer {
    this.#makeSigner();
    writeFileSync(this.path('plain.msi'), bytes);
    rmSync(this.path('signed.msi'), { force: true });
    const extended = options.extended === true ? ['-add-msi-dse'] : [];
    const files = ['-in', 'plain.msi', '-out', 'signed.msi'];
    const key = ['-certs', 'signer.pem', '-key', 'key.pem', '-h', options.digest ?? 'sha256'];
    this.run('osslsigncode', 'sign', ...key, ...extended, ...files);
    return readFileSync(this.path('signed.msi'));
  }

  /** DER of the certificate that signs, which is its own root. */
  certificate(): Buffer {
    this.#makeSigner();
    this.run('openssl', 'x509', '-in', 'signer.pem', '-outform', 'DER', '-out', 'signer.der');
    return readFileSync(this.path('signer.der'));
  }

  #makeSigner(): void {
    if (existsSync(this.path('signer.pem'))) return;
    const subject = ['-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-subj', '/CN=Signer'];
    const certificate = ['-keyout', 'key.pem', '-out', 'signer.pem', '-addext', 'extendedKeyUsage=codeSigning'];
    this.run('openssl', 'req', ...subject, ...certificate);
  }

  /** Digests that osslsigncode finds in the signature and computes itself, in lower case. */
  digests(bytes: Uint8Array): { readonly signed: string; readonly computed: string } {
    writeFileSync(this.path('verified.msi'), bytes);
    const words = ['verify', '-in', 'verified.msi', '-CAfile', 'signer.pem'];
    const { stdout } = spawnSync('osslsigncode', words, { cwd: this.folder, encoding: 'utf8' });
    const after = (title: string): string =>
      (new RegExp(`${title} DigitalSignature +: ([0-9A-F]+)`).exec(stdout)?.[1] ?? '').toLowerCase();
    return { signed: after('Current'), computed: after('Calculated') };
  }
}

const source = (embedded: boolean): string => `<?xml version='1.0' encoding='utf-8'?>
<Wix xmlns='http://schemas.microsoft.com/wix/2006/wi'>
  <Product Name='Compiled Tool' Id='ABCDDCBA-86C7-4D14-AEC0-86416A69ABDE'
      UpgradeCode='ABCDDCBA-7349-453F-94F6-BCB5110BA4FD' Language='1033' Codepage='1252' Version='4.5.6'
      Manufacturer='Compiled Ltd.'>
    <Package Id='*' Keywords='Installer' Description='Compiled Tool Setup' Comments='By wixl'
      Manufacturer='Compiled Ltd.' InstallerVersion='200' Languages='1033' Compressed='yes' SummaryCodepage='1252' />
    <Media Id='1' Cabinet='files.cab' EmbedCab='${embedded ? 'yes' : 'no'}' />
    <Directory Id='TARGETDIR' Name='SourceDir'>
      <Directory Id='ProgramFilesFolder' Name='PFiles'>
        <Directory Id='INSTALLDIR' Name='Compiled'>
          <Component Id='Readme' Guid='ABCDDCBA-83F1-4F22-985B-FDB3C8ABD471'>
            <File Id='ReadmeFile' Name='readme.txt' DiskId='1' Source='readme.txt' KeyPath='yes' />
          </Component>
        </Directory>
      </Directory>
    </Directory>
    <Feature Id='Complete' Level='1'><ComponentRef Id='Readme' /></Feature>
  </Product>
</Wix>
`;
