/**
 * Deletes log lines by function, request and time, or counts them. Chunks that hold such lines are replaced by chunks of the others, which are
 * stored before the chunks are deleted: an interrupted deletion loses no other line, and can be repeated.
 */
import { rawChunk } from '../../../../ingest/batch/raw-chunk.ts';
import type { KeptLine } from '../../lines/kept-line.ts';
import { eventOf } from '../../lines/kept-line.ts';
import type { AttemptWindow } from '../../lines/line-scope.ts';
import { coversTimes, isDuringAttempt, lineMatcher } from '../../lines/line-scope.ts';
import type { LineScope, LinesInScope } from '../../ports/lines.ts';
import type { ClickHouseOptions } from '../connection.ts';
import { RowBinary } from '../insert/row-binary.ts';
import type { ClickHouseQueryClient } from '../query-client.ts';
import { deleteRows } from '../relocation/delete-rows.ts';
import { insertBinary } from './insert-binary.ts';
import { hourOf } from './line-rows.ts';
import { readLosses } from './losses.ts';
import type { Chunk } from './waiting-chunks.ts';
import { chunksOf, inReads, oneOf, readChunks } from './waiting-chunks.ts';

export interface LineDeletionQuery {
  readonly scope: LineScope;
  /** When environments worked for the request of the scope. */
  readonly windows: readonly AttemptWindow[];
  readonly isPreview: boolean;
}

/** Identity of a row: an import adds a row of its own for a line. */
const KEY = 'function_id, stream_id, at_ms, sequence, digest, occurrence';
const KEYS_PER_STATEMENT = 2000;

/** Returns what was deleted, or would be. @throws StoreError if the user may not alter tables */
export async function deleteLines(
  client: ClickHouseQueryClient,
  options: ClickHouseOptions,
  query: LineDeletionQuery,
): Promise<LinesInScope> {
  const deletion = new Deletion(client, options, query);
  await deletion.chunks();
  await deletion.rows();
  return deletion.finish();
}

interface Counted {
  readonly lines: number;
  readonly bytes: number;
  readonly firstMs: number;
  readonly lastMs: number;
}

interface KeyRow {
  readonly functionId: number;
  readonly streamId: number;
  readonly timestampMs: number;
  readonly sequence: number;
  readonly digest: string;
  readonly occurrence: number;
  readonly message: string;
}

class Deletion {
  readonly #client: ClickHouseQueryClient;
  readonly #options: ClickHouseOptions;
  readonly #query: LineDeletionQuery;
  #lines = 0;
  #rawBytes = 0;
  #firstMs = Number.POSITIVE_INFINITY;
  #lastMs = Number.NEGATIVE_INFINITY;
  #damaged = 0;

  constructor(client: ClickHouseQueryClient, options: ClickHouseOptions, query: LineDeletionQuery) {
    this.#client = client;
    this.#options = options;
    this.#query = query;
  }

  finish(): LinesInScope {
    const isNone = this.#lines === 0;
    return {
      lines: this.#lines,
      rawBytes: this.#rawBytes,
      firstMs: isNone ? null : this.#firstMs,
      lastMs: isNone ? null : this.#lastMs,
      damaged: this.#damaged,
    };
  }

