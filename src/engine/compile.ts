/** Merges the policies that are delivered into the one form that decisions are made from. */
import { createHash } from 'node:crypto';
import type { Sid } from '../model/brands.ts';
import { defined } from '../model/defined.ts';
import { diagnostic } from '../model/diagnostic.ts';
import { canonicalJson } from '../text/canonical-json.ts';
import type { PolicyDocument } from '../model/policy.ts';
import type { MachineFolders } from '../model/request.ts';
import type { RejectedRuleInput, RuleInput } from '../model/rule.ts';
import type { EffectiveSettings } from '../model/settings.ts';
import { type CompiledBody, compileRejected, compileRule } from './compile-rule.ts';
import type { HashAlgorithm } from './attributes/file-hash.ts';
import type { CompiledRule, CompiledRuleStatus } from './compiled-rule.ts';
import { type ProgramSet, interpreterSet } from './interpreters.ts';
import { compareRules, placeRule } from './ladder.ts';
import type { PathContext } from './path-pattern.ts';
import { type CompiledDocument, countStates, reportOf, reportsOf, type RuleCounts, stateOf } from './reports.ts';
import { RuleIndex } from './rule-index.ts';
import { mergeSettings } from './settings-merge.ts';
import { foldText } from '../text/compare.ts';
import { type WildcardPattern, compileWildcard, matchesWildcard } from './wildcard.ts';

interface CompileEnvironment {
  /** Folders that path variables stand for. */
  readonly machine: MachineFolders;
  /** Long form of an existing folder that is written with 8.3 names; undefined when there is none. */
  readonly longPath?: (folder: string) => string | undefined;
  /** What rules came to before, in the same environment. */
  readonly memory?: CompileMemory;
}

/** Rules that were compiled, so that only new ones are. They must not be changed. */
export type CompileMemory = WeakMap<RuleInput, CompiledBody>;

/** Every policy in force, ready to decide. Immutable: a change of policy makes a new one. */
export interface CompiledPolicy {
  /** What every rule became, in the order of policy id and position; made anew whenever it is asked for. */
  readonly rules: readonly CompiledRuleStatus[];
  /** The rejected ones among them. */
  readonly rejected: readonly CompiledRuleStatus[];
  /** Digests of files that some rule asks for; SHA-256 is always one. */
  readonly hashAlgorithms: ReadonlySet<HashAlgorithm>;
  /** What holds for the user: nothing else of this policy decides a request of theirs. */
  forUser(user: Sid): UserPolicy;
  /** Rules that can apply to the user, their own and the device's: `limit` of them, from that number on. */
  rulesFor(user: Sid, from?: number, limit?: number): readonly CompiledRuleStatus[];
  /** How many of these are in which state. */
  countFor(user: Sid): RuleCounts;
  /** @internal The rule with something else in it; undefined when it would be rejected. */
  edited(rule: CompiledRule, by: Partial<RuleInput>): CompiledRule | undefined;
  /** @internal A rule of one more policy of the device; undefined when it would be rejected. */
  added(rule: RuleInput): CompiledRule | undefined;
  /** @internal What a policy says of the rule; undefined for one that its reader rejected. */
  writtenOf(rule: CompiledRule): RuleInput | undefined;
  /** @internal Rejected rules of the user that may concern a file of this folded name, at most `limit`. */
  rejectedFor(user: Sid, name: string, limit: number): readonly CompiledRuleStatus[];
}

/** The policy as it holds for one user. */
export interface UserPolicy {
  readonly settings: EffectiveSettings;
  /** @internal Programs that run what their arguments say, those of the settings included. */
  readonly interpreters: ProgramSet;
  /** @internal The user's rules and the device's, apart, so that nothing is copied for a user. */
  readonly indexes: readonly RuleIndex[];
}

