/** Quantiles of classic histograms, as Prometheus 2.42 computes them (promql/quantile.go). */
import { type Labels, METRIC_NAME } from './labels.ts';
import type { Row } from './values.ts';
import { newRow, withValues } from './values.ts';

const BUCKET_LABEL = 'le';

interface Histogram {
  readonly labels: Labels;
  readonly rows: { readonly upTo: number; readonly row: Row }[];
}

/** Rows are buckets: a row without a bound in its label `le` is left out. */
export function histogramQuantile(q: Float64Array, rows: readonly Row[], steps: number): readonly Row[] {
  const histograms = new Map<string, Histogram>();
  for (const row of rows) {
    const upTo = boundOf(row.labels.get(BUCKET_LABEL));
    if (upTo === null) continue;
    const labels = row.labels.drop([BUCKET_LABEL, METRIC_NAME]);
    const histogram = histograms.get(labels.key) ?? { labels, rows: [] };
    histograms.set(labels.key, histogram);
    histogram.rows.push({ upTo, row });
  }
  return withValues(
    [...histograms.values()].map(({ labels, rows: buckets }) => {
      const ordered = buckets.toSorted((a, b) => (a.upTo < b.upTo ? -1 : a.upTo > b.upTo ? 1 : 0));
      const result = newRow(labels, steps);
      for (let step = 0; step < steps; step += 1) {
        const there = ordered.filter(({ row }) => row.present[step] === 1);
        if (there.length === 0) continue;
        const counted = there.map(({ upTo, row }) => ({ upTo, count: row.values[step] ?? 0 }));
        result.values[step] = bucketQuantile(q[step] ?? 0, counted);
        result.present[step] = 1;
      }
      return result;
    }),
  );
}

/** The bound of a bucket as its label states it; null for a text that is no number. */
function boundOf(text: string): number | null {
  if (/^\+?inf(?:inity)?$/i.test(text)) return Number.POSITIVE_INFINITY;
  if (/^-inf(?:inity)?$/i.test(text)) return Number.NEGATIVE_INFINITY;
  if (!/^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i.test(text)) return null;
  return Number(text);
}

interface Bucket {
  readonly upTo: number;
  /** Cumulative. */
  readonly count: number;
}

/** `buckets`: in the order of their bounds. */
function bucketQuantile(q: number, buckets: readonly Bucket[]): number {
  if (Number.isNaN(q)) return Number.NaN;
  if (q < 0) return Number.NEGATIVE_INFINITY;
  if (q > 1) return Number.POSITIVE_INFINITY;
  if (buckets.at(-1)?.upTo !== Number.POSITIVE_INFINITY) return Number.NaN;
  const counted = monotonic(coalesced(buckets));
  const last = counted.length - 1;
  const observations = counted[last]?.count ?? 0;
  if (last < 1 || observations === 0) return Number.NaN;
  const found = counted.slice(0, last).findIndex(({ count }) => count >= q * observations);
  const at = found === -1 ? last : found;
  const bucket = counted[at];
  const before = counted[at - 1];
  if (bucket === undefined) return Number.NaN;
  if (at === last) return before?.upTo ?? Number.NaN;
  if (before === undefined && bucket.upTo <= 0) return bucket.upTo;
  const start = before?.upTo ?? 0;
  const below = before?.count ?? 0;
  const rank = q * observations - below;
  return start + (bucket.upTo - start) * (rank / (bucket.count - below));
}

/** Adds the counts of buckets that have the same bound. */
function coalesced(buckets: readonly Bucket[]): readonly Bucket[] {
  const result: Bucket[] = [];
  for (const bucket of buckets) {
    const last = result.at(-1);
    if (last?.upTo === bucket.upTo) result[result.length - 1] = { ...last, count: last.count + bucket.count };
    else result.push(bucket);
  }
  return result;
}

/** Counts that fall from one bucket to the next are raised: scrapes of the buckets are not atomic. */
function monotonic(buckets: readonly Bucket[]): readonly Bucket[] {
  let most = buckets[0]?.count ?? 0;
  return buckets.map((bucket) => {
    if (bucket.count > most) most = bucket.count;
    return bucket.count < most ? { ...bucket, count: most } : bucket;
  });
}
