/**
 * A rule for a file, from its attributes or from an audit record: what "Create a rule with these file details" is in
 * Intune's report, with the same choices of type, child processes and path.
 */
import { quoteArgument } from '../../engine/arguments.ts';
import { TEXT_FACTS, type TextFact } from '../../engine/attributes/index.ts';
import { bestSignature } from '../../engine/signatures.ts';
import { compileRule } from '../../engine/compile-rule.ts';
import { DEFAULT_WINDOWS_FOLDERS } from '../../engine/default-windows-folders.ts';
import { interpreterSet, isProgramOf } from '../../engine/interpreters.ts';
import { parseRuleVersion } from '../../engine/version.ts';
import type { AuditRecord } from '../../model/audit-record.ts';
import { sha256 } from '../../model/brands.ts';
import { defined } from '../../model/defined.ts';
import { EpmError } from '../../model/errors.ts';
import type { FileFacts, SignatureFacts, SignatureFault } from '../../model/file-facts.ts';
import type { PolicyCertificate } from '../../model/policy.ts';
import { checkValue } from '../declaration/validation.ts';
import type { ChildProcessBehavior, ElevationType, RuleInput, Validation } from '../../model/rule.ts';

/** By what the rule knows the file: its content, or who signed it together with what the signature covers. */
export const RULE_IDENTITIES = ['hash', 'publisher'] as const;
export type RuleIdentity = (typeof RULE_IDENTITIES)[number];

export interface RuleChoices {
  readonly name?: string;
  readonly type: ElevationType;
  readonly validations?: readonly Validation[];
  readonly childProcesses?: ChildProcessBehavior;
  readonly identity: RuleIdentity;
  /** Only files in the same folder; otherwise the path is left open. */
  readonly samePath: boolean;
  /** Only this command line, when the source has one. */
  readonly sameArguments?: boolean;
}

/** What a file says of itself. */
type Texts = { readonly [Name in TextFact]?: string };

/** What a rule can be made of. */
export interface RuleSource extends Texts {
  readonly path: string;
  readonly sha256?: string;
  readonly version?: string;
  /** Original name of the version resource, by which a renamed interpreter is known. */
  readonly originalName?: string;
  /** The certificate that signed the file: SHA-256 of the DER, and the DER in base64 where it is known. */
  readonly publisher?: { readonly sha256: string; readonly subject?: string; readonly der?: string };
  readonly arguments?: readonly string[];
  /** An installer package whose texts its signature does not cover, as far as is known (decision M10). */
  readonly hasUnsignedTexts?: true;
  /** A package with payload beside it. */
  readonly hasExternalFiles?: true;
  /** The arguments were too long to be recorded whole. */
  readonly argumentsAreCut?: true;
}

interface NewRule {
  readonly rule: RuleInput;
  /** For the policy's list, so that the rule can be exported with its certificate. */
  readonly certificate?: PolicyCertificate;
}

const INTERPRETERS = interpreterSet();

/** Faults with which a certificate says nothing about who made the file. */
const BROKEN: readonly SignatureFault[] = ['digestMismatch', 'signatureInvalid', 'weakDigest', 'unsupported'];

function holds({ faults }: SignatureFacts): boolean {
  return !(faults ?? []).some((fault) => BROKEN.includes(fault));
}

/** The source that facts of a file are. The best signature is taken: a trusted one, else the first that holds. */
export function sourceOfFacts(facts: FileFacts): RuleSource {
  const signature = bestSignature(facts.signatures.filter(holds));
  const version = facts.fixedVersion?.join('.') ?? facts.fileVersionText;
  return {
    path: facts.path,
    sha256: facts.sha256,
    ...defined({ version }),
    ...texts(facts),
    ...defined({ originalName: facts.originalName, publisher: signature?.leaf }),
    ...(facts.type === 'msi' && facts.installer?.textsSigned !== true ? { hasUnsignedTexts: true } : {}),
    ...(facts.installer?.externalFiles === undefined ? {} : { hasExternalFiles: true }),
  };
}

