import { beforeEach, describe, expect, it } from 'vitest';
import { compile } from '../../../../src/engine/index.ts';
import { DEFAULT_WINDOWS_FOLDERS } from '../../../../src/engine/default-windows-folders.ts';
import type { ApproverKey } from '../../../../src/model/approver-key.ts';
import { sha256, sid } from '../../../../src/model/brands.ts';
import { EpmError } from '../../../../src/model/errors.ts';
import type { FileFacts, SignatureFacts } from '../../../../src/model/file-facts.ts';
import { GRANT_FAULTS, type GrantFault } from '../../../../src/model/grant-faults.ts';
import type { GrantStatement } from '../../../../src/model/grant.ts';
import {
  CLOCK_STEP,
  CLOCK_TOLERANCE,
  GrantBook,
  type GrantClock,
  type GrantNote,
  type GrantUser,
  type GrantTerms,
  type LocalRevocation,
  MAX_IMPORTED,
  type SignedGrant,
} from '../../../../src/requests/grants/grant-book.ts';
import { facts } from '../../agent/fake-machine.ts';

const ALICE = sid('S-1-5-21-1-2-3-1001');
const SUPPORT = sid('S-1-5-21-1-2-3-2001');
const HOUR = 60 * 60_000;
const NOW = Date.UTC(2026, 5, 1);
const FILE = facts();
const SETTINGS = compile([], { machine: DEFAULT_WINDOWS_FOLDERS, longPath: () => undefined }).forUser(ALICE).settings;

const KEY: ApproverKey = {
  name: 'first',
  publicKey: 'p1',
  approver: SUPPORT,
  rights: { anyUser: false, deviceGroups: [] },
  limits: {},
};
const STATEMENT: GrantStatement = {
  id: '0000000000000001',
  requestId: 'r'.repeat(22),
  device: { kind: 'device', id: 'here' },
  requester: ALICE,
  sha256: FILE.sha256,
  fileName: 'setup.exe',
  arguments: [],
  from: NOW - HOUR,
  until: NOW + HOUR,
};

function grant(more: Partial<GrantStatement> = {}): SignedGrant {
  const statement = { ...STATEMENT, ...more };
  return { statement, text: JSON.stringify(statement) };
}

function signature(more: Partial<SignatureFacts> = {}): SignatureFacts {
  return {
    leaf: { sha256: sha256('1'.repeat(64)), subject: 'CN=Contoso' },
    issuers: [{ sha256: sha256('2'.repeat(64)), subject: 'CN=Root' }],
    trusted: true,
    validNow: true,
    validAtTimestamp: true,
    revocation: 'good',
    ...more,
  };
}

let notes: Map<string, GrantNote>;
let revocations: Map<string, LocalRevocation>;
let clock: GrantClock | undefined;
let clockWrites: number;
let fault: EpmError | undefined;

beforeEach(() => {
  notes = new Map();
  revocations = new Map();
  clock = undefined;
  clockWrites = 0;
  fault = undefined;
});

function orFail(action: () => void): void {
  if (fault !== undefined) throw fault;
  action();
}

function open(terms: Partial<GrantTerms> = {}, uses: ReadonlyMap<string, number> | 'unread' = new Map()) {
  const imported = [...notes.values()].flatMap(({ text }) =>
    text === undefined ? [] : [{ text, statement: JSON.parse(text) as GrantStatement }],
  );
  const book = new GrantBook<SignedGrant>(
    { notes: [...notes.values()], imported, revocations: [...revocations.values()], clock },
    {
      writeNote: (note) => orFail(() => notes.set(note.id, note)),
      removeNote: (id) => orFail(() => notes.delete(id)),
      writeRevocation: (each) => orFail(() => revocations.set(each.of, each)),
      removeRevocation: (of) => orFail(() => revocations.delete(of)),
      writeClock: (time) =>
        orFail(() => {
          clock = time;
          clockWrites += 1;
        }),
    },
  );
  if (uses !== 'unread') book.readJournal(uses, undefined);
  const keys = terms.keys ?? [KEY];
  const given = { revocations: [], grants: [], deviceId: 'here', deviceGroups: ['field'], fourEyes: true };
  book.terms = { ...given, keys, signersOf: () => keys, ...terms };
  return book;
}

function subject(file: Partial<FileFacts> = {}, user: Partial<GrantUser> = {}) {
  return { user: { sid: ALICE, isLocal: true, ...user }, file: { facts: { ...FILE, ...file }, settings: SETTINGS } };
}

interface Case {
  readonly statement?: Partial<GrantStatement>;
  readonly key?: Partial<ApproverKey>;
  readonly terms?: Partial<GrantTerms>;
  readonly subject?: ReturnType<typeof subject>;
  readonly clock?: GrantClock;
  readonly uses?: number;
}

