/** Measures the signals of rules through the store. Rules with the same query at the same tick share the result. */
import { HOUR_MS, WEEK_MS } from '../../../ingest/records/time.ts';
import { globMatches } from '../../../ingest/text/glob.ts';
import { passesTags } from '../../http/contract/tag-filter.ts';
import type { ControlReader, TelemetryReader, TimeRange } from '../../storage/ports.ts';
import { joinStates } from '../../storage/questions/errors/states.ts';
import type { TaggedReader } from '../../tags/tagged-reader.ts';
import { fingerprint } from '../rules/fingerprint.ts';
import type { GroupField, Labels, Measured, MetricQuery, Rule } from '../rules/rule.ts';

import { deviation } from './anomaly.ts';
import type { ErrorCount } from './burn-rate.ts';
import { multiWindowBurnRate } from './burn-rate.ts';
import { isContinuous } from './continuous-sources.ts';
import { measureErrorGroups } from './error-rate.ts';
import { windowOf } from './evaluate.ts';
import type { Measurement, MetricResult } from './measurement.ts';
import { filtersIn, tagFilters } from './tag-filters.ts';

/** Limit of series per query; more are dropped and reported as truncated. */
export const MAX_SERIES = 10_000;

/** A metric query over a range. */
export interface MetricRangeQuery extends MetricQuery {
  readonly groupBy: readonly GroupField[];
  readonly fromMs: number;
  readonly toMs: number;
  readonly limit: number;
}

/** Runs a metric query: one series per group. */
export type QueryMetric = (query: MetricRangeQuery) => Promise<MetricResult>;

export type SignalReader = Pick<
  TelemetryReader & ControlReader,
  | 'functions'
  | 'inventory'
  | 'ingestStatus'
  | 'fleetNetwork'
  | 'initLoops'
  | 'platformLatency'
  | 'peakConcurrency'
  | 'errorGroups'
  | 'errorStates'
> &
  Partial<Pick<TaggedReader, 'tagsOf' | 'teamKey'>>;

/** Ingest counters at one moment. */
interface CounterSample {
  readonly atMs: number;
  readonly read: number;
  readonly rejected: number;
}

/** Time of the oldest stored event, epoch ms; null without events. */
interface FirstEvent {
  readonly firstEventMs: number | null;
}

export class Signals {
  readonly #read: SignalReader;
  readonly #queryMetric: QueryMetric;
  /** Results of metric queries of the current tick. */
  readonly #cache = new Map<string, Promise<MetricResult>>();
  /** Time of the oldest stored event of the current tick. */
  #firstEvent: Promise<FirstEvent> | null = null;
  readonly #counters: CounterSample[] = [];

  readonly #known: FirstEvent | null;

  /** `known` is the oldest stored event, for many ticks that are measured at one time. */
  constructor(read: SignalReader, queryMetric: QueryMetric, known: FirstEvent | null = null) {
    this.#read = read;
    this.#queryMetric = queryMetric;
    this.#known = known;
  }

  /** Drops cached results. Call before measuring at another tick. */
  clearCache(): void {
    this.#cache.clear();
    this.#firstEvent = null;
  }

