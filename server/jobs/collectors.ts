/** Periodic collection from AWS: polled log groups, X-Ray traces, metrics, function inventory. Failures are logged and retried. */

import type { Logger } from 'pino';
import type { ApiClient } from '../../ingest/api/api-client.ts';
import { HttpMetricSink } from '../../ingest/api/metric-sink.ts';
import { HttpPullSink } from '../../ingest/api/pull-sink.ts';
import { HttpTraceSink } from '../../ingest/api/trace-sink.ts';
import { lambdaClient, logsClient, metricsClient, regionOf, xrayClient } from '../../ingest/aws/aws-clients.ts';
import { explainAws } from '../../ingest/aws/aws-errors.ts';
import { accountOf, readInventory } from '../../ingest/aws/inventory.ts';
import { MetricPull } from '../../ingest/aws/metrics.ts';
import { Poller } from '../../ingest/aws/poller.ts';
import { DEFAULT_TIMING } from '../../ingest/aws/pull-window.ts';
import { fetchTraces, limitSentence } from '../../ingest/aws/traces.ts';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../ingest/records/time.ts';
import { PLATFORM_METRICS } from '../analytics/metrics/platform.ts';
import type { Config } from '../config/environment.ts';
import type { ShardOwnership } from '../storage/ports.ts';
import type { CollectorRuns } from './collector-runs.ts';
import type { Job } from './schedule.ts';
import { Schedule } from './schedule.ts';

const TRACES_INTERVAL_MS = MINUTE_MS;
const TRACES_PER_RUN = 200;
const TRACES_LOOKBACK_MS = DAY_MS;
const INVENTORY_INTERVAL_MS = HOUR_MS;
const METRIC_NAMES: ReadonlySet<string> = new Set(Object.values(PLATFORM_METRICS).map(({ name }) => name));

export interface Collectors {
  /** Stops collection between two pages and waits for runs in progress. */
  stop(): Promise<void>;
}

export interface CollectorOptions {
  readonly config: Config;
  /** Sends requests to this process's own app, with its local token. */
  readonly send: ApiClient;
  readonly runs: CollectorRuns;
  /** Decides which log groups this process polls. */
  readonly collecting: ShardOwnership;
  readonly log: Logger;
  /** Epoch ms. */
  readonly now: () => number;
}

/** A job and the AWS client that it uses. A run returns what it could not do, or null. */
interface Collector {
  readonly client: { destroy(): void };
  readonly region: string | undefined;
  readonly job: Omit<Job, 'run'> & { run(signal: AbortSignal): Promise<string | null> };
}

/** Starts collection in all configured regions. */
export function startCollectors(options: CollectorOptions): Collectors {
  const { config, log, runs } = options;
  const regions = config.pull.regions.length > 0 ? config.pull.regions : [undefined];
  const collectors = regions.flatMap((region) => [
    ...(config.pull.logGroups.length > 0 ? [logCollector(options, region)] : []),
    ...(config.traces ? [traceCollector(options, region)] : []),
    ...(config.pullMetricsMs === null ? [] : [metricCollector(options, region, config.pullMetricsMs)]),
    ...(config.inventory ? [inventoryCollector(options, region)] : []),
  ]);
  const schedule = new Schedule((error, { name }) => log.warn({ err: error }, explainAws(error, name)));
  for (const { job, region = '' } of collectors) {
    const run = async (signal: AbortSignal): Promise<void> => {
      let notice: string | null = null;
      runs.begin(job.name, region, job.pauseMs);
      try {
        notice = await job.run(signal);
      } catch (error) {
        notice = explainAws(error, job.name);
        throw error;
      } finally {
        const late = runs.end(job.name, region, notice);
        if (late !== null) log.warn({ region }, late);
      }
    };
    schedule.add({ ...job, run });
  }
  return {
    async stop() {
      await schedule.stop();
      for (const { client } of collectors) client.destroy();
    },
  };
}

function logCollector({ config, send, collecting, log, now }: CollectorOptions, region: string | undefined): Collector {
  const client = logsClient({ region, proxy: config.proxy }, config.pull);
  let poller: Poller | null = null;
  const run = async (signal: AbortSignal): Promise<null> => {
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
    log.debug(await poller.cycle(signal), 'log groups polled');
    // Problems of single log groups are in their checkpoints.
    return null;
  };
  return {
    client,
    region,
    job: { name: 'logs:FilterLogEvents', pauseMs: config.pull.intervalMs, firstDelayMs: 0, run },
  };
}

function traceCollector({ config, send, log, now }: CollectorOptions, region: string | undefined): Collector {
  const client = xrayClient({ region, proxy: config.proxy }, config.pull);
  // Functions whose region is unknown are requested in the first region only.
  const isFirst = region === undefined || region === config.pull.regions[0];
  const run = async (signal: AbortSignal): Promise<string | null> => {
    const sink = new HttpTraceSink(send, now() - TRACES_LOOKBACK_MS, await regionOf(client), isFirst);
    const { problem, ...result } = await fetchTraces({ client, sink, limit: TRACES_PER_RUN, signal });
    const limited = limitSentence(result.limitExceeded);
    if (limited !== null) log.warn(result, limited);
    if (problem === null) log.debug(result, 'traces fetched');
    else log.warn(result, problem);
    return problem ?? limited;
  };
  return { client, region, job: { name: 'xray:BatchGetTraces', pauseMs: TRACES_INTERVAL_MS, firstDelayMs: 0, run } };
}

function metricCollector(
  { config, send, log, now }: CollectorOptions,
  region: string | undefined,
  intervalMs: number,
): Collector {
  const client = metricsClient({ region, proxy: config.proxy }, config.pull);
  const lambda = lambdaClient({ region, proxy: config.proxy }, config.pull);
  let pull: MetricPull | null = null;
  const run = async (signal: AbortSignal): Promise<string | null> => {
    if (pull === null) {
      const account = await accountOf(lambda);
      if (account === null) return null;
      const own = await regionOf(client);
      if (account === '')
        log.info({ region: own }, 'Metrics are stored without their account. Allow lambda:ListFunctions.');
      pull = new MetricPull({
        client,
        account,
        region: own,
        names: METRIC_NAMES,
        mostMetrics: config.metrics.series,
        intervalMs,
        sink: new HttpMetricSink(send),
        now,
        log,
      });
    }
    const { problem, ...result } = await pull.cycle(signal);
    log.debug(result, 'metrics pulled');
    return problem;
  };
  return {
    client: {
      destroy: () => {
        client.destroy();
        lambda.destroy();
      },
    },
    region,
    job: { name: 'cloudwatch:GetMetricData', pauseMs: intervalMs, firstDelayMs: 0, run },
  };
}

function inventoryCollector({ config, send, log }: CollectorOptions, region: string | undefined): Collector {
  const client = lambdaClient({ region, proxy: config.proxy }, config.pull);
  const logs = logsClient({ region, proxy: config.proxy }, config.pull);
  const run = async (): Promise<string | null> => {
    const { problem, filtersProblem, tagsProblem, ...result } = await readInventory(client, logs, send);
    if (tagsProblem !== null) log.info(`Tags are not read. ${tagsProblem}`);
    if (filtersProblem !== null) log.info(`Patterns of subscription filters are not compared. ${filtersProblem}`);
    if (problem === null) log.info(result, 'inventory read');
    else log.warn(result, problem);
    return problem;
  };
  return {
    client: {
      destroy: () => {
        client.destroy();
        logs.destroy();
      },
    },
    region,
    job: { name: 'lambda:ListFunctions', pauseMs: INVENTORY_INTERVAL_MS, firstDelayMs: 0, run },
  };
}
