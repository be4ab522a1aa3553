/** The engine: policies in, decisions with their reasons out. Pure and synchronous. */
export { readingsOf } from './arguments.ts';
export { compile, type CompiledPolicy, type CompileMemory, type UserPolicy } from './compile.ts';
export type { HashAlgorithm } from './attributes/file-hash.ts';
export type { CompiledRuleStatus } from './compiled-rule.ts';
export type { RuleCounts } from './reports.ts';
export type { AnswerBeforeFile } from './answer.ts';
export { decide, decideBeforeFile, type DecideOptions } from './decide.ts';
export { decideChild, decideChildBeforeFile, type ChildRequest } from './decide-child.ts';
export { isSignedForGate, type LibraryGate } from './library-gate.ts';
export { renderTrace } from './render-trace.ts';
