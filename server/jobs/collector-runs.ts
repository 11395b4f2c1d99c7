/** When each collector last ran and for how long: a run that outlasts its interval means that data arrives late. */

/** Names of the jobs that send metrics. */
export const METRIC_EXPORT = 'otlp:ExportMetrics';
export const REMOTE_WRITE = 'prometheus:RemoteWrite';

export interface CollectorRun {
  /** IAM action that the collector mainly calls, such as `logs:FilterLogEvents`; {@link METRIC_EXPORT}, {@link REMOTE_WRITE}. */
  readonly name: string;
  /** "" for the default region of the AWS SDK. */
  readonly region: string;
  readonly intervalMs: number;
  readonly startedMs: number;
  /** Duration of the last complete run; null before the first one ends. */
  readonly tookMs: number | null;
  readonly running: boolean;
  /** Whether the run in progress, or else the last one, took longer than the interval. */
  readonly overdue: boolean;
  /** What the last run could not do, or null. */
  readonly notice: string | null;
}

interface State extends Omit<CollectorRun, 'overdue'> {
  /** {@link startedMs} by the clock that does not jump. */
  readonly beganMs: number;
}

export class CollectorRuns {
  readonly #states = new Map<string, State>();
  readonly #now: () => number;

  readonly #monotonicNow: () => number;

  /** `now` is in epoch ms; `monotonicNow` measures durations, ms, and does not jump. */
  constructor(now: () => number, monotonicNow: () => number) {
    this.#now = now;
    this.#monotonicNow = monotonicNow;
  }

  begin(name: string, region: string, intervalMs: number): void {
    const key = `${name} ${region}`;
    const { tookMs = null, notice = null } = this.#states.get(key) ?? {};
    const [startedMs, beganMs] = [this.#now(), this.#monotonicNow()];
    this.#states.set(key, { name, region, intervalMs, startedMs, beganMs, tookMs, running: true, notice });
  }

  /** Ends the run. Returns a sentence when it is the first in a row that outlasted its interval, else null. */
  end(name: string, region: string, notice: string | null): string | null {
    const key = `${name} ${region}`;
    const before = this.#states.get(key);
    if (before === undefined) return null;
    const tookMs = this.#monotonicNow() - before.beganMs;
    this.#states.set(key, { ...before, tookMs, running: false, notice });
    const wasOverdue = before.tookMs !== null && before.tookMs > before.intervalMs;
    return tookMs > before.intervalMs && !wasOverdue ? overdueSentence(this.#described(key)) : null;
  }

  all(): readonly CollectorRun[] {
    return [...this.#states.keys()].flatMap((key) => this.#described(key) ?? []);
  }

  /** A sentence for each collector that does not keep its interval. */
  overdue(): readonly string[] {
    return this.all().flatMap((run) => overdueSentence(run) ?? []);
  }

  #described(key: string): CollectorRun | null {
    const state = this.#states.get(key);
    if (state === undefined) return null;
    const tookMs = state.running ? this.#monotonicNow() - state.beganMs : (state.tookMs ?? 0);
    const { beganMs: _, ...run } = state;
    return { ...run, overdue: tookMs > state.intervalMs };
  }
}

/** What is late and what to do about it; null if the collector keeps its interval. */
export function overdueSentence(run: CollectorRun | null): string | null {
  if (run?.overdue !== true) return null;
  const where = run.region === '' ? '' : ` in ${run.region}`;
  const took = run.tookMs === null || run.running ? 'takes' : `took ${Math.round(run.tookMs / 1000)} s,`;
  const remedy =
    run.name === 'logs:FilterLogEvents'
      ? ' Read fewer log groups, share them among ingest workers, raise THERMOCLINE_PULL_REQUESTS_PER_SECOND within your quota, or push them (thermocline connect).'
      : run.name === METRIC_EXPORT
        ? ' Raise THERMOCLINE_OTLP_METRICS_SECONDS.'
        : run.name === REMOTE_WRITE
          ? ' Raise THERMOCLINE_REMOTE_WRITE_SECONDS.'
          : ' Raise THERMOCLINE_PULL_REQUESTS_PER_SECOND within your quota.';
  return `A run of ${run.name}${where} ${took} longer than its interval of ${Math.round(run.intervalMs / 1000)} s: data arrives late.${remedy}`;
}
