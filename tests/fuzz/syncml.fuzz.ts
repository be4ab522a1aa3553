/** Any text as a SyncML message to the MDM client: statuses, or a refusal of the message. */
import { renderAdmx } from '../../src/policy/admx.ts';
import { installOperation, policyUri, renderSyncMl } from '../../src/policy/syncml.ts';
import { MdmClient } from '../mdm-client/mdm-client.ts';
import { MemoryRegistry } from '../mdm-client/registry.ts';

const INSTALL = renderSyncMl([installOperation(renderAdmx())]);
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
  '<SyncML><SyncBody><Atomic><CmdID>1</CmdID><Get><Item/></Get></Atomic><Sequence><Exec/></Sequence></SyncBody></SyncML>',
];

/** @throws on a finding. */
export function fuzz(bytes: Uint8Array): void {
  const client = new MdmClient('S-1-5-21-1-2-3-1001');
  const registry = new MemoryRegistry();
  client.receive(INSTALL);
  let received: ReturnType<MdmClient['receive']>;
  try {
    received = client.receive(new TextDecoder('utf-8').decode(bytes));
  } catch (error) {
    if (error instanceof Error && /The XML cannot be read|This is no SyncML message/.test(error.message)) return;
    throw error;
  }
  registry.apply(received.operations);
  for (const { status } of received.statuses) {
    if (!Number.isInteger(status) || status < 200 || status > 599) throw new Error(`Status ${status} does not exist.`);
  }
  const outside = received.operations.find(({ key }) => !key.startsWith('Software\\Policies\\EPM'));
  if (outside !== undefined) throw new Error(`The message wrote to ${outside.key}.`);
}
