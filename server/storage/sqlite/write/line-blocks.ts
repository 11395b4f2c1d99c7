/** Table `line_block`: log lines in blocks, in place of the chunks that they were packed from. */
import type Database from 'better-sqlite3';
import type { PackedFunction, PackedLines } from '../lines/pack.ts';

export class LineBlocks {
  readonly #sql;

  constructor(db: Database.Database) {
    this.#sql = {
      chunk: db.prepare(
        'SELECT environment_id AS environmentId, first_ms AS firstMs, digest FROM raw_chunk WHERE id = ?',
      ),
      block: db.prepare('SELECT function_id AS functionId, bytes FROM line_block WHERE id = ?'),
      rebuild: db.prepare('UPDATE line_block SET filter = ? WHERE id = ? AND lines = ? AND bytes = ?'),
      dropChunk: db.prepare('DELETE FROM raw_chunk WHERE id = ?'),
      dropBlock: db.prepare('DELETE FROM line_block WHERE id = ?'),
      add: db.prepare(
        `INSERT INTO line_block (function_id, first_ms, last_ms, received_ms, lines, raw_bytes, bytes, levels, filter, head, body)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      ),
    };
  }

  /**
   * Replaces chunks and blocks of each function. Leaves those of a function, of which not all are stored as they were when they were packed;
   * returns the number of functions replaced. Part of a transaction.
   */
  replace({ functions, filters }: PackedLines): number {
    for (const { id, lines, bytes, filter } of filters) this.#sql.rebuild.run(filter, id, lines, bytes);
    return functions.filter((one) => this.#isUnchanged(one)).map((one) => this.#replace(one)).length;
  }

  #isUnchanged({ functionId, chunks, replaced }: PackedFunction): boolean {
    return (
      chunks.every(({ id, environmentId, firstMs, digest }) => {
        const found = this.#sql.chunk.get(id) as Chunk | undefined;
        const isSame = found?.environmentId === environmentId && found.firstMs === firstMs;
        return isSame && Buffer.compare(found.digest, digest) === 0;
      }) &&
      replaced.every(({ id, bytes }) => {
        const found = this.#sql.block.get(id) as { readonly functionId: number; readonly bytes: number } | undefined;
        return found?.functionId === functionId && found.bytes === bytes;
      })
    );
  }

  #replace({ functionId, chunks, blocks, replaced }: PackedFunction): void {
    // Before the others are deleted: the number of a deleted row is given again.
    for (const { firstMs, lastMs, receivedMs, lines, rawBytes, levels, filter, head, body } of blocks) {
      const bytes = filter.length + head.length + body.length;
      const counts = JSON.stringify(levels);
      this.#sql.add.run(functionId, firstMs, lastMs, receivedMs, lines, rawBytes, bytes, counts, filter, head, body);
    }
    for (const { id } of replaced) this.#sql.dropBlock.run(id);
    for (const { id } of chunks) this.#sql.dropChunk.run(id);
  }
}

interface Chunk {
  readonly environmentId: number;
  readonly firstMs: number;
  readonly digest: Uint8Array;
}
