import type { Sid } from './brands.ts';

/** What made the request: the verb or cmdlet, an ordinary launch, or a detected elevation request. */
export type Trigger = 'userInitiated' | 'launch' | 'detected';

/** Who asks, taken from the token of the caller, never from the message. */
export interface Requester {
  readonly sid: Sid;
  /** BUILTIN\Administrators is among the groups of the token, enabled or for denying only. */
  readonly isAdministrator: boolean;
  /** The token was made by EPM for an elevated process. */
  readonly isElevatedByEpm: boolean;
  /** Folder of the profile list entry, for `%UserProfile%` in rules; undefined: no entry. */
  readonly profileFolder?: string;
}

/** What is asked, apart from the file. */
export interface ElevationRequest {
  readonly trigger: Trigger;
  readonly requester: Requester;
  /** Arguments after the program, already split into a vector. */
  readonly arguments: readonly string[];
  /** Milliseconds since 1970, UTC. */
  readonly time: number;
  /** Minutes by which the device's own clock is ahead of UTC at that time; rules with hours go by it. */
  readonly zoneOffset: number;
}

/** A support approval (decisions G1, P7). */
export interface Grant {
  readonly id: string;
  /** Undefined: any user of the device. */
  readonly requester?: Sid;
  readonly sha256: string;
  readonly fileName: string;
  readonly arguments: readonly string[];
  /** Half-open interval in milliseconds since 1970, UTC. */
  readonly start: number;
  readonly end: number;
}

/** Folders that path variables of rules stand for, from the machine's own configuration. */
export interface MachineFolders {
  readonly programFiles: string;
  readonly programFilesX86: string;
  readonly programW6432: string;
  readonly systemRoot: string;
  readonly systemDrive: string;
  readonly programData: string;
  readonly public: string;
}
