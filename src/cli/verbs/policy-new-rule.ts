import { Option } from 'commander';
import { readJournal } from '../../audit/file-storage.ts';
import { verifyFiles } from '../../audit/verify.ts';
import type { Channels } from '../../ipc/channels/index.ts';
import type { AuditRecord } from '../../model/audit-record.ts';
import { TEXT_FACTS } from '../../engine/attributes/index.ts';
import { defined } from '../../model/defined.ts';
import { EpmError } from '../../model/errors.ts';
import type { FileFacts } from '../../model/file-facts.ts';
import type { RuleInput } from '../../model/rule.ts';
import {
  CHILD_PROCESS_BEHAVIORS,
  ELEVATION_TYPES,
  namesOf,
  VALIDATIONS,
  type ChildProcessBehavior,
  type ElevationType,
  type Validation,
} from '../../model/rule-action.ts';
import { orderedRule } from '../../policy/declaration/canonical.ts';
import { newRule, RULE_IDENTITIES, type RuleIdentity } from '../../policy/authoring/new-rule.ts';
import { noRule } from '../../policy/authoring/no-rule.ts';
import { obstacleOf } from '../../policy/authoring/rule-obstacle.ts';
import {
  isRefusedInPlace,
  type RuleSource,
  sourceOfFacts,
  sourceOfRecord,
  sourceOfRequest,
} from '../../policy/authoring/rule-source.ts';
import { parsePolicyFile } from '../../policy/formats/json/policy-file.ts';
import { isAtLeast, type LintDiagnostic } from '../../policy/lint/lint-diagnostic.ts';
import { lintPolicy } from '../../policy/lint/lint.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import type { Io } from '../io.ts';
import { json, shown } from '../output/text.ts';
import { factsOption, journalOption, jsonOption, rootsOption, wholeNumber } from '../input/options.ts';
import { toFacts } from '../input/facts-file.ts';
import { fileFacts } from '../input/file-facts.ts';
import { readJsonObject, requireJournal } from '../input/read-file.ts';
import { requestInput } from '../input/request-file.ts';
import type { DeclareVerb } from '../verb.ts';

interface NewRuleOptions {
  readonly file?: string;
  readonly facts?: string;
  readonly record?: string;
  readonly auditRecord?: number;
  readonly request?: string;
  readonly journal?: string;
  readonly name?: string;
  readonly type: ElevationType;
  readonly by: RuleIdentity;
  readonly validation?: readonly Validation[];
  readonly childProcesses?: ChildProcessBehavior;
  readonly activeFrom?: string;
  readonly activeUntil?: string;
  readonly activeHours?: readonly string[];
  readonly arguments?: readonly string[];
  readonly roots?: readonly string[];
  readonly samePath?: true;
  readonly sameArguments?: true;
}

export const declare: DeclareVerb = (command, io, end) => {
  command
    .description('print a rule for a file, from the file itself, an audit record, or a request to support')
    .argument('[arguments...]', 'arguments that the rule allows; put -- before them')
    .option('--file <file>', 'the file')
    .addOption(factsOption('; - for standard input'))
    .option('--record <file>', 'one audit record, as `epm audit --json` prints it; - for standard input')
    .option('--audit-record <number>', 'sequence number of an audit record', wholeNumber)
    .addOption(journalOption())
    .option(
      '--request <text>',
      'a request to support: its text, or a file with that or with JSON; - for standard input',
    )
    .option('--name <name>', 'name of the rule; otherwise the name of the file')
    .addOption(
      new Option('--type <type>', 'what the rule does').choices(namesOf(ELEVATION_TYPES)).default('userConfirmed'),
    )
    .addOption(
      new Option('--by <identity>', 'by what the rule knows the file').choices(RULE_IDENTITIES).default('hash'),
    )
    .addOption(new Option('--validation <validation...>', 'what a person must give').choices(namesOf(VALIDATIONS)))
    .addOption(
      new Option('--child-processes <behavior>', 'what the program may start').choices(
        namesOf(CHILD_PROCESS_BEHAVIORS),
      ),
    )
    .option('--active-from <time>', 'local time from which the rule matches, such as 2026-12-24T08:00')
    .option('--active-until <time>', 'local time at which it ends')
    .option('--active-hours <hours...>', 'days and hours at which it matches, such as "Mon-Fri 08:00-18:00"')
    .option('--same-path', 'only files in the same folder')
    .option('--same-arguments', 'only the command line of the audit record or request')
    .option('--arguments <text...>', 'arguments that the rule allows; those that begin with - go after --')
    .addOption(rootsOption())
    .addOption(jsonOption('print an error as JSON'))
    .action(async (values: string[], options: NewRuleOptions) => {
      end(await policyNewRule(io, values, options));
    });
};

/**
 * Prints one rule, and the certificate it refers to, as JSON for the lists of a policy file. A rule that would not take
 * its own file is printed all the same, and then said to be of no use. What the linter finds
 * in it is said too: a rule that takes its file can take too much beside it.
 * @throws EpmError EPM_ARGUMENT, EPM_RULE_SOURCE and the codes of reading the source
 */
