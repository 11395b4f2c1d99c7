/** Fills a store with a given number of invocations, for the query benchmarks. */

import { join } from 'node:path';
import type { Batch } from '../ingest/records/batch.ts';
import { EMPTY_BATCH } from '../ingest/records/batch.ts';
import { COLUMN, COLUMNS } from '../ingest/records/invocation-columns.ts';
import { Random } from '../ingest/records/random.ts';
import type { StreamHeader } from '../ingest/records/stream-header.ts';
import { DAY_MS, HOUR_MS } from '../ingest/records/time.ts';
import { analyseHere } from '../server/jobs/analysis/analyse-here.ts';
import { ColdStartAttribution } from '../server/jobs/attribution/attribution.ts';
import { openSqliteStore } from '../server/storage/sqlite/store.ts';

const FOREVER_MS = 3650 * DAY_MS;

export interface Load {
  /** Total number of invocations. */
  readonly size: number;
  readonly functions: number;
  readonly days: number;
  /** End of the last day, epoch ms. */
  readonly toMs: number;
}

/** The folders that a store needs, relative to the compiled benchmarks. */
const FOLDERS = {
  migrations: join(import.meta.dirname, '../../migrations/sqlite'),
  workers: new URL('../workers/', import.meta.url),
};

/** Fills a new store through its own writer. @returns CPU seconds of attribution per 100,000 invocations. */
export async function fillStore(data: string, load: Load, folders = FOLDERS): Promise<number> {
  const { size } = load;
  const store = await openSqliteStore({
    folder: data,
    ...folders,
    deadLetterBytes: 268_435_456,
    retention: { rawMs: DAY_MS, detailMs: FOREVER_MS, historyMs: FOREVER_MS, quarantineMs: FOREVER_MS },
    readers: 1,
    readDeadlineMs: 30_000,
    now: Date.now,
  });
  const random = new Random(7);
  const perBatch = 10_000;
  for (let done = 0; done < size; done += perBatch)
    await store.write(batch(random, perBatch, load), { kind: 'logs', name: 'bench' });
  const before = process.cpuUsage();
  await new ColdStartAttribution({ store, now: Date.now, analyse: analyseHere }).round(true);
  const { user, system } = process.cpuUsage(before);
  await store.close();
  return ((user + system) / 1e6) * (100_000 / size);
}

/** Environments of 100 invocations each, spread over the days. */
export function batch(random: Random, n: number, { functions, days, toMs }: Load): Batch {
  const fromMs = toMs - days * DAY_MS;
  const streams: StreamHeader[] = [];
  const numbers = new Float64Array(n * COLUMNS).fill(Number.NaN);
  const requestIds = new Uint8Array(n * 16);
  for (let at = 0; at < requestIds.length; at += 1) requestIds[at] = random.next() * 256;
  let atMs = 0;
  let fn = 0;
  for (let row = 0; row < n; row += 1) {
    const cold = row % 100 === 0;
    if (cold) {
      fn = Math.floor(random.next() ** 2 * functions);
      atMs = fromMs + random.next() * (toMs - fromMs - HOUR_MS);
      const name = `service-${String(fn).padStart(3, '0')}`;
      streams.push({
        account: '123456789012',
        region: 'eu-west-1',
        logGroup: `/aws/lambda/${name}`,
        logStream: `2026/11/01/[$LATEST]${random.hex(32)}`,
        functionName: name,
        nameInferred: false,
        version: '$LATEST',
      });
    }
    const durationMs = random.logNormal(5 + (fn % 37) * 12, 0.6);
    const initMs = cold ? random.logNormal(300, 0.3) : Number.NaN;
    const endMs = Math.ceil(atMs + durationMs);
    const set = (column: number, value: number): void => {
      numbers[row * COLUMNS + column] = value;
    };
    set(COLUMN.stream, streams.length - 1);
    set(COLUMN.startMs, Math.floor(atMs));
    set(COLUMN.endMs, endMs);
    set(COLUMN.durationMs, durationMs);
    set(COLUMN.billedMs, Math.ceil(durationMs + (cold ? initMs : 0)));
    set(COLUMN.memoryMb, [128, 256, 512, 1024, 2048][fn % 5] ?? 128);
    set(COLUMN.maxMemoryMb, 60 + (fn % 7) * 10);
    set(COLUMN.initMs, initMs);
    set(COLUMN.status, random.next() < 0.005 ? 4 : 0);
    set(COLUMN.events, 3);
    atMs = endMs + random.exponential(8000);
  }
  return {
    ...EMPTY_BATCH,
    streams,
    invocations: { ...EMPTY_BATCH.invocations, n, numbers, requestIds },
    counts: { events: n * 3, ignored: 0, controlMessages: 0, convertedTimestamps: 0 },
  };
}
