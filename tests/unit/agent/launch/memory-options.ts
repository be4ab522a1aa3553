/** The options of Windows in memory. */
import { foldCase } from '../../../../src/text/compare.ts';
import type {
  ImageOption,
  ImageOptions,
  OptionChange,
  OptionView,
} from '../../../../src/agent/launch/image-options.ts';

interface Values {
  debugger?: string | undefined;
  usesFilter?: boolean;
  hasOthers?: boolean;
  filters?: ImageOption['filters'];
}

export class MemoryOptions implements ImageOptions {
  readonly #keys = new Map<string, ImageOption>();
  readonly changes: OptionChange[] = [];
  /** The names that each reading asked for. */
  readonly reads: (readonly string[])[] = [];
  /** Throws in place of the change with this number, counted from 0. */
  failAt: number | undefined;

  put(name: string, values: Values, views: readonly OptionView[] = [64, 32]): void {
    for (const view of views) this.#set(this.#get(view, name), values);
  }

  names(): readonly string[] {
    return [...new Set([...this.#keys.values()].map(({ name }) => name))];
  }

  read(names: readonly string[]): readonly ImageOption[] {
    this.reads.push(names);
    const wanted = new Set(names.map(foldCase));
    return [...this.#keys.values()].filter(({ name }) => wanted.has(foldCase(name)));
  }

  all(): readonly ImageOption[] {
    return [...this.#keys.values()];
  }

  of(name: string, view: OptionView = 64): ImageOption | undefined {
    return this.#keys.get(this.#key(view, name));
  }

  apply(change: OptionChange): void {
    if (this.failAt === this.changes.length) throw new Error('The machine was switched off.');
    this.changes.push(change);
    const option = this.#get(change.view, change.name);
    const others = option.filters.filter(({ key }) => !('key' in change) || key !== change.key);
    switch (change.what) {
      case 'setDebugger':
        return this.#set(option, { debugger: change.value });
      case 'setUseFilter':
        return this.#set(option, { usesFilter: true });
      case 'setFilter': {
        const filter = { key: change.key, path: change.path, debugger: change.value, hasOthers: false };
        return this.#set(option, { filters: [...others, filter] });
      }
      case 'removeFilter':
        return this.#set(option, { filters: others });
      case 'removeDebugger':
        return void this.#keys.set(this.#key(option.view, option.name), { ...option, debugger: undefined });
      case 'removeUseFilter':
        return this.#set(option, { usesFilter: false });
      case 'removeEmpty':
        if (option.debugger === undefined && !option.usesFilter && !option.hasOthers && option.filters.length === 0)
          this.#keys.delete(this.#key(option.view, option.name));
    }
  }

  #key(view: OptionView, name: string): string {
    return `${view} ${foldCase(name)}`;
  }

  #get(view: OptionView, name: string): ImageOption {
    const empty = { view, name, debugger: undefined, hasOthers: false, usesFilter: false, filters: [] };
    return this.#keys.get(this.#key(view, name)) ?? empty;
  }

  #set(option: ImageOption, values: Values): void {
    this.#keys.set(this.#key(option.view, option.name), { ...option, ...values });
  }
}
