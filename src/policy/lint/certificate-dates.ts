/** Validity of the certificates a policy carries. Of one that only its digest is known nothing can be said. */
import { SETTINGS } from '../../model/settings.ts';
import { X509Certificate } from 'node:crypto';
import type { RuleInput } from '../../model/rule.ts';
import type { PolicyFile } from '../formats/json/policy-file.ts';
import type { LintMessage } from './lint-diagnostic.ts';

const DAY = 24 * 60 * 60 * 1000;
const SOON = 60 * DAY;

export function checkCertificateDates(rule: RuleInput, policy: PolicyFile, now: number): readonly LintMessage[] {
  const { certificate } = rule;
  // A Deny counts whatever the certificate is worth.
  if (certificate === undefined || rule.type === 'deny') return [];
  const wanted = certificate.sha256.trim().toLowerCase();
  const der = policy.certificates?.find(({ sha256 }) => sha256 === wanted)?.der;
  const dates = der === undefined ? undefined : validityOf(der);
  if (dates === undefined) return [];
  const place = { pointer: '/certificate' };
  const { notBefore, notAfter } = dates;
  if (now > notAfter) {
    const timestamped =
      rule.acceptTimestamped ?? policy.settings?.acceptTimestamped ?? SETTINGS.acceptTimestamped.default;
    return [
      {
        code: 'certificate-expired',
        severity: timestamped ? 'note' : 'error',
        place,
        message: `The certificate expired on ${date(notAfter)}.${timestamped ? ' Files signed before count by their timestamp.' : ' The rule elevates nothing, because acceptTimestamped is off.'}`,
        hint: 'Use the certificate that newer versions of the program are signed with.',
      },
    ];
  }
  if (now < notBefore) {
    return [
      {
        code: 'certificate-not-yet-valid',
        place,
        message: `The certificate becomes valid on ${date(notBefore)}.`,
        hint: 'Keep the rule for the certificate in use until then.',
      },
    ];
  }
  if (notAfter - now > SOON) return [];
  return [
    {
      code: 'certificate-expires-soon',
      place,
      message: `The certificate expires on ${date(notAfter)}.`,
      hint: 'Ask the publisher for the next one and add a rule for it.',
    },
  ];
}

function validityOf(der: string): { readonly notBefore: number; readonly notAfter: number } | undefined {
  try {
    const { validFromDate, validToDate } = new X509Certificate(Buffer.from(der, 'base64'));
    return { notBefore: validFromDate.getTime(), notAfter: validToDate.getTime() };
  } catch {
    // The reader of the policy has said so.
    return undefined;
  }
}

function date(time: number): string {
  return new Date(time).toISOString().slice(0, 10);
}
