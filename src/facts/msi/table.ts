/**
 * One table of an installer database: all cells of its first column, then of the second and so on. Undocumented; the
 * layout is what Wine's msi.dll and msitools read.
 */
import { MalformedContent } from '../malformed.ts';
import { viewOf } from './bytes.ts';

export interface Column {
  readonly name: string;
  readonly kind: 'string' | 'number';
  /** Bytes of a cell. */
  readonly width: 2 | 3 | 4;
}

/** Cells of columns. A column that is missing, or of the other kind, throws MalformedContent. */
export interface Table {
  readonly rowCount: number;
  /** Number of a string in the pool; 0: null. */
  reference(row: number, column: string): number;
  /** Undefined: null. */
  integer(row: number, column: string): number | undefined;
}

export const EMPTY_TABLE: Table = { rowCount: 0, reference: () => 0, integer: () => undefined };

/** @throws MalformedContent when its last row is not whole */
export function readTable(bytes: Uint8Array, columns: readonly Column[], place: string): Table {
  const rowWidth = columns.reduce((sum, column) => sum + column.width, 0);
  // Some tools fill the stream up to a multiple of four bytes.
  if (bytes.length % rowWidth > 3) throw new MalformedContent(place, 'Its last row is not whole.');
  const rowCount = Math.floor(bytes.length / rowWidth);
  const view = viewOf(bytes);
  const starts = new Map<string, Column & { start: number }>();
  let start = 0;
  for (const column of columns) {
    starts.set(column.name, { ...column, start });
    start += column.width * rowCount;
  }
  const columnOf = (name: string, kind: Column['kind']): Column & { start: number } => {
    const column = starts.get(name);
    if (column === undefined) throw new MalformedContent(place, 'A column is missing.');
    if (column.kind !== kind) throw new MalformedContent(place, 'A column has another type.');
    return column;
  };
  const stored = (row: number, { start: first, width }: Column & { start: number }): number => {
    const at = first + row * width;
    const low = view.getUint16(at, true);
    if (width === 3) return low + view.getUint8(at + 2) * 0x10000;
    return width === 4 ? view.getUint32(at, true) : low;
  };
  return {
    rowCount,
    reference: (row, name) => stored(row, columnOf(name, 'string')),
    integer(row, name) {
      const column = columnOf(name, 'number');
      const value = stored(row, column);
      // Stored with the sign bit turned, so that zero is no number.
      return value === 0 ? undefined : value - (column.width === 4 ? 0x80000000 : 0x8000);
    },
  };
}
