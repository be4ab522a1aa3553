/** What a rule does with a file it matches, each choice as one row; types, schemas, tables and lists derive from them. */
import type { Effect } from './effect.ts';

interface TitledRow {
  readonly title: string;
  readonly effect?: Effect;
}

interface ElevationTypeRow extends TitledRow {
  /** Place on the ladder between rules that are otherwise equal (decision P1): the smaller one wins. */
  readonly precedence: number;
  /** `elevationType` of the audit: Graph's value where it has one (decision E1). */
  readonly auditType: string;
  /** Validations that a rule of the type may ask for besides what the type implies (decision P6); others are ignored. */
  readonly validations: readonly Validation[];
}

export const VALIDATIONS = {
  justification: { title: 'Business justification' },
  authentication: { title: 'Windows authentication' },
} as const satisfies Readonly<Record<string, TitledRow>>;

export type Validation = keyof typeof VALIDATIONS;

export const ELEVATION_TYPES = {
  automatic: { title: 'Automatic', precedence: 4, auditType: 'zeroTouchElevation', validations: [] },
  userConfirmed: {
    title: 'User confirmed',
    precedence: 1,
    auditType: 'userConfirmedElevation',
    validations: ['justification', 'authentication'],
  },
  currentUser: {
    title: 'Elevate as current user',
    precedence: 2,
    auditType: 'currentUserElevation',
    // Windows authentication is implied, so that it makes no rule stricter than another.
    validations: ['justification'],
  },
  supportApproved: {
    title: 'Support approved',
    precedence: 3,
    auditType: 'supportApprovedElevation',
    validations: [],
  },
  deny: { title: 'Deny', precedence: 0, auditType: 'denied', validations: [] },
} as const satisfies Readonly<Record<string, ElevationTypeRow>>;

export type ElevationType = keyof typeof ELEVATION_TYPES;

/** What makes a type that cannot be read that of a Deny, in whatever format it stands (decision M8). */
export const DENY_TEXT = /deny|denied/i;

/** The more restrictive one wins between rules that are otherwise equal: the smaller precedence (decision P2). */
export const CHILD_PROCESS_BEHAVIORS = {
  requireRule: { title: 'Require rule to elevate', precedence: 1 },
  deny: { title: 'Deny all', precedence: 0 },
  allow: { title: 'Allow all child processes to run elevated', precedence: 2 },
} as const satisfies Readonly<Record<string, TitledRow & { readonly precedence: number }>>;

export type ChildProcessBehavior = keyof typeof CHILD_PROCESS_BEHAVIORS;

/** What becomes of a file that users may write, or whose folder they may write (decision F3); the stricter one first. */
export const USER_WRITABLE_FILES = {
  refuse: { title: 'Refuse' },
  copy: { title: 'Run from a protected copy' },
} as const satisfies Readonly<Record<string, TitledRow>>;

export type UserWritableFile = keyof typeof USER_WRITABLE_FILES;

/** Where a program starts; the stricter one first. */
export const WORKING_DIRECTORIES = {
  system: { title: 'The system folder' },
  request: { title: 'The folder that the request names' },
} as const satisfies Readonly<Record<string, TitledRow>>;

export type WorkingDirectory = keyof typeof WORKING_DIRECTORIES;

/** Which elevations share an isolated account (decision N2); the stricter one first. */
export const ACCOUNT_SCOPES = {
  launch: { title: 'One for each elevation' },
  userAndRule: { title: 'One for each person and rule' },
  user: { title: 'One for each person' },
} as const satisfies Readonly<Record<string, TitledRow>>;

export type AccountScope = keyof typeof ACCOUNT_SCOPES;

/** Who may ask for a support approval (decision G2); the stricter one first. */
export const REQUESTERS = {
  primaryUser: { title: 'The primary user of the device' },
  anyUser: { title: 'Every user of the device' },
} as const satisfies Readonly<Record<string, TitledRow>>;

/** The names of a table's rows, in its order. */
export function namesOf<Table extends object>(table: Table): readonly (keyof Table & string)[] {
  return Object.keys(table) as (keyof Table & string)[];
}

/** Whether a text, from wherever it comes, is the name of a row. */
export function isNameOf<Table extends object>(table: Table, text: unknown): text is keyof Table & string {
  return typeof text === 'string' && Object.hasOwn(table, text);
}
