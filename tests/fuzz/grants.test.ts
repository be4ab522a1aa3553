/**
 * Random lives of a device: people ask, approvers sign, policy and administrators take back, clocks jump, the agent is ended at
 * bad moments, and its state is put back to what it was. After each step the books are compared with a slow twin that keeps
 * everything that ever happened. `EPM_FUZZ_INPUTS` sets how many lives, `EPM_FUZZ_SEED` which.
 */
import { describe, expect, it } from 'vitest';
import { patient } from '../../tooling/patience.mjs';
import { compile, decide } from '../../src/engine/index.ts';
import { DEFAULT_WINDOWS_FOLDERS } from '../../src/engine/default-windows-folders.ts';
import type { ApproverKey } from '../../src/model/approver-key.ts';
import { sha256, sid, type Sid } from '../../src/model/brands.ts';
import { isEpmError } from '../../src/model/errors.ts';
import type { GrantStatement } from '../../src/model/grant.ts';
import type { Grant } from '../../src/model/request.ts';
import {
  CLOCK_STEP,
  CLOCK_TOLERANCE,
  GrantBook,
  type GrantClock,
  type GrantNote,
  type GrantUser,
  type LocalRevocation,
  type SignedGrant,
} from '../../src/requests/grants/grant-book.ts';
import { type Asked, type KeptRequest, REQUEST_KEPT, RequestBook } from '../../src/requests/request-book.ts';
import { facts } from '../unit/agent/fake-machine.ts';
import { Choices } from './random.ts';

const LIVES = Number(process.env['EPM_FUZZ_INPUTS'] ?? 400);
const SEED = Number(process.env['EPM_FUZZ_SEED'] ?? 1);
const STEPS = 60;

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const START = Date.UTC(2026, 0, 1);
const USERS: readonly Sid[] = [sid('S-1-5-21-1-2-3-1001'), sid('S-1-5-21-1-2-3-1002')];
const DIGESTS = ['a', 'b'].map((digit) => sha256(digit.repeat(64)));
const VECTORS: readonly (readonly string[])[] = [[], ['/s']];
const KEYS: readonly ApproverKey[] = [
  {
    name: 'first',
    publicKey: 'first',
    approver: 'S-1-5-21-1-2-3-2001',
    rights: { anyUser: true, deviceGroups: ['Field'] },
    limits: {},
  },
  // Of one of the users, so that they could approve what they ask themselves.
  {
    name: 'second',
    publicKey: 'second',
    approver: USERS[1] as Sid,
    rights: { anyUser: false, deviceGroups: [] },
    limits: {},
  },
  {
    name: 'third',
    publicKey: 'third',
    approver: 'S-1-5-21-1-2-3-2003',
    rights: { anyUser: true, deviceGroups: [] },
    limits: { maximumHours: 2 },
    validUntil: START + 30 * HOUR,
  },
];
const SETTINGS = { enabled: true, defaultElevationResponse: 'requireSupportApproval' } as const;
const DOCUMENT = { id: 'p', scope: { kind: 'device' }, settings: SETTINGS, rules: [], rejected: [] } as const;
const POLICY = compile([DOCUMENT], { machine: DEFAULT_WINDOWS_FOLDERS, longPath: () => undefined });

interface Fake extends SignedGrant {
  readonly key: string;
}

/** What is on the disk of the device. */
class Disk {
  notes = new Map<string, GrantNote>();
  revocations = new Map<string, LocalRevocation>();
  clock: GrantClock | undefined;
  requests = new Map<string, KeptRequest>();
  /** Writes that still work; then one fails. */
  failsAfter: number | undefined;

  write(): void {
    if (this.failsAfter === undefined) return;
    if (this.failsAfter === 0) {
      this.failsAfter = undefined;
      throw new Crash();
    }
    this.failsAfter -= 1;
  }

  copy(): Disk {
    const disk = new Disk();
    disk.notes = new Map(this.notes);
    disk.revocations = new Map(this.revocations);
    disk.clock = this.clock;
    disk.requests = new Map(this.requests);
    return disk;
  }
}

/** The machine stops in the middle of a write. */
class Crash extends Error {}

/** What the slow twin knows: everything, in the order in which it happened. */
interface Twin {
  /** Grants of policy and imported ones, with those that were forgotten. */
  policy: Fake[];
  imported: Fake[];
  revokedByPolicy: string[];
  revokedHere: string[];
  /** Ids of grants, one for each start that was counted. */
  used: string[];
  latest: number;
  doubtfulBefore: number;
}

