/** The table of everything the linter can say. */
import { LINT_CODES } from '../../src/model/lint-codes.ts';
import { lintDiagnostic } from '../../src/policy/lint/lint-diagnostic.ts';

/** @returns {string} Markdown. */
export function renderLintTable() {
  const rows = Object.entries(LINT_CODES).map(
    ([code, { meaning, help }]) =>
      `| \`${code}\` | ${lintDiagnostic({ code, message: '', hint: '' }).risk} | **${meaning}.** ${help} |`,
  );
  return ['| Code | Risk | What it is about |', '|---|---|---|', ...rows, ''].join('\n');
}
