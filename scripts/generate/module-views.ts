/**
 * The objects of the module that show what the agent answers. Each view has a column for every member of the answer, or
 * names the member as left out: a member that is forgotten is a compile error.
 */
import type {
  ElevateResult,
  EndedChildren,
  GrantReport,
  JudgedChild,
  RoleReport,
  RunningElevation,
  StatusReport,
  StatusWarning,
  StopResult,
  SupportAnswer,
  TestResult,
} from '../../src/agent/contract.ts';
import type { GrantStatement } from '../../src/model/grant.ts';
import {
  ACTION_ATTRIBUTES,
  DESCRIPTIVE_ATTRIBUTES,
  DETECTION_ATTRIBUTES,
  type AttributeKind,
  type RuleInput,
} from '../../src/model/rule.ts';
import type { SettingSource, SettingStatement } from '../../src/policy/authoring/setting-sources.ts';

/** How a value is turned into PowerShell's. */
export const KINDS = {
  raw: (value: string) => value,
  text: (value: string) => `ConvertTo-EPMText -Value ${value}`,
  texts: (value: string) => `ConvertTo-EPMArgumentList -Value ${value}`,
  time: (value: string) => `ConvertTo-EPMTime -Value ${value}`,
  milliseconds: (value: string) => `ConvertFrom-EPMMilliseconds -Value ${value}`,
  int: (value: string) => `[int]${value}`,
  long: (value: string) => `[long]${value}`,
  flag: (value: string) => `[bool]${value}`,
};

export interface Column<Member extends string = string> {
  readonly property: string;
  /** The member of the answer that it shows; absent: it is given, or computed from others. */
  readonly of?: Member;
  /** PowerShell; `$value` is a hashtable of the answer's members. */
  readonly value: string;
}

export interface View {
  readonly function: string;
  readonly typeName: string;
  /** What it is made from. */
  readonly comment: string;
  /** Parameters besides the answer. */
  readonly parameters: string;
  /** Lines before the object is made. */
  readonly before: readonly string[];
  readonly columns: readonly Column[];
}

interface Description<Member extends string, Columns, LeftOut> extends Partial<View> {
  readonly function: string;
  readonly typeName: string;
  readonly comment: string;
  readonly columns: Columns & readonly Column<Member>[];
  /** Members that the object does not show. */
  readonly leftOut: LeftOut & readonly Member[];
}

type Shown<Columns> = Columns extends readonly (infer One)[]
  ? One extends { readonly of: infer Member }
    ? Member
    : never
  : never;
type Listed<LeftOut> = LeftOut extends readonly (infer Member)[] ? Member : never;

/** @typeParam Answer whose members all have a column or are left out */
function viewOf<Answer>() {
  type Member = keyof Answer & string;
  return <const Columns, const LeftOut>(
    description: Description<Member, Columns, LeftOut> &
      ([Exclude<Member, Shown<Columns> | Listed<LeftOut>>] extends [never]
        ? unknown
        : { readonly forgotten: Exclude<Member, Shown<Columns> | Listed<LeftOut>> }),
  ): View => ({ parameters: '', before: [], ...description });
}

function column<const Member extends string>(property: string, of: Member, kind: keyof typeof KINDS) {
  return { property, of, value: KINDS[kind](`$value['${of}']`) } as const;
}

/** A member of a member, which may be missing. */
function inner<const Member extends string>(property: string, of: Member, name: string, kind: keyof typeof KINDS) {
  return { property, of, value: KINDS[kind](`(Get-EPMMember -InputObject $value['${of}'] -Name '${name}')`) } as const;
}

function given(property: string, value: string) {
  return { property, value } as const;
}

const ARGUMENTS = given('ArgumentList', KINDS.texts('$ArgumentList'));

type Finished = Extract<ElevateResult, { readonly outcome: 'finished' }>;

