/**
 * Pulls metrics of functions with GetMetricData: lists those that had values, and reads each range in requests of up to 125 metrics.
 * The watermark moves with the last request of a range, so an interrupted one is read again; a point that comes again changes nothing.
 */
import type { CloudWatchClient, MetricDataResult } from '@aws-sdk/client-cloudwatch';
import { GetMetricDataCommand, paginateListMetrics } from '@aws-sdk/client-cloudwatch';
import { LAMBDA_NAMESPACE } from '../records/metric-function.ts';
import type { PullCheckpoint } from '../records/pull-checkpoint.ts';
import { PULLED_METRICS } from '../records/pull-checkpoint.ts';
import type { WriteOutcome } from '../records/sink.ts';
import { MINUTE_MS } from '../records/time.ts';
import { integer, plural } from '../text/quantities.ts';
import { explainAws, stateOf } from './aws-errors.ts';
import { priceSentence } from './metric-price.ts';
import type { FunctionMetric, JoinedResults, PulledPoint } from './metric-queries.ts';
import { functionMetrics, joinResults, METRICS_PER_REQUEST, queriesOf } from './metric-queries.ts';
import type { MetricWindow } from './metric-window.ts';
import { LONGEST_WINDOW_MS, metricWindows } from './metric-window.ts';
import type { GroupKey } from './pull.ts';
import { freshCheckpoint } from './pull.ts';

/** Stores points and the position of the pull. */
export interface MetricSink {
  checkpoint(key: GroupKey, mode: PullCheckpoint['mode']): Promise<PullCheckpoint | null>;
  /** Stores points and position in one transaction. */
  store(points: readonly PulledPoint[], checkpoint: PullCheckpoint): Promise<WriteOutcome>;
}

export interface MetricPullOptions {
  readonly client: CloudWatchClient;
  /** The account of the credentials; '' if it is not known. */
  readonly account: string;
  readonly region: string;
  /** Names of the metrics to read. */
  readonly names: ReadonlySet<string>;
  /** At most so many metrics are read. */
  readonly mostMetrics: number;
  /** Interval of cycles, for the price. */
  readonly intervalMs: number;
  readonly sink: MetricSink;
  readonly now: () => number;
  readonly log: { info(facts: object, message: string): void; warn(facts: object, message: string): void };
}

export interface MetricCycle {
  /** Number of metrics that had values. */
  readonly metrics: number;
  /** Points that were new, or corrected others. */
  readonly points: number;
  /** What could not be read, or null. */
  readonly problem: string | null;
}

/** A metric appears in the list up to 15 minutes after its first value. */
const LIST_EVERY_MS = 15 * MINUTE_MS;
const POINTS_PER_STORE = 10_000;
const PRICE_CHANGE = 0.25;

interface Listed {
  readonly metrics: readonly FunctionMetric[];
  readonly atMs: number;
  /** Whether only metrics with values within three hours were listed. */
  readonly recent: boolean;
  /** That more metrics have values than are read, or null. */
  readonly problem: string | null;
}

export class MetricPull {
  readonly #options: MetricPullOptions;
  readonly #key: GroupKey;
  #listed: Listed | null = null;
  /** Number of metrics whose price was logged last; null before the first one. */
  #priced: number | null = null;
  #reported: string | null = null;

  constructor(options: MetricPullOptions) {
    this.#options = options;
    this.#key = { account: options.account, region: options.region, logGroup: PULLED_METRICS };
  }

