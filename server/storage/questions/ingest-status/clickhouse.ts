/** What came in, from where, how late, and how much of it adds up; what could not be read. */
import { Sketch } from '../../../analytics/sketch/sketch.ts';
import type { Source } from '../../clickhouse/query-context.ts';
import type { Bins } from '../../clickhouse/rollup-rows.ts';
import { mergeBins } from '../../clickhouse/rollup-rows.ts';
import type { IngestStatus, Page, StoredDeadLetter } from '../../ports.ts';
import { quantiles } from '../../rollup/aggregation.ts';
import { preview } from '../rejects/result.ts';

type SourceRow = Omit<IngestStatus['sources'][number], 'lagMs'> & { readonly lag: Bins };

export async function ingestStatus(source: Source): Promise<IngestStatus> {
  const { ask } = source;
  const [counters, sources, totals, orphans, seen, disk] = await Promise.all([
    ask.all<{ kind: string; name: string; total: number }>(
      'SELECT kind, name, sum(n) AS total FROM ingest_counter GROUP BY kind, name ORDER BY total DESC, name',
    ),
    ask.all<SourceRow>(
      `SELECT kind, name, min(s.first_seen_ms) AS firstSeenMs, max(s.last_seen_ms) AS lastSeenMs,
         max(s.last_data_ms) AS lastDataMs, sum(s.requests) AS requests, sum(s.events) AS events,
         sum(s.rejected) AS rejected, (mapKeys(sumMap(s.lag) AS lags), mapValues(lags)) AS lag
       FROM source_account AS s GROUP BY kind, name ORDER BY lastSeenMs DESC LIMIT 200`,
    ),
    ask.one<{ n: number; withStart: number }>('SELECT sum(n) AS n, sum(with_start) AS withStart FROM rollup_1d FINAL'),
    ask.one<{ n: number }>('SELECT sum(length(pending_starts)) AS n FROM environment FINAL'),
    ask.one<{ n: number; first: number; last: number }>(
      'SELECT count() AS n, min(first_seen_ms) AS first, max(last_seen_ms) AS last FROM lambda_function WHERE last_seen_ms > 0',
    ),
    ask.one<{ bytes: number }>(
      'SELECT sum(bytes_on_disk) AS bytes FROM system.parts WHERE active AND database = currentDatabase()',
    ),
  ]);
  const all = new Sketch();
  const lags = sources.map(({ lag }) => {
    const own = new Sketch();
    mergeBins(own, lag);
    all.merge(own);
    return quantiles(own);
  });
  const known = seen !== undefined && seen.n > 0 ? seen : null;
  return {
    counters: Object.fromEntries(
      counters.filter((row) => row.kind === 'counter').map(({ name, total }) => [name, total]),
    ),
    unknownFields: counters
      .filter((row) => row.kind === 'unknown-field')
      .slice(0, 50)
      .map(({ name, total }) => ({ key: name, n: total })),
    sources: sources.map(({ lag: _lag, ...row }, at) => ({
      ...row,
      lagMs: lags[at] ?? { p50: null, p95: null, p99: null, n: 0 },
    })),
    lagMs: quantiles(all),
    orphanStarts: orphans?.n ?? 0,
    invocations: totals?.n ?? 0,
    withStart: totals?.withStart ?? 0,
    firstEventMs: known?.first ?? null,
    lastEventMs: known?.last ?? null,
    walBytes: 0,
    databaseBytes: disk?.bytes ?? 0,
  };
}

/** Quarantine: newest first. */
export async function rejects(
  source: Source,
  query: { readonly limit: number; readonly cursor?: string | undefined },
): Promise<Page<StoredDeadLetter>> {
  const [beforeMs, beforeId] = query.cursor === undefined ? [null, null] : readCursor(query.cursor);
  const rows = await source.ask.all<
    Omit<StoredDeadLetter, 'preview' | 'replayedMs'> & { payload: string; replayed: number }
  >(
    `SELECT * FROM (
       SELECT reject_id AS id, max(r.received_ms) AS receivedMs, source_kind AS sourceKind, source_name AS sourceName, reason,
         max(r.detail) AS detail, max(r.log_group) AS logGroup, sum(r.seen) AS seen, size AS sizeBytes,
         max(r.payload) AS payload, max(r.replayed_ms) AS replayed
       FROM reject AS r GROUP BY reject_id, source_kind, source_name, reason, size
     ) ${beforeMs === null ? '' : 'WHERE (receivedMs, id) < ({beforeMs:Int64}, {beforeId:UInt64})'}
     ORDER BY receivedMs DESC, id DESC LIMIT {limit:UInt32}`,
    { beforeMs, beforeId, limit: query.limit + 1 },
  );
  const page = rows.slice(0, query.limit);
  const last = page.at(-1);
  return {
    items: page.map(({ payload, replayed, ...row }) => ({
      ...row,
      preview: preview(Buffer.from(payload, 'base64')),
      // Sent again since: it has to be read again.
      replayedMs: replayed === 0 || replayed < row.receivedMs ? null : replayed,
    })),
    nextCursor: rows.length > query.limit && last !== undefined ? `${last.receivedMs}-${last.id}` : null,
  };
}

function readCursor(text: string): readonly [number, number] {
  const match = /^(\d+)-(\d+)$/.exec(text);
  if (match === null) throw new RangeError('cursor: not a cursor of this server');
  return [Number(match[1]), Number(match[2])];
}

export async function rejectPayload(
  source: Source,
  query: { readonly id: number },
): Promise<{ readonly reason: string; readonly payload: Uint8Array } | null> {
  const row = await source.ask.one<{ reason: string; payload: string }>(
    'SELECT reason, max(r.payload) AS payload FROM reject AS r WHERE reject_id = {id:UInt64} GROUP BY reason LIMIT 1',
    query,
  );
  return row === undefined ? null : { reason: row.reason, payload: Buffer.from(row.payload, 'base64') };
}
