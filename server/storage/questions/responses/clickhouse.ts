/** Responses of a function. */
import type { QueryContext } from '../../clickhouse/query-context.ts';
import type { TimeRange } from '../shared-types.ts';
import type { ExactQuantiles, ResponsesAnswer } from './types.ts';
import { FREE_BYTES } from './types.ts';

const NOTHING = { n: 0, p50: null, p95: null, max: null };

export async function responses(
  context: QueryContext,
  query: TimeRange & { readonly functionId: number },
): Promise<ResponsesAnswer> {
  const exact = (column: string): string => `count(r.${column}) AS n_${column},
    arrayElement(arraySort(groupArray(r.${column})), toUInt32(ceil(0.5 * count(r.${column})))) AS p50_${column},
    arrayElement(arraySort(groupArray(r.${column})), toUInt32(ceil(0.95 * count(r.${column})))) AS p95_${column},
    max(r.${column}) AS max_${column}`;
  const row = await context.client.one<Record<string, number | null>>(
    `SELECT ${exact('first_byte_us')}, ${exact('response_us')}, ${exact('bytes')}, sum(r.bytes) AS total,
       sum(greatest(0, toInt64(r.bytes) - ${FREE_BYTES})) AS beyond
     FROM (SELECT * FROM response FINAL
       WHERE function_id = {functionId:UInt64} AND at_ms >= {fromMs:Int64} AND at_ms < {toMs:Int64} LIMIT 1 BY at_ms, request_id) AS r`,
    { functionId: query.functionId, fromMs: Math.ceil(query.fromMs), toMs: Math.ceil(query.toMs) },
  );
  const of = (column: string, unit: number): ExactQuantiles => {
    const n = row?.[`n_${column}`] ?? 0;
    const value = (name: string): number => (row?.[`${name}_${column}`] ?? 0) / unit;
    return n === 0 ? NOTHING : { n, p50: value('p50'), p95: value('p95'), max: value('max') };
  };
  return {
    firstByteMs: of('first_byte_us', 1000),
    responseMs: of('response_us', 1000),
    bytes: { ...of('bytes', 1), sum: row?.['total'] ?? 0 },
    beyondFreeBytes: row?.['beyond'] ?? 0,
  };
}
