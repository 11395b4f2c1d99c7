/** Composition root of the transfer of telemetry from the data folder to ClickHouse. */
import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Config } from '../config/environment.ts';
import type { AssetPaths } from '../config/paths.ts';
import { analyseHere } from '../jobs/analysis/analyse-here.ts';
import { ColdStartAttribution } from '../jobs/attribution/attribution.ts';
import { openClickHouseWorker } from '../storage/clickhouse/store.ts';
import { openClickHouseHistory } from '../storage/clickhouse/transfer/history.ts';
import type { Store } from '../storage/ports.ts';
import { StoreError } from '../storage/ports.ts';
import { openSqliteStore } from '../storage/sqlite/store.ts';
import { openSqliteHistory } from '../storage/sqlite/transfer/source.ts';
import type { HistorySource, HistoryTarget } from '../storage/transfer/history.ts';

export interface MoveParts {
  readonly source: HistorySource;
  readonly target: HistoryTarget;
  /** The source store; null while a server uses it. */
  readonly before: Store | null;
  /** The target store, which joins the processes that attribute cold starts. */
  readonly after: Store;
  readonly attribution: ColdStartAttribution;
  close(): Promise<void>;
}

/** @throws StoreError */
export async function composeMove(config: Config, assetPaths: AssetPaths, now: () => number): Promise<MoveParts> {
  if (config.moveTarget === null)
    throw new StoreError(
      'unsafe',
      'Set THERMOCLINE_CLICKHOUSE_URL, and the user, password and database if they differ from the defaults',
    );
  const clickhouse = config.moveTarget;
  const migrations = fileURLToPath(new URL('sqlite/', assetPaths.migrations));
  const opened: { close(): Promise<void> | void }[] = [];
  const keep = <T extends { close(): Promise<void> | void }>(one: T): T => {
    opened.unshift(one);
    return one;
  };
  const close = async (): Promise<void> => {
    for (const one of opened) await one.close();
  };
  try {
    const schema = readdirSync(`${migrations}/telemetry`).filter((name) => name.endsWith('.sql')).length;
    const before = await unlessInUse(openLocal(config, assetPaths, migrations, now));
    if (before !== null) keep(before);
    const source = keep(openSqliteHistory(config.dataFolder, schema));
    const retention = (before === null ? null : (await before.read.retention({})).policy) ?? config.retention;
    const options = {
      clickhouse,
      migrations: fileURLToPath(new URL('clickhouse/', assetPaths.migrations)),
      retention,
      now,
    };
    const target = keep(await openClickHouseHistory(options));
    const after = keep(await openClickHouseWorker(options, 'derive'));
    return {
      source,
      target,
      before,
      after,
      attribution: new ColdStartAttribution({ store: after, now, analyse: analyseHere }),
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

function openLocal(config: Config, assetPaths: AssetPaths, migrations: string, now: () => number): Promise<Store> {
  const { dataFolder: folder, retention, deadLetterBytes, readDeadlineMs } = config;
  const { workers } = assetPaths;
  return openSqliteStore({
    folder,
    migrations,
    workers,
    retention,
    deadLetterBytes,
    readers: 1,
    lowMemory: true,
    // Queries over the whole history may take long.
    readDeadlineMs: Math.max(readDeadlineMs, 600_000),
    now,
  });
}

async function unlessInUse(opening: Promise<Store>): Promise<Store | null> {
  try {
    return await opening;
  } catch (error) {
    if (error instanceof StoreError && error.code === 'in-use') return null;
    throw error;
  }
}
