/** Makes the files of the recipes in a folder. */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import * as cms from './cms.ts';
import * as der from './der.ts';
import { makeIdentities, type Identities } from './identities.ts';
import type { CorpusIndex } from './index.ts';
import { CORPUS_NOW, keyPem, pem } from './pki.ts';
import { CHECKSUM_FIELD, flip, imageDigest, messageOf, padded, program, withMessage } from './programs.ts';
import { RECIPES, type Change, type Recipe, type Signing, type Timestamping } from './recipes.ts';
import { whyNoRecentOsslsigncode } from './osslsigncode.ts';

/** A file that cannot be made with the tools of this machine. */
class Gap extends Error {}

export async function buildCorpus(folder: string): Promise<CorpusIndex> {
  const builder = new Builder(folder);
  for (const recipe of RECIPES) builder.attempt(recipe.name, () => builder.make(recipe));
  builder.attempt('catalog', () => builder.makeCatalog('catalog', 'sha256'));
  builder.attempt('catalog-sha1', () => builder.makeCatalog('catalog-sha1', 'sha1'));
  return builder.index();
}

class Builder {
  readonly #folder: string;
  readonly #identities: Identities = makeIdentities();
  readonly #files: CorpusIndex['files'][number][] = [];
  readonly #gaps: CorpusIndex['gaps'][number][] = [];
  readonly #help = run('osslsigncode', ['sign', '--help']).output;

