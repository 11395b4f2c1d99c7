/** Reads blocks of log lines as the chunks that a delivery of their lines would be stored as. */
import type Database from 'better-sqlite3';
import { rawChunk } from '../../../../ingest/batch/raw-chunk.ts';
import type { LogEvent } from '../../../../ingest/records/log-event.ts';
import type { RawChunk } from '../../../../ingest/records/raw-chunk.ts';
import type { KeptLine } from '../../lines/kept-line.ts';
import { eventOf } from '../../lines/kept-line.ts';
import { reportSkippedRow } from '../../skipped-rows.ts';
import type { Piece } from '../../transfer/history.ts';
import { blockLines, DamagedBlockError } from '../lines/block.ts';
import type { Streams } from './batch.ts';
import { pieceOf, StreamNumbers } from './batch.ts';

interface BlockRow {
  readonly id: number;
  readonly receivedMs: number;
  readonly head: Uint8Array;
  readonly body: Uint8Array;
}

/** One piece for each block and each set of attributes of its streams. A damaged block is reported and skipped. */
export function* blocksOf(db: Database.Database, functionId: number, streams: Streams): Generator<Piece> {
  const next = db.prepare<[number, number], BlockRow>(
    'SELECT id, received_ms AS receivedMs, head, body FROM line_block WHERE function_id = ? AND id > ? ORDER BY id LIMIT 1',
  );
  let row = next.get(functionId, 0);
  while (row !== undefined) {
    yield* piecesOf(row, streams);
    row = next.get(functionId, row.id);
  }
}

function* piecesOf({ id, receivedMs, ...parts }: BlockRow, streams: Streams): Generator<Piece> {
  const byAttributes = new Map<string | null, { numbers: StreamNumbers; raw: RawChunk[] }>();
  for (const [environmentId, events] of eventsByEnvironment(readLines(id, parts))) {
    const stream = streams.get(environmentId);
    if (stream === undefined) {
      reportSkippedRow('line_block', `line_block ${id}`, `environment ${environmentId} is not stored`);
      continue;
    }
    const mine = byAttributes.get(stream.attributes) ?? { numbers: new StreamNumbers(), raw: [] };
    byAttributes.set(stream.attributes, mine);
    mine.raw.push(rawChunk(mine.numbers.of(environmentId, stream), events, null));
  }
  for (const [attributes, { numbers, raw }] of byAttributes)
    yield pieceOf({ streams: numbers.streams, raw, attributes }, receivedMs);
}

function readLines(id: number, parts: Pick<BlockRow, 'head' | 'body'>): readonly KeptLine[] {
  try {
    return blockLines(parts);
  } catch (error) {
    if (!(error instanceof DamagedBlockError)) throw error;
    reportSkippedRow('line_block', `line_block ${id}`, error.message);
    return [];
  }
}

function eventsByEnvironment(lines: readonly KeptLine[]): ReadonlyMap<number, readonly LogEvent[]> {
  const found = new Map<number, LogEvent[]>();
  for (const line of lines) {
    const mine = found.get(line.environmentId) ?? [];
    found.set(line.environmentId, mine);
    mine.push(eventOf(line));
  }
  return found;
}
