/**
 * Every code of a {@link Diagnostic}, how severe it is unless its place says otherwise, and what it means.
 * docs/diagnostics.md is generated from this table. A code is never reused for another meaning, since pipelines read it.
 */
import { LINT_CODES } from './lint-codes.ts';

/** `error`: it does not count as written; `warning`: it counts, otherwise than it may be meant; `note`: good to know. */
export type Severity = 'error' | 'warning' | 'note';

interface DiagnosticCodeEntry {
  readonly severity: Severity;
  readonly meaning: string;
}

const error = (meaning: string): DiagnosticCodeEntry => ({ severity: 'error', meaning });
const warning = (meaning: string): DiagnosticCodeEntry => ({ severity: 'warning', meaning });
const note = (meaning: string): DiagnosticCodeEntry => ({ severity: 'note', meaning });

const POLICY_CODES = {
  // The text itself.
  notJson: error('The text is not valid JSON.'),
  tooDeep: error('Objects and lists are nested deeper than the limit.'),

  // The shape of a rule, of settings or of a file.
  ambiguous: error('Exactly one of two members must be given.'),
  badCharacters: error('A text is blank, or has characters that are not allowed there.'),
  empty: error('A text or a list must not be empty.'),
  givenTwice: error('A name or an entry is given twice, so that it cannot be told which one is meant.'),
  invalid: error('A value is not valid.'),
  missing: error('A member that must be there is missing.'),
  tooLong: error('A text or a rule is longer than the limit.'),
  tooMany: error('A list has more entries than the limit.'),
  unknownMember: error('The name is not known there, and has no effect.'),
  unknownValue: error('The value is none of those that are known there.'),
  wrongType: error('The value is of the wrong type.'),

  approverKeyInvalid: error(
    'The key of an approver cannot be read, or its end lies before its beginning; it does not count.',
  ),
  deviceOnly: error(
    'Keys of approvers, revocations, roles and notifications count only from the policy of the device.',
  ),
  notificationInvalid: error(
    'A receiver of notifications cannot be read, or lacks what it needs; it is told of nothing.',
  ),
  roleUnknown: error('A role or right is not known, or the group that it is given to is no SID; it is not given.'),
  unconfirmedUserPolicy: error(
    'Only the hive of a user says it, and nothing in HKEY_LOCAL_MACHINE confirms it. A hive is a file of its user: it may restrict and never grant.',
  ),

  // What a rule says.
  argumentQuote: error('A quotation mark in an argument list is never closed.'),
  automaticNeedsFileName: error('A rule of type Automatic has no file name.'),
  certificateInvalid: error('The certificate of a rule has no known type, or no SHA-256 digest.'),
  certificateMissing: error('A rule refers to a certificate that was not given.'),
  certificateUnreadable: error('An entry that should be one certificate cannot be read as one.'),
  childProcessesIgnored: warning('A Deny has no child processes; its setting for them is ignored.'),
  denyListEmpty: warning('A Deny has an argument list without entries and denies every call.'),
  fileNameCharacter: error('A file name has a character that no file name has, or a folder in it.'),
  fileNameExtension: error('A file name does not end in .exe, .msi or .ps1.'),
  fileNameNoLiteral: error('A file name has nothing but wildcards before its extension.'),
  hashInvalid: error('A file hash is not 64, 96 or 128 hexadecimal digits.'),
  hoursInvalid: error('A time from or until which a rule matches, or an entry of its hours, is not written as one.'),
  nameDiffers: error('The name inside a rule differs from the name it is stored under.'),
  nameMissing: error('The rule has no name.'),
  noDetection: error('A Deny says nothing about a file.'),
  noStrongAttribute: error('A rule has neither a file hash nor a certificate.'),
  ownDesktopAsUser: error("A rule that elevates the person's own account asks for a desktop of its own."),
  pathCharacter: error('A path has a character that no folder name has.'),
  pathDevice: error('A device path cannot stand in a rule.'),
  pathDotSegment: error('A path has a "." or ".." segment.'),
  pathDoubleStar: error('"**" stands elsewhere than alone at the end of a path.'),
  pathDriveRelative: error('A path has no "\\" after its drive.'),
  pathLooksLikeFile: warning('A path ends like a file name and is taken as a folder.'),
  pathRelative: error('A path is not absolute.'),
  pathRepeatsFileName: warning('A path ends in the file name; only the folder counts.'),
  pathShortName: warning('A path has an 8.3 name; files are compared by their long names.'),
  pathShortNameUnknown: warning(
    'An 8.3 name in a path was not found on this machine. A file is compared by the 8.3 names that its folders have when it is asked for; where they are not known a Deny takes any folder, and another rule none.',
  ),
  pathUnc: error('A network path cannot stand in a rule.'),
  requireArgumentsIgnored: warning('A Deny cannot require arguments; the setting is ignored.'),
  typeMissing: warning('A rule of Graph has no elevation type and is taken as User confirmed.'),
  typeUnreadable: error('The elevation type of a rule is not known.'),
  validationIgnored: warning('Rules of this type ask for nothing; the validation is ignored.'),
  variableMisplaced: error('A variable stands elsewhere than at the start of a path.'),
  variableUnavailable: error('The machine has no folder for a variable.'),
  variableUnknown: error('A variable is not one of those that rules may use.'),
  versionInvalid: error('A minimum version is not one to four numbers 0–65535 with dots.'),
  wildcardInAutomaticRule: error('A rule of type Automatic has a wildcard.'),
  wildcardInExtension: error('The extension of a file name has a wildcard.'),

  // What reading Microsoft Graph adds.
  assigned: note('A policy of an export is assigned to everybody it can be for; what is written holds so, too.'),
  assignmentNotCarried: warning(
    'A policy of an export is assigned to some users, devices or groups; what is written holds for whoever receives it.',
  ),
  automaticWithoutHash: warning('An automatic rule without a hash elevates every file so signed.'),
  certificateElsewhere: warning('The certificate stands under the signature source that is not chosen, and is taken.'),
  certificateTypeMissing: error(
    'A rule does not say whether its certificate is that of the publisher or of an authority.',
  ),
  descriptionChanged: warning('A description was shortened, or lost its line breaks.'),
  hostRule: warning('A rule names a program that runs whatever its arguments say.'),
  moreFindings: warning('There is more of this kind, which is not listed.'),
  moreFollows: warning('A list of Graph is one page of several; the other pages are not in the input.'),
  nameSlash: warning('A name has a "/", which Intune does not allow.'),
  notSupported: error('A rule is of a kind that EPM does not have, and is left out.'),
  otherPolicies: note('A list has policies of other kinds, which were left out.'),
  policyNotImported: error('One policy of a list cannot be imported; the others are.'),
  settingUnreadable: warning('A setting cannot be read and counts as not configured.'),
  severalCertificates: error('A setting holds several certificates; a rule can have one.'),
  templateDiffers: warning('The template that a policy names does not fit what it holds.'),
  tooManyRules: warning('A policy has more rules than Intune takes in one.'),
  underOtherOption: warning('A setting stands below an option that is not chosen, and is ignored.'),
  unknownOption: error('The chosen option is not known for its setting.'),
  unknownSetting: error('A setting is not one of elevation management.'),
  validationElsewhere: warning('A validation stands under another elevation type and is taken for the chosen one.'),

  versionShortened: warning('Of a minimum version that goes on with other text its numbers are taken.'),

  // What reading the registry and MDM adds.
  digestDiffers: warning('The digest that a policy carries does not fit its content; a device does not take it.'),
  emptySide: note('A Registry.pol is a header alone: a side of a Group Policy object without settings.'),
  approvalsNotCarried: warning(
    'Graph has no place for keys of approvers, revocations, roles and notifications; they are not written.',
  ),
  grantsNotCarried: note(
    'Support approvals are kept beside the policy and are no part of it; nothing in this version reads them.',
  ),
  noEffect: warning('A record of Registry.pol has no effect on a policy.'),
  otherAdmx: warning('The ADMX that is ingested is not the one of this version of EPM.'),
  otherItem: note('An item of another product was left out.'),
  otherKey: note('A key of another product has no effect.'),
  payloadMissing: error('A device says that a policy holds and has no payload for it.'),
  payloadRefused: error('The payload of a policy does not fit it.'),
  refusedItem: error('A device would refuse an item.'),

  // What joining and writing policies adds.
  attributeChanged: warning('An attribute is written otherwise, with the same meaning.'),
  attributeDropped: warning('An attribute is not written.'),
  certificatesUnused: note('Reusable settings were given for a format that cannot refer to them.'),
  joined: note('Several policies of one input became one.'),
  leftOut: error('A rule is not written.'),
  looser: warning('A rule is written although it elevates more, or denies less, where it is read.'),
  renamed: warning('A rule was renamed, because another has its name.'),
  rewrittenDeny: warning('A rejected Deny is written as a Deny of what could be read of it.'),
  scopeNotWritten: warning('The format does not say for whom the policy is.'),
  settingAdded: warning('A setting is written with its default, because another one needs it.'),
  settingDropped: warning('A setting has no counterpart in the format and is not written.'),
  split: note('The rules are written as several policies.'),
  uncertain: warning('A value means something certain here, and may mean less where it is read.'),
  validationAdded: note('A validation that the type implies is written.'),
} as const satisfies Readonly<Record<string, DiagnosticCodeEntry>>;

export const DIAGNOSTIC_CODES = { ...POLICY_CODES, ...LINT_CODES } as const;

export type DiagnosticCode = keyof typeof DIAGNOSTIC_CODES;
