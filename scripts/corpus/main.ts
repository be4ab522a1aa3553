/**
 * A rule for every signed file of the corpus, by hash and by publisher, as an administrator makes them: `policy new-rule`,
 * then `policy lint` and `decide` with that rule on that file. A rule that is printed takes its file and has no finding of high
 * severity that the verb left unsaid; where there is none, an error code and a reason say why.
 */
import { createHash } from 'node:crypto';
import { globSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { RULE_IDENTITIES, type RuleIdentity } from '../../src/policy/authoring/new-rule.ts';
import { type CapturedOutput, epm } from '../../tests/unit/cli/captured.ts';

/** Fewer say little about what others make. */
const FEWEST_PACKAGES = 30;
/** Roots that the .NET SDK brings along to check packages with; Windows has its own. */
const ROOTS = globSync('/usr/{share,lib,lib64}/dotnet/sdk/*/trustedroots/{codesignctl,timestampctl}.pem').slice(-2);
const ARGUMENT = '--version';

interface Answer {
  /** A code and a reason; `matches` for a rule that takes its file. */
  readonly kind: string;
  /** Findings of the linter, of medium or high severity. */
  readonly findings: readonly string[];
  /** Absent where all is as it must be. */
  readonly wrong?: string;
}

const folder = mkdtempSync(path.join(tmpdir(), 'epm-corpus-'));
const policyFile = path.join(folder, 'policy.json');
const roots = ROOTS.length === 0 ? [] : ['--roots', ...ROOTS];

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const wrong = (kind: string, why: string): Answer => ({ kind: 'wrong', findings: [], wrong: `${kind}: ${why}` });

async function answerFor(file: string, by: RuleIdentity, values: readonly string[]): Promise<Answer> {
  const given = values.length === 0 ? [] : ['--', ...values];
  const made = await epm('policy', 'new-rule', '--file', file, '--by', by, ...roots, '--json', ...given);
  if (made.code !== 0) return refusal(made, file, by, values);
  const { rules, certificates } = parsed(made.out) as { rules: unknown; certificates?: unknown };
  writeFileSync(policyFile, JSON.stringify({ version: 1, settings: { enabled: true }, rules, certificates }));
  const lint = await epm('policy', 'lint', policyFile, '--json');
  const [linted] = parsed(lint.out) as [{ findings: readonly { code: string; risk: string }[] }];
  const findings = linted.findings.filter(({ risk }) => risk !== 'low');
  const unsaid = findings.find(({ code, risk }) => risk === 'high' && !made.error.includes(`[${code}]`));
  if (unsaid !== undefined) return wrong('a finding that new-rule does not say', unsaid.code);
  const asked = ['--policy', policyFile, '--file', file, ...roots, '--revocation', 'good', '--json', ...given];
  const decided = await epm('decide', ...asked);
  const answer = parsed(decided.out) as { outcome?: string; basis?: string } | undefined;
  // User confirmed without validations: everything but the click is there.
  if (![0, 4].includes(decided.code)) return wrong('does not match', answer?.outcome ?? decided.error);
  return { kind: 'matches', findings: findings.map(({ code, risk }) => `${risk} ${code}`) };
}

async function refusal(
  { error, out }: CapturedOutput,
  file: string,
  by: RuleIdentity,
  values: readonly string[],
): Promise<Answer> {
  const line = error.split('\n').find((each) => each.startsWith('{'));
  const told = parsed(line ?? '') as { error?: { code?: string; data?: { reason?: string } } } | undefined;
  const { code, data } = told?.error ?? {};
  if (code === undefined || data?.reason === undefined) return wrong('ends without a reason', error + out);
  if (data.reason === 'argumentsNeeded' && values.length === 0) {
    const second = await answerFor(file, by, [ARGUMENT]);
    return { ...second, kind: `${second.kind}, with arguments` };
  }
  return { kind: `${code} ${data.reason}`, findings: [] };
}

/** Whether a file carries a signature, by what `epm file` says of it. */
async function isSigned(file: string): Promise<boolean> {
  const { out } = await epm('file', file, '--json');
  const facts = parsed(out) as { signatures?: readonly unknown[] } | undefined;
  return (facts?.signatures ?? []).length > 0;
}

async function main(): Promise<number> {
  const words = process.argv.slice(2);
  const packages = words.flatMap((name, index) => (index % 2 === 0 ? [[name, words[index + 1] ?? ''] as const] : []));
  const counts = new Map<string, number>();
  const findings = new Map<string, number>();
  const faults: string[] = [];
  const seen = new Set<string>();
  const add = (map: Map<string, number>, key: string): void => void map.set(key, (map.get(key) ?? 0) + 1);
  console.log(`${'files'.padStart(6)} ${'signed'.padStart(6)} ${'new'.padStart(6)}  package`);
  for (const [name, place] of packages) {
    const files = globSync('**/*.{exe,msi,ps1,EXE,MSI,PS1}', { cwd: place }).sort();
    let signed = 0;
    let fresh = 0;
    for (const file of files) {
      const full = path.join(place, file);
      if (!(await isSigned(full))) continue;
      signed += 1;
      const digest = createHash('sha256').update(readFileSync(full)).digest('hex') + path.basename(file);
      if (seen.has(digest)) continue;
      seen.add(digest);
      fresh += 1;
      for (const by of RULE_IDENTITIES) {
        const answer = await answerFor(full, by, []);
        add(counts, `${by.padEnd(9)} ${path.extname(file).toLowerCase()} ${answer.kind}`);
        for (const finding of answer.findings) add(findings, `${by.padEnd(9)} ${finding}`);
        if (answer.wrong !== undefined) faults.push(`${name}: ${file} by ${by}: ${answer.wrong}`);
      }
    }
    console.log(
      `${String(files.length).padStart(6)} ${String(signed).padStart(6)} ${String(fresh).padStart(6)}  ${name}`,
    );
  }
  const table = (map: Map<string, number>): string =>
    [...map]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, count]) => `${String(count).padStart(6)}  ${key}`)
      .join('\n');
  console.log(`\n${packages.length} packages, ${seen.size} different signed files\n\n${table(counts)}`);
  console.log(`\nFindings of the linter about these rules:\n${table(findings)}`);
  if (ROOTS.length === 0) console.log('\nNo root certificates are on this machine: nothing signed is trusted.');
  if (faults.length > 0) console.log(`\n${faults.length} wrong:\n${faults.join('\n')}`);
  if (packages.length < FEWEST_PACKAGES) console.log(`\nFewer than ${FEWEST_PACKAGES} packages.`);
  return faults.length > 0 || packages.length < FEWEST_PACKAGES ? 1 : 0;
}

try {
  process.exitCode = await main();
} finally {
  rmSync(folder, { recursive: true, force: true });
}
