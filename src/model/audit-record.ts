/**
 * One line of the audit journal: which events there are, and which fields they carry. The types, the module's view of a
 * record and docs/audit.md follow from these tables.
 *
 * A field is one row: the type then asks for its value at every place that records one of its events. Rows are only
 * added. Records of earlier versions must stay readable, and their hashes cover their members as they were written: so
 * nobody renames or removes a row, and a reader takes a record that lacks a field or has one more.
 */
import type { ELEVATION_TYPES, ElevationType } from './rule-action.ts';
import type { DecisionNote, RuleReference } from './decision.ts';

export const AUDIT_EVENTS = {
  agentStarted: 'The agent started. The message has its version.',
  agentStopped: 'The agent was stopped. Without this record the agent or the machine ended unexpectedly.',
  policyChanged:
    'Another policy came into force, or one can be read again. The message has the first digits of its digest.',
  policyFault:
    'The delivered policy of the device, or of the user named, cannot be used, and the last good one stays in force; or with `EPM_POLICY_UNCONFIRMED` part of it does not count.',
  elevationStarting: 'A program is about to run elevated. The record is on the disk before its first instruction.',
  elevationEnded: 'The first process of an elevated program ended.',
  treeEnded: 'What an elevated program had started ran on when it had ended, and was ended by the agent or on request.',
  elevationInterrupted:
    'The agent, or the machine, ended without recording the end of an elevated program, which ended with it. The next start of the agent records it, once.',
  childAllowed:
    'A process that an elevated program started is about to run elevated too. The record is on the disk before its first instruction, unless it is one of those that are only counted.',
  childDenied: 'A process that an elevated program started was ended before its first instruction.',
  libraryDenied:
    'A process of an elevated program was ended before the first instruction of a library that it was to load. The file is the library.',
  elevationFailed: 'An elevation that nothing forbade could not be carried out. Nothing ran.',
  elevationDenied: 'What was asked for is not elevated.',
  elevationPending: 'The request needs an answer of the user, or an approval, before anything starts.',
  requestRefused:
    'The request was not decided: policy does not manage it, or it came from a client or in a form that is not served.',
  journalRecovered: 'Opening the journal removed an unfinished record. The message says how many bytes.',
  journalGap: 'Records could not be written for a while. The message says how many.',
  journalIncomplete:
    'The journal is not the one that the agent left, or a record in it was changed. The reason is one of the states below.',
  journalTrimmed:
    'Records became older than the journal keeps them (setting `journalDays`) and are removed. The journal then begins behind the record named.',
  journalSealed:
    'An administrator had a new key made, which seals the records behind this one. Without such a record they have no seals.',
  journalCheckpoint: 'The device signed, with its own key, how far the journal was: all records before this one.',
  supportRequestCreated: 'A user asked support for an approval, and the device keeps the request.',
  supportRequestUpdated: 'The user asked again for what they had asked for, and support has not answered yet.',
  supportRequestApproved: 'An approval that counts on the device answers a request.',
  supportRequestDenied: 'Somebody with the right to it denied a request on the device.',
  supportRequestExpired: 'Nobody answered a request in time, or its approval is over and was not used.',
  supportRequestRevoked: 'The approval of a request was taken back, by policy or by somebody with the right to it.',
  secretChanged:
    'An administrator gave the agent a secret, or removed one. The message has its name, and never the secret.',
  notificationDropped:
    'A receiver was not told of a request to support, and will not be. The reason says why, the message which receiver.',
  grantImported:
    'A signed approval came to the device that counts on it, or will: a user brought it, or without a user the live channel.',
  grantRefused:
    'A signed approval, or a revocation, came to the device that does not count on it. The reason says why.',
  grantRevoked: 'A revocation that an approver signed takes an approval, or all that answers a request, back.',
  recordsOmitted:
    'The user named had made more records than one user may, 60 a minute and 16 MiB a day; those beyond were only counted.',
} as const;

export type AuditEvent = keyof typeof AUDIT_EVENTS;

type AuditTypeOfRule = (typeof ELEVATION_TYPES)[ElevationType]['auditType'];

