/**
 * Cost model: cores, shards, disks and AWS charges for a number of invocations per day, calculated from the results of
 * `npm run bench:scale`. Names the first bottleneck.
 */

/** Measured per invocation: CPU in µs, bytes as stored. */
export interface Measured {
  readonly ingesterUs: number;
  readonly classifyUs: number;
  /** CPU of ClickHouse: for ingest, and for the queries and writes of attribution. */
  readonly engineIngestUs: number;
  readonly engineClassifyUs: number;
  /** All tables except raw lines. */
  readonly bytes: number;
  readonly lineBytes: number;
}

export interface Plan {
  readonly perDay: number;
  readonly peakPerSecond: number;
  /** Busy cores at the peak. */
  readonly ingesterCores: number;
  readonly attributionCores: number;
  readonly engineCores: number;
  readonly ingesters: number;
  readonly attributionWorkers: number;
  readonly shards: number;
  /** Rows and raw lines over their retention periods, GB, one copy. */
  readonly rowsGb: number;
  readonly linesGb: number;
  /** The same rows in SQLite, GB. */
  readonly sqliteGb: number;
  /** Dollars per month. */
  readonly cloudWatch: number;
  /** From full records to one invocation per record. */
  readonly firehose: readonly [least: number, most: number];
  /** First bottleneck with one SQLite process, and with one process per role on ClickHouse. */
  readonly onSqlite: Utilisation;
  readonly onClickHouse: Utilisation;
}

/** Load relative to capacity, or to half the capacity where the resource is time. Above 1 is too much. */
export interface Utilisation {
  readonly of: string;
  readonly share: number;
}

const DAY_SECONDS = 86_400;
const MONTH_DAYS = 30;
/** Ratio of the busiest hour to the mean. */
const PEAK = 3;
/** Maximum utilisation at the peak. Queues grow without bound as it approaches 1. */
const MOST_BUSY = 0.5;
/** Cores that one process can use: an ingest worker parses on one thread and serves on another; attribution uses one thread. */
const INGESTER_CORES = 2;
const ATTRIBUTION_WORKER_CORES = 1;
const SHARD_CORES = 8;
const SHARD_GB = 2000;
/** Default retention periods, days. */
const EVENTS_DAYS = 35;
const LINES_DAYS = 7;
/**
 * From bench/baseline-ingest.json: bytes of rows, indexes and rollups, and invocations per second of one process.
 * SQLITE_GB is what a backup copies in about an hour.
 */
const SQLITE_BYTES = 105;
const SQLITE_PER_SECOND = 180_000;
const SQLITE_GB = 200;
/** Bytes of START, END and REPORT as CloudWatch Logs counts them, with 26 bytes per event; and gzipped in a batch. */
const LOG_BYTES = 345;
const GZIP_BYTES = 80;
/** Firehose rounds each record up to a multiple of this. */
const RECORD_BYTES = 5 * 1024;
/** us-east-1, first tier, dollars per GB, as listed in 2026. */
const CLOUDWATCH_PER_GB = 0.5;
const FIREHOSE_PER_GB = 0.029;
const GB = 1e9;

export function planOf(perDay: number, measured: Measured): Plan {
  const peakPerSecond = (PEAK * perDay) / DAY_SECONDS;
  const cores = (us: number): number => (us * peakPerSecond) / 1e6;
  const ingesterCores = cores(measured.ingesterUs);
  const attributionCores = cores(measured.classifyUs);
  const engineCores = cores(measured.engineIngestUs + measured.engineClassifyUs);
  const rowsGb = (perDay * EVENTS_DAYS * measured.bytes) / GB;
  const linesGb = (perDay * LINES_DAYS * measured.lineBytes) / GB;
  const sqliteGb = (perDay * (EVENTS_DAYS * SQLITE_BYTES + LINES_DAYS * measured.lineBytes)) / GB;
  const monthly = (bytes: number): number => (perDay * MONTH_DAYS * bytes) / GB;
  const ingester = ingesterCores / INGESTER_CORES / MOST_BUSY;
  const attributionWorker = attributionCores / ATTRIBUTION_WORKER_CORES / MOST_BUSY;
  const shardCpu = engineCores / SHARD_CORES / MOST_BUSY;
  const shardDisk = (rowsGb + linesGb) / SHARD_GB;
  const least = (needed: number): number => Math.max(1, Math.ceil(needed));
  return {
    perDay,
    peakPerSecond,
    ingesterCores,
    attributionCores,
    engineCores,
    ingesters: least(ingester),
    attributionWorkers: least(attributionWorker),
    shards: least(Math.max(shardCpu, shardDisk)),
    rowsGb,
    linesGb,
    sqliteGb,
    cloudWatch: monthly(LOG_BYTES) * CLOUDWATCH_PER_GB,
    firehose: [monthly(GZIP_BYTES) * FIREHOSE_PER_GB, monthly(RECORD_BYTES) * FIREHOSE_PER_GB],
    onSqlite: worst({
      'size of the one database file': sqliteGb / SQLITE_GB,
      'ingest rate': peakPerSecond / SQLITE_PER_SECOND / MOST_BUSY,
    }),
    onClickHouse: worst({
      'ingest worker': ingester,
      'attribution worker': attributionWorker,
      "a shard's CPU": shardCpu,
      "a shard's disk": shardDisk,
    }),
  };
}

function worst(shares: Readonly<Record<string, number>>): Utilisation {
  const all = Object.entries(shares).map(([of, share]) => ({ of, share }));
  return all.reduce((a, b) => (b.share > a.share ? b : a));
}