const ELEVATION = viewOf<Finished>()({
  function: 'ConvertTo-EPMElevation',
  typeName: 'EPM.Elevation',
  comment: 'From an `elevate` result of a program that was started.',
  parameters: '[string[]]$ArgumentList',
  before: [
    "$start = ConvertTo-EPMTime -Value $value['startTime']",
    "$end = ConvertTo-EPMTime -Value $value['endTime']",
    '$duration = $null',
    'if ($null -ne $end) { $duration = $end - $start }',
  ],
  columns: [
    column('Outcome', 'outcome', 'text'),
    inner('FilePath', 'file', 'path', 'text'),
    inner('CopyPath', 'file', 'copy', 'text'),
    inner('HostPath', 'file', 'host', 'text'),
    ARGUMENTS,
    column('ProcessId', 'processId', 'int'),
    column('ExitCode', 'exitCode', 'raw'),
    column('ExitReason', 'exitReason', 'text'),
    { property: 'StartTime', of: 'startTime', value: '$start' },
    { property: 'EndTime', of: 'endTime', value: '$end' },
    given('Duration', '$duration'),
    inner('Rule', 'rule', 'name', 'text'),
    inner('PolicyId', 'rule', 'policyId', 'text'),
    inner('Account', 'account', 'name', 'text'),
    inner('AccountSid', 'account', 'sid', 'text'),
    column('AccountFactory', 'accountFactory', 'text'),
    column('ChildProcesses', 'childProcesses', 'text'),
    column('WorkingDirectory', 'directory', 'text'),
    column('OwnDesktop', 'ownDesktop', 'flag'),
    {
      property: 'EndedChildren',
      of: 'endedChildren',
      value:
        "@(foreach ($child in @($value['endedChildren'])) { if ($null -ne $child) { ConvertTo-EPMEndedChild -InputObject $child } })",
    },
    inner('Sha256', 'file', 'sha256', 'text'),
    column('RequestId', 'requestId', 'text'),
  ],
  // Of a request whose output is passed on; the cmdlet says it by itself.
  leftOut: ['codePage', 'outputTruncated'],
});

const ENDED_CHILD = viewOf<EndedChildren>()({
  function: 'ConvertTo-EPMEndedChild',
  typeName: 'EPM.EndedChild',
  comment: 'From a kind of processes that were ended.',
  columns: [
    column('FilePath', 'path', 'text'),
    column('Library', 'library', 'text'),
    column('Reason', 'reason', 'text'),
    column('Count', 'count', 'int'),
    given('Explanation', "[string]$script:EndedChildText[[string]$value['reason']]"),
  ],
  leftOut: [],
});

const RUNNING = viewOf<RunningElevation>()({
  function: 'ConvertTo-EPMRunningElevation',
  typeName: 'EPM.RunningElevation',
  comment: 'From one entry of an `elevations` result.',
  columns: [
    column('RequestId', 'requestId', 'text'),
    inner('FilePath', 'file', 'path', 'text'),
    inner('CopyPath', 'file', 'copy', 'text'),
    inner('HostPath', 'file', 'host', 'text'),
    column('ProcessId', 'processId', 'int'),
    column('StartTime', 'startTime', 'time'),
    column('HasEnded', 'hasEnded', 'flag'),
    column('UserName', 'userName', 'text'),
    column('UserSid', 'userSid', 'text'),
    column('SessionId', 'session', 'int'),
    inner('Rule', 'rule', 'name', 'text'),
    inner('PolicyId', 'rule', 'policyId', 'text'),
    inner('Account', 'account', 'name', 'text'),
    inner('AccountSid', 'account', 'sid', 'text'),
    column('AccountFactory', 'accountFactory', 'text'),
    column('ChildProcesses', 'childProcesses', 'text'),
    inner('ChildrenAllowed', 'children', 'allowed', 'int'),
    inner('ChildrenDenied', 'children', 'denied', 'int'),
    {
      property: 'Children',
      of: 'children',
      value:
        "@(foreach ($child in (Get-EPMMember -InputObject $value['children'] -Name 'recent')) { if ($null -ne $child) { ConvertTo-EPMJudgedChild -InputObject $child } })",
    },
    column('WorkingDirectory', 'directory', 'text'),
    column('OwnDesktop', 'ownDesktop', 'flag'),
    inner('Sha256', 'file', 'sha256', 'text'),
  ],
  leftOut: [],
});

