/**
 * npm run bench:logs — packs 10 million log lines of 7 days and 200 functions, and measures searches over HTTP. Prints sizes by
 * the raw bytes, CPU time of packing, and latencies. With --peers, DuckDB (LIKE over NDJSON) and ClickHouse search the same lines.
 */
import { execFileSync } from 'node:child_process';
import { createWriteStream, mkdtempSync, rmSync, statSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { decodeStreams } from '../ingest/decode/pipeline.ts';
import { DAY_MS } from '../ingest/records/time.ts';
import { openSqliteStore } from '../server/storage/sqlite/store.ts';
import { delivery } from './log-load.ts';
import type { PeerFigures, PeerOrder } from './log-peer.ts';
import { cpuSeconds } from './process-figures.ts';
import type { BenchServer } from './server.ts';
import { startServer, TOKEN } from './server.ts';

const lines = Number(process.argv.find((arg) => /^\d+$/.test(arg)) ?? 10_000_000);
const FUNCTIONS = 200;
const DAYS = 7;
const ROUNDS = 60;
const SEED = 1;
const FOREVER_MS = 3650 * DAY_MS;
const withPeers = process.argv.includes('--peers');
/** Searches of a peer: each may read all lines. */
const PEER_ROUNDS = 10;
/** What a peer prints besides its figures. */
const MOST_PRINTED = 64 * 1_048_576;
const LIMITS = { rareP95Ms: 300, commonP95Ms: 150, index: 0.1, blocks: 0.15 };

const root = mkdtempSync(join(tmpdir(), 'thermocline-logs-'));
const toMs = Date.now();
/** The lines for the peers. */
const file = join(root, 'lines.ndjson');

try {
  await main();
} finally {
  rmSync(root, { recursive: true, force: true });
}

async function main(): Promise<void> {
  const data = join(root, 'data');
  const { requests, packSeconds } = await fill(data);
  const db = new Database(join(data, 'telemetry.db'), { readonly: true });
  const sizes = db
    .prepare(
      `SELECT count(*) AS blocks, sum(lines) AS n, sum(raw_bytes) AS raw, sum(length(filter)) AS filter, sum(length(head)) AS head,
         sum(length(body)) AS body FROM line_block`,
    )
    .get() as Record<'blocks' | 'n' | 'raw' | 'filter' | 'head' | 'body', number>;
  db.close();
  const { blocks, n, raw, filter, head, body } = sizes;
  say(
    `${n} lines, ${(raw / 1e9).toFixed(2)} GB, ${(raw / n).toFixed(0)} bytes a line, ${blocks} blocks; ${cpus().length} × ${cpus()[0]?.model ?? ''}`,
  );
  say(
    `blocks: ${((head + body) / raw).toFixed(4)} of raw (head ${(head / raw).toFixed(4)}, body ${(body / raw).toFixed(4)}); index: ${(filter / raw).toFixed(4)}`,
  );
  say(
    `packing: ${packSeconds.toFixed(1)} s of CPU time, with its writes, ${((packSeconds / n) * 1e6).toFixed(2)} µs a line`,
  );
  const server = await startServer(data);
  try {
    const request = (round: number): string => requests[round % requests.length] ?? '';
    const rare = await measure(server, request);
    const common = await measure(server, () => 'accepted');
    const absent = await measure(server, (round) => `absent${round}`);
    const two = await measure(server, (round) => `request:${request(round)} level:info`);
    const level = await measure(server, () => 'level:error');
    for (const [name, found] of Object.entries({ rare, common, absent, 'request and level': two, level }))
      say(
        `${name}: p50 ${found.p50.toFixed(0)} ms, p95 ${found.p95.toFixed(0)} ms, ${cpuOf(found)} of CPU time, ${found.items} lines, ${(found.readBytes / 1e6).toFixed(1)} MB read`,
      );
    if (withPeers) {
      const texts = (of: (round: number) => string): string[] => Array.from({ length: PEER_ROUNDS }, (_, at) => of(at));
      const searches = {
        rare: texts(request),
        common: texts(() => 'accepted'),
        absent: texts((round) => `absent${round}`),
      };
      for (const engine of ['duckdb', 'clickhouse'] as const) comparePeer(engine, searches, { rare, common, absent });
    }
    const checks: [string, boolean][] = [
      [`rare word over 7 days: p95 ≤ ${LIMITS.rareP95Ms} ms`, rare.p95 <= LIMITS.rareP95Ms],
      [`first page of a common word: p95 ≤ ${LIMITS.commonP95Ms} ms`, common.p95 <= LIMITS.commonP95Ms],
      [`index ≤ ${LIMITS.index} of raw`, filter / raw <= LIMITS.index],
      [`blocks ≤ ${LIMITS.blocks} of raw`, (head + body) / raw <= LIMITS.blocks],
      ['each rare word found', rare.items > 0],
    ];
    for (const [name, met] of checks) say(`${met ? 'met' : 'NOT MET'}: ${name}`);
    process.exitCode = checks.every(([, met]) => met) ? 0 : 1;
  } finally {
    await server.stop();
  }
}

/** Stores the lines in the order of time, packs them meanwhile, and returns request ids of some of them. */
async function fill(data: string): Promise<{ readonly requests: readonly string[]; readonly packSeconds: number }> {
  let nowMs = toMs - DAYS * DAY_MS;
  const store = await openSqliteStore({
    folder: data,
    migrations: join(import.meta.dirname, '../../migrations/sqlite'),
    workers: new URL('../workers/', import.meta.url),
    retention: { rawMs: FOREVER_MS, detailMs: FOREVER_MS, historyMs: FOREVER_MS, quarantineMs: FOREVER_MS },
    lineBytes: Number.MAX_SAFE_INTEGER,
    deadLetterBytes: 268_435_456,
    readers: 1,
    readDeadlineMs: 300_000,
    now: () => nowMs,
  });
  const perDelivery = delivery(SEED, 0, FUNCTIONS, nowMs).events.length;
  const deliveries = Math.ceil(lines / perDelivery);
  const requests: string[] = [];
  let packSeconds = 0;
  const pack = async (): Promise<void> => {
    const before = process.cpuUsage();
    while (await store.lines.pack());
    const { user, system } = process.cpuUsage(before);
    packSeconds += (user + system) / 1e6;
  };
  let written = 0;
  const copy = withPeers ? createWriteStream(file) : null;
  for (let index = 0; written < lines; index += 1) {
    nowMs = Math.min(toMs, Math.floor(toMs - DAYS * DAY_MS + (index / deliveries) * DAYS * DAY_MS));
    const { functionName, logStream, events } = delivery(SEED, index, FUNCTIONS, nowMs);
    written += events.length;
    const rows = events.map(({ timestampMs, message }) =>
      JSON.stringify({ ts: timestampMs, fn: functionName, stream: logStream, message }),
    );
    if (copy?.write(`${rows.join('\n')}\n`) === false)
      await new Promise<void>((resolve) => copy.once('drain', () => resolve()));
    const identity = {
      account: '123456789012',
      region: 'eu-west-1',
      logGroup: `/aws/lambda/${functionName}`,
      logStream,
    };
    const batch = decodeStreams(
      { streams: [{ identity, events }], unreadable: [], records: [], ignored: [] },
      identity,
      {
        raw: 'all',
        region: '',
        selfLogGroups: [],
      },
    );
    await store.write(batch, { kind: 'logs', name: 'bench' });
    if (index % Math.ceil(deliveries / ROUNDS) === 0)
      requests.push(/RequestId: (\S+)/.exec(events[0]?.message ?? '')?.[1] ?? '');
    if (index % 500 === 499) await pack();
  }
  nowMs = toMs + 120_000;
  await pack();
  await store.close();
  if (copy !== null) await new Promise<void>((resolve) => copy.end(() => resolve()));
  return { requests, packSeconds };
}

/** Runs a peer on the same lines, and prints its figures as multiples of ours; says why if it cannot be had. */
function comparePeer(
  engine: PeerOrder['engine'],
  searches: PeerOrder['searches'],
  ours: Readonly<Record<string, Measured>>,
): void {
  const order: PeerOrder = { engine, root: join(import.meta.dirname, '../..'), folder: root, file, searches };
  let figures: PeerFigures;
  try {
    const printed = execFileSync(process.execPath, [join(import.meta.dirname, 'log-peer.js'), JSON.stringify(order)], {
      encoding: 'utf8',
      maxBuffer: MOST_PRINTED,
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    figures = JSON.parse(printed.slice(printed.lastIndexOf('\n') + 1)) as PeerFigures;
  } catch (error) {
    say(`${engine} could not be run: ${error instanceof Error ? error.message.slice(0, 200) : String(error)}`);
    return;
  }
  const { loadCpuSeconds, bytes } = figures;
  if (loadCpuSeconds === null) say(`${engine}: reads NDJSON of ${(statSync(file).size / 1e6).toFixed(0)} MB`);
  else
    say(
      `${engine}: loading took ${loadCpuSeconds.toFixed(1)} s of CPU time, ${((bytes ?? 0) / 1e6).toFixed(1)} MB stored`,
    );
  for (const [name, { times, cpuSeconds: cpu, items }] of Object.entries(figures.searches)) {
    const [found, own] = [{ ...quantiles(times), items, cpuMs: (1000 * cpu) / times.length }, ours[name]];
    if (own === undefined) continue;
    say(
      `${engine}, ${name}: p50 ${found.p50.toFixed(0)} ms (${ratio(found.p50, own.p50)}), p95 ${found.p95.toFixed(0)} ms (${ratio(found.p95, own.p95)}), ${cpuOf(found)} of CPU time (${ratio(found.cpuMs, own.cpuMs)}), ${items} lines`,
    );
  }
}

function ratio(theirs: number, own: number): string {
  return `${Number((theirs / own).toPrecision(2))} × ours`;
}

function cpuOf({ cpuMs }: Pick<Measured, 'cpuMs'>): string {
  return `${cpuMs.toFixed(1)} ms`;
}

function quantiles(times: readonly number[]): Pick<Measured, 'p50' | 'p95'> {
  const sorted = times.toSorted((a, b) => a - b);
  const quantile = (q: number): number => sorted[Math.ceil(q * sorted.length) - 1] ?? Number.NaN;
  return { p50: quantile(0.5), p95: quantile(0.95) };
}

interface Measured {
  readonly p50: number;
  readonly p95: number;
  /** CPU time of one search. */
  readonly cpuMs: number;
  readonly items: number;
  readonly readBytes: number;
}

async function measure(server: BenchServer, textOf: (round: number) => string): Promise<Measured> {
  const times: number[] = [];
  let [items, readBytes] = [0, 0];
  const before = cpuSeconds(server.process.pid);
  for (let round = 0; round < ROUNDS; round += 1) {
    const began = performance.now();
    const query = new URLSearchParams({ q: textOf(round), from: 'now-8d', to: 'now' });
    const response = await fetch(`${server.url}/api/v1/logs?${query}`, {
      headers: { authorization: `Bearer ${TOKEN}` },
    });
    const answer = (await response.json()) as { items: unknown[]; search: { readBytes: number } };
    times.push(performance.now() - began);
    items = Math.max(items, answer.items.length);
    readBytes = Math.max(readBytes, answer.search.readBytes);
  }
  const cpuMs = (1000 * (cpuSeconds(server.process.pid) - before)) / ROUNDS;
  return { ...quantiles(times), cpuMs, items, readBytes };
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}
