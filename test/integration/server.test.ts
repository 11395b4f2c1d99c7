/** Behaviour on real sockets: header limits, endless bodies, shutdown under load, retention of raw lines. */
import { readdirSync } from 'node:fs';
import { request } from 'node:http';
import Database from 'better-sqlite3';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { StoreError } from '../../server/storage/ports.ts';
import { invocation, message, record } from '../support/firehose.ts';
import type { RunningServer } from '../support/product.ts';
import { ADMIN, removeFolder, startProduct, startServer, temporaryFolder } from '../support/product.ts';

let server: RunningServer;
const folder = temporaryFolder();
beforeAll(async () => {
  server = await startServer(folder);
});
afterAll(async () => {
  await server.stop();
  removeFolder(folder);
});

const headers = { 'x-amz-firehose-access-key': ADMIN, 'x-amz-firehose-request-id': 'r' };

test('64 KB of common attributes are accepted', async () => {
  const many = Object.fromEntries(Array.from({ length: 50 }, (_, n) => [`k${n}`.padEnd(256, 'k'), 'v'.repeat(1024)]));
  const response = await fetch(`${server.url}/ingest/firehose`, {
    method: 'POST',
    headers: { ...headers, 'x-amz-firehose-common-attributes': JSON.stringify({ commonAttributes: many }) },
    body: JSON.stringify({ requestId: 'r', records: [record(message(invocation(1)))] }),
  });
  expect(response.status).toBe(200);
  expect(response.headers.get('content-type')).toBe('application/json');
  expect(response.headers.get('content-length')).not.toBeNull();
});

test('responses to senders are never compressed, whatever Accept-Encoding says', async () => {
  const response = await fetch(`${server.url}/ingest/firehose`, {
    method: 'POST',
    headers: { ...headers, 'accept-encoding': 'gzip, br' },
    body: '{"requestId":"r","records":[]}',
  });
  expect(response.headers.get('content-encoding')).toBeNull();
});

test('an endless body is rejected at the size limit, and not with 413', async () => {
  const status = await new Promise<number>((resolve, reject) => {
    const outgoing = request(`${server.url}/ingest/firehose`, { method: 'POST', headers }, (response) => {
      response.resume();
      resolve(response.statusCode ?? 0);
    });
    outgoing.on('error', reject);
    const chunk = Buffer.alloc(4 * 1_048_576, 32);
    let sent = 0;
    const more = (): void => {
      if (sent > 160 * 1_048_576 || outgoing.destroyed) return;
      sent += chunk.length;
      if (outgoing.write(chunk)) setImmediate(more);
      else outgoing.once('drain', more);
    };
    more();
  }).catch(() => 400);
  expect(status).toBe(400);
  expect((await fetch(`${server.url}/healthz`)).status).toBe(200);
});

test('SIGTERM under load: every acknowledged event is stored and the process exits cleanly', async () => {
  const other = temporaryFolder();
  const victim = await startServer(other);
  const acked: number[] = [];
  let n = 0;
  const sender = async (): Promise<void> => {
    for (;;) {
      n += 1;
      const mine = n;
      const body = JSON.stringify({
        requestId: 'r',
        records: [record(message(invocation(mine, Date.UTC(2026, 10, 20) + mine * 100)))],
      });
      const response = await fetch(`${victim.url}/ingest/firehose`, { method: 'POST', headers, body }).catch(
        () => null,
      );
      if (response === null) return;
      if (response.status === 200) acked.push(mine);
    }
  };
  const senders = [sender(), sender(), sender(), sender()];
  await expect.poll(() => acked.length).toBeGreaterThan(10);
  expect(await victim.stop('SIGTERM')).toBe(0);
  await Promise.all(senders);
  const db = new Database(`${other}/telemetry.db`, { readonly: true });
  const stored = db.prepare('SELECT count(*) FROM invocation').pluck().get() as number;
  db.close();
  expect(stored).toBeGreaterThanOrEqual(acked.length);
  removeFolder(other);
});

test('raw lines are deleted after their retention; the rows remain', async () => {
  const other = temporaryFolder();
  const brief = await startServer(other, { THERMOCLINE_RAW_RETENTION_DAYS: '0' });
  const body = JSON.stringify({ requestId: 'r', records: [record(message(invocation(1)))] });
  await fetch(`${brief.url}/ingest/firehose`, { method: 'POST', headers, body });
  const db = new Database(`${other}/telemetry.db`, { readonly: true });
  const count = (table: string): unknown => db.prepare(`SELECT count(*) FROM ${table}`).pluck().get();
  await expect.poll(() => count('raw_chunk')).toBe(0);
  expect(count('invocation')).toBe(1);
  db.close();
  await brief.stop();
  removeFolder(other);
});

test('closing the store settles running queries at once and leaves no thread behind', async () => {
  const product = await startProduct({ environment: { THERMOCLINE_READ_DEADLINE_MS: '300000' } });
  const { read } = product.store;
  const asked = Array.from({ length: 20 }, () =>
    read.functions({ fromMs: 0, toMs: 8.64e12 }).then(
      () => 'answered',
      (error: StoreError) => error.code,
    ),
  );
  await product.close();
  const outcomes = await Promise.all(asked);
  expect(new Set(outcomes)).toContain('unavailable');
  expect(await read.functions({ fromMs: 0, toMs: 1 }).catch((error: StoreError) => error.code)).toBe('unavailable');
  // A replacement thread started after closing would keep the process alive.
  const threads = (): number => readdirSync('/proc/self/task').length;
  const before = threads();
  await new Promise((resolve) => setTimeout(resolve, 1500));
  expect(threads()).toBeLessThanOrEqual(before);
  removeFolder(product.folder);
});
