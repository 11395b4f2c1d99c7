/**
 * Starts the shared resources of the contract tests: a data folder for each store, and ClickHouse's engine, which is
 * installed on first use.
 * CONTRACT_STORES=sqlite leaves ClickHouse out.
 */
import type { TestProject } from 'vitest/node';
import { startClickHouse } from './clickhouse.ts';
import { removeFolder, temporaryFolder } from './product.ts';

export interface ContractSettings {
  readonly sqliteFolder: string;
  /** Data folder of the control plane and settings of the engine; null without ClickHouse. */
  readonly clickhouse: { readonly folder: string; readonly settings: Readonly<Record<string, string>> } | null;
}

declare module 'vitest' {
  interface ProvidedContext {
    contract: ContractSettings;
  }
}

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const stores = process.env['CONTRACT_STORES'] ?? 'both';
  if (stores !== 'both' && stores !== 'sqlite')
    throw new Error(`CONTRACT_STORES: expected both or sqlite, got ${stores}`);
  if (stores === 'sqlite') process.stderr.write('Contract tests: SQLite only (CONTRACT_STORES=sqlite)\n');
  const engine = stores === 'both' ? await startClickHouse() : null;
  const folders = [temporaryFolder(), temporaryFolder()] as const;
  project.provide('contract', {
    sqliteFolder: folders[0],
    clickhouse: engine === null ? null : { folder: folders[1], settings: engine.settings },
  });
  return async () => {
    await engine?.close();
    for (const folder of folders) removeFolder(folder);
  };
}
