/** docs/errors.md, from the table of error codes. */

const HEAD = `# Error codes

<!-- Generated from src/model/error-codes.ts by scripts/generate.mjs. Do not edit. -->

Every failure a person can meet has one of these codes. It is the error id in PowerShell (\`$_.FullyQualifiedErrorId\`
starts with it) and the \`code\` of a JSON error; the event log knows it by its event id. A code is
never reused for another meaning. *Denied*, *needs approval* and *cancelled* are results, not errors, and are not listed.
`;

/**
 * @param {Record<string, { meaning: string, hint: string, eventId: number, category: string }>} codes
 * @param {Record<string, { meaning: string }>} statusCodes
 * @returns {string}
 */
export function renderErrorsPage(codes, statusCodes) {
  const rows = Object.entries(codes).map(
    ([code, { meaning, hint, eventId, category }]) =>
      `| \`${code}\` | ${meaning} | ${hint} | ${eventId} | ${category} |`,
  );
  const warnings = Object.entries(statusCodes).map(([code, { meaning }]) => `| \`${code}\` | ${meaning} |`);
  return `${HEAD}
| Code | What happened | What to do | Event id | Category |
|---|---|---|---|---|
${rows.join('\n')}

## Warnings of the agent's status

\`epm status --json\` and \`(Get-EPMAgent).Warnings\` have them as \`code\`, \`message\`, \`hint\` and \`data\`. Programs read
\`code\` and \`data\`; the sentences may change in any version.

| Code | What it says |
|---|---|
${warnings.join('\n')}
`;
}
