/** Converts stored rows to ingest batches. */
import type { Batch } from '../../../../ingest/records/batch.ts';
import { EMPTY_BATCH } from '../../../../ingest/records/batch.ts';
import type { StreamHeader } from '../../../../ingest/records/stream-header.ts';
import type { Piece } from '../../transfer/history.ts';

/** Streams of a function by environment id. */
export type Streams = ReadonlyMap<number, StreamHeader & { readonly attributes: string | null }>;

/** Placeholder source: ingest statistics are transferred separately. */
const SOURCE: Piece['source'] = { kind: 'import', name: 'move' };

type Part = Partial<Omit<Batch, 'counts' | 'deadLetters' | 'unknownKeys'>>;

export function pieceOf(part: Part, receivedMs: number, source = SOURCE): Piece {
  return { batch: { ...EMPTY_BATCH, ...part }, source, receivedMs };
}

/** Numbers the streams of one batch in order of first use. */
export class StreamNumbers {
  readonly streams: StreamHeader[] = [];
  readonly #numbers = new Map<number, number>();

  of(id: number, stream: StreamHeader): number {
    const known = this.#numbers.get(id);
    if (known !== undefined) return known;
    this.#numbers.set(id, this.streams.length);
    this.streams.push(stream);
    return this.streams.length - 1;
  }
}

/** Converts stored microseconds to milliseconds. */
export function msOf(us: number): number;
export function msOf(us: number | null): number | null;
export function msOf(us: number | null): number | null {
  return us === null ? null : us / 1000;
}
