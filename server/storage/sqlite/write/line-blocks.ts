/** Table `line_block`: log lines in blocks, in place of the chunks that they were packed from. */
import type Database from 'better-sqlite3';
import type { CutChunk, CutLines } from '../lines/delete-lines.ts';
import type { PackedFunction, PackedLines } from '../lines/pack.ts';
import type { PackedChunk } from '../lines/pack-queries.ts';

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
      cutChunk: db.prepare(
        'UPDATE raw_chunk SET gzip = ?, events = ?, first_ms = ?, last_ms = ?, digest = ? WHERE id = ?',
      ),
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

  /**
   * Deletes lines: replaces chunks and blocks by what is left of them. Leaves those that are not stored as they were when they were read: they
   * were packed meanwhile. Returns the number of lines deleted. Part of a transaction.
   */
  cut({ chunks, blocks }: Pick<CutLines, 'chunks' | 'blocks'>): number {
    const cutChunks = chunks.filter((one) => this.#isSame(one));
    for (const one of cutChunks) this.#cut(one);
    const cutBlocks = blocks.map((one) => ({ ...one, chunks: [] })).filter((one) => this.#isUnchanged(one));
    for (const one of cutBlocks) this.#replace(one);
    return [...cutChunks, ...cutBlocks].reduce((sum, { removed }) => sum + removed, 0);
  }

  #cut({ id, left }: CutChunk): void {
    if (left === null) this.#sql.dropChunk.run(id);
    else this.#sql.cutChunk.run(left.gzip, left.events, left.firstMs, left.lastMs, left.digest, id);
  }

  #isSame({ id, environmentId, firstMs, digest }: PackedChunk): boolean {
    const found = this.#sql.chunk.get(id) as Chunk | undefined;
    const isSame = found?.environmentId === environmentId && found.firstMs === firstMs;
    return isSame && Buffer.compare(found.digest, digest) === 0;
  }

  #isUnchanged({ functionId, chunks, replaced }: PackedFunction): boolean {
    return (
      chunks.every((one) => this.#isSame(one)) &&
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