export const AUDIT_ELEVATION_TYPES = {
  undetermined: 'nothing was decided, or by no rule',
  zeroTouchElevation: 'an automatic rule',
  userConfirmedElevation: 'a rule that the user confirms, or the default response',
  supportApprovedElevation: 'a rule that needs an approval by support',
  denied: 'a rule that denies; EPM’s own value',
  currentUserElevation: 'a rule that elevates as the current user; EPM’s own value',
} as const satisfies Readonly<Record<'undetermined' | AuditTypeOfRule, string>>;

export type AuditElevationType = keyof typeof AUDIT_ELEVATION_TYPES;

/** What a field can hold, and how that is written in JSON. */
export const AUDIT_KINDS = {
  count: 'whole number',
  time: 'text: ISO 8601, UTC, milliseconds',
  digest: 'text: SHA-256, hexadecimal',
  event: 'text: one of the events',
  elevationType: 'text: one of the elevation types',
  text: 'text',
  path: 'text, up to 32,767 characters',
  texts: 'list of texts, together up to 32,767 characters',
  rule: 'object: `policyId`, `scope` (`device` or `user`), `name`, `type`',
  notes: 'list of `revocationUnknown`, `fromInternet`, `writableFolder`',
  accountFactory: 'text: `virtualAccount`, `windowsLogon` or `testBed`',
} as const;

export type AuditKind = keyof typeof AUDIT_KINDS;

/** What makes the tokens of elevated programs: isolated accounts, logons of the user themselves, or the test bed. */
export type TokenFactory = 'virtualAccount' | 'windowsLogon' | 'testBed';

interface KindTypes {
  readonly count: number;
  readonly time: string;
  readonly digest: string;
  readonly event: AuditEvent;
  readonly elevationType: AuditElevationType;
  readonly text: string;
  readonly path: string;
  readonly texts: readonly string[];
  readonly rule: RuleReference;
  readonly notes: readonly DecisionNote[];
  readonly accountFactory: TokenFactory;
}

interface AuditFieldRow {
  readonly kind: AuditKind;
  /** Events whose records carry it when its value is known; `every`: all records have it; `sealed`: all that have a seal. */
  readonly events: 'every' | 'sealed' | readonly AuditEvent[];
  /** Name of the property of Graph's `privilegeManagementElevation` that it is (decision E1). */
  readonly graph?: string;
  /** Name in the module's objects, where it is not the name of the field in Pascal case. */
  readonly property?: string;
  readonly meaning: string;
}

const RUN = ['elevationStarting', 'elevationEnded', 'elevationInterrupted', 'treeEnded'] as const;
const CHILD = ['childAllowed', 'childDenied'] as const;
/** Events of one request, whatever becomes of it. */
export const AUDIT_REQUEST_EVENTS = [
  ...RUN,
  ...CHILD,
  'libraryDenied',
  'elevationFailed',
  'elevationDenied',
  'elevationPending',
  'requestRefused',
  'supportRequestCreated',
  'supportRequestUpdated',
] as const;
/** Events in which somebody answers a request to support, or its time is over. */
const ANSWERED = [
  'supportRequestApproved',
  'supportRequestDenied',
  'supportRequestExpired',
  'supportRequestRevoked',
] as const;
const GRANT = ['grantImported', 'grantRefused', 'grantRevoked'] as const;

