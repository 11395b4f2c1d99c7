/** Moves of history from a SQLite folder into ClickHouse. */
import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { openClickHouseHistory } from '../../server/storage/clickhouse/transfer/history.ts';
import { openSqliteHistory } from '../../server/storage/sqlite/transfer/source.ts';
import type { HistoryTarget } from '../../server/storage/transfer/history.ts';
import type { Moved, MoveOptions } from '../../server/storage/transfer/transfer.ts';
import { move } from '../../server/storage/transfer/transfer.ts';
import type { TestClickHouse } from './clickhouse.ts';

const DAY = 86_400_000;
const SCHEMA = readdirSync('migrations/sqlite/telemetry').length;

export const retention = { rawMs: 7 * DAY, detailMs: 30 * DAY, historyMs: 400 * DAY, quarantineMs: 30 * DAY };

export function optionsOf(engine: TestClickHouse, now: () => number) {
  const migrations = fileURLToPath(new URL('../../migrations/clickhouse/', import.meta.url));
  return { clickhouse: engine.options, migrations, retention, now };
}

/** Moves the history of the folder. `around`: what the pieces go through on their way. */
export async function moved(
  folder: string,
  engine: TestClickHouse,
  now: () => number,
  given: Partial<Pick<MoveOptions, 'signal' | 'onProgress'>> = {},
  around: (target: HistoryTarget) => HistoryTarget = (target) => target,
): Promise<Moved> {
  const source = openSqliteHistory(folder, SCHEMA);
  const target = await openClickHouseHistory(optionsOf(engine, now));
  try {
    const { signal } = new AbortController();
    return await move({ source, target: around(target), signal, onProgress: () => undefined, ...given });
  } finally {
    source.close();
    await target.close();
  }
}
