/** The certificate of a rule: uploaded with it, or a reference to a reusable setting (decision I3). */
import { foldCase } from '../../../text/compare.ts';
import type { PolicyCertificate } from '../../../model/policy.ts';
import type { RuleInput } from '../../../model/rule.ts';
import { readCertificateText } from '../../declaration/certificate-text.ts';
import { RULE_CHOICES, type SignatureSource } from './definitions.ts';
import { readChoice, readText, type Instance, type Read } from './instances.ts';
import { shownText } from './json-view.ts';
import type { RuleContent } from './rule-content.ts';

/** A certificate whose content is known. */
export type KnownCertificate = PolicyCertificate & { readonly der: string };

/** Certificates of the second input, and those that rules were found to use. */
export interface CertificateSource {
  /** By folded id; undefined as a value: the entry exists and cannot be read. */
  readonly reusable: ReadonlyMap<string, KnownCertificate | undefined>;
  /** Takes note of a certificate that a rule uses. */
  use(certificate: KnownCertificate): void;
}

const CONTENT_SETTINGS = { reference: 'certificateReference', upload: 'certificateUpload' } as const;

/** @returns undefined when the rule has none, or, with a fault, when it cannot be taken */
export function readRuleCertificate(content: RuleContent, source: CertificateSource): RuleInput['certificate'] {
  const contents = { reference: textOf('reference', content), upload: textOf('upload', content) };
  const typeInstance = content.one('certificateType');
  const sourceInstance = content.one('signatureSource');
  if (sourceInstance === undefined) {
    if (content.all('signatureSource').length > 0) return undefined;
    for (const unused of [contents.reference?.at, contents.upload?.at, typeInstance?.object]) {
      if (unused === undefined) continue;
      content.warnings.add('underOtherOption', unused, 'The rule has no signature source; its certificate is ignored.');
    }
    return undefined;
  }
  content.places.set('certificate', sourceInstance.object);
  const chosen = readChoice(sourceInstance, RULE_CHOICES.signatureSource, content.faults);
  const certificate = chosen && resolve(chosen.value, contents, sourceInstance, content, source);
  if (typeInstance === undefined) {
    if (content.all('certificateType').length === 0) {
      const message = 'The rule does not say whether the certificate is that of the publisher or of an authority.';
      content.faults.add('certificateTypeMissing', sourceInstance.object, message);
    }
    return undefined;
  }
  const type = readChoice(typeInstance, RULE_CHOICES.certificateType, content.faults);
  if (type === undefined || certificate === undefined) return undefined;
  source.use(certificate);
  return { type: type.value, sha256: certificate.sha256 };
}

/** The text of the certificate's setting; an empty one counts as none. */
function textOf(kind: SignatureSource, content: RuleContent): Read<string> | undefined {
  const instance = content.one(CONTENT_SETTINGS[kind]);
  const read = instance && readText(instance, content.faults);
  return read === undefined || read.value.trim() === '' ? undefined : read;
}

function resolve(
  chosen: SignatureSource,
  contents: Readonly<Record<SignatureSource, Read<string> | undefined>>,
  sourceInstance: Instance,
  content: RuleContent,
  source: CertificateSource,
): KnownCertificate | undefined {
  const other = chosen === 'reference' ? 'upload' : 'reference';
  const kind = contents[chosen] === undefined ? other : chosen;
  const text = contents[kind];
  if (text === undefined) {
    const message = 'The rule names a signature source but no certificate.';
    content.faults.add('certificateMissing', sourceInstance.object, message);
    return undefined;
  }
  if (kind !== chosen) {
    const message = 'The certificate stands under the other signature source; it is taken.';
    content.warnings.add('certificateElsewhere', text.at, message);
  } else if (contents[other] !== undefined) {
    const message = 'The certificate of the signature source that is not chosen is ignored.';
    content.warnings.add('underOtherOption', contents[other].at, message);
  }
  return kind === 'reference' ? referenced(text, content, source) : uploaded(text, content);
}

function referenced(text: Read<string>, content: RuleContent, source: CertificateSource): KnownCertificate | undefined {
  const id = foldCase(text.value.trim());
  const certificate = source.reusable.get(id);
  if (certificate === undefined) {
    const known = source.reusable.has(id);
    const message = known
      ? `The certificate of reusable setting "${shownText(text.value)}" cannot be read.`
      : `Reusable setting "${shownText(text.value)}" was not given; give its export with --certificates FILE.`;
    content.faults.add(known ? 'certificateUnreadable' : 'certificateMissing', text.at, message);
  }
  return certificate;
}

function uploaded(text: Read<string>, content: RuleContent): KnownCertificate | undefined {
  const read = readCertificateText(text.value);
  // A digest alone is a certificate elsewhere, but nothing that Graph could have taken for a file.
  if ('sha256' in read && read.der !== undefined) return { name: read.sha256, sha256: read.sha256, der: read.der };
  const several = 'problem' in read && read.problem === 'several';
  const message = several
    ? 'The setting holds several certificates; a rule can have one.'
    : 'This is not a certificate: DER in base64, or PEM, is expected.';
  content.faults.add(several ? 'severalCertificates' : 'certificateUnreadable', text.at, message);
  return undefined;
}