/** One start that really happened, in all lives of the state. */
interface Ran {
  readonly grant: string;
  readonly at: number;
}

class Life {
  readonly #choices: Choices;
  #disk = new Disk();
  #saved: { disk: Disk; twin: Twin; journal: number } | undefined;
  #grants: GrantBook<Fake>;
  #requests: RequestBook;
  #twin: Twin = {
    policy: [],
    imported: [],
    revokedByPolicy: [],
    revokedHere: [],
    used: [],
    latest: 0,
    doubtfulBefore: -Infinity,
  };
  #now = START;
  #ids = 0;
  /** The starts that the journal tells of, and the times at which it was found not to be what the agent had left. */
  #journal: (string | number)[] = [];
  readonly #ran: Ran[] = [];
  /** All grants that were ever signed. */
  readonly #signed: Fake[] = [];

  constructor(seed: number) {
    this.#choices = new Choices(seed);
    this.#grants = this.#openGrants();
    this.#requests = this.#openRequests();
  }

  get starts(): number {
    return this.#ran.length;
  }

  step(): void {
    const steps: readonly (readonly [weight: number, step: () => void])[] = [
      [4, () => this.#ask()],
      [5, () => this.#sign()],
      [3, () => this.#deliver()],
      [2, () => this.#policyRevokes()],
      [2, () => this.#review()],
      [12, () => this.#start()],
      [6, () => this.#clock()],
      [2, () => this.#reboot()],
      [
        1,
        () =>
          (this.#saved = { disk: this.#disk.copy(), twin: structuredTwin(this.#twin), journal: this.#journal.length }),
      ],
      [1, () => this.#restore()],
    ];
    const total = steps.reduce((sum, [weight]) => sum + weight, 0);
    let at = this.#choices.below(total);
    const chosen = steps.find(([weight]) => (at -= weight) < 0);
    try {
      chosen?.[1]();
    } catch (error) {
      if (!(error instanceof Crash)) throw error;
      this.#afterCrash();
    }
    this.#check();
  }

  #ask(): void {
    const asked: Asked = {
      requestedByUserId: this.#choices.of(USERS),
      requestedOnDeviceId: 'here',
      deviceName: 'PC',
      requestJustification: 'needed',
      applicationDetail: { fileHash: this.#choices.of(DIGESTS), fileName: 'setup.exe', filePath: 'C:\\setup.exe' },
      arguments: this.#choices.of(VECTORS),
    };
    try {
      this.#requests.ask(asked, this.#now);
    } catch (error) {
      if (!isEpmError(error) || error.code !== 'EPM_SUPPORT_REQUEST_LIMIT') throw error;
    }
  }

  #sign(): void {
    const request = this.#choices.chance(0.7) ? this.#choices.of([...this.#requests.all, undefined]) : undefined;
    const from = this.#now + this.#choices.of([-HOUR, 0, 0, 4 * MINUTE, HOUR]);
    const uses = this.#choices.of([undefined, undefined, 1, 1, 2]);
    const requester = this.#choices.of([...USERS, undefined, request?.requestedByUserId]);
    const statement: GrantStatement = {
      id: (this.#ids += 1).toString(16).padStart(16, '0'),
      requestId: request?.id ?? `r${String(this.#choices.below(5))}`.padEnd(22, '-'),
      device: this.#choices.of([
        { kind: 'device', id: 'here' },
        { kind: 'device', id: 'here' },
        { kind: 'device', id: 'elsewhere' },
        { kind: 'group', name: 'field' },
      ] as const),
      sha256: request?.applicationDetail.fileHash ?? this.#choices.of(DIGESTS),
      fileName: 'SETUP.exe',
      arguments: request?.arguments ?? this.#choices.of(VECTORS),
      from,
      until: from + this.#choices.of([MINUTE, HOUR, 24 * HOUR]),
      ...(uses === undefined ? {} : { uses }),
      ...(requester === undefined ? {} : { requester }),
    };
    const key = this.#choices.of(['first', 'first', 'second', 'third', 'foreign']);
    const grant: Fake = { text: statement.id, statement, key };
    this.#signed.push(grant);
    this.#give(grant);
  }

  /** Again, or by another way. */
  #deliver(): void {
    if (this.#signed.length > 0) this.#give(this.#choices.of(this.#signed));
  }

  #give(grant: Fake): void {
    if (this.#choices.chance(0.4)) {
      this.#twin.policy = [...this.#twin.policy, grant].slice(-20);
      this.#tellPolicy();
    } else {
      const knows = this.#grants.find(grant.statement.id, this.#now) !== undefined;
      this.#grants.keep(grant);
      if (!knows) this.#twin.imported = [...this.#twin.imported, grant];
    }
    if (this.#grants.faultOf(grant, this.#now) !== undefined) return;
    const { id: grantId, requestId, until } = grant.statement;
    this.#requests.approve(requestId, { grantId, until, by: { id: 'approver' } }, this.#now);
  }

  #policyRevokes(): void {
    const { revokedByPolicy } = this.#twin;
    const grant = this.#signed.length === 0 ? undefined : this.#choices.of(this.#signed);
    const names = [grant?.statement.id, grant?.statement.requestId, this.#choices.of(KEYS).name].filter(
      (name) => name !== undefined,
    );
    this.#twin.revokedByPolicy = this.#choices.chance(0.4)
      ? revokedByPolicy.slice(1)
      : [...revokedByPolicy, this.#choices.of(names)];
    this.#tellPolicy();
  }

  /** Somebody with the right to it answers on the device. */
  #review(): void {
    const [request] = this.#choices.some(1, () => this.#choices.of(this.#requests.all));
    if (request === undefined) return;
    const by = { by: { id: 'S-1-5-21-1-2-3-500' } };
    if (request.status === 'pending') this.#requests.deny(request.id, by, this.#now);
    else if (request.status === 'approved' || request.status === 'completed') {
      for (const of of [request.id, request.grantId ?? '']) {
        this.#grants.revoke(of, USERS[0] as Sid, undefined, this.#now);
        this.#twin.revokedHere.push(of);
      }
      this.#requests.revoke(request.id, by, this.#now);
    }
  }

  #clock(): void {
    this.#now += this.#choices.of([
      MINUTE / 2,
      MINUTE,
      10 * MINUTE,
      HOUR,
      10 * HOUR,
      -MINUTE,
      -3 * MINUTE,
      -20 * MINUTE,
      this.#choices.chance(0.3) ? -5 * HOUR : 5 * HOUR,
    ]);
    // The agent looks at the clock from time to time.
    if (this.#choices.chance(0.8)) this.#see();
  }

  #see(): void {
    this.#grants.see(this.#now);
    this.#twin.latest = Math.max(this.#twin.latest, this.#now);
  }

  #start(): void {
    // Mostly what somebody has signed something for.
    const signed = this.#choices.chance(0.8) ? this.#choices.of(this.#signed)?.statement : undefined;
    const user = signed?.requester ?? this.#choices.of(USERS);
    const file = facts({ sha256: signed?.sha256 ?? this.#choices.of(DIGESTS) });
    const vector = signed?.arguments ?? this.#choices.of(VECTORS);
    this.#see();
    const subject = subjectOf(user, file.sha256);
    const requester = { sid: user, isAdministrator: false, isElevatedByEpm: false };
    const request = { trigger: 'userInitiated', requester, arguments: vector, time: this.#now, zoneOffset: 0 } as const;
    const counting = this.#grants.counting(subject, this.#now);
    const decision = decide(POLICY, request, file, { grants: counting });
    const grantId = decision.outcome === 'elevate' ? decision.grantId : undefined;
    const expected = this.#fitting(user, file.sha256, vector);
    const ids = expected.map(({ statement }) => statement.id).sort();
    expect(grantId).toBe(ids[0]);
    // All of them, so that none was ended by another, or by what became of it.
    const isForThem = ({ requester, arguments: values }: Grant): boolean =>
      (requester === undefined || requester === user) && JSON.stringify(values) === JSON.stringify(vector);
    const counted = counting.filter(isForThem).map(({ id }) => id);
    expect([...new Set(counted)].sort()).toEqual([...new Set(ids)]);
    const found = counting.find(({ id }) => id === grantId);
    if (found === undefined) return;
    if (this.#choices.chance(0.1)) this.#disk.failsAfter = this.#choices.below(3);
    const giveBack = this.#grants.use(found.id, subject, this.#now);
    this.#disk.failsAfter = undefined;
    this.#twin.used.push(found.id);
    // The machine stops between the count and the start, or the record fails and the start is given back.
    if (this.#choices.chance(0.05)) throw new Crash();
    if (this.#choices.chance(0.05)) {
      giveBack();
      const isCounted = this.#statementOf(found.id).uses !== undefined;
      if (isCounted) this.#twin.used.splice(this.#twin.used.lastIndexOf(found.id), 1);
      return;
    }
    this.#journal.push(found.id);
    this.#ran.push({ grant: found.id, at: this.#now });
    this.#requests.ran(
      {
        requestedByUserId: user,
        arguments: vector,
        applicationDetail: { fileHash: file.sha256, fileName: file.name },
      },
      { id: found.id, until: found.end },
      this.#now,
    );
  }

  #reboot(): void {
    if (this.#choices.chance(0.5)) this.#grants.writeClock();
    this.#open();
  }

  #afterCrash(): void {
    this.#disk.failsAfter = undefined;
    this.#open();
  }

  /** State is put back to what it was, the journal with it or not. What was noted outside tells of the journal. */
  #restore(): void {
    if (this.#saved === undefined) return;
    const { disk, twin, journal } = this.#saved;
    const { policy, revokedByPolicy } = this.#twin;
    const isJournalToo = this.#choices.chance(0.5);
    this.#disk = disk.copy();
    // Who could also set the clock back would leave nothing that tells: that limit is in the documentation.
    this.#now =
      Math.max(this.#now, ...this.#ran.map(({ at }) => at), ...this.#signed.map(({ statement }) => statement.from)) + 1;
    this.#twin = { ...structuredTwin(twin), policy, revokedByPolicy };
    if (isJournalToo) this.#journal = [...this.#journal.slice(0, journal), this.#now];
    this.#open();
  }

  #open(): void {
    const seen = this.#twin.latest;
    this.#grants = this.#openGrants();
    this.#requests = this.#openRequests();
    // A step of the clock may be lost with an agent that was ended, and no more.
    expect(this.#grants.latest).toBeGreaterThan(seen - CLOCK_STEP);
    this.#twin.latest = this.#grants.latest;
    const doubt = Math.max(...this.#journal.filter((each) => typeof each === 'number'));
    if (doubt > this.#twin.doubtfulBefore) this.#twin.doubtfulBefore = this.#grants.latest;
    this.#twin.used = this.#twin.used.filter((id) => this.#statementOf(id).uses !== undefined);
    for (const id of new Set(this.#journal.filter((each) => typeof each === 'string'))) {
      const told = this.#journal.filter((each) => each === id).length;
      while (this.#twin.used.filter((each) => each === id).length < told) this.#twin.used.push(id);
    }
  }

  #openGrants(): GrantBook<Fake> {
    const disk = this.#disk;
    const book = new GrantBook<Fake>(
      {
        notes: [...disk.notes.values()],
        imported: [...disk.notes.values()].flatMap(({ text }) => this.#signed.filter((grant) => grant.text === text)),
        revocations: [...disk.revocations.values()],
        clock: disk.clock,
      },
      {
        writeNote: (note) => (disk.write(), void disk.notes.set(note.id, note)),
        removeNote: (id) => void disk.notes.delete(id),
        writeRevocation: (each) => (disk.write(), void disk.revocations.set(each.of, each)),
        removeRevocation: (id) => void disk.revocations.delete(id),
        writeClock: (clock) => (disk.write(), void (disk.clock = clock)),
      },
    );
    const uses = new Map<string, number>();
    let doubt: number | undefined;
    for (const told of this.#journal) {
      if (typeof told === 'number') doubt = told;
      else uses.set(told, (uses.get(told) ?? 0) + 1);
    }
    book.readJournal(uses, doubt);
    this.#grants = book;
    this.#tellPolicy();
    return book;
  }

  #openRequests(): RequestBook {
    const disk = this.#disk;
    return new RequestBook(
      [...disk.requests.values()],
      {
        write: (kept) => (disk.write(), void disk.requests.set(kept.request.id, kept)),
        remove: (id) => void disk.requests.delete(id),
      },
      () => `q${String((this.#ids += 1))}`.padEnd(22, '-'),
    );
  }

  #tellPolicy(): void {
    this.#grants.terms = {
      keys: KEYS,
      signersOf: ({ key }) => KEYS.filter(({ name }) => name === key),
      revocations: this.#twin.revokedByPolicy.map((of) => ({ of, reason: '' })),
      grants: this.#twin.policy,
      deviceId: 'here',
      deviceGroups: ['FIELD'],
      fourEyes: true,
    };
  }

  #statementOf(id: string): GrantStatement {
    return (this.#signed.find(({ statement }) => statement.id === id) as Fake).statement;
  }

  /** The slow twin: every grant that was delivered is asked for every reason not to count. */
  #fitting(user: Sid, digest: string, vector: readonly string[]): readonly Fake[] {
    return [...new Set([...this.#twin.policy, ...this.#twin.imported])].filter(({ statement, key: name }) => {
      const { id, requestId, device, requester, from, until, uses } = statement;
      const { latest, doubtfulBefore, revokedByPolicy, revokedHere, used } = this.#twin;
      const key = KEYS.find((each) => each.name === name);
      if (key === undefined || revokedByPolicy.includes(name)) return false;
      if (key.validUntil !== undefined && Math.max(this.#now, latest) >= key.validUntil) return false;
      if ([id, requestId].some((each) => revokedByPolicy.includes(each) || revokedHere.includes(each))) return false;
      if (device.kind === 'device' ? device.id !== 'here' : name !== 'first') return false;
      if (requester === undefined && name === 'second') return false;
      if (name === 'third' && until - from > 2 * HOUR) return false;
      if (this.#now < latest - CLOCK_TOLERANCE) return false;
      if (from > this.#now + CLOCK_TOLERANCE || until <= this.#now || until <= latest) return false;
      if (uses !== undefined && (used.filter((each) => each === id).length >= uses || from < doubtfulBefore))
        return false;
      if (name === 'second' && user === USERS[1]) return false;
      const isForThem = requester === undefined || requester === user;
      return isForThem && statement.sha256 === digest && JSON.stringify(statement.arguments) === JSON.stringify(vector);
    });
  }

  /** What holds after every step, whatever the twin says. */
  #check(): void {
    for (const { grant, at } of this.#ran.slice(-1)) expect(at).toBeLessThan(this.#statementOf(grant).until);
    const counts = new Map<string, number>();
    for (const { grant } of this.#ran) counts.set(grant, (counts.get(grant) ?? 0) + 1);
    for (const [grant, starts] of counts) expect(starts).toBeLessThanOrEqual(this.#statementOf(grant).uses ?? Infinity);
    for (const { change, request } of this.#requests.settle(this.#now, () => 'live')) {
      expect(change).toBe('expired');
      expect(Date.parse(request.requestExpiryDateTime)).toBeLessThanOrEqual(this.#now);
    }
    const open = new Set<string>();
    for (const request of this.#requests.all) {
      const { status, requestedByUserId, applicationDetail, arguments: values } = request;
      const key = JSON.stringify([requestedByUserId, applicationDetail.fileHash, values]);
      if (status === 'pending' || status === 'approved') {
        expect(open.has(key)).toBe(false);
        open.add(key);
      } else expect(Date.parse(request.requestLastModifiedDateTime) + REQUEST_KEPT).toBeGreaterThan(this.#now);
    }
  }
}

function subjectOf(user: Sid, digest: string) {
  return {
    user: { sid: user, isLocal: true } satisfies GrantUser,
    file: { facts: facts({ sha256: sha256(digest) }), settings: POLICY.forUser(user).settings },
  };
}

function structuredTwin(twin: Twin): Twin {
  return {
    ...twin,
    imported: [...twin.imported],
    revokedHere: [...twin.revokedHere],
    used: [...twin.used],
  };
}

describe('approvals', () => {
  it('count exactly as long as they may, whatever happens to the device', { timeout: patient(3_600_000) }, () => {
    let starts = 0;
    for (let count = 0; count < LIVES; count += 1) {
      const seed = (SEED * 1_000_003 + count) >>> 0;
      const life = new Life(seed);
      let step = 0;
      try {
        for (; step < STEPS; step += 1) life.step();
      } catch (cause) {
        throw new Error(`Life ${count} of seed ${SEED}, step ${step}`, { cause });
      }
      starts += life.starts;
    }
    if (process.env['EPM_FUZZ_INPUTS'] !== undefined) {
      process.stdout.write(`approvals: ${LIVES} lives of ${STEPS} steps, ${starts} starts by a grant\n`);
    }
    // A test whose device elevates nothing would prove nothing.
    expect(starts).toBeGreaterThan(LIVES);
  });
});
