/** What would be decided about a file, without an agent: for writing rules and for the helpdesk. */
import { Option } from 'commander';
import { beforeFileResult, testResult } from '../../agent/test-result.ts';
import { compile, decide, decideBeforeFile, renderTrace } from '../../engine/index.ts';
import { sid } from '../../model/brands.ts';
import type { Decision } from '../../model/decision.ts';
import { parseLocalTime } from '../../engine/hours.ts';
import { EpmError, isFileError } from '../../model/errors.ts';
import type { FileFacts, SignatureFacts } from '../../model/file-facts.ts';
import type { ElevationRequest, Requester, Trigger } from '../../model/request.ts';
import { toPolicyDocuments } from '../../policy/formats/json/policy-file.ts';
import { defined } from '../../model/defined.ts';
import type { PolicyFormat } from '../../policy/formats/format.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import type { Io } from '../io.ts';
import { DEFAULT_WINDOWS_FOLDERS } from '../../engine/default-windows-folders.ts';
import { describeDiagnostic, json, shown } from '../output/text.ts';
import { toFacts } from '../input/facts-file.ts';
import { factsOption, jsonOption, policiesOption, rootsOption, fromOption } from '../input/options.ts';
import { ownZoneOffset } from '../input/own-zone.ts';
import { fileFacts } from '../input/file-facts.ts';
import { readJsonObject } from '../input/read-file.ts';
import { readPoliciesFrom } from '../input/read-policies.ts';
import type { DeclareVerb } from '../verb.ts';

/** A user that exists nowhere, for a question that names none. */
const SOMEBODY = sid('S-1-5-21-0-0-0-1001');
const MEBIBYTE = 1024 ** 2;
const REVOCATIONS: readonly SignatureFacts['revocation'][] = ['good', 'revoked', 'unknown'];
const TRIGGERS: readonly Trigger[] = ['userInitiated', 'launch', 'detected'];

interface DecideOptions {
  readonly from?: PolicyFormat;
  readonly policy?: readonly string[];
  readonly file?: string;
  readonly facts?: string;
  readonly roots?: readonly string[];
  readonly revocation?: SignatureFacts['revocation'];
  readonly request?: string;
  readonly arguments?: readonly string[];
  readonly user?: string;
  readonly trigger?: Trigger;
  readonly at?: string;
  readonly explain?: true;
  readonly json?: true;
}

export const declare: DeclareVerb = (command, io, end) => {
  command
    .description('show what would be decided about a file, without the agent')
    .argument('[arguments...]', "the program's arguments; put -- before them")
    .addOption(policiesOption())
    .addOption(fromOption())
    .option('--file <file>', 'the file to decide about')
    .addOption(factsOption())
    .addOption(rootsOption())
    .addOption(
      new Option(
        '--revocation <answer>',
        'what is said of whether certificates are revoked, which only a device can ask for',
      ).choices(REVOCATIONS),
    )
    .option('--request <file>', 'the request as JSON: trigger, requester, arguments, time, zoneOffset')
    .option('--arguments <text...>', 'arguments of the program; those that begin with - go after --')
    .option('--user <sid>', 'SID of the user who asks')
    .addOption(new Option('--trigger <trigger>', 'what made the request').choices(TRIGGERS))
    .option('--at <time>', 'what the clock of the device shows, such as 2026-12-24T08:00; otherwise as it is now')
    .option('--explain', 'explain it: the winner, what lost, what would change the answer')
    .addOption(jsonOption())
    .action(async (values: string[], options: DecideOptions) => {
      end(await decideVerb(io, values, options));
    });
};

/**
 * @returns 0 elevate; 1 denied or not managed; 4 more is needed
 * @throws EpmError EPM_ARGUMENT and the codes of reading the files; of the file that is asked about only where the answer
 *   depends on it
 */
async function decideVerb(io: Io, rest: readonly string[], options: DecideOptions): Promise<ExitCode> {
  if (options.policy === undefined)
    throw usage(
      'A policy is needed.',
      'Give --policy FILE; Test-EPMElevation asks the agent about the policy in force.',
    );
  const read = await Promise.all(
    options.policy.map((policy) => readPoliciesFrom(io, policy, defined({ from: options.from }))),
  );
  const documents = read
    .flatMap(({ policies }) => policies)
    .flatMap((policy) => toPolicyDocuments(policy, { kind: 'device' }));
  const compiled = compile(documents, { machine: DEFAULT_WINDOWS_FOLDERS });
  const notes = read.flatMap(({ policies, problems }) => [...problems, ...policies.flatMap((one) => one.problems)]);
  for (const note of notes) io.error(`epm: ${describeDiagnostic(note)}\n`);
  if (options.explain !== true) {
    for (const { name, reasons, stillDenies } of compiled.rejected) {
      const what = stillDenies ? 'is rejected, but still denies' : 'is rejected';
      io.error(`epm: rule "${shown(name)}" ${what}: ${shown(reasons[0]?.message ?? '')}\n`);
    }
  }
  const request = await requestOf(options, [...(options.arguments ?? []), ...rest]);
  const digests = [...compiled.hashAlgorithms].filter((algorithm) => algorithm !== 'sha256');
  const early = decideBeforeFile(compiled, request.requester);
  const limit = compiled.forUser(request.requester.sid).settings.maximumFileSize * MEBIBYTE;
  let facts: FileFacts;
  try {
    facts = withRevocation(await factsOf(io, options, { digests, maximumSize: limit }), options.revocation);
  } catch (error) {
    // What is wrong with the file, its name included, is asked last (decision P9).
    if (early === undefined || !isFileError(error)) throw error;
    const result = beforeFileResult(early, options.file ?? options.facts ?? '');
    io.out(
      options.json === true
        ? json(result)
        : options.explain === true
          ? `${result.explanation}\n`
          : describeDecision(early),
    );
    return exitCode(early);
  }
  const decision = decide(compiled, request, facts, { trace: true });
  io.out(
    options.json === true ? json(testResult(decision, facts, request)) : describe(decision, facts, request, options),
  );
  return exitCode(decision);
}

