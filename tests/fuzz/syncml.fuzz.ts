/** Any text as a SyncML message: to the MDM client, statuses or a refusal; to the reader of policies, a policy or a refusal. */
import { renderAdmx } from '../../src/policy/declaration/admx.ts';
import { isEpmError } from '../../src/model/errors.ts';
import { installOperation, policyUri, renderSyncMl } from '../../src/policy/formats/mdm/syncml.ts';
import { readSyncMlPolicies } from '../../src/policy/formats/mdm/syncml-reader.ts';
import { MdmClient } from '../../testbed/mdm-client/mdm-client.ts';
import { MemoryRegistry } from '../../testbed/mdm-client/registry.ts';
import { fuzzFormat } from './policy-format.ts';

/** A device that took the ADMX. */
const INSTALLED = new MdmClient('S-1-5-21-1-2-3-1001');
INSTALLED.receive(renderSyncMl([installOperation(renderAdmx())]));
const replace = (policy: string, data: string) => ({
  verb: 'Replace' as const,
  uri: policyUri('device', policy),
  data,
});

export const corpus: readonly string[] = [
  renderSyncMl([replace('EnableEPM', '<enabled/>')]),
  renderSyncMl([
    replace('Rules', '<enabled/><data id="Rules_List" value="r&#xF000;{&quot;type&quot;:&quot;deny&quot;}"/>'),
  ]),
  renderSyncMl([{ verb: 'Delete', uri: policyUri('user', 'SendData') }]),
  `<!DOCTYPE a [<!ENTITY b "&b;&b;">]><SyncML><SyncBody>&b;</SyncBody></SyncML>`,
  '<SyncML><SyncBody><Atomic><CmdID>1</CmdID><Get><Item/></Get></Atomic><Sequence><Exec/></Sequence></SyncBody></SyncML>',
];

/** @throws on a finding. */
export function fuzz(bytes: Uint8Array): void {
  fuzzFormat(bytes, 'syncml', readSyncMlPolicies);
  const client = INSTALLED.copy();
  const registry = new MemoryRegistry();
  let received: ReturnType<MdmClient['receive']>;
  try {
    received = client.receive(new TextDecoder('utf-8').decode(bytes));
  } catch (error) {
    if (isEpmError(error)) return;
    throw error;
  }
  registry.apply(received.operations);
  for (const { status } of received.statuses) {
    if (!Number.isInteger(status) || status < 200 || status > 599) throw new Error(`Status ${status} does not exist.`);
  }
  const outside = received.operations.find(({ key }) => !key.startsWith('Software\\Policies\\EPM'));
  if (outside !== undefined) throw new Error(`The message wrote to ${outside.key}.`);
}
