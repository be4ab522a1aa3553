/** Settings of the client, as one policy gives them and as they are in force after merging. */
import type { Validation } from './rule.ts';

export type DefaultElevationResponse = 'denyAll' | 'requireUserConfirmation' | 'requireSupportApproval';
export type ReportingScope = 'diagnosticOnly' | 'managedElevations' | 'allElevations';
export type RevocationUnknown = 'refuse' | 'accept';

/** One policy's settings; a missing member is "not configured", which never conflicts. */
export interface SettingsInput {
  readonly enabled?: boolean;
  readonly defaultElevationResponse?: DefaultElevationResponse;
  readonly defaultValidations?: readonly Validation[];
  readonly allowElevationDetection?: boolean;
  readonly sendData?: boolean;
  readonly reportingScope?: ReportingScope;
  readonly revocationUnknown?: RevocationUnknown;
  readonly manageAdministrators?: boolean;
  readonly denyReachesChildren?: boolean;
  readonly denyEscapeTools?: boolean;
  readonly blockInternetFiles?: boolean;
  readonly acceptTimestamped?: boolean;
  /** Mebibytes. */
  readonly maximumFileSize?: number;
}

export type SettingName = keyof SettingsInput;

/** Settings in force for one requester: every member has a value. */
export interface EffectiveSettings {
  /** `noPolicy`: no settings policy at all. `disabled`: all that say something disable. */
  readonly clientState: 'enabled' | 'disabled' | 'noPolicy';
  readonly defaultElevationResponse: DefaultElevationResponse;
  readonly defaultValidations: readonly Validation[];
  readonly allowElevationDetection: boolean;
  readonly sendData: boolean;
  readonly reportingScope: ReportingScope;
  /** Undefined: by elevation type (automatic rules refuse, others accept with a note). */
  readonly revocationUnknown: RevocationUnknown | undefined;
  readonly manageAdministrators: boolean;
  readonly denyReachesChildren: boolean;
  readonly denyEscapeTools: boolean;
  readonly blockInternetFiles: boolean;
  readonly acceptTimestamped: boolean;
  /** Mebibytes; a larger file is not read and not elevated. */
  readonly maximumFileSize: number;
  /** Settings on which policies disagree, and the policies that do. */
  readonly conflicts: readonly { readonly setting: SettingName; readonly policies: readonly string[] }[];
}
