/** Bytes that come piece by piece as lines of text: what belongs to one character, or to one line end, may be cut apart. */

/** Makes text of bytes; what is left of a character waits for the rest of it. */
export interface StreamDecoder {
  decode(bytes: Uint8Array, more: { readonly stream: boolean }): string;
}

/** UTF-16 units of the longest line: a program that never ends a line must not fill the memory. */
export const MAX_LINE = 1024 * 1024;

/** The first bytes of a text in each encoding that says so itself ("byte order mark"), longest first. */
const MARKS: readonly (readonly [readonly number[], string])[] = [
  [[0xef, 0xbb, 0xbf], 'utf-8'],
  [[0xff, 0xfe], 'utf-16le'],
  [[0xfe, 0xff], 'utf-16be'],
];
const LONGEST_MARK = 3;

export class TextLines {
  readonly #unmarked: () => StreamDecoder;
  #decoder: StreamDecoder | undefined;
  /** The beginning, until it is known whether it is a mark. */
  #head: Uint8Array = new Uint8Array();
  #rest = '';
  /** The last character was a carriage return: a line feed that follows belongs to it. */
  #afterReturn = false;

  /** @param unmarked decodes a text that does not begin with a mark */
  constructor(unmarked: () => StreamDecoder) {
    this.#unmarked = unmarked;
  }

  /** @returns the lines that have ended, without their ends */
  add(bytes: Uint8Array): readonly string[] {
    return this.#split(this.#decode(bytes, true));
  }

  /** @returns what is left when nothing more comes */
  end(): readonly string[] {
    const lines = this.#split(this.#decode(new Uint8Array(), false));
    const rest = this.#rest;
    this.#rest = '';
    return rest === '' ? lines : [...lines, rest];
  }

  #decode(bytes: Uint8Array, stream: boolean): string {
    if (this.#decoder !== undefined) return this.#decoder.decode(bytes, { stream });
    this.#head = Buffer.concat([this.#head, bytes]);
    const mark = MARKS.find(([mark]) => mark.every((byte, index) => this.#head[index] === byte));
    // The beginning of a mark may be all that has come so far.
    const undecided = MARKS.some(([mark]) => this.#head.every((byte, index) => mark[index] === byte));
    if (mark === undefined && undecided && stream && this.#head.length < LONGEST_MARK) return '';
    this.#decoder = mark === undefined ? this.#unmarked() : new TextDecoder(mark[1]);
    const head = this.#head;
    this.#head = new Uint8Array();
    return this.#decoder.decode(head, { stream });
  }

  /** Ends of lines are CR LF, LF and CR, as PowerShell takes them of a program. */
  #split(decoded: string): readonly string[] {
    if (decoded === '') return [];
    const text = this.#rest + (this.#afterReturn && decoded.startsWith('\n') ? decoded.slice(1) : decoded);
    this.#afterReturn = decoded.endsWith('\r');
    const lines = text.split(/\r\n|\r|\n/);
    let rest = lines.pop() ?? '';
    for (; rest.length > MAX_LINE; rest = rest.slice(MAX_LINE)) lines.push(rest.slice(0, MAX_LINE));
    this.#rest = rest;
    return lines;
  }
}
