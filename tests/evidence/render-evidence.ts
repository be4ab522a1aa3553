/** docs/evidence.md: every claim with what holds it. */
import { PROBES } from '../../src/agent/selftest/probes.ts';
import { type Claim, type Claims, type Sources, windowsShare } from './claims.ts';
import { ofWindows, type Recording, seen } from './recordings.ts';
import type { StandIn } from './stand-ins.ts';
import type { TestFile } from './test-files.ts';

const HEAD = `# Evidence

<!-- Generated from the tests by scripts/generate.mjs. Do not edit. -->

What holds each claim of EPM, and where it was seen. The build machines have no Windows: tests run on Linux and in Wine, and
Wine only seems to do much of what a security product rests on. This page is made from the tests themselves.

| State | What it says |
|---|---|
| run | a test holds it; Linux or Wine is enough to show it |
| simulated | a test holds it, on something that [stands in](#stand-ins) for Windows |
| more on Windows | there are [tests that only Windows runs](#tests-that-only-windows-runs) besides |
| needs Windows | only such a test holds it; it is skipped visibly elsewhere |
| untested | the point says itself why it has no test |

A real Windows answers the questions of \`epm agent selftest\`, and runs the tests that Wine cannot.
\`scripts/windows-evidence.ps1\` does both on any Windows PC and packs what came of it into one signed archive; see
[its part below](#evidence-from-a-windows-pc).
`;

const ARCHIVE = `## Evidence from a Windows PC

From an administrator's prompt, in a clone of the repository with Node.js 20 or later:

\`\`\`powershell
powershell -ExecutionPolicy Bypass -File scripts\\windows-evidence.ps1
\`\`\`

It takes about ten minutes. It changes nothing that it does not put back, and says so where it could not. The archive
\`epm-evidence-<build of Windows>-<time>.zip\` has the report of the self-test, the results of all tests, the versions of
everything that ran, and a manifest with the SHA-256 of every file. The manifest is signed: with the certificate that
\`-Certificate\` names, or with a key made for this one archive, whose public part is in it. A key of its own proves that the
files belong together and were not changed since; who made them it does not prove. \`-Verify <archive>\` checks an archive.

Where nothing can be built, \`-Installed 'C:\\Program Files\\EPM'\` runs only the self-test, of an installed EPM.

To make the answers test inputs, put the archive's \`selftest.json\` into \`tests/recorded\` under a name that says which Windows
it was. Its token is then judged by the agent's own check in every run, and this page says where each probe was seen.
`;

export function renderEvidence(sources: Sources, claims: Claims): string {
  const { needing, all } = windowsShare(claims);
  const real = ofWindows(sources.recordings);
  return [
    HEAD,
    `Of ${all} points and abuse cases with a test, ${needing} need Windows (${percent(needing, all)}); at most one in ten may.`,
    recordingsLine(real),
    '',
    '## Points of the security model',
    '',
    ...pointTables(sources, claims.points),
    '## Abuse cases',
    '',
    'Attacks that were tried, by their numbers in the names of tests.',
    '',
    ...table(['Case', 'For example', 'State', 'Where', 'Tests'], claims.cases.map(caseRow)),
    '',
    `No test names ${listed(gaps(claims.cases))}: attacks that are not tried yet, or on what this version does not have.`,
    '',
    '## Decisions',
    '',
    'Each sentence of [rules.md](rules.md) is held by cases that two engines answer, or by a test elsewhere.',
    '',
    ...table(
      ['Chapter', 'By both engines', 'By tests elsewhere', 'Not built yet'],
      claims.rows.map(({ title, byEngines, elsewhere, pending }) => [
        title,
        String(byEngines),
        String(elsewhere),
        String(pending),
      ]),
    ),
    '',
    '## Stand-ins',
    '',
    ...table(['The test bed has', 'In the place of', 'Probes that ask Windows'], sources.standIns.map(standInRow)),
    '',
    '## Probes',
    '',
    '`epm agent selftest` asks these of the machine it runs on. Each answer is recorded as data and compared with what is',
    'expected; *seen on* names the recordings of a real Windows in which it was so.',
    '',
    ...table(
      ['Probe', 'What is asked', 'What rests on it', 'Source', 'Asked by', 'What it changes', 'Seen on'],
      PROBES.map((probe) => [
        `\`${probe.id}\``,
        probe.title,
        probe.relies,
        probe.source,
        probe.needs === 'system' ? 'the system' : 'administrators',
        probe.restores,
        listed(seen(real, probe.id).map(({ name }) => name)),
      ]),
    ),
    '',
    '## Tests that only Windows runs',
    '',
    ...table(['Test', 'File', 'Why not Wine'], sources.files.flatMap(windowsRows)),
    '',
    ARCHIVE,
  ].join('\n');
}

