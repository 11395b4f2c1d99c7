/** Lines of one log stream in a time range. */
import type { KeptLine } from '../../lines/kept-line.ts';
import type { ClickHouseQueryClient } from '../query-client.ts';
import { hourOf } from './line-rows.ts';
import { readLosses } from './losses.ts';
import { chunksOf, inReads, readChunks } from './waiting-chunks.ts';

export interface StreamRange {
  readonly functionId: number;
  readonly streamId: number;
  /** Epoch ms, both included. */
  readonly fromMs: number;
  readonly toMs: number;
  readonly mostChunks: number;
}

/** A second of a busy stream holds some thousand. */
const MOST_LINES = 50_000;

/** Of environment 0, in no order; a line may come twice. @throws StoreError */
export async function streamLines(client: ClickHouseQueryClient, range: StreamRange): Promise<readonly KeptLine[]> {
  const { functionId, streamId, fromMs, toMs, mostChunks } = range;
  const { hiddenMs } = await readLosses(client);
  const own = `function_id = ${functionId} AND stream_id = ${streamId} AND received_ms > ${hiddenMs}`;
  // Before the rows: what is packed meanwhile is among them.
  const chunks = await chunksOf(
    client,
    `${own} AND last_ms >= ${fromMs} AND first_ms <= ${toMs}`,
    `ORDER BY first_ms, digest LIMIT 1 BY first_ms, digest LIMIT ${mostChunks}`,
  );
  const waiting: KeptLine[] = [];
  for (const part of inReads(chunks))
    for (const found of await readChunks(client, part)) if (typeof found !== 'string') waiting.push(...found);
  const rows = await client.all<Omit<KeptLine, 'environmentId'>>(
    `SELECT at_ms AS timestampMs, sequence, place AS rank, occurrence, message FROM log_line
     WHERE hour_ms >= ${hourOf(fromMs)} AND hour_ms <= ${hourOf(toMs)} AND ${own} AND at_ms >= ${fromMs} AND at_ms <= ${toMs}
     ORDER BY at_ms LIMIT ${MOST_LINES}`,
  );
  return [...waiting, ...rows.map((line) => ({ ...line, environmentId: 0 }))];
}
