/** The table of everything the linter can say. */
import { LINT_CHECKS } from '../../src/policy/lint/finding.ts';

/** @returns {string} Markdown. */
export function renderLintTable() {
  const rows = Object.entries(LINT_CHECKS).map(
    ([id, { title, severity, help }]) => `| \`${id}\` | ${severity} | **${title}.** ${help} |`,
  );
  return ['| Finding | Severity | What it is about |', '|---|---|---|', ...rows, ''].join('\n');
}