const JUDGED_CHILD = viewOf<JudgedChild>()({
  function: 'ConvertTo-EPMJudgedChild',
  typeName: 'EPM.JudgedChild',
  comment: 'From one child of an entry of an `elevations` result.',
  columns: [
    column('ProcessId', 'processId', 'int'),
    column('FilePath', 'path', 'text'),
    column('Time', 'time', 'time'),
    { property: 'Outcome', value: "$(if ($null -eq $value['reason']) { 'allowed' } else { 'ended' })" },
    column('Reason', 'reason', 'text'),
    inner('Rule', 'rule', 'name', 'text'),
    given('Explanation', "[string]$script:EndedChildText[[string]$value['reason']]"),
  ],
  leftOut: [],
});

const STOPPED = viewOf<StopResult>()({
  function: 'ConvertTo-EPMStoppedElevation',
  typeName: 'EPM.StoppedElevation',
  comment: 'From a `stop` result.',
  columns: [column('RequestId', 'requestId', 'text'), column('Outcome', 'outcome', 'text')],
  leftOut: [],
});

type NeedsApproval = Extract<ElevateResult, { readonly outcome: 'needsApproval' }>;

/** A member of the request to support, which may not be made. */
function support<const Member extends keyof SupportAnswer>(property: string, name: Member, kind: keyof typeof KINDS) {
  return inner(property, 'supportRequest', name, kind);
}

const APPROVAL = viewOf<NeedsApproval>()({
  function: 'ConvertTo-EPMApproval',
  typeName: 'EPM.Approval',
  comment:
    'From an `elevate` result of a program that support has to approve. RequestId is that of the request to support.',
  parameters: '[string]$FilePath, [string[]]$ArgumentList',
  columns: [
    column('Outcome', 'outcome', 'text'),
    given('FilePath', '$FilePath'),
    ARGUMENTS,
    support('RequestId', 'id', 'text'),
    support('Status', 'status', 'text'),
    support('Fault', 'fault', 'text'),
    column('Reason', 'reason', 'text'),
    support('Created', 'created', 'time'),
    support('Expires', 'expires', 'time'),
    support('TimesAsked', 'timesAsked', 'int'),
    support('Reviewer', 'reviewer', 'text'),
    support('ReviewerJustification', 'comment', 'text'),
    support('ApprovedUntil', 'approvedUntil', 'time'),
    inner('Rule', 'rule', 'name', 'text'),
    inner('PolicyId', 'rule', 'policyId', 'text'),
    support('Text', 'text', 'text'),
    column('ElevationRequestId', 'requestId', 'text'),
  ],
  // The error says them.
  leftOut: ['message', 'hint'],
});

const GRANT = viewOf<GrantReport>()({
  function: 'ConvertTo-EPMGrant',
  typeName: 'EPM.Grant',
  comment: 'From a grant of a `grants` or `import-grant` result.',
  before: ["$fault = [string]$value['fault']"],
  columns: [
    column('GrantId', 'id', 'text'),
    column('RequestId', 'requestId', 'text'),
    column('FileName', 'fileName', 'text'),
    column('ArgumentList', 'arguments', 'texts'),
    column('UserSid', 'requester', 'text'),
    column('DeviceId', 'device', 'text'),
    column('DeviceGroup', 'deviceGroup', 'text'),
    column('Sha256', 'sha256', 'text'),
    column('From', 'from', 'time'),
    column('Until', 'until', 'time'),
    column('Uses', 'uses', 'raw'),
    column('Used', 'used', 'raw'),
    column('Reason', 'reason', 'text'),
    column('Key', 'key', 'text'),
    column('Approver', 'approver', 'text'),
    column('Source', 'source', 'text'),
    column('Fault', 'fault', 'text'),
    given('Explanation', '$(if ($fault) { [string]$script:GrantFaultText[$fault] })'),
  ],
  leftOut: [],
});

const SIGNED_GRANT = viewOf<GrantStatement>()({
  function: 'ConvertTo-EPMSignedGrant',
  typeName: 'EPM.SignedGrant',
  comment: 'From the statement of a grant that was signed here, and its text.',
  parameters: '[string]$Text, [bool]$Imported',
  columns: [
    column('GrantId', 'id', 'text'),
    column('RequestId', 'requestId', 'text'),
    column('FileName', 'fileName', 'text'),
    column('ArgumentList', 'arguments', 'texts'),
    column('UserSid', 'requester', 'text'),
    inner('DeviceId', 'device', 'id', 'text'),
    inner('DeviceGroup', 'device', 'name', 'text'),
    column('Sha256', 'sha256', 'text'),
    column('From', 'from', 'milliseconds'),
    column('Until', 'until', 'milliseconds'),
    column('Uses', 'uses', 'raw'),
    column('Reason', 'reason', 'text'),
    given('Imported', '$Imported'),
    given('Text', '$Text'),
  ],
  leftOut: [],
});

