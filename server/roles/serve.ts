/** Composition root of the server: picks store, decoder and clock, and passes them to the app. */
import { fileURLToPath } from 'node:url';
import type { Hono } from 'hono';
import type { Logger } from 'pino';
import { Decoder } from '../../ingest/decode/decoder.ts';
import { SsrfSafeClient } from '../alerts/egress/egress-client.ts';
import type { AlertEngine } from '../alerts/engine.ts';
import { metricSource } from '../alerts/evaluate/metric-source.ts';
import { Signals } from '../alerts/evaluate/signals.ts';
import type { ClockSource } from '../clock/guarded-clock.ts';
import { GuardedClock } from '../clock/guarded-clock.ts';
import { givenClock, systemClock } from '../clock/system-clock.ts';
import type { Config } from '../config/environment.ts';
import { environmentFor } from '../config/environment.ts';
import type { AssetPaths } from '../config/paths.ts';
import { Authenticator, newLocalToken } from '../http/access/auth.ts';
import { LocalUsers } from '../http/access/local-users.ts';
import { LoginThrottle } from '../http/access/login-throttle.ts';
import { identityOf } from '../http/access/oidc/identity.ts';
import { OpenStreams } from '../http/access/open-streams.ts';
import { SignInCodes } from '../http/access/sign-in-codes.ts';
import { createApp } from '../http/app.ts';
import { KeyAdmission } from '../http/limits/admission.ts';
import { ByteBudget } from '../http/limits/body.ts';
import { KeyTroubles } from '../http/limits/key-troubles.ts';
import { Quota } from '../http/limits/quota.ts';
import { StoreErrorLog } from '../http/limits/store-error-log.ts';
import { StrangerBodies } from '../http/limits/stranger-bodies.ts';
import { LiveHub } from '../http/live.ts';
import type { Metrics } from '../http/metrics.ts';
import { createMetrics } from '../http/metrics.ts';
import { readCoverage } from '../http/presentation/coverage.ts';
import { FunctionMetrics } from '../http/prometheus/function-metrics.ts';
import { RequestIds } from '../http/request-ids.ts';
import { AnalysisPool } from '../jobs/analysis/analysis-pool.ts';
import type { ColdStartAttribution } from '../jobs/attribution/attribution.ts';
import { Backups } from '../jobs/backups.ts';
import { ClockWatch } from '../jobs/clock-watch.ts';
import { CollectorRuns } from '../jobs/collector-runs.ts';
import { DemoRun } from '../jobs/demo-run.ts';
import { ballastBytes } from '../jobs/disk.ts';
import type { ParquetExport } from '../jobs/parquet-export.ts';
import type { Reports } from '../jobs/reports/reports.ts';
import { RuleFolder } from '../jobs/rule-folder.ts';
import type { OnTrouble } from '../jobs/storage-watch.ts';
import { StorageWatch } from '../jobs/storage-watch.ts';
import type { ClickHouseOptions } from '../storage/clickhouse/connection.ts';
import { FileThread } from '../storage/files/file-thread.ts';
import type { Store } from '../storage/ports.ts';
import { SkippedRowCounter } from '../storage/skipped-rows.ts';
import { openSqliteStore } from '../storage/sqlite/store.ts';
import { openTags } from '../tags/open-tags.ts';
import { PermittedFunctions } from '../tags/permitted-functions.ts';
import type { TagBook } from '../tags/tag-book.ts';
import type { TagsFile } from '../tags/tags-file-watch.ts';
import { composeAttribution } from './attribution.ts';
import { ensureAdmin } from './first-admin.ts';
import { openAlerts } from './open-alerts.ts';
import { composeExport } from './parquet-export.ts';
import { composeMail, composeReports } from './reports.ts';
import { sqlConsole } from './sql-queries.ts';
import { checkBeforeStart, damageBehind } from './start-check.ts';

