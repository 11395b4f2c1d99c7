/** Single bits flipped in every value of control.db: the server starts, answers every page, and delivers other alerts. */
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Random } from '../../ingest/records/random.ts';
import { MINUTE_MS } from '../../ingest/records/time.ts';
import { restrictionOf } from '../../server/storage/restriction.ts';
import { OUTBOUND } from '../support/alert-routes.ts';
import { invocation, message, record, send } from '../support/firehose.ts';
import { testFolders } from '../support/folders.ts';
import type { TestProduct } from '../support/product.ts';
import { memoryFolder, startProduct } from '../support/product.ts';
import type { ReceiverDouble } from '../support/receiver.ts';
import { startReceiver } from '../support/receiver.ts';

const ROUNDS = Number(process.env['DAMAGED_ROUNDS'] ?? 6);
const PATHS = [
  '/readyz',
  '/metrics',
  '/api/v1/session',
  '/api/v1/audit',
  '/api/v1/tokens',
  '/api/v1/users',
  '/api/v1/settings',
  '/api/v1/alerts/rules',
  '/api/v1/alerts/receivers',
  '/api/v1/alerts/routing',
  '/api/v1/alerts/silences',
  '/api/v1/alerts/instances',
  '/api/v1/alerts/history',
  '/api/v1/alerts/deliveries',
  '/api/v1/markers',
  '/api/v1/report-schedules',
  '/api/v1/report-schedules/weekly/reports',
  '/api/v1/reports/weekly.2026-W46',
  '/api/v1/ingest/status',
];
const folders = testFolders(memoryFolder);
const origin = folders.create();
let nowMs = Date.UTC(2026, 10, 20, 10);
let receiver: ReceiverDouble;

const start = (folder: string): Promise<TestProduct> =>
  startProduct({ folder, now: () => nowMs, environment: OUTBOUND });

beforeAll(async () => {
  receiver = await startReceiver();
  const product = await start(origin);
  const put = async (path: string, body: object, method = 'PUT') => {
    const headers = { 'content-type': 'application/json' };
    const response = await product.fetch(`/api/v1/${path}`, { method, headers, body: JSON.stringify(body) });
    expect([path, response.status, response.ok ? '' : await response.text()]).toEqual([path, response.status, '']);
  };
  await put('alerts/receivers/pager', { id: 'pager', name: 'Pager', url: receiver.url });
  await put('alerts/rules/errors', {
    id: 'errors',
    name: 'Invocations',
    severity: 'critical',
    signal: { kind: 'metric', metric: 'invocations', aggregation: 'sum' },
    threshold: 0.5,
    groupBy: ['function'],
    window: '5m',
    settle: '0s',
    evaluationInterval: '1m',
  });
  const route = {
    receiver: 'pager',
    groupBy: ['alertname'],
    groupWait: '0s',
    groupInterval: '1m',
    repeatInterval: '1h',
  };
  await put('alerts/routing', { routes: [route], inhibitions: [] });
  const silence = {
    comment: 'night',
    startsAt: new Date(nowMs).toISOString(),
    endsAt: new Date(nowMs + 9e8).toISOString(),
    matchers: [{ name: 'function', value: 'x.*', isRegex: true, isEqual: true }],
  };
  await put('alerts/silences', silence, 'POST');
  await put('report-schedules/weekly', { id: 'weekly', name: 'Weekly', every: 'week', receivers: ['pager'] });
  await put('report-schedules/weekly/send', {}, 'POST');
  await put('tokens', { name: 'dashboard', scope: 'read' }, 'POST');
  await put('tokens', { name: 'payments', scope: 'read', restriction: ['function:pay-*'] }, 'POST');
  await product.store.control.saveUser({
    user: {
      ...{ issuer: 'https://id.example.com', subject: 'ada', name: 'Ada', email: null },
      grant: { role: 'viewer', restriction: restrictionOf(['function:pay-*']) },
    },
    newId: 'user:ada',
    sha256: Buffer.alloc(32, 7),
    nowMs,
  });
  await put('password', { password: 'a long password for tests' }, 'PUT');
  await put('settings', { retention: { rawDays: 5, detailDays: 30, historyDays: 300, quarantineDays: 20 } }, 'PUT');
  for (let minute = 0; minute < 4; minute += 1) {
    nowMs += MINUTE_MS;
    await send(product, [record(message(invocation(minute, nowMs - 30_000)))]);
    await product.alerts.round();
    await product.alerts.idle();
  }
  await product.close();
});
afterAll(() => receiver.close());

