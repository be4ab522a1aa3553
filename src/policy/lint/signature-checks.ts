/** What a certificate alone leaves open, and texts that a signature does not cover. */
import { ATTRIBUTE_LIST, TEXT_FACTS } from '../../engine/attributes/index.ts';
import { type CheckedRule, extensionOf } from './checked-rule.ts';
import type { LintMessage } from './lint-diagnostic.ts';
import { exposureOf } from './places.ts';

export function checkCertificate({ rule, conditions }: CheckedRule): readonly LintMessage[] {
  const { certificate } = conditions;
  if (certificate === undefined || rule.type === 'deny' || conditions.fileHash !== undefined) return [];
  const found: LintMessage[] = [];
  const narrowed = TEXT_FACTS.some((name) => conditions[name] !== undefined);
  const guarded = conditions.filePath !== undefined && exposureOf(conditions.filePath).kind === 'protected';
  const isPackage = extensionOf(conditions) === 'msi';
  // Of a package the signature covers its texts only together with a digest over names and sizes.
  const hint = isPackage
    ? 'Add a fileHash, or a productName if the signature covers the texts of the package: `epm file` says so.'
    : `Add ${eitherOf(TEXT_FACTS)}, which the signature covers, or a fileHash.`;
  if (!narrowed && certificate.type === 'issuingAuthority') {
    found.push({
      code: 'authority-broad',
      place: { pointer: '/certificate' },
      message: 'Everybody who has a certificate of this authority can sign a program that the rule elevates.',
      hint,
    });
  } else if (!narrowed && !guarded) {
    found.push({
      code: 'certificate-and-name-only',
      place: { pointer: '/certificate' },
      message: `A standard user can rename any other program of the publisher to ${rule.fileName ?? 'what the rule takes'} and elevate it.`,
      hint,
    });
  } else if (!narrowed) {
    found.push({
      code: 'certificate-broad',
      place: { pointer: '/certificate' },
      message: 'The rule elevates every program of the publisher that is installed in the folder under this name.',
      hint,
    });
  }
  if (conditions.minimumVersion === undefined) {
    found.push({
      code: 'old-versions',
      place: { pointer: '/certificate' },
      message: 'A standard user can bring an older version with a known weakness.',
      hint: isPackage
        ? 'Add the fileHash of the package you have checked, or a minimumVersion if its signature covers the texts.'
        : 'Set minimumVersion to the version you have checked.',
    });
  }
  return found;
}

/** Texts that a package may have under a signature that does not cover them (decision M10). */
export function checkPackageTexts({ rule, conditions }: CheckedRule): readonly LintMessage[] {
  const extension = extensionOf(conditions);
  if (extension !== undefined && extension !== 'msi') return [];
  const asked = ATTRIBUTE_LIST.filter(([name, { isPackageText }]) => isPackageText && conditions[name] !== undefined);
  const [first] = asked;
  if (first === undefined || conditions.fileHash !== undefined) return [];
  const place = { pointer: `/${first[0]}` };
  const names = asked.map(([name]) => name).join(' and ');
  if (rule.type === 'deny') {
    const which = conditions.certificate === undefined ? 'every package' : 'every package with the certificate';
    return [
      {
        code: 'package-texts',
        place,
        message: `The rule also denies ${which} whose signature does not cover its texts, whatever its ${names} says.`,
        hint:
          extension === undefined
            ? 'Add the fileName of the program that is meant, or the certificate of its publisher.'
            : 'Deny the package by hash, or add the certificate of its publisher.',
      },
    ];
  }
  // A rule that names no type is rarely meant for packages.
  if (extension === undefined) return [];
  return [
    {
      code: 'package-texts',
      place,
      message: `The rule matches no package whose signature does not cover its texts, even with this ${names}.`,
      hint: 'Add the fileHash of the package. `epm file` says whether the signature covers its texts.',
    },
  ];
}

function eitherOf(names: readonly string[]): string {
  return [names.slice(0, -1).join(', '), ...names.slice(-1)].join(' or ');
}
