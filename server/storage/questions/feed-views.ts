/** What the store answers about traces and inventory. */
import type { FunctionFacts, LoadTest } from '../../../ingest/records/telemetry-records.ts';

export interface WantedTrace {
  readonly traceId: string;
  readonly account: string;
  readonly region: string;
  readonly cold: boolean;
}

/** Nanoseconds are decimal text: they exceed 2^53. */
export interface StoredSegment {
  readonly id: string;
  readonly parentId: string | null;
  readonly functionId: number | null;
  readonly name: string;
  readonly origin: string | null;
  readonly startNs: string;
  readonly endNs: string | null;
  readonly requestId: string | null;
  readonly httpStatus: number | null;
  readonly outcome: string | null;
  readonly resourceArn: string | null;
  readonly annotations: Readonly<Record<string, string | number | boolean>>;
  readonly subsegments: readonly {
    readonly id: string;
    readonly parentId: string;
    readonly name: string;
    readonly startNs: string;
    readonly endNs: string | null;
    readonly namespace: string | null;
  }[];
}

export interface StoredLoadTest extends Omit<LoadTest, 'kind'> {
  readonly id: string;
  readonly importedMs: number;
}

export interface InventoryEntry {
  readonly functionId: number;
  readonly account: string;
  readonly region: string;
  readonly name: string;
  readonly fromMs: number;
  readonly confirmedMs: number;
  readonly source: string;
  readonly facts: Omit<FunctionFacts, 'kind' | 'account' | 'region' | 'name'>;
}
