/** Keeps log lines within their retention and a budget of bytes, and notes what was deleted. */
import type { ClickHouseOptions } from '../connection.ts';
import type { ClickHouseQueryClient } from '../query-client.ts';
import { deleteRows } from '../relocation/delete-rows.ts';
import { readLosses } from './losses.ts';

export interface LineLimits {
  /** Epoch ms. */
  readonly nowMs: number;
  /** Lines are kept for as long after their receipt. */
  readonly keptMs: number;
  /** Null for the default, which depends on the disk of ClickHouse. */
  readonly budgetBytes: number | null;
}

/** Default of the budget: this, or a fifth of the disk if that is less. */
const USUAL_BYTES = 10 * 1_073_741_824;
const SHARE = 0.2;
/** What is deleted beyond the excess, so that the next lines do not exceed the budget again. */
const SLACK = 0.05;

type Options = Pick<ClickHouseOptions, 'cluster'>;

/** Applies both limits. @throws StoreError if the user may not alter tables */
export async function keepWithinLimits(
  client: ClickHouseQueryClient,
  options: Options,
  { nowMs, keptMs, budgetBytes }: LineLimits,
): Promise<void> {
  const { losses, hiddenMs } = await readLosses(client);
  // What was noted may not have been deleted before an interruption.
  const deletedMs = losses.find(({ reason }) => reason === 'budget')?.untilMs ?? null;
  if (deletedMs !== null) await dropUpTo(client, options, deletedMs);
  // Rows beyond their age are deleted by the TTL of their table.
  const oldMs = nowMs - keptMs - 1;
  const shownMs = oldMs > hiddenMs && (await note(client, 'age', hiddenMs, oldMs)) ? oldMs : hiddenMs;
  const untilMs = await beyondBudget(client, options, budgetBytes ?? (await usualBudget(client)), shownMs);
  if (untilMs === null) return;
  await note(client, 'budget', shownMs, untilMs);
  await dropUpTo(client, options, untilMs);
}

/** Notes that lines received after `afterMs` and up to `untilMs` are no longer shown. Returns false if there are none. */
async function note(
  client: ClickHouseQueryClient,
  reason: 'age' | 'budget',
  afterMs: number,
  untilMs: number,
): Promise<boolean> {
  const within = `received_ms > ${afterMs} AND received_ms <= ${untilMs}`;
  const [rows, chunks] = await Promise.all([
    client.one<{ lines: number; untilMs: number }>(
      `SELECT count() AS lines, max(received_ms) AS untilMs FROM log_line WHERE ${within}`,
    ),
    client.one<{ lines: number; untilMs: number }>(
      `SELECT sum(events) AS lines, max(received_ms) AS untilMs FROM raw_fact WHERE ${within}`,
    ),
  ]);
  const lines = (rows?.lines ?? 0) + (chunks?.lines ?? 0);
  if (lines === 0) return false;
  const until_ms = Math.max(rows?.untilMs ?? 0, chunks?.untilMs ?? 0);
  await client.insert('line_loss', [{ reason, until_ms, lines }]);
  return true;
}

const TABLES = ['log_line', 'raw_fact'] as const;

interface Partition {
  readonly table: (typeof TABLES)[number];
  readonly partition: string;
  readonly bytes: number;
}

/** The receipt up to which lines are to be deleted; null if all are within the budget. */
async function beyondBudget(
  client: ClickHouseQueryClient,
  options: Options,
  budgetBytes: number,
  afterMs: number,
): Promise<number | null> {
  const partitions = await partitionsOf(client, options);
  const excess = partitions.reduce((sum, { bytes }) => sum + bytes, 0) - budgetBytes;
  if (excess <= 0) return null;
  let left = excess + budgetBytes * SLACK;
  let untilMs: number | null = null;
  for (const { table, partition, bytes } of partitions) {
    const share = Math.min(1, left / bytes);
    const row = await client.one<{ ms: number; n: number }>(
      `SELECT if(count() = 0, 0, toInt64(ceil(ifNotFinite(quantileTDigest(${share})(received_ms), 0)))) AS ms, count() AS n FROM ${table}
       WHERE _partition_id = {partition:String} AND received_ms > ${afterMs}`,
      { partition },
    );
    if (row !== undefined && row.n > 0) untilMs = Math.max(untilMs ?? row.ms, row.ms);
    left -= bytes;
    if (left <= 0) break;
  }
  return untilMs;
}

/** Days of receipt of both tables, the oldest first, with what they take on the disk. */
function partitionsOf(client: ClickHouseQueryClient, { cluster }: Options): Promise<readonly Partition[]> {
  const parts = cluster === null ? 'system.parts' : `cluster('${cluster.replaceAll(/['\\]/g, '\\$&')}', system.parts)`;
  const names = TABLES.map((table) => `'${table}', '${table}_local'`).join(', ');
  return client.all<Partition>(
    `SELECT replaceRegexpOne(table, '_local$', '') AS table, partition_id AS partition, sum(bytes_on_disk) AS bytes FROM ${parts} AS p
     WHERE p.active AND p.database = currentDatabase() AND p.table IN (${names})
     GROUP BY table, partition ORDER BY partition, table`,
  );
}

/** Drops whole days of receipt, and rows of the last one. */
async function dropUpTo(client: ClickHouseQueryClient, options: Options, untilMs: number): Promise<void> {
  const days = await client.all<{ partition: string; newestMs: number }>(
    `SELECT _partition_id AS partition, max(received_ms) AS newestMs FROM log_line
     GROUP BY partition HAVING min(received_ms) <= ${untilMs} ORDER BY partition`,
  );
  for (const { partition, newestMs } of days) {
    if (newestMs <= untilMs) await dropDay(client, options, partition);
    else await deleteRows(client, options, 'log_line', `received_ms <= ${untilMs}`);
  }
  // Chunks arrive meanwhile, maybe in the same day.
  const old = await client.one<{ n: number }>(`SELECT count() AS n FROM raw_fact WHERE received_ms <= ${untilMs}`);
  if (old !== undefined && old.n > 0) await deleteRows(client, options, 'raw_fact', `received_ms <= ${untilMs}`);
}

function dropDay(client: ClickHouseQueryClient, { cluster }: Options, partition: string): Promise<void> {
  const own = cluster === null ? 'log_line' : `log_line_local ON CLUSTER '${cluster.replaceAll(/['\\]/g, '\\$&')}'`;
  return client.run(`ALTER TABLE ${own} DROP PARTITION ID '${partition}'`);
}

/** Ten gibibytes where the size of the disk is not known to the user. */
async function usualBudget(client: ClickHouseQueryClient): Promise<number> {
  const row = await client
    .one<{ bytes: number }>('SELECT toFloat64(sum(total_space)) AS bytes FROM system.disks')
    .catch(() => undefined);
  return row === undefined || row.bytes === 0 ? USUAL_BYTES : Math.min(USUAL_BYTES, row.bytes * SHARE);
}
