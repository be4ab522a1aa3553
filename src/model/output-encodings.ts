/**
 * How the text that a program writes is encoded, where it has no mark that says so: in the code page of a new console,
 * in UTF-8, or in UTF-16.
 */
export const OUTPUT_ENCODINGS = ['console', 'utf8', 'utf16'] as const;
export type OutputEncoding = (typeof OUTPUT_ENCODINGS)[number];