async function policyNewRule(io: Io, rest: readonly string[], options: NewRuleOptions): Promise<ExitCode> {
  const { name, type, by, validation, childProcesses, activeFrom, activeUntil, activeHours } = options;
  const { source, facts } = await sourceOf(io, options, rest);
  const given = [...(options.arguments ?? []), ...rest];
  const { rule, certificate, notes } = newRule(source, {
    type,
    identity: by,
    samePath: options.samePath === true,
    sameArguments: options.sameArguments === true,
    hours: defined({ activeFrom, activeUntil, activeHours }),
    ...(given.length === 0 ? {} : { arguments: given }),
    ...defined({ name, validations: validation, childProcesses }),
  });
  const certificates = certificate?.der === undefined ? undefined : { [certificate.name]: certificate.der };
  const printed = { rules: [orderedRule(rule, true)], ...defined({ certificates }) };
  io.out(json(printed));
  for (const note of notes) io.error(`epm: ${shown(note)}\n`);
  for (const found of findingsOf(printed)) {
    io.error(`epm: ${found.risk} risk: ${shown(found.message)} [${found.code}]\n     ${shown(found.hint)}\n`);
  }
  if (facts === undefined) return EXIT.done;
  if (isRefusedInPlace(facts))
    io.error(`epm: Where it is now, the file is refused. ${shown(facts.refusal?.message ?? '')}\n`);
  requireMatch(rule, facts, given);
  return EXIT.done;
}

/** What the linter says of the rule alone that is of high severity. */
function findingsOf(lists: object): readonly LintDiagnostic[] {
  const policy = parsePolicyFile(JSON.stringify({ version: 1, settings: { enabled: true }, ...lists }));
  return lintPolicy(policy, Date.now()).filter(({ risk }) => isAtLeast(risk, 'high'));
}

/** @throws EpmError EPM_RULE_SOURCE when the rule does not decide about the file that it was made from */
function requireMatch(rule: RuleInput, facts: FileFacts, given: readonly string[]): void {
  const obstacle = obstacleOf(rule, facts, given);
  if (obstacle === undefined) return;
  const wasAsked = facts.signatures.every(({ machine }) => machine !== undefined);
  const hint =
    rule.certificate !== undefined && !wasAsked
      ? 'Windows was not asked about the signature: name the root certificates to trust with --roots, or make the rule by hash.'
      : 'Make the rule by hash.';
  throw noRule('noMatch', `The rule does not take "${facts.name}" itself: ${obstacle}.`, hint);
}

interface Source {
  readonly source: RuleSource;
  /** Absent for an audit record or a request, which have not everything that a rule asks. */
  readonly facts?: FileFacts;
}

async function sourceOf(
  io: Io,
  { file, facts, record, auditRecord, request, journal, roots }: NewRuleOptions,
  [word]: readonly string[],
): Promise<Source> {
  const given = [file, facts, record, auditRecord, request].filter((source) => source !== undefined);
  if (given.length !== 1) {
    const taken =
      word === undefined || given.length > 1 ? '' : ` "${shown(word)}" is an argument that the rule allows.`;
    throw new EpmError('EPM_ARGUMENT', `One source is needed.${taken}`, {
      hint: 'Give the file after --file, or one of --facts, --record, --audit-record and --request.',
    });
  }
  if (file !== undefined) return ofFacts(await fileFacts(io, file, { roots }));
  if (facts !== undefined) return ofFacts(toFacts(await readJsonObject(facts, io), facts));
  if (record !== undefined) return { source: sourceOfRecord(toRecord(await readJsonObject(record, io), record)) };
  if (request !== undefined) return { source: sourceOfRequest(await requestInput(io, request)) };
  return { source: sourceOfRecord(await recordOf(auditRecord ?? 0, journal)) };
}

function ofFacts(facts: FileFacts): Source {
  return { source: sourceOfFacts(facts), facts };
}

/** An audit record as JSON. @throws EpmError EPM_ARGUMENT when what a rule is made of is not text */
function toRecord(value: Readonly<Record<string, unknown>>, path: string): AuditRecord {
  const texts = ['filePath', 'hash', 'certificatePayload', 'fileVersion', 'argumentsDigest', ...TEXT_FACTS];
  const list = value['arguments'] ?? [];
  const wrong =
    texts.find((member) => !['string', 'undefined'].includes(typeof value[member])) ??
    (typeof value['sequence'] === 'number' ? undefined : 'sequence') ??
    (Array.isArray(list) && list.every((item) => typeof item === 'string') ? undefined : 'arguments');
  if (value['truncated'] === true) {
    throw noRule('recordCut', `The record in "${path}" was cut for display.`, 'Write the rule by hand.');
  }
  if (wrong === undefined) return value as unknown as AuditRecord;
  throw new EpmError('EPM_ARGUMENT', `The record in "${path}" has no usable "${wrong}".`, {
    hint: 'Give one line of `epm audit --json`.',
  });
}

async function recordOf(sequence: number, journal: string | undefined): Promise<AuditRecord> {
  if (journal !== undefined) {
    await requireJournal(journal);
    let found: AuditRecord | undefined;
    // Verified while it is read: a rule is not made from a record that somebody changed.
    const proof = await verifyFiles(readJournal(journal), (record) => {
      if (record.sequence === sequence) found = record;
    });
    if (!proof.ok) throw new EpmError('EPM_AUDIT_BROKEN', proof.message);
    if (found !== undefined) return found;
  } else {
    const { askAgent } = await import('../agent/connect.ts');
    const found: Channels['audit']['event'][] = [];
    await askAgent('audit', { after: sequence - 1, limit: 1 }, { event: (event) => void found.push(event) });
    const [event] = found;
    if (event?.record.sequence === sequence) {
      if (event.truncated !== true) return event.record;
      throw noRule(
        'recordCut',
        `The audit record ${sequence} is too long for an answer of the agent.`,
        'Stop the agent and give its journal by --journal, or write the rule by hand.',
      );
    }
  }
  throw noRule('noSuchRecord', `There is no audit record ${sequence} that you may see.`);
}
