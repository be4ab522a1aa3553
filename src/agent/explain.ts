/** What a person is told when the answer is no: the thing, the reason, the next step. */
import type {
  AgentDeniedReason,
  DeniedReason,
  NoConsentReason,
  NotManagedReason,
  RuleReference,
} from '../model/decision.ts';
import { assertNever } from '../model/errors.ts';
import { describeTime } from '../engine/hours.ts';
import { splitPath } from '../facts/gather.ts';
import type { FileFacts } from '../model/file-facts.ts';
import { displayText } from '../text/display.ts';

export interface Explanation {
  readonly message: string;
  readonly hint: string;
}

/** What is said of a file: its name, and why it is refused. */
type NamedFile = Pick<FileFacts, 'name'> & Partial<Pick<FileFacts, 'refusal'>>;

const AGAIN = 'Ask again when you want to start it.';
const ASK = 'Run Test-EPMElevation with the same path to see why, or ask your administrator for a rule.';

export function explainDenial(reason: DeniedReason, file: NamedFile, rule: RuleReference | undefined): Explanation {
  const name = displayText(file.name, 80);
  switch (reason) {
    case 'denyRule':
      return {
        message: `"${name}" may not be elevated: ${rule === undefined ? 'a rule' : `the rule "${displayText(rule.name, 80)}"`} denies it.`,
        hint: 'Ask your administrator if you need this program.',
      };
    case 'defaultResponse':
      return { message: `"${name}" may not be elevated: no rule allows it.`, hint: ASK };
    case 'fileRefused':
      return {
        message: `"${name}" may not be elevated. ${file.refusal?.message ?? 'The file is not accepted.'}`,
        hint: file.refusal?.hint ?? 'Elevate an .exe, .msi or .ps1 file on a local NTFS or ReFS drive.',
      };
    case 'elevatedRequester':
      return {
        message: 'A program that runs elevated cannot elevate another one.',
        hint: 'Start it from your ordinary desktop session.',
      };
    case 'userWritableFile':
      return explainWritable(name);
    case 'hostNeedsArguments':
      return {
        message: `"${name}" runs whatever its arguments say, so it is elevated only with arguments that a rule lists.`,
        hint: 'Elevate the script or program itself, or ask your administrator for a rule with an argument list.',
      };
    case 'argumentsNotAllowed':
      return {
        message: `"${name}" may not be elevated with these arguments: they change what it installs and no rule lists them.`,
        hint: 'Leave them out, or ask your administrator for a rule with an argument list.',
      };
    default:
      return assertNever(reason);
  }
}

/** Says the same of a file that is not there and of one that is somebody else's. */
export function explainNotYours(path: string): Explanation {
  return {
    message: `"${displayText(splitPath(path).name, 80)}" may not be elevated: it is no file that you may read and execute yourself, or there is no such file.`,
    hint: 'Check the path; elevate a file that you can also start without elevation, or ask for the right to read and execute it.',
  };
}

/** Why a file that a rule allows is not started as the request wants it. */
export type StartRefusal = Extract<
  AgentDeniedReason,
  'scriptHostMissing' | 'workingDirectoryRefused' | 'inputRefused' | 'accountUnavailable' | NoConsentReason
>;

/** @param next when the next day begins, by the clock of the device */
export function explainBudget(next: number, file: NamedFile): Explanation {
  return {
    message: `"${displayText(file.name, 80)}" was not elevated: you have used up what your policy gives you for today.`,
    hint: `Elevated programs that run go on. Ask again from ${describeTime(next)} on, or ask your administrator.`,
  };
}

export function explainAllowed(reason: StartRefusal, file: NamedFile): Explanation {
  const name = displayText(file.name, 80);
  switch (reason) {
    case 'scriptHostMissing':
      return {
        message: `"${name}" may not be elevated: it asks for PowerShell 6 or later, and this device has none that EPM may use.`,
        hint: 'Install PowerShell 7 for all users, by its installer package, so that it lies below C:\\Program Files\\PowerShell.',
      };
    case 'accountUnavailable':
      return {
        message: `"${name}" was not elevated: Windows gives this device no isolated account to run it under.`,
        hint: 'Ask your administrator: the record of the denial says which logon failed. Users or Administrators need the right to log on locally, or nothing may deny them to log on as a service.',
      };
    case 'workingDirectoryRefused':
      return {
        message: `"${name}" may not be elevated in this folder: it is no folder of this machine that you may list and that nobody else without administrator rights may write, or there is no such folder.`,
        hint: 'Start it from such a folder on a fixed local drive, or without a folder of your own.',
      };
    case 'inputRefused':
      return {
        message: `"${name}" may not be elevated with this input: the rule gives it a desktop of its own, where it takes none.`,
        hint: 'Leave the input out.',
      };
    case 'consentDeclined':
      return { message: `"${name}" was not elevated: the question was answered with no.`, hint: AGAIN };
    case 'consentExpired':
      return { message: `"${name}" was not elevated: nobody answered the question in time.`, hint: AGAIN };
    case 'consentSessionLeft':
      return {
        message: `"${name}" was not elevated: the session was locked, disconnected or left while the question was open.`,
        hint: AGAIN,
      };
    case 'consentWindowLost':
      return {
        message: `"${name}" was not elevated: the window with the question ended without an answer.`,
        hint: 'Ask again. If it happens again, tell your administrator: another program may close the window.',
      };
    case 'consentUnavailable':
      return {
        message: `"${name}" was not elevated: there is no window in which the question may be answered.`,
        hint: 'Ask your administrator: the record of the denial says what failed.',
      };
    case 'consentCancelled':
      return { message: `"${name}" was not elevated: the request was taken back before the answer.`, hint: AGAIN };
    default:
      return assertNever(reason);
  }
}

export function explainNotManaged(reason: NotManagedReason, file: NamedFile): Explanation {
  const name = displayText(file.name, 80);
  switch (reason) {
    case 'clientDisabled':
      return {
        message: 'Elevation is switched off on this device.',
        hint: 'Ask your administrator; the settings policy disables it.',
      };
    case 'noPolicy':
      return {
        message: 'No settings policy is in force for you on this device.',
        hint: 'Run Get-EPMPolicy: it says so if one cannot be read. Otherwise wait for the next policy sync.',
      };
    case 'administrator':
      return {
        message: 'Administrators are not managed: your account can elevate by itself.',
        hint: 'Use "Run as administrator".',
      };
    case 'noRule':
    case 'notAutomatic':
    case 'detectionOff':
      return { message: `No rule elevates "${name}" this way.`, hint: ASK };
    case 'userWritableFile':
      return explainWritable(name);
    case 'fileRefused':
      return {
        message: `"${name}" is not managed. ${file.refusal?.message ?? 'The file is not accepted.'}`,
        hint: ASK,
      };
    default:
      return assertNever(reason);
  }
}

function explainWritable(name: string): Explanation {
  return {
    message: `"${name}" may not be elevated: users may write the file or its folder, and policy refuses such files.`,
    hint: 'Install it where only administrators may write, such as Program Files, or ask your administrator for a rule that allows a protected copy.',
  };
}

export function explainNotPrimary(file: NamedFile): Explanation {
  return {
    message: `"${displayText(file.name, 80)}" needs an approval by support, which only the primary user of this device may ask for.`,
    hint: 'Ask your support.',
  };
}
