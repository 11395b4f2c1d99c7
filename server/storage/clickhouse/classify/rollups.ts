/** Recomputes rollup buckets from their invocations and replaces them as a whole, so that nothing counts twice. */
import { RELATIVE_ERROR, ZERO_BIN } from '../../../analytics/sketch/sketch.ts';
import { STATUS } from '../../enums.ts';
import type { CountColumn, RollupTable } from '../../rollup/bucket.ts';
import { COUNT_COLUMNS, LEVELS } from '../../rollup/bucket.ts';
import { invocationRows } from '../insert/invocation-rows.ts';
import type { ClickHouseQueryClient } from '../query-client.ts';
import { NOW_MS } from '../query-client.ts';

/** Encodes kind and bin of a cold start's time in one number. */
export const KIND_STEP = 65_536;

const LOG_GAMMA = Math.log((1 + RELATIVE_ERROR) / (1 - RELATIVE_ERROR));
/** Buckets per statement. */
const KEYS_AT_ONCE = 4000;

/** A five-minute bucket: function id and start, epoch ms. */
export type BucketKey = readonly [functionId: number, bucket: number];

/**
 * Writes the given five-minute buckets, and the hours and days that contain them. Retention may have deleted rows
 * before `expiredMs`: an older bucket is kept as it is if recomputing it would lower its counts.
 */
export async function writeBuckets(
  client: ClickHouseQueryClient,
  keys: readonly BucketKey[],
  expiredMs: number,
): Promise<void> {
  const [fine, ...wider] = LEVELS;
  await inParts(keys, (part) => writeFinest(client, part, fine, expiredMs));
  let below: Level = fine;
  let touched = keys;
  for (const level of wider) {
    touched = widened(touched, level.widthMs);
    const from = below;
    await inParts(touched, (part) => writeWider(client, part, from, level, expiredMs));
    below = level;
  }
}

function widened(keys: readonly BucketKey[], widthMs: number): readonly BucketKey[] {
  const found = new Map<string, BucketKey>();
  for (const [functionId, ms] of keys) {
    const bucket = Math.floor(ms / widthMs) * widthMs;
    found.set(`${functionId}/${bucket}`, [functionId, bucket]);
  }
  return [...found.values()];
}

async function inParts(
  keys: readonly BucketKey[],
  write: (part: readonly BucketKey[]) => Promise<void>,
): Promise<void> {
  const inOrder = keys.toSorted(([a, from], [b, to]) => a - b || from - to);
  for (let at = 0; at < inOrder.length; at += KEYS_AT_ONCE) await write(inOrder.slice(at, at + KEYS_AT_ONCE));
}

/**
 * Returns a condition for rows whose `start` (SQL) is in one of the buckets. It contains numbers only, so nothing needs
 * binding.
 */
function within(keys: readonly BucketKey[], widthMs: number, column: string): string {
  const starts = keys.map(([, bucket]) => bucket);
  const ids = [...new Set(keys.map(([functionId]) => functionId))];
  const first = starts.reduce((least, ms) => Math.min(least, ms));
  const last = starts.reduce((most, ms) => Math.max(most, ms));
  return `function_id IN (${ids.join(',')}) AND ${column} >= ${first} AND ${column} < ${last + widthMs}
    AND (function_id, intDiv(${column}, ${widthMs}) * ${widthMs}) IN (${keys.map((key) => `(${key.join(',')})`).join(',')})`;
}

type Level = (typeof LEVELS)[number];

const MAPS = ['duration', 'cold_init', 'cold_total'] as const;
const KEY = 'function_id, bucket, version, memory_mb';
const COLUMNS = `${KEY}, ${COUNT_COLUMNS.join(', ')}, max_memory_mb, ${MAPS.join(', ')}, written`;
const SUMS = `${COUNT_COLUMNS.map((name) => `sum(${name})`).join(', ')}, max(max_memory_mb), ${MAPS.map((name) => `sumMap(${name})`).join(', ')}, ${NOW_MS}`;

/** Keeps buckets that have no invocations any more, as rows of zeros. */
function kept(table: RollupTable, keys: readonly BucketKey[], widthMs: number): string {
  return `SELECT ${KEY}, ${COUNT_COLUMNS.map(() => 'toUInt64(0)').join(', ')}, CAST(NULL, 'Nullable(UInt32)'),
    ${MAPS.map(() => NO_BINS).join(', ')}, max(n) AS had FROM ${table}
    WHERE ${within(keys, widthMs, 'bucket')} GROUP BY ${KEY}`;
}

const NO_BINS = "CAST(map(), 'Map(Int32, UInt64)')";

