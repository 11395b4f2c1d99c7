/**
 * Transfer of history between stores, in repeatable pieces that identify things by their names in log lines. Days with
 * raw events are transferred as facts and classified by the target; of other days, aggregates are transferred.
 */
import { crc32 } from 'node:zlib';
import type { Batch } from '../../../ingest/records/batch.ts';
import type { PullCheckpoint } from '../../../ingest/records/pull-checkpoint.ts';
import type { BatchSource } from '../../../ingest/records/sink.ts';
import type { StreamHeader } from '../../../ingest/records/stream-header.ts';
import type { HourErrors } from '../../analytics/errors/hour.ts';
import type { MetricSeries } from '../metrics/identity.ts';
import type { AttributedHour, ColdStartRow } from '../questions/attribution/types.ts';
import type { IngestStatus } from '../questions/ingest-status/types.ts';
import type { RollupBucket, RollupTable } from '../rollup/bucket.ts';

/** A function, with facts that its remaining events no longer contain. Times in epoch ms. */
export interface MovedFunction {
  /** Id in the source store. */
  readonly id: number;
  readonly account: string;
  readonly region: string;
  readonly name: string;
  /** True if the name is inferred from a custom log group. */
  readonly labelled: boolean;
  readonly firstSeenMs: number;
  readonly lastSeenMs: number;
  readonly latest: { readonly atMs: number; readonly memoryMb: number | null; readonly version: string | null };
  readonly runtime: { readonly atMs: number; readonly version: string | null };
  /** Days since 1970 (UTC) on which an error that a runtime reports would have been received. */
  readonly errorDays: readonly number[];
  /** Fingerprint that changes when data without a day arrives. */
  readonly fingerprint: string;
}

/** A day (UTC) of a function. */
export interface MovedDay {
  readonly dayMs: number;
  /** Invocations. */
  readonly n: number;
  /** Fingerprint that changes when data of the day changes. */
  readonly fingerprint: string;
  /** When the newest data of the day was received. */
  readonly receivedMs: number;
  /** Raw events of the day were deleted. */
  readonly isExpired: boolean;
}

/** Facts in the form of one ingest request. */
export interface Piece {
  readonly batch: Batch;
  readonly source: BatchSource;
  readonly receivedMs: number;
}

/** Number of invocations, and {@link checksumOf} of each added up modulo {@link CHECKSUM_MODULUS}. */
export interface Checksum {
  readonly n: number;
  readonly sum: number;
}

export const CHECKSUM_MODULUS = 2 ** 48;

/** Fields compared per invocation: those of its REPORT, which later events do not change. */
export interface Checked {
  readonly requestId: string;
  readonly endMs: number;
  readonly durationUs: number;
  readonly billedMs: number | null;
  readonly memoryMb: number | null;
  readonly maxMemoryMb: number | null;
  readonly initUs: number | null;
}

/** CRC-32 of the values as tab-separated text; absent values are empty. */
export function checksumOf(row: Checked): number {
  const { requestId, endMs, durationUs, billedMs, memoryMb, maxMemoryMb, initUs } = row;
  return crc32(
    `${requestId}\t${endMs}\t${durationUs}\t${billedMs ?? ''}\t${memoryMb ?? ''}\t${maxMemoryMb ?? ''}\t${initUs ?? ''}`,
  );
}

/** An environment whose raw events were deleted. */
export interface MovedEnvironment {
  readonly id: number;
  readonly stream: StreamHeader;
  readonly attributes: string | null;
  readonly memoryMb: number | null;
  readonly runtimeVersion: string | null;
  readonly runtimeVersionArn: string | null;
  readonly initializationType: string | null;
  readonly initStartMs: number | null;
  readonly initUs: number | null;
  readonly firstSeenMs: number;
  readonly lastSeenMs: number;
  readonly firstEndMs: number | null;
  readonly lastEndMs: number | null;
  readonly lastStatus: number | null;
  readonly invocations: number;
  readonly failures: number;
  readonly maxMemoryMb: number | null;
}

export interface MovedBucket {
  readonly table: RollupTable;
  readonly bucket: number;
  readonly version: string | null;
  readonly memoryMb: number | null;
  readonly cell: RollupBucket;
}

/** A cold start with the dimensions of its series; environment ids are those of the source store. */
export type MovedColdStart = Omit<ColdStartRow, 'seriesId' | 'cause'> & {
  readonly version: string | null;
  readonly memoryMb: number | null;
};

/** An attributed hour; environment ids are those of the source store. */
export type MovedHour = Pick<AttributedHour, 'hourMs' | 'runs' | 'idleTimes' | 'carryOut' | 'changes'> & {
  readonly coldStarts: readonly MovedColdStart[];
};

/** Failures of an hour by group. */
export interface MovedErrors {
  readonly hourMs: number;
  readonly errors: HourErrors;
}