function recordingsLine(real: readonly Recording[]): string {
  if (real.length === 0) return '\nNo recording of a real Windows is in `tests/recorded` yet.';
  const names = real.map(({ name, report }) => `${name} (build ${report.windows.build ?? 'unknown'})`);
  return `\nRecorded on a real Windows: ${names.join(', ')}.`;
}

function pointTables(sources: Sources, claims: readonly Claim[]): readonly string[] {
  const sections = [...new Set(sources.points.map(({ section }) => section))];
  return sections.flatMap((section) => {
    const titles = new Set(sources.points.filter((point) => point.section === section).map(({ title }) => title));
    const rows = claims.filter(({ title }) => titles.has(title)).map(pointRow);
    return [`### ${section}`, '', ...table(['Point', 'State', 'Where', 'Tests'], rows), ''];
  });
}

const STATES: Readonly<Record<Claim['state'], string>> = {
  run: 'run',
  simulated: 'simulated',
  needsWindows: 'needs Windows',
  untested: 'untested',
};

function pointRow(claim: Claim): readonly string[] {
  return [claim.title, stateText(claim), claim.where.join(', '), links(claim.files)];
}

function caseRow(claim: Claim): readonly string[] {
  return [claim.id, claim.title, stateText(claim), claim.where.join(', '), links(claim.files)];
}

function stateText({ state, standIns, seenOn, onWindows, reason }: Claim): string {
  const by = standIns.length === 0 || state !== 'simulated' ? '' : ` by ${standIns.map(({ what }) => what).join('; ')}`;
  const real = seenOn.length === 0 ? '' : `; seen on Windows (${seenOn.join(', ')})`;
  const more = onWindows === 0 || state === 'needsWindows' ? '' : '; more on Windows';
  return `${STATES[state]}${by}${more}${real}${reason === undefined ? '' : `: ${reason}`}`;
}

function links(files: readonly string[]): string {
  return files.map((path) => `[${path.replace(/^tests\/|\.test\.ts$/g, '')}](../${path})`).join(', ');
}

function standInRow({ what, for: place, probes }: StandIn): readonly string[] {
  return [what, place, probes.map((id) => `\`${id}\``).join(', ')];
}

function windowsRows({ path, windowsOnly }: TestFile): readonly (readonly string[])[] {
  return windowsOnly.map(({ name, reason }) => [name, links([path]), reason]);
}

/** Numbers below the highest that no test names. */
function gaps(cases: readonly Claim[]): readonly string[] {
  const known = new Set(cases.map(({ id }) => Number(id.slice(3))));
  return Array.from({ length: Math.max(0, ...known) }, (_, at) => at + 1)
    .filter((number) => !known.has(number))
    .map((number) => `AC-${String(number).padStart(2, '0')}`);
}

function listed(names: readonly string[]): string {
  return names.length === 0 ? '–' : names.join(', ');
}

function percent(part: number, all: number): string {
  return `${((part / all) * 100).toFixed(1)} %`;
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): readonly string[] {
  const line = (cells: readonly string[]): string => `| ${cells.map(cell).join(' | ')} |`;
  return [line(head), `|${'---|'.repeat(head.length)}`, ...rows.map(line)];
}

/** A cell on one line; what would end it is escaped. */
function cell(text: string): string {
  return text.replaceAll(/\s+/g, ' ').replaceAll('|', '\\|').replaceAll('<', '&lt;');
}
