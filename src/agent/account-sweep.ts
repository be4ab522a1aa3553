/** What an agent that was ended left of its isolated accounts. The agent serves on whatever becomes of it. */
import { toErrorReport } from '../model/errors.ts';
import type { AccountFactory, Log } from './ports.ts';

/** Takes back names and rights of accounts of which nothing runs any more. Never throws. */
export function sweepAccounts(accounts: Pick<AccountFactory, 'sweep'>, log: Log): void {
  try {
    accounts.sweep();
  } catch (error) {
    const { code, message } = toErrorReport(error);
    log.write('error', 'accountSweepFailed', { code, message });
  }
}
