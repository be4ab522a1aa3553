/** Cases of importing: a policy of Microsoft Graph in short form, and what each rule of it must become. */
import { createHash } from 'node:crypto';
import { expect } from 'vitest';
import { isEpmError } from '../../src/model/errors.ts';
import type { RuleInput } from '../../src/model/rule.ts';
import type { SettingsInput } from '../../src/model/settings.ts';
import type { ReadPolicies } from '../../src/policy/formats/format.ts';
import { readGraph } from '../../src/policy/formats/graph/index.ts';
import { CERTIFICATES, type ShortPolicy, graphPolicy, reusableSetting } from './graph-shorthand.ts';

export interface ImportCase {
  readonly import: {
    /** One policy, or several in a list, in short form; or the whole file. */
    readonly policy?: ShortPolicy;
    readonly list?: readonly ShortPolicy[];
    readonly file?: unknown;
    /** Times the only rule is repeated, under different names. */
    readonly repeat?: number;
    readonly reusable?: readonly { readonly id: string; readonly certificate: string }[];
    readonly reusableAs?: 'object' | 'list' | 'value';
    readonly encoding?: 'utf8' | 'utf8bom' | 'utf16le' | 'utf16be';
  };
  readonly imported: ImportExpectation;
}

export interface ImportExpectation {
  /** By name; every rule of the input, when given. */
  readonly rules?: Readonly<Record<string, RuleExpectation>>;
  /** Reasons outside of rules. */
  readonly problems?: readonly string[];
  readonly settings?: SettingsInput;
  /** The whole input is refused. */
  readonly error?: true;
}

interface RuleExpectation {
  readonly outcome: string;
  readonly reasons?: readonly string[];
  readonly stillDenies?: boolean;
  /** Attributes the rule must have. */
  readonly rule?: Partial<RuleInput>;
  readonly absent?: readonly (keyof RuleInput)[];
}

export function checkImport({ import: given, imported }: ImportCase): void {
  const input = encode(JSON.stringify(fileOf(given)), given.encoding ?? 'utf8');
  const read = (): ReadPolicies => readGraph(input, { certificates: certificatesOf(given) });
  if (imported.error === true) {
    expect(errorOf(read)).toBe('EPM_POLICY_INVALID');
    return;
  }
  const { policies, problems } = read();
  if (imported.problems !== undefined) {
    const found = [...policies.flatMap((policy) => policy.problems), ...problems];
    expect(found.map(({ code }) => code)).toEqual(imported.problems);
  }
  if (imported.settings !== undefined) {
    expect(policies.flatMap(({ settings }) => settings ?? [])).toEqual([imported.settings]);
  }
  if (imported.rules !== undefined) checkRules(policies, imported.rules);
}

function checkRules(policies: ReadPolicies['policies'], expected: NonNullable<ImportExpectation['rules']>): void {
  const reports = policies.flatMap(({ report }) => report);
  expect(reports.map(({ name }) => name)).toEqual(Object.keys(expected));
  const rules = policies.flatMap((policy) => policy.rules);
  const accepted = reports.filter(({ outcome }) => outcome !== 'rejected').map(({ name }) => name);
  expect(rules.map(({ name }) => name)).toEqual(accepted);
  for (const report of reports) {
    const wanted = expected[report.name];
    if (wanted === undefined) continue;
    expect(report).toMatchObject({ outcome: wanted.outcome });
    expect(report.reasons.map(({ code }) => code)).toEqual(wanted.reasons ?? []);
    expect(report.stillDenies ?? false).toBe(wanted.stillDenies ?? false);
    const rule = rules.find(({ name }) => name === report.name);
    if (wanted.rule !== undefined) expect(rule).toMatchObject(withDigests(wanted.rule));
    for (const attribute of wanted.absent ?? []) expect(rule?.[attribute]).toBeUndefined();
  }
}

/** `@certificate1` stands for the digest of the first certificate. */
function withDigests(rule: Partial<RuleInput>): object {
  return JSON.parse(
    JSON.stringify(rule).replace(/@certificate(\d)/g, (_, number: string) =>
      createHash('sha256')
        .update(Buffer.from(CERTIFICATES[Number(number) - 1] ?? '', 'base64'))
        .digest('hex'),
    ),
  ) as object;
}

function fileOf({ policy, list, file, repeat }: ImportCase['import']): unknown {
  if (file !== undefined) return file;
  if (list !== undefined) return list.map(graphPolicy);
  if (policy === undefined) throw new Error('The case has no input.');
  const [rule] = policy.rules ?? [];
  if (repeat === undefined || rule === undefined) return graphPolicy(policy);
  return graphPolicy({
    ...policy,
    rules: Array.from({ length: repeat }, (_, index) => ({ ...rule, _name: `rule ${index + 1}` })),
  });
}

function certificatesOf({ reusable, reusableAs }: ImportCase['import']): readonly Uint8Array[] {
  if (reusable === undefined) return [];
  const settings = reusable.map(({ id, certificate }) => reusableSetting(id, certificate));
  const file = reusableAs === 'object' ? settings[0] : reusableAs === 'value' ? { value: settings } : settings;
  return [Buffer.from(JSON.stringify(file))];
}

function encode(text: string, encoding: NonNullable<ImportCase['import']['encoding']>): Uint8Array {
  switch (encoding) {
    case 'utf8':
      return Buffer.from(text);
    case 'utf8bom':
      return Buffer.from(`\ufeff${text}`);
    case 'utf16le':
      return Buffer.from(`\ufeff${text}`, 'utf16le');
    case 'utf16be':
      return Buffer.from(`\ufeff${text}`, 'utf16le').swap16();
  }
}

function errorOf(run: () => unknown): string | undefined {
  try {
    run();
    return undefined;
  } catch (error) {
    return isEpmError(error) ? error.code : String(error);
  }
}
