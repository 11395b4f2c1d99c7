/** Compressed log lines, and the volume of a message. */

/** Compressed log events of one stream, stored to show raw lines. */
export interface RawChunk {
  readonly stream: number;
  readonly firstMs: number;
  readonly lastMs: number;
  readonly events: number;
  /** First 8 bytes of a hash of the events, to detect repeated deliveries. */
  readonly digest: Uint8Array;
  /** gzip of a subscription document or of a JSON array of events. */
  readonly gzip: Uint8Array;
}

/** Size of one message of a log group. */
export interface LogVolume {
  readonly account: string;
  readonly region: string;
  readonly logGroup: string;
  /** Time of its first event, epoch ms. */
  readonly atMs: number;
  readonly events: number;
  /** Size of the messages in UTF-8 bytes. */
  readonly bytes: number;
  /** Digest of all events, as in {@link RawChunk}: repeated deliveries count once. */
  readonly digest: Uint8Array;
}