/** @param policies in any order; the outcome does not depend on it */
export function compile(policies: readonly PolicyDocument[], environment: CompileEnvironment): CompiledPolicy {
  const compileOne = compilerOf(environment);
  const compiled: CompiledRule[] = [];
  const hashAlgorithms = new Set<HashAlgorithm>(['sha256']);
  const distinct = distinctPolicies(policies);
  const results = distinct.map(({ policy, digest }) =>
    compilePolicy(policy, digest, compileOne, compiled, hashAlgorithms),
  );
  const ranked = compiled.sort(compareRules);
  ranked.forEach((rule, rank) => {
    rule.rank = rank;
  });
  const byUser = Map.groupBy(ranked, (rule) => rule.user);
  const device = new RuleIndex(byUser.get(undefined) ?? []);
  const documents = distinct.map(({ policy }) => policy);
  const policyOf = (user: Sid | undefined, indexes: readonly RuleIndex[]): UserPolicy => {
    const settings = mergeSettings(documents, user);
    return Object.freeze({ settings, interpreters: interpreterSet(settings.additionalInterpreters), indexes });
  };
  const users = new Map<Sid, UserPolicy>();
  for (const user of usersOf(documents)) {
    users.set(user, policyOf(user, [new RuleIndex(byUser.get(user) ?? []), device]));
  }
  const others = policyOf(undefined, [device]);
  const resultsFor = (user: Sid): readonly CompiledDocument[] =>
    results.filter((each) => each.user === undefined || each.user === user);
  const rejected = results.flatMap(rejectedOf);
  // Rules that are only thought of are not remembered.
  const alone = (rule: RuleInput): CompiledBody['body'] => {
    const { body } = compilerOf({ machine: environment.machine, ...defined({ longPath: environment.longPath }) }).rule(
      rule,
    );
    return body?.rejected === true ? undefined : body;
  };
  const writtenOf = (rule: CompiledRule): RuleInput | undefined =>
    results.find((each) => each.results[rule.position]?.body === rule)?.policy.rules[rule.position];
  return Object.freeze({
    writtenOf,
    edited(rule: CompiledRule, by: Partial<RuleInput>) {
      const written = writtenOf(rule);
      const body = written && alone({ ...written, ...by });
      const { reference, user, position, contentDigest } = rule;
      return body && placeRule(body, reference.name, { policyId: reference.policyId, user, position, contentDigest });
    },
    added(rule: RuleInput) {
      const body = alone(rule);
      return body && placeRule(body, rule.name, { ...ADDED_POLICY, user: undefined, position: 0, contentDigest: '' });
    },
    get rules() {
      return reportsOf(results);
    },
    rejected: Object.freeze(rejected.map(({ report }) => report)),
    hashAlgorithms,
    rejectedFor: (user: Sid, name: string, limit: number) => concerning(rejected, user, name, limit),
    // Most devices have no policy of a user: then nothing is looked up.
    forUser: users.size === 0 ? () => others : (user: Sid) => users.get(user) ?? others,
    rulesFor: (user: Sid, from?: number, limit?: number) => reportsOf(resultsFor(user), from, limit),
    countFor: (user: Sid) => countStates(resultsFor(user)),
  });
}

/** Behind every other id. */
const ADDED_POLICY = { policyId: '\u{10ffff}' };

interface RuleCompiler {
  rule(rule: RuleInput): CompiledBody;
  rejected(rule: RejectedRuleInput): CompiledBody;
  /** The rule is in force as `placed`, which says the same as `read`: one of the two is enough to remember. */
  keep(rule: RuleInput, read: CompiledBody, placed: CompiledBody): void;
}

/** Remembers what depends on the rule alone: which folders are there may be another answer the next time. */
function compilerOf({ machine, longPath, memory }: CompileEnvironment): RuleCompiler {
  let asked = 0;
  const context: PathContext = {
    folders: machine,
    known: new Map(),
    ...(longPath === undefined ? {} : { longPath: (folder: string) => ((asked += 1), longPath(folder)) }),
  };
  return {
    rule: (rule) => {
      const known = memory?.get(rule);
      if (known !== undefined) return known;
      const before = asked;
      const body = compileRule(rule, context);
      if (asked === before) memory?.set(rule, body);
      return body;
    },
    rejected: (rule) => compileRejected(rule, context),
    keep: (rule, read, placed) => {
      if (memory?.get(rule) === read) memory.set(rule, placed);
    },
  };
}

interface DistinctPolicy {
  readonly policy: PolicyDocument;
  readonly digest: string;
}

/**
 * The same policy can be delivered in two formats and counts once; different content under one id counts each. The
 * digest is needed only then, to order such policies by something that no delivery changes.
 */
