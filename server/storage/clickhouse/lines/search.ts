/** Search of log lines: ClickHouse finds those that may match, newest hours first, and `LineSearch` decides. */
import { HOUR_MS } from '../../../../ingest/records/time.ts';
import { needsText } from '../../../analytics/lines/condition.ts';
import { LineSearch, MOST_READ_BYTES } from '../../questions/logs/result.ts';
import type { LogPage, LogQuery } from '../../questions/logs/types.ts';
import type { ClickHouseQueryClient } from '../query-client.ts';
import { isExact, lineFilter } from './condition-sql.ts';
import type { Extent, Hours, LineOwners, SearchedLines } from './hours.ts';
import { estimateBytes, extentOf, lengthOf, ownedBy, planHours, searchedLines, withinHours } from './hours.ts';
import { levelOf } from './line-rows.ts';
import { readLosses } from './losses.ts';
import type { StreamKey } from './origins.ts';
import { Origins } from './origins.ts';
import type { Chunk } from './waiting-chunks.ts';
import { chunksOf, inReads, readChunks } from './waiting-chunks.ts';

/** Lines that are read at once: each may be a megabyte. */
const MOST_LINES = 2000;
/** Of a search during which chunks are packed. */
const MOST_TRIES = 3;

export async function searchLines(client: ClickHouseQueryClient, query: LogQuery): Promise<LogPage> {
  for (let tries = 1; ; tries += 1) {
    const { page, isMoved } = await searchOnce(client, query);
    if (!isMoved || tries === MOST_TRIES) return page;
  }
}

interface Searched {
  readonly page: LogPage;
  /** A chunk was packed during the search, so that its lines may be missing. */
  readonly isMoved: boolean;
}

async function searchOnce(client: ClickHouseQueryClient, query: LogQuery): Promise<Searched> {
  const search = new LineSearch(query);
  const { losses, hiddenMs } = await readLosses(client);
  const filter = lineFilter(search.condition);
  const lines = searchedLines({ fromMs: search.fromMs, toMs: search.upToMs + 1 }, filter, query, hiddenMs);
  const origins = new Origins(client);
  const chunks = new Chunks(client, search, origins, await waitingChunks(client, lines, query, hiddenMs));
  const extent = await extentOf(client, lines, hiddenMs, query);
  if (extent !== null) {
    const atOnce = isExact(filter) ? Math.min(query.limit + 1, MOST_LINES) : MOST_LINES;
    await searchHours(client, { search, lines, origins, chunks, atOnce }, extent);
  }
  await chunks.readFrom(Number.NEGATIVE_INFINITY);
  return { page: search.page(losses), isMoved: chunks.isMoved };
}

/** Chunks that overlap a range, the newest last line first. @throws StoreError */
export function waitingChunks(
  client: ClickHouseQueryClient,
  { fromMs, upToMs }: SearchedLines,
  owners: LineOwners,
  hiddenMs: number,
): Promise<readonly Chunk[]> {
  return chunksOf(
    client,
    `${ownedBy(owners)}last_ms >= ${fromMs} AND first_ms <= ${upToMs} AND received_ms > ${hiddenMs}`,
    'ORDER BY last_ms DESC, function_id, stream_id, first_ms, digest, import_id',
  );
}

interface Work {
  readonly search: LineSearch;
  readonly lines: SearchedLines;
  readonly origins: Origins;
  readonly chunks: Chunks;
  readonly atOnce: number;
}

