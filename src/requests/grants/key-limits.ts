/** What an approver's key may not approve, whoever asks (decision G3). */
import { faultOf } from '../../engine/signatures.ts';
import type { ApproverKey } from '../../model/approver-key.ts';
import type { FileFacts, SignatureFacts } from '../../model/file-facts.ts';
import type { GrantDevice, GrantStatement } from '../../model/grant.ts';
import type { EffectiveSettings } from '../../model/settings.ts';
import { foldCase } from '../../text/compare.ts';

const HOUR = 60 * 60_000;
/** As for a rule that support approves: how good a signature has to be. */
const TERMS = { type: 'supportApproved', acceptTimestamped: undefined } as const;

/** @param file undefined: the publisher is not asked */
export function exceedsKey(
  { device, requester, from, until, uses }: GrantStatement,
  { rights, limits }: ApproverKey,
  file?: { readonly facts: Pick<FileFacts, 'signatures'>; readonly settings: EffectiveSettings },
): boolean {
  const { publishers, maximumHours, singleUseOnly } = limits;
  if (requester === undefined && !rights.anyUser) return true;
  if (!mayConcern({ rights }, device)) return true;
  if (maximumHours !== undefined && until - from > maximumHours * HOUR) return true;
  if (singleUseOnly === true && uses !== 1) return true;
  if (publishers === undefined || file === undefined) return false;
  return !file.facts.signatures.some((signature) => isBy(signature, publishers, file.settings));
}

/** Whether what the key signs may be about the device, or the group of devices. */
export function mayConcern({ rights }: Pick<ApproverKey, 'rights'>, device: GrantDevice): boolean {
  return device.kind === 'device' || rights.deviceGroups.some((name) => foldCase(name) === foldCase(device.name));
}

function isBy(signature: SignatureFacts, publishers: readonly string[], settings: EffectiveSettings): boolean {
  if (faultOf(TERMS, signature, settings) !== undefined) return false;
  const { leaf, issuers } = signature;
  return publishers.some((publisher) =>
    /^[0-9a-f]{64}$/i.test(publisher)
      ? [leaf, ...issuers].some(({ sha256 }) => sha256 === publisher.toLowerCase())
      : leaf.subject === publisher,
  );
}
