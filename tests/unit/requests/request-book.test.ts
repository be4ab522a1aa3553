import { beforeEach, describe, expect, it } from 'vitest';
import { sha256, sid } from '../../../src/model/brands.ts';
import { EpmError } from '../../../src/model/errors.ts';
import {
  type Asked,
  type KeptRequest,
  REQUEST_KEPT,
  REQUEST_LIFETIME,
  RequestBook,
  type RequestLimits,
} from '../../../src/requests/request-book.ts';

const ALICE = sid('S-1-5-21-1-2-3-1001');
const BOB = sid('S-1-5-21-1-2-3-1002');
const NOW = Date.UTC(2026, 5, 1);
const SUPPORT = { by: { id: 'S-1-5-21-1-2-3-500', name: 'PC\\admin' } };

function asked(overrides: Partial<Asked> = {}, fileName = 'setup.exe'): Asked {
  return {
    requestedByUserId: ALICE,
    requestedOnDeviceId: 'd',
    deviceName: 'PC',
    requestJustification: 'needed',
    applicationDetail: { fileHash: sha256('a'.repeat(64)), fileName, filePath: `C:\\${fileName}` },
    arguments: [],
    ...overrides,
  };
}

let kept: Map<string, KeptRequest>;
let fault: EpmError | undefined;

function open(limits?: RequestLimits): RequestBook {
  let ids = kept.size;
  const write = (each: KeptRequest): void => {
    if (fault !== undefined) throw fault;
    kept.set(each.request.id, each);
  };
  const store = { write, remove: (id: string) => void kept.delete(id) };
  return new RequestBook([...kept.values()], store, () => `id${(ids += 1)}`, limits);
}

beforeEach(() => {
  kept = new Map();
  fault = undefined;
});

