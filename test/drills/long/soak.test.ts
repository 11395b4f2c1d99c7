/** Twenty minutes at half load, with queries and alerts. Memory and file descriptors must not grow. */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { figure, pause, quantile } from '../../support/drill.ts';
import { ADMIN, removeFolder, startServer, temporaryFolder } from '../../support/product.ts';
import { Senders, WHOLE } from '../../support/senders.ts';

const MINUTES = Number(process.env['DRILL_MINUTES'] ?? 20);
/** Share of the run in which caches fill: the writer caches 20,000 environments, and each request adds four. */
const WARM_UP = 0.4;
/** Samples per floor: memory rises between garbage collections, so only the minimum of several samples counts. */
const FLOOR_SAMPLES = 12;
const PER_REQUEST = 100;
/** Few, so that the number of environments soon exceeds the cache. */
const PER_ENVIRONMENT = 25;
const MOST_MB_PER_10_MIN = 1;
const RATE_SECONDS = 5;
const SAMPLE_MS = 5000;

interface Sample {
  readonly minute: number;
  readonly rssMb: number;
  /** Without the file pages mapped by readers, which belong to the page cache and are reclaimable. */
  readonly ownMb: number;
  readonly descriptors: number;
}

/** Sample with the least memory of each minute. */
function floors(samples: readonly Sample[]): readonly Sample[] {
  const found: Sample[] = [];
  for (let at = 0; at + FLOOR_SAMPLES <= samples.length; at += FLOOR_SAMPLES) {
    const [least] = samples.slice(at, at + FLOOR_SAMPLES).toSorted((a, b) => a.ownMb - b.ownMb);
    if (least !== undefined) found.push(least);
  }
  return found;
}

/** Median of the slopes of all pairs (Theil–Sen), robust against single garbage collections. */
function slopePerMinute(samples: readonly Sample[], of: (sample: Sample) => number): number {
  const slopes: number[] = [];
  for (const [at, a] of samples.entries()) {
    for (const b of samples.slice(at + 1))
      if (b.minute > a.minute) slopes.push((of(b) - of(a)) / (b.minute - a.minute));
  }
  return quantile(slopes, 0.5);
}

test(`${MINUTES} minutes at half load: memory and descriptors are flat`, async () => {
  const folder = temporaryFolder();
  const server = await startServer(folder);
  const { pid } = server.process;
  const senders = new Senders(PER_REQUEST, { perEnvironment: PER_ENVIRONMENT });
  const ask = (path: string): Promise<Response> =>
    fetch(`${server.url}${path}`, { headers: { authorization: `Bearer ${ADMIN}` } });
  // Measure the maximum rate, then send at half of it.
  const began = performance.now();
  await senders.run(server.url, 4, () => performance.now() - began > RATE_SECONDS * 1000);
  const pauseMs = (RATE_SECONDS * 1000 * 2) / senders.acked.length;
  const samples: Sample[] = [];
  const start = performance.now();
  const minute = (): number => (performance.now() - start) / 60_000;
  const sending = (async () => {
    while (minute() < MINUTES) {
      const due = performance.now() + pauseMs;
      await senders.send(server.url);
      await pause(Math.max(0, due - performance.now()));
    }
  })();
  const asking = (async () => {
    const range = 'from=2026-11-20T00:00:00Z&to=2026-11-27T00:00:00Z';
    const paths = [
      'overview',
      'functions',
      'functions/edge/cold-starts',
      'functions/edge/memory',
      'invocations',
      'ingest/status',
    ];
    for (let n = 0; minute() < MINUTES; n += 1) {
      await (await ask(`/api/v1/${paths[n % paths.length]}?${range}`)).arrayBuffer();
      if (n % 10 === 0) await (await ask('/metrics')).arrayBuffer();
      await pause(250);
    }
  })();
  while (minute() < MINUTES) {
    const status = readFileSync(`/proc/${pid}/status`, 'utf8');
    samples.push({
      minute: minute(),
      rssMb: Number(/VmRSS:\s+(\d+) kB/.exec(status)?.[1]) / 1024,
      ownMb: Number(/RssAnon:\s+(\d+) kB/.exec(status)?.[1]) / 1024,
      descriptors: readdirSync(`/proc/${pid}/fd`).length,
    });
    await pause(SAMPLE_MS);
  }
  await Promise.all([sending, asking]);
  const bytes = statSync(join(folder, 'telemetry.db')).size;
  await server.stop();
  const warm = samples.filter((sample) => sample.minute > MINUTES * WARM_UP);
  const own = slopePerMinute(floors(warm), (sample) => sample.ownMb) * 10;
  const descriptors = slopePerMinute(warm, (sample) => sample.descriptors) * 10;
  const verdict = senders.check(folder);
  figure(
    'soak',
    `${MINUTES} min, ${verdict.acknowledged} invocations at half load, ${(bytes / verdict.acknowledged).toFixed(0)} bytes each: memory of its own ${Math.round(warm[0]?.ownMb ?? 0)} → ${Math.round(warm.at(-1)?.ownMb ?? 0)} MB after warm-up, ${own.toFixed(2)} MB per 10 min; with mapped pages of a file of ${Math.round(bytes / 1_048_576)} MB ${Math.round(warm.at(-1)?.rssMb ?? 0)} MB; descriptors ${warm[0]?.descriptors} → ${warm.at(-1)?.descriptors}; ${verdict.lost} lost`,
  );
  expect(verdict).toMatchObject(WHOLE);
  expect(own).toBeLessThan(MOST_MB_PER_10_MIN);
  expect(descriptors).toBeLessThan(1);
  removeFolder(folder);
});
