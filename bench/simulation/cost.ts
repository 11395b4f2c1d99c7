/**
 * What a number of invocations a day wants: cores, shards, disks, and what AWS takes for getting the lines here. All arithmetic,
 * from what `npm run bench:scale` measured; what gives way first is named.
 */

/** Measured for an invocation: CPU in µs, bytes as stored. */
export interface Measured {
  readonly ingesterUs: number;
  readonly judgingUs: number;
  /** Of ClickHouse: taking in, and what judging asks of it and writes. */
  readonly engineTakingInUs: number;
  readonly engineJudgingUs: number;
  /** All tables but the lines. */
  readonly bytes: number;
  readonly lineBytes: number;
}

export interface Plan {
  readonly perDay: number;
  readonly peakPerSecond: number;
  /** Cores that are busy at the peak. */
  readonly ingesterCores: number;
  readonly derivingCores: number;
  readonly engineCores: number;
  readonly ingesters: number;
  readonly derivers: number;
  readonly shards: number;
  /** Rows for as long as single events are kept, and lines for as long as they are, GB, one copy. */
  readonly rowsGb: number;
  readonly linesGb: number;
  /** The same rows in the file of SQLite, GB. */
  readonly sqliteGb: number;
  /** Dollars a month. */
  readonly cloudWatch: number;
  /** From well filled records to one invocation a record. */
  readonly firehose: readonly [least: number, most: number];
  /** What gives way first with one process on SQLite, and with one of each role on ClickHouse. */
  readonly onSqlite: Strain;
  readonly onClickHouse: Strain;
}

/** How much of what there is of it is asked of it, at half of its capacity where it is time: more than 1 is too much. */
export interface Strain {
  readonly of: string;
  readonly share: number;
}

const DAY_SECONDS = 86_400;
const MONTH_DAYS = 30;
/** The busiest hour over the mean. */
const PEAK = 3;
/** Nothing is to be busy for longer at the peak: queues grow without bound at one. */
const MOST_BUSY = 0.5;
/** What one process of ours can use: the thread that parses and the one that serves; deriving is one thread. */
const INGESTER_CORES = 2;
const DERIVER_CORES = 1;
const SHARD_CORES = 8;
const SHARD_GB = 2000;
/** Days, as retention is by default. */
const EVENTS_DAYS = 35;
const LINES_DAYS = 7;
/** bench/baseline-ingest.json: rows, indexes and rollups, and what one process takes in; what a backup copies in an hour or so. */
const SQLITE_BYTES = 105;
const SQLITE_PER_SECOND = 180_000;
const SQLITE_GB = 200;
/** START, END and REPORT as CloudWatch Logs counts them, each with its 26 bytes; gzipped among many. */
const LOG_BYTES = 345;
const GZIP_BYTES = 80;
/** Firehose counts each record as a multiple of it. */
const RECORD_BYTES = 5 * 1024;
/** us-east-1, first tier, dollars a GB, as listed in 2026. */
const CLOUDWATCH_PER_GB = 0.5;
const FIREHOSE_PER_GB = 0.029;
const GB = 1e9;

export function planOf(perDay: number, measured: Measured): Plan {
  const peakPerSecond = (PEAK * perDay) / DAY_SECONDS;
  const cores = (us: number): number => (us * peakPerSecond) / 1e6;
  const ingesterCores = cores(measured.ingesterUs);
  const derivingCores = cores(measured.judgingUs);
  const engineCores = cores(measured.engineTakingInUs + measured.engineJudgingUs);
  const rowsGb = (perDay * EVENTS_DAYS * measured.bytes) / GB;
  const linesGb = (perDay * LINES_DAYS * measured.lineBytes) / GB;
  const sqliteGb = (perDay * (EVENTS_DAYS * SQLITE_BYTES + LINES_DAYS * measured.lineBytes)) / GB;
  const monthly = (bytes: number): number => (perDay * MONTH_DAYS * bytes) / GB;
  const ingester = ingesterCores / INGESTER_CORES / MOST_BUSY;
  const deriver = derivingCores / DERIVER_CORES / MOST_BUSY;
  const shardCpu = engineCores / SHARD_CORES / MOST_BUSY;
  const shardDisk = (rowsGb + linesGb) / SHARD_GB;
  const least = (needed: number): number => Math.max(1, Math.ceil(needed));
  return {
    perDay,
    peakPerSecond,
    ingesterCores,
    derivingCores,
    engineCores,
    ingesters: least(ingester),
    derivers: least(deriver),
    shards: least(Math.max(shardCpu, shardDisk)),
    rowsGb,
    linesGb,
    sqliteGb,
    cloudWatch: monthly(LOG_BYTES) * CLOUDWATCH_PER_GB,
    firehose: [monthly(GZIP_BYTES) * FIREHOSE_PER_GB, monthly(RECORD_BYTES) * FIREHOSE_PER_GB],
    onSqlite: worst({
      'its one file': sqliteGb / SQLITE_GB,
      'taking in': peakPerSecond / SQLITE_PER_SECOND / MOST_BUSY,
    }),
    onClickHouse: worst({ ingester, deriver, "a shard's CPU": shardCpu, "a shard's disk": shardDisk }),
  };
}

function worst(shares: Readonly<Record<string, number>>): Strain {
  const all = Object.entries(shares).map(([of, share]) => ({ of, share }));
  return all.reduce((a, b) => (b.share > a.share ? b : a));
}
