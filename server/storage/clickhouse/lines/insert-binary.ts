/** Inserts rows in RowBinary. */
import { randomUUID } from 'node:crypto';
import { Readable } from 'node:stream';
import { finished } from 'node:stream/promises';
import type { ClickHouseOptions } from '../connection.ts';
import { storeErrorOf } from '../connection.ts';
import type { ClickHouseQueryClient } from '../query-client.ts';

/** @throws StoreError */
export async function insertBinary(
  client: ClickHouseQueryClient,
  options: ClickHouseOptions,
  table: string,
  columns: readonly string[],
  rows: Buffer,
): Promise<void> {
  try {
    const { stream } = await client.raw.exec({
      query: `INSERT INTO ${table} (${columns.join(', ')}) FORMAT RowBinary`,
      values: Readable.from([rows], { objectMode: false }),
      // Equal rows merge; rows that equal earlier ones may have been deleted since.
      clickhouse_settings: { insert_deduplication_token: randomUUID() },
    });
    stream.resume();
    await finished(stream);
  } catch (error) {
    throw storeErrorOf(error, options);
  }
}
