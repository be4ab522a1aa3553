/** Rules by what a file says of itself and by who signed it, decided by the agent on real bytes. */
import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { createAgent } from '../../../src/agent/index.ts';
import type { SignatureTrust } from '../../../src/facts/trust.ts';
import type { MachineVerdict } from '../../../src/model/file-facts.ts';
import type { RuleInput } from '../../../src/model/rule.ts';
import { sha256 } from '../../../src/model/brands.ts';
import { CORPUS_NOW, corpusIdentities, signedCorpus, whyNoCorpus } from '../../corpus/index.ts';
import { machineChains } from '../facts/machine-chains.ts';
import { buildProgram, versionResource } from '../facts/pe-builder.ts';
import { caller, context, hashOf, SETUP, FakeMachine } from './fake-machine.ts';

/** RT_VERSION of winuser.h. */
const VERSION_RESOURCE = 16;
const OPTIONS = { version: '1.2.3', processId: 1 };

async function outcome(machine: FakeMachine): Promise<unknown> {
  const agent = await createAgent(machine.ports(), OPTIONS);
  const result = await agent.elevate(caller(), { path: SETUP }, context().value);
  machine.processes.at(-1)?.exit(0);
  await agent.stop();
  return result;
}

describe('a rule by the version resource', () => {
  const bytes = buildProgram({
    resources: [
      {
        type: VERSION_RESOURCE,
        data: versionResource({
          version: [2, 5, 0, 1],
          tables: {
            '040904b0': { ProductName: 'Setup of Contoso', InternalName: 'setup', FileDescription: 'Installer' },
          },
        }),
      },
    ],
  });

  function withRule(rule: Partial<RuleInput>): FakeMachine {
    const machine = new FakeMachine();
    machine.addFile(SETUP, bytes);
    const base = { name: 'Setup', type: 'automatic', fileName: 'setup.exe', fileHash: hashOf(bytes) } as const;
    machine.addPolicy([{ ...base, ...rule }]);
    return machine;
  }

  it.each<[string, Partial<RuleInput>, string]>([
    ['the version of the file', { minimumVersion: '2.5.0.1' }, 'started'],
    ['a lower version', { minimumVersion: '2.4' }, 'started'],
    ['a higher version', { minimumVersion: '2.5.0.2' }, 'denied'],
    ['the product', { productName: 'setup of contoso' }, 'started'],
    ['another product', { productName: 'Setup of Fabrikam' }, 'denied'],
    ['internal name and description', { internalName: 'SETUP', fileDescription: 'installer' }, 'started'],
    ['another internal name', { internalName: 'other' }, 'denied'],
  ])('asks for %s', async (_name, rule, expected) => {
    expect(await outcome(withRule(rule))).toMatchObject({ outcome: expected });
  });

  it('denies by the product alone', async () => {
    const machine = new FakeMachine();
    machine.addFile(SETUP, bytes);
    machine.addPolicy([{ name: 'No setup', type: 'deny', productName: 'Setup of Contoso' }]);
    expect(await outcome(machine)).toMatchObject({ outcome: 'denied', rule: { name: 'No setup' } });
  });
});

const reason = whyNoCorpus();
const GOOD: MachineVerdict = { trusted: true, status: '0x00000000', chainStatus: '0x00000000', revocation: 'good' };

describe.skipIf(reason !== undefined)(reason === undefined ? 'a rule by the publisher' : `skipped: ${reason}`, () => {
  async function signedBy(
    name: string,
    rule: Partial<RuleInput>,
    verdict: MachineVerdict = GOOD,
  ): Promise<FakeMachine> {
    const file = (await signedCorpus()).find((each) => each.name === name);
    if (file === undefined) throw new Error(`The corpus has no ${name}.`);
    const identities = await corpusIdentities();
    const machine = new FakeMachine();
    machine.now = CORPUS_NOW;
    machine.addFile(SETUP, await readFile(file.path));
    const trust: SignatureTrust = {
      judge: async (signature) => ({ verdict, chains: await machineChains(signature, file.roots) }),
      catalogs: () => Promise.resolve([]),
    };
    machine.judges = { trust, now: () => CORPUS_NOW };
    const certificate = { type: 'publisher', sha256: sha256(identities['leaf'] ?? '') } as const;
    machine.addPolicy([{ name: 'Publisher', type: 'automatic', fileName: 'setup.exe', certificate, ...rule }]);
    return machine;
  }

  it('elevates what the publisher signed', async () => {
    expect(await outcome(await signedBy('signed', {}))).toMatchObject({
      outcome: 'started',
      rule: { name: 'Publisher' },
    });
  });

  it('elevates what was signed under the authority', async () => {
    const ca = (await corpusIdentities())['ca'] ?? '';
    const certificate = { type: 'issuingAuthority', sha256: sha256(ca) } as const;
    expect(await outcome(await signedBy('signed', { certificate }))).toMatchObject({ outcome: 'started' });
  });

  it.each<[string, string, MachineVerdict]>([
    ['is unsigned', 'unsigned', GOOD],
    ['was signed by SHA-1', 'weak-sha1', GOOD],
    ['Windows does not trust', 'signed', { ...GOOD, trusted: false, status: '0x800b0111' }],
    ['was revoked', 'signed', { ...GOOD, revocation: 'revoked' }],
    ['may have been revoked', 'signed', { ...GOOD, revocation: 'unknown' }],
  ])('elevates nothing that %s', async (_why, name, verdict) => {
    expect(await outcome(await signedBy(name, {}, verdict))).toMatchObject({
      outcome: 'denied',
      reason: 'defaultResponse',
    });
  });

  it('AC-41 elevates nothing that was changed or extended after it was signed', async () => {
    const changed = (await signedCorpus()).filter(
      ({ type, expectation }) =>
        type === 'exe' &&
        (expectation.kind === 'malformed' ||
          (expectation.kind === 'signatures' &&
            expectation.signatures.some(({ faults }) => faults.includes('digestMismatch')))),
    );
    expect(changed.length).toBeGreaterThan(3);
    for (const { name } of changed) {
      expect(await outcome(await signedBy(name, {})), name).toMatchObject({ outcome: 'denied' });
    }
  });

  it('denies what the publisher signed, however bad the signature is', async () => {
    const bad = { ...GOOD, trusted: false, revocation: 'unknown' } as const;
    for (const name of ['signed', 'weak-sha1']) {
      const machine = await signedBy(name, { type: 'deny' }, bad);
      expect(await outcome(machine), name).toMatchObject({ outcome: 'denied', reason: 'denyRule' });
    }
  });
});
