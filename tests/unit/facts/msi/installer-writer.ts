/** Writes installer packages for tests, byte by byte, so that every field can be made wrong. */
import { encodeStreamName, tableStreamName } from '../../../../src/facts/msi/stream-name.ts';
import { type Layout, type StorageSpec, type StreamSpec, writeCompoundFile } from './compound-writer.ts';

export const INSTALLER_CLASS = '84100c0000000000c000000000000046';

type Cell = string | number | null;

export interface TableSpec {
  /** Name and type of each column, the type as in `_Columns`. */
  readonly columns: readonly (readonly [name: string, type: number])[];
  readonly rows: readonly (readonly Cell[])[];
}

/** Column types: key text, text, small and long integer, stream. */
export const COLUMN = { key: 0x2d48, text: 0x1f00, short: 0x0502, long: 0x1104, stream: 0x0900 } as const;

export interface InstallerSpec {
  readonly codePage?: number;
  readonly longReferences?: boolean;
  readonly properties?: Readonly<Record<string, string | Uint8Array>>;
  /** Cabinet column of the Media table. */
  readonly cabinets?: readonly (string | Uint8Array | null)[];
  /** Rows of the File table; absent: there is none. */
  readonly files?: readonly { readonly sequence: number; readonly attributes?: number }[];
  readonly summary?: Uint8Array;
  /** More streams and storages of the root. */
  readonly more?: readonly (StreamSpec | StorageSpec)[];
  readonly classId?: string;
  readonly version?: 3 | 4;
  /** Content of free sectors, and of free short ones. */
  readonly free?: Uint8Array;
  readonly freeShort?: Uint8Array;
  /** Changes the streams before they are laid out. */
  readonly change?: (streams: Map<string, Uint8Array>) => void;
}

export const PROPERTIES = {
  ProductName: 'Example Tool',
  Manufacturer: 'Example Ltd.',
  ProductVersion: '1.2.3',
  ProductCode: '{abcddcba-86c7-4d14-aec0-86416a69abde}',
  UpgradeCode: '{ABCDDCBA-7349-453F-94F6-BCB5110BA4FD}',
};

export function writeInstaller(spec: InstallerSpec = {}): { readonly bytes: Buffer; readonly layout: Layout } {
  const pool = new Pool(spec.codePage ?? 1252, spec.longReferences ?? false);
  const properties = Object.entries(spec.properties ?? PROPERTIES);
  const tables = new Map<string, { columns: TableSpec['columns']; rows: (readonly (Cell | Uint8Array)[])[] }>([
    [
      'Property',
      {
        columns: [
          ['Property', COLUMN.key],
          ['Value', COLUMN.text],
        ],
        rows: properties,
      },
    ],
    [
      'Media',
      {
        columns: [
          ['DiskId', COLUMN.short | 0x2000],
          ['LastSequence', COLUMN.long],
          ['DiskPrompt', COLUMN.text],
          ['Cabinet', COLUMN.text],
        ],
        rows: (spec.cabinets ?? ['#inside.cab']).map((cabinet, index) => [index + 1, index + 1, null, cabinet]),
      },
    ],
  ]);
  if (spec.files !== undefined) {
    tables.set('File', {
      columns: [
        ['File', COLUMN.key],
        ['Attributes', COLUMN.short | 0x1000],
        ['Sequence', COLUMN.long],
      ],
      rows: spec.files.map(({ sequence, attributes }, index) => [`file${index}`, attributes ?? null, sequence]),
    });
  }
  const streams = new Map<string, Uint8Array>();
  for (const [name, { columns, rows }] of tables) {
    if (rows.length > 0) streams.set(tableStreamName(name), tableBytes(columns, rows, pool));
  }
  const names = [...tables.keys()];
  const tableRows = names.map((name) => [name]);
  streams.set(tableStreamName('_Tables'), tableBytes([['Name', COLUMN.key]], tableRows, pool));
  const columnRows = names.flatMap((table) =>
    tables.get(table)!.columns.map(([name, type], index) => [table, index + 1, name, type]),
  );
  streams.set(
    tableStreamName('_Columns'),
    tableBytes(
      [
        ['Table', COLUMN.key],
        ['Number', COLUMN.short],
        ['Name', COLUMN.text],
        ['Type', COLUMN.short],
      ],
      columnRows,
      pool,
    ),
  );
  streams.set(tableStreamName('_StringData'), pool.data());
  streams.set(tableStreamName('_StringPool'), pool.lengths());
  streams.set('\u0005SummaryInformation', spec.summary ?? writeSummary());
  spec.change?.(streams);
  const children = [...streams].map(([name, bytes]) => ({ name, bytes }));
  return writeCompoundFile(
    { name: 'Root Entry', classId: spec.classId ?? INSTALLER_CLASS, children: [...children, ...(spec.more ?? [])] },
    {
      version: spec.version ?? 3,
      ...(spec.free === undefined ? {} : { free: spec.free }),
      ...(spec.freeShort === undefined ? {} : { freeShort: spec.freeShort }),
    },
  );
}

