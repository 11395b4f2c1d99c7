/** `thermocline ingest` and `thermocline derive`: what runs beside the server where telemetry is in ClickHouse. */
import { pino } from 'pino';
import type { Config } from '../config/environment.ts';
import { assetPaths, version } from '../config/paths.ts';
import { composeDerive, composeIngest } from '../roles/workers.ts';
import { collect } from './collect.ts';
import { httpServer } from './http-server.ts';
import { listen } from './listen.ts';
import { repeat } from './repeat.ts';
import { tuneHeap } from './tune-heap.ts';

const DRAIN_MS = 10_000;
const JUDGE_MS = 1000;
const DERIVE_MS = 30_000;

function logOf(config: Config) {
  const redact = ['token', 'authorization', 'cookie', '*.token'];
  const options = { level: config.logLevel, redact, base: null, timestamp: pino.stdTimeFunctions.isoTime };
  return pino(options, pino.destination(2));
}

/** Takes in until it is told to end. What it answered 200 for is in ClickHouse; it keeps nothing itself. */
export async function ingestRole(config: Config): Promise<number> {
  const log = logOf(config);
  tuneHeap({ remembers: false });
  const ingester = await composeIngest({ config, assetPaths, log, now: Date.now });
  // What looks at the whole fleet is the server's.
  const collectors = await collect({ ...config, traces: false, inventory: false }, ingester, log);
  const server = httpServer(ingester.app.fetch);
  const url = await listen(server, config).catch(async (error: unknown) => {
    await ingester.close();
    throw error;
  });
  return new Promise((resolve) => {
    const stop = (signal: string): void => {
      log.info({ signal }, 'stopping: finishing what was accepted');
      const cut = setTimeout(() => server.closeAllConnections(), DRAIN_MS);
      const idle = setInterval(() => server.closeIdleConnections(), 50);
      server.close(() => {
        clearTimeout(cut);
        clearInterval(idle);
        (collectors?.stop() ?? Promise.resolve())
          .then(() => ingester.close())
          .then(
            () => resolve(0),
            () => resolve(1),
          );
      });
    };
    process.once('SIGINT', () => stop('SIGINT'));
    process.once('SIGTERM', () => stop('SIGTERM'));
    process.stdout.write(`Thermocline ${version} takes in at ${url}\n`);
  });
}

/** Judges and derives its share until it is told to end. */
export async function deriveRole(config: Config): Promise<number> {
  const log = logOf(config);
  tuneHeap({ remembers: true });
  const { store, derivation } = await composeDerive({ config, assetPaths, log, now: Date.now });
  const endJudging = repeat(() => store.attribution.classifyPending(), 'judging', 0, JUDGE_MS, log);
  const endDerivation = repeat(() => derivation.round(), 'derivation', DERIVE_MS, DERIVE_MS, log);
  return new Promise((resolve) => {
    const stop = (): void => {
      endJudging();
      endDerivation();
      store.close().then(
        () => resolve(0),
        () => resolve(1),
      );
    };
    process.once('SIGINT', stop);
    process.once('SIGTERM', stop);
    process.stdout.write(`Thermocline ${version} derives\n`);
  });
}
