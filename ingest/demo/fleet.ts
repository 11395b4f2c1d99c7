/**
 * A small simulated fleet: arrivals, environments, inits, runs and failures over a day, written as the log lines
 * Lambda would have printed. Seeded; the account 000000000000 marks it as simulated wherever it shows.
 */
import {
  renderEnd,
  renderExtension,
  renderInitReport,
  renderInitStart,
  renderReport,
  renderRestoreReport,
  renderRestoreStart,
  renderStart,
  renderTimeout,
} from '../lines/render.ts';
import { Random } from '../random.ts';
import type { LogEvent } from '../records.ts';

export const SIMULATED_ACCOUNT = '000000000000';

export interface SimulatedStream {
  readonly logGroup: string;
  readonly logStream: string;
  readonly events: readonly LogEvent[];
}

interface Profile {
  readonly name: string;
  readonly runtime: string;
  readonly memoryMb: number;
  readonly usedMb: number;
  readonly meanGapMs: number;
  readonly durationMs: number;
  readonly sigma: number;
  readonly initMs: number;
  /** Mean lifetime of an idle environment. */
  readonly keepAliveMs: number;
  readonly timeoutMs?: number;
  readonly timeoutShare?: number;
  readonly oomShare?: number;
  /** Its memory grows as long as an environment lives; that of the others fills their caches, and stays. */
  readonly leaks?: true;
  readonly proactiveShare?: number;
  readonly snapStart?: boolean;
  readonly extension?: string;
}

const PROFILES: readonly Profile[] = [
  {
    name: 'checkout',
    runtime: 'nodejs:22.v31',
    memoryMb: 1024,
    usedMb: 212,
    meanGapMs: 9000,
    durationMs: 84,
    sigma: 0.5,
    initMs: 410,
    keepAliveMs: 420_000,
    extension: 'datadog-agent',
  },
  {
    name: 'search',
    runtime: 'python:3.13.v60',
    memoryMb: 512,
    usedMb: 148,
    meanGapMs: 5000,
    durationMs: 160,
    sigma: 0.4,
    initMs: 690,
    keepAliveMs: 420_000,
  },
  {
    name: 'orders-api',
    runtime: 'java:21.v38',
    memoryMb: 2048,
    usedMb: 390,
    meanGapMs: 45_000,
    durationMs: 58,
    sigma: 0.6,
    initMs: 240,
    keepAliveMs: 400_000,
    snapStart: true,
  },
  {
    name: 'thumbnail',
    runtime: 'python:3.12.v91',
    memoryMb: 1536,
    usedMb: 1490,
    meanGapMs: 40_000,
    durationMs: 1900,
    sigma: 0.5,
    initMs: 820,
    keepAliveMs: 380_000,
    oomShare: 0.012,
  },
  {
    name: 'report-nightly',
    runtime: 'provided:al2023.v97',
    memoryMb: 3008,
    usedMb: 900,
    meanGapMs: 1_400_000,
    durationMs: 42_000,
    sigma: 0.3,
    initMs: 60,
    keepAliveMs: 360_000,
  },
  {
    name: 'webhook-fanout',
    leaks: true,
    runtime: 'nodejs:20.v72',
    memoryMb: 256,
    usedMb: 96,
    meanGapMs: 15_000,
    durationMs: 320,
    sigma: 0.9,
    initMs: 260,
    keepAliveMs: 420_000,
    timeoutMs: 3000,
    timeoutShare: 0.01,
  },
  {
    name: 'auth',
    runtime: 'provided:al2023.v97',
    memoryMb: 128,
    usedMb: 38,
    meanGapMs: 6000,
    durationMs: 6,
    sigma: 0.4,
    initMs: 34,
    keepAliveMs: 420_000,
  },
  {
    name: 'pricing',
    runtime: 'dotnet:8.v44',
    memoryMb: 1024,
    usedMb: 170,
    meanGapMs: 600_000,
    durationMs: 220,
    sigma: 0.5,
    initMs: 780,
    keepAliveMs: 330_000,
    proactiveShare: 0.4,
  },
];

function ceilingOf({ memoryMb, usedMb, leaks }: Profile): number {
  return leaks === true ? memoryMb : Math.min(memoryMb, Math.round(usedMb * 1.06));
}

interface Environment {
  readonly stream: { readonly logGroup: string; readonly logStream: string; readonly events: LogEvent[] };
  busyUntilMs: number;
  expiresMs: number;
  usedMb: number;
  failed: boolean;
}

/** The fleet's streams between two instants. */
export function simulateFleet(seed: number, fromMs: number, toMs: number): readonly SimulatedStream[] {
  return PROFILES.flatMap((profile, at) => simulate(profile, new Random(seed * 1000 + at), fromMs, toMs));
}

