/** Groups of failures on ClickHouse. */
import { hourFailures } from '../../clickhouse/attribution/hour-failures.ts';
import { identitiesOf } from '../../clickhouse/functions.ts';
import type { QueryContext } from '../../clickhouse/query-context.ts';
import type { TimeRange } from '../shared-types.ts';
import type { ErrorGroupRow, ErrorPartRow } from './result.ts';
import { EXAMPLE_HOURS, ExampleCollector, errorGroupsOf, errorRange, largestGroups } from './result.ts';
import type { ErrorExample, ErrorGroups, ErrorGroupsQuery } from './types.ts';

/** When each version failed last, epoch ms. */
type LastByVersion = Readonly<Record<string, number>>;
type Seen = 'firstMs' | 'firstVersion';

/** Counts as rows, of the hours that `where` selects. */
function countsOf(where: string): string {
  return `(SELECT function_id, slot_ms, fingerprint, version, n_attempts, n_invocations, n_inits, from_first, to_last FROM error_hour FINAL
   ARRAY JOIN fingerprints AS fingerprint, versions AS version, attempts AS n_attempts, invocations AS n_invocations,
     init_failures AS n_inits, first_ms AS from_first, last_ms AS to_last WHERE ${where})`;
}

export async function errorGroups(context: QueryContext, query: ErrorGroupsQuery): Promise<ErrorGroups> {
  const { functionId, selected, fingerprints, limit } = query;
  const range = errorRange(query);
  const parts = await context.client.all<ErrorPartRow>(
    `SELECT function_id AS functionId, fingerprint, version, intDiv(slot_ms - {fromMs:Int64}, {widthMs:Int64}) AS part,
       sum(n_attempts) AS attempts, sum(n_invocations) AS invocations, sum(n_inits) AS initFailures,
       min(from_first) AS firstMs, max(to_last) AS lastMs
     FROM ${countsOf(`slot_ms >= {fromMs:Int64} AND slot_ms < {toMs:Int64}
       ${functionId === undefined ? '' : 'AND function_id = {functionId:UInt64}'}
       ${selected === undefined ? '' : 'AND function_id IN {selected:Array(UInt64)}'}
       ${fingerprints === undefined ? '' : 'AND fingerprint IN {fingerprints:Array(String)}'}`)}
     GROUP BY functionId, fingerprint, version, part`,
    {
      ...range,
      ...(functionId === undefined ? {} : { functionId }),
      ...(selected === undefined ? {} : { selected }),
      ...(fingerprints === undefined ? {} : { fingerprints }),
    },
  );
  const largest = largestGroups(parts, limit);
  const ids = [...new Set(largest.keys.map((key) => key.functionId))];
  const bound = { ids, fingerprints: [...new Set(largest.keys.map((key) => key.fingerprint))] };
  const [seen, texts, functions] = await Promise.all([
    context.client.all<Pick<ErrorGroupRow, 'functionId' | 'fingerprint' | Seen> & { readonly lasts: LastByVersion }>(
      `SELECT function_id AS functionId, fingerprint, min(from_first) AS firstMs,
         argMin(version, (from_first, version)) AS firstVersion, maxMap(map(version, to_last)) AS lasts
       FROM ${countsOf('function_id IN {ids:Array(UInt64)} AND fingerprint IN {fingerprints:Array(String)}')}
       GROUP BY functionId, fingerprint`,
      bound,
    ),
    context.client.all<Omit<ErrorGroupRow, Seen | 'lasts'>>(
      `SELECT function_id AS functionId, fingerprint, kind, error_type AS errorType, message, frame FROM error_group FINAL
       WHERE function_id IN {ids:Array(UInt64)} AND fingerprint IN {fingerprints:Array(String)}`,
      bound,
    ),
    identitiesOf(context, ids),
  ]);
  const textOf = new Map(texts.map((row) => [`${row.functionId}/${row.fingerprint}`, row]));
  const groups = seen.flatMap((row) => {
    const text = textOf.get(`${row.functionId}/${row.fingerprint}`);
    const lasts = Object.entries(row.lasts).map(([version, lastMs]) => ({ version, lastMs }));
    return text === undefined ? [] : [{ ...text, ...row, lasts }];
  });
  return errorGroupsOf(range, largest, parts, groups, functions);
}

export async function errorExamples(
  { client }: QueryContext,
  query: TimeRange & {
    readonly functionId: number;
    readonly fingerprints: readonly string[];
    readonly limit: number;
  },
): Promise<readonly ErrorExample[]> {
  const { functionId, fingerprints, limit } = query;
  const { fromMs, toMs } = errorRange(query);
  const hours = await client.all<{ hourMs: number }>(
    `SELECT slot_ms AS hourMs FROM error_hour FINAL WHERE function_id = {functionId:UInt64} AND slot_ms >= {fromMs:Int64}
       AND slot_ms < {toMs:Int64} AND hasAny(fingerprints, {fingerprints:Array(String)})
     ORDER BY slot_ms DESC LIMIT ${EXAMPLE_HOURS}`,
    { functionId, fingerprints, fromMs, toMs },
  );
  const found = new ExampleCollector(fingerprints, limit);
  for (const { hourMs } of hours) {
    found.add(await hourFailures(client, { functionId, hourMs, settledMs: Number.MAX_SAFE_INTEGER - 1 }));
    if (found.isComplete) break;
  }
  return found.examples;
}
