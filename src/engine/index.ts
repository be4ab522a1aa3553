/** The engine: policies in, decisions with their reasons out. Pure and synchronous. */
export { compile, type CompileEnvironment, type CompiledPolicy } from './compile.ts';
export type { HashAlgorithm, RuleReport } from './compiled-rule.ts';
export { decide, type DecideOptions } from './decide.ts';
export { decideChild, type ChildRequest } from './decide-child.ts';
export { HOST_NAMES } from './hosts.ts';
export { renderTrace } from './render-trace.ts';
