/** `thermocline demo`: loads one day of a simulated fleet through the regular ingest endpoints. */

import { readAnswer } from '../../ingest/api/api-client.ts';
import { SIMULATED_ACCOUNT, SIMULATED_REGION } from '../../ingest/records/demo-scope.ts';
import { Random } from '../../ingest/records/random.ts';
import { DAY_MS, HOUR_MS } from '../../ingest/records/time.ts';
import { deliveries, firehoseRequest, parts, UNRULY } from '../../ingest/simulator/deliver.ts';
import { demoPlans, mixedPlans, playPlans } from '../../ingest/simulator/fleets.ts';
import type { SimulatedStream } from '../../ingest/simulator/lines.ts';
import { metricLines } from '../../ingest/simulator/metrics.ts';
import { accessLog, networkEvents } from '../../ingest/simulator/network.ts';
import type { FunctionPlan } from '../../ingest/simulator/plan.ts';
import type { SimulatedFunction } from '../../ingest/simulator/simulate.ts';
import type { FleetTruth, FunctionTruth } from '../../ingest/simulator/truth.ts';
import { identifierOf } from '../analytics/runtimes/identifier.ts';
import type { Config } from '../config/environment.ts';
import { replaceFile } from '../storage/own-files.ts';
import { writeOut } from './output.ts';
import { Progress } from './progress.ts';
import type { Target } from './target.ts';
import { openTarget } from './target.ts';

const EVENTS_PER_REQUEST = 4000;
const DOCUMENTS_PER_REQUEST = 1000;
const FUNCTIONS_AT_ONCE = 5;
/** The function behind the simulated API gateway. */
const BEHIND_GATEWAY = 'checkout';

export interface DemoOptions {
  readonly seed: number;
  /** Size of a mixed fleet; null for the demo fleet, which has data for every page. */
  readonly functions: number | null;
  /** File for the ground truth; null to write none. */
  readonly truth: string | null;
}

export async function demo(config: Config, { seed, functions, truth }: DemoOptions): Promise<number> {
  // The same hour and seed give the same events: running it twice adds nothing.
  const toMs = Math.floor(Date.now() / HOUR_MS) * HOUR_MS;
  const fromMs = toMs - DAY_MS;
  const plans = functions === null ? demoPlans(toMs) : mixedPlans(functions, seed, fromMs, toMs);
  const random = new Random(seed);
  const target = await openTarget(config);
  const progress = new Progress(plans.length, 'functions');
  const truths: FunctionTruth[] = [];
  let events = 0;
  try {
    // In parts: the lines of a large fleet do not fit in memory.
    for (let at = 0; at < plans.length; at += FUNCTIONS_AT_ONCE) {
      const played = playPlans(plans.slice(at, at + FUNCTIONS_AT_ONCE), seed, fromMs, toMs, at);
      const others = at === 0 ? otherStreams(played, random, fromMs, toMs) : [];
      events += await send(target, [...played.flatMap((one) => one.streams), ...others], random, `${seed}-${at}`);
      events += await sendTraces(
        target,
        played.flatMap((one) => one.documents),
      );
      await sendMetrics(target, played, fromMs, toMs);
      truths.push(...played.map((one) => one.truth));
      progress.add(played.length, 'simulated fleet');
    }
    await sendInventory(target, plans);
  } finally {
    progress.finish();
    await target.close();
  }
  if (truth !== null) {
    const groundTruth: FleetTruth = { seed, fromMs, toMs, functions: truths };
    replaceFile(truth, `${JSON.stringify(groundTruth, null, 2)}\n`);
  }
  writeOut(
    `${events} simulated log events of ${plans.length} functions stored (account ${SIMULATED_ACCOUNT}).\n` +
      'Derived data such as cold start causes appears within a minute while the server is running.\n',
  );
  return 0;
}

/** Telemetry besides function logs: network events and gateway access logs. */
function otherStreams(
  played: readonly SimulatedFunction[],
  random: Random,
  fromMs: number,
  toMs: number,
): readonly SimulatedStream[] {
  const gateway = played.find((one) => one.truth.name === BEHIND_GATEWAY);
  const trail = networkEvents(random, fromMs, toMs);
  return gateway === undefined ? [trail] : [trail, accessLog('GET /checkout', gateway.requests, random)];
}

/** Sends events as real deliveries are: late, duplicated, out of order. Returns the number of events. */
async function send(
  target: Target,
  streams: readonly SimulatedStream[],
  random: Random,
  name: string,
): Promise<number> {
  let events = 0;
  for (const [at, part] of parts(deliveries(streams, UNRULY, random), EVENTS_PER_REQUEST).entries()) {
    const request = firehoseRequest(`demo-${name}-${at}`, Date.now(), part);
    const headers = { ...request.headers, 'x-thermocline-source': 'demo' };
    await readAnswer(await target.request('/ingest/firehose', { ...request, headers }));
    events += part.reduce((sum, one) => sum + one.events, 0);
  }
  return events;
}

async function sendTraces(target: Target, documents: readonly string[]): Promise<number> {
  for (let at = 0; at < documents.length; at += DOCUMENTS_PER_REQUEST) {
    const response = await target.request('/ingest/logs', {
      method: 'POST',
      headers: { 'x-thermocline-source': 'demo' },
      body: documents.slice(at, at + DOCUMENTS_PER_REQUEST).join('\n'),
    });
    await readAnswer(response);
  }
  return documents.length;
}

/** Sends what a metric stream would deliver. */
async function sendMetrics(
  target: Target,
  played: readonly SimulatedFunction[],
  fromMs: number,
  toMs: number,
): Promise<void> {
  const lines = played.flatMap(({ truth: { name }, requests }) => metricLines(name, requests, fromMs, toMs));
  for (let at = 0; at < lines.length; at += EVENTS_PER_REQUEST) {
    const response = await target.request('/ingest/logs', {
      method: 'POST',
      headers: { 'x-thermocline-source': 'demo' },
      body: lines.slice(at, at + EVENTS_PER_REQUEST).join('\n'),
    });
    await readAnswer(response);
  }
}

/** Sends the inventory: architecture, VPC, runtime, which log lines do not contain. */
async function sendInventory(target: Target, plans: readonly FunctionPlan[]): Promise<void> {
  const functions = plans.map((plan) => ({
    id: `${SIMULATED_ACCOUNT}:${SIMULATED_REGION}:${plan.name}`,
    architecture: 'arm64',
    runtime: identifierOf(plan.runtime),
    subnetIds: plan.vpc ? ['subnet-0aaa1111', 'subnet-0bbb2222'] : [],
    securityGroupIds: plan.vpc ? ['sg-0123456789abcdef0'] : [],
  }));
  for (let at = 0; at < functions.length; at += 100) {
    await readAnswer(
      await target.request('/api/v1/inventory', {
        method: 'PUT',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ functions: functions.slice(at, at + 100) }),
      }),
    );
  }
}