  /**
   * Measures the signal of a rule over its window at `tickMs`. What needs data over all of a longer window is not known before there
   * is that much. Rejects if the store cannot answer.
   */
  async measure(rule: Rule, tickMs: number): Promise<Measurement> {
    const all = await this.#measure(rule, tickMs);
    const found = { ...all, measured: all.measured.flatMap((series) => this.#ofRule(rule, series)) };
    const neededMs = neededFromMs(rule, tickMs);
    if (neededMs === null || found.measured.every(({ value }) => value === null)) return found;
    this.#firstEvent ??= Promise.resolve(this.#known ?? this.#read.ingestStatus({}));
    const { firstEventMs: firstMs } = await this.#firstEvent;
    const isCovered = ({ firstSeenMs }: Measured): boolean => {
      const sinceMs = firstSeenMs ?? firstMs;
      return sinceMs !== null && sinceMs <= neededMs;
    };
    const measured = found.measured.map((series) => (isCovered(series) ? series : { ...series, value: null }));
    return { ...found, measured };
  }

  /** The series, with the team of its function among the labels; none where the rule does not evaluate its function. */
  #ofRule(rule: Rule, series: Measured): readonly Measured[] {
    const { labels } = series;
    const { account = '', region = '', function: name } = labels;
    const tags = name === undefined ? undefined : this.#read.tagsOf?.({ account, region, name });
    if (!isOfRule(rule, series, (key) => tags?.get(key)?.value)) return [];
    const { teamKey = '' } = this.#read;
    const team = tags?.get(teamKey)?.value;
    if (team === undefined || teamKey in labels || teamKey in rule.labels) return [series];
    // The team may change while an alert fires: it does not tell one series from another.
    return [{ ...series, series: series.series ?? fingerprint(labels), labels: { ...labels, [teamKey]: team } }];
  }

  async #measure(rule: Rule, tickMs: number): Promise<Measurement> {
    const { signal } = rule;
    const window = windowOf(rule, tickMs);
    switch (signal.kind) {
      case 'metric': {
        const query = ofFunctions(signal, rule);
        const { unit, series, truncated } = await this.#metric(query, rule.groupBy, window.fromMs, window.toMs);
        return { unit, measured: series, truncated };
      }
      case 'burnRate':
        return this.#burnRate(ofFunctions(signal, rule), rule, window);
      case 'change':
        return this.#change(ofFunctions(signal, rule), rule, window);
      case 'anomaly':
        return this.#anomaly(ofFunctions(signal, rule), rule, window);
      case 'memoryUse':
        return this.#memoryUse(window);
      case 'timeoutUse':
        return this.#timeoutUse(window);
      case 'ingestSilence':
        return measurement('s', await this.#silence(tickMs));
      case 'unparsed':
        return measurement('ratio', await this.#unparsed(window.fromMs, tickMs));
      case 'doomLoop': {
        const loops = await this.#read.initLoops(window);
        return measurement(
          'count',
          loops.map(({ longest, n, ...owner }) => one(labelsOf(owner), longest, n)),
        );
      }
      case 'platformLatency': {
        const latencies = await this.#read.platformLatency(window);
        return measurement(
          'ms',
          latencies.map(({ p95Ms, n, ...owner }) => one(labelsOf(owner), p95Ms, n)),
        );
      }
      case 'connectionUse':
        return measurement('ratio', await this.#connectionUse(signal, window));
      case 'networkErrors': {
        const { events } = await this.#read.fleetNetwork(window);
        return measurement('count', [networkErrors(events)]);
      }
      case 'newErrors':
      case 'regressedErrors':
        return this.#errors(signal.kind, window);
      case 'errorGroups':
        return measureErrorGroups(this.#read, (range) => this.#invocations(range), {
          ...{ rule, signal, window },
          limit: MAX_SERIES,
        });
    }
  }

  #metric(query: MetricQuery, groupBy: readonly GroupField[], fromMs: number, toMs: number): Promise<MetricResult> {
    const { metric, custom, aggregation, filters } = query;
    const rangeQuery = { metric, custom, aggregation, filters, groupBy, fromMs, toMs, limit: MAX_SERIES };
    const key = JSON.stringify(rangeQuery);
    const known = this.#cache.get(key) ?? this.#queryMetric(rangeQuery);
    this.#cache.set(key, known);
    return known;
  }

  #invocations({ fromMs, toMs }: TimeRange): Promise<MetricResult> {
    return this.#metric({ metric: 'errorRate', aggregation: 'value', filters: [] }, ['function'], fromMs, toMs);
  }

