/**
 * Every error code, its default hint, the Windows event id it is written under, its PowerShell category, and the audit
 * event of an elevation that ends with it.
 * docs/errors.md is generated from this table. A code is never reused for another meaning.
 */
interface ErrorCodeEntry {
  readonly meaning: string;
  readonly hint: string;
  readonly eventId: number;
  readonly category:
    | 'PermissionDenied'
    | 'ResourceUnavailable'
    | 'InvalidData'
    | 'InvalidArgument'
    | 'OperationTimeout'
    | 'OperationStopped'
    | 'NotImplemented'
    | 'ObjectNotFound'
    | 'WriteError'
    | 'SecurityError'
    | 'NotSpecified';
  /**
   * What was asked for is denied; the way it was asked for is refused; or the elevation was allowed as far as is known
   * and failed.
   */
  readonly auditEvent: 'elevationDenied' | 'requestRefused' | 'elevationFailed';
}

function entry(
  eventId: number,
  category: ErrorCodeEntry['category'],
  auditEvent: ErrorCodeEntry['auditEvent'],
  meaning: string,
  hint: string,
): ErrorCodeEntry {
  return { eventId, category, auditEvent, meaning, hint };
}

export const ERROR_CODES = {
  EPM_INTERNAL: entry(
    100,
    'NotSpecified',
    'elevationFailed',
    'A fault inside EPM itself.',
    'See the agent log for the request id and report it.',
  ),
  EPM_PLATFORM: entry(
    101,
    'NotImplemented',
    'elevationFailed',
    'The operation needs Windows.',
    'Run it on Windows, or use the verbs that work on files.',
  ),
  EPM_WINDOWS_API: entry(
    102,
    'ResourceUnavailable',
    'elevationFailed',
    'A Windows function failed.',
    'Look up the number given in data.win32.',
  ),
  EPM_NATIVE_MISSING: entry(
    103,
    'ResourceUnavailable',
    'elevationFailed',
    'A native file of the installation is missing or is not the expected one.',
    'Repair the installation.',
  ),
  EPM_INSTALLATION_UNSAFE: entry(
    115,
    'SecurityError',
    'elevationFailed',
    'The program of the agent, or a folder above it, can be changed by people who are no administrators.',
    'Copy EPM below Program Files as an administrator, so that the files belong to Administrators, and install from there.',
  ),
  EPM_SERVICE_MISSING: entry(
    140,
    'ObjectNotFound',
    'elevationFailed',
    'The agent is not registered as a service.',
    'Register it: epm agent install.',
  ),
  EPM_SERVICE_EXISTS: entry(
    141,
    'InvalidArgument',
    'elevationFailed',
    'The agent is registered as a service already.',
    'Use epm agent upgrade for another version, or epm agent repair.',
  ),
  EPM_SERVICE_CONTROL: entry(
    142,
    'OperationTimeout',
    'elevationFailed',
    'The service did not start, stop or go in time.',
    'Look into the agent log, then try again.',
  ),
  EPM_SERVICE_UNVERIFIED: entry(
    143,
    'SecurityError',
    'elevationFailed',
    'Windows took a setting of the service, and has another one.',
    'See data.check; look for a program that changes services.',
  ),
  EPM_DOWNGRADE: entry(
    144,
    'SecurityError',
    'elevationFailed',
    'A later version of EPM was installed on this machine.',
    'Install that version or a later one. To go back on purpose, run epm agent uninstall before.',
  ),
  EPM_UPGRADE_FAILED: entry(
    145,
    'ResourceUnavailable',
    'elevationFailed',
    'The new version could not be put into service.',
    'See data.restored: true means that the former version runs again.',
  ),
  EPM_PROGRAMS_RUNNING: entry(
    146,
    'ResourceUnavailable',
    'elevationFailed',
    'Elevated programs run, and would end with the agent.',
    'Wait until they have ended, or use --force.',
  ),
  EPM_WINE_REFUSED: entry(
    104,
    'SecurityError',
    'elevationFailed',
    'A production build never elevates under Wine, where security calls only pretend to succeed.',
    'Use Windows.',
  ),
  EPM_DATA_FOLDER: entry(
    105,
    'SecurityError',
    'elevationFailed',
    "The agent's data folder, or a file in it, is not as the agent made it.",
    'Stop the agent, keep the folder as evidence, and let the agent make a new one.',
  ),
  EPM_POWERSHELL_UNAVAILABLE: entry(
    106,
    'ResourceUnavailable',
    'elevationFailed',
    'No PowerShell can be started.',
    'On Windows repair Windows PowerShell; elsewhere install pwsh or name it in EPM_PWSH.',
  ),
  EPM_POWERSHELL_FAILED: entry(
    107,
    'ResourceUnavailable',
    'elevationFailed',
    'A question to PowerShell was not answered, or the answer cannot be read.',
    'See the message; under App Control PowerShell may be too restricted to answer.',
  ),
  EPM_POWERSHELL_TIMEOUT: entry(
    108,
    'OperationTimeout',
    'elevationFailed',
    'PowerShell did not answer in time; it was ended.',
    'Try again when the machine is less busy.',
  ),

  EPM_ARGUMENT: entry(
    110,
    'InvalidArgument',
    'elevationFailed',
    'A command-line argument is wrong.',
    'See the help of the verb.',
  ),
  EPM_SID_INVALID: entry(
    111,
    'InvalidData',
    'elevationFailed',
    'A text is not a security identifier.',
    'Write it as S-1-….',
  ),
  EPM_HASH_INVALID: entry(
    112,
    'InvalidData',
    'elevationFailed',
    'A text is not a file hash.',
    'Give hexadecimal digits of SHA-256, SHA-384 or SHA-512.',
  ),
  EPM_VERSION_INVALID: entry(
    113,
    'InvalidData',
    'elevationFailed',
    'A text is not a version.',
    'Give one to four numbers 0–65535 with dots.',
  ),
  EPM_FILE_NOT_FOUND: entry(120, 'ObjectNotFound', 'requestRefused', 'The file does not exist.', 'Check the path.'),
  EPM_FILE_UNREADABLE: entry(
    121,
    'PermissionDenied',
    'elevationDenied',
    'The file cannot be read or locked.',
    'Close programs that write to it and try again.',
  ),
  EPM_FILE_NAME_REFUSED: entry(
    122,
    'SecurityError',
    'elevationDenied',
    'The path is of a kind that is never accepted.',
    'Give a plain absolute path on a local drive.',
  ),
  EPM_FILE_PLACE_REFUSED: entry(
    123,
    'SecurityError',
    'elevationDenied',
    'Files at this location are never elevated.',
    'Copy it to a local NTFS or ReFS drive.',
  ),
  EPM_FILE_TYPE_REFUSED: entry(
    124,
    'InvalidData',
    'elevationDenied',
    'The file is not an .exe, .msi or .ps1, or its content does not fit its extension.',
    'Elevate the real program file.',
  ),
  EPM_FILE_TOO_LARGE: entry(
    125,
    'InvalidData',
    'elevationDenied',
    'The file is larger than the limit.',
    'Raise the limit or use a smaller file.',
  ),
  EPM_FILE_TIMEOUT: entry(
    127,
    'ResourceUnavailable',
    'elevationFailed',
    'Reading the file took longer than the limit.',
    'Copy the file to a faster local drive and try again.',
  ),
  EPM_FILE_MALFORMED: entry(
    126,
    'InvalidData',
    'elevationDenied',
    'The file is damaged.',
    'Get the file again from its publisher.',
  ),
  EPM_SIGNATURE_UNCHECKED: entry(
    129,
    'SecurityError',
    'elevationFailed',
    'Windows could not be asked about the signature of the file.',
    'Try again; if it stays, check the Cryptographic Services of this machine.',
  ),

  EPM_FILE_UNWRITABLE: entry(
    130,
    'WriteError',
    'elevationFailed',
    'A file cannot be written.',
    'Check the path and its permissions.',
  ),

  EPM_POLICY_INVALID: entry(
    200,
    'InvalidData',
    'elevationFailed',
    'The policy cannot be read as a whole.',
    'Check it with `epm policy show`.',
  ),
  EPM_POLICY_UNREADABLE: entry(
    201,
    'ResourceUnavailable',
    'elevationFailed',
    'The registry key or file of a policy cannot be read.',
    'The last good policy stays in force; check the permissions of the key.',
  ),
  EPM_POLICY_RULE_REJECTED: entry(
    202,
    'InvalidData',
    'elevationFailed',
    'A rule is rejected; the other rules stay in force.',
    'Correct the rule at the place given.',
  ),
  EPM_POLICY_MISSING: entry(
    203,
    'ResourceUnavailable',
    'elevationFailed',
    'The registry key of the device policy is gone.',
    'The last good policy stays in force for five minutes; deliver the policy again, or disable EPM by policy.',
  ),
  EPM_POLICY_UNCONFIRMED: entry(
    205,
    'SecurityError',
    'elevationFailed',
    'Only the hive of a user has a rule or a setting that grants, and nothing that users cannot write confirms it. It does not count; what restricts does.',
    'Deliver the policy by MDM or Group Policy, or put it into the place that the device has for the user: Import-EPMPolicy -User.',
  ),
  EPM_LAUNCH_NOT_INTERCEPTED: entry(
    207,
    'ResourceUnavailable',
    'elevationFailed',
    'A rule names a program, and Windows does not tell EPM of its start. It starts as if EPM were not there.',
    'See data.reason: remove the foreign option of that name, or have people start it with "Run with elevated access".',
  ),
  EPM_MDM_UNREADABLE: entry(
    204,
    'PermissionDenied',
    'elevationFailed',
    'What the MDM server delivered to this device cannot be read.',
    'Ask as local system: only it may use the MDM bridge for the device.',
  ),
  EPM_POLICY_INCOMPLETE: entry(
    206,
    'InvalidData',
    'elevationFailed',
    'What is there of a policy does not fit the digest that it carries.',
    'Wait if it is being delivered. After a change by hand, or where several write one key, write the policy again with `epm policy apply` or `epm policy convert`, or delete the value PolicyDigest.',
  ),

  EPM_CASES_INVALID: entry(
    210,
    'InvalidData',
    'elevationFailed',
    'A file of policy test cases cannot be read.',
    'Correct the file at the place given.',
  ),
  EPM_RULE_SOURCE: entry(
    211,
    'InvalidData',
    'elevationFailed',
    'A rule cannot be made from this.',
    'Make the rule from the file itself, or by another identity.',
  ),

  EPM_AGENT_UNREACHABLE: entry(
    300,
    'ResourceUnavailable',
    'elevationFailed',
    'The agent does not answer.',
    'Start the service "EPM Agent". Where there is none, an administrator runs `epm agent install`.',
  ),
  EPM_AGENT_UNTRUSTED: entry(
    301,
    'SecurityError',
    'elevationFailed',
    'The pipe is not served by the local system account.',
    'Do not elevate; report it to your administrator.',
  ),
  EPM_AGENT_BUSY: entry(
    302,
    'ResourceUnavailable',
    'requestRefused',
    'Too many requests of this user are open, or the turn of one did not come in time.',
    'Wait until programs that you started and wait for have ended, or try again in a moment.',
  ),
  EPM_TOO_MANY_RUNNING: entry(
    303,
    'ResourceUnavailable',
    'elevationDenied',
    'As many elevated programs of this user run as one user may have.',
    'End elevated programs that are not needed any more, and try again.',
  ),
  EPM_ELEVATION_UNKNOWN: entry(
    305,
    'ObjectNotFound',
    'requestRefused',
    'No elevated program of this request runs, or it is that of somebody else.',
    'List those that run with Get-EPMElevation or epm elevations; only administrators see those of others.',
  ),
  EPM_AGENT_UNHEALTHY: entry(
    304,
    'ResourceUnavailable',
    'elevationFailed',
    'The agent is in a state that only another process is sure to leave.',
    'See data.fault and the agent log; the agent is started again by itself.',
  ),
  EPM_REQUEST_TOO_LARGE: entry(
    310,
    'InvalidData',
    'elevationFailed',
    'The message is longer than 64 KiB.',
    'Shorten the arguments.',
  ),
  EPM_REQUEST_MALFORMED: entry(
    311,
    'InvalidData',
    'elevationFailed',
    'The message is not a valid request.',
    'Use the EPM module or epm.exe of the same version.',
  ),
  EPM_REQUEST_TIMEOUT: entry(
    312,
    'OperationTimeout',
    'elevationFailed',
    'The client did not send its request in time.',
    'Try again.',
  ),
  EPM_CALLER_REFUSED: entry(
    313,
    'PermissionDenied',
    'requestRefused',
    'The caller is of a kind that is never served.',
    'Use an interactive session of a standard user.',
  ),
  EPM_CALLER_UNKNOWN: entry(
    314,
    'SecurityError',
    'requestRefused',
    'The caller could not be identified.',
    'Try again; nothing was started.',
  ),
  EPM_NOT_ADMINISTRATOR: entry(
    315,
    'PermissionDenied',
    'elevationFailed',
    'The operation is for administrators.',
    'Run it from an elevated prompt of an administrator.',
  ),
  EPM_REQUEST_CANCELLED: entry(
    316,
    'OperationStopped',
    'requestRefused',
    'The request was cancelled before anything was started.',
    'Ask again when you want the program to start.',
  ),

  EPM_TICKET_INVALID: entry(
    320,
    'PermissionDenied',
    'requestRefused',
    'The ticket is unknown, used, expired or belongs to another request.',
    'Start again from the beginning.',
  ),
  EPM_JUSTIFICATION_INVALID: entry(
    321,
    'InvalidArgument',
    'requestRefused',
    'The justification is empty, too long or has control characters.',
    'Give 1 to 256 characters of plain text.',
  ),
  EPM_ARGUMENTS_INVALID: entry(
    322,
    'InvalidArgument',
    'requestRefused',
    'The arguments cannot be passed safely.',
    'Remove control characters and shorten the command line.',
  ),
  EPM_VALIDATION_UNSUPPORTED: entry(
    323,
    'NotImplemented',
    'elevationDenied',
    'The rule asks for a validation that this build cannot perform.',
    'Ask the administrator to change the rule.',
  ),
  EPM_CREDENTIAL_INVALID: entry(
    324,
    'InvalidArgument',
    'requestRefused',
    'The credential for Windows authentication is missing, or it cannot be read.',
    'Give one with -Credential, or run the command where Windows can show its credential dialog.',
  ),
  EPM_AUTHENTICATION_FAILED: entry(
    325,
    'PermissionDenied',
    'elevationDenied',
    'Windows authentication failed: Windows does not accept the credential, or it is that of another account.',
    'Try again as the user who is signed in; after several failures wait, or ask your administrator.',
  ),
  EPM_AUTHENTICATION_LIMIT: entry(
    326,
    'ResourceUnavailable',
    'elevationDenied',
    'Windows authentication of this user failed too often; Windows is not asked again for a while, so that the account is not locked.',
    'Wait for the time in data.seconds, then try again.',
  ),
  EPM_SUPPORT_REQUEST_UNKNOWN: entry(
    330,
    'ObjectNotFound',
    'requestRefused',
    'There is no such request to support on this device, or it is of somebody else.',
    'See `epm request list`.',
  ),
  EPM_SUPPORT_REQUEST_STATE: entry(
    331,
    'InvalidArgument',
    'requestRefused',
    'The request to support is in a state in which this cannot be done.',
    'See data.status: what waits is denied, what is approved is revoked.',
  ),
  EPM_SUPPORT_REQUEST_LIMIT: entry(
    332,
    'ResourceUnavailable',
    'elevationDenied',
    'As many requests to support are open as one user, or the device, may have.',
    'Wait until support has answered some of them, or ask support directly.',
  ),
  EPM_GRANT_REFUSED: entry(
    333,
    'PermissionDenied',
    'elevationDenied',
    'An approval has no effect on this device.',
    'See data.fault.',
  ),
  EPM_GRANT_LIMIT: entry(
    334,
    'ResourceUnavailable',
    'requestRefused',
    'The device keeps as many imported approvals as it may, or was given too many in a minute.',
    'Wait a minute; then deliver approvals by policy.',
  ),
  EPM_SECRET_UNKNOWN: entry(
    340,
    'ObjectNotFound',
    'requestRefused',
    'The agent has no secret of that name.',
    'See epm agent secret list.',
  ),
  EPM_SECRET_LIMIT: entry(
    341,
    'ResourceUnavailable',
    'requestRefused',
    'The agent keeps as many secrets as it may.',
    'Remove those that no policy names any more: epm agent secret remove.',
  ),
  EPM_NOTIFICATION_UNKNOWN: entry(
    342,
    'ObjectNotFound',
    'requestRefused',
    'The policy of the device names no such receiver of notifications.',
    'See epm status for those that it names.',
  ),
  EPM_RIGHT_MISSING: entry(
    335,
    'PermissionDenied',
    'requestRefused',
    'The caller has no right to do this.',
    'See `epm role`; policy maps groups to rights, which count in a program that was started as administrator.',
  ),
  EPM_GRANT_INVALID: entry(
    336,
    'InvalidData',
    'elevationFailed',
    'A text is not a grant as approvers sign it.',
    'See data.reason: copy the whole text again, from EPM1. to its last character.',
  ),
  EPM_BROKER: entry(
    351,
    'ResourceUnavailable',
    'elevationFailed',
    'A broker of the live channel cannot be used.',
    'See data.fault; docs/live-channel.md says what each means.',
  ),
  EPM_REVOCATION_TEXT_INVALID: entry(
    350,
    'InvalidData',
    'elevationFailed',
    'A text is not a revocation as approvers sign it.',
    'See data.reason: copy the whole text again, from EPMV1. to its last character.',
  ),
  EPM_REQUEST_TEXT_INVALID: entry(
    337,
    'InvalidData',
    'elevationFailed',
    'A text is not a support request as a device signs it.',
    'See data.reason: copy the whole text again, from EPMR1. to its last character.',
  ),
  EPM_APPROVER_KEY_INVALID: entry(
    338,
    'InvalidData',
    'elevationFailed',
    'A file is not the key of an approver, or the passphrase does not open it.',
    'See data.reason; make a key with `epm approval-key new`.',
  ),

  EPM_ACCOUNT_UNAVAILABLE: entry(
    400,
    'ResourceUnavailable',
    'elevationFailed',
    'The isolated account could not be made.',
    'See data.step and data.status; check who may log on locally, and who is denied to log on as a service.',
  ),
  EPM_TOKEN_REFUSED: entry(
    401,
    'SecurityError',
    'elevationFailed',
    'The token that was made is not the one that was asked for.',
    'Nothing was started; see data.fact.',
  ),
  EPM_START_FAILED: entry(
    402,
    'ResourceUnavailable',
    'elevationFailed',
    'The program could not be started.',
    'See data.win32.',
  ),
  EPM_IMAGE_CHANGED: entry(
    403,
    'SecurityError',
    'elevationFailed',
    'The image that started is not the file that was checked.',
    'Nothing ran; try again.',
  ),
  EPM_COPY_FAILED: entry(
    405,
    'ResourceUnavailable',
    'elevationDenied',
    'A file that users may write runs only from a protected copy, and none could be made.',
    'See data.reason.',
  ),
  EPM_PROFILE_UNAVAILABLE: entry(
    407,
    'ResourceUnavailable',
    'elevationDenied',
    'The isolated account has no profile of its own that could be loaded.',
    'See data.reason.',
  ),
  EPM_HOST_UNUSABLE: entry(
    406,
    'SecurityError',
    'elevationDenied',
    'The program of the machine that runs packages or scripts is missing, is another file than it should be, or users could change it.',
    'Repair Windows (sfc /scannow), or install PowerShell again for all users.',
  ),
  EPM_INSTALLER_BUSY: entry(
    410,
    'ResourceUnavailable',
    'elevationFailed',
    'A package waited for another installation, which went on for longer than three minutes, or the policy changed meanwhile.',
    'Ask again when the other installation has ended.',
  ),

  EPM_AUDIT_WRITE: entry(
    500,
    'WriteError',
    'elevationFailed',
    'The audit record could not be written; nothing is elevated without one.',
    'Free disk space for the audit journal.',
  ),
  EPM_AUDIT_BROKEN: entry(
    501,
    'SecurityError',
    'elevationFailed',
    'The audit journal does not verify.',
    'Keep the file as evidence and see the record named.',
  ),
  EPM_AUDIT_QUOTA: entry(
    503,
    'ResourceUnavailable',
    'elevationDenied',
    'The user has made as many audit records as one user may; nothing is elevated without one.',
    'Wait a minute, then try again; after a day with very many requests, wait until the next day (UTC).',
  ),
  EPM_AUDIT_UNREADABLE: entry(
    502,
    'ResourceUnavailable',
    'elevationFailed',
    'The audit journal cannot be read.',
    'Run it as an administrator.',
  ),
  EPM_VERIFICATION_KEY_INVALID: entry(
    504,
    'InvalidData',
    'elevationFailed',
    'A key that verifies the audit journal is cut off or was changed.',
    'Take the whole line that `epm audit seal` printed, from EPM-SEAL-1- on.',
  ),
} as const satisfies Record<string, ErrorCodeEntry>;

export type ErrorCode = keyof typeof ERROR_CODES;
