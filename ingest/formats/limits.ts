import type { JsonLimit } from '../text/json-limits.ts';

/** Size limits of ingest. Reaching a limit always produces an error or a dead letter. */

const MIB = 1_048_576;

export const limits = {
  /** Firehose sends up to 64 MiB before base64: about 86 MiB of JSON. Its buffering settings are only hints. */
  bodyBytes: 96 * MIB,
  recordsPerRequest: 10_000,
  /** Opening braces in a Firehose envelope: one per record and a few more. Rejects masses of empty objects before JSON.parse. */
  envelopeObjects: 10_100,
  /** Inflated size of one record. CloudWatch Logs sends about 1 MiB. */
  recordInflatedBytes: 32 * MIB,
  /** Inflated size of all records of a request. */
  requestInflatedBytes: 512 * MIB,
  /** Inflated size of an upload, besides {@link inflatedPerByte} for each byte that was sent. Logs compress tenfold to fiftyfold. */
  uploadInflatedBytes: 64 * MIB,
  inflatedPerByte: 64,
  /** Uploads up to this size are read at once. */
  uploadPartBytes: 4 * MIB,
  /** Accounts and regions that the events of one subscription message may name. */
  scopesPerMessage: 1000,
  /** Log streams of one request. */
  streamsPerRequest: 50_000,
  /** Log streams of one request with names of less than {@link functionStreamChars}: each costs more than its few bytes. */
  shortStreamsPerRequest: 5000,
  /** `2026/11/20/[1]` and 32 hexadecimal digits. */
  functionStreamChars: 46,
  /** Characters of the name of a log group or log stream. CloudWatch Logs allows 512. */
  nameChars: 1024,
  gzipLayers: 2,
  /** Stored size of one dead letter. */
  deadLetterBytes: MIB,
  /** Total size of a request's dead letters that are stored whole; of the rest only the beginning is stored. */
  requestDeadLetterBytes: 32 * MIB,
  deadLetterHeadBytes: 4096,
  /** Dead letters of one request. Of further records the number and an example per reason are stored. */
  requestDeadLetters: 5000,
  /** Undecodable text up to this size is stored inflated, so that users can read it. */
  previewedBytes: 65_536,
} as const;

/** The limit because of which a whole body is rejected. */
export type BodyLimit =
  | JsonLimit
  /** Inflates to more than its allowance. */
  | 'body-inflates-too-far'
  /** More records in one envelope than Firehose sends. */
  | 'too-many-records'
  /** A document or line that cannot be divided into parts. */
  | 'document-too-large'
  | 'gzip-nested-too-deep';
