/** `thermocline serve`: listens, says where, and ends without losing what it took. */
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Logger } from 'pino';
import { pino } from 'pino';
import type { Config } from '../config/environment.ts';
import { assetPaths, version } from '../config/paths.ts';
import { RECOVERY_HINT } from '../jobs/storage-watch.ts';
import type { Product } from '../roles/serve.ts';
import { compose } from '../roles/serve.ts';
import { StoreError } from '../storage/ports.ts';
import { collect } from './collect.ts';
import { httpServer } from './http-server.ts';
import { listen } from './listen.ts';
import type { MaintenanceMode } from './maintenance-mode.ts';
import { startMaintenanceMode } from './maintenance-mode.ts';
import { repeat } from './repeat.ts';
import { tuneHeap } from './tune-heap.ts';

const DRAIN_MS = 10_000;
/** Pause between two rounds of derivation; and before the first, since a start has other things to do. */
const DERIVE_MS = 30_000;
const FIRST_DERIVE_MS = 10_000;
/** Between two looks at what ClickHouse was given. */
const JUDGE_MS = 1000;
/** Between two looks at what is due of alerts. */
const ALERT_MS = 1000;
/** Between two looks at the disk; and at whether a backup is due. */
const STORAGE_MS = 1000;
const BACKUPS_MS = 60_000;
/** A start waits this long for the files to be read as a whole; the rest of it goes on beside the work. */
const CHECK_MS = 5000;
/** Between two tries to open files that cannot be used now. */
const TRY_AGAIN_MS = 5000;

export async function serve(config: Config): Promise<number> {
  const log = pino(
    {
      level: config.logLevel,
      redact: ['token', 'authorization', 'cookie', '*.token'],
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
    },
    pino.destination(2),
  );
  const began = performance.now();
  tuneHeap({ remembers: true });
  const product = await open(config, log);
  if (typeof product === 'number') return product;
  const server = httpServer(product.app.fetch);
  const url = await listen(server, config).catch(async (error: unknown) => {
    await product.close();
    throw error;
  });
  const card = join(config.dataFolder, 'server.json');
  writeFileSync(card, JSON.stringify({ pid: process.pid, url, token: product.localToken }), { mode: 0o600 });
  const collectors = await collect(config, product, log);
  const endDerivation = repeat(() => product.derivation.round(), 'derivation', FIRST_DERIVE_MS, DERIVE_MS, log);
  const endJudging =
    config.clickhouse === null
      ? () => undefined
      : repeat(() => product.store.attribution.classifyPending(), 'judging', JUDGE_MS, JUDGE_MS, log);
  const endStorage = repeat(() => product.storage.round(), 'looking at the disk', STORAGE_MS, STORAGE_MS, log);
  const endBackups = repeat(() => product.backups.round(), 'a backup', BACKUPS_MS, BACKUPS_MS, log);
  const endAlerts = repeat(() => product.alerts.round(), 'alerts', ALERT_MS, ALERT_MS, log);
  return new Promise((resolve) => {
    let stopping = false;
    const stop = (signal: string): void => {
      if (stopping) return;
      stopping = true;
      log.info({ signal }, 'stopping: finishing what was accepted');
      rmSync(card, { force: true });
      const cut = setTimeout(() => server.closeAllConnections(), DRAIN_MS);
      // Connections become idle one by one, as their last answers end.
      const idle = setInterval(() => server.closeIdleConnections(), 50);
      product.endStreams();
      endDerivation();
      endJudging();
      endAlerts();
      endStorage();
      endBackups();
      const collected = collectors?.stop() ?? Promise.resolve();
      server.close(() => {
        clearTimeout(cut);
        clearInterval(idle);
        collected
          .then(() => product.close())
          .then(
            () => resolve(0),
            (error: unknown) => {
              log.error({ err: error }, 'the store did not close cleanly');
              resolve(1);
            },
          );
      });
      server.closeIdleConnections();
    };
    process.once('SIGINT', () => stop('SIGINT'));
    process.once('SIGTERM', () => stop('SIGTERM'));
    // Last: whoever reads this may send a signal at once.
    greet(config, url, product.firstToken, performance.now() - began);
  });
}

/** The product; or an exit code, where its files cannot be used and the process was told to end before they could. */
async function open(config: Config, log: Logger): Promise<Product | number> {
  let standIn: MaintenanceMode | null = null;
  for (;;) {
    try {
      const product = await compose({ config, assetPaths, log, version, checkMs: CHECK_MS });
      await standIn?.close();
      return product;
    } catch (error) {
      if (!(error instanceof StoreError)) throw error;
      if (error.code === 'damaged')
        return (
          await startMaintenanceMode(config, `${error.message}. ${RECOVERY_HINT}. Then start the server again`, log)
        ).ended;
      if (error.code !== 'unavailable') throw error;
      // A disk that is full now may not be later.
      standIn ??= await startMaintenanceMode(
        config,
        `${error.message}. It is tried again every ${TRY_AGAIN_MS / 1000} s`,
        log,
      );
      const again = new Promise<null>((resolve) => setTimeout(() => resolve(null), TRY_AGAIN_MS));
      const code = await Promise.race([standIn.ended, again]);
      if (code !== null) return code;
    }
  }
}

function greet(config: Config, url: string, firstToken: string | null, ms: number): void {
  const open = config.publicUrl ?? url;
  const lines = [`Thermocline ${version} is ready at ${open} (${Math.round(ms)} ms, data in ${config.dataFolder})`];
  if (firstToken !== null) {
    lines.push(
      '',
      `Admin token, shown this once:  ${firstToken}`,
      `Sign in with one click:        ${open}/sign-in#token=${firstToken}`,
    );
  }
  lines.push('', 'Next: npx thermocline import FILE --function NAME   or   npx thermocline demo', '');
  process.stdout.write(`${lines.join('\n')}\n`);
}
