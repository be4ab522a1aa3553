import { describe, expect, it } from 'vitest';
import { sha256, sid } from '../../../src/model/brands.ts';
import {
  APPLICATION_DETAIL_FIELDS,
  type ApplicationDetailField,
  type StatedApplication,
  type StatedRequest,
  SUPPORT_REQUEST_FIELDS,
  SUPPORT_REQUEST_KINDS,
  SUPPORT_REQUEST_STATES,
  type SupportRequest,
  type SupportRequestField,
  type SupportRequestFieldRow,
  type SupportRequestKind,
  type SupportRequestState,
  type SupportRequestValue,
} from '../../../src/model/support-request.ts';

const file: StatedApplication = { fileHash: sha256('0'.repeat(64)), fileName: 'a.exe', filePath: 'C:\\a.exe' };
const stated: StatedRequest = {
  id: 'AAECAwQFBgcICQoLDA0ODw',
  requestedByUserId: sid('S-1-5-21-1-2-3-1001'),
  requestedOnDeviceId: '3f2504e0-4f89-11d3-9a0c-0305e82c3301',
  deviceName: 'PC',
  requestCreatedDateTime: '2026-01-01T00:00:00.000Z',
  requestLastModifiedDateTime: '2026-01-01T00:00:00.000Z',
  requestExpiryDateTime: '2026-01-08T00:00:00.000Z',
  requestJustification: 'why',
  applicationDetail: file,
  arguments: [],
  timesAsked: 1,
};

describe('a support request', () => {
  it('is what is stated of it and a state, at least', () => {
    const status: SupportRequestState = 'pending';
    const request: SupportRequest = { ...stated, status };
    const required = Object.entries<SupportRequestFieldRow>(SUPPORT_REQUEST_FIELDS)
      .filter(([, { optional }]) => optional !== true)
      .map(([name]) => name as SupportRequestField);
    expect(Object.keys(request).toSorted()).toEqual(required.toSorted());
    expect(SUPPORT_REQUEST_STATES).toHaveProperty(status);
  });

  it('has the names of Graph for what Graph has', () => {
    const ofGraph = (table: Readonly<Record<string, SupportRequestFieldRow>>): string[] =>
      Object.entries(table)
        .filter(([, { graph }]) => graph === true)
        .map(([name]) => name)
        .toSorted();
    const application: readonly ApplicationDetailField[] = [
      'fileDescription',
      'fileHash',
      'fileName',
      'filePath',
      'productInternalName',
      'productName',
      'productVersion',
      'publisherCert',
      'publisherName',
    ];
    expect(ofGraph(APPLICATION_DETAIL_FIELDS)).toEqual(application);
    expect(ofGraph(SUPPORT_REQUEST_FIELDS)).toEqual(
      [
        'id',
        'requestedByUserId',
        'requestedByUserPrincipalName',
        'requestedOnDeviceId',
        'deviceName',
        'requestCreatedDateTime',
        'requestLastModifiedDateTime',
        'requestJustification',
        'applicationDetail',
        'status',
        'reviewCompletedByUserId',
        'reviewCompletedByUserPrincipalName',
        'reviewCompletedDateTime',
        'requestExpiryDateTime',
        'reviewerJustification',
      ].toSorted(),
    );
  });

  it('has one label for each member of its text', () => {
    for (const table of [SUPPORT_REQUEST_FIELDS, APPLICATION_DETAIL_FIELDS]) {
      const labels = Object.values<SupportRequestFieldRow>(table).flatMap(({ label }) => label ?? []);
      expect(new Set(labels).size).toBe(labels.length);
    }
  });

  it('has only kinds that are described', () => {
    const rows: readonly SupportRequestFieldRow[] = [
      ...Object.values(SUPPORT_REQUEST_FIELDS),
      ...Object.values(APPLICATION_DETAIL_FIELDS),
    ];
    const used = new Set<SupportRequestKind>(rows.map(({ kind }) => kind));
    const asked: SupportRequestValue<'count'> = stated.timesAsked;
    expect([...used].toSorted()).toEqual(Object.keys(SUPPORT_REQUEST_KINDS).toSorted());
    expect(asked).toBe(1);
  });
});
