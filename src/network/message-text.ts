/** What a notification says to a person. Texts of strangers are shown as they are, never as commands of what shows them. */
import type { NotificationPayload } from '../agent/notifications/payload.ts';
import type { NotificationEvent } from '../model/notification.ts';
import { displayText } from '../text/display.ts';

const TITLES: Readonly<Record<NotificationEvent, string>> = {
  requested: 'Somebody asks for administrator rights',
  approved: 'A request was approved',
  denied: 'A request was denied',
  expired: 'A request, or its approval, expired',
  revoked: 'An approval was revoked',
  completed: 'An approved program was run',
};

interface MessageText {
  /** Fixed words, without a text of anybody. */
  readonly title: string;
  readonly rows: readonly (readonly [label: string, text: string])[];
}

/** UTF-16 units of one value. */
const MAX_VALUE = 300;

export function messageText({ event, test, eventDateTime, request }: NotificationPayload): MessageText {
  const { applicationDetail: file } = request;
  const publisher = file['publisherName'];
  const rows: readonly (readonly [string, unknown])[] = [
    ['Who', request['requestedByUserPrincipalName'] ?? request['requestedByUserId']],
    ['Device', request['deviceName'] ?? request['requestedOnDeviceId']],
    ['Program', file['filePath']],
    ['Product', file['productName']],
    [
      'Publisher',
      typeof publisher !== 'string'
        ? undefined
        : file['publisherTrusted'] === true
          ? publisher
          : `${publisher} (the device does not trust this signature)`,
    ],
    ['SHA-256', file['fileHash']],
    ['Reason', request['requestJustification']],
    ['Answered by', request['reviewCompletedByUserPrincipalName'] ?? request['reviewCompletedByUserId']],
    ['Answer', request['reviewerJustification']],
    ['Approved until', request['approvalExpiryDateTime']],
    ['Request', request.id],
    ['Time', eventDateTime],
  ];
  return {
    title: test === true ? 'Test of EPM: there is no request' : TITLES[event],
    rows: rows.flatMap(([label, value]) =>
      typeof value === 'string' ? [[label, displayText(value, MAX_VALUE)] as const] : [],
    ),
  };
}
