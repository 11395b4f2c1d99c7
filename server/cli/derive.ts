/** `thermocline derive`: an attribution worker beside the server, with ClickHouse as the store. */
import type { Config } from '../config/environment.ts';
import { assetPaths, version } from '../config/paths.ts';
import { Schedule } from '../jobs/schedule.ts';
import { composeAttribution } from '../roles/workers.ts';
import { writeOut } from './output.ts';
import { serverLog } from './process-log.ts';
import { onTermination } from './signals.ts';
import { tuneHeap } from './tune-heap.ts';

const CLASSIFY_PAUSE_MS = 1000;
const ATTRIBUTION_PAUSE_MS = 30_000;
const CLOCK_PAUSE_MS = 1000;

/** Classifies invocations and attributes cold starts of its share of functions until the process receives a stop signal. */
export async function derive(config: Config): Promise<number> {
  const log = serverLog(config);
  tuneHeap({ remembers: true });
  const { store, attribution, clock } = await composeAttribution({ config, assetPaths, log });
  const schedule = new Schedule((error, { name }) => log.warn({ err: error }, `${name} failed and will be retried`));
  schedule.add({
    name: 'classification',
    firstDelayMs: 0,
    pauseMs: CLASSIFY_PAUSE_MS,
    run: () => store.attribution.classifyPending(),
  });
  schedule.add({ name: 'clock monitoring', firstDelayMs: 0, pauseMs: CLOCK_PAUSE_MS, run: () => clock.round() });
  schedule.add({
    name: 'attribution',
    firstDelayMs: ATTRIBUTION_PAUSE_MS,
    pauseMs: ATTRIBUTION_PAUSE_MS,
    run: () => attribution.round(),
  });
  return new Promise((resolve) => {
    onTermination(() => {
      void schedule.stop();
      attribution.stop();
      store.close().then(
        () => resolve(0),
        (error: unknown) => {
          log.error({ err: error }, 'the store was not closed cleanly');
          resolve(1);
        },
      );
    });
    writeOut(`Thermocline ${version} attribution worker started\n`);
  });
}
