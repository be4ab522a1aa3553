/** What an MDM server delivered, as a person reads it. */
import type { PortableScope } from '../../model/policy.ts';
import type { MdmDelivery, MdmItem } from '../../policy/formats/mdm/mdm-answer.ts';
import { policyUri } from '../../policy/formats/mdm/syncml.ts';
import { describeDiagnostic, fields, shown } from './text.ts';

const BRIDGES: Readonly<Record<MdmDelivery['bridge'], string>> = {
  answered: 'answered',
  noClass: 'has no class for an ingested ADMX file; read from the keys of the Policy CSP',
  failed: 'did not answer; read from the keys of the Policy CSP',
  absent: 'is not there; read from the keys of the Policy CSP',
};
const STATES: Readonly<Record<MdmItem['state'], string>> = {
  inForce: 'in force',
  lost: 'another enrollment wins',
  unused: 'delivered, and the device does not say that it holds',
  missing: 'without a payload',
};

export function describeDelivery({ bridge, bridgeError, enrollments, admx, items, problems }: MdmDelivery): string {
  const error = bridgeError === undefined ? '' : ` (${bridgeError})`;
  return (
    fields([
      ['WMI bridge', `${BRIDGES[bridge]}${error}`],
      ['Managed by', enrollments.map(({ provider, state }) => `${provider} (state ${state})`).join(', ') || 'nobody'],
      ['ADMX of EPM', admx.map(({ id }) => id).join(', ') || 'not ingested'],
      ['Delivered', items.length],
    ]) +
    items.map((item) => `  ${describeItem(item)}\n`).join('') +
    problems.map((problem) => `  ${describeDiagnostic(problem)}\n`).join('')
  );
}

function describeItem({ scope, name, state }: MdmItem): string {
  return `${whose(scope)}, ${shown(policyUri(scope.kind, name))}: ${STATES[state]}`;
}

/** For whom a policy is. */
export function whose(scope: PortableScope | undefined): string {
  return scope?.kind === 'user' ? `User ${scope.sid ?? ''}`.trimEnd() : 'Device';
}