const ANY_USER = { statement: { requester: undefined } as unknown as Partial<GrantStatement> };
const single = { uses: 1 };

/** What is wrong in just one way, and the reason that is given. */
const FAULTY: readonly (readonly [GrantFault, string, Case])[] = [
  ['grantUnknownKey', 'nobody whom policy lists signed it', { terms: { signersOf: () => [] } }],
  ['grantKeyRevoked', 'its key is revoked by name', { terms: { revocations: [{ of: 'first', reason: '' }] } }],
  [
    'grantKeyRevoked',
    'its key is revoked under another name',
    { terms: { keys: [KEY, { ...KEY, name: 'again' }], revocations: [{ of: 'again', reason: '' }] } },
  ],
  ['grantKeyExpired', 'its key has ended, at exactly its end', { key: { validUntil: NOW } }],
  ['grantKeyExpired', 'its key is not valid yet', { key: { validFrom: NOW + 1 } }],
  [
    'grantKeyExpired',
    'its key had ended before the clock went back',
    { key: { validUntil: NOW + 1 }, clock: { latest: NOW + 1 } },
  ],
  ['grantRevoked', 'it is revoked', { terms: { revocations: [{ of: STATEMENT.id, reason: '' }] } }],
  ['grantRevoked', 'its request is revoked', { terms: { revocations: [{ of: STATEMENT.requestId, reason: '' }] } }],
  ['grantOtherDevice', 'it is for another device', { statement: { device: { kind: 'device', id: 'elsewhere' } } }],
  [
    'grantOtherDevice',
    'it is for another group',
    {
      statement: { device: { kind: 'group', name: 'office' } },
      key: { rights: { anyUser: false, deviceGroups: ['office'] } },
    },
  ],
  ['grantKeyMayNot', 'it is for any user', ANY_USER],
  ['grantKeyMayNot', 'it is for a group', { statement: { device: { kind: 'group', name: 'field' } } }],
  ['grantKeyMayNot', 'it lasts too long', { key: { limits: { maximumHours: 1 } } }],
  ['grantKeyMayNot', 'it is for any number of starts', { key: { limits: { singleUseOnly: true } } }],
  ['grantKeyMayNot', 'nobody signed the file', { key: { limits: { publishers: ['CN=Contoso'] } } }],
  [
    'grantKeyMayNot',
    'somebody else signed the file',
    {
      key: { limits: { publishers: ['CN=Fabrikam', '3'.repeat(64)] } },
      subject: subject({ signatures: [signature()] }),
    },
  ],
  [
    'grantKeyMayNot',
    'the signature of the publisher does not hold',
    {
      key: { limits: { publishers: ['CN=Contoso'] } },
      subject: subject({ signatures: [signature({ trusted: false })] }),
    },
  ],
  [
    'grantKeyMayNot',
    'the certificate of the publisher is revoked',
    {
      key: { limits: { publishers: ['1'.repeat(64)] } },
      subject: subject({ signatures: [signature({ revocation: 'revoked' })] }),
    },
  ],
  [
    'grantClockBehind',
    'the clock is too far behind',
    { clock: { latest: NOW + CLOCK_TOLERANCE + 1 }, statement: { until: NOW + 9 * HOUR } },
  ],
  ['grantNotYet', 'it begins later than clocks may differ', { statement: { from: NOW + CLOCK_TOLERANCE + 1000 } }],
  ['grantExpired', 'it is at its end', { statement: { until: NOW } }],
  ['grantExpired', 'the clock had seen its end', { clock: { latest: NOW + 1000 }, statement: { until: NOW + 1000 } }],
  ['grantUsed', 'it was used, as the state says', { statement: single, uses: 1 }],
  [
    'grantUseUnknown',
    'what was found after it began may have lost a use',
    { statement: single, clock: { latest: NOW, doubtfulBefore: NOW } },
  ],
  ['grantOwnRequest', 'who signed it uses it', { key: { approver: ALICE } }],
  [
    'grantOwnRequest',
    'who signed it uses it, by name',
    {
      key: { approver: 'Alice@contoso.com' },
      subject: subject({}, { userPrincipalName: 'alice@CONTOSO.com', isLocal: false }),
    },
  ],
  [
    'grantApproverUnknown',
    'nothing tells whether who signed it uses it',
    { key: { approver: 'alice@contoso.com' }, subject: subject({}, { isLocal: false }) },
  ],
];

