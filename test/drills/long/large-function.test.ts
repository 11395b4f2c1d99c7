/** One function with 400,000 environments in an hour beside 200 with a few: the causes of the others do not wait for it. */
import { rmSync } from 'node:fs';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { expect, test } from 'vitest';
import type { Batch } from '../../../ingest/records/batch.ts';
import { EMPTY_BATCH } from '../../../ingest/records/batch.ts';
import { COLUMN, COLUMNS } from '../../../ingest/records/invocation-columns.ts';
import { Random } from '../../../ingest/records/random.ts';
import type { StreamHeader } from '../../../ingest/records/stream-header.ts';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../../ingest/records/time.ts';
import { analyseHere } from '../../../server/jobs/analysis/analyse-here.ts';
import { ColdStartAttribution } from '../../../server/jobs/attribution/attribution.ts';
import { openSqliteStore } from '../../../server/storage/sqlite/store.ts';
import { figure } from '../../support/drill.ts';
import { memoryFolder } from '../../support/product.ts';

const OTHERS = 200;
const HOUR = Date.UTC(2026, 10, 1, 10);
const ENVIRONMENTS = 400_000;

function fleet(random: Random, name: string, environments: number, each: number): Batch {
  const streams: StreamHeader[] = [];
  const n = environments * each;
  const numbers = new Float64Array(n * COLUMNS).fill(Number.NaN);
  const requestIds = new Uint8Array(n * 16);
  for (let at = 0; at < requestIds.length; at += 1) requestIds[at] = random.next() * 256;
  for (let row = 0; row < n; row += 1) {
    const first = row % each === 0;
    if (first)
      streams.push({
        account: '123456789012',
        region: 'eu-west-1',
        logGroup: `/aws/lambda/${name}`,
        logStream: `2026/11/01/[$LATEST]${random.hex(32)}`,
        functionName: name,
        nameInferred: false,
        version: '$LATEST',
      });
    const startMs = Math.floor(HOUR + ((random.next() + (row % each)) / each) * (HOUR_MS - MINUTE_MS));
    const set = (column: number, value: number): void => {
      numbers[row * COLUMNS + column] = value;
    };
    set(COLUMN.stream, streams.length - 1);
    set(COLUMN.startMs, startMs);
    set(COLUMN.endMs, startMs + 50);
    set(COLUMN.durationMs, 49.5);
    set(COLUMN.billedMs, 50);
    set(COLUMN.memoryMb, 512);
    set(COLUMN.maxMemoryMb, 80);
    if (first) set(COLUMN.initMs, 200);
    set(COLUMN.status, 0);
    set(COLUMN.events, 3);
  }
  return {
    ...EMPTY_BATCH,
    streams,
    invocations: { ...EMPTY_BATCH.invocations, n, numbers, requestIds },
    counts: { events: n * 3, ignored: 0, controlMessages: 0, convertedTimestamps: 0 },
  };
}

test('the causes of 200 functions do not wait for one with 400,000 environments', async () => {
  const folder = memoryFolder();
  const store = await openSqliteStore({
    folder,
    migrations: new URL('../../../migrations/sqlite/', import.meta.url).pathname,
    workers: new URL('../../../dist/workers/', import.meta.url),
    deadLetterBytes: 268_435_456,
    retention: { rawMs: 30 * DAY_MS, detailMs: 30 * DAY_MS, historyMs: 30 * DAY_MS, quarantineMs: DAY_MS },
    readers: 1,
    readDeadlineMs: 30_000,
    now: () => HOUR + 2 * HOUR_MS,
  });
  try {
    const random = new Random(7);
    const source = { kind: 'logs', name: 'drill' } as const;
    for (let at = 0; at < ENVIRONMENTS; at += 10_000) await store.write(fleet(random, 'large', 10_000, 1), source);
    // The large function is at work before the others arrive.
    const failures: unknown[] = [];
    const now = (): number => HOUR + DAY_MS;
    const onFailed = (failed: unknown): void => void failures.push(failed);
    const attribution = new ColdStartAttribution({ store, now, analyse: analyseHere, onFailed });
    const started = begin();
    await attribution.round();
    await expect.poll(() => attribution.progress().working?.runs).toBe(ENVIRONMENTS);
    for (let at = 0; at < OTHERS; at += 1) await store.write(fleet(random, `other-${at}`, 20, 5), source);
    const others = begin();
    const delay = monitorEventLoopDelay({ resolution: 5 });
    delay.enable();
    expect((await attribution.round()).hours).toBe(OTHERS);
    const [othersMs, othersCpu] = others();
    expect(attribution.progress().working?.runs).toBe(ENVIRONMENTS);
    await expect.poll(() => attribution.progress().working).toBeNull();
    // Its round ends: idle windows are stored.
    const rest = await attribution.round(true);
    const [largeMs, largeCpu] = started();
    delay.disable();
    expect(failures).toEqual([]);
    expect(rest.hours).toBe(0);
    expect(await store.read.staleHours({ beforeMs: now(), limit: 10 })).toEqual([]);
    const peakMb = Math.round(process.resourceUsage().maxRSS / 1024);
    figure(
      'a function with many environments',
      `${OTHERS} others attributed in ${seconds(othersMs)} (${seconds(othersCpu)} of CPU), the one with ${ENVIRONMENTS} in ${seconds(largeMs)} (${seconds(largeCpu)} of CPU, with filling the others); main thread stopped for at most ${Math.round(delay.max / 1e6)} ms, peak RSS ${peakMb} MB with the generated lines`,
    );
    expect(othersMs).toBeLessThan(MINUTE_MS);
    expect(largeMs).toBeLessThan(10 * MINUTE_MS);
    expect(othersCpu).toBeLessThan(MINUTE_MS);
    expect(largeCpu).toBeLessThan(10 * MINUTE_MS);
  } finally {
    await store.close();
    rmSync(folder, { recursive: true });
  }
});

/** Returns the time and the CPU time of this process since it was called, ms. */
function begin(): () => readonly [ms: number, cpuMs: number] {
  const startMs = performance.now();
  const before = process.cpuUsage();
  return () => {
    const { user, system } = process.cpuUsage(before);
    return [performance.now() - startMs, (user + system) / 1000];
  };
}

const seconds = (ms: number): string => `${(ms / 1000).toFixed(1)} s`;
