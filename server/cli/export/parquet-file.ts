/** Writes one Parquet file row group by row group. In a bundle of its own, which `export parquet` loads. */
import type { BasicType, ColumnSource } from 'hyparquet-writer';
import { fileWriter, ParquetWriter } from 'hyparquet-writer';
import type { ExportColumn } from './datasets.ts';

/** Rows in memory before they are written: some ten megabytes. */
const GROUP_ROWS = 20_000;

type Schema = ConstructorParameters<typeof ParquetWriter>[0]['schema'];

const ELEMENTS: Readonly<Record<ExportColumn['type'], Omit<Schema[number], 'name'>>> = {
  text: { type: 'BYTE_ARRAY', converted_type: 'UTF8', logical_type: { type: 'STRING' } },
  integer: { type: 'INT64' },
  number: { type: 'DOUBLE' },
  boolean: { type: 'BOOLEAN' },
  time: {
    type: 'INT64',
    converted_type: 'TIMESTAMP_MILLIS',
    logical_type: { type: 'TIMESTAMP', isAdjustedToUTC: true, unit: 'MILLIS' },
  },
};
const TYPES: Readonly<Record<ExportColumn['type'], BasicType>> = {
  text: 'STRING',
  integer: 'INT64',
  number: 'DOUBLE',
  boolean: 'BOOLEAN',
  time: 'TIMESTAMP',
};

export class ParquetFile {
  readonly #columns: readonly ExportColumn[];
  readonly #writer: ParquetWriter;
  #values: unknown[][];
  /** Number of rows so far. */
  rows = 0;

  /** Creates the file at `path`. `metadata`: texts that the file holds by their names. */
  constructor(path: string, columns: readonly ExportColumn[], metadata: Readonly<Record<string, string>>) {
    this.#columns = columns;
    this.#values = columns.map(() => []);
    this.#writer = new ParquetWriter({
      writer: fileWriter(path),
      schema: [
        { name: 'row', num_children: columns.length },
        ...columns.map(({ name, type }) => ({ name, repetition_type: 'OPTIONAL' as const, ...ELEMENTS[type] })),
      ],
      kvMetadata: Object.entries(metadata).map(([key, value]) => ({ key, value })),
      createdBy: `thermocline ${metadata['thermocline.version'] ?? ''}`.trim(),
    });
  }

  /** Adds a row. @throws RangeError if a value is not of the type of its column */
  add(row: Readonly<Record<string, unknown>>): void {
    for (const [at, column] of this.#columns.entries()) this.#values[at]?.push(cellOf(column, row[column.from]));
    this.rows += 1;
    if (this.rows % GROUP_ROWS === 0) this.#writeGroup();
  }

  /** Completes the file. */
  async finish(): Promise<void> {
    this.#writeGroup();
    await this.#writer.finish();
  }

  #writeGroup(): void {
    const columnData: ColumnSource[] = this.#columns.map(({ name, type }, at) => ({
      name,
      type: TYPES[type],
      data: this.#values[at] ?? [],
    }));
    this.#values = this.#columns.map(() => []);
    // It writes to a file, whose writer never returns a promise.
    void this.#writer.write({ columnData, rowGroupSize: GROUP_ROWS });
  }
}

function cellOf({ name, type }: ExportColumn, value: unknown): unknown {
  if (value === null || value === undefined) return null;
  if (type === 'text' && typeof value === 'string') return value;
  // An object, such as tags: as JSON.
  if (type === 'text' && typeof value === 'object') return JSON.stringify(value);
  if (type === 'boolean' && typeof value === 'boolean') return value;
  if (type === 'number' && typeof value === 'number') return value;
  if (type === 'integer' && typeof value === 'number' && Number.isSafeInteger(value)) return BigInt(value);
  if (type === 'time' && typeof value === 'string' && !Number.isNaN(Date.parse(value))) return new Date(value);
  throw new RangeError(`${name}: expected ${type} in the export, got ${JSON.stringify(value)?.slice(0, 100)}`);
}
