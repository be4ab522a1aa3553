/** One HTML page of a report: no script, no network, for screens, screen readers and paper. */
import type { ReportColumn, Row } from '../../../audit/reports/report.ts';
import { displayText } from '../../../text/display.ts';
import { escapeXml } from '../../../text/xml.ts';
import { STYLE } from './style.ts';

export interface PageTable {
  readonly title: string;
  readonly columns: readonly (readonly [id: string, column: ReportColumn])[];
  readonly rows: readonly Row[];
  /** Rows that the page does not have. */
  readonly leftOut: number;
  /** `svg` elements for the two grounds. */
  readonly chart?: { readonly light: string; readonly dark: string };
}

export interface Page {
  readonly title: string;
  readonly subtitle: string;
  readonly tables: readonly PageTable[];
}

/** Nothing may be loaded and nothing may run, whatever a file or a person is named. */
const POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'";

/** Texts of strangers are escaped, and what of them cannot be seen is shown as its code point. */
export function renderPage({ title, subtitle, tables }: Page): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${POLICY}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${text(title)}</title>
<style>${STYLE}</style>
</head>
<body>
<header><h1>${text(title)}</h1><p>${text(subtitle)}</p></header>
<main>
${tables.map(section).join('\n')}
</main>
</body>
</html>
`;
}

function section(table: PageTable, index: number): string {
  const id = `table-${index + 1}`;
  const heading = `<h2 id="${id}">${text(table.title)}</h2>`;
  if (table.rows.length === 0) return `<section aria-labelledby="${id}">${heading}<p>None.</p></section>`;
  return `<section aria-labelledby="${id}">${heading}${chart(table)}${grid(table, id)}${rest(table)}</section>`;
}

/** The table beneath says the same to whoever does not see the chart. */
function chart({ chart: drawn }: PageTable): string {
  if (drawn === undefined) return '';
  return `<div class="chart light" aria-hidden="true">${drawn.light}</div><div class="chart dark" aria-hidden="true">${drawn.dark}</div>`;
}

/** A wide table is scrolled by the keyboard too. */
function grid({ columns, rows }: PageTable, id: string): string {
  const head = columns.map((column) => heading(column, rows)).join('');
  const body = rows.map((row) => `<tr>${columns.map(([column]) => cell(row[column])).join('')}</tr>`).join('\n');
  return `<div class="grid" role="region" tabindex="0" aria-labelledby="${id}"><table><thead><tr>${head}</tr></thead>
<tbody>
${body}
</tbody></table></div>`;
}

function heading([id, { heading: name }]: PageTable['columns'][number], [first]: readonly Row[]): string {
  return `<th scope="col"${typeof first?.[id] === 'number' ? ' class="number"' : ''}>${text(name)}</th>`;
}

function rest({ leftOut }: PageTable): string {
  return leftOut === 0 ? '' : `<p>${leftOut} more rows are not on this page. CSV and JSON have all of them.</p>`;
}

function cell(value: Row[string]): string {
  if (typeof value === 'number') return `<td class="number">${value}</td>`;
  return `<td>${value === undefined ? '' : text(String(value))}</td>`;
}

function text(value: string): string {
  return escapeXml(displayText(value, 1024));
}