/** @throws EpmError EPM_RULE_SOURCE when the record is not about a file */
export function sourceOfRecord(record: AuditRecord): RuleSource {
  if (record.filePath === undefined) {
    throw new EpmError('EPM_RULE_SOURCE', `Audit record ${record.sequence} is not about a file.`);
  }
  return {
    path: record.filePath,
    ...defined({ sha256: record.hash, version: record.fileVersion }),
    ...texts(record),
    ...(record.certificatePayload === undefined ? {} : { publisher: { sha256: record.certificatePayload } }),
    ...defined({ arguments: record.arguments }),
    ...(/\.msi$/i.test(record.filePath) ? { hasUnsignedTexts: true } : {}),
    ...(record.argumentsDigest === undefined ? {} : { argumentsAreCut: true as const }),
  };
}

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
    throw new EpmError(
      'EPM_RULE_SOURCE',
      `"${fileName}" installs files that lie beside it, so no Automatic rule takes it.`,
      {
        hint: 'Let the person confirm (userConfirmed), or use a package that has everything inside.',
      },
    );
  }
  const { internalName, originalName } = source;
  const names = defined({ internalName, originalName });
  // A list lets an interpreter run only that; on a Deny it would let it run everything else (decision A5).
  const needsList = choices.type !== 'deny' && isProgramOf(INTERPRETERS, { type: 'exe', name: fileName, ...names });
  if ((choices.sameArguments === true || needsList) && source.argumentsAreCut === true) {
    throw new EpmError('EPM_RULE_SOURCE', `The arguments of "${fileName}" were too long to be recorded whole.`, {
      hint: 'Write the list of arguments by hand.',
    });
  }
  const { validations, childProcesses } = choices;
  const rule: RuleInput = {
    name: choices.name ?? fileName,
    type: choices.type,
    ...(validations === undefined || validations.length === 0 ? {} : { validations }),
    ...(childProcesses === undefined || choices.type === 'deny' ? {} : { childProcesses }),
    fileName,
    ...(choices.samePath && folder !== '' ? { filePath: /^[A-Za-z]:$/.test(folder) ? `${folder}\\` : folder } : {}),
    ...identity.attributes,
    ...(choices.sameArguments === true || needsList
      ? { arguments: [(source.arguments ?? []).map(quoteArgument).join(' ')] }
      : {}),
  };
  requireTakeable(rule);
  return { rule, ...defined({ certificate: identity.certificate }) };
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
  throw new EpmError('EPM_RULE_SOURCE', message, {
    hint: isFolder
      ? 'Leave the folder out and write filePath by hand, as it is on the devices.'
      : 'Choose another identity, name or type, or write the rule by hand.',
  });
}

function hashOf(
  source: RuleSource,
  fileName: string,
): { readonly attributes: Partial<RuleInput>; readonly certificate?: undefined } {
  if (source.sha256 === undefined) {
    throw new EpmError('EPM_RULE_SOURCE', `Nothing is known of the content of "${fileName}".`, {
      hint: 'Make the rule from the file itself.',
    });
  }
  return { attributes: { fileHash: source.sha256 } };
}

/** A certificate alone fits everything its owner signs, so every signed text is taken with it. */
function publisherOf(
  source: RuleSource,
  fileName: string,
  type: ElevationType,
): { readonly attributes: Partial<RuleInput>; readonly certificate?: PolicyCertificate } {
  const { publisher } = source;
  if (publisher === undefined) {
    throw new EpmError('EPM_RULE_SOURCE', `"${fileName}" has no signature that holds.`, {
      hint: 'Make the rule by hash.',
    });
  }
  if (source.hasUnsignedTexts === true && type !== 'deny') {
    const message = `The signature of "${fileName}" is not known to cover its product name and version, so that a rule for them would also need the hash.`;
    throw new EpmError('EPM_RULE_SOURCE', message, { hint: 'Make the rule by hash.' });
  }
  const digest = sha256(publisher.sha256);
  const version =
    source.version !== undefined && parseRuleVersion(source.version) !== undefined ? source.version : undefined;
  return {
    attributes: {
      certificate: { type: 'publisher', sha256: digest },
      // A Deny takes them for what it asks anyway.
      ...(source.hasUnsignedTexts === true ? {} : { ...defined({ minimumVersion: version }), ...texts(source) }),
    },
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

function texts(from: Texts): Texts {
  const found = TEXT_FACTS.map((name) => [name, from[name]?.trim()] as const).filter(
    ([, value]) => value !== undefined && value !== '',
  );
  return Object.fromEntries(found);
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
