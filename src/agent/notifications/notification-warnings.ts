/** What the status warns of about notifications. */
import { defined } from '../../model/defined.ts';
import type { StatusWarning } from '../contract.ts';
import type { Notifications } from './notifications.ts';
import { SEND_FAULTS } from './send-faults.ts';

/** @param showsReceivers only administrators are told which receivers there are */
export function notificationWarnings(
  { fault, status }: Pick<Notifications, 'fault' | 'status'>,
  showsReceivers: boolean,
): readonly StatusWarning[] {
  const warnings: StatusWarning[] = [];
  if (fault !== undefined) {
    warnings.push({
      code: 'notificationsUnusable',
      message: `Messages about support requests cannot be kept (${fault.code}): ${fault.message}`,
      hint: "Make room on the system drive, and check the folder of the agent's data.",
      data: { errorCode: fault.code },
    });
  }
  if (!showsReceivers) return warnings;
  for (const { name, queued, oldest, lastFault } of status.receivers) {
    if (queued === 0 || lastFault === undefined) continue;
    warnings.push({
      code: 'receiverFailing',
      message: `The receiver "${name}" takes no messages; ${queued} wait for it. ${SEND_FAULTS[lastFault.fault]}`,
      hint: `Correct it, and try it with: epm notification test "${name}".`,
      data: { receiver: name, queued, fault: lastFault.fault, ...defined({ since: oldest }) },
    });
  }
  return warnings;
}
