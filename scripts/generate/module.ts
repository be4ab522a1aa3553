/** module/Private/Generated.ps1: everything the module knows of the core. */
import { CHANNEL_NAMES, CHANNELS } from '../../src/ipc/channels/index.ts';
import { MAX_MESSAGE, PIPE_NAMES, PROTOCOL_VERSION } from '../../src/ipc/protocol.ts';
import { ERROR_CODES } from '../../src/model/error-codes.ts';
import { CHILD_END_REASONS } from '../../src/model/child-end-reasons.ts';
import { EXIT_REASONS } from '../../src/model/exit-reasons.ts';
import { GRANT_FAULTS } from '../../src/model/grant-faults.ts';
import { HASH_ALGORITHMS } from '../../src/model/file-facts.ts';
import { OUTPUT_ENCODINGS } from '../../src/model/output-encodings.ts';
import { CHILD_PROCESS_BEHAVIORS, ELEVATION_TYPES, namesOf, VALIDATIONS } from '../../src/model/rule-action.ts';
import { WITHHELD_RIGHTS } from '../../src/model/role.ts';
import { SETTINGS } from '../../src/model/settings.ts';
import { SUPPORT_REQUEST_STATES } from '../../src/model/support-request.ts';
import { RULE_IDENTITIES } from '../../src/policy/authoring/new-rule.ts';
import type { PolicyFormat } from '../../src/policy/formats/format.ts';
import { RISKS } from '../../src/policy/lint/lint-diagnostic.ts';
import { GRANT_PREFIX } from '../../src/requests/grants/grant-text.ts';
import { REQUEST_PREFIX } from '../../src/requests/request-text.ts';
import { renderAuditObject } from './audit-view.ts';
import { renderView, VIEWS } from './module-views.ts';
import { REPORT_VIEWS, REPORT_WORDS } from './report-views.ts';
import { SUPPORT_REQUEST } from './support-request-view.ts';

/** What people write for a format in PowerShell; undefined: only the command line has it. */
const FORMAT_WORDS: Readonly<Record<PolicyFormat, string | undefined>> = {
  json: 'Json',
  graph: 'Graph',
  syncml: 'SyncML',
  'intune-profile': 'IntuneCustomProfile',
  registry: undefined,
  reg: 'Reg',
  'registry-pol': 'RegistryPol',
};

export function renderModuleKnowledge(): string {
  const categories = Object.entries(ERROR_CODES).map(([code, { category }]) => [code, category] as const);
  const formats = Object.entries(FORMAT_WORDS).flatMap(([format, word]) =>
    word === undefined ? [] : [[word, format] as const],
  );
  const parts = [
    '# Generated from the sources of the core by `npm run generate`. Do not edit.\n',
    "# The agent's pipes, and how many bytes a message has at most.",
    table(
      'PipeName',
      Object.entries(PIPE_NAMES).map(([kind, name]) => [kind, name.replace('\\\\.\\pipe\\', '')]),
    ),
    assignment('MaxMessage', String(MAX_MESSAGE)),
    assignment('ProtocolVersion', String(PROTOCOL_VERSION)),
    '# The channels, and the pipes that serve each.',
    table(
      'ChannelPipe',
      CHANNEL_NAMES.map((channel) => [channel, CHANNELS[channel].pipes.join(' ')]),
    ),
    '# Names of the client settings.',
    list('SettingName', namesOf(SETTINGS)),
    '# Words of parameters, and what the core calls each.',
    table('PolicyFormat', formats),
    table('ElevationType', words(namesOf(ELEVATION_TYPES))),
    table('Validation', words(namesOf(VALIDATIONS))),
    table('ChildProcess', words(namesOf(CHILD_PROCESS_BEHAVIORS))),
    table('RuleIdentity', words(RULE_IDENTITIES)),
    table('HashAlgorithm', words(HASH_ALGORITHMS)),
    table('OutputEncoding', words(OUTPUT_ENCODINGS)),
    table('RequestStatus', words(namesOf(SUPPORT_REQUEST_STATES))),
    table(
      'ReportName',
      Object.entries(REPORT_WORDS).map(([name, word]) => [word, name]),
    ),
    '# Risks of findings, the worst first.',
    list('Risk', RISKS),
    '# What a person is told when a program ended for one of these reasons.',
    table(
      'ExitReasonText',
      namesOf(EXIT_REASONS).map((name) => [name, `${EXIT_REASONS[name].message} ${EXIT_REASONS[name].hint}`]),
    ),
    '# The same of a child that was ended.',
    table(
      'EndedChildText',
      namesOf(CHILD_END_REASONS).map((name) => [
        name,
        `${CHILD_END_REASONS[name].message} ${CHILD_END_REASONS[name].hint}`,
      ]),
    ),
    '# What a person is told of a grant without an effect.',
    table(
      'GrantFaultText',
      namesOf(GRANT_FAULTS).map((name) => [name, `${GRANT_FAULTS[name].meaning} ${GRANT_FAULTS[name].hint}`]),
    ),
    '# The same of rights that count for nothing.',
    table('WithheldRightsText', Object.entries(WITHHELD_RIGHTS)),
    '# Beginnings of signed texts.',
    assignment('RequestPrefix', text(REQUEST_PREFIX)),
    assignment('GrantPrefix', text(GRANT_PREFIX)),
    '# Category of each error code.',
    table('ErrorCategory', categories),
    ...[...VIEWS, SUPPORT_REQUEST, ...REPORT_VIEWS].map(renderView),
    renderAuditObject(),
  ];
  return parts.join('\n');
}

function words(names: readonly string[]): readonly (readonly [string, string])[] {
  return names.map((name) => [`${name.charAt(0).toUpperCase()}${name.slice(1)}`, name]);
}

function assignment(name: string, value: string): string {
  return `$script:${name} = ${value}\n`;
}

function list(name: string, values: readonly string[]): string {
  return assignment(name, `@(\n${values.map((value) => `    ${text(value)}\n`).join('')})`);
}

function table(name: string, rows: readonly (readonly [string, string])[]): string {
  return assignment(
    name,
    `[ordered]@{\n${rows.map(([key, value]) => `    ${keyText(key)} = ${text(value)}\n`).join('')}}`,
  );
}

/** A name with a hyphen would be read as an expression. */
function keyText(key: string): string {
  return /^\w+$/.test(key) ? key : text(key);
}

/** A PowerShell string constant. The module is ASCII, and PowerShell takes a typographic apostrophe for a quotation mark. */
function text(value: string): string {
  return `'${value.replaceAll('\u2019', "'").replaceAll("'", "''")}'`;
}
