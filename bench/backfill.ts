/**
 * npm run bench:backfill — runs `thermocline backfill` on a million events from a fake CloudWatch Logs: once without
 * interruption, and once killed and restarted. Prints figures, and checks that nothing is lost or stored twice.
 */

import { fork, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { DAY_MS, HOUR_MS } from '../ingest/records/time.ts';
import { EVENTS_PER_PAYLOAD, INVOCATIONS_PER_PAYLOAD } from './load.ts';
import { peakMegabytes } from './process-figures.ts';

const here = import.meta.dirname;
const GROUPS = 10;
const TARGET = { eventsPerSecond: 30_000, rssMb: 300 };
const events = Number(process.argv.find((arg) => /^\d+$/.test(arg)) ?? 1_000_000);
const payloadsPerGroup = Math.ceil(events / EVENTS_PER_PAYLOAD / GROUPS);
const invocations = payloadsPerGroup * GROUPS * INVOCATIONS_PER_PAYLOAD;
const toMs = Date.now() - HOUR_MS;
const shape = { seed: 3, functions: 200, fromMs: toMs - DAY_MS, toMs };
const folder = mkdtempSync(join(tmpdir(), 'thermocline-bench-'));

interface Ready {
  readonly port: number;
  readonly events: number;
  readonly pages: number;
}

const double = fork(join(here, 'logs-double.js'));
try {
  await main();
} finally {
  double.kill();
  rmSync(folder, { recursive: true, force: true });
}

async function main(): Promise<void> {
  const ready = new Promise<Ready>((resolve) => double.once('message', (message) => resolve(message as Ready)));
  double.send({ shape, groups: GROUPS, payloadsPerGroup });
  const { port, events: made, pages } = await ready;
  say(`double: ${made} events in ${GROUPS} log groups, ${pages} pages of at most 1 MB`);
  const whole = await backfill(port, join(folder, 'whole'), null);
  const killed = await backfill(port, join(folder, 'killed'), whole.seconds * 0.5);
  const between = stored(join(folder, 'killed'));
  const resumed = await backfill(port, join(folder, 'killed'), null);
  const figures = {
    events: made,
    seconds: whole.seconds,
    eventsPerSecond: Math.round(made / whole.seconds),
    peakRssMb: whole.peakRssMb,
    storedWhenKilled: between,
    resumedSeconds: resumed.seconds,
    resumedPeakRssMb: resumed.peakRssMb,
    machine: `${cpus().length} × ${cpus()[0]?.model ?? 'unknown'}, Node ${process.versions.node}`,
  };
  for (const [name, value] of Object.entries(figures))
    say(`${name}: ${typeof value === 'number' ? Number(value.toPrecision(4)) : value}`);
  say(`second run said: ${resumed.output.trim()}`);
  const checks: [string, boolean][] = [
    [`≥ ${TARGET.eventsPerSecond} events/s`, figures.eventsPerSecond >= TARGET.eventsPerSecond],
    [`peak RSS ≤ ${TARGET.rssMb} MB`, Math.max(whole.peakRssMb, resumed.peakRssMb) <= TARGET.rssMb],
    ['every invocation stored once', stored(join(folder, 'whole')) === invocations],
    ['the killed run had stored some, and not all', killed.code !== 0 && between > 0 && between < invocations],
    ['after the kill and a second run every invocation is stored once', stored(join(folder, 'killed')) === invocations],
    ['the second run resumed instead of starting over', resumed.output.includes('(resumed)')],
  ];
  for (const [name, met] of checks) say(`${met ? 'met' : 'NOT MET'}: ${name}`);
  if (process.argv.includes('--baseline')) {
    writeFileSync(join(here, '../../bench/baseline-backfill.json'), `${JSON.stringify(figures, null, 2)}\n`);
  }
  process.exitCode = checks.every(([, met]) => met) ? 0 : 1;
}

interface Run {
  readonly seconds: number;
  readonly peakRssMb: number;
  readonly code: number | null;
  readonly output: string;
}

async function backfill(port: number, data: string, killAfterSeconds: number | null): Promise<Run> {
  const began = performance.now();
  const child = spawn(
    process.execPath,
    [join(here, '../main.js'), 'backfill', '--all-lambda', '--since', '3d', '--requests-per-second', '50'],
    {
      env: {
        PATH: process.env['PATH'],
        THERMOCLINE_DATA: data,
        AWS_ENDPOINT_URL: `http://127.0.0.1:${port}`,
        AWS_ACCESS_KEY_ID: 'AKIAEXAMPLE',
        AWS_SECRET_ACCESS_KEY: 'secret',
        AWS_REGION: 'eu-west-1',
      },
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  );
  let output = '';
  child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
  let peakRssMb = 0;
  const watch = setInterval(() => (peakRssMb = Math.max(peakRssMb, peakMegabytes(child.pid) || 0)), 50);
  if (killAfterSeconds !== null) setTimeout(() => child.kill('SIGKILL'), killAfterSeconds * 1000);
  const code = await new Promise<number | null>((resolve) => child.once('exit', resolve));
  clearInterval(watch);
  return { seconds: (performance.now() - began) / 1000, peakRssMb, code, output };
}

function stored(data: string): number {
  const db = new Database(join(data, 'telemetry.db'), { readonly: true });
  const n = db.prepare('SELECT count(*) FROM invocation').pluck().get() as number;
  db.close();
  return n;
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}
