/** Credentials in full language: sealed by .NET, opened by what the agent opens them with. */
import { describe, expect, it } from 'vitest';
import { readCredential } from '../../src/requests/credential.ts';
import { CredentialKey } from '../../src/requests/sealed-credential.ts';
import { importModule, lastError, quote, run, shell } from './powershell.ts';

const TICKET = 'ab'.repeat(16);

/** Runs text inside the module, in full language. */
function inModule(text: string): string {
  const { output, errors } = run(`${importModule()}\n& (Get-Module EPM) {\n${text}\n}`);
  expect(errors).toBe('');
  return output.trim();
}

function credential(userName: string, password: string): string {
  const secure =
    password === '' ? '[securestring]::new()' : `(ConvertTo-SecureString ${quote(password)} -AsPlainText -Force)`;
  return `([pscredential]::new(${quote(userName)}, ${secure}))`;
}

describe.skipIf(shell === undefined)('a credential in full language', () => {
  it.each([
    ['CONTOSO\\ann', 'pä$$ wörd 😀'],
    ['ann@contoso.com', 'x'],
    ['ann', ''],
    ['u'.repeat(300), 'p'.repeat(256)],
  ])('%s is sealed so that the agent can open it', (userName, password) => {
    const key = new CredentialKey();
    const sealed = inModule(
      `Protect-EPMCredential -Ticket ${quote(TICKET)} -AgentKey ${quote(key.publicKey)} -Credential ${credential(userName, password)}`,
    );
    expect(sealed).toMatch(/^[A-Za-z0-9+/]+={0,2}$/);
    expect(readCredential(key.open(TICKET, sealed))).toEqual({
      form: 'password',
      userName,
      password: Buffer.from(password, 'utf16le'),
    });
  });

  it('is bound to its ticket', () => {
    const key = new CredentialKey();
    const sealed = inModule(
      `Protect-EPMCredential -Ticket ${quote('cd'.repeat(16))} -AgentKey ${quote(key.publicKey)} -Credential ${credential('ann', 'x')}`,
    );
    expect(() => key.open(TICKET, sealed)).toThrow(expect.objectContaining({ code: 'EPM_CREDENTIAL_INVALID' }));
  });

  it('is asked for by name where nobody can be asked', () => {
    const script = `
      function Invoke-Test { [CmdletBinding()] param()
        $needs = [pscustomobject]@{ ticket = ''; authentication = [pscustomobject]@{ key = ''; userSid = '' }; file = [pscustomobject]@{ path = 'C:\\Tools\\setup.exe' } }
        & (Get-Module EPM) { param($Cmdlet, $Needs) Get-EPMSealedCredential -Cmdlet $Cmdlet -Needs $Needs -Credential $null } $PSCmdlet $needs
      }
      Invoke-Test ${lastError}`;
    expect(run(`${importModule()}\n${script}`)).toEqual({
      exitCode: 0,
      errors: '',
      output: 'EPM.Credential.Required,Invoke-Test\nInvalidArgument\nC:\\Tools\\setup.exe\n',
    });
  });
});