  constructor(folder: string) {
    this.#folder = folder;
    writeFileSync(this.#path('roots.pem'), pem(this.#identities.root));
  }

  attempt(name: string, make: () => void): void {
    try {
      make();
    } catch (error) {
      if (!(error instanceof Gap)) throw error;
      this.#gaps.push({ name, reason: error.message });
    }
  }

  index(): CorpusIndex {
    const digests = Object.entries(this.#identities).map(([who, { der: bytes }]) => [
      who,
      createHash('sha256').update(bytes).digest('hex'),
    ]);
    return {
      files: this.#files,
      gaps: this.#gaps,
      identities: Object.fromEntries(digests) as Record<string, string>,
      roots: [this.#identities.root.der.toString('base64')],
    };
  }

  make(recipe: Recipe): void {
    const file = `${recipe.name}.${recipe.type}`;
    if (recipe.type === 'exe') writeFileSync(this.#path(file), program(`Program ${recipe.name}.`));
    else if (recipe.type === 'ps1') writeFileSync(this.#path(file), 'Write-Output "signed"\r\n');
    else this.#makeInstaller(file);
    recipe.signings.forEach((signing, index) => this.#sign(file, signing, index > 0));
    if (recipe.change !== undefined) this.#change(file, recipe.change);
    this.#files.push({ name: recipe.name, file, type: recipe.type, expectation: recipe.expectation });
  }

  makeCatalog(name: string, digest: 'sha1' | 'sha256'): void {
    const { leaf, ca } = this.#identities;
    const unsigned = readFileSync(this.#path('unsigned.exe'));
    const message = cms.makeMessage({
      contentType: cms.CMS.trustList,
      content: cms.catalogContent([imageDigest(unsigned, digest)], digest, CORPUS_NOW),
      signer: leaf,
      certificates: [leaf, ca],
    });
    writeFileSync(this.#path(`${name}.cat`), message);
    this.#files.push({
      name,
      file: `${name}.cat`,
      type: 'cat',
      lists: ['unsigned'],
      expectation: {
        kind: 'signatures',
        signatures: [{ origin: 'catalog', leaf: 'leaf', faults: digest === 'sha1' ? ['weakDigest'] : [] }],
      },
    });
  }

  #path(file: string): string {
    return path.join(this.#folder, file);
  }

  #makeInstaller(file: string): void {
    const database = this.#path(file);
    const text =
      'CREATE TABLE `Property` (`Property` CHAR(72) NOT NULL, `Value` CHAR(0) NOT NULL PRIMARY KEY `Property`)';
    this.#tool('msibuild', [
      database,
      '-s',
      'Installation Database',
      'EPM Tests',
      ';1033',
      '{12345678-1234-1234-1234-123456789012}',
    ]);
    this.#tool('msibuild', [database, '-q', text]);
    for (const [property, value] of [
      ['ProductName', 'EPM Test'],
      ['Manufacturer', 'EPM Tests'],
      ['ProductVersion', '1.2.3'],
    ]) {
      this.#tool('msibuild', [
        database,
        '-q',
        `INSERT INTO \`Property\` (\`Property\`, \`Value\`) VALUES ('${property}', '${value}')`,
      ]);
    }
  }

  #sign(file: string, signing: Signing, nested: boolean): void {
    const tooOld = file.endsWith('.ps1') ? whyNoRecentOsslsigncode() : undefined;
    if (tooOld !== undefined) throw new Gap(tooOld);
    const signer = this.#identities[signing.by];
    const others = signing.with.map((who) => this.#identities[who]);
    writeFileSync(this.#path('signer.pem'), pem(signer, ...others));
    writeFileSync(this.#path('signer.key'), keyPem(signer));
    const { timestamp } = signing;
    this.#tool('osslsigncode', [
      ...[
        'sign',
        '-certs',
        this.#path('signer.pem'),
        '-key',
        this.#path('signer.key'),
        '-h',
        signing.digest ?? 'sha256',
      ],
      ...['-time', String(CORPUS_NOW / 1000)],
      ...(nested ? ['-nest'] : []),
      ...(signing.pageHashes === true ? ['-ph'] : []),
      ...(signing.installerExtension === true ? ['-add-msi-dse'] : []),
      ...(timestamp?.kind === 'tool' ? this.#toolTimestamp(timestamp) : []),
      ...['-in', this.#path(file), '-out', this.#path('signed')],
    ]);
    renameSync(this.#path('signed'), this.#path(file));
    for (const name of ['signer.pem', 'signer.key', 'tsa.pem', 'tsa.key']) rmSync(this.#path(name), { force: true });
    if (timestamp !== undefined && timestamp.kind !== 'tool')
      this.#edit(file, (message) => this.#timestamp(message, timestamp));
  }

  #toolTimestamp(timestamp: Timestamping): string[] {
    // From osslsigncode 2.6; Debian 12 has 2.5.
    if (!this.#help.includes('-TSA-certs')) throw new Gap('this osslsigncode has no timestamp authority of its own');
    const authority = this.#identities[timestamp.by];
    writeFileSync(this.#path('tsa.pem'), pem(authority));
    writeFileSync(this.#path('tsa.key'), keyPem(authority));
    const seconds = String(timestamp.time / 1000);
    return ['-TSA-certs', this.#path('tsa.pem'), '-TSA-key', this.#path('tsa.key'), '-TSA-time', seconds];
  }

  #timestamp(message: Uint8Array, { by, time, kind, wrongImprint = false, digest = 'sha256' }: Timestamping): Buffer {
    const authority = this.#identities[by];
    const over = wrongImprint ? Buffer.from('other bytes') : cms.signatureValue(message);
    if (kind === 'token') {
      const token = cms.timestampToken({ authority, time, over });
      return cms.withUnsigned(message, cms.attribute(cms.CMS.timestampToken, der.raw(token)));
    }
    const signed = cms.countersignature(over, authority, time, digest);
    return cms.withUnsigned(cms.withCertificates(message, authority), signed);
  }

  #edit(file: string, change: (message: Buffer) => Uint8Array): void {
    const bytes = readFileSync(this.#path(file));
    writeFileSync(this.#path(file), withMessage(bytes, change(messageOf(bytes))));
  }

  #change(file: string, change: Change): void {
    const bytes = readFileSync(this.#path(file));
    const message = messageOf(bytes);
    const value = cms.signatureValue(message);
    const changed = {
      // Time stamp of the file header, and text in the data section.
      header: () => flip(bytes, 0x48),
      section: () => flip(bytes, 0x600),
      checksum: () => flip(bytes, CHECKSUM_FIELD),
      signatureValue: () => flip(bytes, bytes.indexOf(value) + 10),
      signedContent: () => flip(bytes, bytes.indexOf(imageDigest(bytes, 'sha256'))),
      extraCertificate: () => withMessage(bytes, cms.withCertificates(message, this.#identities.otherRoot)),
      padding: () => padded(bytes, Buffer.from('hidden behind the message')),
      overlay: () => Buffer.concat([bytes, Buffer.from('behind the table')]),
    }[change]();
    writeFileSync(this.#path(file), changed);
  }

  #tool(name: string, options: readonly string[]): void {
    const { status, output, missing } = run(name, options);
    if (missing) throw new Gap(`${name} is not installed`);
    if (status !== 0) throw new Gap(`${name} failed: ${output.trim().split('\n').slice(-3).join(' ')}`);
  }
}

function run(name: string, options: readonly string[]): { status: number | null; output: string; missing: boolean } {
  const { status, stdout, stderr, error } = spawnSync(name, options, { encoding: 'utf8' });
  return {
    status,
    output: `${stdout}${stderr}`,
    missing: (error as NodeJS.ErrnoException | undefined)?.code === 'ENOENT',
  };
}
