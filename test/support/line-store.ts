/** Log lines in a SQLite file, without the threads of a store: deliveries, packing and questions in this process. */
import { join } from 'node:path';
import type Database from 'better-sqlite3';
import { expect } from 'vitest';
import { decodeStreams } from '../../ingest/decode/pipeline.ts';
import type { LogEvent } from '../../ingest/records/log-event.ts';
import { chunkLines } from '../../server/storage/lines/chunk-lines.ts';
import type { KeptLine } from '../../server/storage/lines/kept-line.ts';
import { openReader, openWriter } from '../../server/storage/sqlite/connection.ts';
import type { Databases } from '../../server/storage/sqlite/databases.ts';
import { blockLines } from '../../server/storage/sqlite/lines/block.ts';
import type { PackedLines } from '../../server/storage/sqlite/lines/pack.ts';
import { packLines } from '../../server/storage/sqlite/lines/pack.ts';
import { migrate } from '../../server/storage/sqlite/migrate.ts';
import { ReadConnection } from '../../server/storage/sqlite/read-connection.ts';
import { BatchWriter } from '../../server/storage/sqlite/write/batch-writer.ts';
import { LineBlocks } from '../../server/storage/sqlite/write/line-blocks.ts';

export interface LineStoreOfTest {
  readonly db: Database.Database;
  readonly databases: Databases;
  /** Delivers events of a log stream of the function, `f` by default. */
  deliver(stream: string, events: readonly LogEvent[], receivedMs: number, functionName?: string): void;
  /** Packs what is due; without `commit` as if interrupted before it. */
  pack(nowMs: number, options?: { readonly errorsOnly?: boolean; readonly commit?: boolean }): Promise<PackedLines>;
  replace(packed: PackedLines): number;
  packAll(nowMs: number, errorsOnly?: boolean): Promise<void>;
  /** Lines of blocks and of chunks. */
  lines(): { readonly packed: readonly KeptLine[]; readonly waiting: readonly KeptLine[] };
  count(table: string): number;
  close(): void;
}

let files = 0;

/** Opens a new store in the folder. */
export function openLineStore(root: string): LineStoreOfTest {
  files += 1;
  const path = join(root, `${files}.db`);
  const db = openWriter(path);
  db.pragma('synchronous = OFF');
  migrate(db, path, join(import.meta.dirname, '../../migrations/sqlite/telemetry'));
  const writer = new BatchWriter(db);
  const blocks = new LineBlocks(db);
  const reader = openReader(path);
  const databases = { telemetry: new ReadConnection(reader) } as unknown as Databases;
  const replace = (packed: PackedLines): number => db.transaction(() => blocks.replace(packed))();
  const pack: LineStoreOfTest['pack'] = async (nowMs, { errorsOnly = false, commit = true } = {}) => {
    const packed = await packLines(databases, { nowMs, errorsOnly });
    if (commit && packed.rows > 0) expect(replace(packed)).toBe(packed.functions.length);
    return packed;
  };
  return {
    db,
    databases,
    deliver(stream, events, receivedMs, functionName = 'f') {
      const identity = {
        account: '1',
        region: 'eu-west-1',
        logGroup: `/aws/lambda/${functionName}`,
        logStream: stream,
      };
      const batch = decodeStreams(
        { streams: [{ identity, events }], unreadable: [], records: [], ignored: [] },
        identity,
        {
          raw: 'all',
          region: '',
          selfLogGroups: [],
        },
      );
      db.transaction(() => {
        writer.apply(batch, { kind: 'logs', name: 'test' }, receivedMs);
        writer.flush(receivedMs);
      })();
    },
    pack,
    replace,
    async packAll(nowMs, errorsOnly = false) {
      while ((await pack(nowMs, { errorsOnly })).rows > 0);
    },
    lines() {
      const rows = db.prepare('SELECT environment_id AS environmentId, gzip FROM raw_chunk').all() as {
        environmentId: number;
        gzip: Uint8Array;
      }[];
      const stored = db.prepare('SELECT head, body FROM line_block').all() as { head: Uint8Array; body: Uint8Array }[];
      return {
        packed: stored.flatMap((block) => blockLines(block)),
        waiting: rows.flatMap(({ environmentId, gzip }) => chunkLines(environmentId, gzip)),
      };
    },
    count: (table) => Number(db.prepare(`SELECT count(*) FROM ${table}`).pluck().get()),
    close() {
      reader.close();
      db.close();
    },
  };
}
