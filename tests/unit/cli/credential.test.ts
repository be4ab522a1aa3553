import { describe, expect, it } from 'vitest';
import { readCredential } from '../../../src/requests/credential.ts';
import { CredentialKey } from '../../../src/requests/sealed-credential.ts';
import { run } from '../../../src/cli/program.ts';
import { type CapturedOutput, captureOutput } from './captured.ts';

const TICKET = 'ab'.repeat(16);
const SECRET = 'zebra 4711 ß';

function question(key: CredentialKey, more: object = {}): string {
  const authentication = { key: key.publicKey, userSid: 'S-1-5-21-1-2-3-1001' };
  return JSON.stringify({
    outcome: 'needs',
    ticket: TICKET,
    authentication,
    question: { program: 'setup.exe' },
    ...more,
  });
}

function epm(words: readonly string[], input: string): Promise<CapturedOutput> {
  return captureOutput((io) => run(words, io), { input: () => Promise.resolve(Buffer.from(input)) });
}

describe('epm credential', () => {
  it('seals the credential that a script gives, for the question that it answers', async () => {
    const key = new CredentialKey();
    const input = question(key, { credential: { userName: 'ann', password: SECRET } });
    const { code, out, error } = await epm(['credential'], input);
    expect({ code, error }).toEqual({ code: 0, error: '' });
    expect(out).not.toContain('zebra');
    const { credential } = JSON.parse(out) as { readonly credential: string };
    expect(readCredential(key.open(TICKET, credential))).toEqual({
      form: 'password',
      userName: 'ann',
      password: Buffer.from(SECRET, 'utf16le'),
    });
  });

  it.each([
    ['no JSON', `{"credential":{"userName":"ann","password":"${SECRET}"`],
    ['a list', '[]'],
    ['an answer without a question', '{"outcome":"started"}'],
    ['a credential without a name', question(new CredentialKey(), { credential: { password: SECRET } })],
    [
      'a credential that is too long',
      question(new CredentialKey(), { credential: { userName: 'a', password: SECRET.repeat(99) } }),
    ],
    [
      'no key',
      question(new CredentialKey(), {
        authentication: { key: 'AAAA', userSid: 'S-1-5-21-1' },
        credential: { userName: 'a', password: SECRET },
      }),
    ],
  ])('AC-87 refuses %s, and repeats nothing of it', async (_name, input) => {
    const { code, out, error } = await epm(['credential', '--json'], input);
    expect(out).toBe('');
    // A wrong input is a wrong command line.
    expect(code).toBe(error.includes('EPM_ARGUMENT') ? 2 : 3);
    expect(JSON.parse(error)).toMatchObject({
      error: { code: expect.stringMatching(/^EPM_(?:ARGUMENT|CREDENTIAL_INVALID)$/) as string },
    });
    expect(error).not.toContain('zebra');
  });
});
