import { describe, expect, it } from 'vitest';
import { questionText } from '../../../src/agent/question-text.ts';
import type { FileFacts, SignatureFacts } from '../../../src/model/file-facts.ts';

const certificate = (subject: string) => ({ subject, sha256: 'c'.repeat(64) }) as SignatureFacts['leaf'];
const signature = (subject: string, more: Partial<SignatureFacts> = {}): SignatureFacts => ({
  leaf: certificate(subject),
  issuers: [],
  trusted: true,
  validNow: true,
  validAtTimestamp: false,
  revocation: 'good',
  ...more,
});
const file = (more: Partial<FileFacts> = {}): FileFacts =>
  ({
    path: 'C:\\Users\\ann\\setup.exe',
    folder: 'C:\\Users\\ann',
    name: 'setup.exe',
    sha256: '0123456789abcdef'.repeat(4),
    signatures: [],
    ...more,
  }) as FileFacts;

describe('what a person is shown before they confirm', () => {
  it('names program, publisher, path, arguments, rule, digest and the internet', () => {
    const facts = file({ fromInternet: true, signatures: [signature('CN=Contoso Ltd')] });
    expect(questionText(facts, ['/i', 'a b', 'q"'], 'Setup')).toEqual({
      program: 'setup.exe',
      publisher: 'CN=Contoso Ltd',
      path: 'C:\\Users\\ann\\setup.exe',
      arguments: '/i "a b" "q\\""',
      rule: 'Setup',
      digest: '0123456789abcdef',
      fromInternet: true,
    });
    expect(questionText(file(), [], undefined)).toMatchObject({ arguments: '', fromInternet: false });
    expect(questionText(file(), [], undefined)).not.toHaveProperty('rule');
  });

  it.each([
    ['nobody signed', []],
    ['the machine does not trust', [signature('CN=Contoso Ltd', { trusted: false })]],
    ['is revoked', [signature('CN=Contoso Ltd', { revocation: 'revoked' })]],
    ['has expired without a timestamp', [signature('CN=Contoso Ltd', { validNow: false })]],
  ])('AC-46 no publisher is claimed where the signature %s', (_name, signatures) => {
    expect(questionText(file({ signatures }), [], 'Setup')).not.toHaveProperty('publisher');
  });

  it('a signature that holds is named, whichever stands first', () => {
    const signatures = [
      signature('CN=Mallory', { trusted: false }),
      signature('CN=Contoso', { validNow: false, validAtTimestamp: true }),
    ];
    expect(questionText(file({ signatures }), [], undefined).publisher).toBe('CN=Contoso');
  });

  it('AC-81 nothing invisible is shown as it is, and what is long keeps both ends', () => {
    const facts = file({ name: 'gpj\u202Eexe.exe', signatures: [signature('CN=A\u0007\nB')] });
    const text = questionText(facts, ['a\u200Bb', 'x'.repeat(20_000), '/end'], 'Rule\u2028two');
    expect(text.program).toBe('gpj<U+202E>exe.exe');
    expect(text.publisher).toBe('CN=A<U+0007><U+000A>B');
    expect(text.rule).toBe('Rule<U+2028>two');
    expect(text.arguments).toMatch(/^a<U\+200B>b x+…\[20009 characters, [0-9a-f]{16}\]…x+ \/end$/);
    expect(text.arguments.length).toBeLessThanOrEqual(1_000);
  });
});
