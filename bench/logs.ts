/**
 * npm run bench:logs — packs 10 million log lines of 7 days and 200 functions, and measures searches over HTTP. Prints sizes by
 * the raw bytes, CPU time of packing, and latencies.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { decodeStreams } from '../ingest/decode/pipeline.ts';
import { DAY_MS } from '../ingest/records/time.ts';
import { openSqliteStore } from '../server/storage/sqlite/store.ts';
import { delivery } from './log-load.ts';
import { startServer, TOKEN } from './server.ts';

const lines = Number(process.argv.find((arg) => /^\d+$/.test(arg)) ?? 10_000_000);
const FUNCTIONS = 200;
const DAYS = 7;
const ROUNDS = 60;
const SEED = 1;
const FOREVER_MS = 3650 * DAY_MS;
const LIMITS = { rareP95Ms: 300, commonP95Ms: 150, index: 0.1, blocks: 0.15 };

const root = mkdtempSync(join(tmpdir(), 'thermocline-logs-'));
const toMs = Date.now();

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
    const rare = await measure(server.url, (round) => requests[round % requests.length] ?? '');
    const common = await measure(server.url, () => 'accepted');
    const absent = await measure(server.url, (round) => `absent${round}`);
    const two = await measure(server.url, (round) => `request:${requests[round % requests.length] ?? ''} level:info`);
    const level = await measure(server.url, () => 'level:error');
    for (const [name, found] of Object.entries({ rare, common, absent, 'request and level': two, level }))
      say(
        `${name}: p50 ${found.p50.toFixed(0)} ms, p95 ${found.p95.toFixed(0)} ms, ${found.items} lines, ${(found.readBytes / 1e6).toFixed(1)} MB read`,
      );
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
  for (let index = 0; written < lines; index += 1) {
    nowMs = Math.min(toMs, Math.floor(toMs - DAYS * DAY_MS + (index / deliveries) * DAYS * DAY_MS));
    const { functionName, logStream, events } = delivery(SEED, index, FUNCTIONS, nowMs);
    written += events.length;
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
  return { requests, packSeconds };
}

interface Measured {
  readonly p50: number;
  readonly p95: number;
  readonly items: number;
  readonly readBytes: number;
}

async function measure(url: string, textOf: (round: number) => string): Promise<Measured> {
  const times: number[] = [];
  let [items, readBytes] = [0, 0];
  for (let round = 0; round < ROUNDS; round += 1) {
    const began = performance.now();
    const query = new URLSearchParams({ q: textOf(round), from: 'now-8d', to: 'now' });
    const response = await fetch(`${url}/api/v1/logs?${query}`, { headers: { authorization: `Bearer ${TOKEN}` } });
    const answer = (await response.json()) as { items: unknown[]; search: { readBytes: number } };
    times.push(performance.now() - began);
    items = Math.max(items, answer.items.length);
    readBytes = Math.max(readBytes, answer.search.readBytes);
  }
  const sorted = times.toSorted((a, b) => a - b);
  const quantile = (q: number): number => sorted[Math.ceil(q * sorted.length) - 1] ?? Number.NaN;
  return { p50: quantile(0.5), p95: quantile(0.95), items, readBytes };
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}
