/**
 * Reads rollup rows in bulk. A value that crosses from SQLite into JavaScript costs several times what it costs to read, so
 * SQLite packs the rows of a function into one text of numbers and one blob of sketches.
 */
import type { RawBuilder } from 'kysely';
import { sql } from 'kysely';
import { COUNT_COLUMNS, READ_COLUMNS } from '../rollup/bucket.ts';
import type { Segment } from '../rollup/range.ts';
import type { Databases } from './databases.ts';
import { errorsUnknown } from './error-days.ts';
import { numberRows, readNumbers } from './number-rows.ts';
import type { Param } from './read-connection.ts';
import { byShape, telemetryStatement } from './read-connection.ts';
import type { RollupSelection, RollupShape, RollupValues } from './rollup-statements.ts';
import { rollupBuckets, shapeKey } from './rollup-statements.ts';

/** Sketches that are read with the rows. */
export type CellSketches = 'none' | 'duration' | 'cold' | 'both';

/** A rollup row. There is one object for all rows of a read: it changes with the next row. */
export interface RollupCell {
  readonly functionId: number;
  readonly seriesId: number;
  /** Start of the bucket, epoch ms. */
  readonly bucket: number;
  readonly maxMemoryMb: number | null;
  /** In the order of READ_COLUMNS. */
  readonly counts: Float64Array;
  /** Holds the encoded sketches: of Duration from `durationAt` to `coldAt`, of cold starts from there to `end`. */
  readonly sketches: Uint8Array;
  readonly durationAt: number;
  readonly coldAt: number;
  readonly end: number;
}

const NO_SKETCHES: Uint8Array = new Uint8Array(0);
/** Values of a row before its counts: bucket, series, memory (-1 for none), and the lengths of the sketches that are read. */
const HEAD_VALUES = { none: 3, duration: 4, cold: 4, both: 5 } as const;

/** Calls `visit` for each row of the selection in the segment: of a function in order of time. */
export function forEachCell(
  { telemetry }: Databases,
  { shape, values }: RollupSelection,
  { table, fromMs, toMs }: Segment,
  sketches: CellSketches,
  visit: (cell: RollupCell) => void,
): void {
  const counts = new Float64Array(READ_COLUMNS.length);
  const cell = {
    ...{ functionId: 0, seriesId: 0, bucket: 0, maxMemoryMb: null as number | null, counts },
    ...{ sketches: NO_SKETCHES, durationAt: 0, coldAt: 0, end: 0 },
  };
  const head = new Float64Array(HEAD_VALUES[sketches]);
  const statement = CELLS({ table, ...shape, sketches });
  for (const [functionId, rows, blob] of statement.iterate(telemetry, { ...values, fromMs, toMs })) {
    cell.functionId = functionId;
    cell.sketches = blob ?? NO_SKETCHES;
    cell.end = 0;
    // Every row ends with a bracket and a comma, the last one with two brackets.
    for (let at = 1; at < rows.length; at += 1) {
      at = readNumbers(rows, at + 1, head);
      at = readNumbers(rows, at, counts);
      cell.bucket = head[0] ?? 0;
      cell.seriesId = head[1] ?? 0;
      const memoryMb = head[2] ?? -1;
      cell.maxMemoryMb = memoryMb < 0 ? null : memoryMb;
      const length = head[3] ?? 0;
      cell.durationAt = cell.end;
      cell.coldAt = sketches === 'cold' ? cell.end : cell.end + length;
      cell.end = cell.end + length + (head[4] ?? 0);
      visit(cell);
    }
  }
}

type CellShape = RollupShape & { readonly sketches: CellSketches };

const CELLS = byShape(
  (shape: CellShape) =>
    telemetryStatement((db, param: Param<RollupValues>) => {
      const counts = COUNT_COLUMNS.map((name) => sql.ref(`cell.${name}`));
      const values = sql.join([...headOf(shape), ...counts, unknownOf(shape)]);
      return rollupBuckets(db, param, shape)
        .select('cell.function_id as functionId')
        .select(numberRows(values).as('rows'))
        .select(blobOf(shape).as('sketches'))
        .groupBy('cell.function_id');
    }).asTuples('functionId', 'rows', 'sketches'),
  (shape) => `${shapeKey(shape)} ${shape.sketches}`,
);

function headOf({ sketches }: CellShape): readonly RawBuilder<unknown>[] {
  const lengths = sketchColumns(sketches).map((column) => sql`length(${column})`);
  return [sql.ref('cell.bucket'), sql.ref('cell.series_id'), sql`ifnull(cell.max_memory_mb, -1)`, ...lengths];
}

function unknownOf({ errors }: CellShape): RawBuilder<unknown> {
  return errors === 'on no day' ? sql.ref('cell.n') : errorsUnknown('cell.function_id');
}

/** The sketches of all rows, one after the other. SQLite concatenates them as text; the cast makes bytes of it again. */
function blobOf({ sketches }: CellShape): RawBuilder<Uint8Array | null> {
  if (sketches === 'none') return sql<null>`NULL`;
  return sql<Uint8Array>`CAST(group_concat(${sql.join(sketchColumns(sketches), sql` || `)}, '') AS BLOB)`;
}

function sketchColumns(sketches: CellSketches): readonly RawBuilder<unknown>[] {
  const [duration, cold] = [sql.ref('cell.duration'), sql.ref('cell.cold')];
  return { none: [], duration: [duration], cold: [cold], both: [duration, cold] }[sketches];
}
