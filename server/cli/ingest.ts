/** `thermocline ingest`: an ingest-only worker beside the server, with ClickHouse as the store. */
import type { Config } from '../config/environment.ts';
import { assetPaths, version } from '../config/paths.ts';
import { composeIngest } from '../roles/workers.ts';
import { closeServer } from './close-server.ts';
import { collect } from './collect.ts';
import { httpServer } from './http-server.ts';
import { listen } from './listen.ts';
import { writeOut } from './output.ts';
import { serverLog } from './process-log.ts';
import { onTermination } from './signals.ts';
import { tuneHeap } from './tune-heap.ts';

/** Ingests until the process receives a stop signal. Everything answered with 200 is in ClickHouse; the worker keeps no state. */
export async function ingest(config: Config): Promise<number> {
  const log = serverLog(config);
  tuneHeap({ remembers: false });
  const ingester = await composeIngest({ config, assetPaths, log });
  // Traces and inventory concern the whole fleet: the server collects them.
  const collectors = await collect({ ...config, traces: false, pullMetricsMs: null, inventory: false }, ingester, log);
  const server = httpServer({
    fetch: ingester.app.fetch,
    config,
    maxConnections: config.capacity.connections,
    maxPerAddress: config.capacity.connectionsPerAddress,
  });
  const url = await listen(server, config).catch(async (error: unknown) => {
    await ingester.close();
    throw error;
  });
  return new Promise((resolve) => {
    onTermination((signal) => {
      log.info({ signal }, 'stopping: finishing requests in progress');
      closeServer(server)
        .then(() => collectors?.stop())
        .then(() => ingester.close())
        .then(
          () => resolve(0),
          (error: unknown) => {
            log.error({ err: error }, 'the store was not closed cleanly');
            resolve(1);
          },
        );
    });
    writeOut(`Thermocline ${version} ingest worker listening on ${url}\n`);
  });
}
