/** What the status warns of about the live channel. */
import type { BrokerStatus, StatusWarning } from '../contract.ts';
import { BROKER_FAULTS } from './ports.ts';

export function brokerWarnings(brokers: readonly BrokerStatus[]): readonly StatusWarning[] {
  return brokers.flatMap(({ name, state, fault }) =>
    fault === undefined || state === 'connected'
      ? []
      : [
          {
            code: 'brokerFailing' as const,
            message: `There is no connection to the broker "${name}" of the live channel. ${BROKER_FAULTS[fault]}`,
            hint: 'Approvals still come by paste and by policy. The page on the live channel says what each fault means.',
            data: { receiver: name, fault },
          },
        ],
  );
}