/** What looks wrong and is not. */
const GOOD: readonly (readonly [string, Case])[] = [
  ['as it is', {}],
  ['that begins within the tolerance of clocks', { statement: { from: NOW + CLOCK_TOLERANCE } }],
  ['while the clock is a little behind', { clock: { latest: NOW + CLOCK_TOLERANCE } }],
  ['for any user, of a key that may', { ...ANY_USER, key: { rights: { anyUser: true, deviceGroups: [] } } }],
  [
    'for a group of the device, of a key that may',
    {
      statement: { device: { kind: 'group', name: 'FIELD' } },
      key: { rights: { anyUser: false, deviceGroups: ['Field'] } },
    },
  ],
  ['that lasts exactly as long as its key may', { key: { limits: { maximumHours: 2 } } }],
  ['for single starts', { statement: single, key: { limits: { singleUseOnly: true } } }],
  [
    'for a file of a publisher of its key, by name',
    { key: { limits: { publishers: ['CN=Contoso'] } }, subject: subject({ signatures: [signature()] }) },
  ],
  [
    'for a file of a publisher of its key, by a certificate above',
    {
      key: { limits: { publishers: ['2'.repeat(64).toUpperCase()] } },
      subject: subject({ signatures: [signature()] }),
    },
  ],
  [
    'of the requester, where policy does not ask for two people',
    { key: { approver: ALICE }, terms: { fourEyes: false } },
  ],
  ['of an approver by name, for an account of the machine', { key: { approver: 'alice@contoso.com' } }],
  [
    'that one of two entries of its key allows',
    { ...ANY_USER, terms: { keys: [KEY, { ...KEY, name: 'wide', rights: { anyUser: true, deviceGroups: [] } }] } },
  ],
];

function judge({ statement = {}, key = {}, terms = {}, clock: time, uses, subject: about = subject() }: Case) {
  clock = time;
  const asked = grant(statement);
  const found = open(
    { keys: [{ ...KEY, ...key }], grants: [asked], ...terms },
    new Map(uses === undefined ? [] : [[asked.statement.id, uses]]),
  );
  return { fault: found.faultOf(asked, NOW, about), counting: found.counting(about, NOW) };
}

describe('a grant', () => {
  it.each(FAULTY)('has no effect (%s) when %s', (reason, _what, about) => {
    expect(judge(about)).toEqual({ fault: reason, counting: [] });
  });

  it('has each of the reasons in a test', () => {
    expect([...new Set(FAULTY.map(([reason]) => reason))].sort()).toEqual(Object.keys(GRANT_FAULTS).sort());
  });

  it.each(GOOD)('counts %s', (_what, about) => {
    const judged = judge(about);
    expect(judged.fault).toBeUndefined();
    expect(judged.counting).toMatchObject([{ id: STATEMENT.id, sha256: FILE.sha256, end: NOW + HOUR }]);
  });

  it('has an effect from the present on where it begins a little later', () => {
    const { counting } = judge({ statement: { from: NOW + CLOCK_TOLERANCE } });
    expect(counting).toMatchObject([{ start: NOW }]);
  });

  it('has none before policy was read', () => {
    const book = new GrantBook<SignedGrant>(
      { notes: [], imported: [grant()], revocations: [], clock: undefined },
      { writeNote() {}, removeNote() {}, writeRevocation() {}, removeRevocation() {}, writeClock() {} },
    );
    expect(book.faultOf(grant(), NOW)).toBe('grantUnknownKey');
  });
});

describe('a grant for a number of starts', () => {
  const twice = grant({ uses: 2 });

  it('is counted before each start, on the disk, and over after the last', () => {
    const book = open({ grants: [twice] });
    book.use(twice.statement.id, subject(), NOW);
    expect(notes.get(twice.statement.id)?.uses).toBe(1);
    expect(clock?.latest).toBe(NOW);
    const again = open({ grants: [twice] });
    again.use(twice.statement.id, subject(), NOW);
    const refused = expect.objectContaining({ code: 'EPM_GRANT_REFUSED', data: { fault: 'grantUsed' } }) as Error;
    expect(() => again.use(twice.statement.id, subject(), NOW)).toThrow(refused);
    expect(again.counting(subject(), NOW)).toEqual([]);
  });

  it('is given back where nothing ran', () => {
    const book = open({ grants: [twice] });
    book.use(twice.statement.id, subject(), NOW)();
    expect(notes.get(twice.statement.id)?.uses).toBe(0);
  });

  it('does not start anything when it cannot be counted', () => {
    const book = open({ grants: [twice] });
    fault = new EpmError('EPM_DATA_FOLDER', 'full');
    expect(() => book.use(twice.statement.id, subject(), NOW)).toThrow(fault);
    fault = undefined;
    expect(book.list(NOW)).toMatchObject([{ uses: 0 }]);
  });

  it('counts nothing before the journal was read, and what it tells although the state does not', () => {
    const waiting = open({ grants: [twice] }, 'unread');
    expect(waiting.waitsForJournal(FILE.sha256)).toBe(true);
    expect(waiting.faultOf(twice, NOW)).toBe('grantUseUnknown');
    waiting.readJournal(new Map([[twice.statement.id, 2]]), undefined);
    expect(waiting.waitsForJournal(FILE.sha256)).toBe(false);
    expect(waiting.faultOf(twice, NOW)).toBe('grantUsed');
  });

  it('that began before the journal was found wrong is over, and one that begins later is not', () => {
    const later = grant({ id: '0000000000000002', from: NOW + 60_000, uses: 1 });
    const book = open({ grants: [twice, later] }, 'unread');
    book.readJournal(new Map(), NOW);
    expect(book.faultOf(twice, NOW)).toBe('grantUseUnknown');
    expect(book.faultOf(later, NOW)).toBeUndefined();
    expect(open({ grants: [twice] }).faultOf(twice, NOW)).toBe('grantUseUnknown');
  });
});

