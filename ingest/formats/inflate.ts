/** Inflates gzip up to a size limit: one Firehose record can hold 1 GiB of zeros. */
import { gunzipSync } from 'node:zlib';
import type { BodyLimit } from './limits.ts';
import { limits } from './limits.ts';

export type InflateProblem = 'gzip-too-large' | 'gzip-truncated' | 'gzip-corrupt' | 'gzip-nested-too-deep';

export type Inflated =
  | { readonly ok: true; readonly bytes: Buffer }
  | { readonly ok: false; readonly reason: InflateProblem };

/** The limit that a body went beyond; null if it is damaged. */
export function limitOf(problem: InflateProblem): BodyLimit | null {
  if (problem === 'gzip-too-large') return 'body-inflates-too-far';
  return problem === 'gzip-nested-too-deep' ? problem : null;
}

export function isGzip(bytes: Uint8Array): boolean {
  return bytes[0] === 0x1f && bytes[1] === 0x8b;
}

/** Inflates up to two layers, since some pipelines compress twice. Returns other bytes unchanged. */
export function inflate(bytes: Buffer, maxBytes: number): Inflated {
  let current = bytes;
  for (let layer = 0; layer < limits.gzipLayers && isGzip(current); layer += 1) {
    try {
      current = gunzipSync(current, { maxOutputLength: Math.max(1, maxBytes) });
    } catch (error) {
      return { ok: false, reason: explain(error) };
    }
  }
  if (isGzip(current)) return { ok: false, reason: 'gzip-nested-too-deep' };
  return { ok: true, bytes: current };
}

function explain(error: unknown): InflateProblem {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  if (code === 'ERR_BUFFER_TOO_LARGE') return 'gzip-too-large';
  if (code === 'Z_BUF_ERROR') return 'gzip-truncated';
  return 'gzip-corrupt';
}
