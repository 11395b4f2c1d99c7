/**
 * npm run bench:mixed — the requests of the pages while ingest runs at full speed, at half of it, and not at all, in turns. Their
 * latency is judged by the clock and beside that without ingest; the delay of the main thread's event loop is the server's own
 * metric (`nodejs_eventloop_lag_p99_seconds`, which includes its interval of 10 ms). Both are wall time: run it on a quiet
 * machine, whose load is printed. CPU time of the turns of the main thread, which does not depend on the load, is printed beside.
 */
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { HOUR_MS, MINUTE_MS } from '../ingest/records/time.ts';
import { fillStore } from './fill-store.ts';
import { INVOCATIONS_PER_PAYLOAD } from './load.ts';
import { bodiesOf, prepareLoad } from './mixed-load.ts';
import { pageRequests, sendPageRequest } from './page-requests.ts';
import { cpuSeconds, mainThreadCpuMs } from './process-figures.ts';
import type { BenchServer } from './server.ts';
import { startServer, TOKEN } from './server.ts';

const ROWS = Number(argument('rows') ?? 1_000_000);
const FUNCTIONS = 200;
const DAYS = 30;
const ROUNDS = Number(argument('rounds') ?? 5);
/** Payloads of 100 invocations that are ingested in each phase. */
const PAYLOADS = Number(argument('payloads') ?? 4000);
/** Readers of pages: each requests the next one when it has its answer. */
const VIEWERS = 2;
const LIMITS = { pageP99Ms: 150, loopP99Ms: 15 };
const PROBE = join(import.meta.dirname, '../../test/support/turn-probe.mjs');

const PHASES = ['none', 'full', 'half'] as const;
type Phase = (typeof PHASES)[number];
const NAMES: Readonly<Record<Phase, string>> = {
  none: 'without ingest',
  full: 'ingest at full speed',
  half: 'ingest at half speed',
};

/** What one phase of one round took. */
interface Measured {
  readonly pageMs: readonly number[];
  readonly loopP99Ms: number;
  /** CPU time of each turn of the main thread, ms. */
  readonly turns: readonly number[];
  readonly cpuSeconds: number;
  readonly mainCpuSeconds: number;
  readonly wallMs: number;
  readonly invocations: number;
  readonly acks: readonly number[];
}

const kept = argument('keep');
const data = kept ?? mkdtempSync(join(tmpdir(), 'thermocline-mixed-'));
const turnFile = join(data, 'turns.json');

try {
  await main();
} finally {
  if (kept === undefined) rmSync(data, { recursive: true, force: true });
}

async function main(): Promise<void> {
  if (!existsSync(join(data, 'telemetry.db'))) {
    say(`Storing ${ROWS} invocations of ${FUNCTIONS} functions …`);
    const toMs = Math.floor(Date.now() / HOUR_MS) * HOUR_MS;
    await fillStore(data, { size: ROWS, functions: FUNCTIONS, days: DAYS, toMs });
  }
  const server = await startServer(data, ['--import', PROBE], { TURN_PROBE_FILE: turnFile });
  try {
    await measure(server);
  } finally {
    await server.stop();
    rmSync(turnFile, { force: true });
  }
}

