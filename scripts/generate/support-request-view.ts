/** The module's object for a support request, from the tables of its fields. What is known of the file stands among its members. */
import {
  APPLICATION_DETAIL_FIELDS,
  SUPPORT_REQUEST_FIELDS,
  type SupportRequestFieldRow,
  type SupportRequestKind,
} from '../../src/model/support-request.ts';
import { type Column, KINDS, type View } from './module-views.ts';

/** Undefined: the object does not show it. */
const VALUES: Readonly<
  Record<Exclude<SupportRequestKind, 'application' | 'rule'>, ((value: string) => string) | undefined>
> = {
  requestId: KINDS.text,
  grantId: KINDS.text,
  deviceId: KINDS.text,
  sid: KINDS.text,
  text: KINDS.text,
  path: KINDS.text,
  texts: KINDS.texts,
  // Absent is not known, which is another thing than no.
  flag: KINDS.raw,
  count: KINDS.int,
  time: KINDS.time,
  digest: KINDS.text,
  state: KINDS.text,
  // The chain has the certificate of the best signature.
  ders: undefined,
  chain: (value) =>
    `@(foreach ($certificate in @(${value})) { if ($null -ne $certificate) { ConvertTo-EPMRequestCertificate -InputObject $certificate } })`,
};

/** A rule is shown by these of its members. */
const RULE = { Rule: 'name', PolicyId: 'policyId' } as const;

type Rows = Readonly<Record<string, SupportRequestFieldRow>>;

/** @param holder PowerShell hashtable with the members */
function columnsOf(rows: Rows, holder: string): readonly Column[] {
  return Object.entries(rows).flatMap(([field, { kind, property }]): readonly Column[] => {
    if (kind === 'application') return columnsOf(APPLICATION_DETAIL_FIELDS, '$file');
    if (kind === 'rule') {
      return Object.entries(RULE).map(([name, member]) => ({
        property: name,
        value: KINDS.text(`(Get-EPMMember -InputObject ${holder}['${field}'] -Name '${member}')`),
      }));
    }
    const value = VALUES[kind]?.(`${holder}['${field}']`);
    const name = property ?? `${field.charAt(0).toUpperCase()}${field.slice(1)}`;
    return value === undefined ? [] : [{ property: name, value }];
  });
}

export const SUPPORT_REQUEST: View = {
  function: 'ConvertTo-EPMSupportRequest',
  typeName: 'EPM.SupportRequest',
  comment: 'From one entry of a `support-requests` result, and the text for an approver where it is known.',
  parameters: '[string]$Text',
  before: [
    '$file = @{}',
    "foreach ($member in $value['applicationDetail'].PSObject.Properties) { $file[$member.Name] = $member.Value }",
  ],
  columns: [...columnsOf(SUPPORT_REQUEST_FIELDS, '$value'), { property: 'Text', value: '$Text' }],
};
