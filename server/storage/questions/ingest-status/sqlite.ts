/** Ingest totals: counters, sources with their lag, and completeness. */

import { statSync } from 'node:fs';
import { Sketch } from '../../../analytics/sketch/sketch.ts';
import type { IngestStatus } from '../../ports.ts';
import { quantiles } from '../../rollup/aggregation.ts';
import type { Databases } from '../../sqlite/databases.ts';
import { isTime, MAX_TIME_MS, orNull, validRows } from '../../stored-rows.ts';

/** Reads the whole ingest status; file sizes are in bytes. */
export async function ingestStatus(db: Databases): Promise<IngestStatus> {
  const counters = await db.telemetry.selectFrom('counter').selectAll().execute();
  const unknownFields = await db.telemetry
    .selectFrom('unknown_field')
    .selectAll()
    .orderBy('n', 'desc')
    .limit(50)
    .execute();
  const stored = await db.telemetry
    .selectFrom('source')
    .selectAll()
    .orderBy('last_seen_ms', 'desc')
    .limit(200)
    .execute();
  const times = { first_seen_ms: isTime, last_seen_ms: isTime, last_data_ms: orNull(isTime) };
  const sources = validRows(stored, times, ({ kind, name }) => `source ${kind} ${name}`);
  const totals = await db.telemetry
    .selectFrom('rollup_1d')
    .select((eb) => [eb.fn.sum<number>('n').as('n'), eb.fn.sum<number>('with_start').as('withStart')])
    .executeTakeFirstOrThrow();
  const orphans = await db.telemetry
    .selectFrom('pending_start')
    .select((eb) => eb.fn.countAll<number>().as('n'))
    .executeTakeFirstOrThrow();
  const seen = await db.telemetry
    .selectFrom('function')
    .select((eb) => [
      eb.fn.min<number | null>('first_seen_ms').as('first'),
      eb.fn.max<number | null>('last_seen_ms').as('last'),
    ])
    .where('first_seen_ms', '>=', 0)
    .where('last_seen_ms', '<=', MAX_TIME_MS)
    .executeTakeFirstOrThrow();
  const all = new Sketch();
  const lags = sources.map((source) => {
    const lag = Sketch.decode(source.lag);
    all.merge(lag);
    return quantiles(lag);
  });
  return {
    counters: Object.fromEntries(counters.map(({ name, n }) => [name, n])),
    unknownFields,
    sources: sources.map((source, at) => ({
      kind: source.kind,
      name: source.name,
      firstSeenMs: source.first_seen_ms,
      lastSeenMs: source.last_seen_ms,
      lastDataMs: source.last_data_ms,
      requests: source.requests,
      events: source.events,
      rejected: source.rejected,
      lagMs: lags[at] ?? { p50: null, p95: null, p99: null, n: 0 },
    })),
    lagMs: quantiles(all),
    orphanStarts: orphans.n,
    invocations: totals.n ?? 0,
    withStart: totals.withStart ?? 0,
    firstEventMs: seen.first,
    lastEventMs: seen.last,
    walBytes: sizeOf(`${db.files.telemetry}-wal`),
    databaseBytes: sizeOf(db.files.telemetry) + sizeOf(`${db.files.telemetry}-wal`),
  };
}

function sizeOf(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.size ?? 0;
}
