/**
 * Whatever format a policy travels in, the engine decides as before. Policies that a format cannot carry whole, which only
 * Graph has, are left out: without a setting or a rule that Graph lacks, another rule may win that elevates more. Those
 * losses are reported, which the tests of that format look at.
 */
import { placeText, type Diagnostic } from '../../../../src/model/diagnostic.ts';
import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { compile, decide, decideChild } from '../../../../src/engine/index.ts';
import { isEpmError } from '../../../../src/model/errors.ts';
import type { PolicyDocument } from '../../../../src/model/policy.ts';
import { writeAs } from '../../../../src/policy/formats/convert.ts';
import { POLICY_FORMATS, type PolicyFormat } from '../../../../src/policy/formats/format.ts';
import { FORMATS } from '../../../../src/policy/formats/formats.ts';
import { CLIENT_SETTINGS } from '../../../../src/policy/formats/graph/definitions.ts';
import { joinParts } from '../../../../src/policy/registry/join-parts.ts';
import {
  parsePolicyFile,
  toPolicyDocuments,
  type PolicyFile,
} from '../../../../src/policy/formats/json/policy-file.ts';
import { randomCase, type EngineCase } from '../../../fuzz/engine-case.ts';
import { Choices } from '../../../fuzz/random.ts';
import { patient } from '../../../../tooling/patience.mjs';

const CASES = Number(process.env['EPM_FUZZ_INPUTS'] ?? 400);
const SEED = Number(process.env['EPM_FUZZ_SEED'] ?? 1);

/** Certificates with content in place of the digests of the random cases, so that Graph can carry them. */
const CERTIFICATES = ['1', '2', '3', '4'].map((digit) => {
  const frame = [0x30, 3, Number(digit), 1, 0, 0x30, 0, 3, 1, 1];
  const der = Buffer.from([0x30, frame.length, ...frame]);
  const sha256 = createHash('sha256').update(der).digest('hex');
  return { standIn: digit.repeat(64), name: `certificate ${digit}`, sha256, der: der.toString('base64') };
});

function caseWithCertificates(choices: Choices): EngineCase {
  const text = CERTIFICATES.reduce(
    (replaced, { standIn, sha256 }) => replaced.replaceAll(standIn, sha256),
    JSON.stringify(randomCase(choices)),
  );
  return JSON.parse(text) as EngineCase;
}

/** The policy as a reader would have it, with the rules that were rejected before. */
function fileOf({ id, scope, settings, rules, rejected }: PolicyDocument): PolicyFile {
  const certificates = Object.fromEntries(CERTIFICATES.map(({ name, der }) => [name, der]));
  const read = parsePolicyFile(JSON.stringify({ version: 1, id, settings, certificates, rules }));
  const before = rejected.filter(({ readable }) => readable.certificate?.sha256 !== 'nonsense');
  return { ...read, scope, rejected: [...read.rejected, ...before] };
}

/** Without the settings of which Graph knows none; some of them refuse the policy. */
function withGraphSettings({ settings, ...file }: PolicyFile): PolicyFile {
  const known = Object.entries(settings ?? {}).filter(([name]) => name in CLIENT_SETTINGS);
  return known.length === 0 ? file : { ...file, settings: Object.fromEntries(known) };
}

/** What is said of a rule that is decided as before all the same. */
function keepsMeaning({ code, place }: Diagnostic): boolean {
  if (code !== 'attributeDropped') return ['renamed', 'nameSlash', 'validationAdded', 'uncertain'].includes(code);
  return /\/(?:allowInterpreter|requireArguments|validations|childProcesses|arguments)$/.test(placeText(place));
}

interface Travelled {
  readonly documents: readonly PolicyDocument[];
  /** A setting or a rule was left out that the format has no place for. */
  readonly lossy: boolean;
}

