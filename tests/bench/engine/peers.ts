/**
 * Other engines on the same work: the same rules in each engine's own form, the same prepared facts, and the question
 * whether a Deny matches, another rule matches, or none does. Denials are given the form that each engine overrides
 * with, so that all of them must agree on whether the file may be elevated.
 */
import * as cedar from '@cedar-policy/cedar-wasm/nodejs';
import { createMongoAbility, subject } from '@casl/ability';
import { type Enforcer, newEnforcer, newModelFromString, StringAdapter } from 'casbin';
import { Engine } from 'json-rules-engine';
import { LogicEngine } from 'json-logic-engine';
import type { RuleInput } from '../../../src/model/rule.ts';
import type { Question } from './corpus.ts';

export interface Peer {
  readonly name: string;
  /** Prepares the rules; the function it gives answers whether the file may be elevated. */
  prepare(rules: readonly RuleInput[]): Promise<(facts: FlatFacts) => boolean | Promise<boolean>>;
}

/** What the corpus asks about, in the plain form that every engine takes. */
export interface FlatFacts {
  readonly name: string;
  readonly folder: string;
  readonly hash: string;
  readonly publisher: string;
  readonly product: string;
  readonly version: number;
  readonly arguments: string;
}

type Operator = 'eq' | 'gte' | 'in';
interface Condition {
  readonly field: keyof FlatFacts;
  readonly operator: Operator;
  readonly value: string | number | readonly string[];
}

export function flatten({ facts, request }: Question): FlatFacts {
  return {
    name: facts.name.toUpperCase(),
    folder: facts.folder.toUpperCase(),
    hash: facts.sha256,
    publisher: facts.signatures[0]?.leaf.sha256 ?? '',
    product: facts.productName?.toUpperCase() ?? '',
    version: versionNumber(facts.fixedVersion ?? [0, 0, 0, 0]),
    arguments: request.arguments.join('\n'),
  };
}

function versionNumber(parts: readonly number[]): number {
  return [0, 1, 2, 3].reduce((sum, index) => sum * 1000 + (parts[index] ?? 0), 0);
}

/** The rule as plain conditions; arguments as the corpus writes them, the call without arguments included. */
function conditionsOf(rule: RuleInput): Condition[] {
  const conditions: Condition[] = [];
  const equal = (field: keyof FlatFacts, value: string | undefined): void => {
    if (value !== undefined) conditions.push({ field, operator: 'eq', value });
  };
  equal('hash', rule.fileHash);
  equal('name', rule.fileName?.toUpperCase());
  equal('product', rule.productName?.toUpperCase());
  equal('folder', rule.filePath?.toUpperCase());
  equal('publisher', rule.certificate?.sha256);
  if (rule.minimumVersion !== undefined) {
    conditions.push({
      field: 'version',
      operator: 'gte',
      value: versionNumber(rule.minimumVersion.split('.').map(Number)),
    });
  }
  if (rule.arguments !== undefined) {
    const listed = rule.arguments.map((entry) => entry.replaceAll(' "', '\n').replaceAll('"', ''));
    conditions.push({ field: 'arguments', operator: 'in', value: rule.type === 'deny' ? listed : ['', ...listed] });
  }
  return conditions;
}

const denyFirst = (rules: readonly RuleInput[]): RuleInput[] => [
  ...rules.filter((rule) => rule.type === 'deny'),
  ...rules.filter((rule) => rule.type !== 'deny'),
];

/** A loop over all rules in the order of precedence that stops at the first match: no library, no index. */
const linear: Peer = {
  name: 'linear',
  prepare: (rules) => {
    const prepared = denyFirst(rules).map((rule) => ({
      allowed: rule.type !== 'deny',
      conditions: conditionsOf(rule),
    }));
    const holds = ({ field, operator, value }: Condition, facts: FlatFacts): boolean => {
      const found = facts[field];
      if (operator === 'eq') return found === value;
      if (operator === 'gte') return (found as number) >= (value as number);
      return (value as readonly string[]).includes(found as string);
    };
    return Promise.resolve((facts) => {
      for (const { allowed, conditions } of prepared)
        if (conditions.every((each) => holds(each, facts))) return allowed;
      return false;
    });
  },
};

const cedarPeer: Peer = {
  name: 'cedar',
  prepare: (rules) => {
    const policies = rules.map((rule) => {
      const effect = rule.type === 'deny' ? 'forbid' : 'permit';
      const conditions = conditionsOf(rule).map(({ field, operator, value }) => {
        if (operator === 'in') return `${JSON.stringify(value)}.contains(context.${field})`;
        return `context.${field} ${operator === 'eq' ? '==' : '>='} ${JSON.stringify(value)}`;
      });
      return `${effect}(principal, action, resource) when { ${conditions.join(' && ')} };`;
    });
    const answer = cedar.preparsePolicySet('corpus', { staticPolicies: policies.join('\n') });
    if (answer.type === 'failure') throw new Error(answer.errors[0]?.message);
    const entity = (type: string) => ({ type, id: 'one' });
    return Promise.resolve((facts) => {
      const result = cedar.statefulIsAuthorized({
        principal: entity('User'),
        action: entity('Action'),
        resource: entity('File'),
        context: { ...facts },
        preparsedPolicySetId: 'corpus',
        entities: [],
      });
      if (result.type === 'failure') throw new Error(result.errors[0]?.message);
      return result.response.decision === 'allow';
    });
  },
};

