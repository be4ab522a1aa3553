/** The points of docs/security-model.md, each with the tests that it names. */

export interface Point {
  readonly title: string;
  /** Of the headings above it. */
  readonly section: string;
  /** Paths of test files from the root of the project; empty when the point says why it has none. */
  readonly tests: readonly string[];
  /** Why there is none. */
  readonly noTest?: string;
}

/** A point begins with `- **Title.**`; what it says and the line of its tests are indented below it. */
const BEGIN = /^- \*\*(.+?)\.?\*\*/;
const TESTS = /^ {2}\*Tests: (.+)\.\*$/;
const NO_TEST = /^ {2}\*No test: (.+)\*$/;
const LINK = /\]\(\.\.\/(tests\/[^)]+\.ts)\)/g;

/**
 * @param page text of the page
 * @throws Error for a point that names neither tests nor a reason why there is none
 */
export function readPoints(page: string): readonly Point[] {
  const points: Point[] = [];
  let section = '';
  let open: { readonly title: string; readonly section: string } | undefined;
  const close = (): void => {
    if (open !== undefined) throw new Error(`The point "${open.title}" names no test, nor why there is none.`);
  };
  for (const line of page.split('\n')) {
    const heading = /^## (.+)$/.exec(line)?.[1];
    const title = BEGIN.exec(line)?.[1];
    if (heading !== undefined || title !== undefined) close();
    if (heading !== undefined) section = heading;
    if (title !== undefined) open = { title, section };
    const tests = TESTS.exec(line)?.[1];
    const noTest = NO_TEST.exec(line)?.[1];
    if (open === undefined || (tests === undefined && noTest === undefined)) continue;
    const files = [...(tests ?? '').matchAll(LINK)].map((match) => match[1] ?? '');
    if (noTest === undefined && files.length === 0) throw new Error(`The point "${open.title}" links no test file.`);
    points.push({ ...open, tests: files, ...(noTest === undefined ? {} : { noTest }) });
    open = undefined;
  }
  close();
  return points;
}
