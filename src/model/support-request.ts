/**
 * A support request: what a user asks of support, under the names that Graph's `privilegeManagementElevationRequest`
 * has for it, and with what Graph has no name for. The types, the text of a request for approvers, the module's view and
 * the pages follow from the tables.
 *
 * A field is one row. Rows are only added, as those of the audit: requests of earlier versions stay readable.
 */
import type { Sha256, Sid } from './brands.ts';
import type { RuleReference } from './decision.ts';
import type { CertificateFacts } from './file-facts.ts';

export const SUPPORT_REQUEST_STATES = {
  pending: 'It waits for an answer.',
  approved: 'It is approved, and nothing ran by it yet.',
  denied: 'It is denied, with the reason where the approver gave one.',
  expired: 'Nobody answered in time, or the approval is over.',
  revoked: 'The approval was taken back.',
  completed: 'It is approved, and the program ran once or more.',
} as const;

export type SupportRequestState = keyof typeof SUPPORT_REQUEST_STATES;

/** A certificate of the file's signer. The DER may be left out of a text that it does not fit into. */
export type RequestCertificate = Pick<CertificateFacts, 'sha256' | 'subject' | 'notBefore' | 'notAfter' | 'der'>;

/** What a field can hold, and how that is written in JSON. */
export const SUPPORT_REQUEST_KINDS = {
  requestId: 'text: 22 characters of base64url, 16 random bytes',
  grantId: 'text: 16 hexadecimal digits',
  deviceId: 'text: GUID in lower case',
  sid: 'text: SID',
  text: 'text',
  path: 'text, up to 32,767 characters',
  texts: 'list of texts',
  flag: '`true` or `false`',
  count: 'whole number',
  time: 'text: ISO 8601, UTC, milliseconds',
  digest: 'text: SHA-256, hexadecimal',
  state: 'text: one of the states',
  rule: 'object: `policyId`, `scope` (`device` or `user`), `name`, `type`',
  ders: 'list of texts: certificates, DER in base64',
  chain: 'list of objects: `sha256`, `subject`, `notBefore`, `notAfter` (milliseconds since 1970), `der` (base64)',
  application: 'object: what is known of the file',
} as const;

export type SupportRequestKind = keyof typeof SUPPORT_REQUEST_KINDS;

interface KindTypes {
  readonly requestId: string;
  readonly grantId: string;
  readonly deviceId: string;
  readonly sid: Sid;
  readonly text: string;
  readonly path: string;
  readonly texts: readonly string[];
  readonly flag: boolean;
  readonly count: number;
  readonly time: string;
  readonly digest: Sha256;
  readonly state: SupportRequestState;
  readonly rule: RuleReference;
  readonly ders: readonly string[];
  readonly chain: readonly RequestCertificate[];
  readonly application: ApplicationDetail;
}

export interface SupportRequestFieldRow {
  readonly kind: SupportRequestKind;
  readonly optional?: true;
  /** Graph has it under the same name. */
  readonly graph?: true;
  /** Key of the member in the text of a request; absent: the text does not carry it. */
  readonly label?: number;
  /** Name in the module's objects, where it is not the name of the field in Pascal case. */
  readonly property?: string;
  readonly meaning: string;
}

/** What is known of the file that somebody wants to run. */
export const APPLICATION_DETAIL_FIELDS = {
  fileHash: { kind: 'digest', graph: true, label: 1, property: 'Sha256', meaning: 'Digest of the file.' },
  fileName: { kind: 'text', graph: true, label: 2, meaning: 'Name of the file.' },
  filePath: { kind: 'path', graph: true, label: 3, meaning: 'Where the file is on the device.' },
  fileDescription: {
    kind: 'text',
    optional: true,
    graph: true,
    label: 4,
    meaning: 'File description in the file’s version resource or package.',
  },
  publisherName: {
    kind: 'text',
    optional: true,
    graph: true,
    label: 5,
    meaning: 'Who signed the file, by the certificate of its best signature. Absent: nobody.',
  },
  publisherTrusted: {
    kind: 'flag',
    optional: true,
    label: 6,
    meaning: 'Whether the device trusts that signature. A name that it does not trust proves nothing.',
  },
  publisherCert: {
    kind: 'ders',
    optional: true,
    graph: true,
    meaning: 'The certificates that signed the file, one for each signature.',
  },
  certificateChain: {
    kind: 'chain',
    optional: true,
    label: 7,
    meaning: 'The chain of the best signature, from the signer to the root.',
  },
  productName: { kind: 'text', optional: true, graph: true, label: 8, meaning: 'Product name there.' },
  productInternalName: { kind: 'text', optional: true, graph: true, label: 9, meaning: 'Internal name there.' },
  productVersion: { kind: 'text', optional: true, graph: true, label: 10, meaning: 'Version there, as a text.' },
} as const satisfies Record<string, SupportRequestFieldRow>;

export type ApplicationDetailField = keyof typeof APPLICATION_DETAIL_FIELDS;
type ApplicationDetail = ValuesOf<typeof APPLICATION_DETAIL_FIELDS>;

