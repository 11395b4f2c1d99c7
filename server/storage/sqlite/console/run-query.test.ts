/** What the process of a query sends: rows within their limits, in pieces, and how it ended. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { SqlRowWriter } from '../../sql/rows.ts';
import { migrate } from '../migrate.ts';
import type { QueryReply } from './query-job.ts';
import { runQuery } from './run-query.ts';

const folder = mkdtempSync(join(tmpdir(), 'thermocline-run-query-'));
const path = join(folder, 'telemetry.db');

beforeAll(() => {
  const db = new Database(path);
  db.pragma('journal_mode = WAL');
  migrate(db, path, join(import.meta.dirname, '../../../../migrations/sqlite/telemetry'));
  db.close();
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** `a|b` and a line for each row: 2 bytes each if a value has one. */
const LINES: SqlRowWriter = {
  head: (columns) => `${columns.join('|')}\n`,
  row: (values) => `${values.join('|')}\n`,
  end: (truncated) => `.${truncated ?? ''}`,
};

function run(sql: string, { limit = 100, mostBytes = 1_000_000, file = path } = {}) {
  const replies: QueryReply[] = [];
  const job = {
    ...{ path: file, sql, limit, mostBytes, format: 'csv' as const },
    terms: { plans: [], tier: 1, logTier: 1 } as const,
    ...{ memoryBytes: 1e9, deadlineMs: 1e6 },
  };
  runQuery(
    job,
    () => LINES,
    (reply) => replies.push(reply),
  );
  const pieces = replies.flatMap((reply) => (reply.kind === 'piece' ? [reply.bytes] : []));
  return {
    text: Buffer.concat(pieces).toString('utf8'),
    sizes: pieces.map(({ length }) => length),
    end: replies.at(-1),
  };
}

const DIGITS = (n: number): string =>
  `WITH RECURSIVE d(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM d WHERE i < ${n}) SELECT 7 AS x FROM d`;

test.each([
  [2, { text: 'x\n7\n7\n.', end: { kind: 'rows', rows: 2, truncated: null } }],
  [3, { text: 'x\n7\n7\n7\n.', end: { kind: 'rows', rows: 3, truncated: null } }],
  [4, { text: 'x\n7\n7\n7\n.rows', end: { kind: 'rows', rows: 3, truncated: 'rows' } }],
])('%i rows where three are wanted', (n, expected) => {
  expect(run(DIGITS(n), { limit: 3 })).toMatchObject(expected);
});

test('rows beyond the bytes are left out; the end is written all the same', () => {
  // A head of 2 bytes, and two rows of 2.
  expect(run(DIGITS(9), { mostBytes: 6 })).toMatchObject({
    text: 'x\n7\n7\n.bytes',
    end: { kind: 'rows', rows: 2, truncated: 'bytes' },
  });
  expect(run(DIGITS(2), { mostBytes: 6 })).toMatchObject({ end: { rows: 2, truncated: null } });
});

test('a long answer comes in pieces, whose bytes are counted together', () => {
  // 2 bytes of head, and 100,000 rows of 2: pieces once 65,536 are there.
  const all = run(DIGITS(100_000), { limit: 1_000_000 });
  expect(all).toMatchObject({ sizes: [65_536, 65_536, 65_536, 200_003 - 3 * 65_536], end: { rows: 100_000 } });
  expect(all.text).toBe(`x\n${'7\n'.repeat(100_000)}.`);
  const some = run(DIGITS(100_000), { limit: 1_000_000, mostBytes: 150_002 });
  expect(some).toMatchObject({ end: { kind: 'rows', rows: 75_000, truncated: 'bytes' } });
});

test('a character of several bytes counts with all of them once its piece is sent', () => {
  const sql = `WITH RECURSIVE d(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM d WHERE i < 3) SELECT replace(hex(zeroblob(20000)), '00', '€€€€') AS x FROM d`;
  // 80,001 characters a row, of 240,001 bytes: the first is sent by itself.
  expect(run(sql, { mostBytes: 300_000 })).toMatchObject({ end: { rows: 1, truncated: 'bytes' } });
});

test('a statement that is refused, one that fails while it runs, and a file that is none', () => {
  expect(run('DELETE FROM functions')).toEqual({
    text: '',
    sizes: [],
    end: { kind: 'refused', message: expect.stringContaining('SELECT, WITH or VALUES'), at: 0 },
  });
  expect(run("SELECT json('{')")).toMatchObject({ end: { kind: 'refused', message: 'malformed JSON', at: null } });
  expect(run('SELECT 1', { file: join(folder, 'none.db') })).toMatchObject({ end: { kind: 'failed' } });
});
