/**
 * The product within 256 and 512 MB of memory: load at half of what it takes, bursts from 16 senders, hostile bodies and
 * 12 sign-ins at once. The kernel ends nothing; what is too much is answered 503 with Retry-After.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { Worker } from 'node:worker_threads';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { firehoseBody, payload } from '../../../bench/load.ts';
import { DAY_MS } from '../../../ingest/records/time.ts';
import { figure, pause, quantile } from '../../support/drill.ts';
import { hostileBodies } from '../../support/hostile-bodies.ts';
import type { MemoryGroup } from '../../support/memory-group.ts';
import { memoryGroup, memoryGroupRefusal } from '../../support/memory-group.ts';
import type { RunningServer } from '../../support/product.ts';
import { ADMIN, removeFolder, startServer, temporaryFolder } from '../../support/product.ts';

const MIB = 1_048_576;
const SIZES_MB = (process.env['DRILL_BOXES'] ?? '256,512').split(',').map(Number);
const SECONDS = Number(process.env['DRILL_SECONDS'] ?? 60);
const PASSWORD = 'a long password of a small box';
const refused = memoryGroupRefusal();

let folder: string;
let server: RunningServer;
let group: MemoryGroup;

beforeEach(() => {
  folder = temporaryFolder();
});

afterEach(async () => {
  await server?.stop('SIGKILL');
  group?.remove();
  removeFolder(folder);
});

const rssMb = (): number =>
  Number(/VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${server.process.pid}/status`, 'utf8'))?.[1]) / 1024;

interface Answer {
  readonly status: number;
  readonly ms: number;
  readonly retryAfter: string | null;
}

async function post(path: string, body: BodyInit, headers: Record<string, string>): Promise<Answer> {
  const began = performance.now();
  const response = await fetch(`${server.url}${path}`, { method: 'POST', headers, body }).catch(() => null);
  // The server closes connections whose body it does not read; a sender sees either the answer or that.
  if (response === null) return { status: 0, ms: performance.now() - began, retryAfter: null };
  await response.arrayBuffer();
  return { status: response.status, ms: performance.now() - began, retryAfter: response.headers.get('retry-after') };
}

const shape = { seed: 1, functions: 200, fromMs: Date.UTC(2026, 10, 1) - DAY_MS, toMs: Date.UTC(2026, 10, 1) };
const PAYLOADS = 40;
let sent = 0;

/** A new body of 4,000 invocations, as the benchmark of ingest sends them. */
function benchBody(): readonly [id: string, body: string] {
  sent += 1;
  const from = sent * PAYLOADS;
  return [
    `b${sent}`,
    firehoseBody(
      `b${sent}`,
      Array.from({ length: PAYLOADS }, (_, at) => payload(shape, from + at)),
    ),
  ];
}

const firehose = ([id, body]: readonly [string, string]): Promise<Answer> =>
  post('/ingest/firehose', body, { 'x-amz-firehose-access-key': ADMIN, 'x-amz-firehose-request-id': id });

/** Answers by status, such as `200 × 40, 503 × 3`. */
function counts(answers: readonly Answer[]): string {
  const by = new Map<number, number>();
  for (const { status } of answers) by.set(status, (by.get(status) ?? 0) + 1);
  return [...by].map(([status, n]) => `${status} × ${n}`).join(', ');
}

const signIn = (): Promise<Answer> =>
  post('/api/v1/session', JSON.stringify({ password: PASSWORD }), { 'content-type': 'application/json' });

/** One sample: seconds since the start, memory that no file backs in MB, time of `/healthz` in ms. */
type Sample = readonly [seconds: number, mb: number, ms: number];

/** Asks `/healthz` and reads memory five times a second, in a thread of its own: this one is busy with making bodies. */
const WATCHER = `
const { parentPort, workerData: { url, pid } } = require('node:worker_threads');
const { readFileSync } = require('node:fs');
const began = performance.now();
(async () => {
  for (;;) {
    const at = performance.now();
    const response = await fetch(url + '/healthz').catch(() => null);
    if (response === null) return;
    await response.arrayBuffer();
    const ms = performance.now() - at;
    const anon = Number(/RssAnon:\\s+(\\d+)/.exec(readFileSync('/proc/' + pid + '/status', 'utf8'))?.[1]) / 1024;
    parentPort.postMessage([(at - began) / 1000, anon, ms]);
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
})();
`;

function watch(): { readonly samples: readonly Sample[]; stop(): Promise<unknown> } {
  const samples: Sample[] = [];
  const worker = new Worker(WATCHER, { eval: true, workerData: { url: server.url, pid: server.process.pid } });
  worker.on('message', (sample: Sample) => samples.push(sample));
  return { samples, stop: () => worker.terminate() };
}

