/** The control plane of a store in memory: its own SQL, without threads, for unit tests of who may sign in. */
import Database from 'better-sqlite3';
import type { AuditEntry, Store } from '../../server/storage/ports.ts';
import { audit, credentials, passwordHash } from '../../server/storage/questions/credentials/sqlite.ts';
import { localUser, sessionIdToken, users } from '../../server/storage/questions/users/sqlite.ts';
import type { Databases } from '../../server/storage/sqlite/databases.ts';
import { migrate } from '../../server/storage/sqlite/migrate.ts';
import { ReadConnection } from '../../server/storage/sqlite/read-connection.ts';
import type { ControlTables, TelemetryTables } from '../../server/storage/sqlite/schema.ts';
import type { ControlCall } from '../../server/storage/sqlite/write/control.ts';
import { applyControl } from '../../server/storage/sqlite/write/control.ts';

export interface ControlPlane {
  readonly store: Store;
  /** What the audit log holds, oldest first. */
  audit(): Promise<readonly AuditEntry[]>;
  /** Rows of a query. */
  rows(query: string): readonly unknown[];
  close(): void;
}

/** An empty control plane. Only questions and writes of tokens, sessions, users and the audit log work. */
export function openControlPlane(): ControlPlane {
  const file = new Database(':memory:');
  migrate(file, ':memory:', 'migrations/sqlite/control');
  const databases: Databases = {
    telemetry: new ReadConnection<TelemetryTables>(file),
    control: new ReadConnection<ControlTables>(file),
    files: { telemetry: ':memory:' },
  };
  const read = {
    credentials: () => credentials(databases),
    passwordHash: () => passwordHash(databases),
    localUser: (query: Parameters<typeof localUser>[1]) => localUser(databases, query),
    sessionIdToken: (query: Parameters<typeof sessionIdToken>[1]) => sessionIdToken(databases, query),
    users: (query: Parameters<typeof users>[1]) => users(databases, query),
  };
  const control = new Proxy(
    {},
    {
      get:
        (_, name) =>
        async (...args: unknown[]) =>
          file.transaction(() => applyControl(file, file, { name, args } as unknown as ControlCall))(),
    },
  );
  return {
    store: { read, control } as unknown as Store,
    audit: async () => (await audit(databases, { limit: 100 })).toReversed().map(({ seq: _, ...entry }) => entry),
    rows: (query) => file.prepare(query).all(),
    close: () => file.close(),
  };
}