  /** Lines that are not packed yet. */
  async chunks(): Promise<void> {
    const { functionId, fromMs, toMs } = this.#query.scope;
    const where = [
      ...(functionId === undefined ? [] : [`function_id = ${functionId}`]),
      ...(fromMs === undefined ? [] : [`last_ms >= ${fromMs}`]),
      ...(toMs === undefined ? [] : [`first_ms < ${toMs}`]),
    ];
    const order = 'ORDER BY received_ms, function_id, stream_id, digest, import_id';
    const chunks = await chunksOf(this.#client, where.length === 0 ? '1' : where.join(' AND '), order);
    for (const part of inReads(chunks)) {
      const cut: Chunk[] = [];
      const left = new RowBinary(part.reduce((sum, { bytes }) => sum + bytes + BESIDE_BYTES, BESIDE_BYTES));
      let stays = false;
      for (const [at, found] of (await readChunks(this.#client, part)).entries()) {
        const chunk = part[at];
        if (chunk === undefined || found === 'moved') continue;
        if (found === 'damaged') {
          if (!coversTimes(this.#query.scope, chunk)) {
            this.#damaged += 1;
            continue;
          }
          // The size of a text that cannot be read is not known.
          this.#counts({ lines: chunk.events, bytes: 0, firstMs: chunk.firstMs, lastMs: chunk.lastMs });
          cut.push(chunk);
          continue;
        }
        const lines = this.#without(chunk, found);
        if (lines.length === found.length) continue;
        cut.push(chunk);
        if (lines.length === 0) continue;
        stays = true;
        addChunk(left, chunk, lines);
      }
      if (this.#query.isPreview || cut.length === 0) continue;
      if (stays) await insertBinary(this.#client, this.#options, 'raw_fact', CHUNK_COLUMNS, left.finish());
      await deleteRows(this.#client, this.#options, 'raw_fact', oneOf(cut));
    }
  }

  /** The lines that stay. Counts the others. */
  #without({ functionId, streamId }: Chunk, lines: readonly KeptLine[]): readonly KeptLine[] {
    const { scope, windows } = this.#query;
    // Streams that are not known have the same id in each function.
    const isInScope = lineMatcher(
      scope,
      windows.filter((window) => window.functionId === functionId),
    );
    return lines.filter((line) => {
      if (!isInScope({ ...line, environmentId: streamId })) return true;
      const { timestampMs, message } = line;
      this.#counts({ lines: 1, bytes: Buffer.byteLength(message), firstMs: timestampMs, lastMs: timestampMs });
      return false;
    });
  }

  async rows(): Promise<void> {
    const { requestId, functionId, fromMs, toMs } = this.#query.scope;
    const within = [
      ...(functionId === undefined ? [] : [`function_id = ${functionId}`]),
      ...(fromMs === undefined ? [] : [`hour_ms >= ${hourOf(fromMs)} AND at_ms >= ${fromMs}`]),
      ...(toMs === undefined ? [] : [`hour_ms <= ${hourOf(toMs)} AND at_ms < ${toMs}`]),
      // The index of words is over the same expression. A request id has no character that LIKE or a literal would read otherwise.
      ...(requestId === undefined
        ? []
        : [`lower(message) LIKE '%${requestId.toLowerCase().replaceAll('_', '\\\\_')}%'`]),
    ].join(' AND ');
    // Before the lines that name the request: what names it tells which lines of the attempt name no other.
    for (const window of this.#query.windows) await this.#attempt(window);
    await this.#where(within);
  }

  /** Lines of an attempt that name no request. */
  async #attempt(window: AttemptWindow): Promise<void> {
    const { fromMs = window.fromMs, toMs = window.toMs + 1, functionId = window.functionId } = this.#query.scope;
    const [first, last] = [Math.max(fromMs, window.fromMs), Math.min(toMs - 1, window.toMs)];
    if (functionId !== window.functionId || first > last) return;
    const rows = await this.#client.all<KeyRow>(
      `SELECT function_id AS functionId, stream_id AS streamId, at_ms AS timestampMs, sequence, digest, occurrence, message
       FROM log_line WHERE function_id = ${window.functionId} AND stream_id = ${window.environmentId}
         AND hour_ms >= ${hourOf(first)} AND hour_ms <= ${hourOf(last)} AND at_ms >= ${first} AND at_ms <= ${last}
       LIMIT 1 BY ${KEY}`,
    );
    const wanted = this.#query.scope.requestId?.toLowerCase() ?? '';
    const keys = rows
      .filter((row) => {
        const line = { ...row, environmentId: row.streamId, rank: 0 };
        return !row.message.toLowerCase().includes(wanted) && isDuringAttempt(line, [window]);
      })
      .map(
        ({ functionId: of, streamId, timestampMs, sequence, digest, occurrence }) =>
          `(${of},${streamId},${timestampMs},${sequence},'${digest}',${occurrence})`,
      );
    for (let at = 0; at < keys.length; at += KEYS_PER_STATEMENT)
      await this.#where(`(${KEY}) IN (${keys.slice(at, at + KEYS_PER_STATEMENT).join(',')})`);
  }

  async #where(where: string): Promise<void> {
    const { hiddenMs } = await readLosses(this.#client);
    const found = await this.#client.one<Counted>(
      `SELECT count() AS lines, sum(bytes) AS bytes, min(at_ms) AS firstMs, max(at_ms) AS lastMs
       FROM (SELECT at_ms, length(any(message)) AS bytes FROM log_line WHERE ${where} AND received_ms > ${hiddenMs} GROUP BY ${KEY})`,
    );
    if (found !== undefined && found.lines > 0) this.#counts(found);
    // Those that are hidden too: they wait for ClickHouse's TTL.
    if (!this.#query.isPreview) await deleteRows(this.#client, this.#options, 'log_line', where);
  }

  #counts({ lines, bytes, firstMs, lastMs }: Counted): void {
    this.#lines += lines;
    this.#rawBytes += bytes;
    this.#firstMs = Math.min(this.#firstMs, firstMs);
    this.#lastMs = Math.max(this.#lastMs, lastMs);
  }
}

const BESIDE_BYTES = 96;
const CHUNK_COLUMNS = [
  'function_id',
  'stream_id',
  'first_ms',
  'last_ms',
  'events',
  'digest',
  'gzip',
  'received_ms',
  'import_id',
] as const;

function addChunk(rows: RowBinary, chunk: Chunk, lines: readonly KeptLine[]): void {
  const { firstMs, lastMs, events, digest, gzip } = rawChunk(0, lines.map(eventOf), null);
  rows.int64(chunk.functionId);
  rows.int64(chunk.streamId);
  rows.int64(firstMs);
  rows.int64(lastMs);
  rows.uint32(events);
  rows.text(Buffer.from(digest).toString('hex'));
  rows.bytes(gzip);
  rows.int64(chunk.receivedMs);
  rows.int64(chunk.importId);
}
