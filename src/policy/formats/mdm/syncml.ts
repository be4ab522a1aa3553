/**
 * A policy as the operations an MDM server sends: ADMX ingestion, then one OMA-URI per configured policy of the ADMX,
 * with the payload of ADMX-backed policies (`<enabled/><data id="…" value="…"/>`, list entries separated by U+F000).
 */
import { EpmError } from '../../../model/errors.ts';
import type { PolicyScope, PortablePolicy } from '../../../model/policy.ts';
import { LIST_SEPARATOR } from './admx-payload.ts';
import { ADMX_POLICIES, type AdmxElement } from '../../declaration/admx.ts';
import { ADMX_APPLICATION, ADMX_CATEGORY, ADMX_REVISION, ADMX_SETTING_TYPE } from '../../declaration/names.ts';
import type { WrittenPolicy } from '../format.ts';
import { writePolicy } from '../../registry/registry-policy.ts';
import type { RegistrySnapshot } from '../../registry/registry-snapshot.ts';
import { escapeXml } from '../../../text/xml.ts';

interface OmaOperation {
  readonly verb: 'Add' | 'Replace' | 'Delete';
  readonly uri: string;
  /** Absent for Delete. */
  readonly data?: string;
}

/** Identifier of the ingested file. Letters, digits and `_` only; each revision has its own, which is how it is updated. */
export const ADMX_INSTALL_URI = `./Device/Vendor/MSFT/Policy/ConfigOperations/ADMXInstall/${ADMX_APPLICATION}/${ADMX_SETTING_TYPE}/EPM_${ADMX_REVISION.replaceAll('.', '_')}`;

/** OMA-URI of one policy of the ADMX. OMA-URIs are case sensitive. */
export function policyUri(scope: PolicyScope['kind'], policy: string): string {
  const root = scope === 'device' ? './Device' : './User';
  return `${root}/Vendor/MSFT/Policy/Config/${ADMX_APPLICATION}~${ADMX_SETTING_TYPE}~${ADMX_CATEGORY}/${policy}`;
}

/** Ingestion of the ADMX file, which must come before the policies that use it. */
export function installOperation(admx: string): OmaOperation {
  return { verb: 'Add', uri: ADMX_INSTALL_URI, data: admx };
}

/**
 * The operations that take a device from one policy to another.
 * @param document The policy to be in force.
 * @param previous The policy delivered before; what it configured and the new one does not is deleted.
 * @throws EpmError EPM_POLICY_INVALID, EPM_POLICY_RULE_REJECTED when the document cannot be delivered whole.
 */
export function policyOperations(document: PortablePolicy, previous?: PortablePolicy): readonly OmaOperation[] {
  const now = writePolicy(document);
  const before = previous === undefined ? undefined : writePolicy(previous);
  return ADMX_POLICIES.flatMap(({ name, element }): OmaOperation[] => {
    const uri = policyUri(document.scope.kind, name);
    const data = payload(element, now);
    if (data !== undefined) return [{ verb: 'Replace', uri, data }];
    if (before !== undefined && payload(element, before) !== undefined) return [{ verb: 'Delete', uri }];
    return [];
  });
}

/** Intune takes no longer value of one OMA-URI, in characters. */
export const LONGEST_OMA_VALUE = 350_000;

/**
 * The operations that bring a policy to a device that has none.
 * @throws EpmError EPM_POLICY_INVALID when it is empty or a value is longer than Intune takes, and as {@link policyOperations}
 */
export function deliveryOf(document: PortablePolicy): readonly OmaOperation[] {
  const operations = policyOperations(document);
  if (operations.length === 0) {
    throw new EpmError('EPM_POLICY_INVALID', 'The policy is empty, and OMA-URIs say nothing about an empty policy.', {
      hint: 'Unassign the profile to take a policy away.',
    });
  }
  for (const { uri, data = '' } of operations) {
    if (data.length <= LONGEST_OMA_VALUE) continue;
    throw new EpmError(
      'EPM_POLICY_INVALID',
      `The value of ${uri} has ${data.length} characters; Intune takes at most ${LONGEST_OMA_VALUE}.`,
      { hint: 'Deliver the policy by Group Policy (registry-pol), or remove rules that are no longer needed.' },
    );
  }
  return operations;
}

