/** Size limits of ingest. Reaching a limit always produces an error or a dead letter. */

const MIB = 1_048_576;

export const limits = {
  /** Firehose sends up to 64 MiB before base64: about 86 MiB of JSON. Its buffering settings are only hints. */
  bodyBytes: 96 * MIB,
  recordsPerRequest: 10_000,
  /** Opening braces in a Firehose envelope: one per record and a few more. Refuses masses of empty objects before JSON.parse. */
  envelopeObjects: 10_100,
  /** Inflated size of one record. CloudWatch Logs sends about 1 MiB. */
  recordInflatedBytes: 32 * MIB,
  /** Inflated size of all records of a request. */
  requestInflatedBytes: 512 * MIB,
  /** Documents above this size have their objects counted before parsing. */
  uncountedDocumentBytes: 4 * MIB,
  /** No log document has more than one object or array per this many bytes. */
  bytesPerObject: 8,
  gzipLayers: 2,
  /** Stored size of one dead letter. */
  deadLetterBytes: MIB,
  /** Total size of a request's dead letters that are stored whole; of the rest only the beginning is stored. */
  requestDeadLetterBytes: 32 * MIB,
  deadLetterHeadBytes: 4096,
  /** Undecodable text up to this size is stored inflated, so that users can read it. */
  previewedBytes: 65_536,
} as const;