function simulate(profile: Profile, random: Random, fromMs: number, toMs: number): SimulatedStream[] {
  const environments: Environment[] = [];
  const arn = `arn:aws:lambda:eu-west-1::runtime:${random.hex(64)}`;
  let atMs = fromMs + random.exponential(profile.meanGapMs);
  while (atMs < toMs) {
    const idle = environments.filter((entry) => entry.busyUntilMs <= atMs && entry.expiresMs > atMs);
    const warm = idle.toSorted((a, b) => b.busyUntilMs - a.busyUntilMs)[0];
    const environment = warm ?? birth(profile, random, atMs);
    if (warm === undefined) environments.push(environment);
    invoke(profile, random, environment, atMs, warm === undefined ? arn : null);
    // Traffic follows the day: busiest at noon, a quarter of it at night.
    const hour = (atMs / 3_600_000) % 24;
    const busy = 0.625 - 0.375 * Math.cos((hour / 24) * 2 * Math.PI);
    atMs += random.exponential(profile.meanGapMs / busy);
  }
  return environments.map((entry) => entry.stream);
}

function birth(profile: Profile, random: Random, atMs: number): Environment {
  const day = new Date(atMs).toISOString().slice(0, 10).replaceAll('-', '/');
  return {
    stream: { logGroup: `/aws/lambda/${profile.name}`, logStream: `${day}/[$LATEST]${random.hex(32)}`, events: [] },
    busyUntilMs: atMs,
    expiresMs: Number.POSITIVE_INFINITY,
    usedMb: Math.round(profile.usedMb * (0.92 + 0.08 * random.next())),
    failed: false,
  };
}

/** `runtimeArn` is given for the first invocation of an environment. */
function invoke(
  profile: Profile,
  random: Random,
  environment: Environment,
  arrivalMs: number,
  runtimeArn: string | null,
): void {
  const { events } = environment.stream;
  const write = (timestampMs: number, message: string): void => {
    events.push({ id: '', timestampMs: Math.round(timestampMs), message });
  };
  const requestId = random.uuid();
  let startMs = arrivalMs;
  let initMs: number | null = null;
  let restoreMs: number | null = null;
  if (runtimeArn !== null) {
    const initTook = round(random.logNormal(profile.initMs, 0.2));
    const proactive = random.next() < (profile.proactiveShare ?? 0);
    const beganMs = proactive ? arrivalMs - initTook - 20_000 - random.exponential(60_000) : arrivalMs;
    if (profile.snapStart) {
      restoreMs = initTook;
      write(beganMs, renderRestoreStart(profile.runtime, runtimeArn));
      write(beganMs + initTook, renderRestoreReport({ restoreDurationMs: initTook, status: null, errorType: null }));
    } else {
      initMs = initTook;
      write(beganMs, renderInitStart(profile.runtime, runtimeArn));
    }
    if (profile.extension !== undefined) {
      write(
        beganMs + initTook * 0.9,
        renderExtension({ name: profile.extension, state: 'Ready', events: ['INVOKE', 'SHUTDOWN'], errorType: null }),
      );
    }
    if (!proactive) startMs = arrivalMs + initTook + 2;
  }
  const draw = random.next();
  const timedOut = draw < (profile.timeoutShare ?? 0);
  const killed = !timedOut && draw < (profile.timeoutShare ?? 0) + (profile.oomShare ?? 0);
  const ran = timedOut ? (profile.timeoutMs ?? 3000) : round(random.logNormal(profile.durationMs, profile.sigma));
  // After a failure the environment is initialised again inside the invocation: START comes late, Duration does not.
  const hiddenMs = environment.failed && runtimeArn === null ? round(profile.initMs) : 0;
  if (hiddenMs > 0)
    write(
      startMs + hiddenMs,
      renderInitReport({ initDurationMs: hiddenMs, phase: 'invoke', status: 'error', errorType: 'Runtime.Unknown' }),
    );
  const endMs = startMs + hiddenMs + ran;
  write(startMs + hiddenMs, renderStart(requestId, '$LATEST'));
  write(endMs, renderEnd(requestId));
  const durationMs = round(ran + hiddenMs);
  environment.usedMb = killed
    ? profile.memoryMb
    : Math.min(ceilingOf(profile), environment.usedMb + (random.next() < (profile.leaks === true ? 0.1 : 0.5) ? 1 : 0));
  write(
    endMs,
    renderReport({
      requestId,
      durationMs,
      billedDurationMs: Math.ceil(durationMs + (initMs ?? 0)),
      memorySizeMb: profile.memoryMb,
      maxMemoryUsedMb: environment.usedMb,
      initDurationMs: initMs,
      restoreDurationMs: restoreMs,
      billedRestoreDurationMs: restoreMs === null ? null : Math.ceil(restoreMs * 0.4),
      status: killed ? 'error' : null,
      errorType: killed ? 'Runtime.OutOfMemory' : null,
      trace: null,
    }),
  );
  if (timedOut) write(endMs, renderTimeout(new Date(endMs).toISOString(), requestId, ran / 1000));
  environment.failed = timedOut || killed;
  environment.busyUntilMs = endMs;
  environment.expiresMs = endMs + profile.keepAliveMs * (0.85 + 0.3 * random.next());
}

function round(ms: number): number {
  return Math.round(ms * 100) / 100;
}