/** The format `syncml`: one message with every setting and list, for a device that has EPM's ADMX already. */
export function writeSyncMl(document: PortablePolicy): WrittenPolicy {
  return { bytes: Buffer.from(renderSyncMl(deliveryOf(document))), rules: [], problems: [] };
}

/** Payload of a policy of the ADMX; undefined: not configured. */
function payload(element: AdmxElement, snapshot: RegistrySnapshot): string | undefined {
  if (element.kind === 'list') {
    const list = snapshot.subkeys.find(({ name }) => element.key.endsWith(`\\${name}`));
    if (list === undefined) return undefined;
    const entries = list.key.values.flatMap(({ name, data }) => [name, String(data)]);
    const unfit = entries.find((entry) => entry.includes(LIST_SEPARATOR));
    if (unfit !== undefined) {
      throw new EpmError('EPM_POLICY_INVALID', `"${unfit.slice(0, 64)}" holds U+F000, which separates list entries.`, {
        hint: 'Rename the rule.',
      });
    }
    return `<enabled/>${dataElement(element.id, entries.map(escapeXml).join('&#xF000;'))}`;
  }
  const value = snapshot.values.find(({ name }) => name === element.valueName);
  if (value === undefined) return undefined;
  if (element.kind === 'switch') return value.data === 1 ? '<enabled/>' : '<disabled/>';
  if (element.kind === 'multiText') {
    return `<enabled/>${dataElement(element.id, (value.data as readonly string[]).map(escapeXml).join('&#xF000;'))}`;
  }
  return `<enabled/>${dataElement(element.id, escapeXml(String(value.data)))}`;
}

function dataElement(id: string, escapedValue: string): string {
  return `<data id="${id}" value="${escapedValue}"/>`;
}

/**
 * One SyncML message with the operations in their order. Ingestion stands alone; neighbouring settings share one
 * Atomic, so that a device takes them all or none.
 */
export function renderSyncMl(operations: readonly OmaOperation[]): string {
  let command = 0;
  const render = (operation: OmaOperation): string => renderOperation(operation, (command += 1));
  const blocks: string[] = [];
  for (let index = 0; index < operations.length;) {
    const settings = operations.slice(
      index,
      firstIndex(operations, index, (operation) => operation.verb === 'Add'),
    );
    if (settings.length === 0) {
      const install = operations[index];
      if (install !== undefined) blocks.push(render(install));
      index += 1;
    } else {
      const id = (command += 1);
      blocks.push(`    <Atomic>\n      <CmdID>${id}</CmdID>\n${settings.map(render).join('')}    </Atomic>\n`);
      index += settings.length;
    }
  }
  return `<?xml version="1.0" encoding="utf-8"?>
<SyncML xmlns="SYNCML:SYNCML1.2">
  <SyncBody>
${blocks.join('')}    <Final/>
  </SyncBody>
</SyncML>
`;
}

function firstIndex<T>(items: readonly T[], from: number, wanted: (item: T) => boolean): number {
  const index = items.findIndex((item, position) => position >= from && wanted(item));
  return index === -1 ? items.length : index;
}

function renderOperation({ verb, uri, data }: OmaOperation, command: number): string {
  const meta = '<Meta><Format xmlns="syncml:metinf">chr</Format><Type xmlns="syncml:metinf">text/plain</Type></Meta>';
  const content = data === undefined ? '' : `${meta}<Data>${cdata(data)}</Data>`;
  return `    <${verb}>
      <CmdID>${command}</CmdID>
      <Item><Target><LocURI>${escapeXml(uri)}</LocURI></Target>${content}</Item>
    </${verb}>
`;
}

function cdata(text: string): string {
  return `<![CDATA[${text.replaceAll(']]>', ']]]]><![CDATA[>')}]]>`;
}