/** In the order in which the module shows them. */
export const AUDIT_FIELDS = {
  sequence: { kind: 'count', events: 'every', meaning: '1, 2, 3 … without gaps, through all segments.' },
  eventDateTime: {
    kind: 'time',
    events: 'every',
    graph: 'eventDateTime',
    property: 'Time',
    meaning: 'When it was recorded, by the clock of the device.',
  },
  event: { kind: 'event', events: 'every', meaning: 'What happened.' },
  elevationType: {
    kind: 'elevationType',
    events: AUDIT_REQUEST_EVENTS,
    graph: 'elevationType',
    meaning: 'By what kind of rule.',
  },
  userSid: {
    kind: 'text',
    events: [
      ...AUDIT_REQUEST_EVENTS,
      ...ANSWERED,
      ...GRANT,
      'policyFault',
      'secretChanged',
      'recordsOmitted',
      'journalSealed',
    ],
    meaning:
      'SID of the user who asks, who brought an approval, whose policy it is, who changed a secret, whose records were omitted, or who had the journal sealed.',
  },
  upn: {
    kind: 'text',
    events: [...AUDIT_REQUEST_EVENTS, ...ANSWERED],
    graph: 'upn',
    property: 'UserName',
    meaning: 'Name of that user, `DOMAIN\\name`.',
  },
  trigger: {
    kind: 'text',
    events: AUDIT_REQUEST_EVENTS,
    meaning:
      'What made the request: `userInitiated` (a verb, a cmdlet, the menu of Explorer), `launch` (the program was started as always) or `detected` (it was, and asked Windows for administrator rights).',
  },
  deviceName: { kind: 'text', events: 'every', graph: 'deviceName', meaning: 'Name of the device.' },
  filePath: {
    kind: 'path',
    events: [...AUDIT_REQUEST_EVENTS, ...ANSWERED],
    graph: 'filePath',
    meaning: 'Path of the file: as it was asked for until the file is open, then the name that Windows gives for it.',
  },
  copyPath: {
    kind: 'path',
    events: RUN,
    meaning:
      'Path of the protected copy that ran in place of the file: of every package and script, and of a program that users may write, or whose folder they may write. Absent: the file itself ran.',
  },
  workingDirectory: {
    kind: 'path',
    events: RUN,
    meaning:
      'Folder of the request in which the program started, because its rule takes that. Absent: the system folder.',
  },
  hostPath: {
    kind: 'path',
    events: RUN,
    meaning:
      'Path of the program of the machine that ran the package or script: Windows Installer or PowerShell. Absent: the file is a program itself.',
  },
  arguments: {
    kind: 'texts',
    events: [...AUDIT_REQUEST_EVENTS, ...ANSWERED],
    property: 'ArgumentList',
    meaning:
      'Arguments of the program, one text each. Of more than 4,096 characters together only the first 1,024 are kept.',
  },
  argumentsDigest: {
    kind: 'digest',
    events: [...AUDIT_REQUEST_EVENTS, ...ANSWERED],
    meaning: 'Digest of all arguments, as a list in canonical JSON, where they are too long to be kept.',
  },
  justification: {
    kind: 'text',
    events: [...AUDIT_REQUEST_EVENTS, ...ANSWERED],
    graph: 'justification',
    meaning: 'What the user gave as the reason.',
  },
  processId: {
    kind: 'count',
    events: [...RUN, ...CHILD, 'libraryDenied', 'agentStarted'],
    meaning: 'Number of the process that runs elevated, or was ended, or of the agent.',
  },
  processType: {
    kind: 'text',
    events: [...RUN, ...CHILD],
    graph: 'processType',
    meaning:
      '`parent`: the program that was asked for. `child`: a process that it, or a process of its tree, has started.',
  },
  parentProcessName: {
    kind: 'path',
    events: [...CHILD, 'libraryDenied'],
    graph: 'parentProcessName',
    meaning:
      'Path of the program whose process started this one, or was to load the library; absent where that process was not seen.',
  },
  parentProcessId: { kind: 'count', events: CHILD, meaning: 'Number of that process.' },
  result: {
    kind: 'count',
    events: ['elevationEnded'],
    graph: 'result',
    property: 'ExitCode',
    meaning: 'Exit code of the program.',
  },
  authentication: {
    kind: 'text',
    events: AUDIT_REQUEST_EVENTS,
    meaning: 'The package of Windows that authenticated the user for this request, where that was asked for.',
  },
  rule: { kind: 'rule', events: AUDIT_REQUEST_EVENTS, meaning: 'The rule that decided.' },
  notes: {
    kind: 'notes',
    events: AUDIT_REQUEST_EVENTS,
    meaning:
      'What did not stop the elevation but should be known: revocation of the certificate could not be checked, the file came from the Internet, or users may write where it lies.',
  },
  reason: {
    kind: 'text',
    events: [
      'agentStopped',
      'elevationEnded',
      'treeEnded',
      'childDenied',
      'libraryDenied',
      'elevationDenied',
      'elevationPending',
      'requestRefused',
      'journalIncomplete',
      'grantRefused',
      'notificationDropped',
    ],
    meaning:
      'Why, as an identifier; for a pending request the requirements, with commas; of a child, or of a process that was ended for a library, one of those in [children.md](children.md); of an agent that stopped `shutdown` when Windows went down, and `removal` when EPM was removed.',
  },
  childrenAllowed: {
    kind: 'count',
    events: ['elevationEnded', 'treeEnded'],
    meaning: 'How many processes of the tree ran elevated besides the program itself, until it ended.',
  },
  childrenDenied: {
    kind: 'count',
    events: ['elevationEnded', 'treeEnded'],
    meaning: 'How many were ended until then.',
  },
  endedBy: {
    kind: 'text',
    events: ['elevationEnded', 'treeEnded'],
    meaning: 'SID of the user who had the tree ended, where somebody did.',
  },
  errorCode: {
    kind: 'text',
    events: ['elevationFailed', 'elevationDenied', 'childDenied', 'libraryDenied', 'requestRefused', 'policyFault'],
    meaning: 'One of the [error codes](errors.md).',
  },
  message: {
    kind: 'text',
    events: [
      'agentStarted',
      'policyChanged',
      'policyFault',
      'elevationEnded',
      'elevationFailed',
      'elevationDenied',
      'requestRefused',
      'journalRecovered',
      'journalGap',
      'journalIncomplete',
      'journalTrimmed',
      'secretChanged',
      'notificationDropped',
      'recordsOmitted',
    ],
    meaning: 'What happened, as a sentence.',
  },
  notedRecords: {
    kind: 'count',
    events: ['journalIncomplete'],
    meaning: 'Sequence number of the newest record that was noted outside of the journal.',
  },
  notedHash: { kind: 'digest', events: ['journalIncomplete'], meaning: 'The `recordHash` of that record.' },
  removedRecords: {
    kind: 'count',
    events: ['journalTrimmed'],
    meaning: 'Sequence number of the last record that is removed.',
  },
  removedHash: { kind: 'digest', events: ['journalTrimmed'], meaning: 'The `recordHash` of that record.' },
  omittedRecords: { kind: 'count', events: ['recordsOmitted'], meaning: 'How many were only counted.' },
  accountSid: {
    kind: 'text',
    events: RUN,
    meaning: 'SID of the account that the program runs as: an isolated one, or that of the user.',
  },
  accountFactory: {
    kind: 'accountFactory',
    events: [...RUN, 'agentStarted'],
    meaning: 'What made that account, or the logon of the user themselves. `testBed` protects nothing.',
  },
  hash: {
    kind: 'digest',
    events: [...AUDIT_REQUEST_EVENTS, ...ANSWERED],
    graph: 'hash',
    property: 'Sha256',
    meaning: 'Digest of the file.',
  },
  productName: {
    kind: 'text',
    events: AUDIT_REQUEST_EVENTS,
    graph: 'productName',
    meaning: 'Product name in the file’s version resource or package.',
  },
  internalName: { kind: 'text', events: AUDIT_REQUEST_EVENTS, graph: 'internalName', meaning: 'Internal name there.' },
  fileVersion: {
    kind: 'text',
    events: AUDIT_REQUEST_EVENTS,
    graph: 'fileVersion',
    meaning: 'File version there, as a text.',
  },
  fileDescription: {
    kind: 'text',
    events: AUDIT_REQUEST_EVENTS,
    graph: 'fileDescription',
    meaning: 'File description there.',
  },
  companyName: { kind: 'text', events: AUDIT_REQUEST_EVENTS, graph: 'companyName', meaning: 'Company there.' },
  publisher: {
    kind: 'text',
    events: AUDIT_REQUEST_EVENTS,
    meaning: 'Name in the certificate that signed the file, where the signature holds. Absent: unknown publisher.',
  },
  certificatePayload: {
    kind: 'digest',
    events: AUDIT_REQUEST_EVENTS,
    graph: 'certificatePayload',
    meaning: 'Digest of the certificate that signed the file, of its best signature.',
  },
  requestId: { kind: 'text', events: AUDIT_REQUEST_EVENTS, meaning: 'The same in all records of one request.' },
  supportRequestId: {
    kind: 'text',
    events: [...AUDIT_REQUEST_EVENTS, ...ANSWERED, ...GRANT, 'notificationDropped'],
    meaning: 'The request to support that was made, that an approval answers, or that the record is about.',
  },
  grantId: {
    kind: 'text',
    events: [...AUDIT_REQUEST_EVENTS, ...ANSWERED, ...GRANT],
    meaning: 'The signed approval by which a program runs, or that the record is about.',
  },
  approver: {
    kind: 'text',
    events: [...AUDIT_REQUEST_EVENTS, ...ANSWERED, ...GRANT],
    meaning:
      'Who approved, as policy names the holder of the key that signed; who denied or took back on the device: their SID.',
  },
  approverKey: {
    kind: 'text',
    events: [...AUDIT_REQUEST_EVENTS, ...ANSWERED, ...GRANT],
    meaning: 'Name of the key that signed the approval, in policy.',
  },
  reviewerJustification: {
    kind: 'text',
    events: ANSWERED,
    meaning: 'What the approver, or who denied or took back, says about it.',
  },
  sealKey: { kind: 'text', events: ['journalSealed'], meaning: 'Name of the new key, 16 hexadecimal digits.' },
  deviceId: { kind: 'text', events: ['journalCheckpoint'], meaning: 'Identifier of the device: a digest of its key.' },
  deviceKey: { kind: 'text', events: ['journalCheckpoint'], meaning: 'That key: Ed25519, 32 bytes in base64.' },
  signature: {
    kind: 'text',
    events: ['journalCheckpoint'],
    meaning:
      'What it signed, in base64: the lines `EPM journal checkpoint`, the identifier, and number and hash of the record before, each with a line feed.',
  },
  sealNumber: {
    kind: 'count',
    events: 'sealed',
    meaning: '1, 2, 3 … since the key began. A number that is left out is a record that somebody removed.',
  },
  seal: {
    kind: 'digest',
    events: 'sealed',
    meaning: 'HMAC-SHA-256 of all other fields but `recordHash`, in canonical JSON, by the key of this record alone.',
  },
  previousHash: {
    kind: 'digest',
    events: 'every',
    meaning: 'The `recordHash` of the record before; 64 zeros in the first.',
  },
  recordHash: {
    kind: 'digest',
    events: 'every',
    meaning: 'Digest of all other fields of this record, in canonical JSON.',
  },
} as const satisfies Record<string, AuditFieldRow>;

