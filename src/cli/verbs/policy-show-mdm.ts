import type { CarriedScope } from '../../model/policy.ts';
import type { MdmDelivery, MdmItem } from '../../policy/formats/mdm/mdm-answer.ts';
import { policyUri } from '../../policy/formats/mdm/syncml.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import type { Io } from '../io.ts';
import { describeReason, fields, json, shown } from '../output/text.ts';
import { checkPolicy, shownRules } from '../input/check-policy.ts';
import { describeFile } from './policy-show.ts';

/**
 * Shows what the MDM server of this device delivered, and what comes out of it.
 * @returns 1 when something of it is not in force or cannot be taken
 * @throws EpmError EPM_PLATFORM elsewhere than on Windows, EPM_MDM_UNREADABLE, EPM_POWERSHELL_UNAVAILABLE,
 * EPM_POWERSHELL_FAILED, EPM_POWERSHELL_TIMEOUT
 */
export async function policyShowMdm(io: Io, options: { readonly json?: true }): Promise<ExitCode> {
  const { readMdm } = await import('../../windows/mdm/read-mdm.ts');
  return showDelivery(io, await readMdm(), options);
}

export function showDelivery(io: Io, delivery: MdmDelivery, options: { readonly json?: true }): ExitCode {
  const policies = delivery.policies.map((policy) => ({ policy, checked: checkPolicy(policy) }));
  if (options.json === true) {
    const shownPolicies = policies.map(({ policy: { id, scope, settings, problems }, checked }) => {
      return { scope, id, settings, rules: shownRules(checked), problems };
    });
    io.out(json({ ...delivery, policies: shownPolicies }));
  } else {
    io.out(describe(delivery));
    for (const { policy, checked } of policies) io.out(`\n${whose(policy.scope)}:\n${describeFile(checked)}`);
  }
  const isGood =
    delivery.problems.length === 0 &&
    delivery.items.every(({ state }) => state === 'inForce') &&
    policies.every(({ policy, checked }) => policy.problems.length === 0 && checked.rejected.length === 0);
  return isGood ? EXIT.done : EXIT.negative;
}

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

function describe({ bridge, bridgeError, enrollments, admx, items, problems }: MdmDelivery): string {
  const error = bridgeError === undefined ? '' : ` (${bridgeError})`;
  return (
    fields([
      ['WMI bridge', `${BRIDGES[bridge]}${error}`],
      ['Managed by', enrollments.map(({ provider, state }) => `${provider} (state ${state})`).join(', ') || 'nobody'],
      ['ADMX of EPM', admx.map(({ id }) => id).join(', ') || 'not ingested'],
      ['Delivered', items.length],
    ]) +
    items.map((item) => `  ${describeItem(item)}\n`).join('') +
    problems.map((problem) => `  ${describeReason(problem)}\n`).join('')
  );
}

function describeItem({ scope, name, state }: MdmItem): string {
  return `${whose(scope)}, ${shown(policyUri(scope.kind, name))}: ${STATES[state]}`;
}

function whose(scope: CarriedScope | undefined): string {
  return scope?.kind === 'user' ? `User ${scope.sid ?? ''}`.trimEnd() : 'Device';
}