  async #burnRate(
    { objective, shortWindowMs, filters }: Extract<Rule['signal'], { kind: 'burnRate' }>,
    { groupBy }: Rule,
    { fromMs, toMs }: { readonly fromMs: number; readonly toMs: number },
  ): Promise<Measurement> {
    const query: MetricQuery = { metric: 'errorRate', aggregation: 'value', filters };
    const long = await this.#metric(query, groupBy, fromMs, toMs);
    const short = await this.#metric(query, groupBy, toMs - shortWindowMs, toMs);
    const shortOf = new Map(short.series.map((series) => [fingerprint(series.labels), series as ErrorCount]));
    const none: ErrorCount = { errors: 0, n: 0 };
    const measured = long.series.map((series) => {
      const rate = multiWindowBurnRate(series, shortOf.get(fingerprint(series.labels)) ?? none, objective);
      return { ...one(series.labels, rate, series.n), isLowerBound: series.isLowerBound === true };
    });
    return { unit: '×', measured, truncated: long.truncated || short.truncated };
  }

  async #change(
    query: MetricQuery,
    { groupBy, windowMs, minSamples }: Rule,
    { fromMs, toMs }: { readonly fromMs: number; readonly toMs: number },
  ): Promise<Measurement> {
    const now = await this.#metric(query, groupBy, fromMs, toMs);
    const before = await this.#metric(query, groupBy, fromMs - windowMs, fromMs);
    const beforeOf = new Map(before.series.map((series) => [fingerprint(series.labels), series]));
    const measured = now.series.map((series) => {
      const previous = beforeOf.get(fingerprint(series.labels));
      const isKnown =
        previous !== undefined && previous.n >= minSamples && previous.value !== null && previous.value > 0;
      return one(
        series.labels,
        isKnown && series.value !== null && series.isLowerBound !== true && previous.isLowerBound !== true
          ? series.value / (previous.value ?? 1) - 1
          : null,
        series.n,
      );
    });
    return { unit: 'ratio', measured, truncated: now.truncated || before.truncated };
  }

  async #anomaly(
    signal: Extract<Rule['signal'], { kind: 'anomaly' }>,
    { groupBy }: Rule,
    { fromMs, toMs }: { readonly fromMs: number; readonly toMs: number },
  ): Promise<Measurement> {
    const now = await this.#metric(signal, groupBy, fromMs, toMs);
    const history = new Map<string, number[]>();
    for (let week = 1; week <= signal.weeks; week += 1) {
      const past = await this.#metric(signal, groupBy, fromMs - week * WEEK_MS, toMs - week * WEEK_MS);
      for (const { labels, value, isLowerBound } of past.series) {
        if (value === null || isLowerBound === true) continue;
        const key = fingerprint(labels);
        history.set(key, [...(history.get(key) ?? []), value]);
      }
    }
    const measured = now.series.map(({ labels, value, n, isLowerBound }) =>
      one(
        labels,
        value === null || isLowerBound === true ? null : deviation(value, history.get(fingerprint(labels)) ?? []),
        n,
      ),
    );
    return { unit: 'MAD', measured, truncated: now.truncated };
  }

  async #memoryUse(window: { readonly fromMs: number; readonly toMs: number }): Promise<Measurement> {
    const { items, omitted } = await this.#read.functions({ ...window, limit: MAX_SERIES });
    const measured = items.map(({ identity, memoryUse, counts }) => ({
      ...one(labelsOf(identity), memoryUse?.share ?? null, counts.n),
      firstSeenMs: identity.firstSeenMs,
    }));
    return { unit: 'ratio', measured, truncated: omitted > 0 };
  }

  async #timeoutUse(window: { readonly fromMs: number; readonly toMs: number }): Promise<Measurement> {
    const { items, omitted } = await this.#read.functions({ ...window, limit: MAX_SERIES });
    const timeouts = new Map<number, number>();
    for (const { functionId, facts } of await this.#read.inventory({ limit: MAX_SERIES })) {
      if (facts.timeoutMs !== null) timeouts.set(functionId, facts.timeoutMs);
    }
    const measured = items.map(({ identity, durationMs, counts }) => {
      const timeoutMs = timeouts.get(identity.functionId) ?? null;
      const share = timeoutMs === null || durationMs.p99 === null ? null : durationMs.p99 / timeoutMs;
      return { ...one(labelsOf(identity), share, counts.n), firstSeenMs: identity.firstSeenMs };
    });
    return { unit: 'ratio', measured, truncated: omitted > 0 };
  }

  /** One series for each group; those that are ignored have none. */
  async #errors(
    kind: 'newErrors' | 'regressedErrors',
    { fromMs, toMs }: { readonly fromMs: number; readonly toMs: number },
  ): Promise<Measurement> {
    const [{ groups, truncated }, states] = await Promise.all([
      this.#read.errorGroups({ fromMs, toMs, limit: MAX_SERIES }),
      this.#read.errorStates({}),
    ]);
    const isWithin = (ms: number): boolean => ms >= fromMs && ms < toMs;
    const found = joinStates(groups, states).filter(({ state, firstMs, lastMs }) =>
      kind === 'newErrors' ? state !== 'ignored' && isWithin(firstMs) : state === 'regressed' && isWithin(lastMs),
    );
    const measured = found.map(({ identity, fingerprint: error, title, attempts, initFailures }) => {
      const failures = attempts + initFailures;
      return { ...one({ ...labelsOf(identity), error }, failures, failures), title };
    });
    return { unit: 'count', measured, truncated };
  }

  /** Upper bound: the sum of the functions' peaks, which may lie at different times. */
  async #connectionUse(
    { functions, maxConnections, connectionsPerEnvironment }: Extract<Rule['signal'], { kind: 'connectionUse' }>,
    window: { readonly fromMs: number; readonly toMs: number },
  ): Promise<readonly Measured[]> {
    if (functions.length === 0) return [];
    const peaks = await this.#read.peakConcurrency({ ...window, names: functions });
    const sum = peaks.reduce((total, { peak }) => total + peak, 0);
    const n = peaks.reduce((total, { runs }) => total + runs, 0);
    return [one({}, (sum * connectionsPerEnvironment) / maxConnections, n)];
  }

  async #silence(tickMs: number): Promise<readonly Measured[]> {
    const { sources } = await this.#read.ingestStatus({});
    const continuous = sources.filter(isContinuous);
    const newest = continuous.reduce((ms, source) => Math.max(ms, source.lastDataMs ?? 0), 0);
    // Where no source is expected to deliver, none is late: what fired about one that is gone resolves.
    if (continuous.length === 0 && sources.length > 0) return [one({}, 0, 0)];
    // Without any data yet, no source can fall silent.
    return newest === 0 ? [] : [one({}, Math.max(0, tickMs - newest) / 1000, continuous.length)];
  }

  /** Counters are cumulative: compares them with a sample from one window ago. */
  async #unparsed(fromMs: number, tickMs: number): Promise<readonly Measured[]> {
    const { counters } = await this.#read.ingestStatus({});
    const rejected = counters['rejected'] ?? 0;
    const read = rejected + (counters['accepted'] ?? 0) + (counters['duplicates'] ?? 0) + (counters['ignored'] ?? 0);
    this.#counters.push({ atMs: tickMs, read, rejected });
    while ((this.#counters[1]?.atMs ?? Number.POSITIVE_INFINITY) <= fromMs) this.#counters.shift();
    const [oldest] = this.#counters;
    const n = read - (oldest?.read ?? read);
    return [one({}, n === 0 ? null : (rejected - (oldest?.rejected ?? rejected)) / n, n)];
  }
}