async function measure(server: BenchServer): Promise<void> {
  const requests = pageRequests(['service-000', 'service-007']);
  for (const request of requests) await sendPageRequest(server.url, TOKEN, request);
  const found: Record<Phase, Measured[]> = { none: [], full: [], half: [] };
  let fullMs = Number.NaN;
  let next = 0;
  for (let round = 0; round < ROUNDS; round += 1) {
    let pages = requests.length;
    // The load decides how long a phase with ingest lasts; the one without sends as many requests as the one before.
    for (const phase of ['full', 'none', 'half'] as const) {
      const isLoaded = phase !== 'none';
      const everyMs = phase === 'half' ? (2 * fullMs) / bodiesOf(PAYLOADS) : null;
      // Half of the load at half of the speed takes as long.
      const payloads = phase === 'half' ? PAYLOADS / 2 : PAYLOADS;
      const shape = { seed: 11, functions: FUNCTIONS, fromMs: Date.now() - HOUR_MS, toMs: Date.now() };
      const load = isLoaded ? await prepareLoad(server.url, shape, { from: next, to: next + payloads, everyMs }) : null;
      if (isLoaded) next += payloads;
      const one = await phaseOf(server, requests, load, pages);
      found[phase].push(one);
      if (phase === 'full') [fullMs, pages] = [one.wallMs, one.pageMs.length];
      report(`round ${round + 1}, ${NAMES[phase]}`, one);
    }
  }
  judge(found, requests.length);
}

async function phaseOf(
  server: BenchServer,
  requests: ReturnType<typeof pageRequests>,
  load: Awaited<ReturnType<typeof prepareLoad>> | null,
  pages: number,
): Promise<Measured> {
  const { pid } = server.process;
  await sleep(1000);
  await loopP99Ms(server.url);
  await turnsSoFar(server);
  const [cpuBefore, mainBefore, began] = [cpuSeconds(pid), mainThreadCpuMs(pid), performance.now()];
  let isSending = load !== null;
  const sent = load?.send().finally(() => {
    isSending = false;
  });
  const pageMs: number[] = [];
  let at = 0;
  const view = async (): Promise<void> => {
    while (load === null ? at < pages : isSending) {
      const request = requests[at % requests.length];
      at += 1;
      if (request === undefined) return;
      const startedMs = performance.now();
      await sendPageRequest(server.url, TOKEN, request);
      pageMs.push(performance.now() - startedMs);
    }
  };
  await Promise.all(Array.from({ length: VIEWERS }, view));
  const { wallMs, acks } = (await sent) ?? { wallMs: performance.now() - began, acks: [] };
  return {
    pageMs,
    loopP99Ms: await loopP99Ms(server.url),
    turns: await turnsSoFar(server),
    cpuSeconds: cpuSeconds(pid) - cpuBefore,
    mainCpuSeconds: (mainThreadCpuMs(pid) - mainBefore) / 1000,
    wallMs,
    invocations: load?.invocations ?? 0,
    acks,
  };
}

/** Reads the delay of the event loop since the last reading, ms. */
async function loopP99Ms(url: string): Promise<number> {
  const text = await (await fetch(`${url}/metrics`)).text();
  return 1000 * Number(/^nodejs_eventloop_lag_p99_seconds (\S+)$/m.exec(text)?.[1]);
}

/** CPU time of each turn of the server's main thread since the last call, ms. */
async function turnsSoFar(server: BenchServer): Promise<readonly number[]> {
  rmSync(turnFile, { force: true });
  server.process.kill('SIGUSR2');
  const untilMs = performance.now() + MINUTE_MS;
  while (!existsSync(turnFile)) {
    if (performance.now() > untilMs) throw new Error('the probe of turns did not answer');
    await sleep(20);
  }
  return JSON.parse(readFileSync(turnFile, 'utf8')) as number[];
}

function figuresOf(rounds: readonly Measured[]) {
  const pages = rounds.flatMap(({ pageMs }) => pageMs);
  const acks = rounds.flatMap(({ acks: ms }) => ms);
  const turns = rounds.flatMap(({ turns: ms }) => ms);
  const sum = (value: (one: Measured) => number): number => rounds.reduce((total, one) => total + value(one), 0);
  const invocations = sum((one) => one.invocations);
  return {
    pages: pages.length,
    pageP50Ms: quantile(pages, 0.5),
    pageP99Ms: quantile(pages, 0.99),
    loopP99Ms: quantile(
      rounds.map((one) => one.loopP99Ms),
      0.5,
    ),
    turnP99Ms: quantile(turns, 0.99),
    longestTurnMs: Math.max(...rounds.map((one) => one.turns.reduce((most, ms) => Math.max(most, ms), 0))),
    serverCpuSeconds: sum((one) => one.cpuSeconds),
    mainCpuSeconds: sum((one) => one.mainCpuSeconds),
    invocationsPerSecond: invocations === 0 ? null : Math.round(invocations / (sum((one) => one.wallMs) / 1000)),
    ackP99Ms: acks.length === 0 ? null : quantile(acks, 0.99),
  };
}