/** In the order in which people see them. */
export const SUPPORT_REQUEST_FIELDS = {
  id: { kind: 'requestId', graph: true, label: 1, property: 'RequestId', meaning: 'Names the request.' },
  status: { kind: 'state', graph: true, meaning: 'What became of it.' },
  requestedByUserId: {
    kind: 'sid',
    graph: true,
    label: 2,
    property: 'UserSid',
    meaning: 'SID of the user who asks, from their token.',
  },
  requestedByUserPrincipalName: {
    kind: 'text',
    optional: true,
    graph: true,
    label: 3,
    property: 'UserName',
    meaning: 'Name of that user, `DOMAIN\\name`.',
  },
  requestedOnDeviceId: {
    kind: 'deviceId',
    graph: true,
    label: 4,
    property: 'DeviceId',
    meaning:
      'The device: the first 16 bytes of the SHA-256 of its public key, so that no other device can use its name.',
  },
  deviceName: { kind: 'text', graph: true, label: 5, meaning: 'Name of the device. The identifier alone counts.' },
  requestCreatedDateTime: {
    kind: 'time',
    graph: true,
    label: 6,
    property: 'Created',
    meaning: 'When it was asked for first.',
  },
  requestLastModifiedDateTime: {
    kind: 'time',
    graph: true,
    label: 7,
    property: 'LastModified',
    meaning: 'When it was last asked for, or its state changed.',
  },
  requestExpiryDateTime: {
    kind: 'time',
    graph: true,
    label: 8,
    property: 'Expires',
    meaning: 'When it expires without an answer.',
  },
  requestJustification: {
    kind: 'text',
    graph: true,
    label: 9,
    property: 'Justification',
    meaning: 'Why, in the words of the user.',
  },
  applicationDetail: {
    kind: 'application',
    graph: true,
    label: 10,
    meaning: 'The file.',
  },
  arguments: {
    kind: 'texts',
    label: 11,
    property: 'ArgumentList',
    meaning: 'Arguments of the program, one text each. A grant admits these and no others.',
  },
  fromInternet: {
    kind: 'flag',
    optional: true,
    label: 12,
    meaning: 'Whether the file carries the mark of the web. Absent: not known.',
  },
  timesAsked: { kind: 'count', label: 13, meaning: 'How often this user asked for this file with these arguments.' },
  rule: {
    kind: 'rule',
    optional: true,
    label: 14,
    meaning: 'The rule that asks for an approval. Absent: the default response does.',
  },
  reviewCompletedByUserId: {
    kind: 'text',
    optional: true,
    graph: true,
    property: 'ReviewerId',
    meaning: 'SID or name of who answered, as policy has it for the key, or as the token says.',
  },
  reviewCompletedByUserPrincipalName: {
    kind: 'text',
    optional: true,
    graph: true,
    property: 'ReviewerName',
    meaning: 'Name of who answered.',
  },
  reviewCompletedDateTime: {
    kind: 'time',
    optional: true,
    graph: true,
    property: 'Reviewed',
    meaning: 'When it was answered.',
  },
  reviewerJustification: {
    kind: 'text',
    optional: true,
    graph: true,
    meaning: 'What the approver says about the answer. The user is told it.',
  },
  grantId: { kind: 'grantId', optional: true, meaning: 'The grant that answers it.' },
  approvalExpiryDateTime: {
    kind: 'time',
    optional: true,
    property: 'ApprovedUntil',
    meaning: 'When the approval is over.',
  },
} as const satisfies Record<string, SupportRequestFieldRow>;

export type SupportRequestField = keyof typeof SUPPORT_REQUEST_FIELDS;

type Rows = Readonly<Record<string, SupportRequestFieldRow>>;
type OptionalIn<T extends Rows> = { [F in keyof T]: T[F] extends { readonly optional: true } ? F : never }[keyof T];
type ValuesOf<T extends Rows> = { readonly [F in Exclude<keyof T, OptionalIn<T>>]: KindTypes[T[F]['kind']] } & {
  readonly [F in OptionalIn<T>]?: KindTypes[T[F]['kind']];
};

export type SupportRequest = ValuesOf<typeof SUPPORT_REQUEST_FIELDS>;

/** The value of a field of this kind. */
export type SupportRequestValue<K extends SupportRequestKind> = KindTypes[K];

type Labelled<T extends Rows> = { [F in keyof T]: T[F] extends { readonly label: number } ? F : never }[keyof T];

/** What of the file is in the text of a request. */
export type StatedApplication = Pick<ApplicationDetail, Labelled<typeof APPLICATION_DETAIL_FIELDS>>;

/** What a device tells an approver about a request: what does not depend on the answer. */
export type StatedRequest = Omit<Pick<SupportRequest, Labelled<typeof SUPPORT_REQUEST_FIELDS>>, 'applicationDetail'> & {
  readonly applicationDetail: StatedApplication;
};
