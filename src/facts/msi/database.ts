/**
 * Tables of an installer database. A table is one stream; which columns there are say the tables `_Tables` and
 * `_Columns`. Undocumented; the layout is what Wine's msi.dll and msitools read.
 */
import type { ExternalFiles } from '../../model/file-facts.ts';
import { MalformedContent } from '../malformed.ts';
import type { CompoundFile } from './compound-file.ts';
import { MAX_STRING_DATA, MAX_STRING_POOL, StringPool } from './string-pool.ts';
import { tableStreamName } from './stream-name.ts';
import { EMPTY_TABLE, readTable, type Column, type Table } from './table.ts';

/** Bytes of a table that is read here. A `Property` table of a large package has some ten thousand. */
const MAX_TABLE = 1024 ** 2;
/** The same of the `File` table: some twenty bytes for each file, of which the largest packages have some hundred thousand. */
const MAX_FILE_TABLE = 32 * 1024 ** 2;
/** Rows of the `Media` table: its key is a positive number of 16 bits. */
const MAX_MEDIA = 32_767;
/** Cabinets beside a package that are named, and bytes of a name. The column takes 255. */
const NAMED_CABINETS = 64;
const CABINET_NAME = 255;
/** Steps of work for looking at a row. */
const ROW_STEPS = 16;
/** The same for a column of a table: its name may be long. */
const COLUMN_STEPS = 8192;
/** `File.Attributes`, Windows Installer reference "File Table": overrides of what the summary says of all files. */
const FILE = { nonCompressed: 0x2000, compressed: 0x4000 } as const;
/** Summary property Word Count: files are in cabinets; the package is an administrative image, which has none. */
const WORD_COUNT = { compressed: 2, administrative: 4 } as const;
/** Windows Installer allows 32 columns in a table; real ones have up to that. */
const MAX_COLUMNS = 32;

/** Bits of a column's type. */
const TYPE = { widthMask: 0xff, valid: 0x100, string: 0x800, nullable: 0x1000 } as const;

export class Database {
  readonly #file: CompoundFile;
  readonly #pool: StringPool;
  #tables = EMPTY_TABLE;
  #columns = EMPTY_TABLE;

  private constructor(file: CompoundFile, pool: StringPool) {
    this.#file = file;
    this.#pool = pool;
  }

  /** @throws MalformedContent when the file holds no database */
  static async open(file: CompoundFile): Promise<Database> {
    const pool = file.find(tableStreamName('_StringPool'));
    const data = file.find(tableStreamName('_StringData'));
    if (pool === undefined || data === undefined) {
      throw new MalformedContent('installer database', 'It has no strings, so it is no database.');
    }
    const strings = await StringPool.read(
      await file.read(pool, MAX_STRING_POOL, 'string pool'),
      await file.read(data, MAX_STRING_DATA, 'string data'),
      file.turns,
    );
    const database = new Database(file, strings);
    const text = { kind: 'string', width: strings.referenceSize } as const;
    const number = { kind: 'number', width: 2 } as const;
    const columns = [
      { name: 'Table', ...text },
      { name: 'Number', ...number },
      { name: 'Name', ...text },
      { name: 'Type', ...number },
    ];
    database.#tables = await database.#table('_Tables', [{ name: 'Name', ...text }], MAX_TABLE);
    database.#columns = await database.#table('_Columns', columns, MAX_TABLE);
    return database;
  }