function report(what: string, one: Measured): void {
  const { pages, pageP50Ms, pageP99Ms, loopP99Ms: lagMs, ...rest } = figuresOf([one]);
  say(
    `${what}: ${pages} pages, p50 ${pageP50Ms.toFixed(0)} ms, p99 ${pageP99Ms.toFixed(0)} ms; event loop p99 ${lagMs.toFixed(1)} ms; ` +
      `turns of the main thread p99 ${rest.turnP99Ms.toFixed(1)} ms, longest ${rest.longestTurnMs.toFixed(1)} ms of CPU; ` +
      `server ${rest.serverCpuSeconds.toFixed(1)} CPU s, main thread ${rest.mainCpuSeconds.toFixed(1)}; ` +
      (rest.invocationsPerSecond === null
        ? ''
        : `${rest.invocationsPerSecond} invocations/s, acknowledged p99 ${rest.ackP99Ms?.toFixed(0)} ms; `) +
      `load of the machine ${(loadavg()[0] ?? Number.NaN).toFixed(1)}`,
  );
}

function judge(found: Readonly<Record<Phase, readonly Measured[]>>, requests: number): void {
  const figures = Object.fromEntries(PHASES.map((phase) => [phase, figuresOf(found[phase])]));
  const [none, full] = [figures['none'], figures['full']];
  for (const phase of ['full', 'half'] as const) {
    const ratios = found[phase].map((one, at) => {
      const other = found.none[at];
      return quantile(one.pageMs, 0.5) / quantile(other?.pageMs ?? [], 0.5);
    });
    say(`${NAMES[phase]}: p50 of pages ${quantile(ratios, 0.5).toFixed(2)} × that without, median of the rounds`);
  }
  const judged: readonly (readonly [string, number, number])[] = [
    ['p99 of pages while ingest runs at full speed, ms', full?.pageP99Ms ?? Number.NaN, LIMITS.pageP99Ms],
    [
      'p99 of the event-loop delay, everything at once, median of the rounds, ms',
      full?.loopP99Ms ?? Number.NaN,
      LIMITS.loopP99Ms,
    ],
  ];
  let met = true;
  for (const [what, value, limit] of judged) {
    const isMet = value <= limit;
    met &&= isMet;
    say(`${isMet ? 'met' : 'NOT MET'}: ${what}: ${value.toFixed(1)} ≤ ${limit}`);
  }
  say(`without ingest: p99 of pages ${none?.pageP99Ms.toFixed(1)} ms`);
  if (process.argv.includes('--baseline')) {
    const machine = `${cpus().length} × ${cpus()[0]?.model ?? 'unknown'}, Node ${process.versions.node}`;
    const load = { rows: ROWS, rounds: ROUNDS, invocationsPerPhase: PAYLOADS * INVOCATIONS_PER_PAYLOAD, requests };
    const file = join(import.meta.dirname, '../../bench/baseline-mixed.json');
    writeFileSync(file, `${JSON.stringify({ machine, loadOfMachine: loadavg()[0], ...load, ...figures }, null, 2)}\n`);
  }
  process.exitCode = met ? 0 : 1;
}

function quantile(values: readonly number[], q: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.max(0, Math.min(sorted.length - 1, Math.ceil(q * sorted.length) - 1))] ?? Number.NaN;
}

function argument(name: string): string | undefined {
  return process.argv.find((arg) => arg.startsWith(`--${name}=`))?.slice(name.length + 3);
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}