const ROLE = viewOf<RoleReport>()({
  function: 'ConvertTo-EPMRole',
  typeName: 'EPM.Role',
  comment: 'From a `role` result.',
  before: ["$withheld = [string]$value['withheld']"],
  columns: [
    column('UserName', 'userName', 'text'),
    column('UserSid', 'userSid', 'text'),
    column('Rights', 'rights', 'texts'),
    {
      property: 'Groups',
      of: 'from',
      value:
        "@(foreach ($group in @($value['from'])) { if ($null -ne $group) { ConvertTo-EPMRoleGroup -InputObject $group } })",
    },
    column('Withheld', 'withheld', 'text'),
    given('Explanation', '$(if ($withheld) { [string]$script:WithheldRightsText[$withheld] })'),
  ],
  leftOut: [],
});

const ROLE_GROUP = viewOf<RoleReport['from'][number]>()({
  function: 'ConvertTo-EPMRoleGroup',
  typeName: 'EPM.RoleGroup',
  comment: 'From a group of a `role` result.',
  columns: [column('Name', 'groupName', 'text'), column('Sid', 'group', 'text'), column('Given', 'given', 'texts')],
  leftOut: [],
});

const DECISION = viewOf<TestResult>()({
  function: 'ConvertTo-EPMDecision',
  typeName: 'EPM.Decision',
  comment: 'From a `test` result.',
  parameters: '[string[]]$ArgumentList',
  columns: [
    column('Outcome', 'outcome', 'text'),
    column('Reason', 'reason', 'text'),
    column('Requirements', 'requirements', 'texts'),
    inner('FilePath', 'file', 'path', 'text'),
    ARGUMENTS,
    inner('Rule', 'rule', 'name', 'text'),
    inner('RuleType', 'rule', 'type', 'text'),
    inner('PolicyId', 'rule', 'policyId', 'text'),
    inner('Scope', 'rule', 'scope', 'text'),
    column('ChildProcesses', 'childProcesses', 'text'),
    inner('Sha256', 'file', 'sha256', 'text'),
    column('Explanation', 'explanation', 'text'),
    column('File', 'file', 'raw'),
    column('Trace', 'trace', 'raw'),
    column('Truncated', 'truncated', 'flag'),
  ],
  leftOut: [],
});

const AGENT_WARNING = viewOf<StatusWarning>()({
  function: 'ConvertTo-EPMAgentWarning',
  typeName: 'EPM.AgentWarning',
  comment: 'From a warning of a `status` result. Scripts compare Code; Message and Hint are for people.',
  columns: [
    column('Code', 'code', 'text'),
    column('Message', 'message', 'text'),
    column('Hint', 'hint', 'text'),
    column('Data', 'data', 'raw'),
  ],
  leftOut: [],
});