  /**
   * Values of the `Property` table. Names are compared with case.
   * @throws MalformedContent also when a name is there twice: it is the key of the table
   */
  async properties<Name extends string>(names: readonly Name[]): Promise<ReadonlyMap<Name, string>> {
    const values = new Map<Name, string>();
    const table = await this.#declared('Property', MAX_TABLE);
    for (let row = 0; row < table.rowCount; row += 1) {
      const turn = this.#file.turns.take(ROW_STEPS);
      if (turn !== undefined) await turn;
      const key = table.reference(row, 'Property');
      const name = names.find((candidate) => this.#pool.equals(key, candidate));
      if (name === undefined) continue;
      if (values.has(name)) throw new MalformedContent('table Property', 'A property is in the table twice.');
      values.set(name, this.#pool.text(table.reference(row, 'Value')) ?? '');
    }
    return values;
  }

  /**
   * What of the payload lies beside the package: cabinets, and files that are in none.
   * @param wordCount of the summary information; undefined: it has none
   * @returns undefined: everything is inside
   */
  async externalFiles(wordCount: number | undefined): Promise<ExternalFiles | undefined> {
    const media = await this.#media();
    const uncompressed = await this.#hasUncompressedFile(media, wordCount ?? 0);
    const beside = new Set(media.flatMap(({ cabinet, isInside }) => (cabinet === 0 || isInside ? [] : [cabinet])));
    if (beside.size === 0 && !uncompressed) return undefined;
    const cabinets = [...beside].slice(0, NAMED_CABINETS).map((name) => this.#pool.beginning(name, CABINET_NAME));
    return { cabinets: [...new Set(cabinets)], cabinetCount: beside.size, uncompressed };
  }

  /** Rows of the `Media` table by the numbers of their files. Cabinets inside are written with `#` before. */
  async #media(): Promise<readonly Media[]> {
    const table = await this.#declared('Media', MAX_TABLE);
    if (table.rowCount > MAX_MEDIA) throw new MalformedContent('table Media', `It has more than ${MAX_MEDIA} rows.`);
    const media: Media[] = [];
    for (let row = 0; row < table.rowCount; row += 1) {
      const turn = this.#file.turns.take(ROW_STEPS * 8);
      if (turn !== undefined) await turn;
      const reference = table.reference(row, 'Cabinet');
      const cabinet = this.#pool.isEmpty(reference) ? 0 : reference;
      const lastSequence = table.integer(row, 'LastSequence') ?? 0;
      media.push({ lastSequence, cabinet, isInside: this.#pool.startsWith(reference, '#') });
    }
    return media;
  }

  /**
   * Whether a file is installed from its own file beside the package. Windows takes a file from the cabinet of the first
   * medium whose last number is not below the file's.
   */
  async #hasUncompressedFile(media: readonly Media[], wordCount: number): Promise<boolean> {
    const table = await this.#declared('File', MAX_FILE_TABLE);
    const areCompressed = (wordCount & WORD_COUNT.compressed) !== 0 && (wordCount & WORD_COUNT.administrative) === 0;
    const inCabinets = media.toSorted((a, b) => a.lastSequence - b.lastSequence);
    for (let row = 0; row < table.rowCount; row += 1) {
      const turn = this.#file.turns.take(ROW_STEPS * 2);
      if (turn !== undefined) await turn;
      const attributes = table.integer(row, 'Attributes') ?? 0;
      if ((attributes & FILE.nonCompressed) !== 0) return true;
      if (!areCompressed && (attributes & FILE.compressed) === 0) return true;
      if (cabinetOf(inCabinets, table.integer(row, 'Sequence') ?? 0) === 0) return true;
    }
    return false;
  }

  /** A table with the columns the database says it has; one that it does not have is empty. */
  async #declared(name: string, limit: number): Promise<Table> {
    const { place, columns: declared } = { place: `table ${name}`, columns: await this.#columnsOf(name) };
    if (!(await this.#exists(name))) return EMPTY_TABLE;
    if (declared.length === 0) throw new MalformedContent(place, 'The table has no columns.');
    return this.#table(name, declared, limit);
  }

  async #exists(name: string): Promise<boolean> {
    for (let row = 0; row < this.#tables.rowCount; row += 1) {
      const turn = this.#file.turns.take(ROW_STEPS);
      if (turn !== undefined) await turn;
      if (this.#pool.equals(this.#tables.reference(row, 'Name'), name)) return true;
    }
    return false;
  }

  async #columnsOf(table: string): Promise<Column[]> {
    const place = `columns of table ${table}`;
    const found: Column[] = [];
    const all = this.#columns;
    for (let row = 0; row < all.rowCount; row += 1) {
      const turn = this.#file.turns.take(ROW_STEPS);
      if (turn !== undefined) await turn;
      if (!this.#pool.equals(all.reference(row, 'Table'), table)) continue;
      const index = (all.integer(row, 'Number') ?? 0) - 1;
      if (index < 0 || index >= MAX_COLUMNS || found[index] !== undefined) {
        throw new MalformedContent(place, 'The number of a column is wrong.');
      }
      const name = this.#pool.text(all.reference(row, 'Name')) ?? '';
      await this.#file.turns.take(COLUMN_STEPS);
      if (found.some((column) => column.name === name)) throw new MalformedContent(place, 'A column is there twice.');
      found[index] = { name, ...this.#cellOf((all.integer(row, 'Type') ?? 0) & 0xffff, place) };
    }
    if (found.length !== Object.keys(found).length) throw new MalformedContent(place, 'A column is missing.');
    return found;
  }

  #cellOf(type: number, place: string): Pick<Column, 'kind' | 'width'> {
    // A stream: the cell only says that it is there.
    if ((type & ~TYPE.nullable) === (TYPE.string | TYPE.valid)) return { kind: 'number', width: 2 };
    if ((type & TYPE.string) !== 0) return { kind: 'string', width: this.#pool.referenceSize };
    const width = type & TYPE.widthMask;
    if (width <= 2) return { kind: 'number', width: 2 };
    if (width === 4) return { kind: 'number', width: 4 };
    throw new MalformedContent(place, 'The type of a column is not known.');
  }

  async #table(name: string, columns: readonly Column[], limit: number): Promise<Table> {
    const stream = this.#file.find(tableStreamName(name));
    // An empty table has no stream.
    if (stream === undefined) return EMPTY_TABLE;
    const bytes = await this.#file.read(stream, limit, `table ${name}`);
    return readTable(bytes, columns, `table ${name}`);
  }
}

interface Media {
  readonly lastSequence: number;
  /** Number of the name in the pool; 0: none, so that the files of the medium are in no cabinet. */
  readonly cabinet: number;
  readonly isInside: boolean;
}

/**
 * @param media in the order of their last numbers
 * @returns as {@link Media}; 0 also when no medium has the file
 */
function cabinetOf(media: readonly Media[], sequence: number): number {
  let [first, end] = [0, media.length];
  while (first < end) {
    const middle = (first + end) >>> 1;
    if ((media[middle]?.lastSequence ?? 0) < sequence) first = middle + 1;
    else end = middle;
  }
  return media[first]?.cabinet ?? 0;
}
