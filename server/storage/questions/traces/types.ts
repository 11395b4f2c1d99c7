/** Stored trace segments, and traces to fetch. */

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