describe('requests to support', () => {
  it('are made once for a user, a file and its arguments, and updated by asking again', () => {
    const book = open();
    const first = book.ask(asked(), NOW);
    expect(first).toMatchObject({ change: 'created', request: { id: 'id1', status: 'pending', timesAsked: 1 } });
    expect(Date.parse(first.request.requestExpiryDateTime)).toBe(NOW + REQUEST_LIFETIME);
    const again = book.ask(asked({ requestJustification: 'really' }, 'SETUP.EXE'), NOW + 1000);
    expect(again).toMatchObject({
      change: 'updated',
      request: {
        id: 'id1',
        timesAsked: 2,
        requestJustification: 'really',
        requestExpiryDateTime: first.request.requestExpiryDateTime,
      },
    });
    expect(book.askAgain(asked(), NOW + 2000)?.request).toMatchObject({
      timesAsked: 3,
      requestJustification: 'really',
    });
    expect(book.all).toHaveLength(1);
  });

  it.each([
    ['another user', asked({ requestedByUserId: BOB })],
    ['another file', asked({}, 'other.exe')],
    ['other bytes', asked({ applicationDetail: { ...asked().applicationDetail, fileHash: sha256('b'.repeat(64)) } })],
    ['other arguments', asked({ arguments: ['/s'] })],
  ])('are others for %s', (_what, other) => {
    const book = open();
    book.ask(asked(), NOW);
    expect(book.ask(other, NOW).change).toBe('created');
  });

  it('take switches of a package without case, and arguments of a program as they are', () => {
    const book = open();
    book.ask(asked({ arguments: ['/QN'] }, 'a.msi'), NOW);
    expect(book.ask(asked({ arguments: ['/qn'] }, 'A.MSI'), NOW).change).toBe('updated');
    book.ask(asked({ arguments: ['/QN'] }), NOW);
    expect(book.ask(asked({ arguments: ['/qn'] }), NOW).change).toBe('created');
  });

  it('survive the agent, in the order in which they were made', () => {
    const book = open();
    book.ask(asked({}, 'a.exe'), NOW);
    book.ask(asked({}, 'b.exe'), NOW + 1);
    book.deny('id1', { ...SUPPORT, reason: 'no' }, NOW + 2);
    kept = new Map([...kept].reverse());
    expect(open().all.map(({ id, status }) => [id, status])).toEqual([
      ['id1', 'denied'],
      ['id2', 'pending'],
    ]);
  });

  it('are not made, updated or answered when that cannot be written', () => {
    const book = open();
    book.ask(asked(), NOW);
    fault = new EpmError('EPM_DATA_FOLDER', 'full');
    expect(() => book.ask(asked({}, 'b.exe'), NOW)).toThrow(fault);
    expect(() => book.ask(asked(), NOW)).toThrow(fault);
    expect(() => book.deny('id1', SUPPORT, NOW)).toThrow(fault);
    expect(book.settle(NOW + REQUEST_LIFETIME, () => 'live')).toEqual([]);
    expect(book.all).toMatchObject([{ status: 'pending', timesAsked: 1 }]);
  });

  it('are at most 20 open ones for a user, and none is pushed out by them', () => {
    const book = open();
    book.ask(asked({ requestedByUserId: BOB }), NOW);
    for (let count = 0; count < 20; count += 1) book.ask(asked({}, `${count}.exe`), NOW);
    expect(() => book.ask(asked({}, 'more.exe'), NOW)).toThrow(
      expect.objectContaining({ code: 'EPM_SUPPORT_REQUEST_LIMIT' }),
    );
    expect(book.ask(asked({}, '3.exe'), NOW).change).toBe('updated');
    book.deny('id2', SUPPORT, NOW);
    expect(book.ask(asked({}, 'more.exe'), NOW).change).toBe('created');
    expect(book.all.filter(({ requestedByUserId }) => requestedByUserId === BOB)).toHaveLength(1);
  });

  it('make room for new ones by forgetting the oldest that are not open, first of the same user', () => {
    const book = open({ open: 20, perUser: 3, total: 5 });
    book.ask(asked({ requestedByUserId: BOB }), NOW);
    book.deny('id1', SUPPORT, NOW);
    for (let count = 0; count < 5; count += 1) {
      const { request } = book.ask(asked({}, `${count}.exe`), NOW + count);
      book.deny(request.id, SUPPORT, NOW);
    }
    expect(book.all.map(({ applicationDetail: { fileName } }) => fileName)).toEqual([
      'setup.exe',
      '2.exe',
      '3.exe',
      '4.exe',
    ]);
  });
});

