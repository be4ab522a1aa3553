/** docs/diagnostics.md, from the table of diagnostic codes. */
import { DIAGNOSTIC_CODES } from '../../src/model/diagnostic-codes.ts';
import { LINT_CODES } from '../../src/model/lint-codes.ts';

const HEAD = `# Diagnostics

<!-- Generated from src/model/diagnostic-codes.ts by scripts/generate.mjs. Do not edit. -->

Everything EPM says about an input, such as a rule, a setting or a policy in whatever format, is a diagnostic:

| Member | Content |
|---|---|
| \`code\` | what programs read; never reused for another meaning |
| \`severity\` | \`error\`: it does not count as written · \`warning\`: it counts, otherwise than it may be meant · \`note\`: good to know |
| \`message\` | what is wrong, for people; it may be worded anew in any version |
| \`hint\` | the next step, where the message does not say it |
| \`place\` | where it is: \`pointer\` (JSON pointer, RFC 6901), \`registry\` (key or value), \`omaUri\`, \`line\` and \`column\` (from 1), \`offset\` (from 0); absent: the rule, or the input, as a whole |
| \`data\` | facts of the message for programs |

The severity below is that of the code by itself. Where something is left out of a policy without harm to its rules, it is
a warning whatever its code. The codes of \`epm policy lint\` are in [authoring.md](authoring.md).
`;

/** @returns {string} Markdown. */
export function renderDiagnosticsPage() {
  const rows = Object.entries(DIAGNOSTIC_CODES)
    .filter(([code]) => !(code in LINT_CODES))
    .map(([code, { severity, meaning }]) => `| \`${code}\` | ${severity} | ${meaning} |`);
  return `${HEAD}
| Code | Severity | Meaning |
|---|---|---|
${rows.join('\n')}
`;
}
