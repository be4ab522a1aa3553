/** Answers in other words, for tests that nothing but the words depends on them. */

/** Members that hold words for a person. Programs read none of them. */
const WORDS: ReadonlySet<string> = new Set(['message', 'hint', 'found', 'title', 'explanation']);

const OTHER = 'Other words.';

/** The same with other words everywhere. */
export function reworded<T>(value: T): T {
  return mapWords(value, () => OTHER) as T;
}

/** The same without any words: what a program may read. */
export function wordless(value: unknown): unknown {
  return mapWords(value, () => undefined);
}

function mapWords(value: unknown, word: () => string | undefined): unknown {
  if (Array.isArray(value)) return value.map((item) => mapWords(item, word));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => [
      name,
      WORDS.has(name) && typeof member === 'string' ? word() : mapWords(member, word),
    ]),
  );
}