const CASBIN_MODEL = `
[request_definition]
r = f
[policy_definition]
p = name, folder, hash, publisher, product, version, list, args, eft
[policy_effect]
e = some(where (p.eft == allow)) && !some(where (p.eft == deny))
[matchers]
m = (p.name == "*" || p.name == r.f.name) && (p.folder == "*" || p.folder == r.f.folder) && (p.hash == "*" || p.hash == r.f.hash) && (p.publisher == "*" || p.publisher == r.f.publisher) && (p.product == "*" || p.product == r.f.product) && atLeast(r.f.version, p.version) && (p.list == "*" || listed(r.f.arguments, p.args))
`;

const casbinPeer: Peer = {
  name: 'casbin',
  async prepare(rules) {
    const lines = rules.map((rule) => {
      const conditions = new Map(conditionsOf(rule).map((condition) => [condition.field, condition]));
      const text = (field: keyof FlatFacts): string => String(conditions.get(field)?.value ?? '*');
      const list = conditions.get('arguments')?.value as readonly string[] | undefined;
      const cells = ['name', 'folder', 'hash', 'publisher', 'product'] as const;
      const hexadecimal = Buffer.from(JSON.stringify(list ?? [])).toString('hex');
      const version = String(conditions.get('version')?.value ?? 0);
      const effect = rule.type === 'deny' ? 'deny' : 'allow';
      return ['p', ...cells.map(text), version, list === undefined ? '*' : 'list', hexadecimal, effect].join(', ');
    });
    const enforcer: Enforcer = await newEnforcer(newModelFromString(CASBIN_MODEL), new StringAdapter(lines.join('\n')));
    const lists = new Map<string, readonly string[]>();
    for (const line of lines) {
      const cell = line.split(', ')[8] as string;
      lists.set(cell, JSON.parse(Buffer.from(cell, 'hex').toString()) as string[]);
    }
    await enforcer.addFunction('atLeast', (found: unknown, wanted: unknown) => Number(found) >= Number(wanted));
    await enforcer.addFunction('listed', (found: string, cell: string) => lists.get(cell)?.includes(found) ?? false);
    return (facts) => enforcer.enforce(facts);
  },
};

const jsonRulesEngine: Peer = {
  name: 'json-rules-engine',
  prepare: (rules) => {
    const operators = { eq: 'equal', gte: 'greaterThanInclusive', in: 'in' } as const;
    const engine = new Engine();
    for (const rule of rules) {
      engine.addRule({
        conditions: {
          all: conditionsOf(rule).map(({ field, operator, value }) => ({
            fact: field,
            operator: operators[operator],
            value,
          })),
        },
        event: { type: rule.type === 'deny' ? 'deny' : 'allow' },
      });
    }
    return Promise.resolve(async (facts) => {
      const { events } = await engine.run({ ...facts });
      return events.length > 0 && events.every((event) => event.type === 'allow');
    });
  },
};

const casl: Peer = {
  name: 'casl',
  prepare: (rules) => {
    const raw = denyFirst(rules)
      .toReversed()
      .map((rule) => ({
        action: 'elevate',
        subject: 'File',
        inverted: rule.type === 'deny',
        conditions: Object.fromEntries(
          conditionsOf(rule).map(({ field, operator, value }) => [
            field,
            operator === 'eq' ? value : { [`$${operator}`]: value },
          ]),
        ),
      }));
    const ability = createMongoAbility(raw);
    return Promise.resolve((facts) => ability.can('elevate', subject('File', { ...facts })));
  },
};

const jsonLogic: Peer = {
  name: 'json-logic',
  prepare: (rules) => {
    const engine = new LogicEngine();
    const compiled = denyFirst(rules).map((rule) => ({
      allowed: rule.type !== 'deny',
      holds: engine.build({
        and: conditionsOf(rule).map(({ field, operator, value }) => {
          if (operator === 'in') return { in: [{ var: field }, { preserve: value }] };
          return { [operator === 'eq' ? '===' : '>=']: [{ var: field }, value] };
        }),
      }) as (facts: FlatFacts) => unknown,
    }));
    return Promise.resolve((facts) => compiled.find(({ holds }) => holds(facts) === true)?.allowed ?? false);
  },
};

export const PEERS: readonly Peer[] = [linear, cedarPeer, casbinPeer, jsonRulesEngine, casl, jsonLogic];