const AGENT = viewOf<StatusReport>()({
  function: 'ConvertTo-EPMAgent',
  typeName: 'EPM.Agent',
  comment: 'From a `status` result.',
  columns: [
    column('State', 'state', 'text'),
    column('Version', 'version', 'text'),
    column('StartTime', 'startTime', 'time'),
    column('ProcessId', 'processId', 'int'),
    column('ClientState', 'clientState', 'text'),
    column('Rules', 'rules', 'int'),
    column('RejectedRules', 'rejectedRules', 'int'),
    column('Running', 'running', 'int'),
    inner('Elevated', 'counters', 'elevated', 'long'),
    inner('Denied', 'counters', 'denied', 'long'),
    inner('Failed', 'counters', 'failed', 'long'),
    inner('RefusedClients', 'counters', 'refusedClients', 'long'),
    column('PolicySince', 'policySince', 'time'),
    column('PolicyLastRead', 'policyLastRead', 'time'),
    column('PolicyFaultSince', 'policyFaultSince', 'time'),
    column('DataRemoval', 'dataRemoval', 'time'),
    column('PolicyDigest', 'policyDigest', 'text'),
    inner('JournalRecords', 'journal', 'records', 'long'),
    inner('JournalHead', 'journal', 'headHash', 'text'),
    inner('JournalFirstRecord', 'journal', 'firstRecord', 'long'),
    inner('JournalState', 'journal', 'state', 'text'),
    inner('JournalEventLog', 'journal', 'eventLog', 'text'),
    inner('JournalSealedSince', 'journal', 'sealedSince', 'long'),
    column('Health', 'health', 'raw'),
    inner('DeviceId', 'approvals', 'deviceId', 'text'),
    inner('PendingRequests', 'approvals', 'pendingRequests', 'int'),
    inner('ApprovedRequests', 'approvals', 'approvedRequests', 'int'),
    inner('Grants', 'approvals', 'grants', 'int'),
    column('Notifications', 'notifications', 'raw'),
    column('Brokers', 'brokers', 'raw'),
    column('AccountFactory', 'accountFactory', 'text'),
    {
      property: 'Warnings',
      of: 'warnings',
      value:
        "@(foreach ($warning in @($value['warnings'])) { if ($null -ne $warning) { ConvertTo-EPMAgentWarning -InputObject $warning } })",
    },
  ],
  // PolicyFaultSince says it.
  leftOut: ['policyFaultAge'],
});

const SETTING = viewOf<SettingSource>()({
  function: 'ConvertTo-EPMClientSetting',
  typeName: 'EPM.ClientSetting',
  comment: 'From one entry of `settingSources` in a `policy` result.',
  columns: [
    column('Name', 'name', 'text'),
    column('Value', 'value', 'raw'),
    column('Source', 'source', 'text'),
    column('Effect', 'effect', 'text'),
    {
      property: 'Policies',
      of: 'policies',
      value:
        "@(foreach ($policy in @($value['policies'])) { if ($null -ne $policy) { ConvertTo-EPMSettingPolicy -InputObject $policy -Setting $value['name'] } })",
    },
    {
      property: 'Unconfirmed',
      of: 'unconfirmed',
      value:
        "@(foreach ($policy in @($value['unconfirmed'])) { if ($null -ne $policy) { ConvertTo-EPMSettingPolicy -InputObject $policy -Setting $value['name'] } })",
    },
  ],
  leftOut: [],
});

const SETTING_POLICY = viewOf<SettingStatement>()({
  function: 'ConvertTo-EPMSettingPolicy',
  typeName: 'EPM.SettingPolicy',
  comment: 'From a policy that says something about a setting.',
  parameters: '[string]$Setting',
  columns: [
    given('Setting', '$Setting'),
    column('PolicyId', 'id', 'text'),
    column('Scope', 'scope', 'text'),
    column('Value', 'value', 'raw'),
  ],
  leftOut: [],
});

type Attribute = keyof RuleInput;

/** Names of properties that are not the name of the attribute in Pascal case. */
const ATTRIBUTE_PROPERTIES: Partial<Record<Attribute, string>> = { arguments: 'AllowedArguments' };

const ATTRIBUTE_VALUES: Readonly<Record<AttributeKind, (name: Attribute) => readonly Column[]>> = {
  text: (name) => [column(propertyOf(name), name, 'text')],
  flag: (name) => [column(propertyOf(name), name, 'raw')],
  // An empty list allows no arguments; without a list any are allowed.
  texts: (name) => [
    given(propertyOf(name), `$(if ($value.Keys -contains '${name}') { , (${KINDS.texts(`$value['${name}']`)}) })`),
  ],
  certificate: (name) => [
    inner(`${propertyOf(name)}Type`, name, 'type', 'text'),
    inner(`${propertyOf(name)}Hash`, name, 'sha256', 'text'),
  ],
  elevationType: (name) => [column(propertyOf(name), name, 'text')],
  validations: (name) => [column(propertyOf(name), name, 'texts')],
  childProcesses: (name) => [column(propertyOf(name), name, 'text')],
  userWritableFile: (name) => [column(propertyOf(name), name, 'text')],
  workingDirectory: (name) => [column(propertyOf(name), name, 'text')],
  privileges: (name) => [column(propertyOf(name), name, 'texts')],
};

