/**
 * npm run bench:query — measures latency of API routes at 1 and 5 million invocations over 30 days and 200 functions. Rows
 * go through the store's own writer, queries over HTTP.
 */

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { HOUR_MS } from '../ingest/records/time.ts';
import { fillStore } from './fill-store.ts';
import { startServer, TOKEN } from './server.ts';

const SIZES = [1_000_000, 5_000_000];
const FUNCTIONS = 200;
const DAYS = 30;
const ROUNDS = 200;
const LIMITS = { p95Ms: 60, derivedP95Ms: 100, growth: 1.5, deriveSecondsPer100k: 1 };

const here = import.meta.dirname;
/** `--keep=FOLDER` keeps the stores in that folder. */
const kept = process.argv.find((arg) => arg.startsWith('--keep='))?.slice('--keep='.length);
const root = kept ?? mkdtempSync(join(tmpdir(), 'thermocline-query-'));
const toMs = Math.floor(Date.now() / HOUR_MS) * HOUR_MS;

const ROUTES: readonly [string, (round: number) => string][] = [
  ['overview 30 d', () => '/api/v1/overview?from=now-30d'],
  ['overview 24 h', () => '/api/v1/overview?from=now-24h'],
  ['functions 30 d', () => '/api/v1/functions?from=now-30d'],
  ['functions 24 h', () => '/api/v1/functions?from=now-24h'],
  ['cold-starts 30 d', (round) => `/api/v1/functions/${functionOf(round)}/cold-starts?from=now-30d`],
  ['memory 14 d *', (round) => `/api/v1/functions/${functionOf(round)}/memory`],
  ['provisioned 7 d *', (round) => `/api/v1/functions/${functionOf(round)}/provisioned-concurrency`],
  ['keep-alive 7 d *', (round) => `/api/v1/functions/${functionOf(round)}/keep-alive`],
  ['failures 7 d *', (round) => `/api/v1/functions/${functionOf(round)}/failures?from=now-7d`],
  ['network 30 d *', (round) => `/api/v1/functions/${functionOf(round)}/network`],
  ['fleet network 30 d *', () => '/api/v1/network'],
  ['changes 7 d *', () => '/api/v1/changes'],
  ['function 30 d *', (round) => `/api/v1/functions/${functionOf(round)}?from=now-30d`],
  ['environments 24 h *', (round) => `/api/v1/functions/${functionOf(round)}/environments`],
  ['export 1 000 *', (round) => `/api/v1/export/cold-starts?function=${functionOf(round)}&from=now-30d&limit=1000`],
  ['query p95 by function 30 d *', () => query({ metric: 'durationMs', from: 'now-30d', groupBy: ['function'] })],
  [
    'query cost by memory 7 d *',
    () => query({ metric: 'costUsd', from: 'now-7d', groupBy: ['memoryMb'], interval: '6h' }),
  ],
  ['compare 7 d *', (round) => `/api/v1/compare?function=${functionOf(round)}&before=now-14d/now-7d&after=now-7d/now`],
];

/** Encodes a structured query, marked as a request body. */
function query(body: object): string {
  return `POST ${JSON.stringify(body)}`;
}

function functionOf(round: number): string {
  return `service-${String(round % FUNCTIONS).padStart(3, '0')}`;
}

try {
  await main();
} finally {
  if (kept === undefined) rmSync(root, { recursive: true, force: true });
}

async function main(): Promise<void> {
  let deriveSeconds = Number.NaN;
  const results = new Map<string, { p50: number; p95: number }[]>();
  for (const size of SIZES) {
    const data = join(root, String(size));
    const began = performance.now();
    deriveSeconds = await fillStore(data, { size, functions: FUNCTIONS, days: DAYS, toMs });
    say(`${size} invocations stored and derived in ${((performance.now() - began) / 1000).toFixed(1)} s`);
    const server = await startServer(data);
    const { url } = server;
    for (const [name, path] of ROUTES) {
      const first: number[] = [];
      for (const address of new Set(Array.from({ length: ROUNDS }, (_, round) => path(round)))) {
        first.push(await timeRequest(url + address));
      }
      const times: number[] = [];
      for (let round = 0; round < ROUNDS; round += 1) times.push(await timeRequest(url + path(round)));
      times.sort((a, b) => a - b);
      const figures = {
        p50: times[Math.floor(ROUNDS * 0.5)] ?? Number.NaN,
        p95: times[Math.ceil(ROUNDS * 0.95) - 1] ?? Number.NaN,
      };
      results.set(name, [...(results.get(name) ?? []), figures]);
      say(
        `  ${name.padEnd(18)} p50 ${figures.p50.toFixed(1)} ms   p95 ${figures.p95.toFixed(1)} ms   first answer at most ${Math.max(...first).toFixed(1)} ms`,
      );
    }
    await server.stop();
  }
  let met = true;
  for (const [name, [small, large]] of results) {
    const growth = (large?.p95 ?? Number.NaN) / (small?.p95 ?? Number.NaN);
    // Growth is only checked over the full thirty days: on a single day of the small load, most buckets are empty.
    const isChecked = name.endsWith('30 d');
    const limit = name.endsWith('*') ? LIMITS.derivedP95Ms : LIMITS.p95Ms;
    const good = (large?.p95 ?? Number.POSITIVE_INFINITY) <= limit && (growth <= LIMITS.growth || !isChecked);
    met &&= good;
    say(
      `${good ? 'met' : 'NOT MET'}: ${name}: p95 ${large?.p95.toFixed(1)} ms ≤ ${limit} ms, ${growth.toFixed(2)} × that at 1 million${isChecked ? ` ≤ ${LIMITS.growth}` : ''}`,
    );
  }
  if (process.argv.includes('--baseline')) {
    const machine = `${cpus().length} × ${cpus()[0]?.model ?? 'unknown'}, Node ${process.versions.node}`;
    writeFileSync(
      join(here, '../../bench/baseline-query.json'),
      `${JSON.stringify({ machine, sizes: SIZES.join(' and '), deriveSecondsPer100k: deriveSeconds, routes: Object.fromEntries(results) }, null, 2)}\n`,
    );
  }
  const cheap = deriveSeconds <= LIMITS.deriveSecondsPer100k;
  say(
    `${cheap ? 'met' : 'NOT MET'}: attribution: ${deriveSeconds.toFixed(2)} CPU s for each 100,000 invocations ≤ ${LIMITS.deriveSecondsPer100k}`,
  );
  process.exitCode = met && cheap ? 0 : 1;
}

async function timeRequest(url: string): Promise<number> {
  const began = performance.now();
  const [base = '', body] = url.split('POST ');
  const headers = { authorization: `Bearer ${TOKEN}`, 'content-type': 'application/json' };
  const response = await fetch(
    body === undefined ? url : `${base}/api/v1/query`,
    body === undefined ? { headers } : { method: 'POST', headers, body },
  );
  await response.text();
  if (!response.ok) throw new Error(`${url}: ${response.status}`);
  return performance.now() - began;
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}