export interface Product {
  /** Makes calls on files for the main thread. */
  readonly files: FileThread;
  readonly app: Hono;
  readonly decoder: Decoder;
  readonly analysis: AnalysisPool;
  readonly store: Store;
  readonly tags: TagBook;
  readonly runs: CollectorRuns;
  readonly metrics: Metrics;
  readonly storage: StorageWatch;
  readonly backups: Backups;
  readonly auth: Authenticator;
  readonly attribution: ColdStartAttribution;
  readonly clock: ClockWatch;
  /** The time that the server goes by, epoch ms. */
  readonly now: () => number;
  readonly alerts: AlertEngine;
  /** Null without a file of tags. */
  readonly tagsFile: TagsFile | null;
  readonly reports: Reports;
  readonly ruleFolder: RuleFolder;
  /** Null if nothing is exported. */
  readonly parquetExport: ParquetExport | null;
  /** Admin access for the owner of the data folder while this process runs; never stored. */
  readonly localToken: string;
  /** The admin token created by this first start; null otherwise. It is not stored in clear text. */
  readonly firstToken: string | null;
  /** A one-time code that signs in with the first token; null if there is none. */
  firstSignIn(): string | null;
  /** Ends open event streams. */
  endStreams(): void;
  close(): Promise<void>;
}

const LOW_MEMORY_YOUNG_HEAP_MB = 8;
const USE_FLUSH_MS = 30_000;
/** Bodies of authenticated API requests in memory, in total. */
const API_BODY_BYTES = 33_554_432;

export interface ComposeOptions {
  readonly config: Config;
  readonly assetPaths: AssetPaths;
  readonly log: Logger;
  readonly version: string;
  /** A time that is right by definition, epoch ms. */
  readonly now?: () => number;
  /** Clocks of the machine, where `now` is not given. */
  readonly clock?: ClockSource;
  /** Clock of throttles and quotas, ms: does not jump. */
  readonly monotonicNow?: () => number;
  /** For short-lived commands: one reader, small caches, small heaps. */
  readonly lowMemory?: boolean;
  /** Maximum time that the integrity check may delay the start, or with large files ingest, ms; after this it continues in the background. */
  readonly checkMs?: number;
}

/** Opens the store and composes the app. @throws StoreError if the folder cannot be used; everything is closed again then. */
export async function compose(options: ComposeOptions): Promise<Product> {
  const { config, assetPaths } = options;
  const clock = new GuardedClock(
    options.clock ?? (options.now === undefined ? systemClock() : givenClock(options.now)),
  );
  const files = new FileThread(assetPaths.workers);
  const skippedRows = SkippedRowCounter.start();
  try {
    await files.run('releaseBallast', config.dataFolder, ballastBytes(config.minFreeBytes));
    return await openProduct(files, skippedRows, clock, options);
  } catch (error) {
    skippedRows.close();
    await files.close();
    throw error;
  }
}

async function openProduct(
  files: FileThread,
  skippedRows: SkippedRowCounter,
  clock: GuardedClock,
  options: ComposeOptions,
): Promise<Product> {
  const { config, assetPaths, lowMemory = false } = options;
  const now = (): number => clock.now();
  const local = await openSqliteStore({
    folder: config.dataFolder,
    migrations: fileURLToPath(new URL('sqlite/', assetPaths.migrations)),
    workers: assetPaths.workers,
    retention: config.retention,
    rawLines: config.rawLines,
    lineBytes: config.lineBytes,
    metrics: config.metrics,
    deadLetterBytes: config.deadLetterBytes,
    minFreeBytes: config.minFreeBytes,
    readers: lowMemory ? 1 : config.capacity.readers,
    capacity: config.capacity,
    lowMemory,
    readDeadlineMs: config.readDeadlineMs,
    now,
    settledNow: () => clock.settledNow(),
  });
  let store: Store = local;
  try {
    if (config.clickhouse !== null) store = await overClickHouse(config.clickhouse, local, { ...options, now });
    const { mark, lastReceiptMs } = await store.noteClock({ settledMs: null, mark: null });
    clock.resume(mark, lastReceiptMs);
    return await assemble(store, files, skippedRows, clock, options);
  } catch (error) {
    const damage = await damageBehind(error, store, options.checkMs ?? 0);
    await store.close();
    throw damage ?? error;
  }
}

