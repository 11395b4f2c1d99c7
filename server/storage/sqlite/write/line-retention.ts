/** Deletes log lines by the age of their receipt, and the oldest ones beyond a budget of bytes; notes what was deleted. */
import type Database from 'better-sqlite3';
import { MINUTE_MS } from '../../../../ingest/records/time.ts';
import { overwriting } from '../overwriting.ts';

/** Blocks or chunks per slice. */
const FEW = 200;
/** Interval of comparing the size with the budget. */
const BUDGET_AGAIN_MS = MINUTE_MS;

interface Oldest {
  readonly id: number;
  readonly receivedMs: number;
  readonly lines: number;
  readonly bytes: number;
}

export class LineRetention {
  readonly #db: Database.Database;
  readonly #sql;
  readonly #budgetBytes: number;
  #budgetMs = Number.NEGATIVE_INFINITY;

  constructor(db: Database.Database, budgetBytes: number) {
    this.#db = db;
    this.#budgetBytes = budgetBytes;
    const oldest = (table: string, order: string, columns: string) =>
      db.prepare(`SELECT id, received_ms AS receivedMs, ${columns} FROM ${table} ORDER BY ${order} LIMIT ${FEW}`);
    this.#sql = {
      chunks: oldest('raw_chunk', 'id', 'events AS lines, length(gzip) AS bytes'),
      blocks: oldest('line_block', 'received_ms', 'lines, bytes'),
      dropChunk: db.prepare('DELETE FROM raw_chunk WHERE id = ?'),
      dropBlock: db.prepare('DELETE FROM line_block WHERE id = ?'),
      blockBytes: db.prepare('SELECT ifnull(sum(bytes), 0) FROM line_block').pluck(),
      chunkIds: db.prepare('SELECT ifnull(max(id) - min(id) + 1, 0) FROM raw_chunk').pluck(),
      note: db.prepare(
        `INSERT INTO line_loss (reason, until_ms, lines, bytes) VALUES (?, ?, ?, ?)
         ON CONFLICT DO UPDATE SET until_ms = max(until_ms, excluded.until_ms), lines = lines + excluded.lines,
           bytes = bytes + excluded.bytes`,
      ),
    };
  }

  /** Compares the size with the budget in the next step. */
  again(): void {
    this.#budgetMs = Number.NEGATIVE_INFINITY;
  }

  /** Deletes a slice of what was received before `beforeMs`. Returns false if there is none. Part of a transaction. */
  byAge(beforeMs: number): boolean {
    const isOld = ({ receivedMs }: Oldest): boolean => receivedMs < beforeMs;
    const chunks = this.#oldestChunks();
    // Numbers of chunks count up with their receipt: those before an old one are old, whatever the clock was.
    const last = chunks.findLastIndex(isOld);
    const blocks = this.#oldestBlocks().filter(isOld);
    return this.#drop('age', chunks.slice(0, last + 1), blocks);
  }

  /** Deletes a slice of the oldest lines if all need more than the budget. Returns false if they do not. Part of a transaction. */
  byBudget(nowMs: number): boolean {
    if (nowMs - this.#budgetMs < BUDGET_AGAIN_MS) return false;
    const chunks = this.#oldestChunks();
    const [blockBytes, chunkIds] = [Number(this.#sql.blockBytes.get()), Number(this.#sql.chunkIds.get())];
    // All chunks would take long to read; they are few unless packing is behind.
    const meanBytes = chunks.reduce((sum, { bytes }) => sum + bytes, 0) / Math.max(1, chunks.length);
    let excess = blockBytes + meanBytes * chunkIds - this.#budgetBytes;
    if (excess <= 0) {
      this.#budgetMs = nowMs;
      return false;
    }
    const taken = { chunks: [] as Oldest[], blocks: [] as Oldest[] };
    const blocks = this.#oldestBlocks();
    let [chunk, block] = [0, 0];
    while (excess > 0) {
      const [nextChunk, nextBlock] = [chunks[chunk], blocks[block]];
      if (nextBlock !== undefined && (nextChunk === undefined || nextBlock.receivedMs <= nextChunk.receivedMs)) {
        taken.blocks.push(nextBlock);
        excess -= nextBlock.bytes;
        block += 1;
      } else if (nextChunk !== undefined) {
        taken.chunks.push(nextChunk);
        excess -= nextChunk.bytes;
        chunk += 1;
      } else break;
    }
    return this.#drop('budget', taken.chunks, taken.blocks);
  }

  #oldestChunks(): readonly Oldest[] {
    return this.#sql.chunks.all() as Oldest[];
  }

  #oldestBlocks(): readonly Oldest[] {
    return this.#sql.blocks.all() as Oldest[];
  }

  #drop(reason: 'age' | 'budget', chunks: readonly Oldest[], blocks: readonly Oldest[]): boolean {
    overwriting(this.#db, () => {
      for (const { id } of chunks) this.#sql.dropChunk.run(id);
      for (const { id } of blocks) this.#sql.dropBlock.run(id);
    });
    const all = [...chunks, ...blocks];
    if (all.length === 0) return false;
    const sum = (of: (one: Oldest) => number): number => all.reduce((total, one) => total + of(one), 0);
    const untilMs = all.reduce((most, { receivedMs }) => Math.max(most, receivedMs), 0);
    this.#sql.note.run(
      reason,
      untilMs,
      sum(({ lines }) => lines),
      sum(({ bytes }) => bytes),
    );
    return true;
  }
}
