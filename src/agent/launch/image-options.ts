/**
 * What Windows keeps about the start of programs by their file names ("Image File Execution Options"): a value `Debugger`
 * below the name has Windows start that program instead, with the whole command line. With `UseFilter` the values of a
 * subkey hold for the one path that its `FilterFullPath` says.
 */
import { createHash } from 'node:crypto';
import { foldCase } from '../../text/compare.ts';

/** The registry as 64-bit and as 32-bit programs see it; Windows 10 has one for both, older ones and Wine have two. */
export type OptionView = 64 | 32;
export const OPTION_VIEWS: readonly OptionView[] = [64, 32];

interface OptionValues {
  readonly debugger: string | undefined;
  /** There are values besides those that are named here. */
  readonly hasOthers: boolean;
}

export interface OptionFilter extends OptionValues {
  /** Of the subkey. */
  readonly key: string;
  readonly path: string | undefined;
}

/** What is there for one file name, in one view. */
export interface ImageOption extends OptionValues {
  readonly view: OptionView;
  readonly name: string;
  readonly usesFilter: boolean;
  readonly filters: readonly OptionFilter[];
}

export type OptionChange = { readonly view: OptionView; readonly name: string } & (
  | { readonly what: 'setDebugger'; readonly value: string }
  | { readonly what: 'setFilter'; readonly key: string; readonly path: string; readonly value: string }
  | { readonly what: 'removeFilter'; readonly key: string }
  | { readonly what: 'setUseFilter' | 'removeDebugger' | 'removeUseFilter' }
  /** The key itself, when nothing is left in it. */
  | { readonly what: 'removeEmpty' }
);

export interface ImageOptions {
  /** File names that there is something for, in either view. @throws EpmError EPM_WINDOWS_API */
  names(): readonly string[];
  /** What is there for some names. @throws EpmError EPM_WINDOWS_API */
  read(names: readonly string[]): readonly ImageOption[];
  /** @throws EpmError EPM_WINDOWS_API, EPM_NOT_ADMINISTRATOR */
  apply(change: OptionChange): void;
}

/** Programs whose start the launcher is to see. */
export interface WantedOption {
  /** File name, as it is to be written. */
  readonly name: string;
  /** Full paths; undefined: the programs of that name wherever they are. */
  readonly paths: readonly string[] | undefined;
}

/** Why the launcher does not see every start that it should. */
export type TakenReason =
  /** Something else has the place. */
  | 'foreignDebugger'
  /** Something else has filters for some paths, which come first there. */
  | 'foreignFilter';

interface OptionPlan {
  readonly changes: readonly OptionChange[];
  readonly taken: readonly { readonly name: string; readonly reason: TakenReason }[];
}

/** Windows reads a value of at most MAX_PATH characters, its end included. */
export const MAX_DEBUGGER = 259;

/** @param launcher absolute path of epmlaunch.exe */
export function debuggerValue(launcher: string, name: string): string {
  return `"${launcher}" --image "${name}"`;
}