  /** Reads every range since the last cycle. Errors of AWS are stored as the state and returned. Rejects if nothing can be stored. */
  async cycle(signal?: AbortSignal): Promise<MetricCycle> {
    const { sink, now } = this.#options;
    let checkpoint = (await sink.checkpoint(this.#key, 'poll')) ?? freshCheckpoint(this.#key, 'poll', now());
    const before = checkpoint.events;
    const done = (metrics: number, problem: string | null): MetricCycle => {
      this.#report(problem);
      return { metrics, points: checkpoint.events - before, problem };
    };
    let metrics: readonly FunctionMetric[] = [];
    const problems = new Set<string>();
    let action = 'cloudwatch:ListMetrics';
    try {
      const windows = metricWindows(checkpoint, now());
      this.#listed = await this.#list(windows[0]?.fromMs ?? now());
      metrics = this.#listed.metrics;
      if (this.#listed.problem !== null) problems.add(this.#listed.problem);
      action = 'cloudwatch:GetMetricData';
      for (const window of windows) {
        const read = await this.#window(metrics, window, checkpoint, signal);
        checkpoint = read.checkpoint;
        for (const problem of read.problems) problems.add(problem);
      }
    } catch (error) {
      if (signal?.aborted === true) return done(metrics.length, null);
      if (error instanceof NotStored) throw error.cause;
      const message = explainAws(error, action, this.#options.region);
      checkpoint = { ...checkpoint, state: stateOf(error), message, updatedMs: now() };
      await sink.store([], checkpoint);
      return done(metrics.length, message);
    }
    return done(metrics.length, problems.size === 0 ? null : listOf([...problems]));
  }

  /** Metrics that may have points from `fromMs` on. */
  async #list(fromMs: number): Promise<Listed> {
    const { client, names, mostMetrics, now } = this.#options;
    const recent = fromMs >= now() - LONGEST_WINDOW_MS - MINUTE_MS;
    const known = this.#listed;
    if (known?.recent === recent && now() - known.atMs < LIST_EVERY_MS) return known;
    const found: FunctionMetric[] = [];
    const input = {
      Namespace: LAMBDA_NAMESPACE,
      Dimensions: [{ Name: 'FunctionName' }],
      ...(recent ? { RecentlyActive: 'PT3H' as const } : {}),
    };
    for await (const page of paginateListMetrics({ client }, input))
      found.push(...functionMetrics(page.Metrics ?? [], names));
    const metrics = found.slice(0, mostMetrics);
    const problem =
      metrics.length < found.length
        ? `${integer(found.length)} metrics have values: ${integer(mostMetrics)} are read.`
        : null;
    if (recent) this.#sayPrice(metrics.length);
    return { metrics, atMs: now(), recent, problem };
  }

  /** Logs the price at first, and when a quarter more or fewer metrics are read. */
  #sayPrice(metrics: number): void {
    if (this.#priced !== null && Math.abs(metrics - this.#priced) <= this.#priced * PRICE_CHANGE) return;
    this.#priced = metrics;
    const { log, region, intervalMs } = this.#options;
    log.info({ region, metrics }, `Metrics to pull: ${priceSentence(metrics, intervalMs)}`);
  }

  /** Reads and stores one range. */
  async #window(
    metrics: readonly FunctionMetric[],
    window: MetricWindow,
    before: PullCheckpoint,
    signal: AbortSignal | undefined,
  ): Promise<{ readonly checkpoint: PullCheckpoint; readonly problems: readonly string[] }> {
    const { intervalMs, region, now, log } = this.#options;
    const problems: string[] = [];
    let checkpoint = before;
    for (let at = 0; at < metrics.length; at += METRICS_PER_REQUEST) {
      const read = await this.#request(metrics.slice(at, at + METRICS_PER_REQUEST), window, signal);
      problems.push(...read.problems);
      if (read.incomplete > 0)
        log.info({ region }, `${plural(read.incomplete, 'point')} lacked count or sum and will be read again.`);
      for (let from = 0; from < read.points.length; from += POINTS_PER_STORE) {
        const points = read.points.slice(from, from + POINTS_PER_STORE);
        const { accepted } = await this.#store(points, checkpoint);
        checkpoint = { ...checkpoint, events: checkpoint.events + accepted, updatedMs: now() };
      }
    }
    checkpoint = {
      ...checkpoint,
      watermarkMs: window.toMs,
      wideMs: window.wide ? now() : checkpoint.wideMs,
      state: problems.length === 0 ? 'ok' : 'error',
      message: problems.length === 0 ? priceSentence(metrics.length, intervalMs) : listOf(problems),
      updatedMs: now(),
    };
    await this.#store([], checkpoint);
    return { checkpoint, problems };
  }

  /** All pages of one request. @throws errors of AWS */
  async #request(
    metrics: readonly FunctionMetric[],
    { fromMs, toMs }: MetricWindow,
    signal: AbortSignal | undefined,
  ): Promise<JoinedResults> {
    const { client } = this.#options;
    const results: MetricDataResult[] = [];
    const input = {
      MetricDataQueries: queriesOf(metrics),
      StartTime: new Date(fromMs),
      EndTime: new Date(toMs),
      ScanBy: 'TimestampAscending' as const,
    };
    let nextToken: string | undefined;
    for (;;) {
      const command = new GetMetricDataCommand({
        ...input,
        ...(nextToken === undefined ? {} : { NextToken: nextToken }),
      });
      const page = await client.send(command, signal === undefined ? {} : { abortSignal: signal });
      results.push(...(page.MetricDataResults ?? []));
      const stuck = page.NextToken !== undefined && page.NextToken === nextToken;
      if (page.NextToken === undefined || stuck) {
        const joined = joinResults(metrics, results);
        return stuck ? { ...joined, problems: [...joined.problems, STUCK] } : joined;
      }
      nextToken = page.NextToken;
    }
  }

  async #store(points: readonly PulledPoint[], checkpoint: PullCheckpoint): Promise<WriteOutcome> {
    try {
      return await this.#options.sink.store(points, checkpoint);
    } catch (error) {
      throw new NotStored(error);
    }
  }

  #report(problem: string | null): void {
    if (problem !== null && problem !== this.#reported)
      this.#options.log.warn({ region: this.#options.region }, problem);
    this.#reported = problem;
  }
}

const STUCK = 'AWS returned the same page token twice. The request was ended.';

/** The store refused points. The position is unchanged. */
class NotStored extends Error {
  constructor(cause: unknown) {
    super('points were not stored', { cause });
  }
}

const NAMED_PROBLEMS = 3;

function listOf(problems: readonly string[]): string {
  const more = problems.length - NAMED_PROBLEMS;
  return `${problems.slice(0, NAMED_PROBLEMS).join('; ')}${more > 0 ? `; and ${more} more` : ''}`;
}
