/** The functions of Windows that make, load, unload and delete profiles. Each may take seconds, so none blocks. */
import { isEpmError } from '../../model/errors.ts';
import { CheckedObject } from '../checked-json.ts';
import type { EpmNative } from '../dll/epmnative.ts';
import { jsonCallLater } from '../dll/json-call.ts';
import { isTestBuild } from '../dll/load.ts';
import { type ProfileFailure, profileUnavailable } from './profile-unavailable.ts';

const CODE = 'EPM_PROFILE_UNAVAILABLE';

export class ProfileStore {
  readonly #native: EpmNative;

  constructor(native: EpmNative) {
    this.#native = native;
  }

  /**
   * @returns false when the account has a profile, which is left as it is
   * @throws EpmError EPM_PROFILE_UNAVAILABLE
   */
  async create(account: string, name: string): Promise<boolean> {
    const answer = await this.#call('notMade', 'epm_profile_create', (...out) =>
      this.#native.epm_profile_create.async(account, name, ...out),
    );
    return answer.boolean('made');
  }

  /**
   * @param token number of a token of the account
   * @returns what the native part calls the loaded profile
   * @throws EpmError EPM_PROFILE_UNAVAILABLE
   */
  async load(token: number, name: string): Promise<number> {
    const profile: [number] = [0];
    await this.#call('notLoaded', 'epm_profile_load', (...out) =>
      this.#native.epm_profile_load.async(token, name, profile, ...out),
    );
    return profile[0];
  }

  /** @throws EpmError EPM_PROFILE_UNAVAILABLE; then it is still loaded */
  async unload(profile: number): Promise<void> {
    await this.#call('failed', 'epm_profile_unload', (...out) =>
      this.#native.epm_profile_unload.async(profile, ...out),
    );
  }

  /** Of an agent that is gone. @throws EpmError EPM_PROFILE_UNAVAILABLE, also when something uses the hive */
  async unloadLeft(account: string): Promise<void> {
    await this.#call('failed', 'epm_profile_unload_left', (...out) =>
      this.#native.epm_profile_unload_left.async(account, ...out),
    );
  }

  /** @throws EpmError EPM_PROFILE_UNAVAILABLE */
  async delete(account: string): Promise<void> {
    await this.#call('failed', 'epm_profile_delete', (...out) =>
      this.#native.epm_profile_delete.async(account, ...out),
    );
  }

  async #call(
    reason: ProfileFailure,
    name: string,
    write: Parameters<typeof jsonCallLater>[1],
  ): Promise<CheckedObject> {
    try {
      const answer = new CheckedObject(await jsonCallLater(name, write, CODE), 'the profile', CODE);
      // What stands in for profiles in Wine is never taken for one by a production build.
      answer.oneOf('store', isTestBuild() ? ['testBed'] : ['userProfiles']);
      return answer;
    } catch (error) {
      if (!isEpmError(error)) throw error;
      throw profileUnavailable(reason, error.message, error.data, error);
    }
  }
}