const OURS = /^"[A-Za-z]:\\[^"]*\\epmlaunch\.exe" --image "([^"]+)"$/i;

/** Whether a value is one that EPM writes, of this installation or of one in another folder. */
export function isOurs(value: string | undefined, name: string): boolean {
  const found = value === undefined ? undefined : OURS.exec(value)?.[1];
  return found !== undefined && foldCase(found) === foldCase(name);
}

/**
 * What is to be changed so that the launcher sees the starts that are wanted and no others. What is not EPM's own stays as
 * it is. Any of the changes may be the last one: the launcher serves every state between.
 * @param found all that is there
 * @param wanted by folded name
 */
export function planOptions(
  found: readonly ImageOption[],
  wanted: ReadonlyMap<string, WantedOption>,
  launcher: string,
): OptionPlan {
  const changes: OptionChange[] = [];
  const taken = new Map<string, TakenReason>();
  for (const view of OPTION_VIEWS) {
    const there = new Map(found.filter((each) => each.view === view).map((each) => [foldCase(each.name), each]));
    for (const folded of new Set([...there.keys(), ...wanted.keys()])) {
      const want = wanted.get(folded);
      const name = want?.name ?? there.get(folded)?.name ?? '';
      const option = there.get(folded) ?? emptyOption(view, name);
      const reason = want && whyTaken(option);
      if (want !== undefined && reason !== undefined) taken.set(want.name, reason);
      const state = reason === 'foreignDebugger' ? undefined : want && wantedState(option, want, launcher);
      changes.push(...changesOf(option, state));
    }
  }
  return { changes, taken: [...taken].map(([name, reason]) => ({ name, reason })) };
}

/**
 * What an agent has left that was ended, or an installation in another folder.
 * @param launcher of the agent that runs; undefined: none runs
 */
export function strayOptions(found: readonly ImageOption[], launcher: string | undefined): readonly OptionChange[] {
  const stray = found.filter(({ name, ...option }) =>
    [option.debugger, ...option.filters.map((filter) => filter.debugger)].some(
      (value) => isOurs(value, name) && (launcher === undefined || value !== debuggerValue(launcher, name)),
    ),
  );
  return planOptions(stray, new Map(), '').changes;
}

function emptyOption(view: OptionView, name: string): ImageOption {
  return { view, name, debugger: undefined, hasOthers: false, usesFilter: false, filters: [] };
}

function whyTaken(option: ImageOption): TakenReason | undefined {
  if (option.debugger !== undefined && !isOurs(option.debugger, option.name)) return 'foreignDebugger';
  return option.usesFilter && foreignFilters(option).length > 0 ? 'foreignFilter' : undefined;
}

function foreignFilters({ name, filters }: ImageOption): readonly OptionFilter[] {
  return filters.filter((filter) => !isOurFilter(filter, name));
}

/** A subkey that was being written has its name already, and perhaps not its values. */
function isOurFilter(filter: OptionFilter, name: string): boolean {
  const isUnfinished = OUR_KEY.test(filter.key) && filter.debugger === undefined && !filter.hasOthers;
  return isUnfinished || isOurs(filter.debugger, name);
}

const OUR_KEY = /^EPM-[0-9a-f]{16}$/;

function filterKey(path: string): string {
  return `EPM-${createHash('sha256').update(foldCase(path)).digest('hex').slice(0, 16)}`;
}

interface WantedState {
  readonly value: string;
  /** By the key; undefined: no filter, but the name. */
  readonly filters: ReadonlyMap<string, string> | undefined;
}

function wantedState(option: ImageOption, { name, paths }: WantedOption, launcher: string): WantedState {
  const value = debuggerValue(launcher, name);
  // For a path with a subkey of its own Windows takes no other value of the name any more, such as the exploit protection
  // that somebody set for it.
  const mayFilter = !option.hasOthers && foreignFilters(option).length === 0;
  if (paths === undefined || !mayFilter) return { value, filters: undefined };
  return { value, filters: new Map(paths.map((path) => [filterKey(path), path])) };
}

/** New values come before old ones go. */
function changesOf(option: ImageOption, wanted: WantedState | undefined): OptionChange[] {
  const { view, name } = option;
  const at = { view, name };
  const changes: OptionChange[] = [];
  const own = option.filters.filter((filter) => isOurFilter(filter, name));
  const hasOwn = isOurs(option.debugger, name);
  for (const [key, path] of wanted?.filters ?? []) {
    const there = own.find((filter) => filter.key === key);
    if (there?.path === path && there.debugger === wanted?.value) continue;
    changes.push({ ...at, what: 'setFilter', key, path, value: wanted?.value ?? '' });
  }
  if (wanted?.filters !== undefined && !option.usesFilter) changes.push({ ...at, what: 'setUseFilter' });
  const isByName = wanted !== undefined && wanted.filters === undefined;
  if (isByName && option.debugger !== wanted.value) changes.push({ ...at, what: 'setDebugger', value: wanted.value });
  if (!isByName && hasOwn) changes.push({ ...at, what: 'removeDebugger' });
  // Before the filters: they tell the next agent that it is EPM's own.
  const wasFiltered = option.usesFilter && own.length > 0 && foreignFilters(option).length === 0;
  if (wasFiltered && wanted?.filters === undefined) changes.push({ ...at, what: 'removeUseFilter' });
  const gone = own.filter(({ key }) => wanted?.filters?.has(key) !== true);
  for (const { key } of gone) changes.push({ ...at, what: 'removeFilter', key });
  if (wanted === undefined && changes.length > 0 && !option.hasOthers) changes.push({ ...at, what: 'removeEmpty' });
  return changes;
}
