/** What the linter says as a SARIF log (OASIS, Static Analysis Results Interchange Format 2.1.0), which pipelines show beside the code. */
import { placeText } from '../../model/diagnostic.ts';
import type { Severity } from '../../model/diagnostic-codes.ts';
import { displayText } from '../../text/display.ts';
import { quietJson } from '../../text/pipeline-commands.ts';
import { LINT_CODES, type LintCode } from '../../model/lint-codes.ts';
import type { LintDiagnostic } from './lint-diagnostic.ts';

/** Scores that code-scanning services sort by: high from 7.0, medium from 4.0. */
const SCORES = { error: '8.0', warning: '5.0', note: '2.0' } as const satisfies Record<Severity, string>;

interface LintedFile {
  /** Path as given, with slashes; becomes a relative reference where it is one. */
  readonly path: string;
  readonly findings: readonly LintDiagnostic[];
}

/** @param version of the program, as the tool's version */
export function toSarif(files: readonly LintedFile[], version: string): string {
  const codes = Object.keys(LINT_CODES) as LintCode[];
  const log = {
    $schema: 'https://docs.oasis-open.org/sarif/sarif/v2.1.0/os/schemas/sarif-schema-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: { driver: { name: 'EPM policy lint', version, rules: codes.map(descriptor) } },
        columnKind: 'utf16CodeUnits',
        results: files.flatMap(({ path, findings }) => findings.map((found) => result(found, path, codes))),
      },
    ],
  };
  return `${quietJson(JSON.stringify(log, undefined, 2))}\n`;
}

function descriptor(code: LintCode): object {
  const { meaning, severity, help } = LINT_CODES[code];
  return {
    id: code,
    shortDescription: { text: meaning },
    help: { text: help },
    defaultConfiguration: { level: severity },
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

/** In a message `[text](place)` is a link; a text of a policy is to be none (SARIF 2.1.0, 3.11.6). */
function plain(text: string): string {
  return displayText(text.replaceAll(/[\\[\]]/g, '\\$&'), Infinity);
}

function result(found: LintDiagnostic, path: string, codes: readonly LintCode[]): object {
  const place = placeText(found.place);
  const line = found.place?.line;
  const rule = found.rule === undefined ? '' : `Rule "${found.rule}": `;
  return {
    ruleId: found.code,
    ruleIndex: codes.indexOf(found.code),
    level: found.severity,
    message: { text: plain(`${rule}${found.message} ${found.hint}`) },
    locations: [
      {
        physicalLocation: {
          artifactLocation: { uri: uriOf(path) },
          ...(line === undefined ? {} : { region: { startLine: line } }),
        },
        logicalLocations: [{ fullyQualifiedName: place === '' ? '/' : place, kind: 'member' }],
      },
    ],
    partialFingerprints: { 'epmRuleAndCheck/v1': `${found.code}:${found.rule ?? ''}:${place}` },
    ...(found.tighter === undefined ? {} : { properties: { tighter: found.tighter } }),
  };
}
