/** Counts stored invocations: from rollups, which have as many as there are rows, and from rows only where those do not reach. */
import { sql } from 'kysely';
import { DAY_MS } from '../../../ingest/records/time.ts';
import { DETAIL_DAY } from '../enums.ts';
import type { TimeRange } from '../ports.ts';
import type { RollupTable } from '../rollup/bucket.ts';
import { LEVELS } from '../rollup/bucket.ts';
import { cover } from '../rollup/range.ts';
import type { Databases } from './databases.ts';
import type { Param } from './read-connection.ts';
import { byShape, telemetryStatement } from './read-connection.ts';

type FunctionRange = TimeRange & { readonly functionId: number };

const ROWS = telemetryStatement((db, param: Param<FunctionRange>) =>
  db
    .selectFrom('invocation')
    .select(({ fn }) => fn.countAll<number>().as('n'))
    .where('function_id', '=', param('functionId'))
    .where('end_ms', '>=', param('fromMs'))
    .where('end_ms', '<', param('toMs')),
).asValues();

const CELLS = byShape((table: RollupTable) =>
  telemetryStatement((db, param: Param<FunctionRange>) =>
    db
      .selectFrom(table)
      .select(sql<number>`ifnull(sum(n), 0)`.as('n'))
      .where('function_id', '=', param('functionId'))
      .where('bucket', '>=', param('fromMs'))
      .where('bucket', '<', param('toMs')),
  ).asValues(),
);

/** The last day whose rows retention deleted or is deleting: its rollups remain, or only some of them. */
const LAST_EXPIRED = telemetryStatement((db, param: Param<{ functionId: number; fromDay: number; toDay: number }>) =>
  db
    .selectFrom('kept_day')
    .select('day')
    .where('kind', '=', 'function')
    .where('scope', '=', param('functionId'))
    .where('day', '>=', param('fromDay'))
    .where('day', '<=', param('toDay'))
    .where('dropped', 'in', [DETAIL_DAY.expired, DETAIL_DAY.expiring])
    .orderBy('day', 'desc')
    .limit(1),
).asValues();

/** Returns how many invocations of a function that end in the range are stored as rows. */
export function countInvocations({ telemetry }: Databases, { functionId, fromMs, toMs }: FunctionRange): number {
  const rowsIn = (range: TimeRange): number =>
    range.fromMs < range.toMs ? (ROWS.get(telemetry, { functionId, ...range }) ?? 0) : 0;
  const days = { fromDay: Math.floor(fromMs / DAY_MS), toDay: Math.floor(toMs / DAY_MS) };
  const expired = LAST_EXPIRED.get(telemetry, { functionId, ...days });
  const keptFromMs = expired === undefined ? fromMs : Math.max(fromMs, (expired + 1) * DAY_MS);
  const { widthMs } = LEVELS[0];
  const whole = {
    fromMs: Math.ceil(keptFromMs / widthMs) * widthMs,
    toMs: Math.floor(toMs / widthMs) * widthMs,
    widthMs,
  };
  if (whole.fromMs >= whole.toMs) return rowsIn({ fromMs, toMs });
  let n = rowsIn({ fromMs, toMs: whole.fromMs }) + rowsIn({ fromMs: whole.toMs, toMs });
  for (const { table, ...cells } of cover(whole)) n += CELLS(table).get(telemetry, { functionId, ...cells }) ?? 0;
  return n;
}
