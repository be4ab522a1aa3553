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
  const found = {
    windowsOnly: [] as { readonly name: string; readonly reason: string }[],
    others: 0,
    run: new Map<string, string>(),
    only: new Map<string, string>(),
  };
  const visit = (node: ts.Node, onlyWindows: boolean): void => {
    if (ts.isCallExpression(node)) {
      const maker = makerOf(node);
      const name = textOf(node.arguments[0]);
      if (maker === WINDOWS_ONLY && name !== undefined) {
        found.windowsOnly.push({ name, reason: textOf(node.arguments[1]) ?? '' });
        note(found.only, name);
        // What its body says belongs to the same test.
        for (const child of node.arguments.slice(2)) visit(child, true);
        return;
      }
      if (maker !== undefined && TEST.has(maker) && node.arguments.length > 1) found.others += 1;
    }
    const isLeftOut = ts.isVariableDeclaration(node) && ts.isIdentifier(node.name) && node.name.text === LEFT_OUT;
    note(onlyWindows ? found.only : found.run, textOf(node) ?? '');
    if (isLeftOut)
      leftOut(node).forEach((name) => found.windowsOnly.push({ name, reason: 'a program of the tests leaves it out' }));
    ts.forEachChild(node, (child) => {
      visit(child, onlyWindows || isLeftOut);
    });
  };
  for (const text of texts)
    visit(ts.createSourceFile(file, text, ts.ScriptTarget.Latest, false, ts.ScriptKind.TS), false);
  return {
    path: file,
    tier,
    windowsOnly: found.windowsOnly,
    others: found.others,
    cases: { run: found.run, windowsOnly: found.only },
  };
}

/** Names in a list of what a program leaves out. */
function leftOut(list: ts.VariableDeclaration): readonly string[] {
  const { initializer } = list;
  if (initializer === undefined || !ts.isArrayLiteralExpression(initializer)) return [];
  return initializer.elements.map(textOf).filter((name) => name !== undefined);
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
