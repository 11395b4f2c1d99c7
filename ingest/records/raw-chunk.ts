/** Compressed log lines, and the volume of a message. */

/** Compressed log events of one stream, as kept for "show me the lines". */
export interface RawChunk {
  readonly stream: number;
  readonly firstMs: number;
  readonly lastMs: number;
  readonly events: number;
  /** First 8 bytes of a hash of the events: the same chunk delivered twice is kept once. */
  readonly digest: Uint8Array;
  /** gzip of a subscription document or of a JSON array of events. */
  readonly gzip: Uint8Array;
}

/** How much one message of a log group held, whatever its lines say. */
export interface LogVolume {
  readonly account: string;
  readonly region: string;
  readonly logGroup: string;
  /** Of its first event. */
  readonly atMs: number;
  readonly events: number;
  /** Of the texts, UTF-8. */
  readonly bytes: number;
  /** As in {@link RawChunk}, of all events: the same message delivered twice counts once. */
  readonly digest: Uint8Array;
}
