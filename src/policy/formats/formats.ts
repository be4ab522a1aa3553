/** The formats a policy travels in, each with its reader and its writer. */
import { placeText } from '../../model/diagnostic.ts';
import { EpmError } from '../../model/errors.ts';
import { detectFormat } from './detect-format.ts';
import type { PortablePolicy } from '../../model/policy.ts';
import type { PolicyFormat, PolicyReader, ReadOptions, ReadPolicies, WriteOptions, WrittenPolicy } from './format.ts';
import { readGraph, writeGraph } from './graph/index.ts';
import { readIntuneProfile, writeIntuneProfile } from './mdm/intune-profile.ts';
import { parsePolicyFile, writePolicyFile } from './json/policy-file.ts';
import { readRegFile } from './reg/reg-file.ts';
import { regBytes, regText, replacePolicy } from './reg/reg-writer.ts';
import { readRegistryJson, writeRegistryJson } from './registry-json.ts';
import { readRegistryPol, writeRegistryPol } from './registry-pol.ts';
import { writePolicy } from '../registry/registry-policy.ts';
import { writeSyncMl } from './mdm/syncml.ts';
import { readSyncMlPolicies } from './mdm/syncml-reader.ts';
import { decodePolicyText } from './input.ts';

interface Format {
  readonly read: PolicyReader;
  readonly write: (policy: PortablePolicy, options?: WriteOptions) => WrittenPolicy;
  /** What it says about whom a policy is for. `place`: the user whose place in the machine's key it is, and nothing else. */
  readonly statesScope: 'not' | 'kind' | 'place' | 'user';
  /** Name of a file in this format, behind its dot. */
  readonly extension: string;
}

export const FORMATS: Readonly<Record<PolicyFormat, Format>> = {
  json: {
    read: (input) => ({ policies: [parsePolicyFile(decodePolicyText(input))], problems: [] }),
    write: (policy) => ({ bytes: Buffer.from(writePolicyFile(policy)), rules: [], problems: [] }),
    statesScope: 'not',
    extension: 'json',
  },
  graph: {
    read: readGraph,
    write: (policy, options) => writeGraph({ ...policy, scope: { kind: 'device' } }, options),
    statesScope: 'not',
    extension: 'json',
  },
  syncml: { read: readSyncMlPolicies, write: writeSyncMl, statesScope: 'kind', extension: 'xml' },
  'intune-profile': { read: readIntuneProfile, write: writeIntuneProfile, statesScope: 'kind', extension: 'json' },
  registry: { read: readRegistryJson, write: writeRegistryJson, statesScope: 'user', extension: 'json' },
  reg: {
    read: readRegFile,
    write: (policy) => ({
      bytes: regBytes(regText(replacePolicy(policy.scope, writePolicy(policy)))),
      rules: [],
      problems: [],
    }),
    statesScope: 'user',
    extension: 'reg',
  },
  'registry-pol': { read: readRegistryPol, write: writeRegistryPol, statesScope: 'place', extension: 'pol' },
};

/**
 * Reads the policies of an input.
 * @param from the format; undefined: by the content
 * @throws EpmError EPM_POLICY_INVALID when it is not of the format, of no format, or holds no policy
 */
export function readPolicies(
  input: Uint8Array,
  from: PolicyFormat | undefined,
  options: ReadOptions = {},
): ReadPolicies & { readonly format: PolicyFormat } {
  const format = from ?? detectFormat(input);
  const read = FORMATS[format].read(input, options);
  if (read.policies.length > 0) return { ...read, format };
  const [problem] = read.problems;
  const where = placeText(problem?.place);
  const detail = problem === undefined ? '' : ` ${where === '' ? '' : `${where}: `}${problem.message}`;
  throw new EpmError('EPM_POLICY_INVALID', `The input, read as ${format}, holds no policy of EPM.${detail}`, {
    hint: 'Give what sets values of Software\\Policies\\EPM, or an EPM policy of Microsoft Graph.',
  });
}
