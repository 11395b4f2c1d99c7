/** Chooses what runs the queries of the SQL console. */
import type { Config } from '../config/environment.ts';
import type { AssetPaths } from '../config/paths.ts';
import { sqlRowWriter } from '../http/presentation/sql-text.ts';
import type { SqlConsole, SqlOutcome, SqlQuery } from '../storage/ports.ts';
import { QueryProcesses } from '../storage/sqlite/console/query-processes.ts';

/** Memory of an SQL query, by the memory of the machine. */
const LEAST_SQL_BYTES = 134_217_728;
const MOST_SQL_BYTES = 536_870_912;

/** The SQL console, or why there is none. */
export function sqlConsole(config: Config, { workers }: Pick<AssetPaths, 'workers'>): SqlConsole | string {
  if (!config.sqlConsole) return 'The SQL console is switched off (THERMOCLINE_SQL_CONSOLE=off)';
  const limits = {
    terms: config.priceTerms,
    deadlineMs: config.readDeadlineMs,
    memoryBytes: Math.max(LEAST_SQL_BYTES, Math.min(MOST_SQL_BYTES, config.capacity.memoryBytes / 4)),
  };
  const { clickhouse } = config;
  if (clickhouse === null) return new QueryProcesses({ workers, folder: config.dataFolder, ...limits });
  return loadedOnUse(async () => {
    const { ClickHouseConsole } = await import('../storage/clickhouse/console/run-queries.ts');
    return new ClickHouseConsole({ clickhouse, writerOf: sqlRowWriter, ...limits });
  });
}

/** A console whose modules are loaded with its first query. */
function loadedOnUse(load: () => Promise<SqlConsole>): SqlConsole {
  let loaded: Promise<SqlConsole> | undefined;
  return {
    async run(query: SqlQuery, signal?: AbortSignal): Promise<SqlOutcome> {
      try {
        loaded ??= load();
        return await (await loaded).run(query, signal);
      } catch (error) {
        return { kind: 'failed', message: error instanceof Error ? error.message : String(error) };
      }
    },
    close() {
      void loaded?.then((own) => own.close());
    },
  };
}