/** The query, of the functions that the rule names. */
function ofFunctions<S extends Pick<MetricQuery, 'filters'>>(signal: S, { functions, tags = [] }: Rule): S {
  if (functions.length === 0 && tags.length === 0) return signal;
  const named = functions.length === 0 ? [] : [{ field: 'function', op: 'matches', value: functions } as const];
  return { ...signal, filters: [...signal.filters, ...named, ...tagFilters(tags)] };
}

/** Whether a series is of a function that the rule names. Those without a function of their own were measured over these alone. */
function isOfRule(
  { functions, tags = [] }: Rule,
  { labels }: Measured,
  tagOf: (key: string) => string | undefined,
): boolean {
  const { account = '', region = '', function: name } = labels;
  if (name === undefined) return true;
  if (!passesTags(filtersIn(tags), tagOf)) return false;
  if (functions.length === 0) return true;
  const id = `${account}:${region}:${name}`;
  return functions.some((pattern) => globMatches(pattern, name) || globMatches(pattern, id));
}

/** Of shorter windows, the part without data is soon over. */
const LEAST_NEEDED_MS = HOUR_MS;

/**
 * Since when there must be data for the measurement at `tickMs` to mean anything; null if any part of the window will do. A value
 * above a limit is known as soon as it is seen. One that stays below a limit is known at the end of the window only, and a change only
 * if the window before is whole.
 */
function neededFromMs(rule: Rule, tickMs: number): number | null {
  const { signal, comparison, windowMs } = rule;
  if (windowMs < LEAST_NEEDED_MS) return null;
  const { fromMs } = windowOf(rule, tickMs);
  if (signal.kind === 'change') return fromMs - windowMs;
  const isLowerLimit = comparison === '<' || comparison === '<=';
  return isLowerLimit && LIMITED_BELOW.has(signal.kind) ? fromMs : null;
}

const LIMITED_BELOW: ReadonlySet<string> = new Set(['metric', 'memoryUse', 'timeoutUse']);

function measurement(unit: string, measured: readonly Measured[]): Measurement {
  return { unit, measured, truncated: false };
}

function one(labels: Labels, value: number | null, n: number): Measured {
  return { labels, value, n, interval: null };
}

function labelsOf({
  account,
  region,
  name,
}: {
  readonly account: string;
  readonly region: string;
  readonly name: string;
}): Labels {
  return { account, region, function: name };
}

function networkErrors({ byName, inLogs }: Awaited<ReturnType<SignalReader['fleetNetwork']>>['events']): Measured {
  const loggedErrors = inLogs.reduce((sum, { n }) => sum + n, 0);
  const failed = byName.reduce((sum, event) => sum + event.failed, 0);
  const all = byName.reduce((sum, event) => sum + event.n, 0);
  return one({}, failed + loggedErrors, all + loggedErrors);
}
