/**
 * npm run bench:loop — measures the event-loop delay of the server's main thread while the requests of every page are
 * requested at once, over 500 functions and a million invocations. The delay is the server's own metric
 * (`nodejs_eventloop_lag_p99_seconds` of /metrics, which starts again after each scrape), sampled every 10 ms and
 * including that interval: the median of several runs. Delays are wall time, so the load of the machine and the same metric
 * without requests are printed with them.
 */
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { HOUR_MS } from '../ingest/records/time.ts';
import { fillStore } from './fill-store.ts';
import { pageRequests, sendPageRequest } from './page-requests.ts';
import { cpuSeconds, mainThreadCpuMs } from './process-figures.ts';
import { startServer, TOKEN } from './server.ts';

const SIZE = 1_000_000;
const FUNCTIONS = 500;
const DAYS = 30;
const RUNS = 5;
const ROUNDS = 10;
const IDLE_MS = 3000;
const MOST_P99_MS = 20;
/** Functions whose pages are open at once. */
const OPEN = Array.from({ length: 2 }, (_, at) => `service-${String(at * 7).padStart(3, '0')}`);

const kept = process.argv.find((arg) => arg.startsWith('--keep='))?.slice('--keep='.length);
const data = kept ?? mkdtempSync(join(tmpdir(), 'thermocline-loop-'));

try {
  await main();
} finally {
  if (kept === undefined) rmSync(data, { recursive: true, force: true });
}

async function main(): Promise<void> {
  if (!existsSync(join(data, 'telemetry.db'))) {
    say(`Storing ${SIZE} invocations of ${FUNCTIONS} functions …`);
    const toMs = Math.floor(Date.now() / HOUR_MS) * HOUR_MS;
    await fillStore(data, { size: SIZE, functions: FUNCTIONS, days: DAYS, toMs });
  }
  const server = await startServer(data);
  try {
    const requests = pageRequests(OPEN);
    for (const request of requests) await sendPageRequest(server.url, TOKEN, request);
    await delays(server.url);
    await new Promise((resolve) => setTimeout(resolve, IDLE_MS));
    const idle = await delays(server.url);
    const { pid } = server.process;
    const [mainBefore, allBefore] = [mainThreadCpuMs(pid), cpuSeconds(pid)];
    const busy: Delays[] = [];
    for (let run = 0; run < RUNS; run += 1) {
      for (let round = 0; round < ROUNDS; round += 1)
        await Promise.all(requests.map((request) => sendPageRequest(server.url, TOKEN, request)));
      const measured = await delays(server.url);
      busy.push(measured);
      say(
        `run ${run + 1}: p99 ${measured.p99Ms.toFixed(1)} ms, longest ${measured.maxMs.toFixed(1)} ms, load of the machine ${(loadavg()[0] ?? Number.NaN).toFixed(1)}`,
      );
    }
    const sent = requests.length * ROUNDS * RUNS;
    const mainMs = mainThreadCpuMs(pid) - mainBefore;
    const allMs = 1000 * (cpuSeconds(pid) - allBefore);
    say(`idle: p99 ${idle.p99Ms.toFixed(1)} ms, longest ${idle.maxMs.toFixed(1)} ms`);
    say(`${sent} requests, ${requests.length} at once`);
    say(
      `CPU of the main thread: ${(mainMs / sent).toFixed(2)} ms per request, ${((100 * mainMs) / allMs).toFixed(0)} % of the process`,
    );
    const p99Ms = busy.map((one) => one.p99Ms).toSorted((a, b) => a - b)[Math.floor(RUNS / 2)] ?? Number.NaN;
    const met = p99Ms < MOST_P99_MS;
    say(
      `${met ? 'met' : 'NOT MET'}: p99 of the event-loop delay, median of ${RUNS} runs: ${p99Ms.toFixed(1)} ms < ${MOST_P99_MS} ms`,
    );
    process.exitCode = met ? 0 : 1;
  } finally {
    await server.stop();
  }
}

interface Delays {
  readonly p99Ms: number;
  readonly maxMs: number;
}

/** Reads the delays since the last reading. */
async function delays(url: string): Promise<Delays> {
  const text = await (await fetch(`${url}/metrics`)).text();
  const read = (name: string): number => 1000 * Number(new RegExp(`^${name} (\\S+)$`, 'm').exec(text)?.[1]);
  return { p99Ms: read('nodejs_eventloop_lag_p99_seconds'), maxMs: read('nodejs_eventloop_lag_max_seconds') };
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}
