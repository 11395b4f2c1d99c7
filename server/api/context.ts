/** What the routes work with; the composition root fills it. */
import type { Logger } from 'pino';
import type { Decoder } from '../../ingest/decoder.ts';
import type { AlertEngine } from '../alerts/engine.ts';
import type { Config } from '../config.ts';
import type { KitPlaces } from '../connect.ts';
import type { Store } from '../storage/store.ts';
import type { Backups } from '../upkeep/backups.ts';
import type { StorageWatch } from '../upkeep/storage-watch.ts';
import type { Admission } from './admission.ts';
import type { Authenticator } from './auth.ts';
import type { Budget } from './body.ts';
import type { LiveHub } from './live.ts';
import type { LoginThrottle } from './login-throttle.ts';
import type { Metrics } from './metrics.ts';
import type { Quota } from './quota.ts';
import type { RequestIds } from './request-ids.ts';

export interface Context {
  readonly config: Config;
  readonly store: Store;
  readonly storage: StorageWatch;
  readonly backups: Backups;
  readonly alerts: AlertEngine;
  readonly decoder: Decoder;
  readonly auth: Authenticator;
  readonly throttle: LoginThrottle;
  readonly budget: Budget;
  readonly metrics: Metrics;
  readonly requestIds: RequestIds;
  readonly quota: Quota;
  readonly admission: Admission;
  readonly live: LiveHub;
  readonly kitPlaces: KitPlaces;
  readonly log: Logger;
  readonly now: () => number;
  /** Built web assets, or null where there are none (tests). */
  readonly webRoot: string | null;
  readonly version: string;
}

/** What taking in needs of it. */
export type IngestContext = Pick<
  Context,
  'config' | 'store' | 'decoder' | 'auth' | 'budget' | 'metrics' | 'requestIds' | 'quota' | 'admission' | 'log' | 'now'
> & {
  /** Why nothing is taken now; null when it is. */
  readonly storage: { refusal(): string | null };
};