/**
 * Flips one bit in each distinct value of each column, keys included, except where SQLite or the schema refuses the result.
 * Bits of a row's header can also make a value shorter: every third BLOB is cut.
 */
function flipBits(path: string, random: Random): number {
  const db = new Database(path);
  db.defaultSafeIntegers();
  db.pragma('foreign_keys = OFF');
  const tables = db
    .prepare("SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%' AND name <> 'store'")
    .pluck()
    .all() as string[];
  let flipped = 0;
  for (const table of tables) {
    const columns = db.prepare('SELECT name, type FROM pragma_table_info(?)').all(table) as Column[];
    for (const { name, type } of columns) {
      for (const value of db.prepare(`SELECT DISTINCT "${name}" FROM "${table}"`).pluck().all() as Value[]) {
        const changed = withFlippedBit(value, random);
        if (changed === null) continue;
        const as = type === 'TEXT' ? 'CAST(? AS TEXT)' : '?';
        try {
          flipped += db
            .prepare(`UPDATE OR IGNORE "${table}" SET "${name}" = ${as} WHERE "${name}" = ?`)
            .run(changed, value).changes;
        } catch {
          // A CHECK refuses it.
        }
      }
    }
  }
  db.close();
  return flipped;
}

interface Column {
  readonly name: string;
  readonly type: string;
}
type Value = string | bigint | Buffer | null;

function withFlippedBit(value: Value, random: Random): bigint | Buffer | null {
  if (value === null || value === '') return null;
  if (typeof value === 'bigint') return BigInt.asIntN(64, value ^ (1n << BigInt(Math.floor(random.next() * 64))));
  const bytes = Buffer.from(value);
  if (typeof value !== 'string' && random.next() < 0.3) return bytes.subarray(1);
  const at = Math.floor(random.next() * bytes.length);
  bytes[at] = (bytes[at] ?? 0) ^ (1 << Math.floor(random.next() * 8));
  return bytes;
}

test.each(['{', '[]', '["nonsense"]', '"function:pay-*"', 'null'])(
  'a token whose restriction is %s is skipped: it must not become one without a restriction',
  async (restriction) => {
    const folder = folders.copyOf(origin);
    const db = new Database(join(folder, 'control.db'));
    db.prepare("UPDATE token SET restriction = ? WHERE name = 'payments'").run(restriction);
    db.close();
    const product = await start(folder);
    try {
      const { items } = await product.json<{ items: { name: string }[] }>('/api/v1/tokens');
      const names = items.map(({ name }) => name);
      expect(names).toContain('dashboard');
      expect(names).not.toContain('payments');
    } finally {
      await product.close();
    }
  },
);

test('a token with half a digest is reported and skipped; the others sign in', async () => {
  const folder = folders.copyOf(origin);
  const db = new Database(join(folder, 'control.db'));
  db.exec("UPDATE token SET sha256 = substr(sha256, 1, 16) WHERE name = 'dashboard'");
  db.exec("UPDATE setting SET value = '1x' WHERE key = 'alerts.dispatched'");
  db.close();
  const product = await start(folder);
  try {
    const { items } = await product.json<{ items: { name: string }[] }>('/api/v1/tokens');
    expect(items.map(({ name }) => name)).not.toContain('dashboard');
    // Reader threads report to this one.
    const tables = async () =>
      (await product.json<{ skippedRows: { table: string }[] }>('/api/v1/ingest/status')).skippedRows.map(
        (row) => row.table,
      );
    await expect.poll(tables).toEqual(expect.arrayContaining(['setting', 'token']));
  } finally {
    await product.close();
  }
});

test.each(Array.from({ length: ROUNDS }, (_, at) => at + 1))(
  'round %i: starts and answers everything',
  async (seed) => {
    const folder = folders.copyOf(origin);
    expect(flipBits(join(folder, 'control.db'), new Random(seed))).toBeGreaterThan(50);
    const product = await start(folder);
    try {
      const answers = await Promise.all(PATHS.map(async (path) => [path, (await product.fetch(path)).status] as const));
      expect(answers.filter(([, status]) => status >= 500)).toEqual([]);
      const headers = { 'content-type': 'application/json' };
      const body = JSON.stringify({ password: 'a long password for tests' });
      expect([200, 401]).toContain((await product.fetch('/api/v1/session', { method: 'POST', headers, body })).status);
      nowMs += MINUTE_MS;
      expect((await send(product, [record(message(invocation(100 + seed, nowMs)))])).status).toBe(200);
      await product.alerts.round();
      await product.alerts.idle();
    } finally {
      await product.close();
    }
  },
);
