/** What the test files themselves say: which abuse cases their tests name, and which of these run on Windows only. */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import ts from 'typescript';
import { tierOf } from '../../scripts/lib/tiers.mjs';

export interface TestFile {
  /** From the root of the project, with slashes. */
  readonly path: string;
  /** `pure` and `module` run on Linux, `windows` in Wine there. */
  readonly tier: 'pure' | 'module' | 'windows';
  /** Names of tests that only Windows runs, with the reason. */
  readonly windowsOnly: readonly { readonly name: string; readonly reason: string }[];
  /** Tests of any other kind. */
  readonly others: number;
  /** Abuse cases that tests of each kind name, each with the first name that has it. */
  readonly cases: { readonly run: ReadonlyMap<string, string>; readonly windowsOnly: ReadonlyMap<string, string> };
}

/** Functions that make a test, also behind `.each`, `.skipIf` and the like. */
const TEST = new Set(['it', 'test', 'consoleOnly', 'playedLogonOnly']);
const GROUP = new Set(['describe', 'describeWindows']);
const WINDOWS_ONLY = 'windowsOnly';
/** A list of this name in a file holds names of checks that a program leaves out where it is no Windows. */
const LEFT_OUT = 'WINDOWS_ONLY';
const CASE = /\bAC-\d{2,3}\b/g;

/** Every test file of the project, in the order of their paths. */
export function readTestFiles(root: string): readonly TestFile[] {
  return readdirSync(path.join(root, 'tests'), { recursive: true, encoding: 'utf8' })
    .map((file) => `tests/${file.split(path.sep).join('/')}`)
    .filter((file) => file.endsWith('.test.ts'))
    .sort()
    .map((file) => {
      const read = (name: string): string => readFileSync(path.join(root, path.dirname(file), name), 'utf8');
      const text = read(path.basename(file));
      return testFile(file, [text, ...sharedBy(text).map(read)], tierOf(file));
    });
}

/** Files of the same folder that a test file imports: tests that several files run stand in one of them. */
function sharedBy(text: string): readonly string[] {
  return ts
    .preProcessFile(text, true, true)
    .importedFiles.map(({ fileName }) => /^\.\/([^/]+\.ts)$/.exec(fileName)?.[1])
    .filter((name) => name !== undefined);
}

/** @param texts source of a test file, and of the files that it shares tests with */
export function testFile(file: string, texts: readonly string[], tier: TestFile['tier']): TestFile {
  const windowsOnly: { readonly name: string; readonly reason: string }[] = [];
  const cases = { run: new Map<string, string>(), windowsOnly: new Map<string, string>() };
  let others = 0;
  const visitCall = (call: ts.CallExpression): void => {
    const maker = makerOf(call);
    const name = textOf(call.arguments[0]);
    if (maker === WINDOWS_ONLY && name !== undefined) {
      windowsOnly.push({ name, reason: textOf(call.arguments[1]) ?? '' });
      note(cases.windowsOnly, name);
      return;
    }
    const isTest = maker !== undefined && TEST.has(maker) && call.arguments.length > 1;
    const isGroup = maker !== undefined && GROUP.has(maker) && call.arguments.length > 1;
    const before = others;
    if (isTest) others += 1;
    ts.forEachChild(call, visit);
    if (!isTest && !isGroup) return;
    // A group whose tests are all left to Windows has run nothing of what it says.
    const found = others > before ? cases.run : cases.windowsOnly;
    if (name !== undefined) note(found, name);
    // The rows of `.each` are parts of the names.
    for (const text of literalsIn(call.expression)) note(found, text);
  };
  const visitList = (list: ts.VariableDeclaration): void => {
    if (list.initializer === undefined || !isList(list.initializer)) return;
    const texts = literalsIn(list.initializer);
    const isLeftOut = ts.isIdentifier(list.name) && list.name.text === LEFT_OUT;
    for (const text of texts) note(isLeftOut ? cases.windowsOnly : cases.run, text);
    if (!isLeftOut) return;
    for (const name of texts) windowsOnly.push({ name, reason: 'a program of the tests leaves it out' });
  };
  const visit = (node: ts.Node): void => {
    if (ts.isCallExpression(node)) {
      visitCall(node);
      return;
    }
    if (ts.isVariableDeclaration(node)) visitList(node);
    ts.forEachChild(node, visit);
  };
  for (const text of texts) visit(ts.createSourceFile(file, text, ts.ScriptTarget.Latest, false, ts.ScriptKind.TS));
  return { path: file, tier, windowsOnly, others, cases };
}

/** A list of names or rows, for tests that are made from it. */
function isList(node: ts.Expression): boolean {
  const inner = ts.isAsExpression(node) || ts.isSatisfiesExpression(node) ? node.expression : node;
  return inner === node ? ts.isArrayLiteralExpression(node) : isList(inner);
}

/** Texts of all literals in it, but not of functions. */
function literalsIn(node: ts.Node): readonly string[] {
  if (ts.isFunctionLike(node)) return [];
  const own = textOf(node);
  const below: string[] = [];
  ts.forEachChild(node, (child) => void below.push(...literalsIn(child)));
  return own === undefined ? below : [own, ...below];
}

/** Name of the function at the root of `it(…)`, `it.each(…)(…)`, `describe.skipIf(…).each(…)(…)`. */
function makerOf(call: ts.CallExpression): string | undefined {
  let at: ts.Expression = call.expression;
  while (ts.isCallExpression(at) || ts.isPropertyAccessExpression(at) || ts.isTaggedTemplateExpression(at))
    at = ts.isTaggedTemplateExpression(at) ? at.tag : at.expression;
  return ts.isIdentifier(at) ? at.text : undefined;
}

/** Text of a literal; of a template with values what stands before, between and behind them. */
function textOf(node: ts.Node | undefined): string | undefined {
  if (node === undefined) return undefined;
  if (ts.isStringLiteral(node) || ts.isNoSubstitutionTemplateLiteral(node)) return node.text;
  if (ts.isTemplateExpression(node))
    return [node.head.text, ...node.templateSpans.map(({ literal }) => literal.text)].join('…');
  return undefined;
}

function note(cases: Map<string, string>, text: string): void {
  for (const number of text.match(CASE) ?? []) if (!cases.has(number)) cases.set(number, text);
}
