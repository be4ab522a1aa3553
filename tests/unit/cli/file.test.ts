import * as fs from 'node:fs';
import * as os from 'node:os';
import path from 'node:path';
import { createHash } from 'node:crypto';
import { afterAll, describe, expect, it } from 'vitest';
import { run } from '../../../src/cli/program.ts';
import { corpusFolder, corpusIdentities, signedCorpus, whyNoCorpus } from '../../corpus/index.ts';
import { buildProgram } from '../facts/pe-builder.ts';
import { epm, captureOutput, type CapturedOutput } from './captured.ts';

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'epm-file-'));
afterAll(() => fs.rmSync(folder, { recursive: true }));

function epmAt(interactive: boolean, ...values: readonly string[]): Promise<CapturedOutput> {
  return captureOutput((io) => run(values, io), { interactive });
}

/** Value of a line of the text, by its name. */
function valueOf(out: string, name: string): string | undefined {
  return new RegExp(`^ {2}${name} {2,}(.*)$`, 'm').exec(out)?.[1];
}

describe('epm file', () => {
  const unsigned = path.join(folder, 'unsigned.exe');
  fs.writeFileSync(unsigned, buildProgram());

  it('shows an unsigned program as what it is', async () => {
    const { code, out, error } = await epm('file', unsigned);
    expect({ code, error }).toEqual({ code: 0, error: '' });
    expect(valueOf(out, 'Type')).toBe('program (.exe)');
    expect(valueOf(out, 'Signed by')).toBe('nobody');
    expect(out).not.toContain('SHA-512');
  });

  it('computes the hashes that are asked for', async () => {
    const { out } = await epm('file', unsigned, '--hash', 'sha384', 'sha512');
    for (const algorithm of ['sha256', 'sha384', 'sha512']) {
      const expected = createHash(algorithm).update(fs.readFileSync(unsigned)).digest('hex');
      expect(valueOf(out, algorithm.replace('sha', 'SHA-'))).toBe(expected);
    }
    expect((await epm('file', unsigned, '--hash', 'md5')).code).toBe(2);
  });

  it('shows control characters of a name as code points', async () => {
    const named = path.join(folder, 'a\u202egpj.exe');
    fs.writeFileSync(named, buildProgram());
    const { out } = await epm('file', named);
    expect(out).toContain('a<U+202E>gpj.exe');
    expect(out).not.toContain('\u202e');
  });

  it('says on a terminal only how far a long reading is, and takes it away', async () => {
    const large = path.join(folder, 'large.exe');
    fs.writeFileSync(large, buildProgram());
    fs.truncateSync(large, 1.5 * 1024 ** 3);
    const { error } = await epmAt(true, 'file', large);
    expect(error).toMatch(/Reading █*░* +\d+ %/);
    expect(error).toMatch(/\r +\r$/);
    expect((await epm('file', large)).error).toBe('');
  });
});

const reason = whyNoCorpus();

