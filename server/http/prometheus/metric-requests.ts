/** Reads the rollups since a start, and has a thread write them as requests of OTLP. */
import { HOUR_MS } from '../../../ingest/records/time.ts';
import { LEVELS } from '../../storage/rollup/bucket.ts';
import { readShapedAnswer } from '../answers/shape-answer.ts';
import type { Context } from '../context.ts';
import { familyContext } from './family-context.ts';

/** Rollup rows that are read at most. */
const MAX_ROWS = 1_000_000;
/** Points of one request: some 1 MB in Protocol Buffers. */
const MAX_POINTS = 5000;

export interface MetricPeriod {
  /** A full hour, epoch ms. */
  readonly startMs: number;
  /** End of what is counted, epoch ms. */
  readonly endMs: number;
  /** Time of the points, epoch ms. */
  readonly atMs: number;
}

export interface MetricRequests {
  readonly requests: readonly Uint8Array<ArrayBuffer>[];
  readonly points: number;
}

/** Rejects as questions of the store do. */
export async function metricRequests(
  { store, analysis, config, tags, version }: Pick<Context, 'store' | 'analysis' | 'config' | 'tags' | 'version'>,
  { startMs, endMs, atMs }: MetricPeriod,
  encoding: 'protobuf' | 'json',
): Promise<MetricRequests> {
  const [minutes] = LEVELS;
  const hourMs = Math.max(startMs, Math.floor(endMs / HOUR_MS) * HOUR_MS);
  // The bucket that is not over yet counts: what it will hold is added later.
  const toMs = Math.ceil(endMs / minutes.widthMs) * minutes.widthMs;
  const shared = { selectors: [[]], sketches: 'both', causes: true, maxRows: MAX_ROWS } as const;
  const context = await familyContext({ config, tags }, true);
  const form = { startMs, atMs, encoding, context, version, maxPoints: MAX_POINTS };
  const { answer, meta } = await readShapedAnswer(
    { store, analysis },
    [
      ['series', { ...shared, fromMs: startMs, toMs: hourMs, widthMs: HOUR_MS }],
      ['series', { ...shared, fromMs: hourMs, toMs, widthMs: minutes.widthMs }],
    ],
    'otlpMetrics',
    form,
  );
  let at = 0;
  const requests = meta.lengths.map((length) => {
    at += length;
    return answer.bytes.slice(at - length, at);
  });
  return { requests, points: meta.points };
}
