/** Records the answer of the probe of signatures: what the agent makes of a program that Windows brings. */
import * as fs from 'node:fs';
import { win32 as paths } from 'node:path';
import type { Answer } from '../../agent/selftest/probe.ts';
import type { SignatureFacts } from '../../model/file-facts.ts';
import { openOwnFile } from '../files/file-opener.ts';
import { createMachineTrust } from '../trust/signature-trust.ts';
import { makeFolder, type ProbeTools } from './tools.ts';

/** In the text "This program cannot be run in DOS mode", which is signed like every other byte. */
const IN_STUB = 0x4e;

export async function windowsSignature(tools: ProbeTools): Promise<Answer> {
  const original = paths.join(tools.dlls.systemFolder, 'cmd.exe');
  const signatures = await signaturesOf(tools, original);
  const changed = paths.join(makeFolder(tools), 'changed.exe');
  const bytes = fs.readFileSync(original);
  bytes.writeUInt8(bytes.readUInt8(IN_STUB) ^ 1, IN_STUB);
  fs.writeFileSync(changed, bytes);
  return {
    trusted: signatures.some(isTrusted),
    changedTrusted: (await signaturesOf(tools, changed)).some(isTrusted),
    signatures: signatures.map(described),
  };
}

const isTrusted = ({ trusted }: SignatureFacts): boolean => trusted;

/** No address is asked: the answer must not depend on the network. */
async function signaturesOf({ dlls }: ProbeTools, path: string): Promise<readonly SignatureFacts[]> {
  const file = openOwnFile(dlls, path, { trust: createMachineTrust(dlls, { onlineRevocation: false }) });
  try {
    return (await file.facts({ digests: [] })).signatures;
  } finally {
    file.close();
  }
}

/** What of a signature is the same on every machine: it is that of Windows. */
function described({ leaf, issuers, trusted, validNow, revocation, origin, faults }: SignatureFacts): Answer {
  return {
    chain: [leaf, ...issuers].map(({ sha256 }) => sha256),
    trusted,
    validNow,
    revocation,
    origin: origin ?? null,
    faults: [...(faults ?? [])],
  };
}
