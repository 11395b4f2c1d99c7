/** Responses of a function. */
import type { Databases } from '../../sqlite/databases.ts';
import type { TimeRange } from '../shared-types.ts';
import type { ExactQuantiles, ResponsesAnswer } from './types.ts';
import { FREE_BYTES } from './types.ts';

export async function responses(
  { telemetry }: Databases,
  query: TimeRange & { readonly functionId: number },
): Promise<ResponsesAnswer> {
  const rows = telemetry
    .selectFrom('response')
    .select(['first_byte_us', 'response_us', 'bytes'])
    .where('function_id', '=', query.functionId)
    .where('at_ms', '>=', Math.ceil(query.fromMs))
    .where('at_ms', '<', Math.ceil(query.toMs));
  const firstBytes: number[] = [];
  const durations: number[] = [];
  const sizes: number[] = [];
  for (const row of telemetry.all(rows)) {
    if (row.first_byte_us !== null) firstBytes.push(row.first_byte_us / 1000);
    if (row.response_us !== null) durations.push(row.response_us / 1000);
    if (row.bytes !== null) sizes.push(row.bytes);
  }
  return {
    firstByteMs: exact(firstBytes),
    responseMs: exact(durations),
    bytes: { ...exact(sizes), sum: sizes.reduce((sum, size) => sum + size, 0) },
    beyondFreeBytes: sizes.reduce((sum, size) => sum + Math.max(0, size - FREE_BYTES), 0),
  };
}

function exact(values: readonly number[]): ExactQuantiles {
  const sorted = values.toSorted((a, b) => a - b);
  const quantile = (q: number): number | null => sorted[Math.ceil(q * sorted.length) - 1] ?? null;
  return { n: sorted.length, p50: quantile(0.5), p95: quantile(0.95), max: sorted.at(-1) ?? null };
}
