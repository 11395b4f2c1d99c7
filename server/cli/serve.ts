/** `thermocline serve`: runs the server until it receives a stop signal. */
import { join } from 'node:path';
import type { Logger } from 'pino';
import { LONGEST_RUN_MS } from '../../ingest/records/attempt.ts';
import { MINUTE_MS } from '../../ingest/records/time.ts';
import { capacityReason } from '../config/capacity.ts';
import type { Config } from '../config/environment.ts';
import { openFilesFault } from '../config/open-files.ts';
import { assetPaths, version } from '../config/paths.ts';
import { SETTLE_MS } from '../jobs/attribution/attribution.ts';
import { packAll } from '../jobs/line-packing.ts';
import { Schedule } from '../jobs/schedule.ts';
import { RECOVERY_HINT } from '../jobs/storage-watch.ts';
import { whileActive } from '../jobs/while-active.ts';
import type { Product } from '../roles/serve.ts';
import { compose } from '../roles/serve.ts';
import { withinMs } from '../roles/within-ms.ts';
import { StoreError } from '../storage/ports.ts';
import { closeServer } from './close-server.ts';
import { collect } from './collect.ts';
import type { Front } from './front.ts';
import { openFront } from './front.ts';
import { assertAddress } from './listen.ts';
import type { MaintenanceMode } from './maintenance-mode.ts';
import { startMaintenanceMode } from './maintenance-mode.ts';
import { writeOut } from './output.ts';
import { serverLog } from './process-log.ts';
import { signInLink } from './sign-in-link.ts';
import { onTermination } from './signals.ts';
import { assertPaths } from './start-checks.ts';
import { tuneHeap } from './tune-heap.ts';
import { UserError } from './user-error.ts';

/** Delay of the first attribution, so that it does not slow down the start. */
const FIRST_ATTRIBUTION_MS = 10_000;
const ATTRIBUTION_PAUSE_MS = 30_000;
/** Classification of invocations that workers wrote to ClickHouse. */
const CLASSIFY_PAUSE_MS = 1000;
const ALERT_PAUSE_MS = 1000;
const STORAGE_PAUSE_MS = 1000;
const CLOCK_PAUSE_MS = 1000;
/** Lines that were received since are searched as they came, which takes longer. */
const PACK_PAUSE_MS = 5000;
/** Lines are packed about a minute after they were received; where only those around failures are kept, once attempts have ended. */
const PACK_ACTIVE_MS = 3 * MINUTE_MS;
const PACK_OUTCOMES_ACTIVE_MS = PACK_ACTIVE_MS + LONGEST_RUN_MS;
/** Hours begin to be attributed within this time of what is written to them. */
const ATTRIBUTION_ACTIVE_MS = SETTLE_MS + MINUTE_MS;
const TAGS_PAUSE_MS = 5000;
const BACKUP_PAUSE_MS = 60_000;
const REPORT_PAUSE_MS = 60_000;
const EXPORT_PAUSE_MS = 60_000;
/** As the first attribution: a start has other work. */
const FIRST_EXPORT_MS = 10_000;
const DISCOVERY_PAUSE_MS = 60_000;
/** Rule files are read again: watchers miss what mounts and network file systems change. */
const RULES_PAUSE_MS = 5000;
/** The start waits this long for rule files; a disk that hangs delays only them. */
const RULES_MS = 5000;
/** The start, or with large files ingest, waits this long for the integrity check; a longer check continues in the background. */
const CHECK_MS = 5000;
/** Interval of attempts to open a store that is unavailable. */
const REOPEN_MS = 5000;

/** Runs the server. Resolves with the exit code after a graceful stop. */
export async function serve(config: Config): Promise<number> {
  const log = serverLog(config);
  const startedMs = performance.now();
  log.info(capacityReason(config.capacity).text);
  const fault = openFilesFault(config.capacity.openFiles);
  if (fault !== null) throw new UserError(fault);
  await assertAddress(config);
  await assertPaths(config);
  tuneHeap({ remembers: true });
  const front = await openFront(config);
  const product = await open(config, front, log).catch(async (error: unknown) => {
    await front.close();
    throw error;
  });
  if (typeof product === 'number') return product;
  const { server, url } = front;
  front.answerWith(product.app.fetch);
  const discoveryFile = join(config.dataFolder, 'server.json');
  await applyRules(product, log);
  const schedule = scheduleJobs(config, product, log);
  await publish(discoveryFile, url, product, schedule, log);
  const collectors = await collect(config, product, log);
  const exporting = await startMetricExport(config, product, log);
  return new Promise((resolve) => {
    onTermination((signal) => {
      log.info({ signal }, 'stopping: finishing requests in progress');
      product.files.run('removeFile', discoveryFile).catch(() => undefined);
      product.endStreams();
      void schedule.stop();
      const collected = Promise.all([collectors?.stop(), exporting?.stop()]);
      closeServer(server)
        .then(() => collected)
        .then(() => product.close())
        .then(
          () => resolve(0),
          (error: unknown) => {
            log.error({ err: error }, 'the store was not closed cleanly');
            resolve(1);
          },
        );
    });
    // Last: readers of this output may send a signal at once.
    greet(config, url, product, performance.now() - startedMs);
  });
}

/** Imports the jobs only where a receiver is configured. */
async function startMetricExport(config: Config, product: Product, log: Logger): Promise<Schedule | null> {
  if (config.metricExport === null && config.remoteWrite === null) return null;
  const { exportMetrics } = await import('./export-metrics.ts');
  return exportMetrics(config, product, version, log);
}

