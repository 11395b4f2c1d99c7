/** `thermocline demo`: loads a simulated fleet through the regular ingest endpoints, and keeps it moving with `--live`. */

import { readAnswer } from '../../ingest/api/api-client.ts';
import { SIMULATED_ACCOUNT } from '../../ingest/records/demo-scope.ts';
import { Random } from '../../ingest/records/random.ts';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../ingest/records/time.ts';
import { BEHIND_GATEWAY, DEMO_MS, DEMO_TAGS, demoFleet, GATEWAY_ROUTE } from '../../ingest/simulator/demo-fleet.ts';
import type { PlayedPart } from '../../ingest/simulator/demo-player.ts';
import { DemoPlayer } from '../../ingest/simulator/demo-player.ts';
import { mixedPlans, playPlans } from '../../ingest/simulator/fleets.ts';
import { heySummary } from '../../ingest/simulator/load-test.ts';
import { metricLines } from '../../ingest/simulator/metrics.ts';
import { accessLog, networkEvents } from '../../ingest/simulator/network.ts';
import type { FleetTruth, FunctionTruth } from '../../ingest/simulator/truth.ts';
import type { Config } from '../config/environment.ts';
import { replaceFile } from '../storage/own-files.ts';
import { keepSending } from './demo-live.ts';
import { DemoSender } from './demo-sender.ts';
import { writeOut } from './output.ts';
import { Progress } from './progress.ts';
import type { Target } from './target.ts';
import { openTarget } from './target.ts';
import { UserError } from './user-error.ts';

const FUNCTIONS_AT_ONCE = 5;
/** Metrics, and the access log of the gateway, are sent for this long before now: a page of the last day finds no part without them. */
const METRICS_MS = DAY_MS + 2 * HOUR_MS;

export interface DemoOptions {
  readonly seed: number;
  /** Size of a mixed fleet of one day; null for the demo fleet, which has data for every page. */
  readonly functions: number | null;
  /** File for the ground truth; null to write none. */
  readonly truth: string | null;
  /** Keeps sending until it is stopped. */
  readonly live: boolean;
  /** Deletes the data of an earlier demo first: times are relative to now, so they would be counted twice. */
  readonly replaces: boolean;
}

export async function demo(config: Config, options: DemoOptions): Promise<number> {
  const target = await openTarget(config);
  try {
    if (options.functions !== null) return await loadMixed(target, options, options.functions);
    if (options.live && !target.remote) throw new UserError('--live needs a running server: start thermocline serve');
    return await loadDemo(target, options);
  } finally {
    await target.close();
  }
}

async function loadDemo(target: Target, { seed, truth, live, replaces }: DemoOptions): Promise<number> {
  if (replaces) await readAnswer(await target.request('/api/v1/demo', { method: 'DELETE' }));
  const nowMs = Date.now();
  const fleet = demoFleet(nowMs);
  const random = new Random(seed);
  const sender = new DemoSender(target, random, Date.now);
  const players = fleet.map((one, at) => new DemoPlayer(one, seed * 1000 + at));
  const progress = new Progress(players.length, 'functions');
  let events = 0;
  try {
    await sender.inventory(fleet.map(({ plan, timeoutSeconds }) => ({ ...plan, timeoutSeconds })));
    await sender.tags(DEMO_TAGS);
    for (const player of players) {
      const played = player.play(nowMs);
      events += await sender.lines(played.streams, `${seed}-${nowMs}-${played.name}`);
      await sender.documents([...played.documents, ...recentMetrics(played, nowMs)]);
      if (played.name === BEHIND_GATEWAY)
        events += await sender.lines([gatewayLog(played, random, nowMs)], `${seed}-${nowMs}-gateway`);
      progress.add(1, played.name);
    }
    events += await sender.lines([networkEvents(random, nowMs - DEMO_MS, nowMs)], `${seed}-${nowMs}-trail`);
    await sendLoadTests(sender, random);
  } finally {
    progress.finish();
  }
  writeTruth(truth, {
    seed,
    fromMs: nowMs - DEMO_MS,
    toMs: nowMs,
    functions: players.map((one) => one.truth()),
  });
  writeOut(stored(events, players.length));
  if (live) await keepSending({ target, sender, players, random });
  return 0;
}

function recentMetrics({ name, requests }: PlayedPart, nowMs: number): readonly string[] {
  const toMs = Math.floor(nowMs / MINUTE_MS) * MINUTE_MS;
  const fromMs = toMs - METRICS_MS;
  return metricLines(
    name,
    requests.filter(({ arrivalMs }) => arrivalMs >= fromMs),
    fromMs,
    toMs,
  );
}

function gatewayLog({ requests }: PlayedPart, random: Random, nowMs: number) {
  const recent = requests.filter(({ arrivalMs }) => arrivalMs >= nowMs - METRICS_MS);
  return accessLog(GATEWAY_ROUTE, recent, random);
}

/** The same load before and after a deployment that mended the slow one. */
async function sendLoadTests(sender: DemoSender, random: Random): Promise<void> {
  const load = { requests: 2000, clients: 50, sigma: 0.5 };
  const [slow, mended] = [
    { ...load, medianMs: 128, cold: { share: 0.03, ms: 520 } },
    { ...load, medianMs: 84, cold: { share: 0.025, ms: 500 } },
  ];
  await sender.loadTest(BEHIND_GATEWAY, heySummary(slow, random));
  await sender.loadTest(BEHIND_GATEWAY, heySummary(mended, random));
}

/** A mixed fleet on one day. The same hour and seed give the same events: running it twice adds nothing. */
async function loadMixed(target: Target, { seed, truth }: DemoOptions, n: number): Promise<number> {
  const toMs = Math.floor(Date.now() / HOUR_MS) * HOUR_MS;
  const fromMs = toMs - DAY_MS;
  const plans = mixedPlans(n, seed, fromMs, toMs);
  const random = new Random(seed);
  const sender = new DemoSender(target, random, Date.now);
  const progress = new Progress(plans.length, 'functions');
  const truths: FunctionTruth[] = [];
  let events = 0;
  try {
    // In parts: the lines of a large fleet do not fit in memory.
    for (let at = 0; at < plans.length; at += FUNCTIONS_AT_ONCE) {
      const played = playPlans(plans.slice(at, at + FUNCTIONS_AT_ONCE), seed, fromMs, toMs, at);
      const others = at === 0 ? [networkEvents(random, fromMs, toMs)] : [];
      events += await sender.lines([...played.flatMap((one) => one.streams), ...others], `${seed}-${at}`);
      await sender.documents(
        played.flatMap(({ truth: { name }, documents, requests }) => [
          ...documents.map(({ text }) => text),
          ...metricLines(name, requests, fromMs, toMs),
        ]),
      );
      truths.push(...played.map((one) => one.truth));
      progress.add(played.length, 'simulated fleet');
    }
    await sender.inventory(plans);
  } finally {
    progress.finish();
  }
  writeTruth(truth, { seed, fromMs, toMs, functions: truths });
  writeOut(stored(events, plans.length));
  return 0;
}

function writeTruth(path: string | null, truth: FleetTruth): void {
  if (path !== null) replaceFile(path, `${JSON.stringify(truth, null, 2)}\n`);
}

function stored(events: number, functions: number): string {
  return (
    `${events} simulated log events of ${functions} functions stored (account ${SIMULATED_ACCOUNT}).\n` +
    'Derived data such as cold start causes appears within a minute while the server is running.\n'
  );
}
