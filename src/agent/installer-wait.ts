/**
 * Windows Installer carries out one installation at a time, and tells a second one so (exit code 1618). A package waits
 * for its turn instead of failing.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { CompiledPolicy } from '../engine/index.ts';
import { EpmError } from '../model/errors.ts';
import { checkNotCancelled, untilNobodyWaits, type ElevationContext } from './elevation-context.ts';
import type { Clock, WindowsInstaller } from './ports.ts';

/** Milliseconds: shorter than a request may take as a whole. */
export const LONGEST_WAIT = 180_000;
/** Milliseconds between two looks. */
const INTERVAL = 1_000;

export interface InstallerWaitPorts {
  readonly installer: WindowsInstaller;
  readonly clock: Clock;
  readonly policy: () => CompiledPolicy;
  /** True once the agent stops: nothing is started any more. */
  readonly stopping: () => boolean;
}

/**
 * Waits until no installation runs.
 * @param decided the policy by which the package is allowed; another one may forbid it
 * @throws EpmError EPM_INSTALLER_BUSY, EPM_REQUEST_CANCELLED
 */
export async function waitForInstaller(
  context: ElevationContext,
  decided: CompiledPolicy,
  { installer, clock, policy, stopping }: InstallerWaitPorts,
): Promise<void> {
  if (!installer.isBusy()) return;
  const end = clock.monotonic() + LONGEST_WAIT;
  const signal = untilNobodyWaits(context);
  context.waiting('otherInstallation');
  do {
    if (clock.monotonic() >= end) {
      throw new EpmError('EPM_INSTALLER_BUSY', 'Another installation was running the whole time, for three minutes.');
    }
    // Ends early when nobody waits any more, which the next line says.
    await sleep(INTERVAL, undefined, { signal }).catch(() => undefined);
    checkNotCancelled(context, stopping);
  } while (installer.isBusy());
  if (policy() !== decided) {
    throw new EpmError('EPM_INSTALLER_BUSY', 'The policy changed while the package waited for another installation.', {
      hint: 'Ask again.',
    });
  }
}
