/**
 * History on its way from one store into another: in pieces that may be brought again, named as log lines name things. Facts are
 * brought where single events are kept, and are judged where they arrive; of days whose events are gone, what they added up to.
 */
import { crc32 } from 'node:zlib';
import type { Batch } from '../../../ingest/records/batch.ts';
import type { PullCheckpoint } from '../../../ingest/records/pull-checkpoint.ts';
import type { BatchSource } from '../../../ingest/records/sink.ts';
import type { StreamHeader } from '../../../ingest/records/stream-header.ts';
import type { AttributedHour, ColdStartRow } from '../questions/attribution/types.ts';
import type { IngestStatus } from '../questions/ingest-status/types.ts';
import type { RollupBucket, RollupTable } from '../rollup/bucket.ts';

/** A function, with what no single event says of it any more. Times in epoch ms. */
export interface MovedFunction {
  /** Of the store that is left. */
  readonly id: number;
  readonly account: string;
  readonly region: string;
  readonly name: string;
  /** True when only a custom log group names it. */
  readonly labelled: boolean;
  readonly firstSeenMs: number;
  readonly lastSeenMs: number;
  readonly latest: { readonly atMs: number; readonly memoryMb: number | null; readonly version: string | null };
  readonly runtime: { readonly atMs: number; readonly version: string | null };
  /** The same for as long as nothing came that belongs to no day. */
  readonly fingerprint: string;
}

/** A day (UTC) of a function. */
export interface MovedDay {
  readonly dayMs: number;
  /** Invocations. */
  readonly n: number;
  /** The same for as long as nothing of the day changed. */
  readonly fingerprint: string;
  /** When the last of it came. */
  readonly receivedMs: number;
  /** Its single events were dropped. */
  readonly isGone: boolean;
}

/** Facts as they could have come in one request. */
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

/** What is compared of an invocation: what its REPORT says, which nothing that comes later changes. */
export interface Checked {
  readonly requestId: string;
  readonly endMs: number;
  readonly durationUs: number;
  readonly billedMs: number | null;
  readonly memoryMb: number | null;
  readonly maxMemoryMb: number | null;
  readonly initUs: number | null;
}

/** CRC-32 of the values as text, tab-separated; empty where the line did not say. */
export function checksumOf(row: Checked): number {
  const { requestId, endMs, durationUs, billedMs, memoryMb, maxMemoryMb, initUs } = row;
  return crc32(
    `${requestId}\t${endMs}\t${durationUs}\t${billedMs ?? ''}\t${memoryMb ?? ''}\t${maxMemoryMb ?? ''}\t${initUs ?? ''}`,
  );
}

/** An environment whose events are gone. */
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

export interface MovedCell {
  readonly table: RollupTable;
  readonly bucket: number;
  readonly version: string | null;
  readonly memoryMb: number | null;
  readonly cell: RollupBucket;
}

/** A cold start with what its series is of; the environment by the id of the store that is left. */
export type MovedColdStart = Omit<ColdStartRow, 'seriesId' | 'cause'> & {
  readonly version: string | null;
  readonly memoryMb: number | null;
};

/** An hour as it was derived; environments by the ids of the store that is left. */
export type MovedSlot = Pick<AttributedHour, 'hourMs' | 'runs' | 'idleTimes' | 'carryOut' | 'changes'> & {
  readonly coldStarts: readonly MovedColdStart[];
};

/** What is left of a day whose events are gone. */
export interface GoneDay {
  readonly cells: readonly MovedCell[];
  readonly slots: readonly MovedSlot[];
}

/** The account of ingest: what came, from where, what was refused, how far collectors have read. */
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

/** The store that is left. Read while it is used, or while nobody uses it. */
export interface HistorySource {
  functions(): readonly MovedFunction[];
  /** Ascending. */
  days(one: MovedFunction): readonly MovedDay[];
  /** What lines say beside invocations: inits, faults, extensions, STARTs without REPORT; and the lines themselves. */
  events(one: MovedFunction): Iterable<Piece>;
  /** Invocations of a day whose events are kept. */
  invocations(one: MovedFunction, day: MovedDay): Iterable<Piece & { readonly checksum: Checksum }>;
  gone(one: MovedFunction, day: MovedDay): GoneDay;
  streamOf(one: MovedFunction): (environmentId: number) => StreamHeader | undefined;
  /** Environments that nobody can judge again, since events of theirs are gone. */
  goneEnvironments(one: MovedFunction, beforeMs: number): Iterable<readonly MovedEnvironment[]>;
  /** Documents other than platform lines, and volumes of log groups. */
  documents(): Iterable<Piece>;
  account(): MovedAccount;
  close(): void;
}

/** The store it goes to. Everything may be brought twice. @throws StoreError */
export interface HistoryTarget {
  /** What was noted of parts that were brought. */
  noted(): Promise<ReadonlyMap<string, string>>;
  /** Of a part: it is here, in the state that the fingerprint stands for. */
  note(part: string, fingerprint: string): Promise<void>;
  bring(piece: Piece): Promise<void>;
  bringFunction(one: MovedFunction): Promise<void>;
  /** `streamOf`: of an environment's id in the store that is left. */
  bringGone(one: MovedFunction, day: GoneDay, streamOf: (id: number) => StreamHeader | undefined): Promise<void>;
  bringEnvironments(one: MovedFunction, some: readonly MovedEnvironment[]): Promise<void>;
  /** Of what was brought of it already, only what came since is added. */
  bringAccount(account: MovedAccount): Promise<void>;
  /** What is here of a day. */
  checksum(one: MovedFunction, day: MovedDay): Promise<Checksum>;
  close(): Promise<void>;
}
