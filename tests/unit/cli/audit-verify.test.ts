/** `epm audit verify` on the files of a journal, with what whoever verifies has kept. */
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { publicKeyText } from '../../../src/requests/ed25519.ts';
import { deviceIdOf } from '../../../src/requests/request-text.ts';
import { appendSome, DEVICE, sealedJournal } from '../audit/sealed.ts';
import { epm } from './captured.ts';

let folder = '';
let keyFile = '';

beforeEach(async () => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'epm-verify-'));
  keyFile = path.join(folder, 'keys.txt');
  const sealed = await sealedJournal(3);
  const journal = await sealed.open();
  journal.checkpoint();
  appendSome(journal, 1);
  fs.writeFileSync(path.join(folder, 'journal.jsonl'), sealed.disk.open);
  fs.writeFileSync(keyFile, `# PC-1\n${sealed.keys.join('\n')}\n`);
});
afterEach(() => {
  fs.rmSync(folder, { recursive: true });
});

const verify = (...more: readonly string[]) => epm('audit', 'verify', '--journal', folder, ...more);
const publicKey = publicKeyText(DEVICE);

describe('a sealed journal', () => {
  it('is verified by its key, and without it says that seals were not compared', async () => {
    const withKey = await verify('--key', keyFile);
    expect(withKey).toMatchObject({ code: 0, error: '' });
    expect(withKey.out).toContain('records 3 to 7 are as the agent sealed them');
    const without = await verify();
    expect(without).toMatchObject({ code: 0 });
    expect(without.out).toContain('not compared: give --key');
  });

  it.each([
    ['key', publicKey],
    ['identifier', deviceIdOf(publicKey)],
  ])('is verified by the %s of the device', async (_name, given) => {
    const { code, out } = await verify('--device-key', given, '--json');
    expect(code).toBe(0);
    expect(JSON.parse(out)).toMatchObject({ ok: true, state: 'whole', signedRecords: 5, hasSeals: true });
  });

  it('is refuted with the record and the code', async () => {
    const { code, out } = await verify('--device-key', '01234567-89ab-cdef-0123-456789abcdef', '--json');
    expect(code).toBe(1);
    expect(JSON.parse(out)).toMatchObject({ ok: false, state: 'forged', reason: 'checkpoint', record: 6 });
  });

  it('a head with its number tells cut from replaced', async () => {
    const hash = 'a'.repeat(64);
    expect(JSON.parse((await verify('--head', `9:${hash}`, '--json')).out)).toMatchObject({ state: 'cut', record: 8 });
    expect(JSON.parse((await verify('--head', `4:${hash}`, '--json')).out)).toMatchObject({
      state: 'replaced',
      record: 4,
    });
    expect(JSON.parse((await verify('--head', hash, '--json')).out)).toMatchObject({ state: 'replaced' });
  });

  it('a file that is no key ends with its own code, and shows nothing of it', async () => {
    fs.writeFileSync(keyFile, 'EPM-SEAL-1-secret');
    const { code, error } = await verify('--key', keyFile, '--json');
    expect(code).toBe(3);
    expect(JSON.parse(error)).toMatchObject({ error: { code: 'EPM_VERIFICATION_KEY_INVALID' } });
    expect(error).not.toContain('secret');
  });

  it.each([
    ['--head', 'abc'],
    ['--head', `x:${'a'.repeat(64)}`],
    ['--device-key', 'abc'],
  ])('%s %s is a wrong command line', async (option, value) => {
    expect(await verify(option, value)).toMatchObject({ code: 2 });
  });
});
