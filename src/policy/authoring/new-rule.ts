/**
 * A rule for a file, from its attributes or from an audit record: what "Create a rule with these file details" is in
 * Intune's report, with the same choices of type, child processes and path.
 */
import { quoteArgument } from '../../engine/arguments.ts';
import { compileRule } from '../../engine/compile-rule.ts';
import { DEFAULT_WINDOWS_FOLDERS } from '../../engine/default-windows-folders.ts';
import { interpreterSet, isProgramOf } from '../../engine/interpreters.ts';
import { parseRuleVersion } from '../../engine/version.ts';
import { sha256 } from '../../model/brands.ts';
import { defined } from '../../model/defined.ts';
import type { PolicyCertificate } from '../../model/policy.ts';
import { checkValue } from '../declaration/validation.ts';
import type { ChildProcessBehavior, ElevationType, RuleInput, Validation } from '../../model/rule.ts';
import { brittleness } from './brittle-texts.ts';
import { noRule } from './no-rule.ts';
import { type RuleSource, type Texts, texts } from './rule-source.ts';

/** By what the rule knows the file: its content, or who signed it together with what the signature covers. */
export const RULE_IDENTITIES = ['hash', 'publisher'] as const;
export type RuleIdentity = (typeof RULE_IDENTITIES)[number];

export interface RuleChoices {
  readonly name?: string;
  readonly type: ElevationType;
  readonly validations?: readonly Validation[];
  readonly childProcesses?: ChildProcessBehavior;
  readonly hours?: Pick<RuleInput, 'activeFrom' | 'activeUntil' | 'activeHours'>;
  readonly identity: RuleIdentity;
  /** Only files in the same folder; otherwise the path is left open. */
  readonly samePath: boolean;
  /** Only this command line. */
  readonly arguments?: readonly string[];
  /** Only the command line that the source has. */
  readonly sameArguments?: boolean;
}

interface NewRule {
  readonly rule: RuleInput;
  /** What whoever relies on the rule should know, each as a sentence. */
  readonly notes: readonly string[];
  /** For the policy's list, so that the rule can be exported with its certificate. */
  readonly certificate?: PolicyCertificate;
}

const INTERPRETERS = interpreterSet();

/**
 * @throws EpmError EPM_RULE_SOURCE when the source has not what the rule is to know the file by, or the agent would
 *   reject the rule
 */
export function newRule(source: RuleSource, choices: RuleChoices): NewRule {
  const at = Math.max(source.path.lastIndexOf('\\'), source.path.lastIndexOf('/'));
  const fileName = source.path.slice(at + 1);
  const folder = source.path.slice(0, Math.max(at, 0));
  const identity = choices.identity === 'hash' ? hashOf(source, fileName) : publisherOf(source, fileName, choices.type);
  if (choices.type === 'automatic' && source.hasExternalFiles === true) {
    throw noRule(
      'externalFiles',
      `"${fileName}" installs files that lie beside it, so no Automatic rule takes it.`,
      'Let the person confirm (userConfirmed), or use a package that has everything inside.',
    );
  }
  const { internalName, originalName } = source;
  const names = defined({ internalName, originalName });
  // A list lets an interpreter run only that; on a Deny it would let it run everything else (decision A5).
  const isInterpreter = isProgramOf(INTERPRETERS, { type: 'exe', name: fileName, ...names });
  const list = listOf(source, choices, fileName, choices.type !== 'deny' && isInterpreter);
  const { validations, childProcesses } = choices;
  const rule: RuleInput = {
    name: choices.name ?? fileName,
    type: choices.type,
    ...(validations === undefined || validations.length === 0 ? {} : { validations }),
    ...(childProcesses === undefined || choices.type === 'deny' ? {} : { childProcesses }),
    ...choices.hours,
    fileName,
    ...(choices.samePath && folder !== '' ? { filePath: /^[A-Za-z]:$/.test(folder) ? `${folder}\\` : folder } : {}),
    ...identity.attributes,
    ...(list === undefined ? {} : { arguments: [list.map(quoteArgument).join(' ')] }),
  };
  requireTakeable(rule);
  return { rule, notes: identity.notes ?? [], ...defined({ certificate: identity.certificate }) };
}

/** The one call that the rule lists; undefined: it lists none. */
function listOf(
  source: RuleSource,
  { arguments: given, sameArguments }: RuleChoices,
  fileName: string,
  needsList: boolean,
): readonly string[] | undefined {
  const wanted = sameArguments === true || needsList;
  if (given === undefined && wanted && source.argumentsAreCut === true) {
    const message = `The arguments of "${fileName}" were too long to be recorded whole.`;
    throw noRule('argumentsCut', message, 'Write the list of arguments by hand.');
  }
  const vector = given ?? (wanted ? source.arguments : undefined);
  if (needsList && (vector ?? []).length === 0) {
    const message = `"${fileName}" runs what its arguments say, so a rule has to name them.`;
    const hint = 'Give the arguments that are to be allowed, or make the rule for the script or installer itself.';
    throw noRule('argumentsNeeded', message, hint);
  }
  if (wanted && vector === undefined) {
    const message = `No arguments of "${fileName}" are known; only an audit record has them.`;
    throw noRule('argumentsUnknown', message, 'Give the arguments themselves.');
  }
  return vector;
}

