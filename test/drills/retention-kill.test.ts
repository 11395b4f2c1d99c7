/** `kill -9` while retention deletes days: sums stay a recount of what was delivered, and what is delivered again counts once. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { expect, test } from 'vitest';
import type { LoadShape } from '../../bench/load.ts';
import { firehoseBody, payload, payloadText } from '../../bench/load.ts';
import { DAY_MS } from '../../ingest/records/time.ts';
import { figure, pause } from '../support/drill.ts';
import { ADMIN, removeFolder, runCli, startServer, temporaryFolder } from '../support/product.ts';

const CYCLES = Number(process.env['DRILL_CYCLES'] ?? 4);
const KEPT_DAYS = 7;
const TODAY = Math.floor(Date.now() / DAY_MS);
/** Days to delete, and one to keep. */
const OLD = [TODAY - 12, TODAY - 11, TODAY - 10];
const NEW = TODAY - 1;
const DAYS = [...OLD, NEW];
const SKEWED = ['--import', new URL('../support/skewed-clock.mjs', import.meta.url).pathname];
/** Of three functions: the events of a function and day are deleted in several slices. */
const PAYLOADS = 120;
const PER_REQUEST = 20;
const RETENTION = {
  THERMOCLINE_DETAIL_RETENTION_DAYS: String(KEPT_DAYS),
  THERMOCLINE_RAW_RETENTION_DAYS: String(KEPT_DAYS),
};

const shapeOf = (day: number): LoadShape => ({
  seed: 7,
  functions: 3,
  fromMs: day * DAY_MS,
  toMs: (day + 1) * DAY_MS,
});

test(`${CYCLES} kills during retention change no sum`, async () => {
  const folder = temporaryFolder();
  const delivered = deliveredByDay();
  const total = sum(delivered.values());
  // Retention counts from the receipt: the days to delete were received nine days ago.
  const skew = join(folder, 'skew');
  writeFileSync(skew, String(-9 * DAY_MS));
  const first = await startServer(folder, { SKEW_FILE: skew }, { node: SKEWED });
  for (const day of OLD) await deliver(first.url, day);
  await first.stop();
  const second = await startServer(folder);
  expect((await runCli(folder, ['clock', '--accept'])).code).toBe(0);
  await deliver(second.url, NEW);
  await second.stop();
  expect(read(folder)).toEqual({ rows: delivered, sums: delivered, begun: 0 });

  let midway = 0;
  let kills = 0;
  for (; kills < CYCLES && isDue(folder); kills += 1) {
    const before = sum(read(folder).rows.values());
    const server = await startServer(folder, RETENTION);
    await untilFewerThan(folder, before);
    await pause((kills * 37) % 100);
    await server.stop('SIGKILL');
    const left = read(folder);
    midway += left.begun > 0 ? 1 : 0;
    expect(left.sums, `after kill ${kills}`).toEqual(delivered);
    // Of the first day that was begun, everything comes again.
    const again = await startServer(folder);
    await deliver(again.url, TODAY - 12);
    await again.stop();
    const after = read(folder);
    expect(after.sums, `delivered again after kill ${kills}`).toEqual(delivered);
    for (const [key, n] of after.rows)
      expect(n, `${key} after kill ${kills}`).toBeLessThanOrEqual(left.rows.get(key) ?? 0);
  }

  const last = await startServer(folder, RETENTION);
  await untilDeleted(folder);
  for (const day of DAYS) await deliver(last.url, day);
  await last.stop();
  const end = read(folder);
  figure(
    'kill -9 during retention',
    `${kills} kills, ${midway} within a day, ${total} invocations, ${sum(end.rows.values())} kept, sums of ${sum(end.sums.values())}`,
    { invocations: total, kept: sum(end.rows.values()), counted: sum(end.sums.values()) },
  );
  expect(end.sums).toEqual(delivered);
  expect(end.begun).toBe(0);
  expect(midway).toBeGreaterThan(0);
  // A day of a function is there with each of its invocations, or with none, and so are the sums that are deleted with it.
  for (const [key, n] of end.rows) expect([key, n]).toEqual([key, delivered.get(key)]);
  expect(end.rows.size).toBeLessThan(delivered.size);
  for (const key of delivered.keys()) if (key.endsWith(` ${NEW}`)) expect(end.rows.has(key)).toBe(true);
  removeFolder(folder);
});