/** Opens a store with telemetry in ClickHouse and the control plane in the data folder. */
async function overClickHouse(
  clickhouse: ClickHouseOptions,
  local: Store,
  { config, assetPaths, log, now = Date.now }: ComposeOptions,
): Promise<Store> {
  const { openClickHouseStore } = await import('../storage/clickhouse/store.ts');
  const { serverWarnings } = await import('../storage/clickhouse/server-inspection.ts');
  const migrations = fileURLToPath(new URL('clickhouse/', assetPaths.migrations));
  const { workers } = assetPaths;
  const store = await openClickHouseStore({ ...config, clickhouse, migrations, workers, now }, local);
  for (const sentence of await serverWarnings(clickhouse)) log.warn(sentence);
  return store;
}

async function assemble(
  store: Store,
  files: FileThread,
  skippedRows: SkippedRowCounter,
  guarded: GuardedClock,
  options: ComposeOptions,
): Promise<Product> {
  const { config, assetPaths, log, version, lowMemory = false, checkMs = 0 } = options;
  const now = (): number => guarded.now();
  const { monotonicNow = () => performance.now() } = options;
  const localToken = newLocalToken();
  const auth = new Authenticator(store, now, localToken);
  await auth.refresh();
  const firstToken = await ensureAdmin(store, auth, config, now);
  const live = new LiveHub(store, log, config.priceTerms);
  const codes = new SignInCodes(monotonicNow);
  const streams = new OpenStreams((principal) => auth.isValid(principal));
  auth.onRefresh(() => streams.endInvalid());
  const { tags, tagsFile, ofRules } = await openTags({ config, store, files, now, log });
  const egress = new SsrfSafeClient({ policy: config.outbound, proxy: config.proxy });
  const mail = composeMail(config, files, (id) => reports.attachmentsOf(id));
  const alerts = openAlerts({
    ...{ config, store, egress, mail, log, now },
    signals: new Signals(ofRules, metricSource(ofRules, config.priceTerms)),
    settledNow: () => guarded.settledNow(),
  });
  await alerts.start();
  if (alerts.isNew)
    await (await import('../alerts/rules/builtin-rules.ts')).installBuiltinRules(alerts, assetPaths.kits.deploy);
  const onTrouble: OnTrouble = (trouble, sentence) => {
    if (sentence !== null) log.warn({ trouble }, sentence);
    alerts
      .reportStorageTrouble(trouble, sentence)
      .catch((error: unknown) => log.warn({ err: error }, 'alerts: a self-monitoring alert could not be recorded'));
  };
  const ruleFolder = new RuleFolder({
    ...{ path: config.rulesPath, files, alerts, read: store.read, now, log, onTrouble },
    isMailConfigured: config.smtp !== null,
  });
  const storage = new StorageWatch({
    folder: config.dataFolder,
    minFreeBytes: config.minFreeBytes,
    maintenance: store.maintenance,
    files,
    now,
    log,
    onTrouble,
    lastWriteMs: () => store.lastWriteMs(),
  });
  const backups = new Backups({
    ...config.backups,
    version,
    spareBytes: config.minFreeBytes,
    maintenance: store.maintenance,
    files,
    now,
    onTrouble,
  });
  const clock = new ClockWatch({ clock: guarded, store, monotonicNow, onTrouble });
  await clock.round();
  await storage.measure();
  if (checkMs > 0) await checkBeforeStart(storage, checkMs);
  const decoder = new Decoder(assetPaths.workers, {
    threads: config.capacity.decoders,
    spareThreads: config.capacity.spareDecoders,
    heapMb: config.capacity.decodeHeapMb,
    youngHeapMb: lowMemory ? LOW_MEMORY_YOUNG_HEAP_MB : config.capacity.youngHeapMb,
    warmsUp: !lowMemory && config.capacity.warmsUpDecoders,
  });
  const analysis = new AnalysisPool(assetPaths.workers, config.readDeadlineMs, config.capacity);
  const attribution = composeAttribution({ store, analysis, now, monotonicNow, log, onTrouble });
  const keyTroubles = new KeyTroubles({
    control: store.control,
    now,
    onError: (error) => log.warn({ err: error }, 'failed to record which keys sent bodies beyond a limit'),
  });
  await keyTroubles.start();
  const runs = new CollectorRuns(now, monotonicNow);
  const reports = composeReports(
    { store, analysis, alerts, config, log, now },
    (request) => app.fetch(request),
    localToken,
  );
  const demo = new DemoRun(fileURLToPath(assetPaths.program), now, environmentFor(config.dataFolder));
  const sql = sqlConsole(config, assetPaths);
  const parquetExport = composeExport({ config, assetPaths, files, now, onTrouble });
  const functionMetrics = new FunctionMetrics({ store, analysis, files, config, now, log });
  const metrics = createMetrics(
    () => readCoverage(store, (name, ...args) => analysis.run(name, ...args), now()),
    () => alerts.stats(),
    () => ({ ...storage.state(), backupMs: backups.newestMs() }),
    () => attribution.progress(),
    () => runs.all(),
  );
  const app = createApp({
    functionMetrics,
    config,
    sql,
    demo,
    reports,
    store,
    storage,
    backups,
    alerts,
    ruleFolder,
    parquetExport,
    decoder,
    analysis,
    attribution,
    auth,
    identity: identityOf({ config, egress, now }),
    throttle: new LoginThrottle(monotonicNow),
    codes,
    users: new LocalUsers({ store, auth, hashKib: config.capacity.hashKib, now }),
    budget: new ByteBudget(config.capacity.bodyBudgetBytes),
    apiBodies: new ByteBudget(API_BODY_BYTES),
    strangers: new StrangerBodies(),
    metrics,
    runs,
    live,
    tags,
    permitted: new PermittedFunctions(tags, monotonicNow),
    tagsFile,
    streams,
    requestIds: new RequestIds(),
    admission: new KeyAdmission(monotonicNow),
    keyTroubles,
    skippedRows,
    quota: new Quota(config.keyBytesPerSecond, monotonicNow),
    kitPaths: assetPaths.kits,
    openApiFile: assetPaths.openApi,
    log,
    storeErrors: new StoreErrorLog(log),
    now,
    clock,
    webRoot: assetPaths.web === null ? null : fileURLToPath(assetPaths.web),
    version,
  });
  const flush = setInterval(() => {
    auth.flushUses().catch((error: unknown) => log.warn({ err: error }, 'failed to record the last use of tokens'));
  }, USE_FLUSH_MS);
  flush.unref();
  const close = async (): Promise<void> => {
    clearInterval(flush);
    attribution.stop();
    await demo.stop();
    if (typeof sql !== 'string') sql.close();
    await auth.flushUses().catch(() => undefined);
    // Deliveries in progress are aborted, recorded as not delivered, and retried after the next start.
    await egress.close();
    mail?.close();
    await alerts.idle();
    await decoder.close();
    await functionMetrics.save();
    await analysis.close();
    await keyTroubles.close();
    await store.close();
    await files.close();
    skippedRows.close();
  };
  return {
    app,
    decoder,
    analysis,
    files,
    store,
    tags,
    runs,
    metrics,
    storage,
    backups,
    auth,
    attribution,
    clock,
    now,
    alerts,
    tagsFile,
    reports,
    ruleFolder,
    parquetExport,
    localToken,
    firstToken,
    firstSignIn: () => {
      const principal = firstToken === null ? null : auth.byToken(firstToken);
      return principal === null ? null : codes.issue(principal.tokenId);
    },
    endStreams: () => live.close(),
    close,
  };
}
