/**
 * Comparison with DuckDB: loads the same events from uncompressed NDJSON and parses REPORT with a regular expression.
 * DuckDB is installed on first use beside the product's packages, and is not a dependency of the product.
 */
import { createWriteStream } from 'node:fs';
import { join } from 'node:path';
import type { LoadShape } from './load.ts';
import { payloadText } from './load.ts';
import { requirePeer } from './peer-packages.ts';

const { shape, payloads, folder, root } = JSON.parse(process.argv[2] ?? '') as {
  shape: LoadShape;
  payloads: number;
  folder: string;
  root: string;
};
interface Connection {
  run(sql: string): Promise<unknown>;
  runAndReadAll(sql: string): Promise<{ getRows(): unknown[][] }>;
}

const { DuckDBInstance } = requirePeer(root, '@duckdb/node-api@1.5.6-r.1') as {
  DuckDBInstance: { create(path: string): Promise<{ connect(): Promise<Connection> }> };
};

const file = join(folder, 'events.ndjson');
const stream = createWriteStream(file);
for (let at = 0; at < payloads; at += 1) {
  const { logGroup, logStream, logEvents } = JSON.parse(payloadText(shape, at)) as {
    logGroup: string;
    logStream: string;
    logEvents: object[];
  };
  const lines = logEvents.map((event) => JSON.stringify({ logGroup, logStream, ...event })).join('\n');
  if (!stream.write(`${lines}\n`)) await new Promise<void>((resolve) => stream.once('drain', () => resolve()));
}
await new Promise<void>((resolve) => stream.end(() => resolve()));

const connection = await (await DuckDBInstance.create(join(folder, 'peer.duckdb'))).connect();
const part = (pattern: string, group = 1): string => `regexp_extract(message, '${pattern}', ${group})`;
const began = performance.now();
await connection.run(`CREATE TABLE invocation AS
  SELECT "logGroup", "logStream", "timestamp" AS end_ms, ${part('RequestId: (\\S+)')} AS request_id,
    ${part('\\tDuration: ([0-9.]+) ms')}::DOUBLE AS duration_ms, ${part('Billed Duration: (\\d+) ms')}::INTEGER AS billed_ms,
    ${part('Memory Size: (\\d+) MB')}::INTEGER AS memory_mb, ${part('Max Memory Used: (\\d+) MB')}::INTEGER AS used_mb,
    TRY_CAST(${part('Init Duration: ([0-9.]+) ms')} AS DOUBLE) AS init_ms
  FROM read_ndjson('${file}', columns = {"logGroup": 'VARCHAR', "logStream": 'VARCHAR', "timestamp": 'BIGINT', "message": 'VARCHAR'})
  WHERE starts_with(message, 'REPORT ')`);
await connection.run('CHECKPOINT');
const ms = performance.now() - began;
const rows = await connection.runAndReadAll('SELECT count(*) FROM invocation');
process.stdout.write(JSON.stringify({ ms, rows: Number(rows.getRows()[0]?.[0]) }));