/** Invocations of each function and day. */
type Counts = ReadonlyMap<string, number>;

function deliveredByDay(): Counts {
  const counts = new Map<string, number>();
  for (const day of DAYS)
    for (let at = 0; at < PAYLOADS; at += 1) {
      const { logGroup, logEvents } = JSON.parse(payloadText(shapeOf(day), at)) as {
        readonly logGroup: string;
        readonly logEvents: readonly { readonly timestamp: number; readonly message: string }[];
      };
      for (const { timestamp, message } of logEvents) {
        if (!message.startsWith('REPORT')) continue;
        const key = `${logGroup.replace('/aws/lambda/', '')} ${Math.floor(timestamp / DAY_MS)}`;
        counts.set(key, (counts.get(key) ?? 0) + 1);
      }
    }
  return new Map([...counts].toSorted());
}

async function deliver(url: string, day: number): Promise<void> {
  for (let at = 0; at < PAYLOADS; at += PER_REQUEST) {
    const id = `r${day}-${at}`;
    const payloads = Array.from({ length: PER_REQUEST }, (_, of) => payload(shapeOf(day), at + of));
    const response = await fetch(`${url}/ingest/firehose`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        'x-amz-firehose-access-key': ADMIN,
        'x-amz-firehose-request-id': id,
      },
      body: firehoseBody(id, payloads),
    });
    expect(response.status).toBe(200);
  }
}

function withDatabase<T>(folder: string, use: (db: Database.Database) => T): T {
  const db = new Database(join(folder, 'telemetry.db'), { readonly: true });
  try {
    return use(db);
  } finally {
    db.close();
  }
}

interface Stored {
  /** Invocations that are stored one by one. */
  readonly rows: Counts;
  /** What the sums of days say. */
  readonly sums: Counts;
  /** Days of a scope of which retention has deleted a part. */
  readonly begun: number;
}

function read(folder: string): Stored {
  return withDatabase(folder, (db) => {
    const counts = (table: string, time: string, n: string): Counts => {
      const rows = db
        .prepare(
          `SELECT f.name || ' ' || CAST(${time} / ${DAY_MS} AS INTEGER) AS key, ${n} AS n
           FROM ${table} AS t JOIN function AS f ON f.id = t.function_id GROUP BY key`,
        )
        .all() as { key: string; n: number }[];
      return new Map(rows.map(({ key, n: count }) => [key, count] as const).toSorted());
    };
    const rows = counts('invocation', 't.end_ms', 'count(*)');
    const begun = Number(db.prepare('SELECT count(*) FROM kept_day WHERE dropped = 2').pluck().get());
    return { rows, sums: counts('rollup_1d', 't.bucket', 'sum(t.n)'), begun };
  });
}

async function untilFewerThan(folder: string, rows: number): Promise<void> {
  // The last day may have been deleted, and only its end not been noted.
  await until(folder, 'SELECT count(*) FROM invocation', (n) => n < rows || !isDue(folder));
}

const DUE = `SELECT count(*) FROM kept_day
  WHERE (dropped = 2 OR (dropped = 0 AND day < ${TODAY - KEPT_DAYS} AND received_ms < ${(TODAY - KEPT_DAYS) * DAY_MS}))`;

/** Whether days of functions are left to delete. */
function isDue(folder: string): boolean {
  return withDatabase(folder, (db) => Number(db.prepare(`${DUE} AND kind = 'function'`).pluck().get()) > 0);
}

/** Days of log groups are begun and deleted after those of functions. */
async function untilDeleted(folder: string): Promise<void> {
  await until(folder, DUE, (n) => n === 0);
}

async function until(folder: string, sql: string, holds: (n: number) => boolean): Promise<void> {
  const db = new Database(join(folder, 'telemetry.db'), { readonly: true });
  const one = db.prepare(sql).pluck();
  while (!holds(Number(one.get()))) await pause(5);
  db.close();
}

function sum(counts: Iterable<number>): number {
  let all = 0;
  for (const n of counts) all += n;
  return all;
}
