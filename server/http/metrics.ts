/** Prometheus metrics of the server. A test compares docs/metrics.md with this list. */

import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import { PULLED_METRICS } from '../../ingest/records/pull-checkpoint.ts';
import type { CollectorRun } from '../jobs/collector-runs.ts';
import { LoopDelay, NEVER_MS } from './loop-delay.ts';
import type { Coverage } from './presentation/coverage.ts';

export type Metrics = ReturnType<typeof createMetrics>;

/** Readings of the store for its gauges, taken at scrape time. */
export type ReadCoverage = () => Promise<Coverage>;

/** Scrapes within this interval share one reading. */
const FRESH_MS = 15_000;
const LAG_QUANTILES = ['p50', 'p95', 'p99'] as const;

/** State of alerts, from memory. */
export type ReadAlerts = () => {
  readonly pending: number;
  readonly firing: number;
  readonly failingRules: number;
  readonly disabledReceivers: number;
  /** Evaluation delay of the rule that is furthest behind, in seconds. */
  readonly lagSeconds: number;
};

/** State of disk and database. */
export type ReadStorage = () => {
  readonly freeBytes: number | null;
  readonly databaseBytes: number;
  readonly reusableBytes: number;
  readonly paused: string | null;
  readonly damage: readonly unknown[];
  /** Time of the last backup, epoch ms. */
  readonly backupMs: number | null;
};

export type ReadAttribution = () => {
  readonly pendingHours: number | null;
  readonly failed: readonly unknown[];
};

/** Last runs of the collectors. */
export type ReadCollectors = () => readonly Pick<CollectorRun, 'name' | 'region' | 'tookMs' | 'overdue' | 'notice'>[];

export function createMetrics(
  readCoverage: ReadCoverage,
  readAlerts: ReadAlerts,
  readStorage: ReadStorage,
  readAttribution: ReadAttribution,
  readCollectors: ReadCollectors,
) {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry, eventLoopMonitoringPrecision: NEVER_MS });
  const loopDelay = new LoopDelay();
  loopDelay.register(registry);
  const registers = [registry];
  addGauges(registry, readAlerts, ALERT_GAUGES);
  addGauges(registry, readStorage, STORAGE_GAUGES);
  addGauges(registry, readAttribution, ATTRIBUTION_GAUGES);
  addCollectors(registry, readCollectors);
  return {
    registry,
    loopDelay,
    /** Updates the gauges of the store. Call before each scrape. */
    refresh: addCoverage(registry, readCoverage),
    ingestRequests: new Counter({
      name: 'thermocline_ingest_requests_total',
      help: 'Ingest requests by route and HTTP status',
      labelNames: ['route', 'status'] as const,
      registers,
    }),
    ingestEvents: new Counter({
      name: 'thermocline_ingest_events_total',
      help: 'Log events by outcome: accepted, duplicate, ignored, rejected',
      labelNames: ['outcome'] as const,
      registers,
    }),
    ingestSeconds: new Histogram({
      name: 'thermocline_ingest_ack_seconds',
      help: 'Seconds from the first byte of an ingest request to its acknowledgement',
      buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30],
      registers,
    }),
    ingestHeldBytes: new Gauge({
      name: 'thermocline_ingest_held_bytes',
      help: 'Bytes of request bodies in memory',
      registers,
    }),
    ignoredAttributes: new Counter({
      name: 'thermocline_ignored_common_attributes_total',
      help: 'Firehose requests with invalid common attributes, which were ignored',
      registers,
    }),
    requestIdReuse: new Counter({
      name: 'thermocline_firehose_request_id_reuse_total',
      help: 'Firehose request ids reused with a different body; both were stored',
      registers,
    }),
    remoteWriteSamples: new Counter({
      name: 'thermocline_remote_write_samples_total',
      help: 'Samples of remote write by outcome: sent, refused by the receiver',
      labelNames: ['outcome'] as const,
      registers,
    }),
    apiSeconds: new Histogram({
      name: 'thermocline_api_seconds',
      help: 'Seconds to answer an API request, by route',
      labelNames: ['route', 'status'] as const,
      buckets: [0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5, 30],
      registers,
    }),
  };
}

type GaugeOf<T> = readonly [name: string, help: string, value: (found: T) => number | null];

const ALERT_GAUGES: readonly GaugeOf<ReturnType<ReadAlerts>>[] = [
  ['thermocline_alerts_firing', 'Firing alerts', (found) => found.firing],
  ['thermocline_alerts_pending', 'Pending alerts', (found) => found.pending],
  ['thermocline_alert_rules_failing', 'Rules whose last evaluation failed', (found) => found.failingRules],
  ['thermocline_alert_receivers_disabled', 'Disabled receivers', (found) => found.disabledReceivers],
  [
    'thermocline_alert_evaluation_lag_seconds',
    'Evaluation delay of the rule that is furthest behind',
    (found) => found.lagSeconds,
  ],
];

