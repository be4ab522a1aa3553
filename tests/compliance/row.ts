/**
 * Rows of the compliance suite: one rule in a sentence, and the cases that show it. Cases leave out what does not
 * matter; this file fills it in. `@a` stands for 64 times `a` (a SHA-256), `@a96` and `@a128` for the longer digests,
 * `ann` and `bob` for two users.
 */
import { readFileSync, readdirSync } from 'node:fs';
import { type Sid, sid } from '../../src/model/brands.ts';
import type { FileFacts, SignatureFacts } from '../../src/model/file-facts.ts';
import type { PolicyDocument } from '../../src/model/policy.ts';
import type { ElevationRequest, Grant } from '../../src/model/request.ts';
import type { ChildProcessBehavior, RejectedRuleInput, RuleInput } from '../../src/model/rule.ts';
import type { EffectiveSettings, SettingsInput } from '../../src/model/settings.ts';
import { type EngineCase, MACHINE, longPathOfCase } from '../fuzz/engine-case.ts';
import type { ImportCase } from './import-row.ts';

/** Exactly one of `cases`, `heldBy` and `pending`. */
export interface Row {
  readonly id: string;
  readonly sentence: string;
  /** Members that all cases share; a case replaces whole members of it. */
  readonly given?: Partial<RowCase>;
  readonly cases?: readonly RowCase[];
  /** Tests elsewhere that hold the sentence: not the engine's or the import's to keep. */
  readonly heldBy?: readonly { readonly file: string; readonly test: string }[];
  /** Why nothing holds the sentence yet. */
  readonly pending?: string;
}

export type RowCase = EngineRowCase | ImportCase;

export interface EngineRowCase {
  readonly policy?: RowPolicy;
  readonly policies?: readonly RowPolicy[];
  readonly request?: Partial<Omit<ElevationRequest, 'requester'>> & {
    readonly user?: keyof typeof USERS;
    readonly isAdministrator?: boolean;
    readonly isElevatedByEpm?: boolean;
    readonly profileFolder?: string | null;
  };
  readonly facts?: Partial<Omit<FileFacts, 'type' | 'signatures'>> & {
    readonly type?: FileFacts['type'] | null;
    readonly signatures?: readonly RowSignature[];
  };
  readonly grants?: readonly Partial<Grant>[];
  /** On a device on which `TOOLS~1` is `Tools` and `PROGRA~1` is `Program Files`. */
  readonly longNames?: true;
  /** Set: the case is about a child of a tree with this behaviour. */
  readonly child?: ChildProcessBehavior;
  readonly expect: Expectation;
}

interface RowPolicy {
  readonly id?: string;
  /** A user; otherwise the device. */
  readonly scope?: keyof typeof USERS;
  /** Only the hive of the user says it. */
  readonly trust?: 'unconfirmed';
  /** Null: no settings policy. */
  readonly settings?: SettingsInput | null;
  readonly rules: readonly RuleInput[];
  readonly rejected?: readonly RejectedRuleInput[];
}

interface RowSignature extends Omit<SignatureFacts, 'leaf' | 'issuers' | 'extraCertificates'> {
  readonly leaf: string;
  readonly issuers: readonly string[];
  readonly extraCertificates?: readonly string[];
}

/** What both engines must answer; members after `settings` concern the fast engine and its trace. */
export interface Expectation {
  readonly outcome: string;
  readonly reason?: string;
  readonly winner?: string;
  readonly requirements?: readonly string[];
  readonly identity?: string;
  readonly childProcesses?: string;
  readonly grantId?: string;
  /** Null: nothing is taken out of the token. */
  readonly reducedPrivileges?: { readonly keep: readonly string[] } | null;
  /** Null: the usual one. */
  readonly accountScope?: string | null;
  readonly notes?: readonly string[];
  /** Reasons of rejected rules, by rule name. */
  readonly rejected?: Readonly<Record<string, readonly string[]>>;
  readonly stillDenies?: Readonly<Record<string, boolean>>;
  readonly settings?: Partial<EffectiveSettings>;
  readonly conflicts?: readonly string[];
  /** Settings that a user's hive says and that do not count. */
  readonly leftOut?: readonly string[];
  readonly warnings?: Readonly<Record<string, readonly string[]>>;
  /** Step on which a rule lost, by rule name. */
  readonly lostOn?: Readonly<Record<string, string>>;
  /** How many rules match. */
  readonly matching?: number;
  /** Failed attributes of rules that came near, by rule name. */
  readonly nearMiss?: Readonly<Record<string, readonly string[]>>;
}

export interface RowFile {
  readonly title: string;
  readonly introduction: string;
  readonly rows: readonly Row[];
}

