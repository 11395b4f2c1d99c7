/** Composition roots of the workers beside a server on ClickHouse: ingest and attribution. */

import { fileURLToPath } from 'node:url';
import type { Hono } from 'hono';
import type { Logger } from 'pino';
import { Decoder } from '../../ingest/decode/decoder.ts';
import type { ClockSource } from '../clock/guarded-clock.ts';
import type { Config } from '../config/environment.ts';
import type { AssetPaths } from '../config/paths.ts';
import { Authenticator, newLocalToken } from '../http/access/auth.ts';
import { createIngestApp } from '../http/ingest/app.ts';
import { KeyAdmission } from '../http/limits/admission.ts';
import { ByteBudget } from '../http/limits/body.ts';
import { KeyTroubles } from '../http/limits/key-troubles.ts';
import { Quota } from '../http/limits/quota.ts';
import { createMetrics } from '../http/metrics.ts';
import { readCoverage } from '../http/presentation/coverage.ts';
import { RequestIds } from '../http/request-ids.ts';
import { analyseHere } from '../jobs/analysis/analyse-here.ts';
import { ColdStartAttribution } from '../jobs/attribution/attribution.ts';
import { CollectorRuns } from '../jobs/collector-runs.ts';
import { serverTimeMs, serverWarnings } from '../storage/clickhouse/server-inspection.ts';
import { openClickHouseWorker } from '../storage/clickhouse/store.ts';
import type { Store } from '../storage/ports.ts';
import { StoreError } from '../storage/ports.ts';
import { SkippedRowCounter } from '../storage/skipped-rows.ts';
import { WorkerClock } from './worker-clock.ts';

interface WorkerOptions {
  readonly config: Config;
  readonly assetPaths: AssetPaths;
  readonly log: Logger;
  /** Clocks of the machine. */
  readonly clock?: ClockSource;
}

/** Interval at which published tokens are read, ms. A revoked token works for at most this long. */
const CREDENTIALS_MS = 5000;
/** Interval at which the system clock is checked, ms. */
const CLOCK_MS = 1000;

interface OpenWorker {
  readonly store: Store;
  readonly clock: WorkerClock;
}

async function open(options: WorkerOptions, role: 'ingest' | 'derive'): Promise<OpenWorker> {
  const { config, assetPaths, log } = options;
  if (config.clickhouse === null)
    throw new StoreError('unsafe', `thermocline ${role} requires ClickHouse. Set THERMOCLINE_STORE=clickhouse`);
  const migrations = fileURLToPath(new URL('clickhouse/', assetPaths.migrations));
  const { clickhouse, retention, metrics } = config;
  const clock = new WorkerClock({ serverMs: () => serverTimeMs(clickhouse), log, source: options.clock });
  await clock.start();
  const store = await openClickHouseWorker(
    { clickhouse, migrations, retention, metrics, now: () => clock.now() },
    role,
  );
  for (const sentence of await serverWarnings(clickhouse)) log.warn(sentence);
  return { store, clock };
}

export interface Ingester {
  readonly app: Hono;
  readonly store: Store;
  readonly runs: CollectorRuns;
  /** The time to go by, epoch ms. */
  readonly now: () => number;
  /** Token for requests within this process; never stored. */
  readonly localToken: string;
  close(): Promise<void>;
}

/** @throws StoreError if ClickHouse cannot be used. */
export async function composeIngest(options: WorkerOptions): Promise<Ingester> {
  const { config, assetPaths, log } = options;
  const skippedRows = SkippedRowCounter.start();
  const { store, clock } = await open(options, 'ingest');
  const now = (): number => clock.now();
  const localToken = newLocalToken();
  const auth = new Authenticator(store, now, localToken);
  await auth.refresh();
  const refresh = setInterval(() => {
    auth
      .refresh()
      .catch((error: unknown) => log.warn({ err: error }, 'tokens could not be read: keeping the ones already loaded'));
  }, CREDENTIALS_MS);
  refresh.unref();
  const watch = setInterval(() => {
    clock.round().catch((error: unknown) => log.warn({ err: error }, 'the clock of ClickHouse could not be read'));
  }, CLOCK_MS);
  watch.unref();
  const decoder = new Decoder(assetPaths.workers, {
    threads: config.capacity.decoders,
    spareThreads: config.capacity.spareDecoders,
    heapMb: config.capacity.decodeHeapMb,
    youngHeapMb: config.capacity.youngHeapMb,
    warmsUp: config.capacity.warmsUpDecoders,
  });
  decoder.start();
  const keyTroubles = new KeyTroubles({
    control: store.control,
    now,
    onError: (error) => log.warn({ err: error }, 'failed to record which keys sent bodies beyond a limit'),
  });
  await keyTroubles.start();
  const runs = new CollectorRuns(now, () => performance.now());
  const app = createIngestApp({
    config,
    store,
    // A worker stores nothing on disk.
    storage: { pauseReason: () => null },
    decoder,
    auth,
    budget: new ByteBudget(config.capacity.bodyBudgetBytes),
    metrics: createMetrics(
      () => readCoverage(store, analyseHere, now()),
      () => NO_ALERTS,
      () => NO_FILES,
      () => NO_ATTRIBUTION,
      () => runs.all(),
    ),
    runs,
    requestIds: new RequestIds(),
    admission: new KeyAdmission(() => performance.now()),
    keyTroubles,
    skippedRows,
    quota: new Quota(config.keyBytesPerSecond, () => performance.now()),
    log,
    now,
    clock: { observe: () => undefined, sentence: () => clock.sentence() },
  });
  return {
    app,
    store,
    runs,
    now,
    localToken,
    close: async () => {
      clearInterval(refresh);
      clearInterval(watch);
      await decoder.close();
      await keyTroubles.close();
      await store.close();
      skippedRows.close();
    },
  };
}

/** Features that need the server. */
const NO_ALERTS = { pending: 0, firing: 0, failingRules: 0, disabledReceivers: 0, lagSeconds: 0 };
const NO_ATTRIBUTION = { pendingHours: null, failed: [] };
const NO_FILES = { freeBytes: null, databaseBytes: 0, reusableBytes: 0, paused: null, damage: [], backupMs: null };

export interface AttributionWorker {
  readonly store: Store;
  readonly attribution: ColdStartAttribution;
  readonly clock: WorkerClock;
}

/** @throws StoreError if ClickHouse cannot be used. */
export async function composeAttribution(options: WorkerOptions): Promise<AttributionWorker> {
  const { store, clock } = await open(options, 'derive');
  return {
    store,
    clock,
    attribution: new ColdStartAttribution({
      store,
      now: () => clock.now(),
      monotonicNow: () => performance.now(),
      analyse: analyseHere,
      onFailed: (failed) => {
        if (failed !== null) options.log.warn({ failed }, 'cold starts of an hour could not be attributed');
      },
    }),
  };
}
