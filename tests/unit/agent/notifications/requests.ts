/** Requests to support as the device keeps them, for tests of what is told of them. */
import type { NotificationPayload } from '../../../../src/agent/notifications/payload.ts';
import { payloadOf } from '../../../../src/agent/notifications/payload.ts';
import { sha256 } from '../../../../src/model/brands.ts';
import type { NotificationEvent } from '../../../../src/model/notification.ts';
import type { SupportRequest } from '../../../../src/model/support-request.ts';
import { ALICE } from '../fake-machine.ts';

export function supportRequest(more: Partial<SupportRequest> = {}): SupportRequest {
  return {
    id: 'AAAAAAAAAAAAAAAAAAAAAA',
    status: 'pending',
    requestedByUserId: ALICE,
    requestedByUserPrincipalName: 'CONTOSO\\alice',
    requestedOnDeviceId: '00112233-4455-6677-8899-aabbccddeeff',
    deviceName: 'PC-1',
    requestCreatedDateTime: '2026-06-01T08:00:00.000Z',
    requestLastModifiedDateTime: '2026-06-01T08:00:00.000Z',
    requestExpiryDateTime: '2026-06-08T08:00:00.000Z',
    requestJustification: 'The printer.',
    applicationDetail: {
      fileHash: sha256('ab'.repeat(32)),
      fileName: 'setup.exe',
      filePath: 'C:\\Tools\\setup.exe',
      publisherName: 'CN=Contoso',
      publisherTrusted: true,
      publisherCert: ['MIIB'],
      productName: 'Setup',
      productVersion: '1.2',
    },
    arguments: ['/password', 'hunter2'],
    timesAsked: 1,
    ...more,
  };
}

export function payload(
  event: NotificationEvent = 'requested',
  more: Partial<SupportRequest> = {},
): NotificationPayload {
  return payloadOf(event, supportRequest(more));
}
