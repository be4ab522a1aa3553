/** docs/errors.md, from the table of error codes. */

const HEAD = `# Error codes

<!-- Generated from src/model/error-codes.ts by scripts/generate.mjs. Do not edit. -->

Every failure a person can meet has one of these codes. It is the error id in PowerShell (\`$_.FullyQualifiedErrorId\`
starts with it) and the \`code\` of a JSON error; the event log knows it by its event id. A code is
never reused for another meaning. *Denied*, *needs approval* and *cancelled* are results, not errors, and are not listed.
`;

/**
 * @param {Record<string, { meaning: string, hint: string, eventId: number, category: string }>} codes
 * @returns {string}
 */
export function renderErrorsPage(codes) {
  const rows = Object.entries(codes).map(
    ([code, { meaning, hint, eventId, category }]) =>
      `| \`${code}\` | ${meaning} | ${hint} | ${eventId} | ${category} |`,
  );
  return `${HEAD}
| Code | What happened | What to do | Event id | Category |
|---|---|---|---|---|
${rows.join('\n')}
`;
}