const STORAGE_GAUGES: readonly GaugeOf<ReturnType<ReadStorage>>[] = [
  ['thermocline_disk_free_bytes', 'Free space on the disk of the data folder', (found) => found.freeBytes],
  ['thermocline_database_bytes', 'Size of the database files', (found) => found.databaseBytes],
  ['thermocline_database_reusable_bytes', 'Free space inside the database files', (found) => found.reusableBytes],
  ['thermocline_storage_paused', '1 while ingest is paused', (found) => (found.paused === null ? 0 : 1)],
  [
    'thermocline_database_damaged',
    '1 if the last check of the files found damage',
    (found) => Math.min(1, found.damage.length),
  ],
  [
    'thermocline_newest_backup_timestamp_seconds',
    'Unix time of the last backup',
    (found) => (found.backupMs === null ? null : found.backupMs / 1000),
  ],
];

const ATTRIBUTION_GAUGES: readonly GaugeOf<ReturnType<ReadAttribution>>[] = [
  [
    'thermocline_attribution_pending_hours',
    'Hours of functions whose cold starts wait for their causes',
    (found) => found.pendingHours,
  ],
  [
    'thermocline_attribution_failing_functions',
    'Functions whose next hour could not be attributed',
    (found) => found.failed.length,
  ],
];

/** Gauges that are read at scrape time; a null reading removes the sample. */
function addGauges<T>(registry: Registry, read: () => T, gauges: readonly GaugeOf<T>[]): void {
  for (const [name, help, of] of gauges) {
    new Gauge({
      name,
      help,
      registers: [registry],
      collect() {
        const value = of(read());
        if (value === null) this.remove();
        else this.set(value);
      },
    });
  }
}

/** Gauges of collectors, with one sample for each region. */
function addCollectors(registry: Registry, read: ReadCollectors): void {
  const labelNames = ['collector', 'region'];
  const add = (name: string, help: string, of: (run: ReturnType<ReadCollectors>[number]) => number | null): void => {
    new Gauge({
      name,
      help,
      labelNames,
      registers: [registry],
      collect() {
        this.reset();
        for (const run of read()) {
          const value = of(run);
          if (value !== null) this.set({ collector: run.name, region: run.region }, value);
        }
      },
    });
  };
  add('thermocline_collector_run_seconds', 'Duration of the last complete run of a collector', ({ tookMs }) =>
    tookMs === null ? null : tookMs / 1000,
  );
  add('thermocline_collector_overdue', '1 while runs of a collector outlast their interval', ({ overdue }) =>
    overdue ? 1 : 0,
  );
  add('thermocline_collector_failing', '1 if the last run of a collector could not do everything', ({ notice }) =>
    notice === null ? 0 : 1,
  );
}

/** Gauges of stored data. If the store does not respond, they keep their last values. */
function addCoverage(registry: Registry, readCoverage: ReadCoverage): () => Promise<void> {
  const registers = [registry];
  const gauge = (name: string, help: string, labelNames: string[] = []): Gauge<string> =>
    new Gauge({ name, help, labelNames, registers });
  const wal = gauge('thermocline_wal_bytes', 'Size of the write-ahead log');
  const coverage = gauge('thermocline_coverage_ratio', 'Share of attempts with both START and REPORT');
  const reasons = gauge('thermocline_coverage_reasons', 'Reasons for incomplete coverage', ['kind']);
  const missing = gauge('thermocline_missing_reports', 'START lines of the last seven days whose REPORT is overdue');
  const orphans = gauge('thermocline_orphan_starts', 'START lines without a REPORT so far');
  const quiet = gauge('thermocline_quiet_functions', 'Functions that logged regularly and have stopped logging');
  const lag = gauge('thermocline_ingest_lag_seconds', 'Receipt time minus event time of pushed events', ['quantile']);
  const pulls = gauge('thermocline_pull_log_groups', 'Pulled log groups by state', ['state']);
  coverage.remove();
  let readMs = Number.NEGATIVE_INFINITY;
  return async () => {
    if (performance.now() - readMs < FRESH_MS) return;
    readMs = performance.now();
    const found = await readCoverage().catch(() => null);
    if (found === null) return;
    if (found.value !== null) coverage.set(found.value);
    wal.set(found.status.walBytes);
    missing.set(found.missingReports);
    orphans.set(found.status.orphanStarts);
    quiet.set(found.reasons.find((reason) => reason.kind === 'gone-quiet')?.n ?? 0);
    for (const q of LAG_QUANTILES) {
      const ms = found.status.lagMs[q];
      if (ms !== null) lag.set({ quantile: q }, ms / 1000);
    }
    pulls.reset();
    for (const { logGroup, state } of found.pulls) if (logGroup !== PULLED_METRICS) pulls.inc({ state });
    reasons.reset();
    for (const reason of found.reasons) reasons.set({ kind: reason.kind }, reason.n);
  };
}
