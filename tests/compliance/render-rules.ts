/** Renders the appendix of docs/rules.md from the rows of the compliance suite, so that it says what tests hold. */
import { type Row, readRowFiles } from './row.ts';

/** Markdown: a heading for each chapter, a line for each sentence. */
export function renderRules(): string {
  return readRowFiles()
    .map(({ title, introduction, rows }) => `### ${title}\n\n${introduction}\n\n${rows.map(line).join('\n')}\n`)
    .join('\n');
}

function line({ id, sentence, heldBy, pending }: Row): string {
  const tests = [...new Set(heldBy?.map(({ file }) => `[\`${file}\`](../${file})`))];
  const notes = [
    ...(tests.length === 0 ? [] : [`Tests: ${tests.join(', ')}`]),
    ...(pending === undefined ? [] : [`Not yet. ${pending}`]),
  ];
  return [`- **${id}** ${sentence}`, ...notes.map((note) => `*(${note})*`)].join(' ');
}
