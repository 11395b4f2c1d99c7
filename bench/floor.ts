/** The floor: one thread that does gunzip, JSON.parse, one regular expression and a plain insert of the same columns. */
import { rmSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import Database from 'better-sqlite3';
import type { LoadShape } from './load.ts';
import { payload } from './load.ts';

const { shape, payloads, file } = JSON.parse(process.argv[2] ?? '') as {
  shape: LoadShape;
  payloads: number;
  file: string;
};
const bodies = Array.from({ length: payloads }, (_, index) => payload(shape, index));

for (const suffix of ['', '-wal', '-shm']) rmSync(file + suffix, { force: true });
const db = new Database(file);
db.pragma('journal_mode = WAL');
db.pragma('synchronous = FULL');
db.exec(`CREATE TABLE invocation (function_id INTEGER, end_ms INTEGER, request_id BLOB, environment_id INTEGER, series_id INTEGER,
  run_ms INTEGER, duration_us INTEGER, billed_ms INTEGER, max_memory_mb INTEGER, status INTEGER, cold INTEGER, user_felt INTEGER,
  init_us INTEGER, restore_us INTEGER, billed_restore_ms INTEGER, error_type_id INTEGER, sampled INTEGER, trace_id BLOB,
  segment_id TEXT, tenant_id INTEGER)`);
const insert = db.prepare(`INSERT INTO invocation VALUES (${Array.from({ length: 20 }, () => '?').join(', ')})`);
const REPORT =
  /^REPORT RequestId: (\S+)\tDuration: ([\d.]+) ms\tBilled Duration: (\d+) ms\tMemory Size: (\d+) MB\tMax Memory Used: (\d+) MB(?:\tInit Duration: ([\d.]+) ms)?/;

const began = performance.now();
let rows = 0;
for (let at = 0; at < bodies.length; at += 30) {
  db.exec('BEGIN');
  for (const body of bodies.slice(at, at + 30)) {
    const message = JSON.parse(gunzipSync(body).toString('utf8')) as {
      logEvents: { timestamp: number; message: string }[];
    };
    let startMs = 0;
    for (const event of message.logEvents) {
      if (event.message.startsWith('START')) startMs = event.timestamp;
      const match = REPORT.exec(event.message);
      if (match === null) continue;
      const [, id = '', duration, billed, memory, used, init] = match;
      const micros = init === undefined ? null : Math.round(Number(init) * 1000);
      const cold = micros === null ? null : 0;
      const requestId = Buffer.from(id.replaceAll('-', ''), 'hex');
      const durationUs = Math.round(Number(duration) * 1000);
      insert.run(
        1,
        event.timestamp,
        requestId,
        at,
        Number(memory),
        event.timestamp - startMs,
        durationUs,
        Number(billed),
        Number(used),
        0,
        cold,
        cold,
        micros,
        null,
        null,
        null,
        null,
        null,
        null,
        null,
      );
      rows += 1;
    }
  }
  db.exec('COMMIT');
}
const ms = performance.now() - began;
db.close();
process.stdout.write(JSON.stringify({ ms, rows }));
