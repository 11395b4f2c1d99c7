/** Deterministic 53-bit hash ids: every process computes the same id from the same names. */
import { createHash } from 'node:crypto';
import { UNKNOWN_STREAM } from '../../../ingest/records/log-event.ts';
import type { StreamHeader } from '../../../ingest/records/stream-header.ts';

export interface StreamIds {
  readonly functionId: number;
  /** Unique within the function; {@link UNKNOWN_STREAM_ID} if the log stream is unknown. */
  readonly streamId: number;
}

/** Id of the lines whose log stream is unknown. Less than any other, so that the greatest id of a row is a known one. */
export const UNKNOWN_STREAM_ID = 0;

/**
 * Ids of a stream and of its function, 53 bits each because the port uses JavaScript numbers. Odds of a collision: one
 * in a million among a hundred thousand functions, one in twenty thousand among a million streams of one function.
 */
export function idsOf({ account, region, functionName, logGroup, logStream }: StreamHeader): StreamIds {
  return {
    functionId: hashOf(account, region, functionName),
    streamId: logStream === UNKNOWN_STREAM ? UNKNOWN_STREAM_ID : hashOf(account, region, logGroup, logStream),
  };
}

/** Returns the series id of a function's invocations with one version and memory size. */
export function seriesIdOf(functionId: number, version: string | null, memoryMb: number | null): number {
  return hashOf(String(functionId), version ?? '', String(memoryMb ?? -1));
}

const BITS = 53n;

/**
 * Returns 53 bits of the SHA-256 of the parts. Each part is prefixed with its length, so that different lists never hash
 * alike.
 */
export function hashOf(...parts: readonly string[]): number {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(`${part.length}:${part}`);
  return Number(BigInt.asUintN(Number(BITS), hash.digest().readBigUInt64BE()));
}

/** `first_seen_ms` of a function that has no log events yet: the time of any event is earlier. */
export const UNSEEN_MS = Date.UTC(2100, 0, 1);
