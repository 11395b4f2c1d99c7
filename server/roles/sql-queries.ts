/** Chooses what runs the queries of the SQL console. */
import type { Config } from '../config/environment.ts';
import type { AssetPaths } from '../config/paths.ts';
import type { SqlConsole } from '../storage/ports.ts';
import { QueryProcesses } from '../storage/sqlite/console/query-processes.ts';

/** Memory of the process of an SQL query, by the memory of the machine. */
const LEAST_SQL_BYTES = 134_217_728;
const MOST_SQL_BYTES = 536_870_912;

/** The SQL console, or why there is none. */
export function sqlConsole(config: Config, { workers }: Pick<AssetPaths, 'workers'>): SqlConsole | string {
  if (!config.sqlConsole) return 'The SQL console is switched off (THERMOCLINE_SQL_CONSOLE=off)';
  if (config.clickhouse !== null)
    return 'The SQL console reads SQLite. With THERMOCLINE_STORE=clickhouse, query ClickHouse itself, with a user of its own that may only read';
  return new QueryProcesses({
    workers,
    folder: config.dataFolder,
    terms: config.priceTerms,
    deadlineMs: config.readDeadlineMs,
    memoryBytes: Math.max(LEAST_SQL_BYTES, Math.min(MOST_SQL_BYTES, config.capacity.memoryBytes / 4)),
  });
}
