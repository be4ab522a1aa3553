/**
 * Programs that stand between a program of a tree and what it starts, and that run what they are told to, as a process of
 * the tree that is judged like any other: the console host of Windows, which a console program starts before its own first
 * instruction, and the launcher, which Windows starts in the place of a program that an automatic rule names.
 */
import type { FileFacts } from '../../model/file-facts.ts';
import type { MachineFolders } from '../../model/request.ts';
import { foldCase } from '../../text/compare.ts';

/** Whether a file is that of the machine, where nobody but administrators can change it. */
export function isConsoleHost(facts: FileFacts, { systemRoot }: Pick<MachineFolders, 'systemRoot'>): boolean {
  return facts.writableByUsers === false && foldCase(facts.path) === foldCase(`${systemRoot}\\System32\\conhost.exe`);
}

/** As {@link isConsoleHost}. @param launcher absolute path */
export function isLauncher(facts: FileFacts, launcher: string): boolean {
  return facts.writableByUsers === false && foldCase(facts.path) === foldCase(launcher);
}