function distinctPolicies(policies: readonly PolicyDocument[]): DistinctPolicy[] {
  const byId = new Map<string, PolicyDocument[]>();
  for (const policy of policies) {
    const same = byId.get(policy.id);
    if (same === undefined) byId.set(policy.id, [policy]);
    else same.push(policy);
  }
  const result: DistinctPolicy[] = [];
  for (const same of byId.values()) {
    if (same.length === 1) {
      result.push({ policy: same[0] as PolicyDocument, digest: '' });
      continue;
    }
    const contents = new Map<string, PolicyDocument>();
    for (const policy of same) {
      const content = contentOf(policy);
      // What one place confirms is confirmed.
      if (policy.trust === undefined || !contents.has(content)) contents.set(content, policy);
    }
    for (const [content, policy] of contents) {
      result.push({ policy, digest: createHash('sha256').update(content, 'utf8').digest('hex') });
    }
  }
  return result.sort(
    (left, right) => compareText(left.policy.id, right.policy.id) || compareText(left.digest, right.digest),
  );
}

/** What a policy says, without where its reader found it, which differs between formats, and whether that is confirmed. */
function contentOf({ id, scope, settings, rules, rejected }: PolicyDocument): string {
  const unread = rejected.map(({ name, typeText, readable }) => ({ name, typeText, readable }));
  return canonicalJson({ id, scope, settings, rules, rejected: unread });
}

function compareText(left: string, right: string): number {
  return left < right ? -1 : left > right ? 1 : 0;
}

/** @param compiled gets the rules that count @param algorithms gets what their digests are made by */
function compilePolicy(
  policy: PolicyDocument,
  contentDigest: string,
  compileOne: RuleCompiler,
  compiled: CompiledRule[],
  algorithms: Set<HashAlgorithm>,
): CompiledDocument {
  const user = policy.scope.kind === 'user' ? policy.scope.sid : undefined;
  const results: CompiledBody[] = [];
  const add = (name: string, read: CompiledBody): CompiledBody => {
    let result = policy.trust === undefined ? read : onlyDeny(read);
    const { body, reasons, warnings } = result;
    if (body !== undefined) {
      const rule = placeRule(body, name, { policyId: policy.id, user, position: results.length, contentDigest });
      compiled.push(rule);
      if (body.conditions.fileHash !== undefined) algorithms.add(body.conditions.fileHash.algorithm);
      result = { body: rule, reasons, warnings };
    }
    results.push(result);
    return result;
  };
  for (const rule of policy.rules) {
    const read = compileOne.rule(rule);
    const placed = add(rule.name, read);
    if (placed.body !== undefined) compileOne.keep(rule, read, placed);
  }
  for (const rule of policy.rejected) add(rule.name, compileOne.rejected(rule));
  return { policy, user, results };
}

/** Of a policy that nothing confirms a rule counts that denies, and no other (decision D1). */
function onlyDeny(result: CompiledBody): CompiledBody {
  if (result.body === undefined || result.body.type === 'deny') return result;
  const message =
    'Only the hive of the user has this rule, and nothing confirms it. It could grant, so it does not count.';
  return { ...result, body: undefined, reasons: [diagnostic('unconfirmedUserPolicy', message)] };
}

interface RejectedRule {
  readonly report: CompiledRuleStatus;
  /** Undefined: the rule names no file, or no name that can be compared. */
  readonly name: WildcardPattern | undefined;
}

function rejectedOf(document: CompiledDocument): readonly RejectedRule[] {
  return document.results.flatMap((result, position) => {
    if (stateOf(result) === 'active') return [];
    const report = reportOf(document, position);
    const name = foldText(report.written.fileName);
    return [{ report, name: name === undefined ? undefined : compileWildcard(name) }];
  });
}

function concerning(rejected: readonly RejectedRule[], user: Sid, name: string, limit: number): CompiledRuleStatus[] {
  const found: CompiledRuleStatus[] = [];
  for (const { report, name: pattern } of rejected) {
    if (found.length === limit) break;
    if (report.user !== undefined && report.user !== user) continue;
    if (pattern === undefined || matchesWildcard(pattern, name)) found.push(report);
  }
  return found;
}

function usersOf(policies: readonly PolicyDocument[]): Set<Sid> {
  return new Set(policies.flatMap((policy) => (policy.scope.kind === 'user' ? [policy.scope.sid] : [])));
}
