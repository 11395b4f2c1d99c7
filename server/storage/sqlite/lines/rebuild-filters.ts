/** Rebuilds filters of blocks that are missing or damaged, from the text of their lines. */
import { reportSkippedRow } from '../../skipped-rows.ts';
import type { Databases } from '../databases.ts';
import { DamagedBlockError, filterOfBody, readBody, readFilter } from './block.ts';

/** Blocks whose filter is examined when no chunk is due. */
const EXAMINED_AT_ONCE = 50;

/** `lines` and `bytes` identify the block, whose number may be given again. */
export interface RebuiltFilter {
  readonly id: number;
  readonly lines: number;
  readonly bytes: number;
  readonly filter: Uint8Array;
}

/** The last block whose filter was examined. */
const examined = new WeakMap<Databases, number>();

/** Filters of the next blocks, where they are missing or damaged: all blocks are examined in turn. */
export function rebuiltFilters(db: Databases): readonly RebuiltFilter[] {
  const after = examined.get(db) ?? 0;
  const blocks = db.telemetry.all(
    db.telemetry
      .selectFrom('line_block')
      .select(['id', 'lines', 'bytes', 'filter'])
      .where('id', '>', after)
      .orderBy('id')
      .limit(EXAMINED_AT_ONCE),
  );
  examined.set(db, blocks.length < EXAMINED_AT_ONCE ? 0 : (blocks.at(-1)?.id ?? 0));
  return blocks.flatMap(({ id, lines, bytes, filter }) => {
    if (readFilter(filter) !== null) return [];
    const parts = db.telemetry.get(db.telemetry.selectFrom('line_block').select('body').where('id', '=', id));
    try {
      return parts === undefined ? [] : [{ id, lines, bytes, filter: filterOfBody(readBody(parts.body)) }];
    } catch (error) {
      if (!(error instanceof DamagedBlockError)) throw error;
      reportSkippedRow('line_block', `line_block ${id}`, error.message);
      return [];
    }
  });
}
