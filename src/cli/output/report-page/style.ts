/** How the page of a report looks: on a light and a dark ground, on a narrow screen, on paper. */
export const STYLE = `
:root { --ground: #fff; --text: #1b1b1b; --quiet: #555; --line: #d0d0d0; --head: #f3f3f3; }
.dark { display: none; }
@media screen and (prefers-color-scheme: dark) {
  :root { --ground: #1c1c1c; --text: #eee; --quiet: #aaa; --line: #444; --head: #2a2a2a; }
  .dark { display: block; }
  .light { display: none; }
}
body { margin: 0 auto; max-width: 72rem; padding: 1.5rem; background: var(--ground); color: var(--text); font: 15px/1.5 "Segoe UI", system-ui, sans-serif; }
h1 { margin: 0; font-size: 1.7rem; font-weight: 600; }
h2 { margin: 2rem 0 .5rem; font-size: 1.2rem; font-weight: 600; }
header p { margin: .25rem 0 0; color: var(--quiet); }
.chart svg { max-width: 100%; height: auto; }
.grid { overflow-x: auto; border: 1px solid var(--line); border-radius: 4px; }
.grid:focus-visible { outline: 2px solid #0072b2; outline-offset: 2px; }
table { border-collapse: collapse; width: 100%; font-size: .87rem; }
th, td { padding: .3rem .6rem; text-align: left; vertical-align: top; border-bottom: 1px solid var(--line); overflow-wrap: anywhere; }
th { background: var(--head); white-space: nowrap; overflow-wrap: normal; }
tr:last-child td { border-bottom: 0; }
.number { text-align: right; font-variant-numeric: tabular-nums; }
@media print {
  body { max-width: none; padding: 0; font-size: 10pt; }
  .grid { overflow: visible; border: 0; }
  thead { display: table-header-group; }
  tr, .chart { break-inside: avoid; }
  h2 { break-after: avoid; }
}
`;