describe('imported grants', () => {
  it('are kept, once, and survive the agent', () => {
    const book = open();
    expect([book.keep(grant()), book.keep(grant())]).toEqual([true, false]);
    expect(open().counting(subject(), NOW)).toHaveLength(1);
    expect(open().list(NOW)).toMatchObject([{ isImported: true, key: { name: 'first' } }]);
  });

  it('are not kept beside the same one of policy, nor is another with its id', () => {
    expect(open({ grants: [grant()] }).keep(grant())).toBe(false);
    const book = open();
    book.keep(grant());
    expect(book.keep(grant({ until: NOW + 9 * HOUR }))).toBe(false);
  });

  it('are so many and no more, of which those that are over make room', () => {
    const book = open();
    for (let count = 0; count < MAX_IMPORTED; count += 1) {
      book.keep(grant({ id: count.toString(16).padStart(16, '0'), ...(count === 7 ? { until: NOW } : {}) }));
    }
    const more = grant({ id: 'f'.repeat(16) });
    expect(() => book.keep(more)).toThrow(expect.objectContaining({ code: 'EPM_GRANT_LIMIT' }));
    book.see(NOW);
    expect(book.keep(more)).toBe(true);
    expect(book.list(NOW)).toHaveLength(MAX_IMPORTED);
  });

  it('are listed for 30 days after their end, with what is kept about them', () => {
    const book = open();
    book.keep(grant());
    book.see(STATEMENT.until + 30 * 24 * HOUR - 1);
    book.forgetOld();
    expect(book.list(NOW)).toHaveLength(1);
    book.see(STATEMENT.until + 30 * 24 * HOUR);
    book.forgetOld();
    expect([book.list(NOW), notes.size]).toEqual([[], 0]);
  });

  it('are verified for who lists them, and no others are', () => {
    const verified: string[] = [];
    const signersOf = ({ statement }: SignedGrant): readonly ApproverKey[] => {
      verified.push(statement.id);
      return [KEY];
    };
    const grants = [grant(), grant({ id: '2', requester: SUPPORT }), grant({ id: '3' })];
    const book = open({ grants, signersOf });
    verified.length = 0;
    expect(book.list(NOW, ({ requester }) => requester === SUPPORT)).toMatchObject([{ statement: { id: '2' } }]);
    expect(verified).toEqual(['2']);
  });
});

describe('what is taken back on the device', () => {
  it.each([STATEMENT.id, STATEMENT.requestId])('is so by %s, for grants that come later too, and stays so', (of) => {
    const book = open({ grants: [grant()] });
    book.revoke(of, SUPPORT, 'not any more', NOW);
    expect(book.faultOf(grant(), NOW)).toBe('grantRevoked');
    expect(book.revocationReason(STATEMENT)).toBe('not any more');
    expect(open({ grants: [grant()] }).faultOf(grant(), NOW)).toBe('grantRevoked');
  });

  it('is remembered for as long as a grant of it could count', () => {
    const long = grant({ until: NOW + 1000 * 24 * HOUR });
    const book = open({ grants: [long] });
    book.revoke(STATEMENT.requestId, SUPPORT, undefined, NOW);
    book.see(NOW + 900 * 24 * HOUR);
    book.forgetOld();
    expect(revocations.size).toBe(1);
    book.see(NOW + 1000 * 24 * HOUR);
    book.forgetOld();
    expect(revocations.size).toBe(0);
  });
});

describe('the clock', () => {
  it('is written when it went on by a step, and when the agent stops', () => {
    const book = open();
    book.see(NOW);
    book.see(NOW + CLOCK_STEP - 1);
    expect([clock?.latest, clockWrites]).toEqual([NOW, 1]);
    book.writeClock();
    expect([clock?.latest, clockWrites]).toEqual([NOW + CLOCK_STEP - 1, 2]);
    book.writeClock();
    book.see(NOW - HOUR);
    expect([book.latest, clockWrites]).toEqual([NOW + CLOCK_STEP - 1, 2]);
  });
});