/** Memory and latency over time, for the charts of docs/reliability.md: DRILL_SERIES names the file, which has one entry for each size. */
function keepSeries(mb: number, samples: readonly Sample[]): void {
  const file = process.env['DRILL_SERIES'];
  if (file === undefined) return;
  const known = existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as object) : {};
  // The largest of each second shows peaks.
  const seconds = new Map<number, Sample>();
  for (const [at, anonMb, ms] of samples) {
    const second = Math.floor(at);
    const [, mostMb, mostMs] = seconds.get(second) ?? [0, 0, 0];
    seconds.set(second, [second, Math.max(mostMb, Math.round(anonMb)), Math.max(mostMs, Math.round(ms))]);
  }
  writeFileSync(file, `${JSON.stringify({ ...known, [mb]: [...seconds.values()] })}\n`);
}

for (const mb of SIZES_MB) {
  test.skipIf(refused !== null)(`${mb} MB: nothing is ended, 503 comes first`, async () => {
    group = memoryGroup(mb * MIB);
    server = await startServer(folder, { THERMOCLINE_LOG_LEVEL: 'warn' }, { wrapper: group.wrapper });
    const set = await fetch(`${server.url}/api/v1/password`, {
      method: 'PUT',
      headers: { authorization: `Bearer ${ADMIN}`, 'content-type': 'application/json' },
      body: JSON.stringify({ password: PASSWORD }),
    });
    expect(set.status, await set.text()).toBeLessThan(300);
    const seen = watch();
    const baseMb = rssMb();

    // As fast as it goes for a while, then at half of that.
    const full: Answer[] = [];
    const fullFrom = performance.now();
    while (performance.now() - fullFrom < 10_000) full.push(await firehose(benchBody()));
    const betweenMs = (2 * (performance.now() - fullFrom)) / full.length;
    const half: Answer[] = [];
    const until = performance.now() + SECONDS * 1000;
    while (performance.now() < until) {
      const began = performance.now();
      half.push(await firehose(benchBody()));
      await pause(Math.max(0, betweenMs - (performance.now() - began)));
    }

    const bursts: Answer[] = [];
    for (let round = 0; round < 5; round += 1) {
      const bodies = Array.from({ length: 16 }, () => benchBody());
      bursts.push(...(await Promise.all(bodies.map(firehose))));
      await pause(500);
    }

    const hostile: (Answer & { readonly name: string })[] = [];
    for (const { name, path, bytes, gzip } of hostileBodies(Date.now())) {
      const headers = { authorization: `Bearer ${ADMIN}`, ...(gzip ? { 'content-encoding': 'gzip' } : {}) };
      hostile.push({ name, ...(await post(path, bytes, headers)) });
    }

    // Everything at once.
    const bodies = Array.from({ length: 16 }, () => benchBody());
    const together = await Promise.all([
      ...bodies.map(firehose),
      ...hostileBodies(Date.now()).map(({ path, bytes, gzip }) =>
        post(path, bytes, { authorization: `Bearer ${ADMIN}`, ...(gzip ? { 'content-encoding': 'gzip' } : {}) }),
      ),
    ]);
    const signIns = await Promise.all(Array.from({ length: 12 }, signIn));
    const overview = await fetch(`${server.url}/api/v1/overview`, { headers: { authorization: `Bearer ${ADMIN}` } });
    await seen.stop();

    const all = [...full, ...half, ...bursts, ...hostile, ...together, ...signIns];
    keepSeries(mb, seen.samples);
    const peakMb = Math.max(...seen.samples.map(([, now]) => now));
    figure(
      `box of ${mb} MB`,
      `base ${baseMb.toFixed(0)} MB, peak private memory ${peakMb.toFixed(0)} MB, with files ${(group.peakBytes() / MIB).toFixed(0)} MB; ${Math.round(4000 / (betweenMs / 1000))} invocations/s for ${SECONDS} s: ${counts(half)}; bursts ${counts(bursts)}; hostile ${hostile.map((one) => `${one.name} ${one.status} in ${(one.ms / 1000).toFixed(1)} s`).join(', ')}; all at once ${counts(together)}; sign-ins ${counts(signIns)}; health p99 ${quantile(
        seen.samples.map(([, , ms]) => ms),
        0.99,
      ).toFixed(0)} ms; ${group.oomKills()} OOM kills`,
    );
    expect(group.oomKills()).toBe(0);
    expect(server.process.exitCode).toBeNull();
    expect(overview.status).toBe(200);
    for (const { status, retryAfter } of all) {
      expect([0, 200, 201, 204, 400, 429, 503]).toContain(status);
      if (status === 503) expect(Number(retryAfter)).toBeGreaterThan(0);
    }
    expect(half.filter(({ status }) => status === 200).length).toBeGreaterThan(half.length / 2);
    expect(signIns.some(({ status }) => status < 300)).toBe(true);
  });
}
