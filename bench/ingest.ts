/**
 * npm run bench:ingest — ingests 500,000 invocations over HTTP from sender processes, acknowledged after commit, and
 * compares with the floor measured in the same run. Prints figures and ratios; writes bench/baseline-ingest.json with
 * --baseline.
 */

import type { ChildProcess } from 'node:child_process';
import { execFileSync, fork } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { DAY_MS } from '../ingest/records/time.ts';
import type { LoadShape } from './load.ts';
import { EVENTS_PER_PAYLOAD, INVOCATIONS_PER_PAYLOAD } from './load.ts';
import { cpuSeconds, peakMegabytes } from './process-figures.ts';
import type { BenchServer } from './server.ts';
import { startServer, TOKEN } from './server.ts';

const invocations = Number(process.argv.find((arg) => /^\d+$/.test(arg)) ?? 500_000);
const SENDERS = 2;
const PER_REQUEST = 40;
const CONNECTIONS = 4;
const LIMITS = { wallRatio: 1.3, rssMb: 400, bytesPerInvocation: 200 };

/** `--profile=FOLDER` writes a CPU profile of each server thread. */
const profileFolder = process.argv.find((arg) => arg.startsWith('--profile='))?.slice('--profile='.length);
const profiling = profileFolder === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${profileFolder}`];

/** `--packing` waits until lines were packed into blocks. */
const withPacking = process.argv.includes('--packing');
/** Chunks of small functions wait a minute for more. */
const PACKED_MS = 80_000;

const payloads = Math.ceil(invocations / INVOCATIONS_PER_PAYLOAD);
const toMs = Date.UTC(2026, 10, 1);
const shape: LoadShape = { seed: 1, functions: 200, fromMs: toMs - DAY_MS, toMs };
const folder = mkdtempSync(join(tmpdir(), 'thermocline-bench-'));
const here = import.meta.dirname;

try {
  await main();
} finally {
  rmSync(folder, { recursive: true, force: true });
}

async function main(): Promise<void> {
  say(
    `load: ${payloads * INVOCATIONS_PER_PAYLOAD} invocations, ${payloads * EVENTS_PER_PAYLOAD} events, ${payloads} payloads, seed ${shape.seed}`,
  );
  const before = floor();
  say(`floor (one thread, gunzip + JSON.parse + plain insert): ${(before / 1000).toFixed(2)} s`);
  const run = await product();
  const after = floor();
  say(`floor again: ${(after / 1000).toFixed(2)} s`);
  const floorMs = Math.min(before, after);
  const duckdbMs = peer();
  const rate = (payloads * INVOCATIONS_PER_PAYLOAD) / (run.wallMs / 1000);
  const figures = {
    invocations: payloads * INVOCATIONS_PER_PAYLOAD,
    wallSeconds: run.wallMs / 1000,
    invocationsPerSecond: Math.round(rate),
    eventsPerSecond: Math.round(rate * (EVENTS_PER_PAYLOAD / INVOCATIONS_PER_PAYLOAD)),
    floorSeconds: floorMs / 1000,
    wallOverFloor: run.wallMs / floorMs,
    duckdbSeconds: duckdbMs === null ? null : duckdbMs / 1000,
    wallOverDuckdb: duckdbMs === null ? null : run.wallMs / duckdbMs,
    peakRssMb: run.peakRssMb,
    bytesPerInvocation: run.tableBytes / (payloads * INVOCATIONS_PER_PAYLOAD),
    rawBytesPerInvocation: run.rawBytes / (payloads * INVOCATIONS_PER_PAYLOAD),
    ackP50Ms: quantile(run.acks, 0.5),
    ackP99Ms: quantile(run.acks, 0.99),
    serverCpuSeconds: run.cpuSeconds,
    serverCpuSecondsWithPacking: run.packedCpuSeconds,
    machine: `${cpus().length} × ${cpus()[0]?.model ?? 'unknown'}, Node ${process.versions.node}`,
  };
  for (const [name, value] of Object.entries(figures))
    say(`${name}: ${typeof value === 'number' ? Number(value.toPrecision(4)) : value}`);
  const checks: [string, boolean][] = [
    [`wall ≤ ${LIMITS.wallRatio} × floor`, figures.wallOverFloor <= LIMITS.wallRatio],
    [`peak RSS ≤ ${LIMITS.rssMb} MB`, figures.peakRssMb <= LIMITS.rssMb],
    [`≤ ${LIMITS.bytesPerInvocation} bytes per invocation`, figures.bytesPerInvocation <= LIMITS.bytesPerInvocation],
    ['every invocation stored once', run.stored === figures.invocations],
  ];
  for (const [name, met] of checks) say(`${met ? 'met' : 'NOT MET'}: ${name}`);
  if (process.argv.includes('--baseline')) {
    writeFileSync(join(here, '../../bench/baseline-ingest.json'), `${JSON.stringify(figures, null, 2)}\n`);
  }
  process.exitCode = checks.every(([, met]) => met) ? 0 : 1;
}

function floor(): number {
  const order = JSON.stringify({ shape, payloads, file: join(folder, 'floor.db') });
  const answer = JSON.parse(execFileSync(process.execPath, [join(here, 'floor.js'), order], { encoding: 'utf8' })) as {
    ms: number;
  };
  return answer.ms;
}

/** Runs DuckDB on the same events; null if it cannot be installed. */
function peer(): number | null {
  const order = JSON.stringify({ shape, payloads, folder, root: join(here, '../..') });
  try {
    const answer = JSON.parse(
      execFileSync(process.execPath, [join(here, 'duckdb.js'), order], { encoding: 'utf8' }),
    ) as {
      ms: number;
      rows: number;
    };
    if (answer.rows !== payloads * INVOCATIONS_PER_PAYLOAD) throw new Error(`DuckDB read ${answer.rows} invocations`);
    say(
      `DuckDB (uncompressed NDJSON, load and regular expressions, no START join, no rollups): ${(answer.ms / 1000).toFixed(2)} s`,
    );
    return answer.ms;
  } catch (error) {
    say(`DuckDB could not be run: ${error instanceof Error ? error.message.slice(0, 200) : String(error)}`);
    return null;
  }
}

interface Run {
  readonly wallMs: number;
  readonly acks: number[];
  readonly peakRssMb: number;
  readonly cpuSeconds: number;
  /** Until the lines were packed into blocks, with `--packing`. */
  readonly packedCpuSeconds: number;
  readonly stored: number;
  readonly tableBytes: number;
  readonly rawBytes: number;
}

async function product(): Promise<Run> {
  const data = join(folder, 'data');
  const server = await startServer(data, profiling);
  try {
    return await load(server, data);
  } finally {
    await server.stop();
  }
}

async function load(server: BenchServer, data: string): Promise<Run> {
  const { url } = server;
  const senders = Array.from({ length: SENDERS }, () => fork(join(here, 'sender.js')));
  const share = Math.ceil(payloads / SENDERS);
  await Promise.all(
    senders.map((sender, at) => {
      const ready = once<{ ready: true }>(sender);
      sender.send({
        prepare: {
          shape,
          from: at * share,
          to: Math.min(payloads, (at + 1) * share),
          perRequest: PER_REQUEST,
          connections: CONNECTIONS,
          url,
          token: TOKEN,
        },
      });
      return ready;
    }),
  );
  const cpuBefore = cpuSeconds(server.process.pid);
  const began = performance.now();
  const done = senders.map((sender) => once<{ acks: number[] }>(sender));
  for (const sender of senders) sender.send({ go: true });
  const acks = (await Promise.all(done)).flatMap((message) => message.acks);
  const wallMs = performance.now() - began;
  const serverCpu = cpuSeconds(server.process.pid) - cpuBefore;
  const peakRssMb = peakMegabytes(server.process.pid);
  await new Promise((resolve) => setTimeout(resolve, 4000)); // Request ids are indexed in the background after ingest.
  // As long without lines, since other work goes on in the background.
  if (withPacking) await new Promise((resolve) => setTimeout(resolve, PACKED_MS));
  const packedCpuSeconds = cpuSeconds(server.process.pid) - cpuBefore;
  await server.stop();
  return { wallMs, acks, peakRssMb, cpuSeconds: serverCpu, packedCpuSeconds, ...sizes(join(data, 'telemetry.db')) };
}

function sizes(file: string): Pick<Run, 'stored' | 'tableBytes' | 'rawBytes'> {
  const db = new Database(file, { readonly: true });
  const stored = db.prepare('SELECT count(*) FROM invocation').pluck().get() as number;
  const pages = db.prepare('SELECT name, sum(pgsize) AS bytes FROM dbstat GROUP BY name ORDER BY bytes DESC').all() as {
    name: string;
    bytes: number;
  }[];
  const raw = pages
    .filter(({ name }) => /^(?:raw_chunk|line_block)/.test(name))
    .reduce((sum, entry) => sum + entry.bytes, 0);
  const all = pages.reduce((sum, entry) => sum + entry.bytes, 0);
  for (const entry of pages.slice(0, 8))
    say(`  ${entry.name}: ${(entry.bytes / stored).toFixed(1)} bytes per invocation`);
  db.close();
  return { stored, tableBytes: all - raw, rawBytes: raw };
}

function once<T>(child: ChildProcess): Promise<T> {
  return new Promise((resolve, reject) => {
    child.once('message', (message) => resolve(message as T));
    child.once('exit', (code) => (code === 0 ? undefined : reject(new Error(`sender ended with ${code}`))));
  });
}

function quantile(values: readonly number[], q: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.ceil(q * sorted.length) - 1)] ?? Number.NaN;
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}
