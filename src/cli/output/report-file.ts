/** A report in a file, which is there as a whole or not at all. */
import type { Row } from '../../audit/reports/report.ts';
import type { Io } from '../io.ts';
import type { RowWriter, Sink } from './report-writer.ts';
import { writeOutputs } from './write-file.ts';

/** Holds what another writer writes, and puts it into the file at the end. */
export class FileWriter implements RowWriter {
  readonly #io: Io;
  readonly #path: string;
  readonly #parts: Buffer[] = [];
  readonly #writer: RowWriter;

  constructor(io: Io, path: string, writerOf: (into: Sink) => RowWriter) {
    this.#io = io;
    this.#path = path;
    this.#writer = writerOf({ out: (text) => void this.#parts.push(Buffer.from(text)) });
  }

  row(table: string, row: Row): void {
    this.#writer.row(table, row);
  }

  /** @throws EpmError EPM_FILE_UNWRITABLE, EPM_REQUEST_CANCELLED */
  async end(): Promise<void> {
    await this.#writer.end();
    await writeOutputs(this.#io, [{ path: this.#path, content: Buffer.concat(this.#parts) }]);
  }
}
