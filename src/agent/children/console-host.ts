/**
 * The console host of Windows: a console program starts it to have a console, before its own first instruction. It runs
 * what it is told to, as a process of the tree that is judged like any other.
 */
import type { FileFacts } from '../../model/file-facts.ts';
import type { MachineFolders } from '../../model/request.ts';
import { foldCase } from '../../text/compare.ts';

/** Whether a file is that of the machine, where nobody but administrators can change it. */
export function isConsoleHost(facts: FileFacts, { systemRoot }: Pick<MachineFolders, 'systemRoot'>): boolean {
  return facts.writableByUsers === false && foldCase(facts.path) === foldCase(`${systemRoot}\\System32\\conhost.exe`);
}
