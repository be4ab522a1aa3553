/** What the machine is asked about revocation, and of whom. */
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { signedCorpus } from '../corpus/index.ts';
import { patient } from '../../tooling/patience.mjs';
import { RevocationServer } from './revocation-server.ts';
import {
  contentOf,
  describeCorpus,
  judgedIn,
  signaturesOf,
  storeText,
  TrustMachine,
  withoutText,
} from './trust-machine.ts';

describeCorpus('revocation asked of the machine', (bed) => {
  it('AC-43 asks for revocation, in time, and only when everything else is trusted', async () => {
    const unsigned = (await signedCorpus()).find(({ name }) => name === 'unsigned')!;
    const asked = await TrustMachine.install(bed());
    const server = await RevocationServer.start(unsigned.path);
    try {
      const files = await Promise.all(
        (['good', 'revoked', 'silent'] as const).map(async (name) => {
          const path = `C:\\Corpus\\revocation-${name}.exe`;
          bed().putFile(path, readFileSync(server.program(name)));
          return { name, path, signatures: signaturesOf(await contentOf({ path: server.program(name) })) };
        }),
      );
      const stranger = await asked.ask(files, '');
      for (const { name } of files) {
        expect(judgedIn(stranger, name).verdict).toMatchObject({ trusted: false, revocation: 'unknown' });
      }
      expect(server.asked, 'a stranger makes the system call nobody').toEqual([]);

      // Wine does not keep to the time that the agent asks for; tests/unit/windows/trust.test.ts has the agent's own limit.
      const limits = bed().kind === 'wine' ? { timeLimit: patient(4_000) } : {};
      const trusted = await asked.ask(files, storeText(['machine', 'Root'], [server.root]), limits);
      expect(judgedIn(trusted, 'good').verdict).toMatchObject({ trusted: true, revocation: 'good' });
      expect(judgedIn(trusted, 'revoked').verdict).toMatchObject({ trusted: true, revocation: 'revoked' });
      // Wine waits for a silent server for ever, in spite of dwUrlRetrievalTimeout: then the whole question is given up.
      expect(trusted.files['silent']?.judged[0]).toMatchObject(
        bed().kind === 'wine'
          ? { failed: 'EPM_SIGNATURE_UNCHECKED' }
          : { verdict: { trusted: true, revocation: 'unknown' } },
      );
      expect(new Set(server.asked)).toEqual(new Set(['/list.crl', '/silent.crl']));
    } finally {
      // A real machine goes on after the tests.
      await bed().importRegistry(withoutText(['machine', 'Root'], [server.root]));
      await server.stop();
    }
  });
});
