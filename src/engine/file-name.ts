/** File name of a rule: a full name with extension, `*` and `?` allowed before the extension (decision M2). */
import { diagnostic, type Diagnostic } from '../model/diagnostic.ts';
import type { DiagnosticCode } from '../model/diagnostic-codes.ts';
import { foldCase } from '../text/compare.ts';
import { type WildcardPattern, compileWildcard, hasWildcard } from './wildcard.ts';

export interface NamePattern {
  /** Folded name, when it has no wildcard. */
  readonly literal: string | undefined;
  readonly wildcard: WildcardPattern | undefined;
  /** As written, trimmed. */
  readonly text: string;
}

export type NameResult = { readonly name: NamePattern } | { readonly problem: Diagnostic };

const EXTENSIONS = ['EXE', 'MSI', 'PS1'];
// Characters no name on NTFS has, control characters included; `*` and `?` are wildcards here.
export const FORBIDDEN_CHARACTERS = /[<>:"|\u0000-\u001f]/;
export const VARIABLE = /%[^%\\]+%/;

/**
 * @param text trimmed and not empty
 * @param wildcardExtension whether a wildcard may stand in the extension, as in what is left of a rejected Deny
 */
export function parseFileName(text: string, wildcardExtension = false): NameResult {
  if (/[\\/]/.test(text) || FORBIDDEN_CHARACTERS.test(text)) {
    return problem(
      'fileNameCharacter',
      `"${text}" is not a file name: give the name only, and the folder as file path.`,
    );
  }
  if (VARIABLE.test(text)) {
    return problem('variableMisplaced', 'A variable can only stand at the start of a file path.');
  }
  const folded = foldCase(text);
  const dot = folded.lastIndexOf('.');
  const stem = dot < 0 ? folded : folded.slice(0, dot);
  const extension = dot < 0 ? '' : folded.slice(dot + 1);
  const wild = hasWildcard(extension) || (dot < 0 && folded.endsWith('*'));
  if (wild && !wildcardExtension) {
    return problem('wildcardInExtension', `The extension of "${text}" must be exe, msi or ps1, without a wildcard.`);
  }
  if (!wild && !EXTENSIONS.includes(extension)) {
    return problem('fileNameExtension', `"${text}" does not end in .exe, .msi or .ps1.`);
  }
  if (!/[^*?]/.test(stem)) {
    return problem('fileNameNoLiteral', `"${text}" has no character of a name before the extension.`);
  }
  const wildcard = hasWildcard(folded) ? compileWildcard(folded) : undefined;
  return { name: { literal: wildcard === undefined ? folded : undefined, wildcard, text } };
}

function problem(code: DiagnosticCode, message: string): NameResult {
  return { problem: diagnostic(code, message, { pointer: '/fileName' }) };
}
