/**
 * npm run bench:rest — measures what the server takes while it has nothing to do: memory, CPU, wake-ups and threads, of an empty
 * store and of a large one after its pages were read and a load was ingested; and its start. The floor is a bare HTTP server of
 * Node in the same run: memory and CPU are judged by their ratios to it.
 */
import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS } from '../ingest/records/time.ts';
import { fillStore } from './fill-store.ts';
import { firehoseBody, payload } from './load.ts';
import { pageRequests, sendPageRequest } from './page-requests.ts';
import type { Rest } from './process-figures.ts';
import { atRest, cpuSeconds } from './process-figures.ts';
import { startServer, TOKEN } from './server.ts';

const ROWS = Number(argument('rows') ?? 5_000_000);
const FUNCTIONS = 200;
const DAYS = 30;
/** Threads end after two minutes without work, and jobs that follow what is written rest after five. */
const SETTLE_MS = Number(argument('settle') ?? 6.5 * 60) * SECOND_MS;
const MEASURE_MS = MINUTE_MS;
/** Payloads of 100 invocations that are ingested before the large store comes to rest. */
const PAYLOADS = 200;
/**
 * Limits. On the machine of the baseline the floor takes 44 MB, and 0.05 CPU s to start: they are 90 and 120 MB, 0.3 % of a core
 * and a start of 1.5 s there.
 */
const LIMITS = { emptyRss: 2.05, largeRss: 2.7, idleCpu: 0.06, startCpu: 30, wakeups: 5 };

interface Started {
  readonly process: ChildProcess;
  readonly startMs: number;
  readonly startCpuSeconds: number;
  readonly stop: () => Promise<void>;
}

interface Figures extends Rest {
  readonly startMs: number;
  readonly startCpuSeconds: number;
}

const kept = argument('keep');
const root = kept ?? mkdtempSync(join(tmpdir(), 'thermocline-rest-'));

try {
  await main();
} finally {
  if (kept === undefined) rmSync(root, { recursive: true, force: true });
}

async function main(): Promise<void> {
  const large = join(root, String(ROWS));
  if (!existsSync(join(large, 'telemetry.db'))) {
    say(`Storing ${ROWS} invocations of ${FUNCTIONS} functions …`);
    const toMs = Math.floor(Date.now() / HOUR_MS) * HOUR_MS;
    await fillStore(large, { size: ROWS, functions: FUNCTIONS, days: DAYS, toMs });
  }
  // One after the other until each is ready, then all three rest beside each other.
  const started: Started[] = [];
  const add = async (one: Promise<Started>): Promise<void> => void started.push(await one);
  try {
    await add(startFloor());
    await add(startOn(mkdtempSync(join(root, 'empty-')), false));
    await add(startOn(large, true));
    await sleep(SETTLE_MS);
    await judge(await Promise.all(started.map((one) => measured(one))));
  } finally {
    for (const { stop } of started) await stop();
  }
}

async function judge([floor, empty, full]: readonly Figures[]): Promise<void> {
  if (floor === undefined || empty === undefined || full === undefined) return;
  report('floor: a bare HTTP server', floor);
  report('empty store', empty);
  report(`${ROWS} invocations, after reading all pages and ingesting ${PAYLOADS * 100}`, full);
  const judged: readonly (readonly [string, number, number])[] = [
    ['RSS of an empty store, × floor', empty.rssMb / floor.rssMb, LIMITS.emptyRss],
    ['RSS of a large store, × floor', full.rssMb / floor.rssMb, LIMITS.largeRss],
    [
      'CPU per second at rest, empty, × CPU of starting the floor',
      empty.cpuShare / floor.startCpuSeconds,
      LIMITS.idleCpu,
    ],
    [
      'CPU per second at rest, large, × CPU of starting the floor',
      full.cpuShare / floor.startCpuSeconds,
      LIMITS.idleCpu,
    ],
    ['wake-ups per second, empty', empty.wakeupsPerSecond, LIMITS.wakeups],
    ['wake-ups per second, large', full.wakeupsPerSecond, LIMITS.wakeups],
    [
      'CPU until ready, large, × CPU of starting the floor',
      full.startCpuSeconds / floor.startCpuSeconds,
      LIMITS.startCpu,
    ],
  ];
  let met = true;
  for (const [what, value, limit] of judged) {
    const isMet = value <= limit;
    met &&= isMet;
    say(`${isMet ? 'met' : 'NOT MET'}: ${what}: ${value.toFixed(3)} ≤ ${limit}`);
  }
  if (process.argv.includes('--baseline')) {
    const machine = `${cpus().length} × ${cpus()[0]?.model ?? 'unknown'}, Node ${process.versions.node}`;
    const figures = { machine, rows: ROWS, floor, empty, large: full };
    writeFileSync(join(import.meta.dirname, '../../bench/baseline-rest.json'), `${JSON.stringify(figures, null, 2)}\n`);
  }
  process.exitCode = met ? 0 : 1;
}

async function startOn(data: string, isUsed: boolean): Promise<Started> {
  const began = performance.now();
  const { process: server, url, stop } = await startServer(data);
  const startMs = performance.now() - began;
  const startCpuSeconds = cpuSeconds(server.pid);
  try {
    if (isUsed) await use(url);
    return { process: server, startMs, startCpuSeconds, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Reads every page once, and ingests a load. */
async function use(url: string): Promise<void> {
  for (const request of pageRequests(['service-000', 'service-007'])) await sendPageRequest(url, TOKEN, request);
  const shape = { seed: 5, functions: FUNCTIONS, fromMs: Date.now() - DAY_MS, toMs: Date.now() - HOUR_MS };
  for (let at = 0; at < PAYLOADS; at += 10) {
    const id = `rest-${at}`;
    const body = firehoseBody(
      id,
      Array.from({ length: 10 }, (_, next) => payload(shape, at + next)),
    );
    const headers = { 'x-amz-firehose-access-key': TOKEN, 'x-amz-firehose-request-id': id };
    const answer = await fetch(`${url}/ingest/firehose`, { method: 'POST', headers, body });
    if (!answer.ok) throw new Error(`ingest: ${answer.status} ${await answer.text()}`);
  }
}

async function startFloor(): Promise<Started> {
  const script = `require('node:http').createServer((_, answer) => answer.end('ok')).listen(0, '127.0.0.1', () => console.log('ready'))`;
  const began = performance.now();
  const server = spawn(process.execPath, ['-e', script], { stdio: ['ignore', 'pipe', 'inherit'] });
  await new Promise((resolve) => server.stdout.once('data', resolve));
  const stop = async (): Promise<void> => void server.kill();
  return { process: server, startMs: performance.now() - began, startCpuSeconds: cpuSeconds(server.pid), stop };
}

async function measured({ process: server, startMs, startCpuSeconds }: Started): Promise<Figures> {
  return { startMs, startCpuSeconds, ...(await atRest(server.pid ?? 0, MEASURE_MS)) };
}

function report(what: string, found: Figures): void {
  say(
    `${what}: RSS ${found.rssMb.toFixed(0)} MB (${found.privateMb.toFixed(0)} not backed by files), CPU ${(100 * found.cpuShare).toFixed(2)} % of a core, ` +
      `${found.wakeupsPerSecond.toFixed(1)} wake-ups/s, ${found.threads} threads; ready after ${found.startMs.toFixed(0)} ms and ${found.startCpuSeconds.toFixed(2)} CPU s`,
  );
}

function argument(name: string): string | undefined {
  return process.argv.find((arg) => arg.startsWith(`--${name}=`))?.slice(name.length + 3);
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}