export const USERS = { ann: sid('S-1-5-21-1-2-3-1001'), bob: sid('S-1-5-21-1-2-3-1002') } as const;

const FOLDER = new URL('./rows/', import.meta.url);

/** Chapters in the order of reading. */
export const CHAPTERS = [
  'rules',
  'matching',
  'arguments',
  'precedence',
  'approvals',
  'settings',
  'children',
  'files',
  'delivery',
  'import',
  'accounts',
  'consent',
  'roles',
  'audit',
];

export function readRowFiles(): readonly RowFile[] {
  const present = readdirSync(FOLDER).map((name) => name.replace(/\.json$/, ''));
  const unlisted = present.filter((name) => !CHAPTERS.includes(name));
  if (unlisted.length > 0) throw new Error(`List ${unlisted.join(', ')} in CHAPTERS.`);
  return CHAPTERS.map((name) => expand(JSON.parse(readFileSync(new URL(`${name}.json`, FOLDER), 'utf8'))) as RowFile);
}

/** The cases of a row, each with what the row gives to all of them. */
export function casesOf({ given, cases }: Row): readonly RowCase[] {
  return (cases ?? []).map((each) => ({ ...given, ...each }));
}

/** Replaces the short forms of digests everywhere. */
function expand(value: unknown): unknown {
  if (typeof value === 'string') {
    const digest = /^@([0-9a-fA-F])(96|128)?$/.exec(value);
    return digest === null ? value : (digest[1] as string).repeat(Number(digest[2] ?? 64));
  }
  if (Array.isArray(value)) return value.map(expand);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, expand(member)]));
}

/** The whole case. */
export function caseOf(row: Omit<EngineRowCase, 'expect'> = {}): EngineCase {
  const policies = row.policies ?? (row.policy === undefined ? [] : [row.policy]);
  const {
    user = 'ann',
    isAdministrator = false,
    isElevatedByEpm = false,
    profileFolder,
    ...request
  } = row.request ?? {};
  const profile = profileFolder === undefined ? `C:\\Users\\${user}` : profileFolder;
  return {
    policies: policies.map(policyOf),
    machine: MACHINE,
    ...(row.longNames === true ? { longPath: longPathOfCase } : {}),
    request: {
      trigger: 'userInitiated',
      arguments: [],
      time: 0,
      zoneOffset: 0,
      ...request,
      requester: {
        sid: USERS[user],
        isAdministrator,
        isElevatedByEpm,
        ...(profile === null ? {} : { profileFolder: profile }),
      },
    },
    facts: factsOf(row.facts ?? {}),
    grants: (row.grants ?? []).map(grantOf),
    childProcesses: row.child ?? 'requireRule',
  };
}

function policyOf(policy: RowPolicy, index: number): PolicyDocument {
  return {
    id: policy.id ?? `p${index}`,
    scope: policy.scope === undefined ? { kind: 'device' } : { kind: 'user', sid: USERS[policy.scope] },
    ...(policy.trust === undefined ? {} : { trust: policy.trust }),
    ...(policy.settings === null || policy.settings === undefined ? {} : { settings: policy.settings }),
    rules: policy.rules,
    rejected: policy.rejected ?? [],
  };
}

function factsOf({ type, signatures, ...given }: NonNullable<EngineRowCase['facts']>): FileFacts {
  const folder = given.folder ?? 'C:\\Tools';
  const name = given.name ?? 'app.exe';
  const certificate = (sha256: string) => ({ sha256: sha256 as FileFacts['sha256'], subject: 'CN=Example' });
  return {
    path: `${folder.replace(/\\$/, '')}\\${name}`,
    size: 1,
    sha256: 'a'.repeat(64) as FileFacts['sha256'],
    refusal: undefined,
    ...given,
    folder,
    name,
    type: type === undefined ? 'exe' : (type ?? undefined),
    signatures: (signatures ?? []).map(({ extraCertificates, ...signature }) => ({
      ...signature,
      leaf: certificate(signature.leaf),
      issuers: signature.issuers.map(certificate),
      ...(extraCertificates === undefined ? {} : { extraCertificates: extraCertificates.map(certificate) }),
    })),
  };
}

function grantOf({ requester, ...grant }: Partial<Grant>): Grant {
  const user: Sid | undefined = requester === undefined ? undefined : USERS[requester as unknown as keyof typeof USERS];
  return {
    id: 'g',
    sha256: '',
    fileName: '',
    arguments: [],
    start: 0,
    end: 0,
    ...grant,
    ...(user === undefined ? {} : { requester: user }),
  };
}
