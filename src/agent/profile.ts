/** Profiles of isolated accounts in the life of the agent. */
import { toErrorReport } from '../model/errors.ts';
import type { LoadedProfile, Log, ProfileKeeper } from './ports.ts';

/** Unloads and removes, when the agent starts, what an agent before has left. Never throws. */
export async function sweepProfiles(profiles: ProfileKeeper, log: Log): Promise<void> {
  try {
    await profiles.sweep(() => false);
  } catch (error) {
    const { code, message } = toErrorReport(error);
    log.write('error', 'profileSweepFailed', { code, message });
  }
}

/** Gives a profile back whose tree is empty. Never throws. */
export async function releaseProfile(profile: LoadedProfile | undefined, log: Log): Promise<void> {
  try {
    await profile?.release();
  } catch (error) {
    const { code, message } = toErrorReport(error);
    log.write('error', 'profileReleaseFailed', { code, message });
  }
}
