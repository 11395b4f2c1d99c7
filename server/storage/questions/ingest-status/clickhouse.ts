/** Ingest totals: counters, sources with their lag, and completeness. */
import { Sketch } from '../../../analytics/sketch/sketch.ts';
import type { QueryContext } from '../../clickhouse/query-context.ts';
import type { Bins } from '../../clickhouse/rollup-rows.ts';
import { mergeBins } from '../../clickhouse/rollup-rows.ts';
import type { IngestStatus } from '../../ports.ts';
import { quantiles } from '../../rollup/aggregation.ts';

type SourceRow = Omit<IngestStatus['sources'][number], 'lagMs'> & { readonly lag: Bins };

export async function ingestStatus(context: QueryContext): Promise<IngestStatus> {
  const { client } = context;
  const [counters, sources, totals, orphans, seen, disk] = await Promise.all([
    client.all<{ kind: string; name: string; total: number }>(
      'SELECT kind, name, sum(n) AS total FROM ingest_counter GROUP BY kind, name ORDER BY total DESC, name',
    ),
    client.all<SourceRow>(
      `SELECT kind, name, min(s.first_seen_ms) AS firstSeenMs, max(s.last_seen_ms) AS lastSeenMs,
         max(s.last_data_ms) AS lastDataMs, sum(s.requests) AS requests, sum(s.events) AS events,
         sum(s.rejected) AS rejected, (mapKeys(sumMap(s.lag) AS lags), mapValues(lags)) AS lag
       FROM source_account AS s GROUP BY kind, name ORDER BY lastSeenMs DESC LIMIT 200`,
    ),
    client.one<{ n: number; withStart: number }>(
      'SELECT sum(n) AS n, sum(with_start) AS withStart FROM rollup_1d FINAL',
    ),
    client.one<{ n: number }>('SELECT sum(length(pending_starts)) AS n FROM environment FINAL'),
    client.one<{ n: number; first: number; last: number }>(
      'SELECT uniqExact(function_id) AS n, min(first_seen_ms) AS first, max(last_seen_ms) AS last FROM lambda_function WHERE last_seen_ms > 0',
    ),
    client.one<{ bytes: number }>(
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
