/** A copy of the project in a temporary folder: to add things to its tables, compile it, and run what came of it. */
import { execFile } from 'node:child_process';
import { cpSync, existsSync, globSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import ts from 'typescript';

const ORIGINAL = path.resolve(import.meta.dirname, '../../..');
/** What is built, installed or kept by git, and samples of policies: nothing that compiling or generating asks for. */
const LEFT_OUT = new Set(['node_modules', '.git', 'build', 'dist', 'samples']);

/** What the compiler says of one file. */
export interface CompileError {
  /** From the root of the tree, with `/`. */
  readonly file: string;
  readonly text: string;
}

export class Tree {
  readonly root = mkdtempSync(path.join(tmpdir(), 'epm-drill-'));
  /** Files that were there and were written since this was cleared. */
  readonly changed = new Set<string>();
  readonly #sources = new Map<string, ts.SourceFile>();

  constructor() {
    cpSync(ORIGINAL, this.root, { recursive: true, filter: (file) => !LEFT_OUT.has(path.basename(file)) });
    symlinkSync(path.join(ORIGINAL, 'node_modules'), path.join(this.root, 'node_modules'), 'junction');
  }

  remove(): void {
    rmSync(this.root, { recursive: true, force: true });
  }

  read(file: string): string {
    return readFileSync(path.join(this.root, file), 'utf8');
  }

  /** The text of all files below a folder whose names end so. */
  readAll(folder: string, end: string): string {
    return globSync(`${folder}/**/*${end}`, { cwd: this.root })
      .map((file) => this.read(file))
      .join('\n');
  }

  write(file: string, text: string): void {
    if (existsSync(path.join(this.root, file))) this.changed.add(file);
    writeFileSync(path.join(this.root, file), text);
  }

  /**
   * Adds a row to the table that a constant is: a member of its object, or an element of its array.
   * @param constant name of the constant in the file; `name.member` for a table inside it
   */
  addRow(file: string, constant: string, row: string): void {
    const text = this.read(file);
    const table = tableOf(ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true), constant);
    const rows = ts.isArrayLiteralExpression(table) ? table.elements : table.properties;
    const end = table.getEnd() - 1;
    this.write(file, `${text.slice(0, end)}${rows.hasTrailingComma ? '' : ','}\n${row}\n${text.slice(end)}`);
  }

  /** Adds a member to an interface. */
  addMember(file: string, name: string, member: string): void {
    const text = this.read(file);
    const source = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true);
    const found = source.statements.find((each) => ts.isInterfaceDeclaration(each) && each.name.text === name);
    if (found === undefined) throw new Error(`${file} has no interface ${name}.`);
    const end = found.getEnd() - 1;
    this.write(file, `${text.slice(0, end)}${member}\n${text.slice(end)}`);
  }

  /**
   * Adds a member to the object that a function answers.
   * @param name of a function that has one `return` with an object
   */
  addToResult(file: string, name: string, member: string): void {
    const text = this.read(file);
    const result = resultOf(ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true), name);
    const end = result.getEnd() - 1;
    this.write(
      file,
      `${text.slice(0, end)}${result.properties.hasTrailingComma ? '' : ','}\n${member}\n${text.slice(end)}`,
    );
  }

  /** Everything that `tsc` says of the core and of what renders files from it. */
  compile(): readonly CompileError[] {
    const config = path.join(this.root, 'tsconfig.json');
    const parsed = ts.getParsedCommandLineOfConfigFile(config, undefined, {
      ...ts.sys,
      onUnRecoverableConfigFileDiagnostic: (diagnostic) => {
        throw new Error(ts.flattenDiagnosticMessageText(diagnostic.messageText, '\n'));
      },
    });
    if (parsed === undefined) throw new Error('tsconfig.json cannot be read.');
    const roots = parsed.fileNames.filter((file) => /^(?:src|scripts)\//.test(this.#relative(file)));
    const program = ts.createProgram(roots, parsed.options, this.#host(parsed.options));
    return [...program.getSyntacticDiagnostics(), ...program.getSemanticDiagnostics()].map(({ file, messageText }) => ({
      file: file === undefined ? '' : this.#relative(file.fileName),
      text: ts.flattenDiagnosticMessageText(messageText, '\n'),
    }));
  }

  /** Runs a script on the Node that runs this test, in the root of the tree, and answers what it prints. */
  async run(...words: readonly string[]): Promise<string> {
    const { stdout } = await promisify(execFile)(process.execPath, words, {
      cwd: this.root,
      maxBuffer: 64 * 1024 * 1024,
    });
    return stdout;
  }

  /** Files that did not change are parsed once for all compilations. */
  #host(options: ts.CompilerOptions): ts.CompilerHost {
    const host = ts.createCompilerHost(options);
    const parse = host.getSourceFile.bind(host);
    host.getSourceFile = (file, ...rest) => {
      const known = this.#sources.get(file);
      if (known !== undefined && (!file.startsWith(this.root) || known.text === ts.sys.readFile(file))) return known;
      const source = parse(file, ...rest);
      if (source !== undefined) this.#sources.set(file, source);
      return source;
    };
    return host;
  }

  #relative(file: string): string {
    return path.relative(this.root, file).split(path.sep).join('/');
  }
}

type Table = ts.ObjectLiteralExpression | ts.ArrayLiteralExpression;

function tableOf(source: ts.SourceFile, constant: string): Table {
  const [name = '', ...members] = constant.split('.');
  let found: ts.Expression | undefined;
  const visit = (node: ts.Node): void => {
    if (ts.isVariableDeclaration(node) && node.name.getText() === name) found ??= node.initializer;
    ts.forEachChild(node, visit);
  };
  visit(source);
  let table = literalOf(found);
  for (const member of members) {
    const property: ts.ObjectLiteralElementLike | undefined =
      table !== undefined && ts.isObjectLiteralExpression(table)
        ? table.properties.find((each) => each.name?.getText().replace(/^'|'$/g, '') === member)
        : undefined;
    table = literalOf(property !== undefined && ts.isPropertyAssignment(property) ? property.initializer : undefined);
  }
  if (table === undefined) throw new Error(`${source.fileName} has no table ${constant}.`);
  return table;
}

/** The literal inside `… as const satisfies …` and `make(…)`. */
function literalOf(expression: ts.Expression | undefined): Table | undefined {
  if (expression === undefined) return undefined;
  if (ts.isObjectLiteralExpression(expression) || ts.isArrayLiteralExpression(expression)) return expression;
  if (ts.isCallExpression(expression)) return literalOf(expression.arguments[0]);
  if (ts.isAsExpression(expression) || ts.isSatisfiesExpression(expression) || ts.isParenthesizedExpression(expression))
    return literalOf(expression.expression);
  return undefined;
}

function resultOf(source: ts.SourceFile, name: string): ts.ObjectLiteralExpression {
  const body = source.statements.find((each) => ts.isFunctionDeclaration(each) && each.name?.text === name);
  let found: ts.ObjectLiteralExpression | undefined;
  const visit = (node: ts.Node): void => {
    if (ts.isReturnStatement(node) && node.expression !== undefined && ts.isObjectLiteralExpression(node.expression)) {
      found ??= node.expression;
    }
    ts.forEachChild(node, visit);
  };
  if (body !== undefined) visit(body);
  if (found === undefined) throw new Error(`${source.fileName} has no function ${name} that answers an object.`);
  return found;
}