describe('what becomes of a request', () => {
  const approval = { grantId: 'g1', until: NOW + 1000, by: { id: 'support', name: 'first key' }, reason: 'fine' };

  it('is told with who answered, when, and why', () => {
    const book = open();
    book.ask(asked(), NOW);
    expect(book.approve('id1', approval, NOW + 5)).toMatchObject({
      change: 'approved',
      request: {
        status: 'approved',
        reviewCompletedByUserId: 'support',
        reviewCompletedByUserPrincipalName: 'first key',
        reviewCompletedDateTime: new Date(NOW + 5).toISOString(),
        reviewerJustification: 'fine',
        grantId: 'g1',
        approvalExpiryDateTime: new Date(NOW + 1000).toISOString(),
      },
    });
    // Of another approval that ends earlier nothing is told: it takes nothing away.
    expect(book.approve('id1', { ...approval, grantId: 'g2', until: NOW + 900 }, NOW)).toBeUndefined();
    expect(book.approve('id1', { ...approval, grantId: 'g3', until: NOW + 2000 }, NOW)?.request.grantId).toBe('g3');
    expect(book.revoke('id1', SUPPORT, NOW).request).toMatchObject({ status: 'revoked' });
    expect(book.get('id1')?.reviewerJustification).toBeUndefined();
  });

  it('is completed when it ran, and can be taken back then', () => {
    const book = open();
    book.ask(asked(), NOW);
    book.approve('id1', approval, NOW);
    expect(book.ran(asked(), { id: 'g1', until: NOW + 1000 }, NOW + 1)).toMatchObject([{ change: 'completed' }]);
    expect(book.ran(asked(), { id: 'g1', until: NOW + 1000 }, NOW + 2)).toEqual([]);
    expect(book.revoke('id1', SUPPORT, NOW + 3).request.status).toBe('revoked');
    expect(book.approve('id1', { ...approval, grantId: 'g4' }, NOW + 4)).toBeUndefined();
  });

  it('is answered where the user has asked for the same again meanwhile', () => {
    const book = open();
    book.ask(asked(), NOW);
    book.deny('id1', SUPPORT, NOW);
    book.ask(asked(), NOW + 1);
    expect(book.approve('id1', approval, NOW + 2)?.request).toMatchObject({ id: 'id2', status: 'approved' });
    expect(book.get('id1')?.status).toBe('denied');
  });

  it.each([
    ['revoked', 'pending', (book: RequestBook) => book.revoke('id1', SUPPORT, NOW)],
    ['denied', 'approved', (book: RequestBook) => (book.approve('id1', approval, NOW), book.deny('id1', SUPPORT, NOW))],
    ['denied', 'denied', (book: RequestBook) => (book.deny('id1', SUPPORT, NOW), book.deny('id1', SUPPORT, NOW))],
  ])('cannot be %s when it is %s', (_wanted, status, act) => {
    const book = open();
    book.ask(asked(), NOW);
    expect(() => act(book)).toThrow(expect.objectContaining({ code: 'EPM_SUPPORT_REQUEST_STATE', data: { status } }));
  });

  it('is not told of a request that is not there', () => {
    const unknown = expect.objectContaining({ code: 'EPM_SUPPORT_REQUEST_UNKNOWN' }) as Error;
    expect(() => open().deny('id1', SUPPORT, NOW)).toThrow(unknown);
    expect(() => open().revoke('id1', SUPPORT, NOW)).toThrow(unknown);
    expect(open().approve('id1', approval, NOW)).toBeUndefined();
  });

  it.each([
    ['expired', 'expired'],
    ['revoked', 'revoked'],
    ['used', 'completed'],
  ] as const)('of an approved one follows a grant that is %s', (outlook, status) => {
    const book = open();
    book.ask(asked(), NOW);
    book.approve('id1', approval, NOW);
    expect(book.settle(NOW + 1, () => 'live')).toEqual([]);
    expect(book.settle(NOW + 1, () => outlook)).toMatchObject([{ change: status, request: { status } }]);
  });

  it('of one that nobody answers is its expiry, at exactly its time', () => {
    const book = open();
    book.ask(asked(), NOW);
    book.ask(asked(), NOW + 1000);
    expect(book.settle(NOW + REQUEST_LIFETIME - 1, () => 'live')).toEqual([]);
    expect(book.settle(NOW + REQUEST_LIFETIME, () => 'live')).toMatchObject([{ change: 'expired' }]);
  });

  it('is kept for 30 days after its last change', () => {
    const book = open();
    book.ask(asked(), NOW);
    book.deny('id1', SUPPORT, NOW + 1);
    book.settle(NOW + REQUEST_KEPT, () => 'live');
    expect(kept.size).toBe(1);
    book.settle(NOW + 1 + REQUEST_KEPT, () => 'live');
    expect([kept.size, book.all.length]).toEqual([0, 0]);
  });

  it('is told to its user once, at the next attempt', () => {
    const book = open();
    book.ask(asked(), NOW);
    book.deny('id1', { ...SUPPORT, reason: 'no' }, NOW);
    expect(open().about(asked())).toMatchObject({ status: 'denied', reviewerJustification: 'no' });
    book.told('id1');
    expect(book.about(asked())).toBeUndefined();
    expect(open().about(asked())).toBeUndefined();
    expect(book.ask(asked(), NOW).request).toMatchObject({ id: 'id2', timesAsked: 2 });
    expect(book.about(asked())).toMatchObject({ id: 'id2' });
  });
});