describe.skipIf(reason !== undefined)(reason === undefined ? 'epm file on signatures' : `skipped: ${reason}`, () => {
  async function corpus(name: string): Promise<string> {
    const file = (await signedCorpus()).find((each) => each.name === name);
    if (file === undefined) throw new Error(`The corpus has no ${name}.`);
    return file.path;
  }
  const roots = async (): Promise<string> => path.join(await corpusFolder(), 'roots.pem');

  it('shows who signed, by the roots that were given', async () => {
    const { code, out } = await epm('file', await corpus('signed'), '--roots', await roots());
    expect(code).toBe(0);
    expect(out).toContain('\nSignature: good\n');
    expect(valueOf(out, 'Certificate')).toBe((await corpusIdentities())['leaf']);
    expect(valueOf(out, 'Faults')).toBeUndefined();
  });

  it('trusts nothing without roots, and says why', async () => {
    const { out } = await epm('file', await corpus('signed'));
    expect(out).toContain('\nSignature: not trusted\n');
    expect(valueOf(out, 'Faults')).toContain('root is not known here');
  });

  it('AC-41 refuses a signed file that was extended, with the place', async () => {
    const { code, out, error } = await epm('file', await corpus('overlaid'), '--roots', await roots());
    expect(code).toBe(1);
    expect(valueOf(out, 'Refused')).toMatch(/certificate table, offset 0x[0-9a-f]+/);
    expect(out).not.toContain('Signed by');
    expect(error).toContain('follows the table');
  });

  it('writes the certificates from the root to the publisher, and never over a file', async () => {
    const target = path.join(folder, 'certificates');
    const arguments_ = ['file', await corpus('signed'), '--roots', await roots(), '--certificates', target];
    expect((await epm(...arguments_)).code).toBe(0);
    const identities = await corpusIdentities();
    const written = fs.readdirSync(target).sort();
    expect(written).toEqual(['1.cer', '2.cer', '3.cer']);
    expect(
      written.map((name) =>
        createHash('sha256')
          .update(fs.readFileSync(path.join(target, name)))
          .digest('hex'),
      ),
    ).toEqual([identities['root'], identities['ca'], identities['leaf']]);

    fs.rmSync(path.join(target, '1.cer'));
    const again = await epm(...arguments_);
    expect(again).toMatchObject({ code: 3, error: expect.stringContaining('EPM_FILE_UNWRITABLE') as string });
    expect(fs.readdirSync(target).sort()).toEqual(['2.cer', '3.cer']);
  });

  it('writes the certificates of several signatures apart', async () => {
    const target = path.join(folder, 'nested');
    await epm('file', await corpus('nested'), '--certificates', target);
    expect(fs.readdirSync(target).sort()).toEqual(['signature-1', 'signature-2']);
  });

  it('says that there are none to write', async () => {
    const target = path.join(folder, 'none');
    const outcome = await epm('file', await corpus('unsigned'), '--certificates', target);
    expect(outcome).toMatchObject({ code: 1, error: expect.stringContaining('no certificates') as string });
    expect(fs.existsSync(target)).toBe(false);
  });

  it('refuses roots that are none', async () => {
    const outcome = await epm('file', await corpus('signed'), '--roots', await corpus('unsigned'));
    expect(outcome).toMatchObject({ code: 2, error: expect.stringContaining('EPM_ARGUMENT') as string });
  });

  it('lets a publisher rule be tried out with roots', async () => {
    const certificate = { type: 'publisher', sha256: (await corpusIdentities())['leaf'] };
    const policy = path.join(folder, 'policy.json');
    const rules = [{ name: 'Signed', type: 'userConfirmed', fileName: 'signed.exe', certificate }];
    fs.writeFileSync(policy, JSON.stringify({ version: 1, settings: { enabled: true }, rules }));
    const ask = async (...more: string[]) =>
      epm('decide', '--policy', policy, '--file', await corpus('signed'), ...more);
    expect((await ask('--roots', await roots())).code).toBe(4);
    expect((await ask()).code).toBe(1);
  });

  it('asks the client and the requester before the file, as the agent does', async () => {
    const file = path.join(folder, 'large.exe');
    fs.writeFileSync(file, Buffer.alloc(2 * 1024 ** 2));
    const decided = async (settings: object | undefined, requester: object, name = file) => {
      const policy = path.join(folder, 'order.json');
      fs.writeFileSync(
        policy,
        JSON.stringify({ version: 1, ...(settings === undefined ? {} : { settings }), rules: [] }),
      );
      const request = path.join(folder, 'request.json');
      fs.writeFileSync(request, JSON.stringify({ requester }));
      const outcome = await epm('decide', '--policy', policy, '--file', name, '--request', request, '--json');
      return outcome.out === '' ? outcome.error : (JSON.parse(outcome.out) as { reason: string }).reason;
    };
    const settings = { enabled: true, maximumFileSize: 1 };
    expect(await decided(settings, {})).toContain('EPM_FILE_TOO_LARGE');
    expect(await decided(settings, { isAdministrator: true })).toBe('administrator');
    expect(await decided({ ...settings, enabled: false }, {})).toBe('clientDisabled');
    expect(await decided(undefined, {})).toBe('noPolicy');
    const odd = path.join(folder, 'odd\u00a0');
    fs.mkdirSync(odd);
    fs.writeFileSync(path.join(odd, 'a.ps1'), 'Write-Output 1');
    expect(await decided(settings, {}, path.join(odd, 'a.ps1'))).toBe('fileRefused');
    expect(await decided({ ...settings, enabled: false }, {}, path.join(odd, 'a.ps1'))).toBe('clientDisabled');
    expect(await epm('file', path.join(odd, 'a.ps1'))).toMatchObject({
      code: 1,
      out: expect.stringContaining('nameRefused') as string,
    });
  });
});
