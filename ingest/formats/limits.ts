/** Limits of every layer between a socket and a log event. A limit that is hit is said, never silent. */

const MIB = 1_048_576;

export const limits = {
  /** Firehose sends up to 64 MiB before base64: about 86 MiB of JSON, and buffering values are only hints. */
  bodyBytes: 96 * MIB,
  recordsPerRequest: 10_000,
  /** Braces in a Firehose envelope: one object per record and a few more. Stops bombs of empty objects before JSON.parse. */
  envelopeObjects: 10_100,
  /** What one record may inflate to; CloudWatch Logs sends about 1 MiB. */
  recordInflatedBytes: 32 * MIB,
  /** What all records of one request may inflate to together. */
  requestInflatedBytes: 512 * MIB,
  /** Above this size a document's structure is counted before it is parsed. */
  uncountedDocumentBytes: 4 * MIB,
  /** One object or array per this many bytes, outside strings, is denser than any log document. */
  bytesPerObject: 8,
  gzipLayers: 2,
  /** Quarantined payloads are kept up to this size each. */
  deadLetterBytes: MIB,
  /** All of one request's together are kept whole up to this; of the others the beginning is kept. */
  requestDeadLetterBytes: 32 * MIB,
  deadLetterHeadBytes: 4096,
  /** Rubbish up to this size is kept as text that a person can read. */
  previewedBytes: 65_536,
} as const;