function exitCode(decision: Decision): ExitCode {
  switch (decision.outcome) {
    case 'elevate':
      return EXIT.done;
    case 'needs':
    case 'needsApproval':
      return EXIT.needsMore;
    case 'denied':
    case 'notManaged':
      return EXIT.negative;
  }
}

function describe(decision: Decision, facts: FileFacts, request: ElevationRequest, options: DecideOptions): string {
  return options.explain === true ? `${renderTrace(decision, facts, request)}\n` : describeDecision(decision);
}

function describeDecision(decision: Decision): string {
  const reason = 'reason' in decision ? ` (${decision.reason})` : '';
  const needs =
    'requirements' in decision && decision.requirements.length > 0 ? `: ${decision.requirements.join(', ')}` : '';
  const by =
    decision.basis.kind === 'rule'
      ? `by rule "${shown(decision.basis.rule.name)}" of policy ${shown(decision.basis.rule.policyId)}`
      : decision.basis.kind === 'defaultResponse'
        ? 'by the default response'
        : 'by the state of the client, the user or the file';
  return `${decision.outcome}${needs}${reason}, ${by}\n`;
}

async function factsOf(
  io: Io,
  options: DecideOptions,
  wanted: { readonly digests: readonly ('sha384' | 'sha512')[]; readonly maximumSize: number },
): Promise<FileFacts> {
  if (options.file !== undefined && options.facts === undefined)
    return fileFacts(io, options.file, { ...wanted, roots: options.roots });
  if (options.facts === undefined || options.file !== undefined)
    throw usage('One file is needed.', 'Give either --file or --facts.');
  return toFacts(await readJsonObject(options.facts), options.facts);
}

function withRevocation(facts: FileFacts, revocation: SignatureFacts['revocation'] | undefined): FileFacts {
  if (revocation === undefined) return facts;
  return { ...facts, signatures: facts.signatures.map((signature) => ({ ...signature, revocation })) };
}

async function requestOf(options: DecideOptions, values: readonly string[]): Promise<ElevationRequest> {
  const given = options.request === undefined ? {} : await readJsonObject(options.request);
  const requester = requesterOf(given['requester']);
  const listed = given['arguments'];
  if (listed !== undefined && !(Array.isArray(listed) && listed.every((item) => typeof item === 'string'))) {
    throw usage('"arguments" of the request is not a list of texts.', 'Give them as ["one", "two"].');
  }
  const trigger = options.trigger ?? given['trigger'] ?? 'userInitiated';
  const known = TRIGGERS.find((name) => name === trigger);
  if (known === undefined) throw usage('"trigger" of the request is not known.', `Use ${TRIGGERS.join(', ')}.`);
  return {
    trigger: known,
    requester: { ...requester, ...(options.user === undefined ? {} : { sid: sid(options.user) }) },
    arguments: values.length > 0 ? values : ((listed as readonly string[] | undefined) ?? []),
    ...timeOf(options.at, given),
  };
}

/** A local time is as good as any zone: nothing but rules with hours asks for it. */
function timeOf(
  at: string | undefined,
  given: Readonly<Record<string, unknown>>,
): Pick<ElevationRequest, 'time' | 'zoneOffset'> {
  if (at !== undefined) {
    const local = parseLocalTime(at);
    if (local === undefined) throw usage(`"${shown(at)}" is no time.`, 'Give it as 2026-12-24T08:00.');
    return { time: local.start, zoneOffset: 0 };
  }
  const time = typeof given['time'] === 'number' ? given['time'] : Date.now();
  const zoneOffset = given['zoneOffset'];
  return { time, zoneOffset: typeof zoneOffset === 'number' ? zoneOffset : ownZoneOffset(time) };
}

function requesterOf(value: unknown): Requester {
  const given = typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : {};
  return {
    sid: typeof given['sid'] === 'string' ? sid(given['sid']) : SOMEBODY,
    isAdministrator: given['isAdministrator'] === true,
    isElevatedByEpm: given['isElevatedByEpm'] === true,
    ...(typeof given['profileFolder'] === 'string' ? { profileFolder: given['profileFolder'] } : {}),
  };
}

function usage(message: string, hint: string): EpmError {
  return new EpmError('EPM_ARGUMENT', message, { hint });
}
