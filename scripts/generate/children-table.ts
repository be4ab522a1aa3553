/** The table of reasons in docs/children.md. */
import { CHILD_END_REASONS } from '../../src/model/child-end-reasons.ts';

/** @returns Markdown */
export function renderChildReasons(): string {
  const rows = Object.entries(CHILD_END_REASONS).map(
    ([reason, { message, hint }]) => `| \`${reason}\` | ${message} | ${hint} |`,
  );
  return ['| Reason | What it means | Next step |', '|---|---|---|', ...rows, ''].join('\n');
}
