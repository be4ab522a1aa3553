/**
 * Finds which of many literal texts occur in one text, in one pass over it (Aho and Corasick, 1975). Patterns with
 * wildcards are filed under a literal run they contain, so a decision never tries every pattern.
 */
interface Node<T> {
  /** Almost every node has one child; a map is made for the second one. */
  unit: number;
  next: Node<T> | undefined;
  more: Map<number, Node<T>> | undefined;
  fail: Node<T> | undefined;
  value: T | undefined;
  /** Next node on the way of failures that has a value. */
  link: Node<T> | undefined;
}

export class LiteralRunIndex<T> {
  readonly #root: Node<T> = newNode();
  readonly isEmpty: boolean;

  /** @param values by literal run; runs are not empty and have the form of the texts to search */
  constructor(values: ReadonlyMap<string, T>) {
    this.isEmpty = values.size === 0;
    for (const [run, value] of values) this.#add(run, value);
    this.#connect();
  }

  /** Calls back for every run that occurs in `text`, once for each place where it ends. */
  search(text: string, found: (value: T) => void): void {
    if (this.isEmpty) return;
    let node = this.#root;
    for (let index = 0; index < text.length; index += 1) {
      node = this.#step(node, text.charCodeAt(index));
      for (let hit = node.value === undefined ? node.link : node; hit !== undefined; hit = hit.link)
        found(hit.value as T);
    }
  }

  #add(run: string, value: T): void {
    let node = this.#root;
    for (let index = 0; index < run.length; index += 1) {
      const unit = run.charCodeAt(index);
      let next = child(node, unit);
      if (next === undefined) {
        next = newNode();
        if (node.next === undefined) {
          node.unit = unit;
          node.next = next;
        } else {
          node.more ??= new Map();
          node.more.set(unit, next);
        }
      }
      node = next;
    }
    node.value = value;
  }

  /** Breadth first, so that the failure of a shorter text is known before that of a longer one. */
  #connect(): void {
    const queue: Node<T>[] = [this.#root];
    for (let head = 0; head < queue.length; head += 1) {
      const node = queue[head] as Node<T>;
      for (const [unit, next] of children(node)) {
        next.fail = node.fail === undefined ? this.#root : this.#step(node.fail, unit);
        next.link = next.fail.value === undefined ? next.fail.link : next.fail;
        queue.push(next);
      }
    }
  }

  #step(from: Node<T>, unit: number): Node<T> {
    for (let node: Node<T> | undefined = from; node !== undefined; node = node.fail) {
      const next = child(node, unit);
      if (next !== undefined) return next;
    }
    return this.#root;
  }
}

function newNode<T>(): Node<T> {
  return { unit: -1, next: undefined, more: undefined, fail: undefined, value: undefined, link: undefined };
}

function child<T>(node: Node<T>, unit: number): Node<T> | undefined {
  return node.unit === unit ? node.next : node.more?.get(unit);
}

function* children<T>(node: Node<T>): Iterable<readonly [number, Node<T>]> {
  if (node.next !== undefined) yield [node.unit, node.next];
  if (node.more !== undefined) yield* node.more;
}
