/** What an approver reads before they decide. Every text is a stranger's. */
import { quoteArgument } from '../../engine/arguments.ts';
import type { StatedRequest } from '../../model/support-request.ts';
import { displayText } from '../../text/display.ts';
import { fields, shown } from './text.ts';
import { moment } from './moment.ts';

type Chain = NonNullable<StatedRequest['applicationDetail']['certificateChain']>;

/** @param now milliseconds since 1970 */
export function describeSupportRequest(request: StatedRequest, now: number): string {
  const { applicationDetail: file, rule } = request;
  const chain = file.certificateChain ?? [];
  const who = request.requestedByUserPrincipalName;
  const text = fields([
    ['Request', request.id],
    ['Asked by', who === undefined ? request.requestedByUserId : `${who} (${request.requestedByUserId})`],
    ['Device', `${request.deviceName} (${request.requestedOnDeviceId})`],
    ['Asked', askedText(request)],
    ['Expires', moment(Date.parse(request.requestExpiryDateTime))],
    ['Why', request.requestJustification],
    [
      'Rule',
      rule === undefined ? 'none; the default response asks for approval' : `${rule.name} (policy ${rule.policyId})`,
    ],
    ['File', file.fileName],
    ['Path', file.filePath],
    ['Description', file.fileDescription],
    ['Product', file.productName],
    ['Internal name', file.productInternalName],
    ['Version', file.productVersion],
    ['SHA-256', file.fileHash],
    ['Publisher', publisherText(file)],
    ['From internet', internetText(request.fromInternet)],
    ['Arguments', request.arguments.length === 0 ? 'none' : `${request.arguments.length}, one in each line:`],
  ]);
  const lines = request.arguments.map((argument) => `  ${shown(argument === '' ? '""' : quoteArgument(argument))}\n`);
  return text + lines.join('') + chainText(chain) + noticed(request, now);
}

function askedText({
  timesAsked,
  requestCreatedDateTime: first,
  requestLastModifiedDateTime: last,
}: StatedRequest): string {
  const since = moment(Date.parse(first));
  return timesAsked === 1 ? `once, ${since}` : `${timesAsked} times since ${since}, last ${moment(Date.parse(last))}`;
}

function publisherText({ publisherName, publisherTrusted }: StatedRequest['applicationDetail']): string {
  if (publisherName === undefined) return 'nobody signed it';
  return publisherTrusted === true
    ? publisherName
    : `unknown: the device does not trust the signature of "${publisherName}"`;
}

function internetText(fromInternet: boolean | undefined): string {
  if (fromInternet === undefined) return 'not known';
  return fromInternet ? 'yes: the file carries the mark of the web' : 'no';
}

function chainText(chain: Chain): string {
  if (chain.length === 0) return '';
  const lines = chain.map(({ subject, sha256, notBefore, notAfter, der }, index) => {
    const day = (time: number | undefined): string => (time === undefined ? '?' : moment(time).slice(0, 10));
    const left = der === undefined ? '; the certificate itself did not fit into the text' : '';
    return `  ${index + 1}  ${shown(subject)}\n     valid ${day(notBefore)} to ${day(notAfter)}${left}\n     ${sha256}\n`;
  });
  return `Certificates, from the signer to the root:\n${lines.join('')}`;
}

/** What a hurried reader would miss. */
function noticed(
  { applicationDetail: { fileName, filePath }, requestExpiryDateTime }: StatedRequest,
  now: number,
): string {
  const notes: string[] = [];
  if (displayText(fileName) !== fileName)
    notes.push(
      'The name of the file has characters that cannot be seen or turn the text around; they are shown as <U+…>.',
    );
  else if (/[^\x20-\x7e]/.test(fileName))
    notes.push('The name of the file has letters beyond A to Z; some look like others.');
  if (!filePath.endsWith(`\\${fileName}`)) notes.push('The path leads to another name than that of the file.');
  if (Date.parse(requestExpiryDateTime) <= now) notes.push('The request has expired.');
  return notes.map((note) => `Note: ${note}\n`).join('');
}