/** Applies rule files before rules are evaluated. What fails, or takes too long, is tried again by the schedule. */
async function applyRules({ ruleFolder }: Product, log: Logger): Promise<void> {
  const applied = ruleFolder
    .round()
    .catch((error: unknown) => log.warn({ err: error }, 'rule files could not be applied and will be tried again'));
  await withinMs(applied, RULES_MS);
}

/** Writes the server discovery file, with which commands on the same data folder find and use this server. */
async function writeDiscoveryFile(path: string, url: string, { localToken, files }: Product): Promise<void> {
  await files.run('replaceFile', path, JSON.stringify({ pid: process.pid, url, token: localToken }));
}

/** Writes the discovery file, or has it retried: without it, only commands on this folder do not find the server. */
async function publish(path: string, url: string, product: Product, schedule: Schedule, log: Logger): Promise<void> {
  let isWritten = false;
  const run = async (): Promise<void> => {
    if (!isWritten) await writeDiscoveryFile(path, url, product);
    isWritten = true;
  };
  try {
    await run();
  } catch (error) {
    // For example, the disk is full.
    log.warn(
      { err: error },
      'server.json cannot be written; commands on this folder do not find the server until then',
    );
    schedule.add({ name: 'server.json', pauseMs: DISCOVERY_PAUSE_MS, firstDelayMs: DISCOVERY_PAUSE_MS, run });
  }
}

function scheduleJobs(config: Config, product: Product, log: Logger): Schedule {
  const schedule = new Schedule((error, { name }) => log.warn({ err: error }, `${name} failed and will be retried`));
  const add = (name: string, pauseMs: number, run: () => Promise<unknown>, firstDelayMs = pauseMs): void =>
    schedule.add({ name, pauseMs, firstDelayMs, run });
  const { store, attribution } = product;
  const following = (activeMs: number, run: () => Promise<boolean>): (() => Promise<void>) =>
    whileActive({ activeMs, run, lastWriteMs: () => store.lastWriteMs(), monotonicNow: () => performance.now() });
  const attribute = following(ATTRIBUTION_ACTIVE_MS, async () => {
    await attribution.round();
    const { pendingHours, failed, working } = attribution.progress();
    return pendingHours !== 0 || failed.length > 0 || working !== null;
  });
  add('attribution', ATTRIBUTION_PAUSE_MS, attribute, FIRST_ATTRIBUTION_MS);
  if (config.clickhouse !== null) {
    add('classification', CLASSIFY_PAUSE_MS, () => product.store.attribution.classifyPending());
  }
  const packActiveMs = config.rawLines === 'errors' ? PACK_OUTCOMES_ACTIVE_MS : PACK_ACTIVE_MS;
  const pack = following(packActiveMs, async () => {
    await packAll(store.lines, schedule.signal);
    return false;
  });
  add('packing of log lines', PACK_PAUSE_MS, pack);
  add('clock monitoring', CLOCK_PAUSE_MS, () => product.clock.round());
  add('storage monitoring', STORAGE_PAUSE_MS, () => product.storage.round());
  add('scheduled backup', BACKUP_PAUSE_MS, () => product.backups.round());
  const { tagsFile } = product;
  if (tagsFile !== null) add('reading of tags', TAGS_PAUSE_MS, () => tagsFile.round());
  add('scheduled reports', REPORT_PAUSE_MS, () => product.reports.round());
  const { parquetExport } = product;
  if (parquetExport !== null)
    schedule.add({
      name: 'export to Parquet',
      pauseMs: EXPORT_PAUSE_MS,
      firstDelayMs: FIRST_EXPORT_MS,
      run: (signal) => parquetExport.round(signal),
    });
  add('reading of rule files', RULES_PAUSE_MS, () => product.ruleFolder.round());
  add('alert evaluation', ALERT_PAUSE_MS, () => product.alerts.round());
  return schedule;
}

/**
 * Opens the product. While the store cannot be used, answers in maintenance mode; returns an exit code if the process is
 * told to stop before the store opens.
 */
async function open(config: Config, front: Front, log: Logger): Promise<Product | number> {
  let maintenance: MaintenanceMode | null = null;
  for (;;) {
    try {
      const product = await compose({ config, assetPaths, log, version, checkMs: CHECK_MS });
      product.decoder.start();
      maintenance?.leave();
      return product;
    } catch (error) {
      if (!(error instanceof StoreError)) throw error;
      if (error.code === 'damaged')
        return startMaintenanceMode(front, `${error.message}. ${RECOVERY_HINT}. Then restart the server`, log).ended;
      if (error.code === 'incomplete')
        return startMaintenanceMode(front, `${error.message}. Then restart the server`, log).ended;
      if (error.code !== 'unavailable') throw error;
      // The cause, such as a full disk, may be temporary.
      maintenance ??= startMaintenanceMode(front, `${error.message}. Retrying every ${REOPEN_MS / 1000} s`, log);
      const timeout = new Promise<null>((resolve) => setTimeout(() => resolve(null), REOPEN_MS));
      const code = await Promise.race([maintenance.ended, timeout]);
      if (code !== null) return code;
    }
  }
}

function greet(config: Config, url: string, { firstToken, firstSignIn }: Product, ms: number): void {
  const open = config.publicUrl ?? url;
  const lines = [`Thermocline ${version} is ready at ${open} (${Math.round(ms)} ms, data in ${config.dataFolder})`];
  const code = firstSignIn();
  if (firstToken !== null && code !== null) {
    lines.push(
      '',
      `Admin token (shown only once):  ${firstToken}`,
      `Sign in within a minute:        ${signInLink(open, code)}`,
      'Another link to sign in:        npx thermocline sign-in',
    );
  }
  lines.push('', 'Next: npx thermocline import FILE --function NAME   or   npx thermocline demo', '');
  writeOut(`${lines.join('\n')}\n`);
}
