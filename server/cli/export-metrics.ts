/** Starts the jobs that send derived metrics to receivers of OTLP and of Prometheus remote write, where they are configured. */
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import type { Logger } from 'pino';
import { SsrfSafeClient } from '../alerts/egress/egress-client.ts';
import type { Config } from '../config/environment.ts';
import { metricRequests } from '../http/prometheus/metric-requests.ts';
import { remoteWriteBatch } from '../http/prometheus/remote-write-requests.ts';
import type { CollectorRuns } from '../jobs/collector-runs.ts';
import { METRIC_EXPORT, REMOTE_WRITE } from '../jobs/collector-runs.ts';
import { MetricExport } from '../jobs/metric-export.ts';
import { RemoteWrite } from '../jobs/remote-write.ts';
import { Schedule } from '../jobs/schedule.ts';
import type { Product } from '../roles/serve.ts';

/** The start of the sums that are sent, in the data folder. */
const POSITION_FILE = 'metric-export.json';
/** Counters of remote write, and requests that are to be sent. */
const REMOTE_WRITE_FILE = 'remote-write.json';
const FIRST_DELAY_MS = 5000;

type Exporting = Pick<Product, 'files' | 'store' | 'analysis' | 'tags' | 'runs' | 'metrics' | 'now'>;

/** What sends metrics, and where to. */
interface Job {
  readonly name: string;
  readonly target: { readonly url: string; readonly intervalMs: number };
  readonly run: (signal: AbortSignal) => Promise<string | null>;
}

/** Returns null if no receiver is configured. */
export function exportMetrics(config: Config, product: Exporting, version: string, log: Logger): Schedule | null {
  const jobs = jobsOf(config, product, version);
  if (jobs.length === 0) return null;
  const schedule = new Schedule((error) => log.warn({ err: error }, 'metrics could not be exported and will be again'));
  for (const job of jobs) {
    const run = reporting(job, product.runs, log);
    schedule.add({ name: job.name, pauseMs: job.target.intervalMs, firstDelayMs: FIRST_DELAY_MS, run });
  }
  return schedule;
}

function jobsOf(config: Config, product: Exporting, version: string): readonly Job[] {
  const { files, store, analysis, tags, metrics, now } = product;
  const egress = new SsrfSafeClient({ policy: config.outbound, proxy: config.proxy });
  const shared = (name: string) => {
    const file = join(config.dataFolder, name);
    return {
      post: (request: Parameters<typeof egress.post>[0]) => egress.post(request),
      load: () => files.run('readFile', file),
      save: (text: string) => files.run('replaceFile', file, text),
      now,
      random: Math.random,
      sleep: (ms: number, signal: AbortSignal) => setTimeout(ms, undefined, { signal }).catch(() => undefined),
    };
  };
  const context = { store, analysis, config, tags, now, version };
  const jobs: Job[] = [];
  const { metricExport: otlp, remoteWrite } = config;
  if (otlp !== null) {
    const read = (period: Parameters<typeof metricRequests>[1]) => metricRequests(context, period, otlp.encoding);
    const job = new MetricExport({ target: otlp, read, ...shared(POSITION_FILE) });
    jobs.push({ name: METRIC_EXPORT, target: otlp, run: (signal) => job.run(signal) });
  }
  if (remoteWrite !== null) {
    const read = (period: Parameters<typeof remoteWriteBatch>[1]) =>
      remoteWriteBatch(context, period, remoteWrite.labels);
    const count = (outcome: 'sent' | 'refused', samples: number) =>
      metrics.remoteWriteSamples.inc({ outcome }, samples);
    const job = new RemoteWrite({ target: remoteWrite, read, count, ...shared(REMOTE_WRITE_FILE) });
    jobs.push({ name: REMOTE_WRITE, target: remoteWrite, run: (signal) => job.run(signal) });
  }
  return jobs;
}

/** Runs the job, and says in the log and in the list of collectors what a receiver did not take. */
function reporting(
  { name, target, run }: Job,
  runs: CollectorRuns,
  log: Logger,
): (signal: AbortSignal) => Promise<void> {
  let last: string | null = null;
  return async (signal) => {
    let notice: string | null = null;
    runs.begin(name, '', target.intervalMs);
    try {
      notice = await run(signal);
    } catch (error) {
      notice = 'Metrics could not be read for their export: see the log of the server.';
      throw error;
    } finally {
      runs.end(name, '', notice);
      if (notice !== null && notice !== last) log.warn({ host: new URL(target.url).host }, notice);
      last = notice;
    }
  };
}
