/**
 * What Windows keeps in HKEY_LOCAL_MACHINE of the policies that an MDM server set for a user. Below
 * `PolicyManager\current\<SID>\<area>` each policy that holds has a value `<policy>_WinningProvider`, the enrollment it
 * came by; its payload is the value `<policy>` there, or that of the enrollment's own key ({@link MdmDelivery}).
 */
import { EpmError } from '../../../model/errors.ts';
import { OmaPolicies } from './oma-policy.ts';
import { policyUri } from './syncml.ts';
import type { RegistrySnapshot } from '../../registry/registry-snapshot.ts';

/** Texts of a key, by the names of its values. */
type Texts = ReadonlyMap<string, string>;

const WINNING_PROVIDER = '_WinningProvider';

/**
 * The policy key that the record stands for.
 * @param current values of the user's area
 * @param ofProvider gives the values of the area of an enrollment
 * @returns undefined when there is no record
 * @throws EpmError EPM_MDM_UNREADABLE when part of it cannot be read: what is missing may be a rule that denies
 */
export function recordedPolicy(current: Texts, ofProvider: (provider: string) => Texts): RegistrySnapshot | undefined {
  const oma = new OmaPolicies();
  for (const [valueName, provider] of current) {
    if (!valueName.endsWith(WINNING_PROVIDER)) continue;
    const name = valueName.slice(0, -WINNING_PROVIDER.length);
    const payload = current.get(name) ?? ofProvider(provider).get(name);
    if (payload === undefined || oma.apply('Replace', policyUri('user', name), payload).kind !== 'done') {
      throw new EpmError('EPM_MDM_UNREADABLE', `The record of ${policyUri('user', name)} cannot be read.`);
    }
  }
  return oma.snapshot('user');
}
