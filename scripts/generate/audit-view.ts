/** The module's object for an audit record, and its list view, from the table of audit fields. */
import { AUDIT_FIELDS, type AuditField, type AuditKind } from '../../src/model/audit-record.ts';
import { shownItem } from './module-views.ts';

const VALUES: Readonly<Record<Exclude<AuditKind, 'rule'>, (value: string) => string>> = {
  count: (value) => value,
  time: (value) => `ConvertTo-EPMTime -Value ${value}`,
  digest: text,
  event: text,
  elevationType: text,
  text,
  path: text,
  texts: (value) => `ConvertTo-EPMArgumentList -Value ${value}`,
  notes: (value) => `ConvertTo-EPMArgumentList -Value ${value}`,
  accountFactory: text,
};

/** A rule is shown by these of its members. */
const RULE = { Rule: 'name', PolicyId: 'policyId' } as const;

/** @returns names of the object's properties that show the field */
export function auditProperties(field: string): readonly string[] {
  const row: { readonly kind: AuditKind; readonly property?: string } = AUDIT_FIELDS[field as AuditField];
  if (row.kind === 'rule') return Object.keys(RULE);
  return [row.property ?? `${field.charAt(0).toUpperCase()}${field.slice(1)}`];
}

const LONGEST_NAME = Math.max(
  ...Object.keys(AUDIT_FIELDS)
    .flatMap(auditProperties)
    .map(({ length }) => length),
);

/** @returns the PowerShell function that makes the object */
export function renderAuditObject(): string {
  const properties = Object.entries(AUDIT_FIELDS).flatMap(([field, { kind, events }]): readonly string[] => {
    const value = `${kind === 'count' && events === 'every' ? '[long]' : ''}$value['${field}']`;
    if (kind !== 'rule') return auditProperties(field).map((name) => assignment(name, VALUES[kind](value)));
    return Object.entries(RULE).map(([name, member]) =>
      assignment(name, text(`(Get-EPMMember -InputObject ${value} -Name '${member}')`)),
    );
  });
  return [
    'function ConvertTo-EPMAuditRecord {',
    '    # From one event of the `audit` channel.',
    '    param([Parameter(Mandatory = $true)]$Message)',
    '',
    '    $value = @{}',
    '    foreach ($property in $Message.record.PSObject.Properties) { $value[$property.Name] = $property.Value }',
    "    New-EPMObject -TypeName 'EPM.AuditRecord' -Property ([ordered]@{",
    ...properties.map((line) => `            ${line}`),
    `            ${assignment('Truncated', "[bool](Get-EPMMember -InputObject $Message -Name 'truncated')")}`,
    '        })',
    '}',
    '',
  ].join('\n');
}

/** @returns items of the list view in module/EPM.format.ps1xml; what a record lacks is not shown */
export function renderAuditListItems(): string {
  const items = Object.entries(AUDIT_FIELDS).flatMap(([field, { events }]) =>
    auditProperties(field).map((name) =>
      events === 'every'
        ? `              <ListItem>${shownItem(name).join('')}</ListItem>`
        : [
            '              <ListItem>',
            `                <ItemSelectionCondition><ScriptBlock>$null -ne $_.${name} -and @($_.${name}).Count -gt 0</ScriptBlock></ItemSelectionCondition>`,
            ...shownItem(name).map((element) => `                ${element}`),
            '              </ListItem>',
          ].join('\n'),
    ),
  );
  return items.join('\n');
}

/** Signs of equality stand below each other. */
function assignment(name: string, value: string): string {
  return `${name.padEnd(LONGEST_NAME)} = ${value}`;
}

function text(value: string): string {
  return `ConvertTo-EPMText -Value ${value}`;
}
