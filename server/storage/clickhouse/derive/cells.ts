/** Rollup cells, reckoned anew from the invocations they cover and replaced as a whole: nothing can count twice. */
import { RELATIVE_ERROR, ZERO_BIN } from '../../../analytics/sketch.ts';
import type { CountColumn, RollupTable } from '../../cell.ts';
import { COUNT_COLUMNS, LEVELS } from '../../cell.ts';
import type { Asking } from '../ask.ts';
import { NOW_MS } from '../ask.ts';
import { invocationRows } from '../invocation-rows.ts';

/** A cold start's time is counted in its bin above that of zeros, and its kind above that. */
export const KIND_STEP = 65_536;

const LOG_GAMMA = Math.log((1 + RELATIVE_ERROR) / (1 - RELATIVE_ERROR));
/** Buckets of one statement. */
const BUCKETS_AT_ONCE = 300;

/** The cells of these five minutes, and the hours and days they lie in. `buckets`: starts, epoch ms. */
export async function writeCells(ask: Asking, functionId: number, buckets: readonly number[]): Promise<void> {
  const [fine, ...wider] = LEVELS;
  await inParts(buckets, (part) => writeFinest(ask, functionId, part, fine));
  let below: Level = fine;
  let touched = buckets;
  for (const level of wider) {
    touched = [...new Set(touched.map((ms) => Math.floor(ms / level.widthMs) * level.widthMs))];
    const from = below;
    await inParts(touched, (part) => writeWider(ask, functionId, part, from, level));
    below = level;
  }
}

async function inParts(buckets: readonly number[], write: (part: readonly number[]) => Promise<void>): Promise<void> {
  const inOrder = buckets.toSorted((a, b) => a - b);
  for (let at = 0; at < inOrder.length; at += BUCKETS_AT_ONCE) await write(inOrder.slice(at, at + BUCKETS_AT_ONCE));
}

type Level = (typeof LEVELS)[number];

const MAPS = ['duration', 'cold_init', 'cold_total'] as const;
const KEY = 'function_id, bucket, version, memory_mb';
const COLUMNS = `${KEY}, ${COUNT_COLUMNS.join(', ')}, max_memory_mb, ${MAPS.join(', ')}, written`;
const SUMS = `${COUNT_COLUMNS.map((name) => `sum(${name})`).join(', ')}, max(max_memory_mb), ${MAPS.map((name) => `sumMap(${name})`).join(', ')}, ${NOW_MS}`;

/** A key that no invocation belongs to any more stays, with nothing in it. */
function kept(table: RollupTable): string {
  return `SELECT ${KEY}, ${COUNT_COLUMNS.map(() => 'toUInt64(0)').join(', ')}, CAST(NULL, 'Nullable(UInt32)'),
    ${MAPS.map(() => NO_BINS).join(', ')} FROM ${table}
    WHERE function_id = {functionId:UInt64} AND bucket IN {buckets:Array(Int64)} GROUP BY ${KEY}`;
}

const NO_BINS = "CAST(map(), 'Map(Int32, UInt64)')";

async function writeFinest(ask: Asking, functionId: number, buckets: readonly number[], level: Level): Promise<void> {
  const { table, widthMs } = level;
  const where = `function_id = {functionId:UInt64} AND end_ms >= {fromMs:Int64} AND end_ms < {toMs:Int64}
    AND intDiv(end_ms, ${widthMs}) * ${widthMs} IN {buckets:Array(Int64)}`;
  await ask.run(
    `INSERT INTO ${table} (${COLUMNS}) SELECT ${KEY}, ${SUMS} FROM (
       SELECT function_id, intDiv(end_ms, ${widthMs}) * ${widthMs} AS bucket, ifNull(series_version, '') AS version,
         ifNull(toInt32(row.memory_mb), -1) AS memory_mb,
         ${COUNT_COLUMNS.map((name) => `${CONTRIBUTIONS[name]} AS ${name}`).join(', ')}, row.max_memory_mb AS max_memory_mb,
         map(${binOf('duration_us')}, toUInt64(1)) AS duration,
         if(cold IS NULL OR wait_us = 0, ${NO_BINS}, map(${coldBinOf('wait_us')}, toUInt64(1))) AS cold_init,
         if(cold IS NULL, ${NO_BINS}, map(${coldBinOf('wait_us + duration_us')}, toUInt64(1))) AS cold_total
       FROM (SELECT *, ifNull(init_us, 0) + ifNull(restore_us, 0) AS wait_us FROM ${invocationRows(where)}) AS row
       UNION ALL ${kept(table)}
     ) GROUP BY ${KEY}`,
    { functionId, buckets, fromMs: buckets[0], toMs: (buckets.at(-1) ?? 0) + widthMs },
  );
}

async function writeWider(
  ask: Asking,
  functionId: number,
  buckets: readonly number[],
  from: Level,
  level: Level,
): Promise<void> {
  const { table, widthMs } = level;
  await ask.run(
    `INSERT INTO ${table} (${COLUMNS}) SELECT ${KEY}, ${SUMS} FROM (
       SELECT function_id, intDiv(cell.bucket, ${widthMs}) * ${widthMs} AS bucket, version, memory_mb,
         ${COUNT_COLUMNS.join(', ')}, max_memory_mb, ${MAPS.join(', ')}
       FROM ${from.table} AS cell FINAL WHERE function_id = {functionId:UInt64} AND cell.bucket >= {fromMs:Int64}
         AND cell.bucket < {toMs:Int64} AND intDiv(cell.bucket, ${widthMs}) * ${widthMs} IN {buckets:Array(Int64)}
       UNION ALL ${kept(table)}
     ) GROUP BY ${KEY}`,
    { functionId, buckets, fromMs: buckets[0], toMs: (buckets.at(-1) ?? 0) + widthMs },
  );
}

/** What one invocation adds to each count: cell.ts says the same of SQLite's rows. */
const CONTRIBUTIONS: Readonly<Record<CountColumn, string>> = {
  n: 'toUInt64(1)',
  with_start: 'toUInt64(run_ms IS NOT NULL)',
  timeouts: 'toUInt64(judged_status = 1)',
  errors: 'toUInt64(judged_status = 2)',
  ooms: 'toUInt64(judged_status = 3)',
  exits: 'toUInt64(judged_status = 4)',
  cold_on_demand: isCold(0),
  cold_provisioned: isCold(1),
  cold_snap_start: isCold(2),
  cold_suppressed: isCold(3),
  cold_managed_instance: isCold(4),
  user_felt: 'toUInt64(ifNull(cold IS NOT NULL AND user_felt = 1, 0))',
  billed_ms: 'toUInt64(ifNull(row.billed_ms, 0))',
  felt_init_us: 'toUInt64(if(ifNull(cold IS NOT NULL AND user_felt = 1, 0), wait_us, 0))',
  failed_billed_ms: 'toUInt64(if(judged_status = 0, 0, ifNull(row.billed_ms, 0)))',
};

function isCold(kind: number): string {
  return `toUInt64(ifNull(cold = ${kind}, 0))`;
}

/** As `Sketch.add` of the milliseconds. */
function binOf(us: string): string {
  return `if(${us} = 0, toInt32(${ZERO_BIN}), toInt32(ceil(log((${us}) / 1000) / ${LOG_GAMMA})))`;
}

function coldBinOf(us: string): string {
  return `toInt32(assumeNotNull(cold) * ${KIND_STEP} + (${binOf(us)} - (${ZERO_BIN})))`;
}
