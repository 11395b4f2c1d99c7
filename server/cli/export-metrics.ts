/** Starts the job that sends derived metrics to a receiver of OTLP, if one is configured. */
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import type { Logger } from 'pino';
import { SsrfSafeClient } from '../alerts/egress/egress-client.ts';
import type { Config } from '../config/environment.ts';
import { metricRequests } from '../http/prometheus/metric-requests.ts';
import { METRIC_EXPORT } from '../jobs/collector-runs.ts';
import { MetricExport } from '../jobs/metric-export.ts';
import { Schedule } from '../jobs/schedule.ts';
import type { Product } from '../roles/serve.ts';

/** The start of the sums that are sent, in the data folder. */
const POSITION_FILE = 'metric-export.json';
const FIRST_DELAY_MS = 5000;

type Exporting = Pick<Product, 'files' | 'store' | 'analysis' | 'tags' | 'runs' | 'now'>;

/** Returns null if no receiver is configured. */
export function exportMetrics(config: Config, product: Exporting, version: string, log: Logger): Schedule | null {
  const { metricExport: target } = config;
  if (target === null) return null;
  const { files, store, analysis, tags, runs, now } = product;
  const egress = new SsrfSafeClient({ policy: config.outbound, proxy: config.proxy });
  const file = join(config.dataFolder, POSITION_FILE);
  const job = new MetricExport({
    target,
    read: (period) => metricRequests({ store, analysis, config, tags, version }, period, target.encoding),
    post: (request) => egress.post(request),
    load: () => files.run('readFile', file),
    save: (text) => files.run('replaceFile', file, text),
    now,
    random: Math.random,
    sleep: (ms, signal) => setTimeout(ms, undefined, { signal }).catch(() => undefined),
  });
  const schedule = new Schedule((error) => log.warn({ err: error }, 'metrics could not be exported and will be again'));
  let last: string | null = null;
  const run = async (signal: AbortSignal): Promise<void> => {
    let notice: string | null = null;
    runs.begin(METRIC_EXPORT, '', target.intervalMs);
    try {
      notice = await job.run(signal);
    } catch (error) {
      notice = 'Metrics could not be read for their export: see the log of the server.';
      throw error;
    } finally {
      runs.end(METRIC_EXPORT, '', notice);
      if (notice !== null && notice !== last) log.warn({ host: new URL(target.url).host }, notice);
      last = notice;
    }
  };
  schedule.add({ name: METRIC_EXPORT, pauseMs: target.intervalMs, firstDelayMs: FIRST_DELAY_MS, run });
  return schedule;
}
