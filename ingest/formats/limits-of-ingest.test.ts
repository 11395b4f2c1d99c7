/** Limits of ingest in bytes and records: those of docs/operations.md, where it names them. */
import { expect, test } from 'vitest';
import { limits } from './limits.ts';

test('each limit', () => {
  expect(limits).toEqual({
    bodyBytes: 100_663_296,
    recordsPerRequest: 10_000,
    envelopeObjects: 10_100,
    recordInflatedBytes: 33_554_432,
    requestInflatedBytes: 536_870_912,
    uploadInflatedBytes: 67_108_864,
    inflatedPerByte: 64,
    uploadPartBytes: 4_194_304,
    scopesPerMessage: 1000,
    streamsPerRequest: 50_000,
    shortStreamsPerRequest: 5000,
    functionStreamChars: 46,
    nameChars: 1024,
    gzipLayers: 2,
    deadLetterBytes: 1_048_576,
    requestDeadLetterBytes: 33_554_432,
    deadLetterHeadBytes: 4096,
    requestDeadLetters: 5000,
    previewedBytes: 65_536,
  });
});