function propertyOf(name: Attribute): string {
  return ATTRIBUTE_PROPERTIES[name] ?? `${name.charAt(0).toUpperCase()}${name.slice(1)}`;
}

function columnsOf(table: Readonly<Record<string, AttributeKind>>): readonly Column[] {
  return Object.entries(table).flatMap(([name, kind]) => ATTRIBUTE_VALUES[kind](name as Attribute));
}

const { name: NAME, ...DESCRIPTION } = DESCRIPTIVE_ATTRIBUTES;
const { type: TYPE, ...ACTION } = ACTION_ATTRIBUTES;

/** What a rule does not always have. */
const OPTIONAL_ATTRIBUTES = { ...DESCRIPTION, ...DETECTION_ATTRIBUTES, ...ACTION };

const RULE: View = {
  function: 'New-EPMRuleObject',
  typeName: 'EPM.PolicyRule',
  comment: 'From a rule as a policy gives it, and what became of it.',
  parameters: '[string]$State, [string]$Scope, [string]$PolicyId, $Diagnostic',
  before: [],
  columns: [
    ...columnsOf({ name: NAME, type: TYPE }),
    given('State', '$State'),
    given('Scope', '$Scope'),
    given('PolicyId', '$PolicyId'),
    ...columnsOf(OPTIONAL_ATTRIBUTES),
    given('Reasons', '[string[]]@($Diagnostic | ForEach-Object { $_.Message })'),
    given('Diagnostics', '@($Diagnostic)'),
    given('Truncated', "[bool]$value['truncated']"),
  ],
};

export const VIEWS: readonly View[] = [
  ELEVATION,
  ENDED_CHILD,
  RUNNING,
  JUDGED_CHILD,
  STOPPED,
  APPROVAL,
  GRANT,
  SIGNED_GRANT,
  ROLE,
  ROLE_GROUP,
  DECISION,
  AGENT,
  AGENT_WARNING,
  SETTING,
  SETTING_POLICY,
  RULE,
];

/** @returns items of the list view of a rule in module/EPM.format.ps1xml; what the rule does not set is not shown */
export function renderRuleListItems(): string {
  return Object.entries(OPTIONAL_ATTRIBUTES)
    .map(([name, kind]) => {
      const property = propertyOf(name as Attribute);
      if (kind === 'certificate') {
        const shown = shownItem(property, `$("$($_.${property}Type) $($_.${property}Hash)")`);
        return listItem(`'' -ne "$($_.${property}Hash)"`, shown);
      }
      // An empty list allows no arguments, which is something to show.
      const isSet = kind === 'texts' ? `$null -ne $_.${property}` : `'' -ne "$($_.${property})"`;
      return listItem(isSet, shownItem(property));
    })
    .join('\n');
}

/** The elements of a list item that show a value with what a stranger wrote in it escaped. */
export function shownItem(label: string, value = `$_.${label}`): readonly string[] {
  return [`<Label>${label}</Label>`, `<ScriptBlock>$_.Shown(${value})</ScriptBlock>`];
}

function listItem(condition: string, shown: readonly string[]): string {
  return [
    '              <ListItem>',
    `                <ItemSelectionCondition><ScriptBlock>${condition}</ScriptBlock></ItemSelectionCondition>`,
    ...shown.map((element) => `                ${element}`),
    '              </ListItem>',
  ].join('\n');
}

/** @returns the PowerShell function that makes the objects of a view */
export function renderView({ function: name, typeName, comment, parameters, before, columns }: View): string {
  const width = Math.max(...columns.map(({ property }) => property.length));
  return [
    `function ${name} {`,
    `    # ${comment}`,
    `    param([Parameter(Mandatory = $true)]$InputObject${parameters === '' ? '' : `, ${parameters}`})`,
    '',
    '    $value = @{}',
    '    foreach ($member in $InputObject.PSObject.Properties) { $value[$member.Name] = $member.Value }',
    ...before.map((line) => `    ${line}`),
    `    New-EPMObject -TypeName '${typeName}' -Property ([ordered]@{`,
    ...columns.map(({ property, value }) => `            ${property.padEnd(width)} = ${value}`),
    '        })',
    '}',
    '',
  ].join('\n');
}
