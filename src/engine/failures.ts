/** Which attributes keep a rule from matching, in words. Only a trace asks; decisions use match.ts. */
import type { FailedAttribute } from '../model/decision.ts';
import { assertNever } from '../model/errors.ts';
import type { CompiledRule } from './compiled-rule.ts';
import { argumentFault, matchesName, matchesVersion } from './match.ts';
import { matchesPath } from './path-pattern.ts';
import type { MatchInput } from './match-input.ts';
import { faultOf, hasRole, matchCertificate } from './signatures.ts';
import { formatVersion } from './version.ts';

type AttributeName =
  | 'fileHash'
  | 'fileName'
  | 'filePath'
  | 'certificate'
  | 'minimumVersion'
  | 'fileDescription'
  | 'productName'
  | 'internalName'
  | 'arguments';

/** Names of the attributes that fail; cheap enough to ask for many rules. */
export function failedNames(rule: CompiledRule, file: MatchInput): AttributeName[] {
  const { conditions } = rule;
  const failed: AttributeName[] = [];
  if (conditions.hash !== undefined && file.facts[conditions.hash.algorithm] !== conditions.hash.value)
    failed.push('fileHash');
  if (conditions.name !== undefined && !matchesName(conditions.name, file)) failed.push('fileName');
  if (conditions.path !== undefined && !matchesPath(conditions.path, file.folder)) failed.push('filePath');
  if (
    conditions.certificate !== undefined &&
    matchCertificate(rule, conditions.certificate, file.signatures, file.settings) === 'no'
  ) {
    failed.push('certificate');
  }
  if (conditions.minimumVersion !== undefined && !matchesVersion(conditions.minimumVersion, file))
    failed.push('minimumVersion');
  for (const name of ['fileDescription', 'productName', 'internalName'] as const) {
    if (conditions[name] !== undefined && conditions[name] !== file[name]) failed.push(name);
  }
  if (argumentFault(rule, file) !== undefined) failed.push('arguments');
  return failed;
}

/** What the rule wants and what the file has. Arguments are counted, not shown: they may hold secrets. */
export function describeFailure(attribute: AttributeName, rule: CompiledRule, file: MatchInput): FailedAttribute {
  const { conditions } = rule;
  const { facts } = file;
  switch (attribute) {
    case 'fileHash':
      return { attribute, expected: conditions.hash?.value ?? '', found: hashOf(rule, file) };
    case 'fileName':
      return { attribute, expected: conditions.name?.text ?? '', found: facts.name };
    case 'filePath': {
      const noProfile = conditions.path?.base === 'profile' && file.folder.profileText === undefined;
      const found = noProfile ? `${facts.folder} (not in the profile folder of the requester)` : facts.folder;
      return { attribute, expected: conditions.path?.text ?? '', found };
    }
    case 'certificate':
      return describeCertificate(rule, file);
    case 'minimumVersion': {
      const expected =
        conditions.minimumVersion === undefined ? '' : `${formatVersion(conditions.minimumVersion)} or later`;
      return { attribute, expected, found: file.version === undefined ? 'no version' : formatVersion(file.version) };
    }
    case 'fileDescription':
    case 'productName':
    case 'internalName':
      return { attribute, expected: conditions[attribute] ?? '', found: facts[attribute] ?? 'none' };
    case 'arguments':
      return describeArguments(rule, file);
    default:
      return assertNever(attribute);
  }
}

function hashOf(rule: CompiledRule, file: MatchInput): string {
  const algorithm = rule.conditions.hash?.algorithm ?? 'sha256';
  return file.facts[algorithm] ?? `no ${algorithm} was computed`;
}

function describeCertificate(rule: CompiledRule, file: MatchInput): FailedAttribute {
  const wanted = rule.conditions.certificate;
  const attribute = 'certificate';
  if (wanted === undefined) return { attribute, expected: '', found: '' };
  const place = wanted.type === 'publisher' ? 'the signer' : 'an authority above the signer';
  const expected = `${wanted.sha256} as ${place}`;
  if (file.signatures.length === 0) return { attribute, expected, found: 'no signature' };
  const placed = file.signatures.find((signature) => hasRole(signature, wanted));
  const fault = placed === undefined ? undefined : faultOf(rule, placed, file.settings);
  if (fault !== undefined) return { attribute, expected, found: fault };
  return {
    attribute,
    expected,
    found: `signed by ${file.signatures.map((signature) => signature.leaf.sha256).join(', ')}`,
  };
}

function describeArguments(rule: CompiledRule, file: MatchInput): FailedAttribute {
  const attribute = 'arguments';
  const count = file.arguments.length;
  const found = count === 0 ? 'no arguments' : count === 1 ? '1 argument' : `${count} arguments`;
  switch (argumentFault(rule, file)) {
    case 'argumentsRequired':
      return { attribute, expected: 'at least one argument', found };
    case 'hostNeedsArguments':
      return {
        attribute,
        expected: 'arguments that the rule lists, because this program runs what its arguments say',
        found,
      };
    case 'argumentsNotAllowed':
      return { attribute, expected: 'display and restart switches only, because the rule has no argument list', found };
    case 'argumentsNotInList':
    case undefined: {
      const listed = rule.arguments?.vectors.length ?? 0;
      const free = rule.type === 'deny' || rule.requireArguments || file.isInterpreter ? '' : 'no arguments, or ';
      const lines =
        listed === 1 ? 'the one command line the rule lists' : `one of ${listed} command lines the rule lists`;
      return { attribute, expected: listed === 0 ? 'no arguments' : `${free}${lines}`, found };
    }
  }
}
