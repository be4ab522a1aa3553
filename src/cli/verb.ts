/** What a file of src/cli/verbs is: one verb that declares what it takes and runs. */
import type { Command } from 'commander';
import type { Io } from './io.ts';

/**
 * Puts the description, arguments, options and help of a verb on its command, and what it runs.
 * @param end takes the exit code of the verb; without a call it is 0
 */
export type DeclareVerb = (command: Command, io: Io, end: (code: number) => void) => void;

/** Loads the file of a verb: only what a command line needs is loaded. */
type LoadVerb = () => { readonly declare: DeclareVerb } | Promise<{ readonly declare: DeclareVerb }>;

/** The verbs of one level by name, in the order of the help; a verb with others below it has a list of them. */
export interface VerbList {
  readonly [name: string]: LoadVerb | { readonly load: LoadVerb; readonly below: VerbList };
}