export type AuditField = keyof typeof AUDIT_FIELDS;

type Rows = typeof AUDIT_FIELDS;
type ValueOf<F extends AuditField> = KindTypes[Rows[F]['kind']];
/** Fields that every record has. */
type FixedField = { [F in AuditField]: Rows[F]['events'] extends 'every' ? F : never }[AuditField];
/** Fields that all of the events carry. */
type CarriedField<E extends AuditEvent> = {
  [F in AuditField]: Rows[F]['events'] extends readonly (infer Carrier)[] ? ([E] extends [Carrier] ? F : never) : never;
}[AuditField];

/** A record as it is read. */
export type AuditRecord = { readonly [F in FixedField]: ValueOf<F> } & {
  readonly [F in Exclude<AuditField, FixedField>]?: ValueOf<F>;
};

/** The fields that all of the events carry, each with its value or undefined. None can be forgotten. */
export type AuditFieldsOf<E extends AuditEvent> = { readonly [F in CarriedField<E>]: ValueOf<F> | undefined };

/** Events of one request. */
export type RequestEvent = (typeof AUDIT_REQUEST_EVENTS)[number];
/** Events of a program that runs. */
export type RunEvent = (typeof RUN)[number];

/** What is said about an event; the journal adds number, time, device and hashes. */
export type AuditEntry = { [E in AuditEvent]: { readonly event: E } & AuditFieldsOf<E> }[AuditEvent];
