import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import { describeWindows, type TestBed } from '../bed/index.ts';
import { corpusGaps, corpusIdentities, type CorpusFile, signedCorpus, whyNoCorpus } from '../corpus/index.ts';
import { AgentUnderTest, type AgentMessage, type Json } from './agent-under-test.ts';
import { storeText, withoutText } from './trust-machine.ts';
import { eventually } from '../eventually.ts';

const FOLDER = 'C:\\Program Files\\Signed';
/** Certificates that every system brings along; Wine has imported its own once there are as many as this. */
const MANY_ROOTS = 20;

function tests(bed: () => TestBed): void {
  let agent: AgentUnderTest;
  let corpus: readonly CorpusFile[];
  let gaps: Awaited<ReturnType<typeof corpusGaps>>;

  const publisherRule = (sha256: string | undefined, more: Json): Json => ({
    type: 'automatic',
    filePath: FOLDER,
    certificate: { type: 'publisher', sha256 },
    ...more,
  });
  const roots = (): readonly Uint8Array[] => corpus[0]?.roots ?? [];
  const put = (name: string): string => {
    const file = corpus.find((each) => each.name === name);
    if (file === undefined) throw new Error(name);
    const path = `${FOLDER}\\${name}.${file.type}`;
    bed().putFile(path, readFileSync(file.path));
    return path;
  };
  const elevate = (path: string): Promise<AgentMessage> => agent.ask('elevate', { path, wait: true });

  beforeAll(async () => {
    corpus = await signedCorpus();
    gaps = await corpusGaps();
    const identities = await corpusIdentities();
    agent = new AgentUnderTest(bed());
    const names = [
      'signed',
      'timestamped',
      'tampered-section',
      'same-name-self-signed',
      'same-name-other-root',
      'expired',
    ];
    await agent.apply({
      id: 'signed',
      settings: { enabled: true, defaultElevationResponse: 'denyAll', revocationUnknown: 'accept' },
      rules: [
        ...[...names, 'padded'].map((name) =>
          publisherRule(identities['leaf'], { name: `Publisher ${name}`, fileName: `${name}.exe` }),
        ),
        publisherRule(identities['ca'], {
          name: 'Authority',
          fileName: 'signed-sha384.exe',
          certificate: { type: 'issuingAuthority', sha256: identities['ca'] },
        }),
        publisherRule(identities['expired'], {
          name: 'Timestamped',
          fileName: 'expired-timestamped.exe',
        }),
        publisherRule(identities['expired'], {
          name: 'Expired',
          fileName: 'expired-token.exe',
          acceptTimestamped: false,
        }),
        publisherRule(identities['otherLeaf'], { name: 'Denied', type: 'deny', fileName: 'nested-by-stranger.exe' }),
        publisherRule(identities['leaf'], { name: 'Not the stranger', fileName: 'nested-by-stranger.exe' }),
      ],
    });
    await agent.start();
    // The agent reads the roots of the machine when it starts. Wine then imports those of the system and throws away
    // the others, so a test's own root comes after that.
    await eventually(async () => {
      const found = await bed().run({
        program: 'C:\\windows\\system32\\reg.exe',
        arguments: ['query', 'HKLM\\Software\\Microsoft\\SystemCertificates\\Root\\Certificates'],
      });
      expect(found.output.split('\n').length).toBeGreaterThan(MANY_ROOTS);
    });
    await bed().importRegistry(storeText(['machine', 'Root'], roots()));
  });

  it.for(['signed', 'timestamped', 'signed-sha384', 'expired-timestamped'])(
    'elevates %s, which the publisher of the rule signed',
    async (name, { skip }) => {
      const gap = gaps.find((missing) => missing.name === name);
      if (gap !== undefined) skip(gap.reason);
      expect(await elevate(put(name))).toMatchObject({ kind: 'result', body: { outcome: 'finished', exitCode: 0 } });
    },
  );

  it.each([
    ['AC-40', 'same-name-self-signed', 'the same name and another key'],
    ['AC-40', 'same-name-other-root', 'the same name below another root'],
    ['AC-42', 'tampered-section', 'bytes changed after signing'],
    ['AC-43', 'expired', 'a certificate that has expired'],
    ['AC-43', 'expired-token', 'an expired certificate with a timestamp, which the rule does not take'],
    ['AC-45', 'nested-by-stranger', 'a nested signature of somebody who is denied'],
  ])('%s refuses %s: %s', async (_case, name) => {
    expect(await elevate(put(name))).toMatchObject({ kind: 'result', body: { outcome: 'denied' } });
  });

  it('AC-41 refuses a file with bytes behind its signature', async () => {
    const answer = await elevate(put('padded'));
    expect([answer.body['outcome'], answer.body['code']]).toContainEqual(
      answer.kind === 'error' ? 'EPM_FILE_MALFORMED' : 'denied',
    );
  });

  it('AC-40 refuses everything once the root is gone from the machine', async () => {
    await bed().importRegistry(withoutText(['machine', 'Root'], roots()));
    await agent.stop();
    await agent.start();
    await eventually(async () => expect(await elevate(put('signed'))).toMatchObject({ body: { outcome: 'denied' } }));
  });

  it('stops without a trace', async () => {
    await agent.stop();
  });
}

const NAME = 'an elevation of signed programs by the packed agent';
const reason = whyNoCorpus();
if (reason === undefined) describeWindows(NAME, ['epm'], tests);
else {
  describe.skip(`${NAME} skipped: ${reason}`, () => {
    tests(() => {
      throw new Error(reason);
    });
  });
}
