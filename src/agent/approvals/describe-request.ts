/** A request to support as the agent makes it from what it found out, and what people are told of it. */
import { bestSignature } from '../../engine/signatures.ts';
import { defined } from '../../model/defined.ts';
import { EpmError } from '../../model/errors.ts';
import type { CertificateFacts, FileFacts } from '../../model/file-facts.ts';
import { GRANT_FAULTS, type GrantFault } from '../../model/grant-faults.ts';
import type { RequestCertificate, SupportRequest } from '../../model/support-request.ts';
import type { Asked } from '../../requests/request-book.ts';
import { displayText } from '../../text/display.ts';
import { type Attempt, describeArguments, ruleOf } from '../audit-entries.ts';

/** UTF-16 units of what a file says of itself. */
const MAX_TEXT = 512;
/** Bytes of a certificate in base64, and certificates of one kind. */
const MAX_CERTIFICATE = 16 * 1024;
const MAX_CERTIFICATES = 8;
/** UTF-16 units of all arguments together: what is longer fits into no text that an approver signs. */
const MAX_ARGUMENTS = 2048;

/** @throws EpmError EPM_ARGUMENTS_INVALID when nobody could approve them */
export function describeAsked(
  attempt: Attempt,
  facts: FileFacts,
  justification: string,
  device: { readonly id: string; readonly name: string },
): Asked {
  const length = attempt.arguments.reduce((sum, value) => sum + value.length + 1, 0);
  if (length > MAX_ARGUMENTS) {
    throw new EpmError('EPM_ARGUMENTS_INVALID', 'The arguments are too long for an approval by support.', {
      hint: `Give at most ${MAX_ARGUMENTS} characters, or ask your administrator for a rule.`,
    });
  }
  const best = bestSignature(facts.signatures);
  const certificates = facts.signatures.flatMap(({ leaf }) => derOf(leaf) ?? []).slice(0, MAX_CERTIFICATES);
  const chain = best && [best.leaf, ...best.issuers].slice(0, MAX_CERTIFICATES).map(certificateOf);
  return {
    requestedByUserId: attempt.caller.sid,
    requestedOnDeviceId: device.id,
    deviceName: device.name,
    requestJustification: justification,
    applicationDetail: {
      fileHash: facts.sha256,
      fileName: facts.name,
      filePath: facts.path,
      ...defined({
        fileDescription: cut(facts.fileDescription),
        publisherName: cut(best?.leaf.subject),
        publisherTrusted:
          best && best.trusted && best.revocation !== 'revoked' && (best.validNow || best.validAtTimestamp),
        publisherCert: certificates.length === 0 ? undefined : certificates,
        certificateChain: chain,
        productName: cut(facts.productName),
        productInternalName: cut(facts.internalName),
        productVersion: cut(facts.fileVersionText),
      }),
    },
    arguments: attempt.arguments,
    ...defined({
      requestedByUserPrincipalName: attempt.caller.accountName,
      fromInternet: facts.fromInternet,
      rule: ruleOf(attempt.basis),
    }),
  };
}

/** What a record of an answer says of the request. */
export function describeAnswered(request: SupportRequest, approverKey?: string) {
  return {
    userSid: request.requestedByUserId,
    upn: request.requestedByUserPrincipalName,
    filePath: request.applicationDetail.filePath,
    ...describeArguments(request.arguments),
    justification: request.requestJustification,
    hash: request.applicationDetail.fileHash,
    supportRequestId: request.id,
    grantId: request.grantId,
    approver: request.reviewCompletedByUserId,
    approverKey,
    reviewerJustification: request.reviewerJustification,
  };
}

interface Told {
  readonly message: string;
  readonly hint: string;
}

/** What the user is told of their request. @param fault why its approval does not count now */
export function explainRequest(request: SupportRequest, fault: GrantFault | undefined): Told {
  const name = displayText(request.applicationDetail.fileName, 80);
  const said = request.reviewerJustification;
  const because = said === undefined ? '.' : `: ${displayText(said)}`;
  switch (request.status) {
    case 'pending':
      return {
        message: `"${name}" waits for an approval by support (request ${request.id}).`,
        hint: `Start it again when support has approved it. \`epm request show ${request.id}\` has the text for support.`,
      };
    case 'denied':
      return {
        message: `Support denied "${name}" (request ${request.id})${because}`,
        hint: 'Ask again with another reason if you need it all the same.',
      };
    case 'expired':
      return {
        message:
          request.approvalExpiryDateTime === undefined
            ? `Nobody answered the request for "${name}" in time (request ${request.id}).`
            : `The approval of "${name}" has ended (request ${request.id}).`,
        hint: 'Ask again, with the reason.',
      };
    case 'revoked':
      return {
        message: `Support has taken the approval of "${name}" back (request ${request.id})${because}`,
        hint: 'Ask support why, or ask again with the reason.',
      };
    case 'approved':
    case 'completed': {
      const why =
        fault === undefined
          ? { meaning: 'It is not on this device any more.', hint: 'Ask again.' }
          : GRANT_FAULTS[fault];
      return { message: `"${name}" was approved, and the approval has no effect now. ${why.meaning}`, hint: why.hint };
    }
  }
}

function cut(text: string | undefined): string | undefined {
  const short = text?.slice(0, MAX_TEXT).toWellFormed();
  return short === '' ? undefined : short;
}

function derOf({ der }: CertificateFacts): string | undefined {
  return der !== undefined && der.length <= MAX_CERTIFICATE ? der : undefined;
}

function certificateOf(certificate: CertificateFacts): RequestCertificate {
  const { sha256, subject, notBefore, notAfter } = certificate;
  return {
    sha256,
    subject: subject.slice(0, MAX_TEXT).toWellFormed(),
    ...defined({ notBefore, notAfter, der: derOf(certificate) }),
  };
}
