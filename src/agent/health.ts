/**
 * Prerequisites of this machine while the agent runs. They are read at its start and again when somebody asks for the
 * status and the last answer is old; the agent serves on whatever they say, as a machine can be repaired while it runs.
 */
import { isEpmError } from '../model/errors.ts';
import type { Clock, Log } from './ports.ts';
import { checkPrerequisites, type FailedPrerequisite, type MachineState } from './prerequisites.ts';

/** Milliseconds for which an answer holds. */
export const HEALTH_INTERVAL = 10 * 60_000;

interface HealthPorts {
  readonly clock: Clock;
  readonly machineState: () => MachineState;
  readonly log: Log;
}

export class Health {
  readonly #ports: HealthPorts;
  #failed: readonly FailedPrerequisite[] = [];
  /** Monotonic milliseconds of the last reading. */
  #time: number | undefined;

  constructor(ports: HealthPorts) {
    this.#ports = ports;
  }

  /** Prerequisites that are not met. Never throws; what is not known has not failed. */
  failed(): readonly FailedPrerequisite[] {
    const { clock, log } = this.#ports;
    const now = clock.monotonic();
    if (this.#time !== undefined && now - this.#time < HEALTH_INTERVAL) return this.#failed;
    this.#time = now;
    const before = this.#failed;
    try {
      this.#failed = checkPrerequisites(this.#ports.machineState()).filter(
        (prerequisite) => prerequisite.state === 'failed',
      );
    } catch (error) {
      log.write('warning', 'prerequisitesUnread', { code: isEpmError(error) ? error.code : 'unknown' });
      return before;
    }
    for (const { id, found } of this.#failed) {
      const known = before.some((other) => other.id === id && other.found === found);
      if (!known) log.write('warning', 'prerequisiteFailed', { prerequisite: id, found });
    }
    for (const { id } of before) {
      const repaired = this.#failed.every((other) => other.id !== id);
      if (repaired) log.write('information', 'prerequisiteMet', { prerequisite: id });
    }
    return this.#failed;
  }
}
