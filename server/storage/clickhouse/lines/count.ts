/** Counts matching lines: ClickHouse counts where SQL tells which match, else `LineCount` tests them. */
import { HOUR_MS } from '../../../../ingest/records/time.ts';
import { needsText } from '../../../analytics/lines/condition.ts';
import { NO_SEQUENCE } from '../../lines/kept-line.ts';
import { LineCount, MOST_COUNTED_BYTES } from '../../questions/log-histogram/result.ts';
import type { LogHistogram, LogHistogramQuery } from '../../questions/log-histogram/types.ts';
import type { ClickHouseQueryClient } from '../query-client.ts';
import { isExact, lineFilter } from './condition-sql.ts';
import type { Extent, Hours, LineOwners, SearchedLines } from './hours.ts';
import { estimateBytes, extentOf, lengthOf, planHours, searchedLines, withinHours } from './hours.ts';
import { digestOf, levelOf } from './line-rows.ts';
import { readLosses } from './losses.ts';
import { Origins } from './origins.ts';
import { lineRowsOf, waitingChunks } from './search.ts';
import { inReads, readChunks } from './waiting-chunks.ts';

/** Lines that are tested at once. */
const MOST_LINES = 5000;
/** Of a row where its text is not read. */
const BESIDE_BYTES = 16;
/** What identifies a line. */
const KEY = 'function_id, stream_id, at_ms, sequence, digest, occurrence';

export async function countLines(client: ClickHouseQueryClient, query: LogHistogramQuery): Promise<LogHistogram> {
  const count = new LineCount(query);
  const { hiddenMs } = await readLosses(client);
  const filter = lineFilter(count.condition);
  const lines = searchedLines({ fromMs: count.fromMs, toMs: count.upToMs + 1 }, filter, query, hiddenMs);
  const origins = new Origins(client);
  const stored = { lines: 0, bytes: 0 };
  const waiting = await countChunks(client, { count, lines, origins }, query, hiddenMs, stored);
  const extent = await extentOf(client, lines, hiddenMs, query);
  if (extent !== null) {
    await countHours(
      client,
      { count, lines: { ...lines, where: `${lines.where} AND ${waiting}` }, origins },
      isExact(filter),
      extent,
    );
    stored.lines += extent.lines;
    stored.bytes += Math.round(extent.lines * extent.meanBytes);
  }
  return count.histogram(stored);
}

interface Work {
  readonly count: LineCount;
  readonly lines: SearchedLines;
  readonly origins: Origins;
}

/** Counts lines of chunks. Returns SQL that is false for these lines, which may be stored as rows as well. */
async function countChunks(
  client: ClickHouseQueryClient,
  { count, lines, origins }: Work,
  owners: LineOwners,
  hiddenMs: number,
  stored: { lines: number; bytes: number },
): Promise<string> {
  const keys: string[] = [];
  for (const part of inReads(await waitingChunks(client, lines, owners, hiddenMs))) {
    await origins.read(part);
    for (const [at, found] of (await readChunks(client, part)).entries()) {
      const chunk = part[at];
      if (chunk === undefined || typeof found === 'string') continue;
      const { origin, environmentId } = origins.of(chunk);
      if (origin === null) continue;
      for (const line of found) {
        const { timestampMs, message, sequence, occurrence } = line;
        count.reads(message.length);
        if (!count.wants(timestampMs)) continue;
        stored.lines += 1;
        stored.bytes += message.length;
        if (!count.offer(timestampMs, message, origin, undefined, () => ({ ...line, environmentId }))) continue;
        const digest = sequence === NO_SEQUENCE ? digestOf(message) : '';
        keys.push(`(${chunk.functionId},${chunk.streamId},${timestampMs},${sequence},'${digest}',${occurrence})`);
      }
    }
  }
  // Only those that are rows already: lines that were delivered again, or are being packed.
  const known = await rowsAmong(client, keys);
  return known.length === 0 ? '1' : `(${KEY}) NOT IN (${known.join(',')})`;
}

/** Lines per statement. */
const KEYS_AT_ONCE = 2000;

async function rowsAmong(client: ClickHouseQueryClient, keys: readonly string[]): Promise<readonly string[]> {
  const found: string[] = [];
  for (let at = 0; at < keys.length; at += KEYS_AT_ONCE) {
    const some = keys.slice(at, at + KEYS_AT_ONCE);
    const rows = await client.all<{ key: string }>(
      `SELECT DISTINCT concat('(', toString(function_id), ',', toString(stream_id), ',', toString(at_ms), ',', toString(sequence), ',''', digest,
         ''',', toString(occurrence), ')') AS key
       FROM log_line WHERE (${KEY}) IN (${some.join(',')})`,
    );
    found.push(...rows.map(({ key }) => key));
  }
  return found;
}

async function countHours(
  client: ClickHouseQueryClient,
  work: Work,
  isCounted: boolean,
  extent: Extent,
): Promise<void> {
  const { count, lines } = work;
  const isText = needsText(count.condition);
  let length = 24;
  for (let lastMs = extent.lastMs; lastMs >= extent.firstMs; ) {
    const upToMs = Math.min(lines.upToMs, lastMs + HOUR_MS - 1);
    if (count.endsBefore(upToMs)) return;
    const left = Math.max(0, MOST_COUNTED_BYTES - count.readBytes);
    const meanBytes = isText ? extent.meanBytes : BESIDE_BYTES;
    const hours = await planHours(extent, lastMs, length, left, (some) =>
      estimateBytes(client, lines, some, upToMs, { ...extent, meanBytes }),
    );
    count.reads(hours.bytes);
    await (isCounted ? countRows(client, work, hours, upToMs) : testRows(client, work, hours, upToMs));
    length = lengthOf(hours) * 4;
    lastMs = hours.firstMs - HOUR_MS;
  }
}

/** Rows of one line, which came several times, count once. */
async function countRows(
  client: ClickHouseQueryClient,
  { count, lines }: Work,
  hours: Hours,
  upToMs: number,
): Promise<void> {
  const rows = await client.all<{ bin: number; level: number; n: number }>(
    `SELECT intDiv(at_ms - ${count.firstMs}, ${count.widthMs}) AS bin, level, uniqExact(sipHash64(${KEY})) AS n
     FROM log_line WHERE ${withinHours(lines, hours, upToMs)} GROUP BY bin, level`,
  );
  for (const { bin, level, n } of rows) count.add(bin, levelOf(level), n);
}

async function testRows(
  client: ClickHouseQueryClient,
  { count, lines, origins }: Work,
  hours: Hours,
  newestMs: number,
): Promise<void> {
  for (let upToMs = newestMs; ; ) {
    const rows = await lineRowsOf(client, withinHours(lines, hours, upToMs), MOST_LINES);
    await origins.read(rows);
    for (const { functionId, streamId, level, isPlatform, timestampMs, message, ...line } of rows) {
      const { origin, environmentId } = origins.of({ functionId, streamId });
      if (origin === null) continue;
      const known = { level: levelOf(level), isPlatform: isPlatform === 1 };
      count.offer(timestampMs, message, origin, known, () => ({ ...line, timestampMs, message, environmentId }));
    }
    const last = rows.at(-1);
    if (rows.length < MOST_LINES || last === undefined) return;
    upToMs = last.timestampMs - 1;
  }
}
