/** Dependencies of the routes, provided by the composition root. */
import type { Logger } from 'pino';
import type { Decoder } from '../../ingest/decode/decoder.ts';
import type { AlertEngine } from '../alerts/engine.ts';
import type { KitPaths } from '../config/deploy-kits.ts';
import type { Config } from '../config/environment.ts';
import type { AnalysisPool } from '../jobs/analysis/analysis-pool.ts';
import type { ColdStartAttribution } from '../jobs/attribution/attribution.ts';
import type { Backups } from '../jobs/backups.ts';
import type { ClockWatch } from '../jobs/clock-watch.ts';
import type { CollectorRuns } from '../jobs/collector-runs.ts';
import type { DemoRun } from '../jobs/demo-run.ts';
import type { ParquetExport } from '../jobs/parquet-export.ts';
import type { Reports } from '../jobs/reports/reports.ts';
import type { RuleFolder } from '../jobs/rule-folder.ts';
import type { StorageWatch } from '../jobs/storage-watch.ts';
import type { SqlConsole, Store } from '../storage/ports.ts';
import type { SkippedRowCounter } from '../storage/skipped-rows.ts';
import type { PermittedFunctions } from '../tags/permitted-functions.ts';
import type { TagBook } from '../tags/tag-book.ts';
import type { TagsFile } from '../tags/tags-file-watch.ts';
import type { Authenticator } from './access/auth.ts';
import type { LocalUsers } from './access/local-users.ts';
import type { LoginThrottle } from './access/login-throttle.ts';
import type { Identity } from './access/oidc/identity.ts';
import type { OpenStreams } from './access/open-streams.ts';
import type { SignInCodes } from './access/sign-in-codes.ts';
import type { KeyAdmission } from './limits/admission.ts';
import type { ByteBudget } from './limits/body.ts';
import type { KeyTroubles } from './limits/key-troubles.ts';
import type { Quota } from './limits/quota.ts';
import type { StoreErrorLog } from './limits/store-error-log.ts';
import type { StrangerBodies } from './limits/stranger-bodies.ts';
import type { LiveHub } from './live.ts';
import type { Metrics } from './metrics.ts';
import type { FunctionMetrics } from './prometheus/function-metrics.ts';
import type { RequestIds } from './request-ids.ts';

export interface Context {
  readonly config: Config;
  /** While a request is handled: with reads that end when its client leaves. */
  readonly store: Store;
  /** What remains when a request ends, for work whose result several requests share; absent where no request is handled. */
  readonly shared?: Context;
  readonly storage: StorageWatch;
  readonly backups: Backups;
  readonly runs: CollectorRuns;
  readonly alerts: AlertEngine;
  readonly ruleFolder: Pick<RuleFolder, 'state'>;
  /** Null if nothing is exported to Parquet. */
  readonly parquetExport: Pick<ParquetExport, 'state'> | null;
  readonly demo: DemoRun;
  readonly reports: Reports;
  readonly decoder: Decoder;
  readonly analysis: AnalysisPool;
  readonly attribution: Pick<ColdStartAttribution, 'progress'>;
  readonly auth: Authenticator;
  readonly throttle: LoginThrottle;
  readonly codes: SignInCodes;
  readonly users: LocalUsers;
  /** The identity provider; null without one. */
  readonly identity: Identity;
  readonly budget: ByteBudget;
  /** Bodies of authenticated API requests. */
  readonly apiBodies: ByteBudget;
  /** Bodies of public routes. */
  readonly strangers: StrangerBodies;
  readonly metrics: Metrics;
  readonly requestIds: RequestIds;
  readonly quota: Quota;
  readonly admission: KeyAdmission;
  readonly keyTroubles: KeyTroubles;
  readonly skippedRows: SkippedRowCounter;
  readonly live: LiveHub;
  /** Metrics of functions for scrapers. */
  readonly functionMetrics: Pick<FunctionMetrics, 'read'>;
  readonly tags: TagBook;
  readonly permitted: PermittedFunctions;
  /** Null without a file of tags. */
  readonly tagsFile: Pick<TagsFile, 'state'> | null;
  readonly streams: OpenStreams;
  readonly kitPaths: KitPaths;
  /** The OpenAPI document, a `file:` URL. */
  readonly openApiFile: URL;
  readonly log: Logger;
  readonly storeErrors: StoreErrorLog;
  readonly now: () => number;
  readonly clock: ClockWatch;
  /** Folder of the built web client, or null without one (tests). */
  readonly webRoot: string | null;
  readonly version: string;
  /** The SQL console; a sentence that says why there is none. */
  readonly sql: SqlConsole | string;
}

/** The dependencies of the ingest endpoints. */
export type IngestContext = Pick<
  Context,
  | 'config'
  | 'store'
  | 'runs'
  | 'decoder'
  | 'auth'
  | 'budget'
  | 'metrics'
  | 'requestIds'
  | 'quota'
  | 'admission'
  | 'keyTroubles'
  | 'skippedRows'
  | 'log'
  | 'now'
> & {
  /** Present where this process attributes cold starts. */
  readonly attribution?: Pick<ColdStartAttribution, 'progress'>;
  /** Present where this process checks the system clock. */
  readonly clock?: Pick<ClockWatch, 'observe' | 'sentence'>;
  /** Present where this process applies rule files. */
  readonly ruleFolder?: Pick<RuleFolder, 'state'>;
  /** Why ingest is paused; null if it is not. */
  readonly storage: { pauseReason(): string | null };
};
