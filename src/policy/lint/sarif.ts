/** Findings as a SARIF log (OASIS, Static Analysis Results Interchange Format 2.1.0), which pipelines show beside the code. */
import { type Finding, LINT_CHECKS, type LintId, type Severity } from './finding.ts';

const LEVELS = { high: 'error', medium: 'warning', low: 'note' } as const satisfies Record<Severity, string>;
/** Scores that code-scanning services sort by: high from 7.0, medium from 4.0. */
const SCORES = { high: '8.0', medium: '5.0', low: '2.0' } as const satisfies Record<Severity, string>;

export interface LintedFile {
  /** Path as given, with slashes; becomes a relative reference where it is one. */
  readonly path: string;
  readonly findings: readonly Finding[];
}

/** @param version of the program, as the tool's version */
export function toSarif(files: readonly LintedFile[], version: string): string {
  const ids = Object.keys(LINT_CHECKS) as LintId[];
  const log = {
    $schema: 'https://docs.oasis-open.org/sarif/sarif/v2.1.0/os/schemas/sarif-schema-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: { driver: { name: 'EPM policy lint', version, rules: ids.map(descriptor) } },
        columnKind: 'utf16CodeUnits',
        results: files.flatMap(({ path, findings }) => findings.map((found) => result(found, path, ids))),
      },
    ],
  };
  return `${JSON.stringify(log, undefined, 2)}\n`;
}

function descriptor(id: LintId): object {
  const { title, severity, help } = LINT_CHECKS[id];
  return {
    id,
    shortDescription: { text: title },
    help: { text: help },
    defaultConfiguration: { level: LEVELS[severity] },
    properties: { 'security-severity': SCORES[severity], tags: ['security'] },
  };
}

/** A relative reference, or a file URI for an absolute path (RFC 8089), with every character that means something else escaped. */
function uriOf(path: string): string {
  // A verbatim path ("Naming Files, Paths, and Namespaces") is the same place without its prefix.
  const plain = path.replace(/^\\\\\?\\(UNC\\|(?=[A-Za-z]:\\))/i, (_, share: string) => (share === '' ? '' : '\\\\'));
  const slashed = plain.toWellFormed().replaceAll('\\', '/');
  const [first = '', ...rest] = slashed.split('/');
  const isDrive = /^[A-Za-z]:$/.test(first);
  const steps = [isDrive ? first : encodeURIComponent(first), ...rest.map(encodeURIComponent)].join('/');
  if (isDrive) return `file:///${steps}`;
  if (slashed.startsWith('//')) return `file:${steps}`;
  return slashed.startsWith('/') ? `file://${steps}` : steps;
}

function result(found: Finding, path: string, ids: readonly LintId[]): object {
  const rule = found.rule === undefined ? '' : `Rule "${found.rule}": `;
  return {
    ruleId: found.id,
    ruleIndex: ids.indexOf(found.id),
    level: LEVELS[found.severity],
    message: { text: `${rule}${found.message} ${found.advice}` },
    locations: [
      {
        physicalLocation: {
          artifactLocation: { uri: uriOf(path) },
          ...(found.line === undefined ? {} : { region: { startLine: found.line } }),
        },
        logicalLocations: [{ fullyQualifiedName: found.place === '' ? '/' : found.place, kind: 'member' }],
      },
    ],
    partialFingerprints: { 'epmRuleAndCheck/v1': `${found.id}:${found.rule ?? ''}:${found.place}` },
    ...(found.tighter === undefined ? {} : { properties: { tighter: found.tighter } }),
  };
}