async function writeFinest(
  client: ClickHouseQueryClient,
  keys: readonly BucketKey[],
  level: Level,
  expiredMs: number,
): Promise<void> {
  const { table, widthMs } = level;
  const where = within(keys, widthMs, 'end_ms');
  await client.run(
    `INSERT INTO ${table} (${COLUMNS}) SELECT ${KEY}, ${SUMS} FROM (
       SELECT function_id, intDiv(end_ms, ${widthMs}) * ${widthMs} AS bucket, ifNull(series_version, '') AS version,
         ifNull(toInt32(row.memory_mb), -1) AS memory_mb,
         ${COUNT_COLUMNS.map((name) => `${CONTRIBUTIONS[name]} AS ${name}`).join(', ')}, row.max_memory_mb AS max_memory_mb,
         map(${binOf('duration_us')}, toUInt64(1)) AS duration,
         if(cold IS NULL OR wait_us = 0, ${NO_BINS}, map(${coldBinOf('wait_us')}, toUInt64(1))) AS cold_init,
         if(cold IS NULL, ${NO_BINS}, map(${coldBinOf('before_us + duration_us')}, toUInt64(1))) AS cold_total, toUInt64(0) AS had
       FROM (SELECT *, ifNull(init_us, 0) + ifNull(restore_us, 0) AS before_us, before_us + ifNull(hidden_init_us, 0) AS wait_us FROM ${invocationRows(where)}) AS row
       UNION ALL ${kept(table, keys, widthMs)}
     ) GROUP BY ${KEY} HAVING bucket >= ${Math.floor(expiredMs)} OR sum(n) >= max(had)`,
  );
}

async function writeWider(
  client: ClickHouseQueryClient,
  keys: readonly BucketKey[],
  from: Level,
  level: Level,
  expiredMs: number,
): Promise<void> {
  const { table, widthMs } = level;
  await client.run(
    `INSERT INTO ${table} (${COLUMNS}) SELECT ${KEY}, ${SUMS} FROM (
       SELECT function_id, intDiv(cell.bucket, ${widthMs}) * ${widthMs} AS bucket, version, memory_mb,
         ${COUNT_COLUMNS.join(', ')}, max_memory_mb, ${MAPS.join(', ')}, toUInt64(0) AS had
       FROM ${from.table} AS cell FINAL WHERE ${within(keys, widthMs, 'cell.bucket')}
       UNION ALL ${kept(table, keys, widthMs)}
     ) GROUP BY ${KEY} HAVING bucket >= ${Math.floor(expiredMs)} OR sum(n) >= max(had)`,
  );
}

/** Contribution of one invocation to each count, as SQL; rollup/bucket.ts does the same for SQLite. */
const CONTRIBUTIONS: Readonly<Record<CountColumn, string>> = {
  n: 'toUInt64(1)',
  with_start: 'toUInt64(run_ms IS NOT NULL)',
  timeouts: `toUInt64(judged_status = ${STATUS.timeout})`,
  errors: `toUInt64(judged_status = ${STATUS.error})`,
  ooms: `toUInt64(judged_status = ${STATUS.oom})`,
  exits: `toUInt64(judged_status = ${STATUS.exit})`,
  cold_on_demand: isCold(0),
  cold_provisioned: isCold(1),
  cold_snap_start: isCold(2),
  cold_suppressed: isCold(3),
  cold_managed_instance: isCold(4),
  user_felt: 'toUInt64(ifNull(cold IS NOT NULL AND user_felt = 1, 0))',
  billed_ms: 'toUInt64(ifNull(row.billed_ms, 0))',
  felt_init_us: 'toUInt64(if(ifNull(cold IS NOT NULL AND user_felt = 1, 0), wait_us, 0))',
  failed_billed_ms: `toUInt64(if(judged_status = ${STATUS.success}, 0, ifNull(row.billed_ms, 0)))`,
  unplaced: 'toUInt64(environment_id = 0)',
  unplaced_cold: 'toUInt64(environment_id = 0 AND cold IS NOT NULL)',
};

function isCold(kind: number): string {
  return `toUInt64(ifNull(cold = ${kind}, 0))`;
}

/** Same bin as `Sketch.add` of the milliseconds. */
function binOf(us: string): string {
  return `if(${us} = 0, toInt32(${ZERO_BIN}), toInt32(ceil(log((${us}) / 1000) / ${LOG_GAMMA})))`;
}

function coldBinOf(us: string): string {
  return `toInt32(assumeNotNull(cold) * ${KIND_STEP} + (${binOf(us)} - (${ZERO_BIN})))`;
}
