/**
 * Tables of an installer database. A table is one stream: all cells of its first column, then of the second and so on.
 * Which columns there are say the tables `_Tables` and `_Columns`. Undocumented; the layout is what Wine's msi.dll and
 * msitools read.
 */
import { MalformedContent } from '../malformed.ts';
import { viewOf } from './bytes.ts';
import type { CompoundFile } from './compound-file.ts';
import { MAX_STRING_DATA, MAX_STRING_POOL, StringPool } from './string-pool.ts';
import { tableStreamName } from './stream-name.ts';

/** Bytes of a table that is read here. A `Property` table of a large package has some ten thousand. */
const MAX_TABLE = 1024 ** 2;
/** Windows Installer allows 32 columns in a table; real ones have up to that. */
const MAX_COLUMNS = 32;

interface Column {
  readonly name: string;
  readonly kind: 'string' | 'number';
  /** Bytes of a cell. */
  readonly width: 2 | 3 | 4;
}

/** A cell: the number of a string in the pool, or an integer as stored. */
interface Table {
  readonly rowCount: number;
  cell(row: number, column: string): number;
}

/** Bits of a column's type. */
const TYPE = { widthMask: 0xff, valid: 0x100, string: 0x800, nullable: 0x1000 } as const;
/** Small integers are stored with their sign bit turned. */
const SIGN_BIT = 0x8000;

export class Database {
  readonly #file: CompoundFile;
  readonly #pool: StringPool;
  #tables: Table | undefined;
  #columns: Table | undefined;

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
    const strings = new StringPool(
      await file.read(pool, MAX_STRING_POOL, 'string pool'),
      await file.read(data, MAX_STRING_DATA, 'string data'),
    );
    const database = new Database(file, strings);
    const text = { kind: 'string', width: strings.referenceSize } as const;
    const number = { kind: 'number', width: 2 } as const;
    database.#tables = await database.#table('_Tables', [{ name: 'Name', ...text }]);
    database.#columns = await database.#table('_Columns', [
      { name: 'Table', ...text },
      { name: 'Number', ...number },
      { name: 'Name', ...text },
      { name: 'Type', ...number },
    ]);
    return database;
  }

  /**
   * Values of the `Property` table. Names are compared with case.
   * @throws MalformedContent also when a name is there twice: it is the key of the table
   */
  async properties<Name extends string>(names: readonly Name[]): Promise<ReadonlyMap<Name, string>> {
    const values = new Map<Name, string>();
    const table = await this.#declared('Property');
    for (let row = 0; row < table.rowCount; row += 1) {
      const key = table.cell(row, 'Property');
      const name = names.find((candidate) => this.#pool.equals(key, candidate));
      if (name === undefined) continue;
      if (values.has(name)) throw new MalformedContent('table Property', 'A property is in the table twice.');
      values.set(name, this.#pool.text(table.cell(row, 'Value')) ?? '');
    }
    return values;
  }

  /** Cabinets of the `Media` table that are files beside the package: those inside are written with `#` before. */
  async externalCabinets(): Promise<string[]> {
    const table = await this.#declared('Media');
    const cabinets = new Set<string>();
    for (let row = 0; row < table.rowCount; row += 1) {
      const name = this.#pool.text(table.cell(row, 'Cabinet')) ?? '';
      if (name !== '' && !name.startsWith('#')) cabinets.add(name);
    }
    return [...cabinets];
  }

  /** A table with the columns the database says it has; one that it does not have is empty. */
  async #declared(name: string): Promise<Table> {
    const { place, columns: declared } = { place: `table ${name}`, columns: this.#columnsOf(name) };
    const exists = rows(this.#tables).some((row) => this.#pool.equals(this.#tables?.cell(row, 'Name') ?? 0, name));
    if (!exists) return { rowCount: 0, cell: () => 0 };
    if (declared.length === 0) throw new MalformedContent(place, 'The table has no columns.');
    return this.#table(name, declared);
  }

  #columnsOf(table: string): Column[] {
    const place = `columns of table ${table}`;
    const found: Column[] = [];
    const all = this.#columns;
    for (const row of rows(all)) {
      if (all === undefined || !this.#pool.equals(all.cell(row, 'Table'), table)) continue;
      const index = (all.cell(row, 'Number') ^ SIGN_BIT) - 1;
      if (index < 0 || index >= MAX_COLUMNS || found[index] !== undefined) {
        throw new MalformedContent(place, 'The number of a column is wrong.');
      }
      const name = this.#pool.text(all.cell(row, 'Name')) ?? '';
      if (found.some((column) => column.name === name)) throw new MalformedContent(place, 'A column is there twice.');
      found[index] = { name, ...this.#cellOf(all.cell(row, 'Type') ^ SIGN_BIT, place) };
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

  async #table(name: string, columns: readonly Column[]): Promise<Table> {
    const stream = this.#file.find(tableStreamName(name));
    // An empty table has no stream.
    if (stream === undefined) return { rowCount: 0, cell: () => 0 };
    const bytes = await this.#file.read(stream, MAX_TABLE, `table ${name}`);
    return readTable(bytes, columns, `table ${name}`);
  }
}

function rows(table: Table | undefined): number[] {
  return Array.from({ length: table?.rowCount ?? 0 }, (_, row) => row);
}

function readTable(bytes: Uint8Array, columns: readonly Column[], place: string): Table {
  const rowWidth = columns.reduce((sum, column) => sum + column.width, 0);
  // Some tools fill the stream up to a multiple of four bytes.
  if (bytes.length % rowWidth > 3) throw new MalformedContent(place, 'Its last row is not whole.');
  const rowCount = Math.floor(bytes.length / rowWidth);
  const view = viewOf(bytes);
  const starts = new Map<string, { start: number; width: number }>();
  let start = 0;
  for (const { name, width } of columns) {
    starts.set(name, { start, width });
    start += width * rowCount;
  }
  return {
    rowCount,
    cell(row, name) {
      const column = starts.get(name);
      if (column === undefined) throw new MalformedContent(place, 'A column is missing.');
      const at = column.start + row * column.width;
      const low = view.getUint16(at, true);
      if (column.width === 3) return low + view.getUint8(at + 2) * 0x10000;
      return column.width === 4 ? view.getUint32(at, true) : low;
    },
  };
}