/** One period of a point, or values of one bucket. */
export interface MovedMetricRow {
  readonly atMs: number;
  readonly widthMs: number;
  readonly origin: string;
  readonly count: number;
  readonly sum: number;
  readonly min: number | null;
  readonly max: number | null;
  /** JSON, as stored. */
  readonly percentiles: string | null;
  readonly sketch: readonly (readonly [bin: number, n: number])[] | null;
}

/** A series of a metric. Account and region are those of its function, if it has one. */
export interface MovedMetric extends Omit<MetricSeries, 'functionId'> {
  readonly functionName: string | null;
  readonly firstMs: number;
  readonly lastMs: number;
  readonly rows: readonly MovedMetricRow[];
}

/** Lines of one function (null: of none) whose values are in sums of metrics. */
export interface MovedMetricLines {
  readonly account: string;
  readonly region: string;
  readonly functionName: string | null;
  readonly lines: readonly {
    readonly atMs: number;
    /** 32 hex digits. */
    readonly identity: string;
  }[];
}

/** Days (since 1970, UTC) of one function (null: of none) whose points and lines were deleted. Their hours are among the rows of the series. */
export interface MovedMetricDays extends Omit<MovedMetricLines, 'lines'> {
  readonly days: readonly number[];
}

/** Aggregates of a day whose raw events were deleted. */
export interface ExpiredDay {
  readonly cells: readonly MovedBucket[];
  readonly hours: readonly MovedHour[];
  readonly errors: readonly MovedErrors[];
}

/** Ingest statistics, dead letters and pull checkpoints. */
export interface MovedAccount {
  readonly counters: readonly { readonly name: string; readonly n: number }[];
  readonly unknownFields: readonly { readonly key: string; readonly n: number }[];
  readonly sources: readonly (Omit<IngestStatus['sources'][number], 'lagMs'> & {
    /** `[bin, count]` of received less event time, ms. */
    readonly lag: readonly (readonly [bin: number, n: number])[];
  })[];
  readonly rejects: readonly {
    readonly receivedMs: number;
    readonly sourceKind: string;
    readonly sourceName: string;
    readonly reason: string;
    readonly detail: string;
    readonly logGroup: string | null;
    readonly seen: number;
    readonly payload: Uint8Array;
    readonly replayedMs: number | null;
  }[];
  readonly checkpoints: readonly PullCheckpoint[];
}

/** The source store. It may be in use while it is read. */
export interface HistorySource {
  functions(): readonly MovedFunction[];
  /** Ascending. */
  days(one: MovedFunction): readonly MovedDay[];
  /** Returns facts other than invocations (inits, faults, extensions, STARTs without REPORT) and raw lines. */
  events(one: MovedFunction): Iterable<Piece>;
  /** Returns the invocations of a day with raw events. */
  invocations(one: MovedFunction, day: MovedDay): Iterable<Piece & { readonly checksum: Checksum }>;
  expiredDay(one: MovedFunction, day: MovedDay): ExpiredDay;
  streamOf(one: MovedFunction): (environmentId: number) => StreamHeader | undefined;
  /** Returns environments that cannot be classified again because raw events were deleted. */
  expiredEnvironments(one: MovedFunction, beforeMs: number): Iterable<readonly MovedEnvironment[]>;
  /** Returns telemetry records and log volumes. */
  documents(): Iterable<Piece>;
  metrics(): Iterable<MovedMetric>;
  /** Identities of lines that are still known, some thousands at a time. */
  metricLines(): Iterable<MovedMetricLines>;
  metricDays(): Iterable<MovedMetricDays>;
  account(): MovedAccount;
  close(): void;
}

/** The target store. Every write may be repeated. @throws StoreError */
export interface HistoryTarget {
  /** Returns fingerprints of the parts transferred so far. */
  noted(): Promise<ReadonlyMap<string, string>>;
  /** Records that a part was transferred in the state of this fingerprint. */
  note(part: string, fingerprint: string): Promise<void>;
  bring(piece: Piece): Promise<void>;
  bringMetric(metric: MovedMetric): Promise<void>;
  /** After the sums that hold the values of the lines. */
  bringMetricLines(lines: MovedMetricLines): Promise<void>;
  /** After the series: no more of these days is stored. */
  bringMetricDays(days: MovedMetricDays): Promise<void>;
  bringFunction(one: MovedFunction): Promise<void>;
  /** `streamOf` maps an environment id of the source store to its stream. */
  bringExpiredDay(
    one: MovedFunction,
    day: ExpiredDay,
    streamOf: (id: number) => StreamHeader | undefined,
  ): Promise<void>;
  bringEnvironments(one: MovedFunction, some: readonly MovedEnvironment[]): Promise<void>;
  /** Adds only statistics that are newer than those transferred before. */
  bringAccount(account: MovedAccount): Promise<void>;
  /** Returns the digest of a day in the target store. */
  checksum(one: MovedFunction, day: MovedDay): Promise<Checksum>;
  close(): Promise<void>;
}
