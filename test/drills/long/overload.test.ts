/** More load than the server can take: memory stays bounded and the server keeps answering. */
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { figure, pause, quantile } from '../../support/drill.ts';
import { b64, gz, invocation, message } from '../../support/firehose.ts';
import type { RunningServer } from '../../support/product.ts';
import { ADMIN, removeFolder, startServer, temporaryFolder } from '../../support/product.ts';

const SECONDS = Number(process.env['DRILL_SECONDS'] ?? 20);
let folder: string;
let server: RunningServer;

beforeEach(() => {
  folder = temporaryFolder();
});

afterEach(async () => {
  await server.stop('SIGKILL');
  removeFolder(folder);
});

const peakMb = (): number =>
  Number(/VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${server.process.pid}/status`, 'utf8'))?.[1]) / 1024;
const nowMb = (): number =>
  Number(/VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${server.process.pid}/status`, 'utf8'))?.[1]) / 1024;

const good = (answers: readonly Answer[]): number => answers.filter((answer) => answer.status === 200).length;

interface Answer {
  readonly status: number;
  readonly ms: number;
  readonly retryAfter: string | null;
}

async function post(id: string, body: string): Promise<Answer> {
  const began = performance.now();
  const response = await fetch(`${server.url}/ingest/firehose`, {
    method: 'POST',
    headers: { 'x-amz-firehose-access-key': ADMIN, 'x-amz-firehose-request-id': id },
    body,
  });
  await response.arrayBuffer();
  return { status: response.status, ms: performance.now() - began, retryAfter: response.headers.get('retry-after') };
}

/** Request of one stream with `n` invocations; `at` makes it unique. */
function bodyOf(at: number, n: number, group = '/aws/lambda/edge'): string {
  const events = Array.from({ length: n }, (_, k) =>
    invocation(at * n + k + 1, Date.UTC(2026, 10, 20) + at * 1000 + k),
  ).flat();
  const logStream = `2026/11/20/[$LATEST]${String(at).padStart(32, '0')}`;
  return JSON.stringify({
    requestId: `o${at}`,
    timestamp: 1,
    records: [{ data: b64(gz(message(events, { logStream, logGroup: group }))) }],
  });
}

/** Sends prepared bodies repeatedly. Repeated bodies are duplicates, but cost as much to read. */
async function drive(bodies: readonly string[], senders: number, seconds: number): Promise<Answer[]> {
  const answers: Answer[] = [];
  const until = performance.now() + seconds * 1000;
  let next = 0;
  const one = async (): Promise<void> => {
    let waitMs = 0;
    while (performance.now() < until) {
      const at = next % bodies.length;
      next += 1;
      const answer = await post(`o${at}`, bodies[at] ?? '');
      answers.push(answer);
      // Backoff as in Firehose: 1 s, doubled each time, ±15 % jitter.
      waitMs = answer.status === 503 ? Math.min(120_000, waitMs === 0 ? 1000 : waitMs * 2) : 0;
      await pause(Math.min(waitMs * (0.85 + 0.3 * Math.random()), Math.max(0, until - performance.now())));
    }
  };
  await Promise.all(Array.from({ length: senders }, one));
  return answers;
}

test('64 senders: memory is bounded, requests succeed, the process keeps responding', async () => {
  server = await startServer(folder, { THERMOCLINE_INGEST_BUDGET_MB: '97' });
  const bodies = Array.from({ length: 64 }, (_, at) => bodyOf(at, 20_000));
  // Store each body once, so that later rounds do the same work with few and with many senders.
  for (const [at, body] of bodies.entries()) expect((await post(`o${at}`, body)).status).toBe(200);
  const timed = async (senders: number, seconds: number) => {
    const began = performance.now();
    const answers = await drive(bodies, senders, seconds);
    return { answers, perSecond: good(answers) / ((performance.now() - began) / 1000) };
  };
  const { perSecond: most } = await timed(4, SECONDS / 2);
  const health: number[] = [];
  let over = false;
  const watch = (async () => {
    while (!over) {
      const began = performance.now();
      expect((await fetch(`${server.url}/healthz`)).status).toBe(200);
      health.push(performance.now() - began);
      await pause(50);
    }
  })();
  const { answers: under, perSecond } = await timed(64, SECONDS * 1.5);
  over = true;
  await watch;
  const began = performance.now();
  let after = await post('o0', bodies[0] ?? '');
  while (after.status !== 200) after = await post('o0', bodies[0] ?? '');
  const recovered = (performance.now() - began) / 1000;
  const refused = under.filter((answer) => answer.status !== 200);
  figure(
    'overload',
    `64 senders: ${good(under)} stored, ${refused.length} answered 503; goodput ${((100 * perSecond) / most).toFixed(0)} % of that with 4; accepted p99 ${(
      quantile(
        under.filter((answer) => answer.status === 200).map((answer) => answer.ms),
        0.99,
      ) / 1000
    ).toFixed(
      2,
    )} s; health p99 ${quantile(health, 0.99).toFixed(0)} ms; peak RSS ${peakMb().toFixed(0)} MB; normal again in ${recovered.toFixed(1)} s`,
  );
  expect(refused.every((answer) => answer.status === 503 && answer.retryAfter === '5')).toBe(true);
  expect(perSecond).toBeGreaterThanOrEqual(0.8 * most);
  expect(peakMb()).toBeLessThanOrEqual(768);
  expect(recovered).toBeLessThanOrEqual(5);
});

