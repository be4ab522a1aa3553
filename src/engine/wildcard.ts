/**
 * Patterns with `*` (zero or more units) and `?` (exactly one unit). The pieces between stars are placed one after
 * the other at their leftmost fitting position; placing one never reconsiders an earlier one, so the time is at most
 * text length times pattern length, whatever a rule says.
 */
export interface WildcardPattern {
  readonly text: string;
  /** Pieces between stars; the first is anchored at the start and the last at the end. */
  readonly pieces: readonly string[];
  /** Fewest units a matching text has. */
  readonly minimumLength: number;
}

const QUESTION = 0x3f;

export function hasWildcard(text: string): boolean {
  return text.includes('*') || text.includes('?');
}

/** @param text pattern in the form the texts to match have (folded for comparison without case) */
export function compileWildcard(text: string): WildcardPattern {
  // Stars in a row mean one star; kept apart, thousands of them would cost time with every text.
  const pieces = text.split(/\*+/);
  return { text, pieces, minimumLength: pieces.reduce((sum, piece) => sum + piece.length, 0) };
}

/** Runs of units without any wildcard, in order: what every matching text contains. */
export function literalRuns(text: string): string[] {
  return text.split(/[*?]+/).filter((run) => run !== '');
}

export function matchesWildcard(pattern: WildcardPattern, text: string): boolean {
  const { pieces } = pattern;
  const first = pieces[0] as string;
  if (text.length < pattern.minimumLength) return false;
  if (pieces.length === 1) return text.length === first.length && fits(first, text, 0);
  if (!fits(first, text, 0)) return false;
  const last = pieces[pieces.length - 1] as string;
  const end = text.length - last.length;
  if (!fits(last, text, end)) return false;
  let position = first.length;
  for (let index = 1; index < pieces.length - 1; index += 1) {
    const piece = pieces[index] as string;
    while (position + piece.length <= end && !fits(piece, text, position)) position += 1;
    if (position + piece.length > end) return false;
    position += piece.length;
  }
  return true;
}

function fits(piece: string, text: string, position: number): boolean {
  for (let index = 0; index < piece.length; index += 1) {
    const unit = piece.charCodeAt(index);
    if (unit !== QUESTION && unit !== text.charCodeAt(position + index)) return false;
  }
  return true;
}