function travel(files: readonly PolicyFile[], format: PolicyFormat): Travelled | undefined {
  let lossy = false;
  const documents: PolicyDocument[] = [];
  for (const file of files) {
    const scope = file.scope;
    if (scope === undefined || (scope.kind === 'user' && scope.sid === undefined)) throw new Error('No scope.');
    try {
      const { bytes, rules, problems } = writeAs(file, format);
      lossy ||= problems.some(({ code }) => code.startsWith('setting'));
      lossy ||= rules.some(({ place, reasons }) => place !== undefined && !reasons.every(keepsMeaning));
      const joined = joinParts(FORMATS[format].read(bytes, {}).policies);
      if (joined === undefined) throw new Error(`${format} became several policies.`);
      documents.push(...toPolicyDocuments({ ...joined, id: file.id ?? '' }, scope as PolicyDocument['scope']));
    } catch (error) {
      // An empty policy has no place in some formats.
      if (!isEpmError(error)) throw error;
      return undefined;
    }
  }
  return { documents, lossy };
}

describe.each(POLICY_FORMATS)('a policy that travelled as %s', (format) => {
  it('is decided as before', { timeout: patient(600_000) }, () => {
    const choices = new Choices(SEED);
    let compared = 0;
    for (let count = 0; count < CASES; count += 1) {
      const { policies, machine, request, facts, grants, childProcesses } = caseWithCertificates(choices);
      const files = policies.map(fileOf).map(format === 'graph' ? withGraphSettings : (file) => file);
      const there = travel(files, format);
      if (there === undefined || there.lossy) continue;
      compared += 1;
      const answers = (documents: readonly PolicyDocument[]) => {
        const compiled = compile(documents, { machine });
        return [
          decide(compiled, request, facts, { grants }),
          decideChild(compiled, { ...request, childProcesses }, facts, { grants }),
        ].map(({ basis, ...decision }) => ({
          ...decision,
          // The winner may be another of several that are equal, as names and ids of policies may change.
          basis: basis.kind === 'rule' ? `${basis.rule.type} of ${basis.rule.scope}` : basis.kind,
        }));
      };
      const before = files.flatMap((file) => toPolicyDocuments(file, file.scope as PolicyDocument['scope']));
      expect(answers(there.documents), `case ${count} of seed ${SEED}`).toEqual(answers(before));
    }
    expect(compared).toBeGreaterThan(CASES / 40);
  });
});

it('a rule that the engine takes is taken by the reader of a file, blanks of every kind included', () => {
  const choices = new Choices(SEED);
  const blanks = /^[\s\S]*[\t\n\u00a0\u3000\ufeff]/;
  let blank = 0;
  for (let count = 0; count < CASES; count += 1) {
    const { policies, machine } = caseWithCertificates(choices);
    for (const policy of policies) {
      for (const rule of policy.rules) {
        const validations = [...new Set(rule.validations)];
        const alone = { ...policy, rules: [{ ...rule, validations }], rejected: [] };
        const [status] = compile([alone], { machine }).rules;
        if (status?.state !== 'active') continue;
        if (
          Object.values(rule)
            .flat()
            .some((value) => typeof value === 'string' && blanks.test(value))
        )
          blank += 1;
        expect(fileOf(alone).rejected, JSON.stringify(rule)).toEqual([]);
      }
    }
  }
  expect(blank).toBeGreaterThan(CASES / 40);
});

it('a Deny that travelled as Graph still denies whatever it denied', { timeout: patient(600_000) }, () => {
  const choices = new Choices(SEED);
  let denied = 0;
  for (let count = 0; count < CASES; count += 1) {
    const { policies, machine, request, facts } = caseWithCertificates(choices);
    for (const file of policies.map(fileOf).map(withGraphSettings)) {
      const deny = { ...file, rules: file.rules.filter(({ type }) => type === 'deny'), settings: { enabled: true } };
      const { bytes, rules } = writeAs(deny, 'graph');
      if (rules.some(({ outcome }) => outcome === 'rejected')) continue;
      const scope = file.scope as PolicyDocument['scope'];
      const decided = (from: PolicyFile): string => {
        const compiled = compile(toPolicyDocuments(from, scope), { machine });
        return decide(compiled, request, facts, { grants: [] }).basis.kind;
      };
      const [there] = [joinParts(FORMATS.graph.read(bytes, {}).policies)];
      if (decided(deny) !== 'rule') continue;
      denied += 1;
      expect(there && decided(there), `case ${count} of seed ${SEED}`).toBe('rule');
    }
  }
  expect(denied).toBeGreaterThan(CASES / 20);
});
