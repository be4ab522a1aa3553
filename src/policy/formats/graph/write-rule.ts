/** One rule as children of its group, and what of it Graph cannot hold. */
import { trimText } from '../../../text/compare.ts';
import type { Diagnostic } from '../../../model/diagnostic.ts';
import type { PolicyCertificate } from '../../../model/policy.ts';
import { namesOf, VALIDATIONS, type Validation } from '../../../model/rule-action.ts';
import type { RuleInput } from '../../../model/rule.ts';
import { readCertificateText } from '../../declaration/certificate-text.ts';
import { RULE_CHOICES, RULE_TEXTS } from './definitions.ts';
import { graphRule } from './graph-rule.ts';
import { choiceInstance, choicesInstance, textInstance, textsInstance, type GraphJson } from './write-instance.ts';

/** A rule as Graph takes it. `withTemplate`: only the first rule of a policy carries template ids. */
export type RuleWriter = (withTemplate: boolean) => readonly GraphJson[];

/** What becomes of a rule; without a writer it is left out. */
interface WrittenRule {
  readonly write: RuleWriter | undefined;
  readonly reasons: readonly Diagnostic[];
}

/**
 * @param pointer JSON pointer of the rule in our policy.
 * @param certificates By digest in lower case.
 * @param allowLooser Write what would elevate more, or deny less, there.
 */
export function writeRule(
  given: RuleInput,
  pointer: string,
  certificates: ReadonlyMap<string, PolicyCertificate>,
  allowLooser: boolean,
): WrittenRule {
  const content = given.certificate && contentOf(given.certificate.sha256, certificates);
  const { rule, reasons } = graphRule(given, { pointer, isCertificateKnown: content !== undefined, allowLooser });
  return {
    write: rule === undefined ? undefined : (withTemplate) => childrenOf(rule, content, withTemplate),
    reasons,
  };
}

/** DER in base64, when it is known and is the certificate of that digest. */
function contentOf(sha256: string, certificates: ReadonlyMap<string, PolicyCertificate>): string | undefined {
  const der = certificates.get(sha256.trim().toLowerCase())?.der;
  if (der === undefined) return undefined;
  const read = readCertificateText(der);
  return 'sha256' in read && read.sha256 === sha256.trim().toLowerCase() ? read.der : undefined;
}

function childrenOf(rule: RuleInput, certificate: string | undefined, withTemplate: boolean): readonly GraphJson[] {
  const children: GraphJson[] = [choiceInstance(RULE_CHOICES.appliesTo, 'allUsers', withTemplate)];
  for (const attribute of Object.keys(RULE_TEXTS) as (keyof typeof RULE_TEXTS)[]) {
    const value = rule[attribute];
    // A blank text is not set, and Graph refuses some settings without a value.
    if (value === undefined || trimText(value) === undefined) continue;
    children.push(textInstance(RULE_TEXTS[attribute], value, withTemplate));
  }
  children.push(choiceInstance(RULE_CHOICES.type, rule.type, withTemplate, validationsOf(rule)));
  if (rule.childProcesses !== undefined && rule.type !== 'deny') {
    children.push(choiceInstance(RULE_CHOICES.childProcesses, rule.childProcesses, withTemplate));
  }
  if (rule.certificate !== undefined && certificate !== undefined) {
    children.push(
      choiceInstance(RULE_CHOICES.signatureSource, 'upload', withTemplate, [
        textInstance(RULE_CHOICES.certificateUpload, certificate, withTemplate),
        choiceInstance(RULE_CHOICES.certificateType, rule.certificate.type, withTemplate),
      ]),
    );
  }
  if (rule.arguments !== undefined) {
    const list = textsInstance(RULE_CHOICES.argumentList, rule.arguments);
    children.push(choiceInstance(RULE_CHOICES.restrictArguments, 'allow', withTemplate, [list]));
  }
  return children;
}

function validationsOf({ type, validations }: RuleInput): readonly GraphJson[] {
  const chosen = (validation: Validation): boolean => validations?.includes(validation) === true;
  if (type === 'userConfirmed') {
    const both = namesOf(VALIDATIONS).filter(chosen);
    return both.length === 0 ? [] : [choicesInstance(RULE_CHOICES.validation, both)];
  }
  if (type !== 'currentUser') return [];
  return [
    ...(chosen('authentication') ? [choicesInstance(RULE_CHOICES.currentUserValidation, ['authentication'])] : []),
    ...(chosen('justification') ? [choicesInstance(RULE_CHOICES.currentUserJustification, ['justification'])] : []),
  ];
}