test('the largest legal request: 64 MiB, 10,000 records', async () => {
  server = await startServer(folder);
  await post('warm', bodyOf(1, 100));
  await pause(500);
  const base = nowMb();
  const filler = 'x'.repeat(6700);
  const records = Array.from({ length: 10_000 }, (_, at) => {
    const [start = {}, report = {}] = invocation(at + 1000, Date.UTC(2026, 10, 20) + at);
    const logStream = `2026/11/20/[$LATEST]${String(at % 50).padStart(32, 'a')}`;
    // Plain JSON, as a stream with decompression sends it, padded with application lines.
    const text = JSON.stringify(
      message([start, { id: '1', timestamp: 1_700_000_000_000, message: filler }, report], { logStream }),
    );
    return { data: b64(text) };
  });
  const body = JSON.stringify({ requestId: 'big', timestamp: 1, records });
  const { status, ms } = await post('big', body);
  figure(
    '64 MiB, 10,000 records',
    `body ${(body.length / 1_048_576).toFixed(0)} MiB answered ${status} in ${(ms / 1000).toFixed(1)} s, RSS base ${base.toFixed(0)} MB, peak ${peakMb().toFixed(0)} MB`,
  );
  expect(body.length).toBeGreaterThan(85 * 1_048_576);
  expect(status).toBe(200);
  expect(ms).toBeLessThan(30_000);
  expect(peakMb()).toBeLessThanOrEqual(base + 400);
});

test('eight of the largest requests at once with a heap of 512 MB: some get 503, the process survives', async () => {
  server = await startServer(folder, {}, { node: ['--max-old-space-size=512'] });
  const blob = b64(Buffer.alloc(1_000_000, 32));
  const body = JSON.stringify({
    requestId: 'big',
    timestamp: 1,
    records: Array.from({ length: 64 }, () => ({ data: blob })),
  });
  const answers = await Promise.all(
    Array.from({ length: 8 }, (_, at) => post(`big${at}`, body.replace('"big"', `"big${at}"`))),
  );
  const codes = answers.map((answer) => answer.status);
  figure('8 × 85 MiB at once, heap 512 MB', `answers ${codes.join(' ')}, peak RSS ${peakMb().toFixed(0)} MB`);
  expect(codes.every((code) => code === 200 || code === 503)).toBe(true);
  expect(codes).toContain(200);
  expect(codes).toContain(503);
  expect((await fetch(`${server.url}/healthz`)).status).toBe(200);
  expect(server.process.exitCode).toBeNull();
});

test('one log group at ten times the rate of the rest hardly delays the others', async () => {
  server = await startServer(folder);
  const quiet = Array.from({ length: 300 }, (_, at) => bodyOf(at + 1000, 20, '/aws/lambda/quiet'));
  const measure = async (from: number, to: number): Promise<number> => {
    const times: number[] = [];
    for (const [at, body] of quiet.slice(from, to).entries()) times.push((await post(`o${from + at + 1000}`, body)).ms);
    return quantile(times, 0.99);
  };
  await measure(0, 50);
  const baseline = await measure(50, 150);
  const noisy = Array.from({ length: 40 }, (_, at) => bodyOf(at, 200, '/aws/lambda/noisy'));
  const noise = drive(noisy, 1, 6);
  const beside = await measure(150, 300);
  await noise;
  figure('noisy neighbour', `ack p99 of the others ${beside.toFixed(0)} ms beside ${baseline.toFixed(0)} ms alone`);
  expect(beside).toBeLessThan(250);
});

test('a reader that holds a snapshot: the write-ahead log grows within its limit and shrinks afterwards', async () => {
  server = await startServer(folder);
  await post('first', bodyOf(1, 100));
  const walMb = (): number => statSync(join(folder, 'telemetry.db-wal')).size / 1_048_576;
  const reader = new Database(join(folder, 'telemetry.db'), { readonly: true });
  const cursor = reader.prepare('SELECT * FROM invocation').iterate();
  cursor.next();
  // 200,000 invocations in requests of 2,000.
  for (let at = 2; at < 102; at += 1) expect((await post(`o${at}`, bodyOf(at, 2000))).status).toBe(200);
  const peak = walMb();
  cursor.return?.();
  reader.close();
  const until = Date.now() + 30_000;
  while (walMb() > 16 && Date.now() < until) await pause(250);
  figure('held snapshot', `200,000 invocations: log peak ${peak.toFixed(0)} MiB, ${walMb().toFixed(0)} MiB afterwards`);
  expect(peak).toBeLessThanOrEqual(128);
  expect(walMb()).toBeLessThanOrEqual(16);
});
