/** The queries of packing. Each runs for every function, so that they are prepared once. */
import { jsonList, telemetryStatement } from '../read-connection.ts';

/** Text of a block. Larger ones compress a little better, and take longer to search. */
export const BLOCK_BYTES = 524_288;
/** A block below this is packed again with the lines that follow. */
const SMALL_BYTES = BLOCK_BYTES / 2;
/** Chunks from which a function is chosen. */
export const WINDOW = 5000;

/** A chunk by what identifies it: numbers of deleted rows are given again. */
export interface PackedChunk {
  readonly id: number;
  readonly environmentId: number;
  readonly firstMs: number;
  readonly digest: Uint8Array;
}

export const waitingChunks = telemetryStatement((db) =>
  db
    .selectFrom('raw_chunk')
    .select(({ fn }) => [
      'id',
      'environment_id as environmentId',
      'received_ms as receivedMs',
      'events',
      fn<number>('length', ['gzip']).as('bytes'),
    ])
    .orderBy('id')
    .limit(WINDOW),
);

export const functionsOf = telemetryStatement<{ readonly environments: string }, { id: number; functionId: number }>(
  (db, param) =>
    db
      .selectFrom('environment')
      .select(['id', 'function_id as functionId'])
      .where('id', 'in', jsonList(param('environments'))),
);

interface StoredChunk extends PackedChunk {
  readonly receivedMs: number;
  readonly gzip: Uint8Array;
}

export const chunksOf = telemetryStatement<{ readonly ids: string }, StoredChunk>((db, param) =>
  db
    .selectFrom('raw_chunk')
    .select([
      'id',
      'environment_id as environmentId',
      'first_ms as firstMs',
      'received_ms as receivedMs',
      'digest',
      'gzip',
    ])
    .where('id', 'in', jsonList(param('ids'))),
);

interface TimeRange {
  readonly functionId: number;
  readonly firstMs: number;
  readonly lastMs: number;
}

export const overlappingBlocks = telemetryStatement<TimeRange, { id: number }>((db, param) =>
  db
    .selectFrom('line_block')
    .select('id')
    .where('function_id', '=', param('functionId'))
    .where('last_ms', '>=', param('firstMs'))
    .where('first_ms', '<=', param('lastMs')),
);

interface SmallQuery extends TimeRange {
  /** Epoch ms. */
  readonly receivedAfterMs: number;
  readonly receivedBeforeMs: number;
}

export const smallBlocks = telemetryStatement<
  SmallQuery,
  { id: number; bytes: number; rawBytes: number; receivedMs: number }
>((db, param) =>
  db
    .selectFrom('line_block')
    .select(['id', 'bytes', 'raw_bytes as rawBytes', 'received_ms as receivedMs'])
    .where('function_id', '=', param('functionId'))
    .where('last_ms', '>=', param('firstMs'))
    .where('last_ms', '<', param('lastMs'))
    .where('raw_bytes', '<', SMALL_BYTES)
    .where((eb) => eb.between('received_ms', param('receivedAfterMs'), param('receivedBeforeMs')))
    .orderBy('raw_bytes')
    .orderBy('id'),
);

export const blockText = telemetryStatement<{ readonly id: number }, { head: Uint8Array; body: Uint8Array }>(
  (db, param) => db.selectFrom('line_block').select(['head', 'body']).where('id', '=', param('id')),
);
