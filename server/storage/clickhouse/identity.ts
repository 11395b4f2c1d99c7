/** Ids that nobody hands out: hashes of names, the same in every process. */
import { createHash } from 'node:crypto';
import type { StreamHeader } from '../../../ingest/sink.ts';

/** As decimal text: more than a JavaScript number holds. */
export interface StreamIds {
  readonly functionId: string;
  readonly streamId: string;
}

/**
 * Ids of a stream and of the function it belongs to. Of functions 53 bits are kept, since the port counts them as numbers: of
 * a hundred thousand functions two share an id once in a million installations. Of streams 64.
 */
export function idsOf({ account, region, functionName, logGroup, logStream }: StreamHeader): StreamIds {
  return {
    functionId: String(hashOf(account, region, functionName) & FUNCTION_BITS),
    streamId: String(hashOf(account, region, logGroup, logStream)),
  };
}

const FUNCTION_BITS = 2n ** 53n - 1n;

/** 64 bits of SHA-256, each part with its length before it: no two lists of parts read alike. */
function hashOf(...parts: readonly string[]): bigint {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(`${part.length}:${part}`);
  return hash.digest().readBigUInt64BE();
}