/** What a source says is not always fit for a rule: a name of another type, a place no rule may name, a broken digest. */
function requireTakeable(rule: RuleInput): void {
  const shape = checkValue('rule', rule).map(({ diagnostic }) => diagnostic);
  const [fault] = [...shape, ...compileRule(rule, { folders: DEFAULT_WINDOWS_FOLDERS }).reasons];
  if (fault === undefined) return;
  const pointer = fault.place?.pointer ?? '';
  const isFolder = pointer === '/filePath';
  const value = isFolder ? ` "${rule.filePath ?? ''}"` : '';
  const message = `No rule can be made of "${rule.name}": ${pointer.slice(1)}${value}: ${fault.message}`;
  const hint = isFolder
    ? 'Leave the folder out and write filePath by hand, as it is on the devices.'
    : 'Choose another identity, name or type, or write the rule by hand.';
  throw noRule('ruleRejected', message, hint);
}

function hashOf(
  source: RuleSource,
  fileName: string,
): { readonly attributes: Partial<RuleInput>; readonly certificate?: undefined; readonly notes?: undefined } {
  if (source.sha256 === undefined) {
    throw noRule(
      'contentUnknown',
      `Nothing is known of the content of "${fileName}".`,
      'Make the rule from the file itself.',
    );
  }
  return { attributes: { fileHash: source.sha256 } };
}

/** A certificate alone fits everything its owner signs, so every signed text is taken with it. */
function publisherOf(
  source: RuleSource,
  fileName: string,
  type: ElevationType,
): {
  readonly attributes: Partial<RuleInput>;
  readonly certificate?: PolicyCertificate;
  readonly notes?: readonly string[];
} {
  const { badPublisher: bad } = source;
  const publisher = source.publisher ?? (type === 'deny' ? bad?.leaf : undefined);
  if (publisher === undefined) {
    const why = bad === undefined ? 'is not signed' : `has no signature that counts: ${bad.why}`;
    const reason = bad === undefined ? 'notSigned' : 'signatureBroken';
    throw noRule(reason, `"${fileName}" ${why}.`, 'Make the rule by hash.');
  }
  if (source.hasUnsignedTexts === true && type !== 'deny') {
    const message = `The signature of "${fileName}" is not known to cover its product name and version, so that a rule for them would also need the hash.`;
    throw noRule('textsUnsigned', message, 'Make the rule by hash.');
  }
  const digest = sha256(publisher.sha256);
  // A Deny takes unsigned texts for what it asks anyway.
  const signed = source.hasUnsignedTexts === true ? { attributes: {}, notes: [] } : lastingOf(source, type);
  return {
    attributes: { certificate: { type: 'publisher', sha256: digest }, ...signed.attributes },
    notes: [...signed.notes, ...shortLived(publisher)],
    ...(publisher.der === undefined
      ? {}
      : {
          certificate: {
            name: commonName(publisher.subject) ?? `certificate ${digest.slice(0, 8)}`,
            sha256: digest,
            der: publisher.der,
          },
        }),
  };
}

/** What the signature covers and the next release still has. */
function lastingOf(source: RuleSource, type: ElevationType) {
  const { version } = source;
  const parsed = version === undefined ? undefined : parseRuleVersion(version);
  const notes: string[] = [];
  const lasting: Record<string, string> = {};
  for (const [name, text] of Object.entries(texts(source))) {
    const why = brittleness(text, version);
    if (why === undefined) lasting[name] = text;
    else notes.push(`${name} "${text}" is left out: ${why}, which the next one changes.`);
  }
  // As the lowest version of a Deny it would let every older one pass; 0 is no limit.
  const isLimit = type !== 'deny' && parsed?.some((part) => part > 0) === true;
  return { attributes: { ...(isLimit ? { minimumVersion: version } : {}), ...(lasting satisfies Texts) }, notes };
}

const MONTH = 31 * 24 * 60 * 60_000;

function shortLived({ notBefore, notAfter }: NonNullable<RuleSource['publisher']>): readonly string[] {
  if (notBefore === undefined || notAfter === undefined || notAfter - notBefore > MONTH) return [];
  const days = Math.max(1, Math.round((notAfter - notBefore) / (24 * 60 * 60_000)));
  return [
    `The certificate is valid for ${days} days: each release may have another one, which the rule does not take. By hash it is as exact.`,
  ];
}

/** CN of a distinguished name in RFC 4514 form, for a name people recognise; it proves nothing. */
function commonName(subject: string | undefined): string | undefined {
  const value = /(?:^|,)CN=((?:\\.|[^,\\])+)/.exec(subject ?? '')?.[1];
  const plain = value
    ?.replaceAll(/\\(.)/g, '$1')
    .replace(/[\p{Cc}\p{Cs}\uf000\ufffe\uffff]/gu, '')
    .trim()
    .slice(0, 200);
  return plain === '' ? undefined : plain;
}