async function searchHours(client: ClickHouseQueryClient, work: Work, extent: Extent): Promise<void> {
  const { search, lines, chunks } = work;
  const isCosted = needsText(search.condition);
  let length = 1;
  for (let lastMs = extent.lastMs; lastMs >= extent.firstMs; ) {
    const upToMs = Math.min(lines.upToMs, lastMs + HOUR_MS - 1);
    await chunks.readFrom(upToMs);
    if (search.endsBefore(upToMs)) return;
    const left = Math.max(0, MOST_READ_BYTES - search.readBytes);
    const hours = await planHours(extent, lastMs, length, left, async (some) =>
      isCosted ? estimateBytes(client, lines, some, upToMs, extent) : 0,
    );
    search.reads(hours.bytes);
    if (await searchRows(client, work, hours, upToMs)) return;
    length = lengthOf(hours) * 2;
    lastMs = hours.firstMs - HOUR_MS;
  }
}

interface LineRow extends StreamKey {
  readonly timestampMs: number;
  readonly sequence: number;
  readonly occurrence: number;
  readonly rank: number;
  readonly level: number;
  readonly isPlatform: number;
  readonly message: string;
}

/** Returns true if older lines need not be read. */
async function searchRows(
  client: ClickHouseQueryClient,
  { search, lines, origins, chunks, atOnce }: Work,
  hours: Hours,
  newestMs: number,
): Promise<boolean> {
  for (let upToMs = newestMs; ; ) {
    const rows = await lineRowsOf(client, withinHours(lines, hours, upToMs), atOnce);
    await origins.read(rows);
    for (const { functionId, streamId, level, isPlatform, message, ...line } of rows) {
      const { origin, environmentId } = origins.of({ functionId, streamId });
      if (origin === null || !search.wants(line.timestampMs)) continue;
      search.offer(message, origin, () => ({ ...line, environmentId }), {
        level: levelOf(level),
        isPlatform: isPlatform === 1,
      });
    }
    const last = rows.at(-1);
    if (rows.length < atOnce || last === undefined) return false;
    upToMs = last.timestampMs - 1;
    await chunks.readFrom(upToMs);
    if (search.endsBefore(upToMs)) return true;
  }
}

/** The newest rows, and all others of the time of the last. @throws StoreError */
export function lineRowsOf(client: ClickHouseQueryClient, where: string, limit: number): Promise<readonly LineRow[]> {
  return client.all<LineRow>(
    `SELECT function_id AS functionId, stream_id AS streamId, at_ms AS timestampMs, sequence, occurrence, place AS rank, level,
       is_platform AS isPlatform, message
     FROM log_line WHERE ${where} ORDER BY at_ms DESC LIMIT ${limit} WITH TIES`,
  );
}

/** Chunks, offered to the search by the time of their last line. */
class Chunks {
  readonly #client: ClickHouseQueryClient;
  readonly #search: LineSearch;
  readonly #origins: Origins;
  readonly #chunks: readonly Chunk[];
  #next = 0;
  isMoved = false;

  constructor(client: ClickHouseQueryClient, search: LineSearch, origins: Origins, chunks: readonly Chunk[]) {
    this.#client = client;
    this.#search = search;
    this.#origins = origins;
    this.#chunks = chunks;
  }

  /** Reads those whose last line is of this time or later, unless the search ends before. */
  async readFrom(lastMs: number): Promise<void> {
    const end = this.#chunks.findIndex((chunk) => chunk.lastMs < lastMs);
    for (const part of inReads(this.#chunks.slice(this.#next, end === -1 ? undefined : end))) {
      const [first] = part;
      if (first === undefined || this.#search.endsBefore(first.lastMs)) return;
      this.#next += part.length;
      await this.#origins.read(part);
      for (const [at, found] of (await readChunks(this.#client, part)).entries()) {
        const chunk = part[at];
        if (chunk === undefined) continue;
        const { origin, environmentId } = this.#origins.of(chunk);
        if (found === 'damaged') this.#search.damaged += 1;
        if (found === 'moved') this.isMoved = true;
        if (typeof found === 'string' || origin === null) continue;
        for (const { message, ...line } of found) {
          this.#search.reads(message.length);
          if (this.#search.wants(line.timestampMs))
            this.#search.offer(message, origin, () => ({ ...line, environmentId }));
        }
      }
    }
  }
}
