/** What `serve` collects by itself: polled log groups, traces, inventory. Each in a loop of its own, none a reason to stop. */

import type { Logger } from 'pino';
import type { ApiClient } from '../../ingest/api/api-client.ts';
import { HttpPullSink } from '../../ingest/api/pull-sink.ts';
import { HttpTraceSink } from '../../ingest/api/trace-sink.ts';
import { lambdaClient, logsClient, regionOf, xrayClient } from '../../ingest/aws/aws-clients.ts';
import { explainAws } from '../../ingest/aws/aws-errors.ts';
import { readInventory } from '../../ingest/aws/inventory.ts';
import { Poller } from '../../ingest/aws/poller.ts';
import { DEFAULT_TIMING } from '../../ingest/aws/pull-window.ts';
import { fetchTraces } from '../../ingest/aws/traces.ts';
import { DAY_MS, HOUR_MS } from '../../ingest/records/time.ts';
import type { Config } from '../config/environment.ts';
import type { ShardOwnership } from '../storage/ports.ts';

const TRACES_EVERY_MS = 60_000;
const TRACES_AT_ONCE = 200;
const TRACES_BACK_MS = DAY_MS;
const INVENTORY_EVERY_MS = HOUR_MS;

export interface Collectors {
  /** Ends what runs, between two pages. */
  stop(): Promise<void>;
}

export interface CollectorOptions {
  readonly config: Config;
  /** To this product's own app, with a token of its own. */
  readonly send: ApiClient;
  readonly collecting: ShardOwnership;
  readonly log: Logger;
  readonly now: () => number;
}

export function startCollectors(options: CollectorOptions): Collectors {
  const stopping = new AbortController();
  const { config } = options;
  const regions = config.pull.regions.length > 0 ? config.pull.regions : [undefined];
  const loops = regions.flatMap((region) => [
    ...(config.pull.logGroups.length > 0 ? [pollLoop(options, region, stopping.signal)] : []),
    ...(config.traces ? [traceLoop(options, region, stopping.signal)] : []),
    ...(config.inventory ? [inventoryLoop(options, region, stopping.signal)] : []),
  ]);
  return {
    async stop() {
      stopping.abort();
      await Promise.all(loops);
    },
  };
}

async function pollLoop(
  { config, send, collecting, log, now }: CollectorOptions,
  region: string | undefined,
  signal: AbortSignal,
): Promise<void> {
  const client = logsClient({ region }, config.pull);
  let poller: Poller | null = null;
  await repeat(config.pull.intervalMs, signal, log, 'logs:FilterLogEvents', async () => {
    await collecting.join();
    poller ??= new Poller({
      client,
      region: await regionOf(client),
      selection: { include: config.pull.logGroups, exclude: [...config.pull.exclude, ...config.selfLogGroups] },
      platformLinesOnly: config.rawLines !== 'all',
      timing: { ...DEFAULT_TIMING, overlapMs: config.pull.overlapMs },
      sink: new HttpPullSink(send),
      isOurs: (group) => collecting.owns(`${group.account} ${group.region} ${group.name}`),
      now,
      log,
    });
    const result = await poller.cycle(signal);
    log.debug(result, 'polled');
  });
  client.destroy();
}

async function traceLoop(
  { config, send, log, now }: CollectorOptions,
  region: string | undefined,
  signal: AbortSignal,
): Promise<void> {
  const client = xrayClient({ region }, config.pull);
  await repeat(TRACES_EVERY_MS, signal, log, 'xray:BatchGetTraces', async () => {
    const sink = new HttpTraceSink(send, now() - TRACES_BACK_MS);
    const { problem, ...result } = await fetchTraces({ client, sink, limit: TRACES_AT_ONCE, signal });
    if (problem === null) log.debug(result, 'traces fetched');
    else log.warn(result, problem);
  });
  client.destroy();
}

async function inventoryLoop(
  { config, send, log }: CollectorOptions,
  region: string | undefined,
  signal: AbortSignal,
): Promise<void> {
  const client = lambdaClient({ region }, config.pull);
  await repeat(INVENTORY_EVERY_MS, signal, log, 'lambda:ListFunctions', async () => {
    const { problem, ...result } = await readInventory(client, send);
    if (problem === null) log.info(result, 'inventory read');
    else log.warn(result, problem);
  });
  client.destroy();
}

/** Runs, waits, runs again; a failure is said and tried again next time. */
async function repeat(
  everyMs: number,
  signal: AbortSignal,
  log: Logger,
  action: string,
  work: () => Promise<void>,
): Promise<void> {
  while (!signal.aborted) {
    try {
      await work();
    } catch (error) {
      if (!isAborted(signal)) log.warn({ err: error }, explainAws(error, action));
    }
    if (!isAborted(signal)) await pause(everyMs, signal);
  }
}

function isAborted(signal: AbortSignal): boolean {
  return signal.aborted;
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    signal.addEventListener('abort', done);
  });
}
