/** The engine: policies in, decisions with their reasons out. Pure and synchronous. */
export { compile, type CompileEnvironment, type CompiledPolicy } from './compile.ts';
export type { HashAlgorithm, CompiledRuleStatus as RuleReport } from './compiled-rule.ts';
export { decide, type DecideOptions } from './decide.ts';
export { decideChild, type ChildRequest } from './decide-child.ts';
export { INTERPRETER_NAMES } from './interpreters.ts';
export { renderTrace } from './render-trace.ts';
