/**
 * Rejects events of days whose raw events retention has deleted, with a reason, as SQLite does. The rollups of these days are
 * kept and cannot be recomputed, so such events would be stored, never shown, and deleted again.
 */
import type { Batch } from '../../../../ingest/records/batch.ts';
import type { DeadLetter } from '../../../../ingest/records/dead-letter.ts';
import { COLUMN, COLUMNS } from '../../../../ingest/records/invocation-columns.ts';
import type { TelemetryEntry } from '../../../../ingest/records/telemetry-entry.ts';
import { DAY_MS, iso } from '../../../../ingest/records/time.ts';
import { expiredLetter } from '../../expired-days.ts';
import { selectRows } from '../../select-rows.ts';
import { idsOf } from '../hash-ids.ts';
import type { ClickHouseQueryClient } from '../query-client.ts';
import { expiredMetrics } from './expired-metrics.ts';

export interface CheckedBatch {
  /** The part of the batch that can be stored, with dead letters for the rest. */
  readonly batch: Batch;
  /** Number of events left out. */
  readonly expired: number;
}

/** `detailMs`: how long single events are kept. @throws StoreError */
export async function withoutExpired(
  client: ClickHouseQueryClient,
  batch: Batch,
  { nowMs, detailMs }: { readonly nowMs: number; readonly detailMs: number },
): Promise<CheckedBatch> {
  // Days that ended before this time may have been deleted; younger ones never are.
  const endMs = nowMs - Math.ceil(detailMs / DAY_MS) * DAY_MS;
  const old = oldDays(batch, endMs);
  const expired = old.size === 0 ? old : await deletedDays(client, batch, old);
  const isExpiredMetric = await expiredMetrics(client, batch.records, nowMs);
  const count = new Map<string, { readonly letter: (n: number) => DeadLetter; n: number }>();
  const note = (key: string, letter: (n: number) => DeadLetter, n: number): void => {
    const found = count.get(key) ?? { letter, n: 0 };
    found.n += n;
    count.set(key, found);
  };
  /** Returns whether an event of a stream can be stored; counts it as expired if not. */
  const takes = (stream: number, atMs: number, events: number): boolean => {
    const key = keyOf(batch, stream, atMs);
    if (atMs >= endMs || !expired.has(key)) return true;
    const { functionName: name = 'a function', account = '', region = '' } = batch.streams[stream] ?? {};
    const day = iso(Math.floor(atMs / DAY_MS) * DAY_MS).slice(0, 10);
    note(key, (n) => expiredLetter({ name, account, region, day }, n, `${name}, ${day}`), events);
    return false;
  };
  const takesRecord = (entry: TelemetryEntry): boolean => {
    const atMs = timeOf(entry);
    if ((atMs === null || atMs >= endMs) && !isExpiredMetric(entry)) return true;
    const { kind } = entry.record;
    // The log line of the response was already counted.
    note(kind, (n) => expiredLetter({ kind }, n, `records of kind ${kind}`), kind === 'response' ? 0 : 1);
    return false;
  };
  const own = <T extends { readonly stream: number; readonly atMs: number }>(events: readonly T[]): readonly T[] =>
    events.filter(({ stream, atMs }) => takes(stream, atMs, 1));
  const records = batch.records.filter(takesRecord);
  const kept =
    expired.size === 0
      ? {}
      : {
          invocations: selectRows(batch.invocations, (row, stream) => {
            const [atMs = 0, events = 0] = [COLUMN.endMs, COLUMN.events].map(
              (column) => batch.invocations.numbers[row * COLUMNS + column],
            );
            return takes(stream, atMs, events) ? stream : null;
          }),
          starts: batch.starts.filter(({ stream, startMs }) => takes(stream, startMs, 1)),
          inits: own(batch.inits),
          faults: own(batch.faults),
          extensions: own(batch.extensions),
          runtimeDone: own(batch.runtimeDone),
          raw: batch.raw.filter(({ stream, lastMs }) => lastMs >= endMs || !expired.has(keyOf(batch, stream, lastMs))),
        };
  if (count.size === 0) return { batch, expired: 0 };
  const found = [...count.values()].filter(({ n }) => n > 0);
  const letters = found.map(({ letter, n }) => letter(n));
  return {
    batch: { ...batch, ...kept, records, deadLetters: [...batch.deadLetters, ...letters] },
    expired: found.reduce((sum, { n }) => sum + n, 0),
  };
}

const keyOf = (batch: Batch, stream: number, atMs: number): string => {
  const header = batch.streams[stream];
  return header === undefined ? '' : `${idsOf(header).functionId}/${Math.floor(atMs / DAY_MS)}`;
};

/** Functions and days of the batch's events before `endMs`. */
function oldDays(batch: Batch, endMs: number): ReadonlySet<string> {
  const found = new Set<string>();
  const note = (stream: number, atMs: number): void => {
    if (atMs < endMs) found.add(keyOf(batch, stream, atMs));
  };
  const { n, numbers } = batch.invocations;
  for (let row = 0; row < n; row += 1)
    note(numbers[row * COLUMNS + COLUMN.stream] ?? -1, numbers[row * COLUMNS + COLUMN.endMs] ?? endMs);
  for (const { stream, startMs } of batch.starts) note(stream, startMs);
  for (const { stream, atMs } of [...batch.inits, ...batch.faults, ...batch.extensions, ...batch.runtimeDone])
    note(stream, atMs);
  return found;
}

/** Returns the days that have rollups but no invocations any more. */
async function deletedDays(
  client: ClickHouseQueryClient,
  batch: Batch,
  days: ReadonlySet<string>,
): Promise<ReadonlySet<string>> {
  const ids = [...new Set(batch.streams.map((header) => idsOf(header).functionId))];
  const ms = [...days].map((key) => Number(key.split('/')[1]) * DAY_MS);
  const range = { ids, fromMs: Math.min(...ms), toMs: Math.max(...ms) + DAY_MS };
  const inRange = (column: string): string =>
    `function_id IN {ids:Array(UInt64)} AND ${column} >= {fromMs:Int64} AND ${column} < {toMs:Int64}`;
  const rows = await client.all<{ key: string }>(
    `SELECT DISTINCT concat(toString(function_id), '/', toString(intDiv(bucket, ${DAY_MS}))) AS key
     FROM rollup_1d FINAL WHERE ${inRange('bucket')} AND n > 0
       AND (function_id, intDiv(bucket, ${DAY_MS})) GLOBAL NOT IN (
         SELECT DISTINCT function_id, intDiv(end_ms, ${DAY_MS}) FROM invocation_fact WHERE ${inRange('end_ms')})`,
    range,
  );
  return new Set(rows.map(({ key }) => key).filter((key) => days.has(key)));
}

/** Time of a record, epoch ms, if retention deletes from its table by that time; null if its rows are kept. */
function timeOf({ record, atMs }: TelemetryEntry): number | null {
  switch (record.kind) {
    case 'gateway-request':
    case 'network-event':
    case 'resource-use':
    case 'response':
      return record.atMs;
    case 'durable-line':
      return atMs;
    case 'flow':
      return record.fromMs;
    case 'trace-segment':
      return Number(record.startNs / 1_000_000n);
    default:
      return null;
  }
}