/** A stream that a column of type stream refers to, or a cabinet. */
export function innerStream(name: string, bytes: Uint8Array): StreamSpec {
  return { name: encodeStreamName(name), bytes };
}

export type SummaryValue = { readonly text: string } | { readonly short: number } | { readonly long: number } | bigint;

/** @param values by property identifier; a bigint is a FILETIME */
export function writeSummary(
  values: Readonly<Record<number, SummaryValue>> = {
    1: { short: 1252 },
    2: { text: 'Installation Database' },
    3: { text: 'Example Tool Setup' },
    4: { text: 'Example Ltd.' },
    7: { text: 'x64;1033' },
    12: 0x01dc5b0000000000n,
    14: { long: 200 },
  },
): Buffer {
  const ids = Object.keys(values).map(Number);
  const bodies = ids.map((id) => summaryValue(values[id]!));
  const head = Buffer.alloc(48);
  head.writeUInt16LE(0xfffe, 0);
  head.writeUInt32LE(1, 24);
  Buffer.from('e0859ff2f94f6810ab9108002b27b3d9', 'hex').copy(head, 28);
  head.writeUInt32LE(48, 44);
  const section = Buffer.alloc(8 + ids.length * 8);
  section.writeUInt32LE(section.length + bodies.reduce((sum, body) => sum + body.length, 0), 0);
  section.writeUInt32LE(ids.length, 4);
  let at = section.length;
  ids.forEach((id, index) => {
    section.writeUInt32LE(id, 8 + index * 8);
    section.writeUInt32LE(at, 12 + index * 8);
    at += bodies[index]!.length;
  });
  return Buffer.concat([head, section, ...bodies]);
}

function summaryValue(value: SummaryValue): Buffer {
  if (typeof value === 'bigint') {
    const bytes = Buffer.alloc(12);
    bytes.writeUInt32LE(64, 0);
    bytes.writeBigUInt64LE(value, 4);
    return bytes;
  }
  if ('text' in value) {
    const text = Buffer.from(`${value.text}\0`, 'latin1');
    const bytes = Buffer.alloc(8 + Math.ceil(text.length / 4) * 4);
    bytes.writeUInt32LE(30, 0);
    bytes.writeUInt32LE(text.length, 4);
    text.copy(bytes, 8);
    return bytes;
  }
  const bytes = Buffer.alloc(8);
  bytes.writeUInt32LE('short' in value ? 2 : 3, 0);
  if ('short' in value) bytes.writeUInt16LE(value.short & 0xffff, 4);
  else bytes.writeInt32LE(value.long, 4);
  return bytes;
}

class Pool {
  readonly #codePage: number;
  readonly referenceSize: 2 | 3;
  readonly #strings: Buffer[] = [];
  readonly #numbers = new Map<string, number>();

  constructor(codePage: number, longReferences: boolean) {
    this.#codePage = codePage;
    this.referenceSize = longReferences ? 3 : 2;
  }

  add(text: string | Uint8Array): number {
    const bytes = typeof text === 'string' ? Buffer.from(text, 'latin1') : Buffer.from(text);
    const key = bytes.toString('latin1');
    const known = this.#numbers.get(key);
    if (known !== undefined) return known;
    this.#strings.push(bytes);
    this.#numbers.set(key, this.#strings.length);
    return this.#strings.length;
  }

  data(): Buffer {
    return Buffer.concat(this.#strings);
  }

  lengths(): Buffer {
    const head = Buffer.alloc(4);
    head.writeUInt32LE(this.#codePage, 0);
    if (this.referenceSize === 3) head.writeUInt8(head.readUInt8(3) | 0x80, 3);
    const entries = this.#strings.map((text) => {
      const entry = Buffer.alloc(text.length > 0xffff ? 8 : 4);
      if (text.length > 0xffff) {
        entry.writeUInt16LE(1, 2);
        entry.writeUInt32LE(text.length, 4);
      } else {
        entry.writeUInt16LE(text.length, 0);
        entry.writeUInt16LE(1, 2);
      }
      return entry;
    });
    return Buffer.concat([head, ...entries]);
  }
}

function tableBytes(
  columns: TableSpec['columns'],
  rows: readonly (readonly (Cell | Uint8Array)[])[],
  pool: Pool,
): Buffer {
  const cells = columns.flatMap(([, type], column) => rows.map((row) => cellBytes(type, row[column] ?? null, pool)));
  return Buffer.concat(cells);
}

function cellBytes(type: number, value: Cell | Uint8Array, pool: Pool): Buffer {
  if ((type & 0x800) !== 0 && type !== COLUMN.stream) {
    const bytes = Buffer.alloc(pool.referenceSize);
    bytes.writeUIntLE(value === null ? 0 : pool.add(value as string | Uint8Array), 0, pool.referenceSize);
    return bytes;
  }
  const wide = (type & 0xff) === 4;
  const bytes = Buffer.alloc(wide ? 4 : 2);
  if (value === null) return bytes;
  if (wide) bytes.writeUInt32LE(((value as number) ^ 0x80000000) >>> 0);
  else bytes.writeUInt16LE((value as number) ^ 0x8000);
  return bytes;
}
