/** Files that others signed, asked of the machine and of the own verifier. */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { type AuthenticodeSignature } from '../../src/facts/authenticode/index.ts';
import { describeWindows } from '../bed/index.ts';
import { judge } from '../corpus/judge.ts';
import { REAL_FILES, realRoots } from '../unit/facts/authenticode/real-files.ts';
import { storeText, TrustMachine, withoutText } from './trust-machine.ts';
import { inspectExecutable, readSignatures } from '../corpus/readers.ts';

/** Where Wine answers otherwise, and why. Both must agree, so that none of these counts. */
const WINE_DIFFERS = {
  sha1: { wine: true, why: 'takes a SHA-1 digest, as Windows does' },
  nested: { wine: false, why: 'looks at the first signature whatever is asked for' },
} as const;

describeWindows('signatures that others made, asked of the machine', ['epm'], (bed) => {
  const roots = realRoots().filter((der) => {
    const digest = createHash('sha256').update(der).digest('hex');
    return REAL_FILES.some(({ signatures }) => signatures.some(({ root }) => root.sha256 === digest));
  });
  const store = ['machine', 'Root'] as const;
  afterAll(() => bed().importRegistry(withoutText(store, roots)));

  it('AC-45 agrees with the own verifier but where the difference is known', async ({ skip }) => {
    const files = REAL_FILES.filter(({ type, path: file }) => type === 'exe' && file !== undefined);
    if (files.length === 0) return skip('no signed file of others is installed (npm run bootstrap)');
    if (roots.length === 0) return skip('no .NET SDK with trusted roots is installed');
    const jobs = await Promise.all(
      files.map(async ({ name, path: file }, at) => {
        const bytes = readFileSync(file ?? '');
        const place = `C:\\Corpus\\${at}-${path.basename(file ?? '')}`;
        bed().putFile(place, bytes);
        return { name, path: place, signatures: (await signaturesIn(bytes)).map(question) };
      }),
    );
    const asked = await TrustMachine.install(bed());
    const report = await asked.ask(jobs, storeText(store, roots));
    const expected: Record<string, unknown> = {};
    const found: Record<string, unknown> = {};
    for (const { name, path: file, signatures } of files) {
      const own = await judge(readFileSync(file ?? ''), 'exe', { roots, now: Date.now() });
      found[name] = report.files[name]?.judged.map((each) => ('verdict' in each ? each.verdict.trusted : each));
      expected[name] = own.map(({ trusted, origin }, index) => {
        if (bed().kind !== 'wine') return trusted || signatures[index]?.digest === 'sha1';
        if (origin === 'nested') return WINE_DIFFERS.nested.wine;
        return signatures[index]?.digest === 'sha1' ? WINE_DIFFERS.sha1.wine : trusted;
      });
    }
    expect(found).toEqual(expected);
  });
});

async function signaturesIn(bytes: Buffer): Promise<readonly AuthenticodeSignature[]> {
  const source = { size: bytes.length, read: (at: number, length: number) => bytes.subarray(at, at + length) };
  return await readSignatures(...(await inspectExecutable(source)).content.signatures);
}

function question({ message, leaf, certificates }: AuthenticodeSignature, index: number) {
  const base64 = (der: Uint8Array): string => Buffer.from(der).toString('base64');
  return { message: base64(message), leaf: base64(leaf), others: certificates.map(base64), index };
}
