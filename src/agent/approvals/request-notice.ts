/** What a window tells a person of their request to support. */
import { defined } from '../../model/defined.ts';
import type { SupportRequest, SupportRequestState } from '../../model/support-request.ts';
import { displayText } from '../../text/display.ts';
import type { RequestAnswer, RequestNotice } from '../consent/consent-window.ts';
import type { QuestionText, SupportAnswer } from '../contract.ts';
import { textOfQuestion } from '../question-text.ts';

/** UTF-16 units of the arguments in a message, which is to cover little of the screen. */
const ARGUMENTS_SHOWN = 200;

/** After a start that was not elevated. */
export function answerNotice(answer: SupportAnswer): RequestNotice {
  const { id, status, fault } = answer;
  const about = aboutRequest(id, status, answer.comment);
  if (status === 'pending') return { ...about, kind: 'pending' };
  const isApproved = status === 'approved' || status === 'completed';
  if (!isApproved) return { ...about, kind: 'answered', answer: endOf(status, answer.approvedUntil !== undefined) };
  return { ...about, kind: 'answered', answer: 'approvalWithoutEffect', ...defined({ fault }) };
}

/** When the answer came. @returns undefined: there is none yet */
export function changeNotice(request: SupportRequest): RequestNotice | undefined {
  const { id, status, reviewerJustification: said, approvalExpiryDateTime: until } = request;
  const about = aboutRequest(id, status, said === undefined ? undefined : displayText(said));
  switch (status) {
    case 'pending':
      return undefined;
    case 'approved':
    case 'completed':
      return { ...about, kind: 'approved', ...defined({ until }) };
    case 'denied':
    case 'expired':
    case 'revoked':
      return { ...about, kind: 'answered', answer: endOf(status, until !== undefined) };
  }
}

/** What was asked for, as the device found it then. */
export function requestedText({
  applicationDetail,
  arguments: values,
  rule,
  fromInternet,
}: SupportRequest): QuestionText {
  const { fileName, filePath, fileHash, publisherName, publisherTrusted } = applicationDetail;
  const shown = {
    name: fileName,
    path: filePath,
    sha256: fileHash,
    arguments: values,
    fromInternet,
    publisher: publisherTrusted === true ? publisherName : undefined,
    rule: rule?.name,
  };
  return textOfQuestion(shown, ARGUMENTS_SHOWN);
}

/** What support said is about its answer, and not about the time that is over. */
function aboutRequest(request: string, status: SupportRequestState, comment: string | undefined) {
  return { request, ...defined({ comment: status === 'expired' ? undefined : comment }) };
}

function endOf(status: 'denied' | 'expired' | 'revoked', wasApproved: boolean): RequestAnswer {
  switch (status) {
    case 'denied':
      return 'requestDenied';
    case 'revoked':
      return 'approvalRevoked';
    case 'expired':
      return wasApproved ? 'approvalExpired' : 'requestExpired';
  }
}
