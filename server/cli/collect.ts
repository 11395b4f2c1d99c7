/** Starts the collectors of a process; they send to its own app. */
import type { Logger } from 'pino';
import type { Config } from '../config/environment.ts';
import type { CollectorRuns } from '../jobs/collector-runs.ts';
import type { Collectors } from '../jobs/collectors.ts';
import type { Store } from '../storage/ports.ts';

interface Collecting {
  readonly app: { request(path: string, init: RequestInit): Response | Promise<Response> };
  readonly localToken: string;
  readonly store: Pick<Store, 'collectorShards'>;
  readonly runs: CollectorRuns;
  readonly now: () => number;
}

/** Returns null if nothing is configured; only otherwise imports the AWS SDK. */
export async function collect(config: Config, own: Collecting, log: Logger): Promise<Collectors | null> {
  const { pull, traces, pullMetricsMs, inventory } = config;
  if (pull.logGroups.length === 0 && !traces && pullMetricsMs === null && !inventory) return null;
  const { startCollectors } = await import('../jobs/collectors.ts');
  const send = async (path: string, init: RequestInit = {}): Promise<Response> => {
    const headers = new Headers(init.headers);
    headers.set('authorization', `Bearer ${own.localToken}`);
    return own.app.request(path, { ...init, headers });
  };
  return startCollectors({ config, send, collecting: own.store.collectorShards, runs: own.runs, log, now: own.now });
}
